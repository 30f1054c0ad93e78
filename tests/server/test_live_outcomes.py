"""Outcomes of stored plans over a live server: recorded once, counted, and shown next to the plan."""

import uuid

import grpc
import pytest

from boxwright.v1 import packing_service_pb2 as messages

from .live_calls import BOOK, bad_fields, failure, page, request
from .live_stores import metric, serving


def outcome_of(plan, **parcel):
    """Return a request that records the first parcel of a plan."""
    asked = messages.RecordOutcomeRequest(request_id=str(uuid.uuid4()))
    asked.outcome.plan = plan.name
    asked.outcome.parcels.add(**{"parcel_index": 0, "box_type_id": plan.parcels[0].box_type_id, **parcel})
    return asked


def test_an_outcome_is_recorded_once_and_counted_next_to_the_plan(tmp_path):
    """Repeats change nothing; a correction replaces, and is not counted again."""
    with serving(tmp_path) as (server, packing, _):
        plan = packing.Pack(request(BOOK, persist=True), timeout=20).plan
        asked = outcome_of(plan, measured_gross_g=plan.parcels[0].gross_g * 1.1)
        edges = sorted(getattr(plan.parcels[0].outer, f"{edge}_mm") for edge in ("length", "width", "height"))
        measured = asked.outcome.parcels[0].measured_outer
        measured.height_mm, measured.length_mm, measured.width_mm = edges[0] - 7, edges[1], edges[2] + 1
        first = packing.RecordOutcome(asked, timeout=20)
        assert packing.RecordOutcome(asked, timeout=20) == first
        assert first.outcome.name == f"{plan.name}/outcome"
        assert first.outcome.pack_time.seconds > 0
        other = next(box for box in ("china-post-8", "china-post-9") if box != plan.parcels[0].box_type_id)
        second = outcome_of(plan, box_type_id=other, override_reason="OVERRIDE_REASON_DID_NOT_FIT")
        packing.RecordOutcome(second, timeout=20)
        read = packing.GetPlan(messages.GetPlanRequest(name=plan.name), timeout=20)
        assert read.outcome.parcels[0].box_type_id == other
        assert metric(server, "boxwright_shipped_orders_total") == {
            'boxwright_shipped_orders_total{how="as_planned"}': 1,
            'boxwright_shipped_orders_total{how="overridden"}': 0,
        }
        box = f'{{box_type="{plan.parcels[0].box_type_id}",catalog="china-post"}}'
        assert metric(server, "boxwright_shipped_boxes_total") == {f"boxwright_shipped_boxes_total{box}": 1}
        assert metric(server, "boxwright_shipped_planned_boxes_total") == {
            f"boxwright_shipped_planned_boxes_total{box}": 1
        }
        shares = metric(server, "boxwright_shipped_mass_deviation_ratio_bucket")
        edges = metric(server, "boxwright_shipped_size_deviation_mm_bucket")
        assert [
            counts[f'{name}{{le="{end}"}}']
            for counts, name, end in (
                (shares, "boxwright_shipped_mass_deviation_ratio_bucket", "0.05"),
                (shares, "boxwright_shipped_mass_deviation_ratio_bucket", "0.2"),
                (edges, "boxwright_shipped_size_deviation_mm_bucket", "-10.0"),
                (edges, "boxwright_shipped_size_deviation_mm_bucket", "-5.0"),
            )
        ] == [0, 1, 0, 1]
        overrides = metric(server, "boxwright_shipped_overrides_total{")
        assert overrides['boxwright_shipped_overrides_total{reason="box_not_at_hand"}'] == 0  # an alert sees its first
        assert set(overrides.values()) == {0}


