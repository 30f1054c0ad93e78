"""Plans that a live PackingService in another process is asked to judge: its own, damaged ones and those of others."""

import json
from pathlib import Path

import grpc
import pytest
from click.testing import CliRunner
from google.protobuf import json_format

from boxwright.cli import main
from boxwright.v1 import order_pb2, parcel_pb2, plan_pb2, protection_pb2
from boxwright.v1 import packing_service_pb2 as messages

from .live_calls import BOOK, MUG, WHOLE, bad_fields, failure, request


def test_a_mailer_sent_along_is_packed_and_judged(packing):
    """The parcel states a mailer of the request as it is filled, and CheckPlan agrees with every figure."""
    mailer = {
        "box_type_id": "mailer",
        "style": "BOX_STYLE_FLAT_MAILER",
        "inner": {"length_mm": 350, "width_mm": 250, "height_mm": 60},
        "tare_g": 24,
    }
    catalog = {"catalog_id": "mine", "box_types": [mailer]}
    policy = {"objectives": ["OBJECTIVE_INNER_VOLUME", "OBJECTIVE_OUTER_VOLUME"]}
    order = {"order_id": "o", "lines": [BOOK]}
    made = packing.Pack(request(BOOK, inline_catalog=catalog, policy=policy, read_mask=WHOLE), timeout=20).plan
    (parcel,) = made.parcels
    # Piled: 210 + 50 and 148 + 50 mm of 350 and 250; side by side, 25 mm high: 296 + 25 and 210 + 25.
    assert (parcel.inner.length_mm, parcel.inner.width_mm, parcel.inner.height_mm) == (325, 225, 25)
    assert parcel.inner_volume_mm3 == 325 * 225 * 25
    figures = {each.objective: each.value for each in made.objective_values}
    outer = parcel.outer.length_mm * parcel.outer.width_mm * parcel.outer.height_mm
    assert list(figures.values()) == [parcel.inner_volume_mm3, pytest.approx(outer)]
    check_request = {"order": order, "inline_catalog": catalog, "policy": policy}
    judged = json_format.ParseDict(check_request, messages.CheckPlanRequest())
    judged.plan.CopyFrom(made)
    answer = packing.CheckPlan(judged, timeout=20)
    assert (answer.valid, list(answer.violations)) == (True, [])
    judged.plan.parcels[0].outer.length_mm -= 1
    assert not packing.CheckPlan(judged, timeout=20).valid


def test_soft_goods_come_back_folded_and_are_judged(packing):
    """Shirts in a box of half their length are folded once; CheckPlan agrees, also where orientations are left out."""
    shape = {"dimensions": {"length_mm": 700, "width_mm": 500, "height_mm": 8}, "min_thickness_mm": 4, "max_folds": 2}
    shirts = {"line_id": "shirt", "quantity": 3, "soft_goods": shape, "mass_g": 180}
    box = {
        "box_type_id": "box",
        "style": "BOX_STYLE_RSC_0201",
        "inner": {"length_mm": 500, "width_mm": 350, "height_mm": 24},
        "tare_g": 90,
    }
    catalog = {"catalog_id": "mine", "box_types": [box]}
    made = packing.Pack(request(shirts, inline_catalog=catalog), timeout=20).plan
    (parcel,) = made.parcels
    assert [(each.folds, each.height_mm) for each in parcel.placements] == [(1, 8)] * 3
    data = {"order": {"order_id": "o", "lines": [shirts]}, "inline_catalog": catalog}
    judged = json_format.ParseDict(data, messages.CheckPlanRequest())
    judged.plan.CopyFrom(made)
    answer = packing.CheckPlan(judged, timeout=20)
    assert (answer.valid, list(answer.violations)) == (True, [])
    for each in judged.plan.parcels[0].placements:
        each.orientation = 0
    assert packing.CheckPlan(judged, timeout=20).valid
    judged.plan.parcels[0].placements[2].folds = 0
    assert {each.code for each in packing.CheckPlan(judged, timeout=20).violations} == {"WRONG_EXTENTS"}


