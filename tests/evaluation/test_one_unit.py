"""The short way for orders of one unit: what it says is what a plan says, figure by figure."""

import datetime
import random
from dataclasses import replace
from decimal import Decimal

import pytest

from boxwright.catalog import load_catalog
from boxwright.domain.box import Catalog
from boxwright.domain.lane import Lane, Leg
from boxwright.domain.order import Item, Order
from boxwright.domain.policy import Objective, Policy
from boxwright.domain.price_table import AdditionalWeight, PriceTable, WeightPrice, ZonePrices
from boxwright.evaluation.batch import BatchJob, signature_hash
from boxwright.evaluation.one_unit import LoneUnit
from boxwright.evaluation.outcome import OrderStatus
from boxwright.evaluation.plain import plain_order
from boxwright.evaluation.trial import Trials
from boxwright.evaluation.variant import variants_of
from boxwright.orders.batches import ListBatch
from boxwright.planning import plan

BARE = Catalog("bare", load_catalog("us-stock").box_types, currency="USD")
TABLE = PriceTable(
    *("sf-own", "2026", "sf/fast", "CNY", "kg"),
    (ZonePrices("near", (WeightPrice(Decimal(1), 1_200),), (AdditionalWeight(Decimal(1), 200),)),),
)
CARRIED = Lane(
    legs=(Leg("road", 500),),
    carrier_service="sf/fast",
    ship_date=datetime.date(2026, 11, 1),
    zone="near",
    price_tables=[TABLE],
)
WEAK = Catalog("weak", [replace(box, max_net_g=1_000.0 if n % 2 else None) for n, box in enumerate(BARE.box_types)])
UPRIGHT = ("LWH", "WLH")


def orders_of(count: int, seed: int) -> list[Order]:
    """Return orders of one unit of few masses and any sizes: flat, long, tiny, too large, heavy, too dense."""
    rng = random.Random(seed)
    masses = [rng.randrange(20, 9_000) for _ in range(12)] + [15_000, 40_000]
    made = []
    for number in range(count):
        edges = [round(rng.choice((12, 90, 300, 900)) * rng.uniform(0.2, 1.0), 2) for _ in range(3)]
        turns = {"orientations": UPRIGHT} if rng.random() < 0.2 else {}
        made.append(Order(f"o{number}", (Item("a", 1, *edges, rng.choice(masses), **turns),)))
    return made


@pytest.mark.parametrize(
    ("catalog", "policy", "lane", "count"),
    [
        (BARE, Policy(), None, 150),
        (WEAK, Policy(), None, 60),
        (BARE, Policy(objectives=(Objective.OUTER_VOLUME,), fill_limit=0.8, fit_clearance_mm=3), None, 60),
        (replace(BARE, currency="CNY"), Policy(objectives=(Objective.CHARGEABLE_WEIGHT,)), CARRIED, 60),
        (BARE, Policy(plausibility="refuse", allow_partial=True), None, 60),
        (load_catalog("eu-stock"), Policy(), None, 20),
    ],
    ids=["plain", "weak boxes", "with clearance", "billed", "refused", "with dunnage"],
)
def test_the_short_way_says_what_a_plan_says(catalog: Catalog, policy: Policy, lane: Lane | None, count: int) -> None:
    """Every figure, status, reason and warning of each order is that of its own plan."""
    trials = Trials(variants_of([catalog], policy, lane), ("uk-desnz",), plan)
    job = BatchJob(trials)
    orders = orders_of(count, 7)
    found = [job._outcome(plain_order(order), 0) for order in orders]
    assert found == [trials.outcome(order, 0) for order in orders]
    assert {each.status for each in found} >= {OrderStatus.PLANNED}
    assert job._ways[0].one.open is not any(catalog.dunnage)  # a box that a plan does not choose would have closed it


def test_a_unit_that_fills_a_box_too_far_goes_into_a_larger_one() -> None:
    """Its edges go in, but its volume is over the fill limit."""
    trials = Trials(variants_of([BARE], Policy(fill_limit=0.8), None), ("uk-desnz",), plan)
    job = BatchJob(trials)
    insides = [(box.inner_length_mm, box.inner_width_mm, box.inner_height_mm) for box in BARE.box_types]
    orders = [
        Order(f"o{share}-{number}", (Item("a", 1, *(round(share * edge, 2) for edge in inside), 300),))
        for share in (0.5, 0.6, 0.97, 0.98)
        for number, inside in enumerate(insides)
    ]
    found = [job._outcome(plain_order(order), 0) for order in orders]
    assert found == [trials.outcome(order, 0) for order in orders]
    assert job._ways[0].one.open


def test_what_a_batch_settles_at_once_is_what_a_plan_says() -> None:
    """With each catalog, under the order's own id, whatever orders of the batch have the same units."""
    orders = orders_of(120, 11)
    orders += [replace(order, order_id=f"again-{order.order_id}") for order in orders[::3]]
    trials = Trials(variants_of([BARE, WEAK], Policy(), None), ("uk-desnz",), plan)
    job = BatchJob(trials)
    for first in range(0, len(orders), 40):
        some = orders[first : first + 40]
        found, _ = job.outcomes(ListBatch((*some, *some[5:9])))
        assert found == [trials.outcomes(order) for order in (*some, *some[5:9])]
    units = [LoneUnit.of(plain_order(order)) for order in orders]
    for position, ways in enumerate(job._ways):
        settled = [(order, one) for order, one in zip(orders, ways.known(units), strict=True) if one is not None]
        assert len(settled) > 20
        assert all(one == trials.outcome(order, position) for order, one in settled)


def test_the_short_way_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many orders of few masses most are not planned; orders of another kind are."""
    planned: list[str] = []
    trials = Trials(variants_of([BARE], Policy(), None), ("uk-desnz",), plan)
    job = BatchJob(trials)
    made = Trials.outcome
    monkeypatch.setattr(
        Trials, "outcome", lambda self, order, index: planned.append(order.order_id) or made(self, order, index)
    )
    orders = [
        Order(f"o{number}", (Item("a", 1, 100 + number / 10, 80, 60, 300 + 100 * (number % 3)),))
        for number in range(300)
    ]
    for order in orders:
        job._outcome(plain_order(order), 0)
    assert len(planned) < 20


def hashed(order: Order) -> bytes:
    """Return what tells the units of an order from others."""
    return signature_hash(order, plain_order(order))


def test_a_short_signature_tells_what_a_long_one_tells() -> None:
    """Size, mass, orientations and the box used are in it, names are not."""
    line = Item("a", 1, 100, 80, 60, 300)
    first = hashed(Order("1", (line,)))
    assert hashed(Order("2", (replace(line, line_id="b", sku="s"),))) == first
    for other in (
        Order("3", (replace(line, length_mm=100.1),)),
        Order("3", (replace(line, mass_g=301),)),
        Order("3", (replace(line, orientations=UPRIGHT),)),
        Order("3", (replace(line, quantity=2),)),
        Order("3", (line,), ("K1",)),
    ):
        assert hashed(other) != first
