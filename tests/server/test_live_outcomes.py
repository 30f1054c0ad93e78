"""Outcomes of stored plans at a live server: recorded once, counted, and shown with the plan."""

import uuid

import grpc
import pytest

from boxwright.v1 import order_pb2
from boxwright.v1 import packing_service_pb2 as messages

from .live_calls import BOOK, BOX, bad_fields, failure, page, request, samples
from .live_stores import serving


def outcome_of(plan, **parcel):
    """Return a request that records the first parcel of a plan."""
    asked = messages.RecordOutcomeRequest(request_id=str(uuid.uuid4()))
    asked.outcome.plan = plan.name
    asked.outcome.parcels.add(**{"parcel_index": 0, "box_type_id": plan.parcels[0].box_type_id, **parcel})
    return asked


def test_an_outcome_is_recorded_once_and_counted_next_to_the_plan(tmp_path):
    """A repeat changes nothing; a correction replaces the outcome and is not counted."""
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
        assert samples(server, "boxwright_shipped_orders_total") == {
            'boxwright_shipped_orders_total{how="as_planned"}': 1,
            'boxwright_shipped_orders_total{how="overridden"}': 0,
        }
        box = f'box_type="{plan.parcels[0].box_type_id}",catalog="china-post"'
        assert samples(server, "boxwright_shipped_boxes_total") == {
            f'boxwright_shipped_boxes_total{{basis="{basis}",{box}}}': 1 for basis in ("shipped", "planned")
        }
        grams = samples(server, "boxwright_shipped_gross_grams_total")
        measured, planned = (
            grams[f'boxwright_shipped_gross_grams_total{{basis="{basis}"}}'] for basis in ("measured", "planned")
        )
        assert measured == pytest.approx(planned * 1.1)
        overrides = samples(server, "boxwright_shipped_overrides_total{")
        assert overrides['boxwright_shipped_overrides_total{reason="box_not_at_hand"}'] == 0  # alerts can read it
        assert set(overrides.values()) == {0}