def test_files_of_the_command_line_are_requests_as_they_stand(packing):
    """An order file, and its plan as ``pack --json`` prints it, are the order and the plan of a CheckPlanRequest."""
    order = Path(__file__).parents[2] / "examples" / "mug.json"
    said = CliRunner().invoke(main, ["pack", str(order), "--catalog", "us-stock", "--leg", "road:500", "--json"])
    asked = {
        "order": json.loads(order.read_text()),
        "catalog": "catalogs/us-stock",
        "lane": {"legs": [{"mode": "TRANSPORT_MODE_ROAD", "distance_km": 500}]},
        **json.loads(said.stdout),
    }
    answer = packing.CheckPlan(json_format.ParseDict(asked, messages.CheckPlanRequest()), timeout=20)
    assert [str(each) for each in answer.violations] == []


def test_a_plan_of_ours_passes_the_check_with_all_its_figures(packing):
    """What Pack answers, CheckPlan finds valid: every figure, footprint and weight included."""
    lane = {
        "legs": [{"mode": "TRANSPORT_MODE_ROAD", "distance_km": 500}],
        "carrier_service": "carriers/ups/services/us-daily",
        "ship_date": {"year": 2026, "month": 3, "day": 2},
    }
    fragile = {**MUG, "fragility": {"g_level": 60}}
    made = packing.Pack(request(BOOK, fragile, lane=lane, read_mask=WHOLE), timeout=20).plan
    asked = request(BOOK, fragile, lane=lane, kind=messages.CheckPlanRequest, compare=True)
    asked.plan.CopyFrom(made)
    answer = packing.CheckPlan(asked, timeout=20)
    assert [str(each) for each in answer.violations] == []
    assert answer.valid
    assert answer.own_plan.canonical_hash == made.canonical_hash
    assert answer.comparison.outcome == 3


def test_a_choice_of_wraps_and_what_protects_a_line_go_over_the_wire(packing):
    """Parcels name their wrap and say what protects each line; CheckPlan judges a parcel by the wrap that it names."""
    wrap = {"kind": "DUNNAGE_KIND_CUSHIONING", "material": "materials/kraft-paper"}
    boxes = [
        {
            "box_type_id": "cube",
            "style": "BOX_STYLE_TUCK_0210",
            "inner": {"length_mm": 320, "width_mm": 320, "height_mm": 320},
            "tare_g": 50,
        }
    ]
    dunnage = [
        {"dunnage_id": name, **wrap, "grammage_g_per_m2": grams} for name, grams in (("heavy", 200), ("light", 90))
    ]
    shared = {
        "inline_catalog": {"catalog_id": "c", "box_types": boxes, "dunnage": dunnage},
        "policy": {"cushioning_ids": ["heavy", "light"], "objectives": ["OBJECTIVE_PACKAGING_MASS"]},
    }
    mug = {**MUG, "quantity": 1, "fragility": {"g_level": 40}, "sales_packaging": {"cushion_mm": 1}}
    made = packing.Pack(request(mug, **shared, read_mask=WHOLE), timeout=20).plan
    (parcel,) = made.parcels
    assert parcel.cushioning_id == "light"
    (line,) = parcel.protection
    assert (line.rule, line.fragility_class) == (
        protection_pb2.PROTECTION_RULE_PRACTICE,
        order_pb2.FRAGILITY_CLASS_FRAGILE,
    )
    assert (line.half_gap_mm, line.wall_margin_mm, line.wrap_layers) == (25, 24, 2)
    assert (parcel.placements[0].half_gap_mm, parcel.placements[0].wall_margin_mm) == (25, 24)
    assert line.message
    assert line.source
    asked = request(mug, kind=messages.CheckPlanRequest, **shared)
    asked.plan.CopyFrom(made)
    assert packing.CheckPlan(asked, timeout=20).valid
    asked.plan.parcels[0].cushioning_id = "heavy"
    codes = {each.code for each in packing.CheckPlan(asked, timeout=20).violations}
    assert "WRONG_FIGURE" in codes