@pytest.mark.parametrize(
    ("parcel", "field"),
    [
        ({"parcel_index": 1}, "parcel_index"),
        ({"parcel_index": -1}, "parcel_index"),
        ({"box_type_id": ""}, "box_type_id"),
        ({"box_type_id": "china-post-12"}, "override_reason"),
        ({"box_type_id": "nothing", "override_reason": "OVERRIDE_REASON_DID_NOT_FIT"}, "box_type_id"),
        ({"measured_gross_g": 0}, "measured_gross_g"),
        ({"measured_gross_g": float("nan")}, "measured_gross_g"),
        ({"measured_gross_g": 1_000_001}, "measured_gross_g"),
        ({"measured_gross_g": 1.31}, "measured_gross_g"),  # in kg: less than half of the empty box
        ({"measured_outer": {"length_mm": 10, "width_mm": 10, "height_mm": 0}}, "measured_outer.height_mm"),
        ({"override_reason": "OVERRIDE_REASON_OTHER"}, "override_note"),
        ({"override_note": "x" * 1_001}, "override_note"),
        ({"units": [{"line_id": "book", "unit_index": 2}]}, "units[0]"),
        ({"units": [{"line_id": "book"}, {"line_id": "book"}]}, "units[1]"),
    ],
)
def test_an_outcome_that_breaks_a_rule_is_refused(packing, parcel, field):
    """The field is named, and nothing is recorded."""
    plan = packing.Pack(request(BOOK, persist=True), timeout=20).plan
    outer, units = parcel.get("measured_outer"), parcel.get("units")
    simple = {name: value for name, value in parcel.items() if name not in ("measured_outer", "units")}
    asked = outcome_of(plan, **simple, **({"measured_outer": outer} if outer else {}))
    for each in units or ():
        asked.outcome.parcels[0].units.add(**each)
    code, status = failure(packing.RecordOutcome, asked)
    assert bad_fields(status) == [f"outcome.parcels[0].{field}"]
    assert code in (grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND)
    assert not packing.GetPlan(messages.GetPlanRequest(name=plan.name), timeout=20).HasField("outcome")


def test_the_page_of_a_plan_shows_what_was_packed(live, packing):
    """Once it is recorded: when, where, on the scale, and what was done otherwise; a correction takes its place."""
    plan = packing.Pack(request(BOOK, persist=True), timeout=20).plan
    assert "As shipped" not in page(live, plan.name)[2]
    as_planned = outcome_of(plan, measured_gross_g=plan.parcels[0].gross_g)
    as_planned.outcome.station = "bench 4"
    as_planned.outcome.pack_time.FromJsonString("2026-11-26T10:32:59Z")
    packing.RecordOutcome(as_planned, timeout=20)
    text = page(live, plan.name)[2]
    assert "Packed on 2026-11-26 10:32 UTC at bench 4, as planned." in text
    assert "not measured" in text
    other = next(box for box in ("china-post-8", "china-post-9") if box != plan.parcels[0].box_type_id)
    said = {"override_reason": "OVERRIDE_REASON_OTHER", "override_note": "<wet> box"}
    changed = outcome_of(plan, box_type_id=other, measured_gross_g=plan.parcels[0].gross_g + 120, **said)
    extra = changed.outcome.parcels.add(box_type_id=other)
    extra.units.add(line_id=BOOK["line_id"])
    packing.RecordOutcome(changed, timeout=20)
    text = page(live, plan.name)[2]
    assert "2 parcels of 2 otherwise than planned." in text
    assert f"<td>{other}</td>" in text
    assert "120 g over plan" in text
    assert f"in place of {plan.parcels[0].box_type_id}; another reason; “&lt;wet&gt; box”" in text
    assert f"not planned; holds {BOOK['line_id']} 1" in text


def test_an_outcome_needs_its_id_its_plan_and_parcels(packing):
    """All that is missing is said at once; a plan that is not there is not found."""
    code, status = failure(packing.RecordOutcome, messages.RecordOutcomeRequest())
    assert (code, bad_fields(status)) == (grpc.StatusCode.INVALID_ARGUMENT, ["request_id", "outcome"])
    assert "request_id: is required" in status.message
    asked = messages.RecordOutcomeRequest(request_id="a")
    asked.outcome.station = "x" * 201
    asked.outcome.pack_time.seconds = 1 << 60
    assert bad_fields(failure(packing.RecordOutcome, asked)[1]) == [
        *("outcome.plan", "outcome.parcels", "outcome.station", "outcome.pack_time"),
    ]
    plan = packing.Pack(request(BOOK, persist=True), timeout=20).plan
    asked = outcome_of(plan)
    asked.outcome.plan = "plans/nothing"
    code, status = failure(packing.RecordOutcome, asked)
    assert (code, bad_fields(status)) == (grpc.StatusCode.NOT_FOUND, ["outcome.plan"])
