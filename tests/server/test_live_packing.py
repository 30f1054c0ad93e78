"""A live PackingService plans single orders."""

import datetime

import grpc
import pytest

from boxwright import Item, Order, check, load_catalog, plan
from boxwright.contract.canonical import canonical_hash
from boxwright.v1 import packing_service_pb2 as messages

from .live_calls import BOOK, BOX, MUG, WHOLE, bad_fields, failure, request


def test_pack_gives_the_plan_that_the_library_gives(packing):
    """Plans of API and library have the same canonical hash."""
    answer = packing.Pack(request(BOOK, MUG, catalog="catalogs/china-post", read_mask=WHOLE), timeout=20)
    order = Order("o", (Item("book", 2, 210, 148, 25, 400), Item("mug", 2, 120, 100, 100, 350)))
    expected = plan(order, load_catalog("china-post"), profiles=["uk-desnz"])
    assert answer.plan.canonical_hash == canonical_hash(expected)
    assert [parcel.box_type_id for parcel in answer.plan.parcels] == [wanted.box_type_id for wanted in expected.parcels]
    assert check(expected, order, load_catalog("china-post")) == []


def test_every_broken_field_is_in_the_error(packing):
    """The error lists all violations of order, policy, lane and names with their paths."""
    message = request(
        {**BOOK, "mass_g": -1},
        policy={"support_ratio": 1.5, "void_fill_id": "feathers"},
        lane={"legs": [{"distance_km": 0}]},
        accounting_profiles=["uk-desnz"],
        catalog="catalogs/nowhere",
    )
    code, status = failure(packing.Pack, message)
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert set(bad_fields(status)) == {
        "order.lines[0].mass_g",
        "policy.support_ratio",
        "lane.legs[0].mode",
        "lane.legs[0].distance_km",
        "accounting_profiles[0]",
        "catalog",
    }


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"catalog": "catalogs/nowhere"}, "catalog"),
        ({"policy": {"void_fill_id": "feathers"}}, "policy.void_fill_id"),
        ({"policy": {"cushioning_ids": ["feathers"]}}, "policy.cushioning_ids[0]"),
        ({"accounting_profiles": ["accountingProfiles/mars@1"]}, "accounting_profiles[0]"),
        ({"lane": {"carrier_service": "carriers/ups/services/mars"}}, "lane.carrier_service"),
        ({"carrier_services": ["carriers/nobody/services/x"]}, "carrier_services[0]"),
        ({"availability": [{"box_type_id": "nothing"}]}, "availability[0].box_type_id"),
        (
            {"lane": {"legs": [{"mode": "TRANSPORT_MODE_ROAD", "distance_km": 5, "vehicle": "camel"}]}},
            "lane.legs[0].vehicle",
        ),
    ],
)
def test_a_name_that_names_nothing_is_not_found(packing, fields, field):
    """An unknown resource is NOT_FOUND with its field."""
    code, status = failure(packing.Pack, request(BOOK, **fields))
    assert code is grpc.StatusCode.NOT_FOUND
    assert bad_fields(status) == [field]


def test_validate_only_answers_nothing_and_fails_alike(packing):
    """A valid request gets an empty answer, an invalid one the error of Pack."""
    assert packing.Pack(request(BOOK, validate_only=True), timeout=20) == messages.PackResponse()
    fragile = {**BOOK, "fragility": {"g_level": 40}}
    label = {"dunnage_id": "l", "kind": "DUNNAGE_KIND_LABEL", "material": "materials/kraft-paper", "piece_g": 1}
    bare = {"catalog_id": "c", "box_types": [BOX], "dunnage": [label]}  # the list has no cushioning
    fields = {"inline_catalog": bare, "accounting_profiles": ["accountingProfiles/uk-desnz@2026"]}
    codes = [failure(packing.Pack, request(fragile, validate_only=only, **fields))[0] for only in (True, False)]
    assert codes == [grpc.StatusCode.INVALID_ARGUMENT] * 2