def test_heavy_units_go_apart_and_are_marked_over_the_wire(packing):
    """Two irons of 14.8 kg are two marked parcels, or one without marks by machine; wrong marks are wrong figures."""
    iron = BOOK | {"quantity": 2, "mass_g": 14_800}
    answer = packing.Pack(request(iron), timeout=20).plan
    assert [list(parcel.handling_marks) for parcel in answer.parcels] == [[parcel_pb2.HANDLING_MARK_HEAVY]] * 2
    asked = request(iron, kind=messages.CheckPlanRequest)
    asked.plan.CopyFrom(answer)
    assert packing.CheckPlan(asked, timeout=20).valid
    asked.plan.parcels[0].ClearField("handling_marks")
    assert packing.CheckPlan(asked, timeout=20).valid  # figures that are not stated are not judged
    asked.plan.parcels[0].handling_marks.append(parcel_pb2.HANDLING_MARK_TEAM_LIFT)
    (found,) = packing.CheckPlan(asked, timeout=20).violations
    assert (found.code, "handling_marks" in found.message) == ("WRONG_FIGURE", True)
    freight = packing.Pack(request(iron, policy={"lifting_profile": "freight"}), timeout=20).plan
    assert [list(parcel.handling_marks) for parcel in freight.parcels] == [[]]
    asked.plan.CopyFrom(freight)
    assert "OVER_LIFTING_LIMIT" in {each.code for each in packing.CheckPlan(asked, timeout=20).violations}


def test_a_begun_parcel_is_finished_over_the_wire(packing):
    """What lies in it comes first and has not moved; the check knows it, and finds a unit that was moved."""
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
    assert {each.code for each in packing.CheckPlan(asked, timeout=20).violations} == {"STARTED_PARCEL"}
    for broken, field in (
        ({**started, "box_type_id": "hat"}, "started_parcels[0].box_type_id"),
        ({**started, "started_parcel_id": ""}, "started_parcels[0].started_parcel_id"),
        ({**started, "placements": [{**started["placements"][0], "z_mm": 9}]}, "started_parcels[0].placements[0]"),
    ):
        for validate in (False, True):
            _, status = failure(packing.Pack, request(BOOK, MUG, started_parcels=[broken], validate_only=validate))
            assert field in bad_fields(status)


def test_a_begun_parcel_may_name_its_units_alone(packing):
    """A layout is found for them, which the plan keeps and says is assumed; units that have none are refused."""
    alone = {"started_parcel_id": "P-7", "box_type_id": "eu-300x200x150", "placements": [{"line_id": "book"}]}
    shop = {"catalog": "catalogs/eu-webshop"}
    asked = request(BOOK, MUG, started_parcels=[alone], read_mask=WHOLE, **shop)
    made = packing.Pack(asked, timeout=20).plan
    first = made.parcels[0]
    assert (first.started_parcel_id, first.box_type_id, first.placements[0].line_id) == (
        "P-7",
        "eu-300x200x150",
        "book",
    )
    assert first.placements[0].length_mm > 0
    assert "STARTED_LAYOUT_ASSUMED" in {each.code for each in made.warnings}
    assert sum(len(each.placements) for each in made.parcels) == BOOK["quantity"] + MUG["quantity"]
    asked.validate_only = True
    packing.Pack(asked, timeout=20)
    twice = {**alone, "placements": [{"line_id": "book"}, {"line_id": "book"}]}
    huge = BOOK | {"quantity": 1, "cuboid": {"dimensions": {"length_mm": 290, "width_mm": 190, "height_mm": 290}}}
    for order, started in (((BOOK, MUG), twice), ((huge,), alone)):
        _, status = failure(packing.Pack, request(*order, started_parcels=[started], **shop))
        assert "started_parcels[0].placements" in str(bad_fields(status))


def test_what_is_in_which_box_is_enough_for_a_check(packing):
    """A packer took another box: units alone are laid out, weighed and billed; a box that cannot hold them says why."""
    catalog = {"catalog": "catalogs/eu-webshop"}
    lines = (BOOK, MUG)
    units = [{"line_id": line["line_id"], "unit_index": each} for line in lines for each in range(line["quantity"])]
    for box, valid in (("eu-400x300x250", True), ("eu-200x150x100", False)):
        asked = request(BOOK, MUG, kind=messages.CheckPlanRequest, **catalog)
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
            assert box in violation.message
    asked.plan.parcels[0].placements[0].line_id = "nobody"
    codes = {each.code for each in packing.CheckPlan(asked, timeout=20).violations}
    assert codes == {"UNKNOWN_LINE", "LOST_UNIT", "PARTIAL_NOT_ALLOWED"}


