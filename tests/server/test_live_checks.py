"""A live PackingService checks its own plans, damaged ones and bare packings."""

import json
from pathlib import Path

import grpc
import pytest
from click.testing import CliRunner
from google.protobuf import json_format

from boxwright.cli import main
from boxwright.v1 import packing_service_pb2 as messages
from boxwright.v1 import plan_pb2

from .live_calls import BOOK, MUG, WHOLE, bad_fields, failure, request


def edges(length, width, height):
    """Return a size."""
    return {"length_mm": length, "width_mm": width, "height_mm": height}


def own(*boxes, style="RSC_0201", **fields):
    """Return an inline catalog with boxes of these inner sizes."""
    made = [
        {"box_type_id": f"b{at}", "style": f"BOX_STYLE_{style}", "inner": edges(*inner), "tare_g": 90, **fields}
        for at, inner in enumerate(boxes)
    ]
    return {"inline_catalog": {"catalog_id": "mine", "box_types": made}}


SHIRT = {"dimensions": edges(700, 500, 8), "min_thickness_mm": 4, "max_folds": 2}
PILE = {"layers": 5, "days": 90, "humidity_percent": 80, "pattern": "PALLET_PATTERN_COLUMN_ALIGNED"}
CUBE = {"line_id": "cube", "quantity": 1, "cuboid": {"dimensions": edges(100, 100, 100)}, "mass_g": 8_000}
DESK = {"line_id": "desk", "quantity": 1, "cuboid": {"dimensions": edges(1_600, 800, 60)}, "mass_g": 21_000}
CELL = {**MUG, "line_id": "cell", "property_amounts": [{"property": "wh", "amount": 60}]}
SHOP = {"catalog": "catalogs/eu-webshop"}
GLASS = {
    **MUG,
    "cuboid": {"dimensions": edges(100, 90, 80)},
    "fragility": {"fragility_class": "FRAGILITY_CLASS_VERY_FRAGILE"},
}
MUGS = {**MUG, "cuboid": {"dimensions": edges(122, 93, 103)}, "article": "mug"}
STATED = {
    "a mailer": ([BOOK], own((350, 250, 60), style="FLAT_MAILER")),
    "folded goods": (
        [{"line_id": "shirt", "quantity": 3, "soft_goods": SHIRT, "mass_g": 180}],
        own((500, 350, 24)),
    ),
    "a wrap of several": (
        [{**MUG, "quantity": 1, "fragility": {"g_level": 40}, "sales_packaging": {"cushion_mm": 1}}],
        SHOP,
    ),
    "heavy units": ([{**BOOK, "mass_g": 14_800}], {}),
    "groups and caps": (
        [{**BOOK, "keep_together_group": "set"}, {**MUG, "keep_together_group": "set", "keep_apart_group": "x"}, CELL],
        {"policy": {"property_caps": [{"property": "wh", "max_amount": 100}]}},
    ),
    "its own container": ([BOOK, {**DESK, "ships_in_own_container": True}], {}),
    "strength": (
        [CUBE],
        own((300, 200, 150), board={"flute": "C", "grade": "32 ECT"})
        | {"policy": {"stacking": PILE, "box_certificate": True}},
    ),
    "materials": ([BOOK], {"policy": {"material_requirements": {"requirements": [1]}}}),
    "a lane": (
        [BOOK, {**MUG, "fragility": {"g_level": 60}}],
        {
            "lane": {
                "legs": [{"mode": "TRANSPORT_MODE_ROAD", "distance_km": 500}],
                "carrier_service": "carriers/ups/services/us-daily",
                "ship_date": {"year": 2026, "month": 3, "day": 2},
            }
        },
    ),
    "inner boxes": ([GLASS], SHOP),
    "no mask": ([BOOK], {"read_mask": ""}),
}
"""Lines and fields of requests whose plans state something of their own."""


@pytest.mark.parametrize("name", STATED)
def test_what_a_plan_states_is_found_right(packing, name):
    """CheckPlan agrees with every figure of a plan under the same terms."""
    lines, fields = STATED[name]
    made = packing.Pack(request(*lines, **{"read_mask": WHOLE, **fields}), timeout=60).plan
    asked = request(*lines, kind=messages.CheckPlanRequest, **{**fields, "read_mask": ""})
    asked.plan.CopyFrom(made)
    answer = packing.CheckPlan(asked, timeout=60)
    assert [str(violation) for violation in answer.violations] == []
    assert answer.valid
    asked.plan.parcels[0].placements[0].x_mm += 100_000
    assert not packing.CheckPlan(asked, timeout=60).valid