@pytest.mark.parametrize(
    ("parcel", "field"),
    [
        ({"parcel_index": 1}, "parcel_index"),
        ({"parcel_index": -1}, "parcel_index"),
        ({"box_type_id": ""}, "box_type_id"),
        ({"other_box": "carton of the supplier"}, "other_box"),
        ({"box_type_id": "", "other_box": "a", "override_reason": "OVERRIDE_REASON_DID_NOT_FIT", "open": True}, "open"),
        ({"box_type_id": "", "other_box": "x" * 201, "override_reason": "OVERRIDE_REASON_DID_NOT_FIT"}, "other_box"),
        ({"box_type_id": "", "other_box": "a\n", "override_reason": "OVERRIDE_REASON_DID_NOT_FIT"}, "other_box"),
        ({"box_type_id": "", "other_box": "carton of the supplier"}, "override_reason"),
        ({"box_type_id": "china-post-12"}, "override_reason"),
        ({"box_type_id": "nothing", "override_reason": "OVERRIDE_REASON_DID_NOT_FIT"}, "box_type_id"),
        ({"measured_gross_g": 0}, "measured_gross_g"),
        ({"measured_gross_g": float("nan")}, "measured_gross_g"),
        ({"measured_gross_g": 1_000_001}, "measured_gross_g"),
        ({"measured_gross_g": 1.31}, "measured_gross_g"),  # a mass in kg, less than half that of the empty box
        ({"measured_outer": {"length_mm": 10, "width_mm": 10, "height_mm": 0}}, "measured_outer.height_mm"),
        ({"override_reason": "OVERRIDE_REASON_OTHER"}, "override_note"),
        ({"override_note": "x" * 1_001}, "override_note"),
        *(({"override_note": f"wet{control}"}, "override_note") for control in "\0\x1b\r\t\x9b"),
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
    for unit in units or ():
        asked.outcome.parcels[0].units.add(**unit)
    code, status = failure(packing.RecordOutcome, asked)
    assert bad_fields(status) == [f"outcome.parcels[0].{field}"]
    assert code in (grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND)
    assert not packing.GetPlan(messages.GetPlanRequest(name=plan.name), timeout=20).HasField("outcome")


def test_what_does_not_fit_is_planned_again_as_measured(packing):
    """The answer's request continues the open parcel with measured sizes, without the closed parcel."""
    line = {**BOOK, "quantity": 3, "keep_apart_group": ""}
    plan = packing.Pack(request(line, persist=True), timeout=20).plan
    box = plan.parcels[0].box_type_id
    asked = outcome_of(plan, open=True, override_reason="OVERRIDE_REASON_DID_NOT_FIT")
    asked.outcome.parcels[0].units.add(line_id="book", unit_index=2)
    asked.outcome.parcels.add(box_type_id=box).units.add(line_id="book", unit_index=0)
    size = {"length_mm": 220, "width_mm": 160, "height_mm": 45}
    asked.outcome.measured_lines.add(line_id="book", dimensions=size, mass_g=500)
    left = packing.RecordOutcome(asked, timeout=20).next
    (again,), (started,) = left.lines, left.started_parcels
    assert (again.quantity, again.mass_g, again.dimension_status) == (2, 500, order_pb2.DIMENSION_STATUS_MEASURED)
    assert again.cuboid.dimensions.height_mm == 45
    assert (started.box_type_id, [unit.unit_index for unit in started.placements]) == (box, [1])
    further = request(line)
    del further.order.lines[:]
    further.order.lines.extend(left.lines)
    further.started_parcels.extend(left.started_parcels)
    made = packing.Pack(further, timeout=20).plan
    assert made.parcels[0].started_parcel_id == started.started_parcel_id
    assert sum(len(parcel.placements) for parcel in made.parcels) == 2
    assert not packing.RecordOutcome(outcome_of(plan), timeout=20).HasField("next")


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        ([{"line_id": "mug", "mass_g": 1}], "measured_lines[0].line_id"),
        ([{"line_id": "book"}], "measured_lines[0].dimensions"),
        ([{"line_id": "book", "mass_g": -1}], "measured_lines[0].mass_g"),
        ([{"line_id": "book", "mass_g": 1}] * 2, "measured_lines[1].line_id"),
        (
            [{"line_id": "book", "dimensions": {"length_mm": 1, "width_mm": 1}}],
            "measured_lines[0].dimensions.height_mm",
        ),
    ],
)
def test_a_measured_line_that_breaks_a_rule_is_refused(packing, lines, field):
    """A measured line is a line of the order, appears once, and has a valid size or mass."""
    plan = packing.Pack(request(BOOK, persist=True), timeout=20).plan
    asked = outcome_of(plan)
    for line in lines:
        asked.outcome.measured_lines.add(**line)
    _, status = failure(packing.RecordOutcome, asked)
    assert bad_fields(status) == [f"outcome.{field}"]


@pytest.mark.parametrize("note", ["wet\ntoo small", "wet\r\ntoo small\n", "naß, 湿 \u2764\ufe0f"])
def test_a_note_may_have_line_breaks(packing, note):
    """Notes keep line breaks and any script."""
    plan = packing.Pack(request(BOOK, persist=True), timeout=20).plan
    said = {"override_reason": "OVERRIDE_REASON_OTHER", "override_note": note}
    answer = packing.RecordOutcome(outcome_of(plan, **said), timeout=20)
    assert answer.outcome.parcels[0].override_note == note


def test_the_page_of_a_plan_shows_what_was_packed(live, packing):
    """The page shows time, station and changes; a correction replaces them."""
    plan = packing.Pack(request(BOOK, persist=True), timeout=20).plan
    as_planned = outcome_of(plan)
    as_planned.outcome.station = "bench 4"
    as_planned.outcome.pack_time.FromJsonString("2026-11-26T10:32:59Z")
    packing.RecordOutcome(as_planned, timeout=20)
    assert all(part in page(live, plan.name)[2] for part in ("2026-11-26 10:32", "bench 4"))
    said = {"override_reason": "OVERRIDE_REASON_OTHER", "override_note": "<wet> box"}
    changed = outcome_of(plan, box_type_id="china-post-9", measured_gross_g=plan.parcels[0].gross_g + 120, **said)
    packing.RecordOutcome(changed, timeout=20)
    text = page(live, plan.name)[2]
    assert all(part in text for part in ("china-post-9", "120 g", plan.parcels[0].box_type_id, "&lt;wet&gt; box"))
    assert "bench 4" not in text