def test_a_catalog_sent_along_is_used_and_has_no_name(packing):
    """An inline catalog gives boxes, prices and warnings, and no resource name."""
    catalog = {"catalog_id": "mine", "version": "7", "box_types": [BOX]}
    made = packing.Pack(request(BOOK, inline_catalog=catalog, read_mask=WHOLE), timeout=20).plan
    assert made.parcels[0].box_type_id == "b"
    assert made.parcels[0].box_type == ""
    assert (made.versions.catalog, made.versions.catalog_version) == ("", "7")
    assert (made.packaging_price.currency_code, made.packaging_price.nanos) == ("EUR", 420_000_000)
    warnings = {warning.code: (warning.field, warning.count) for warning in made.warnings}
    assert len(warnings) == len(made.warnings)
    assert warnings["OUTER_SIZE_UNKNOWN"] == ("inline_catalog.box_types[0].outer", 1)
    assert warnings["MATERIAL_UNKNOWN"] == ("inline_catalog.box_types[0].material", 1)
    assert warnings["NO_TRANSPORT"] == ("lane.legs", 1)


def test_a_catalog_sent_along_without_a_list_has_the_default_dunnage(packing):
    """An inline catalog without dunnage gets the default dunnage."""
    mug = {**MUG, "quantity": 1, "fragility": {"g_level": 50}}
    box = {**BOX, "inner": {"length_mm": 300, "width_mm": 200, "height_mm": 200}}
    catalog = {"catalog_id": "mine", "box_types": [box]}
    for policy in ({}, {"cushioning_ids": ["honeycomb-paper-wrap"]}):
        made = packing.Pack(request(mug, inline_catalog=catalog, policy=policy, read_mask=WHOLE), timeout=20).plan
        used = {packaging.dunnage_id for packaging in made.parcels[0].packaging if packaging.dunnage_id}
        assert used == {"honeycomb-paper-wrap", "crumpled-kraft-fill", "kraft-paper-tape"}
    none = {"void_fill_id": "", "tape_id": ""}
    made = packing.Pack(request(BOOK, inline_catalog=catalog, policy=none, read_mask=WHOLE), timeout=20).plan
    assert not [packaging for packaging in made.parcels[0].packaging if packaging.dunnage_id]


def test_warnings_have_code_path_and_count(packing):
    """A warning names the field of the request; those about a loaded catalog name the catalog."""
    fragility = {"fragility_class": "FRAGILITY_CLASS_FRAGILE"}
    lines = [{**MUG, "line_id": f"mug-{index}", "fragility": fragility} for index in range(2)]
    lane = {"carrier_service": "carriers/dpd/services/ch"}  # the carrier refuses the largest box
    made = packing.Pack(request(*lines, lane=lane), timeout=20).plan
    warnings = {warning.code: (warning.field, warning.count) for warning in made.warnings}
    assert len(warnings) == len(made.warnings)
    assert warnings["CLASS_RULE_ADDED"] == ("order.lines[0].fragility", 2)
    assert warnings["BOX_LEFT_OUT"][0] == "catalog"


@pytest.mark.parametrize("shape", ["cuboid", "soft_goods"])
def test_implausible_lines_give_a_warning_or_are_refused_at_their_path(packing, shape):
    """An edge of 1 mm is a warning, or an error if the policy refuses it, at the path of its shape."""
    thin = {"line_id": "thin", "quantity": 1, "mass_g": 5, shape: {"dimensions": {"length_mm": 85, "width_mm": 54}}}
    thin[shape]["dimensions"]["height_mm"] = 1
    path = f"order.lines[1].{shape}.dimensions.height_mm"
    made = packing.Pack(request(BOOK, thin), timeout=20).plan
    assert [warning.field for warning in made.warnings if warning.code == "IMPLAUSIBLE_SIZE"] == [path]
    refuse = {"plausibility": "PLAUSIBILITY_RULE_REFUSE"}
    code, status = failure(packing.Pack, request(BOOK, thin, policy=refuse))
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert bad_fields(status) == [path]


def test_drawings_come_when_the_mask_names_them(packing):
    """A parcel gets one picture in full and one per step, on request only."""
    assert not packing.Pack(request(BOOK), timeout=20).drawings
    drawn = packing.Pack(request(BOOK, read_mask="drawings"), timeout=20)
    assert [(drawing.parcel_index, drawing.step) for drawing in drawn.drawings] == [
        (0, 0),
        (0, 2),
    ]  # equal units are one step
    assert all(drawing.svg.startswith("<svg") for drawing in drawn.drawings)
    assert not drawn.HasField("plan")
    code, _ = failure(packing.Pack, request({**BOOK, "quantity": 11}, read_mask="drawings"))
    assert code is grpc.StatusCode.INVALID_ARGUMENT