def test_files_of_the_command_line_are_requests_as_they_stand(packing):
    """An order file and the output of pack --json form a CheckPlanRequest."""
    order = Path(__file__).parents[2] / "examples" / "mug.json"
    said = CliRunner().invoke(main, ["pack", str(order), "--catalog", "us-stock", "--leg", "road:500", "--json"])
    asked = {
        "order": json.loads(order.read_text()),
        "catalog": "catalogs/us-stock",
        "lane": {"legs": [{"mode": "TRANSPORT_MODE_ROAD", "distance_km": 500}]},
        **json.loads(said.stdout),
    }
    answer = packing.CheckPlan(json_format.ParseDict(asked, messages.CheckPlanRequest()), timeout=20)
    assert [str(violation) for violation in answer.violations] == []


def test_a_begun_parcel_is_finished_over_the_wire(packing):
    """Its units come first and do not move; the check finds a moved unit."""
    started = {
        "started_parcel_id": "P-7",
        "box_type_id": packing.Pack(request(BOOK, MUG), timeout=20).plan.parcels[0].box_type_id,
        "placements": [{"line_id": "book", "length_mm": 210, "width_mm": 148, "height_mm": 25}],
    }
    made = packing.Pack(request(BOOK, MUG, started_parcels=[started]), timeout=20).plan
    assert made.parcels[0].started_parcel_id == "P-7"
    first = made.parcels[0].placements[0]
    assert (first.line_id, first.unit_index, first.x_mm, first.y_mm, first.z_mm) == ("book", 0, 0, 0, 0)
    asked = request(BOOK, MUG, started_parcels=[started], kind=messages.CheckPlanRequest)
    asked.plan.CopyFrom(made)
    assert not packing.CheckPlan(asked, timeout=20).violations
    asked.started_parcels[0].placements[0].x_mm = 0.001
    assert {violation.code for violation in packing.CheckPlan(asked, timeout=20).violations} == {"STARTED_PARCEL"}


def test_a_begun_parcel_may_name_its_units_alone(packing):
    """The server finds a layout and warns that it is assumed."""
    alone = {"started_parcel_id": "P-7", "box_type_id": "eu-300x200x150", "placements": [{"line_id": "book"}]}
    made = packing.Pack(request(BOOK, MUG, started_parcels=[alone], read_mask=WHOLE, **SHOP), timeout=20).plan
    first = made.parcels[0]
    assert (first.started_parcel_id, first.box_type_id) == ("P-7", "eu-300x200x150")
    assert first.placements[0].line_id == "book"
    assert first.placements[0].length_mm > 0
    assert "STARTED_LAYOUT_ASSUMED" in {warning.code for warning in made.warnings}


def test_what_is_in_which_box_is_enough_for_a_check(packing):
    """Units without positions are laid out, weighed and billed; a box too small is NO_LAYOUT."""
    lines = (BOOK, MUG)
    units = [{"line_id": line["line_id"], "unit_index": index} for line in lines for index in range(line["quantity"])]
    for box, valid in (("eu-400x300x250", True), ("eu-200x150x100", False)):
        asked = request(BOOK, MUG, kind=messages.CheckPlanRequest, **SHOP)
        asked.plan.parcels.add(box_type_id=box, placements=units)
        answer = packing.CheckPlan(asked, timeout=20)
        assert answer.valid == valid, answer.violations
        if valid:
            (parcel,) = answer.assessed_plan.parcels
            assert parcel.box_type_id == box
            assert parcel.gross_g > parcel.net_g > 0
            assert len(parcel.placements) == len(units)
        else:
            (violation,) = answer.violations
            assert violation.code == "NO_LAYOUT"
            assert violation.parcel_index == 0


FIRST, SECOND = {"line_id": "book"}, {"line_id": "book", "unit_index": 1}
PLACED = {**FIRST, "length_mm": 210, "width_mm": 148, "height_mm": 25}
LARGE = "eu-400x300x250"


