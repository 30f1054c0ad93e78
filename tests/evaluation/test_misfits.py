"""The short way for orders with units that fit no box: what it says is what a plan says, word by word."""

import random
from dataclasses import replace
from decimal import Decimal

import pytest
from tests.evaluation.test_one_unit import BARE, CARRIED, TABLE

from boxwright.domain.box import Catalog
from boxwright.domain.order import Item, Order
from boxwright.domain.policy import Objective, Policy
from boxwright.domain.price_table import WeightPrice, ZonePrices
from boxwright.evaluation.batch import BatchJob
from boxwright.evaluation.misfits import Misfits
from boxwright.evaluation.outcome import OrderOutcome
from boxwright.evaluation.plain import plain_order
from boxwright.evaluation.trial import Trials
from boxwright.evaluation.variant import variants_of
from boxwright.planning import plan

SCARCE = replace(BARE, box_types=[replace(box, available=n % 3) for n, box in enumerate(BARE.box_types)])
PRICED = replace(
    BARE, currency="CNY", box_types=[replace(box, price_minor=10 + n) for n, box in enumerate(BARE.box_types)]
)
UNPRICED = replace(PRICED, catalog_id="unpriced")
"""For parcels of which the heavy ones have no price."""
UP_TO_5_KG = replace(TABLE, zones=(ZonePrices("near", (WeightPrice(Decimal(5), 1_200),)),))
LIGHT = replace(CARRIED, price_tables=[UP_TO_5_KG])
ONE_BOX = replace(BARE, box_types=BARE.box_types[5:6])


def orders_of(count: int, seed: int) -> list[Order]:
    """Return orders of one to three lines of few masses, of which many are too long, some only in the way they lie."""
    rng = random.Random(seed)
    made = []
    for number in range(count):
        lines = []
        for name in "cab"[: rng.choice((1, 1, 2, 3))]:
            edges = [round(rng.choice((90, 300, 2_000)) * rng.uniform(0.2, 1.0), 2) for _ in range(3)]
            turns = {"orientations": ("LWH", "WLH")} if rng.random() < 0.2 else {}
            lines.append(Item(name, rng.choice((1, 1, 2)), *edges, rng.choice((100, 200, 15_000)), **turns))
        made.append(Order(f"o{number}", tuple(lines)))
    return made


def taken(monkeypatch: pytest.MonkeyPatch) -> list[OrderOutcome]:
    """Return the list of outcomes that the short way gives from now on."""
    found: list[OrderOutcome] = []
    made = Misfits.outcome

    def noted(self: Misfits, asked: object) -> OrderOutcome | None:
        outcome = made(self, asked)
        found.extend([outcome] if outcome else [])
        return outcome

    monkeypatch.setattr(Misfits, "outcome", noted)
    return found


@pytest.mark.parametrize(
    ("catalog", "policy", "some_taken"),
    [
        (BARE, Policy(), True),
        (ONE_BOX, Policy(), True),
        (BARE, Policy(max_parcels=1), True),
        (BARE, Policy(allow_partial=True), False),
        (BARE, Policy(plausibility="refuse"), True),
        (BARE, Policy(fit_clearance_mm=3), False),
        (SCARCE, Policy(), False),
        (PRICED, Policy(objectives=(Objective.SHIPPING_COST,)), True),
        (UNPRICED, Policy(objectives=(Objective.SHIPPING_COST,)), True),
        (UNPRICED, Policy(objectives=(Objective.PARCEL_COUNT, Objective.SHIPPING_COST)), True),
    ],
    ids=[
        "plain",
        "one box",
        "one parcel",
        "partial",
        "refused",
        "with clearance",
        "out of stock",
        "priced",
        "unpriced",
        "counted",
    ],
)
def test_the_short_way_says_what_a_plan_says(
    catalog: Catalog, policy: Policy, some_taken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Units, reasons and rules of each order are those of its own plan; where a plan says more, orders are planned."""
    found = taken(monkeypatch)
    lane = {id(PRICED): CARRIED, id(UNPRICED): LIGHT}.get(id(catalog))
    trials = Trials(variants_of([catalog], policy, lane), ("uk-desnz",), plan)
    job = BatchJob(trials)
    orders = orders_of(150 if some_taken else 60, 5)
    outcomes = [job._outcome(plain_order(order), 0) for order in orders]
    assert outcomes == [trials.outcome(order, 0) for order in orders]
    assert bool(found) is some_taken
    if catalog is BARE and policy == Policy():
        assert len(found) > len(orders) / 5
        assert {len(each.unpacked) < each.unit_count for each in found} == {True, False}


def test_what_some_orders_confirm_serves_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """With boxes that are not at hand without end, orders of which some units fit are planned."""
    found = taken(monkeypatch)
    catalog = replace(BARE, box_types=[replace(box, available=50) for box in BARE.box_types])
    job = BatchJob(Trials(variants_of([catalog], Policy(), None), ("uk-desnz",), plan))
    for order in orders_of(150, 6):
        job._outcome(plain_order(order), 0)
    assert found
    assert all(len(each.unpacked) == each.unit_count for each in found)