def test_units_that_find_no_place_together_are_counted(packing):
    """Each of them would go in: that the box was to be one is no reason."""
    asked = request({**MUG, "quantity": 5}, kind=messages.CheckPlanRequest, catalog="catalogs/eu-webshop")
    units = [{"line_id": "mug", "unit_index": each} for each in range(5)]
    asked.plan.parcels.add(box_type_id="eu-150x150x150", placements=units)
    (violation,) = packing.CheckPlan(asked, timeout=20).violations
    assert violation.code == "NO_LAYOUT"
    assert any(f"{left} of 5 " in violation.message for left in (3, 4))


def test_a_name_that_is_wrong_is_all_that_is_said_of_units_without_places(packing):
    """Nothing of extents that nobody stated; what has extents is judged by them."""
    asked = request(BOOK, kind=messages.CheckPlanRequest, catalog="catalogs/eu-webshop")
    asked.plan.parcels.add(box_type_id="hat", placements=[{"line_id": "book"}, {"line_id": "book", "unit_index": 1}])
    (violation,) = packing.CheckPlan(asked, timeout=20).violations
    assert violation.code == "UNKNOWN_BOX_TYPE"
    asked.plan.parcels[0].placements[0].x_mm = 1
    assert "INVALID_NUMBER" in {each.code for each in packing.CheckPlan(asked, timeout=20).violations}


def test_units_of_which_some_have_no_place_or_no_index_are_violations(packing):
    """Positions of a parcel are stated whole or not at all; `unit_index` identifies the units of a line."""
    asked = request(BOOK, kind=messages.CheckPlanRequest, catalog="catalogs/eu-webshop")
    edges = dict(zip(("length_mm", "width_mm", "height_mm"), (210, 148, 25), strict=True))
    whole = {"line_id": "book", **edges}
    asked.plan.parcels.add(box_type_id="eu-400x300x250", placements=[whole, {"line_id": "book", "unit_index": 1}])
    assert "INVALID_NUMBER" in {each.code for each in packing.CheckPlan(asked, timeout=20).violations}
    asked.plan.parcels[0].CopyFrom(
        plan_pb2.Plan().parcels.add(box_type_id="eu-400x300x250", placements=[{"line_id": "book"}] * 2)
    )
    assert "DUPLICATE_UNIT" in {each.code for each in packing.CheckPlan(asked, timeout=20).violations}


def test_a_unit_that_was_forgotten_is_said_once(packing):
    """Nobody stated that the packing is complete, and what is shown of it does not either."""
    asked = request(BOOK, kind=messages.CheckPlanRequest, catalog="catalogs/eu-webshop")
    asked.plan.parcels.add(box_type_id="eu-400x300x250", placements=[{"line_id": "book"}])
    answer = packing.CheckPlan(asked, timeout=20)
    assert {each.code for each in answer.violations} == {"LOST_UNIT", "PARTIAL_NOT_ALLOWED"}
    assert answer.assessed_plan.status == plan_pb2.PLAN_STATUS_PARTIAL
    asked.plan.status = plan_pb2.PLAN_STATUS_COMPLETE
    codes = {each.code for each in packing.CheckPlan(asked, timeout=20).violations}
    assert codes == {"LOST_UNIT", "PARTIAL_NOT_ALLOWED", "WRONG_FIGURE"}