def test_chargeable_weights_are_stated_for_the_lane_and_for_services_asked_for(packing):
    """The lane's service comes first, then the others, each once."""
    services = ["carriers/ups/services/us-daily", "carriers/fedex/services/us"]
    lane = {"carrier_service": services[0], "ship_date": {"year": 2026, "month": 3, "day": 2}}
    made = packing.Pack(request(BOOK, lane=lane, carrier_services=services), timeout=20).plan
    billed = made.parcels[0].chargeable_weights
    assert [bill.carrier_service for bill in billed] == services
    assert all(bill.chargeable_g >= made.parcels[0].gross_g * 0.99 for bill in billed)
    assert {footprint.allocation for footprint in made.footprints} == {1, 2}


def test_a_ship_date_is_settled_and_echoed(packing):
    """Without a ship date the plan has today's date in UTC."""
    days = [datetime.datetime.now(datetime.UTC).date()]
    made = packing.Pack(request(BOOK), timeout=20).plan.ship_date
    days.append(datetime.datetime.now(datetime.UTC).date())
    assert datetime.date(made.year, made.month, made.day) in days


def test_a_plan_is_measured_against_the_baseline_that_the_request_names(packing):
    """The comparison uses the smallest box or a named box; an unknown box is refused."""
    answer = packing.Pack(request(BOOK, compare_with={"smallest_by_volume": True}), timeout=20)
    assert answer.comparison.outcome == 3
    assert answer.comparison.footprints[0].difference_co2e_mg == 0
    answer = packing.Pack(request(BOOK, compare_with={"box_type_id": "china-post-1"}), timeout=20)
    assert answer.comparison.outcome == 1
    assert not packing.Pack(request(BOOK), timeout=20).HasField("comparison")
    unknown = request(BOOK, compare_with={"box_type_id": "none"})
    assert bad_fields(failure(packing.Pack, unknown)[1]) == ["compare_with.box_type_id"]
    assert bad_fields(failure(packing.Pack, request(BOOK, compare_with={}))[1]) == ["compare_with"]


def test_alternatives_come_as_many_as_asked_for(packing):
    """Alternatives are ranked and leave the plan as it is; more than ten are refused."""
    assert not packing.Pack(request(BOOK), timeout=20).alternatives
    answer = packing.Pack(request(BOOK, alternative_count=3, read_mask=WHOLE), timeout=20)
    assert [made.certificate.rank for made in (answer.plan, *answer.alternatives)] == [0, 1, 2, 3]
    assert answer.plan.canonical_hash == packing.Pack(request(BOOK, read_mask=WHOLE), timeout=20).plan.canonical_hash
    _, status = failure(packing.Pack, request(BOOK, alternative_count=11))
    assert bad_fields(status) == ["alternative_count"]


@pytest.mark.parametrize(("also", "there"), [("", False), (",plan.certificate.refusedCandidates.smallestChange", True)])
def test_smallest_changes_come_when_the_mask_names_them(packing, also, there):
    """A mask of a parent field does not bring them."""
    certificate = packing.Pack(request(MUG, read_mask=f"plan{also}"), timeout=20).plan.certificate
    assert any(candidate.HasField("smallest_change") for candidate in certificate.refused_candidates) is there


CODES = {"sku": "B-7", "description": "Paperback", "barcode": "9783161484100"}
ECHOED = ",".join(f"plan.parcels.placements.{name}" for name in CODES)


def test_words_and_codes_come_where_they_are_named(packing):
    """A parcel has bench words and the texts of its lines on request only, and CheckPlan returns them too."""
    line = {**BOOK, **CODES}
    bare = packing.Pack(request(line, read_mask="plan"), timeout=20).plan.parcels[0]
    assert not bare.HasField("bench")
    assert {getattr(unit, name) for unit in bare.placements for name in CODES} == {""}
    made = packing.Pack(request(line, read_mask=f"plan,plan.parcels.bench,{ECHOED}"), timeout=20).plan
    (parcel,) = made.parcels
    assert [(step.step, step.unit_count, step.sku) for step in parcel.bench.lines if step.step] == [(1, 2, "B-7")]
    assert parcel.bench.gross_g == pytest.approx(parcel.gross_g)
    assert all({name: getattr(unit, name) for name in CODES} == CODES for unit in parcel.placements)
    question = request(line, kind=messages.CheckPlanRequest, read_mask="assessedPlan.parcels.bench")
    question.plan.CopyFrom(made)
    (again,) = packing.CheckPlan(question, timeout=20).assessed_plan.parcels
    assert [step.sentence for step in again.bench.lines] == [step.sentence for step in parcel.bench.lines]
