"""Markets of a request and the verdicts in its answer."""

import pytest
from google.protobuf import json_format

from boxwright.contract.plan import plan_to_wire
from boxwright.domain.plan import Parcel, Placement, Plan, PlanStatus
from boxwright.server.answers.check_plan import read_check_request
from boxwright.v1 import market_pb2, packing_service_pb2

from .wire import LINE, TODAY, broken, job_of

BOX = {
    "box_type_id": "b",
    "style": "BOX_STYLE_RSC_0201",
    "inner": {"length_mm": 200, "width_mm": 100, "height_mm": 100},
    "outer": {"length_mm": 250, "width_mm": 100, "height_mm": 100},
    "material": "materials/corrugated-board",
    "tare_g": 50,
}
REQUEST = {
    "inline_catalog": {"catalog_id": "c", "box_types": [BOX]},
    "lane": {"destination": {"country_code": "DE"}, "ship_date": {"year": 2026, "month": 3, "day": 2}},
}


def message_of(job):
    """Return the message of a hand-made plan."""
    um = 100_000
    placed = Placement("a", 0, 0, 0, 0, um, um, um)
    parcel = Parcel(
        "b",
        (placed,),
        inner_um=(2 * um, um, um),
        inner_volume_um3=2 * um**3,
        goods_volume_um3=um**3,
        outer_um=(250_000, um, um),
    )
    return plan_to_wire(
        Plan("o", PlanStatus.COMPLETE, (parcel,), ship_date=TODAY), job.view(), job.mask.get("plan", {})
    )


def test_verdicts_are_in_the_plan_where_a_market_is_asked(dataset):
    """A verdict has rule, provision, first day, grade and figures; without a market there is none."""
    found = message_of(job_of(dataset, **REQUEST, markets=["markets/eu"])).verdicts
    (space,) = [verdict for verdict in found if verdict.rule.rule_id == "eu/ppwr-24-1"]
    assert space.market == "markets/eu"
    assert space.status == market_pb2.VERDICT_STATUS_NOT_IN_FORCE
    assert (space.rule.provision, space.rule.threshold, space.rule.effective_from.year) == ("Art. 24(1)", 50, 2030)
    assert space.rule.provisional
    assert space.rule.source.source_grade
    assert {figure.name: figure.value for figure in space.figures} == {"inner": 50, "outer": 60}
    assert not message_of(job_of(dataset, **REQUEST)).verdicts


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"markets": ["markets/atlantis"]}, "markets[0]"),
        ({"markets": ["eu"]}, "markets[0]"),
        ({"markets": ["markets/eu", "markets/eu"]}, "markets[1]"),
        ({"reuse_system": True}, "reuse_system"),
    ],
)
def test_what_names_no_market_is_refused(dataset, fields, field):
    """Unknown, malformed and repeated markets are refused, and reuse_system without markets."""
    assert list(broken(job_of, dataset, **REQUEST, **fields)) == [field]


def test_a_check_takes_markets_too(dataset):
    """CheckPlan reads markets as Pack does."""
    order = {"order_id": "o", "lines": [LINE]}
    data = {"order": order, **REQUEST, "markets": ["markets/eu"], "reuse_system": True, "plan": {"parcels": []}}
    job, _, _ = read_check_request(json_format.ParseDict(data, packing_service_pb2.CheckPlanRequest()), dataset, TODAY)
    assert job.markets == ("eu",)
    assert job.resolved.reuse_system