@pytest.mark.parametrize(
    ("box", "placements", "status", "codes"),
    [
        pytest.param("hat", [FIRST, SECOND], 0, {"UNKNOWN_BOX_TYPE"}, id="unknown box"),
        pytest.param("hat", [{**FIRST, "x_mm": 1}, SECOND], 0, {"INVALID_NUMBER"}, id="half a position"),
        pytest.param(LARGE, [PLACED, SECOND], 0, {"INVALID_NUMBER"}, id="one unit without a position"),
        pytest.param(LARGE, [FIRST, FIRST], 0, {"DUPLICATE_UNIT"}, id="one unit twice"),
        pytest.param(LARGE, [FIRST], 0, {"LOST_UNIT", "PARTIAL_NOT_ALLOWED"}, id="missing unit"),
        pytest.param(
            *(LARGE, [FIRST], plan_pb2.PLAN_STATUS_COMPLETE, {"LOST_UNIT", "PARTIAL_NOT_ALLOWED", "WRONG_FIGURE"}),
            id="missing unit of a plan that is called complete",
        ),
    ],
)
def test_a_wrong_packing_without_positions_is_found(packing, box, placements, status, codes):
    """Each fault has its code, and a fault that has no effect on others is the only violation."""
    asked = request(BOOK, kind=messages.CheckPlanRequest, catalog="catalogs/eu-webshop")
    asked.plan.status = status
    asked.plan.parcels.add(box_type_id=box, placements=placements)
    found = {violation.code for violation in packing.CheckPlan(asked, timeout=20).violations}
    assert codes <= found
    assert found == codes or not codes & {"UNKNOWN_BOX_TYPE", "LOST_UNIT"}


def test_a_length_that_is_not_a_number_is_refused_by_its_path(packing):
    """NaN in a plan is an error of the call."""
    asked = request(BOOK, kind=messages.CheckPlanRequest)
    asked.plan.CopyFrom(packing.Pack(request(BOOK), timeout=20).plan)
    asked.plan.parcels[0].placements[0].x_mm = float("nan")
    code, status = failure(packing.CheckPlan, asked)
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert list(bad_fields(status)) == ["plan.parcels[0].placements[0].x_mm"]


def test_a_bare_packing_is_read_by_its_extents(packing):
    """Orientation follows from extents, and steps from the order of placements."""
    asked = request(BOOK, kind=messages.CheckPlanRequest, compare=True)
    made = packing.Pack(request(BOOK), timeout=20).plan
    parcel = asked.plan.parcels.add(box_type_id=made.parcels[0].box_type_id)
    for placement in made.parcels[0].placements:
        bare = parcel.placements.add()
        bare.CopyFrom(placement)
        bare.ClearField("orientation")
        bare.ClearField("step")
    answer = packing.CheckPlan(asked, timeout=20)
    assert answer.valid
    assert answer.assessed_plan.parcels[0].gross_g == pytest.approx(made.parcels[0].gross_g)
    assert not answer.assessed_plan.HasField("certificate")


@pytest.mark.parametrize(
    ("line", "field", "values"),
    [
        (MUGS, "compartment", (2, 1)),
        (MUGS, "compartment", (99, 99)),
        (GLASS, "compartment", (1, 1)),
        (GLASS, "wall_margin_mm", (20, 24.999)),
    ],
)
def test_what_contradicts_the_positions_is_a_wrong_figure(packing, line, field, values):
    """A wrong compartment or wall margin is a WRONG_FIGURE of each unit."""
    asked = request(line, kind=messages.CheckPlanRequest, **SHOP)
    asked.plan.CopyFrom(packing.Pack(request(line, read_mask=WHOLE, **SHOP), timeout=20).plan)
    placements = [placement for parcel in asked.plan.parcels for placement in parcel.placements]
    for placement, value in zip(placements, values, strict=True):
        setattr(placement, field, value)
    violations = packing.CheckPlan(asked, timeout=20).violations
    found = [violation.message for violation in violations if violation.code == "WRONG_FIGURE"]
    assert len(found) == 2
    assert all(f".{field} " in text for text in found)


def test_an_inner_box_without_an_orientation_is_refused(packing):
    """The extents are those of the inner box, so they do not show how the goods lie."""
    asked = request(GLASS, kind=messages.CheckPlanRequest, **SHOP)
    asked.plan.CopyFrom(packing.Pack(request(GLASS, read_mask=WHOLE, **SHOP), timeout=20).plan)
    asked.plan.parcels[0].placements[0].orientation = 0
    _, status = failure(packing.CheckPlan, asked)
    assert [field.rpartition(".")[2] for field in bad_fields(status)] == ["orientation"]