def test_an_outcome_needs_its_id_its_plan_and_parcels(packing):
    """All missing fields are reported at once; an unknown plan is NOT_FOUND."""
    code, status = failure(packing.RecordOutcome, messages.RecordOutcomeRequest())
    assert (code, bad_fields(status)) == (grpc.StatusCode.INVALID_ARGUMENT, ["request_id", "outcome"])
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


@pytest.fixture
def two_parcels(packing):
    """A stored plan of two parcels with one unit each."""
    single = {**BOX, "box_type_id": "one", "inner": {"length_mm": 215, "width_mm": 151, "height_mm": 30}}
    catalog = {"catalog_id": "single", "box_types": [single]}
    asked = request(BOOK, persist=True, inline_catalog=catalog, policy={"max_parcels": 2})
    plan = packing.Pack(asked, timeout=20).plan
    assert len(plan.parcels) == 2
    return plan


def test_an_outcome_holds_each_parcel_of_the_plan(two_parcels, packing):
    """Every planned parcel is recorded, listed as not shipped, or empty since another one names its units."""
    recorded, missing, into_one = (outcome_of(two_parcels, override_reason=reason) for reason in (0, 0, 3))
    assert bad_fields(failure(packing.RecordOutcome, missing)[1]) == ["outcome.parcels"]
    missing.outcome.not_shipped.append(1)
    recorded.outcome.parcels.add(parcel_index=1, box_type_id="one")
    for index in (0, 1):
        into_one.outcome.parcels[0].units.add(line_id=BOOK["line_id"], unit_index=index)
    for asked in (missing, into_one, recorded):
        packing.RecordOutcome(asked, timeout=20)
    read = packing.GetPlan(messages.GetPlanRequest(name=two_parcels.name), timeout=20)
    assert [parcel.parcel_index for parcel in read.outcome.parcels] == [0, 1]  # the correction counts
    for not_shipped in (2, 0):
        recorded.request_id, recorded.outcome.not_shipped[:] = str(uuid.uuid4()), [not_shipped]
        assert bad_fields(failure(packing.RecordOutcome, recorded)[1]) == ["outcome.not_shipped[0]"]


def test_a_box_of_no_catalog_is_recorded_in_words(tmp_path):
    """A supplier's carton is recorded by name and counted as (other)."""
    with serving(tmp_path) as (server, packing, _):
        plan = packing.Pack(request(BOOK, persist=True), timeout=20).plan
        said = {"box_type_id": "", "other_box": "carton of the supplier", "measured_gross_g": 700}
        packing.RecordOutcome(outcome_of(plan, **said, override_reason="OVERRIDE_REASON_BOX_NOT_AT_HAND"), timeout=20)
        read = packing.GetPlan(messages.GetPlanRequest(name=plan.name), timeout=20)
        assert read.outcome.parcels[0].other_box == "carton of the supplier"
        box = '{basis="shipped",box_type="(other)",catalog="china-post"}'
        assert samples(server, "boxwright_shipped_boxes_total")[f"boxwright_shipped_boxes_total{box}"] == 1


def test_what_the_contract_does_not_have_is_not_stored_with_an_outcome(packing):
    """Unknown fields are dropped, whatever their length."""
    plan = packing.Pack(request(BOOK, persist=True), timeout=20).plan
    asked = outcome_of(plan)
    asked.outcome.MergeFromString(b"\xfa\x3e\xc0\x84\x3d" + bytes(1_000_000))
    assert packing.RecordOutcome(asked, timeout=20).outcome.ByteSize() < 1_000
    read = packing.GetPlan(messages.GetPlanRequest(name=plan.name, read_mask={"paths": ["outcome"]}), timeout=20)
    assert read.ByteSize() < 1_000
