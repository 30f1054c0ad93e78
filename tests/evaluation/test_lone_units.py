"""Orders of one unit share plans: each has the figures, reasons and warnings of a separate plan."""

import datetime
from dataclasses import replace
from decimal import Decimal

import pytest
from tests.evaluation.test_study import BARE, orders_of

from boxwright.catalog import load_catalog
from boxwright.domain.box import Catalog
from boxwright.domain.lane import Lane, Leg
from boxwright.domain.order import Item, Order
from boxwright.domain.policy import Objective, Policy
from boxwright.domain.price_table import AdditionalWeight, PriceTable, WeightPrice, ZonePrices
from boxwright.evaluation.batch import BatchJob
from boxwright.evaluation.trial import Trials
from boxwright.evaluation.variant import variants_of
from boxwright.orders.batches import list_batches
from boxwright.planning import plan

TABLE = PriceTable(
    *("sf-own", "2026", "sf/fast", "CNY", "kg"),
    (ZonePrices("near", (WeightPrice(Decimal(1), 1_200),), (AdditionalWeight(Decimal(1), 200),)),),
)
CARRIED = Lane(
    legs=(Leg("road", 500),),
    carrier_service="sf/fast",
    ship_date=datetime.date(2026, 11, 1),
    zone="near",
    price_tables=(TABLE,),
)
WEAK = Catalog("weak", [replace(box, max_net_g=1_000.0 if n % 2 else None) for n, box in enumerate(BARE.box_types)])
INSIDES = [(box.inner_length_mm, box.inner_width_mm, box.inner_height_mm) for box in BARE.box_types]
NEARLY = [
    Order(f"{share}-{mass}-{at}", (Item("a", 1, *(round(share * edge, 2) for edge in inside), mass),))
    for share in (0.85, 0.9, 0.97)
    for mass in (300, 2_400)
    for at, inside in enumerate(INSIDES)
]
"""Units slightly smaller than a box."""
FILLED = Policy(fill_limit=0.8, fit_clearance_mm=3)


@pytest.mark.parametrize(
    ("catalog", "policy", "lane", "shared"),
    [
        (BARE, Policy(), None, True),
        (WEAK, Policy(), None, True),
        (BARE, FILLED, None, True),
        (replace(BARE, currency="CNY"), Policy(objectives=(Objective.CHARGEABLE_WEIGHT,)), CARRIED, True),
        (BARE, Policy(plausibility="refuse", allow_partial=True), None, True),
        (load_catalog("eu-stock"), Policy(), None, False),
    ],
    ids=["plain", "weak boxes", "with clearance", "billed", "refused", "with dunnage"],
)
def test_a_shared_plan_equals_a_separate_one(
    catalog: Catalog, policy: Policy, lane: Lane | None, shared: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shared records equal separate ones; rigid boxes without fill need fewer plans than orders."""
    trials = Trials(variants_of([catalog], policy, lane), ("uk-desnz",), plan)
    orders, planned = [*orders_of(40, 7), *NEARLY[:: 1 if shared else 3]], list[str]()
    alone = [trials.record(order, trials.variants[0]) for order in orders]
    made = Trials.tried
    monkeypatch.setattr(
        Trials, "tried", lambda self, order, variant: planned.append(order.order_id) or made(self, order, variant)
    )
    job = BatchJob(trials)
    records = [each for batch in list_batches(orders) for each in job.records(batch)[0]]
    for record, own in zip(records, alone, strict=True):
        mine = {key: value for key, value in own.items() if value is not None}
        assert {key: record[key] for key in mine} == mine
    assert (len(planned) < len(orders) - 10) is shared