def test_groups_and_own_containers_are_kept_over_the_wire(packing):
    """A unit in its own container, a group and a cap: planned, drawn, and found valid with every figure."""
    desk = {
        "line_id": "desk",
        "quantity": 1,
        "cuboid": {"dimensions": {"length_mm": 1_600, "width_mm": 800, "height_mm": 60}},
        "mass_g": 21_000,
        "ships_in_own_container": True,
    }
    lines = (
        {**BOOK, "keep_together_group": "set"},
        {**MUG, "keep_together_group": "set", "keep_apart_group": "glass"},
        {**MUG, "line_id": "cell", "property_amounts": [{"property": "wh", "amount": 60}]},
        desk,
    )
    policy = {"property_caps": [{"property": "wh", "max_amount": 100}]}
    made = packing.Pack(request(*lines, policy=policy, read_mask="plan,drawings"), timeout=20)
    inside = [{each.line_id for each in parcel.placements} for parcel in made.plan.parcels]
    assert sum({"book", "mug"} <= each for each in inside) == 1
    assert sum("cell" in each for each in inside) == 2
    (own,) = [parcel for parcel in made.plan.parcels if parcel.ships_in_own_container]
    assert (own.box_type_id, own.gross_g, own.outer.length_mm, own.HasField("inner")) == ("", 21_000, 1_600, False)
    assert len({each.parcel_index for each in made.drawings}) == len(made.plan.parcels)
    asked = request(*lines, policy=policy, kind=messages.CheckPlanRequest)
    asked.plan.CopyFrom(made.plan)
    answer = packing.CheckPlan(asked, timeout=20)
    assert not answer.violations
    asked.plan.parcels[own.parcel_index].box_type_id = "box-1"
    (violation,) = packing.CheckPlan(asked, timeout=20).violations
    assert violation.code == "OWN_CONTAINER"


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda plan: plan.parcels[0].placements[0].__setattr__("z_mm", 5), "UNSUPPORTED"),
        (lambda plan: plan.parcels[0].placements[0].__setattr__("length_mm", 9), "WRONG_EXTENTS"),
        (lambda plan: plan.parcels[0].placements[0].__setattr__("x_mm", 1e5), "INVALID_NUMBER"),
        (lambda plan: plan.parcels[0].placements[0].__setattr__("line_id", "cat"), "UNKNOWN_LINE"),
        (lambda plan: plan.parcels[0].placements[0].__setattr__("unit_index", 1), "DUPLICATE_UNIT"),
        (lambda plan: plan.parcels[0].__setattr__("box_type_id", "hat"), "UNKNOWN_BOX_TYPE"),
        (lambda plan: plan.parcels[0].__setattr__("net_g", 3), "WRONG_FIGURE"),
        (lambda plan: plan.parcels[0].packaging[0].__setattr__("mass_g", 3), "WRONG_FIGURE"),
        (lambda plan: plan.footprints[0].__setattr__("total_co2e_mg", 3), "WRONG_FIGURE"),
        (
            lambda plan: plan.footprints[0].__setattr__("total_co2e_mg", plan.footprints[0].total_co2e_mg + 1),
            "WRONG_FIGURE",
        ),
        (lambda plan: plan.__setattr__("status", plan_pb2.PLAN_STATUS_PARTIAL), "WRONG_FIGURE"),
    ],
)
def test_damage_to_a_plan_is_found(packing, damage, code):
    """Each damage to a good plan is a violation with its own code, and no error of the call."""
    asked = request(BOOK, kind=messages.CheckPlanRequest)
    asked.plan.CopyFrom(packing.Pack(request(BOOK), timeout=20).plan)
    damage(asked.plan)
    answer = packing.CheckPlan(asked, timeout=20)
    assert not answer.valid
    assert code in {each.code for each in answer.violations}


def test_a_length_that_is_no_number_is_refused_by_its_path(packing):
    """A plan to judge states numbers: one that is none is an error of the call, as in JSON."""
    asked = request(BOOK, kind=messages.CheckPlanRequest)
    asked.plan.CopyFrom(packing.Pack(request(BOOK), timeout=20).plan)
    asked.plan.parcels[0].placements[0].x_mm = float("nan")
    code, status = failure(packing.CheckPlan, asked)
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert list(bad_fields(status)) == ["plan.parcels[0].placements[0].x_mm"]


def test_a_bare_packing_is_read_by_its_extents(packing):
    """Boxes and placements alone are enough; orientation follows from extents, steps from the order of placements."""
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


def test_a_worse_packing_is_called_worse(packing):
    """Two boxes where one serves: WORSE by the first objective."""
    asked = request(BOOK, kind=messages.CheckPlanRequest, compare=True)
    for index in range(2):
        parcel = asked.plan.parcels.add(box_type_id="china-post-1")
        parcel.placements.add(line_id="book", unit_index=index, length_mm=210, width_mm=148, height_mm=25)
    answer = packing.CheckPlan(asked, timeout=20)
    assert answer.valid
    assert answer.comparison.outcome == 2
    difference = answer.comparison.footprints[0]
    assert 0 < difference.interval.low_co2e_mg <= difference.difference_co2e_mg <= difference.interval.high_co2e_mg
    assert (difference.outcome, difference.interval.confidence) == (2, 0.95)
