"""Orders of one unit share plans: every figure, reason and warning of each is that of a plan of its own."""

import datetime
from dataclasses import replace
from decimal import Decimal

import pytest
from tests.evaluation.test_study import BARE, orders_of

from boxwright.catalog import load_catalog
from boxwright.domain.box import Catalog
from boxwright.domain.lane import Lane, Leg
from boxwright.domain.policy import Objective, Policy
from boxwright.domain.price_table import AdditionalWeight, PriceTable, WeightPrice, ZonePrices
from boxwright.evaluation.batch import BatchJob
from boxwright.evaluation.record import record_of
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
FILLED = Policy(fill_limit=0.8, fit_clearance_mm=3)


@pytest.mark.parametrize(
    ("catalog", "policy", "lane", "shared"),
    [
        (BARE, Policy(), None, True),
        (WEAK, Policy(), None, True),
        (BARE, FILLED, None, False),
        (replace(BARE, currency="CNY"), Policy(objectives=(Objective.CHARGEABLE_WEIGHT,)), CARRIED, True),
        (BARE, Policy(plausibility="refuse", allow_partial=True), None, True),
        (load_catalog("eu-stock"), Policy(), None, False),
    ],
    ids=["plain", "weak boxes", "with clearance", "billed", "refused", "with dunnage"],
)
def test_a_shared_plan_says_what_an_own_one_says(
    catalog: Catalog, policy: Policy, lane: Lane | None, shared: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where boxes are rigid, and nothing fills them or keeps them from being filled, fewer are planned than ordered."""
    trials = Trials(variants_of([catalog], policy, lane), ("uk-desnz",), plan)
    orders, planned = orders_of(120 if shared else 40, 7), list[str]()
    alone = [record_of(trials.outcome(order, 0), 0) for order in orders]
    made = Trials.outcome
    monkeypatch.setattr(
        Trials, "outcome", lambda self, order, at: planned.append(order.order_id) or made(self, order, at)
    )
    job = BatchJob(trials)
    records = [each for batch in list_batches(orders) for each in job.records(batch)[0]]
    for record, own in zip(records, alone, strict=True):
        assert {key: record[key] for key in own if key != "cpu_s"} == {
            key: value for key, value in own.items() if key != "cpu_s"
        }
    assert (len(planned) < len(orders)) is shared
