"""Plans of single orders: boxes, reasons, certificates, objectives, errors."""

import datetime
from dataclasses import replace

import pytest

from boxwright import (
    BoxType,
    Catalog,
    Fragility,
    IncompletePlanError,
    InvalidInputError,
    Item,
    Lane,
    Leg,
    Order,
    Policy,
    load_catalog,
    plan,
)
from boxwright.catalog import load_materials
from boxwright.checking import ViolationKind
from boxwright.domain.plan import PlanStatus, ProofScope, ProofStatus, UnpackedReason
from boxwright.domain.proof import Proof
from boxwright.errors import EngineError
from boxwright.planning import request

SMALL = BoxType("small", 200, 150, 100, 206, 156, 112, tare_g=90, material_id="corrugated-board")
LARGE = BoxType("large", 400, 300, 200, 406, 306, 212, tare_g=300, material_id="corrugated-board")
TWO_BOXES = Catalog("two", [LARGE, SMALL])


def order(*lines: Item) -> Order:
    """Return an order of the given lines."""
    return Order("order", lines)


def test_the_smallest_box_that_takes_all_is_chosen_and_proved() -> None:
    """Two units that cannot share the small box go into the large one, with the proof named."""
    answer = plan(order(Item("a", 2, 150, 120, 90, 400)), TWO_BOXES)
    assert [parcel.box_type_id for parcel in answer.parcels] == ["large"]
    certificate = answer.certificate
    assert (certificate.status, certificate.scope) == (ProofStatus.PROVED, ProofScope.ALL_PLANS)
    assert [(each.box_type_id, each.proof) for each in certificate.refused_candidates] == [("small", Proof.VOLUME)]
    assert certificate.gap_ratio == 0


def test_a_pair_that_shares_no_axis_is_a_proof() -> None:
    """The small box is refused for two plates that fit by volume but cannot lie side by side along any axis."""
    answer = plan(order(Item("a", 1, 190, 140, 40, 1), Item("b", 1, 120, 110, 80, 1)), TWO_BOXES)
    assert answer.parcels[0].box_type_id == "large"
    assert [each.proof for each in answer.certificate.refused_candidates] == [Proof.UNIT_PAIR]


@pytest.mark.parametrize(
    ("line", "policy", "reason"),
    [
        # longer than every box
        (Item("a", 1, 500, 10, 10, 1), {}, UnpackedReason.DOES_NOT_FIT_ANY_BOX),
        # fits, but the only box that takes it is too weak
        (Item("a", 1, 300, 200, 150, 9_000), {}, UnpackedReason.TOO_HEAVY_FOR_ANY_BOX),
        # dimensions are missing
        (Item("a", mass_g=5, dimension_status="missing"), {}, UnpackedReason.MISSING_DIMENSIONS),
        # no box meets the requirement
        (Item("a", 1, 10, 10, 10, 1), {"material_requirements": ["reusable"]}, UnpackedReason.MATERIAL_REQUIREMENTS),
    ],
)
def test_each_unit_left_out_has_its_reason(line: Item, policy: dict, reason: UnpackedReason) -> None:
    """A unit that cannot be packed is reported with the rule that prevents it."""
    catalog = Catalog("c", [SMALL, BoxType("weak", 400, 300, 200, max_net_g=2_000)])
    answer = plan(order(line), catalog, Policy(allow_partial=True, **policy))
    assert answer.status is PlanStatus.NONE
    assert [each.reason for each in answer.unpacked] == [reason]
    with pytest.raises(IncompletePlanError, match=reason.value):
        plan(order(line), catalog, Policy(**policy))


HAT_AND_BOOTS = order(Item("hat", 1, 330, 300, 110, 100), Item("boots", 1, 320, 290, 110, 1_600))
TALL = Catalog("tall", [BoxType("tall", 340, 310, 220)])


def test_heavy_goods_lie_below_light_ones() -> None:
    """A straw hat lies on boots, since it cannot carry them, although neither line states that."""
    (parcel,) = plan(HAT_AND_BOOTS, TALL).parcels
    assert [each.line_id for each in parcel.placements] == ["boots", "hat"]
    narrow = order(Item("hat", 1, 340, 310, 110, 100), Item("boots", 1, 100, 290, 110, 1_600))
    assert len(plan(narrow, TALL).parcels) == 2  # on the boots the hat has too little support
    assert len(plan(narrow, TALL, Policy(load_bearing=False)).parcels) == 1


def test_the_check_computes_again_what_goods_bear(monkeypatch) -> None:
    """A plan made without the rule is an error, since the check uses the order as given."""
    monkeypatch.setattr(request, "with_class_rules", lambda order, *_: order)
    heavy_on_light = order(Item("hat", 1, 340, 310, 110, 100), Item("boots", 1, 100, 290, 110, 1_600))
    with pytest.raises(EngineError) as error:
        plan(heavy_on_light, TALL)
    assert {each.kind for each in error.value.violations} == {ViolationKind.OVERLOADED}


def test_caveats_of_shipped_data_are_not_repeated() -> None:
    """Facts about shipped boxes, cushioning and profiles that apply to every order are not warnings of each plan."""
    one = order(Item("mug", 1, 120, 100, 110, 350, fragility=Fragility(g_level=102), max_load_g=350))
    lane = Lane([Leg("road", 500)])
    shipped = load_catalog("eu-stock")
    answer = plan(one, shipped, lane=lane)
    assert [each.code for each in answer.warnings] == []
    by_rail = plan(one, shipped, lane=Lane([Leg("rail", 500)]), profiles=["cn-cpcd"])
    assert [each.code for each in by_rail.warnings] == []
    assert any(each.missing for each in by_rail.footprints)
    own = replace(shipped, catalog_id="mine")
    assert [each.code for each in plan(one, own, lane=lane).warnings] == ["UNVERIFIED_BOX_SIZE"]
    changed = replace(
        own,
        dunnage=tuple(
            replace(each, dunnage_id="my-wrap") if each.dunnage_id == "honeycomb-paper-wrap" else each
            for each in shipped.dunnage
        ),
    )
    assert [each.code for each in plan(one, changed, lane=lane).warnings] == ["UNVERIFIED_BOX_SIZE"]
    by_van = plan(one, shipped, lane=Lane([Leg("road", 50, vehicle="van_diesel_avg")]))
    assert [each.code for each in by_van.warnings] == ["FOOTPRINT_INCOMPLETE"]


OWN_BOX = """catalog_id = "own"
version = "1"
[[box_types]]
box_type_id = "K3"
board_id = "c-flute"
tare_g = 215
%s_length_mm = 400
%s_width_mm = 300
%s_height_mm = 250
"""


def test_a_size_that_follows_from_an_unverified_board_gives_a_warning(tmp_path) -> None:
    """The outer size is warned of if it is billed, the inner size always; neither if the caliper is the caller's."""
    one, ups = order(Item("mug", 1, 120, 100, 110, 350)), Lane([Leg("road", 500)], carrier_service="ups/us-daily")

    def codes(text, lane):
        (tmp_path / "own.toml").write_text(text)
        own = load_catalog(tmp_path / "own.toml")
        return {each.code: str(each) for each in plan(one, own, lane=lane).warnings if each.code.endswith("_SIZE")}

    outer = codes(OWN_BOX.replace("%s", "inner"), ups)
    assert list(outer) == ["UNVERIFIED_OUTER_SIZE"]
    assert all(part in outer["UNVERIFIED_OUTER_SIZE"] for part in ("'K3'", "'c-flute'"))
    assert codes(OWN_BOX.replace("%s", "inner"), Lane([Leg("road", 500)])) == {}
    inner = codes(OWN_BOX.replace("%s", "outer"), None)
    assert list(inner) == ["UNVERIFIED_BOX_SIZE"]
    assert codes(OWN_BOX.replace("%s", "inner") + "caliper_mm = 3.6\n", ups) == {}


def test_caveats_of_own_data_stay() -> None:
    """With data that differ in one figure from the shipped data, the plan warns of gaps in its profiles."""
    materials = replace(load_materials(), content_hash="sha256:own")
    one = order(Item("book", 1, 200, 150, 20, 400))
    answer = plan(one, load_catalog("eu-stock"), None, Lane([Leg("rail", 500)]), ["cn-cpcd"], materials=materials)
    assert "FOOTPRINT_INCOMPLETE" in [each.code for each in answer.warnings]


def test_a_plan_has_one_warning_a_kind() -> None:
    """Five fragile lines give one warning about their class, with code, first line, three texts and a count."""
    mugs = [Item(f"mug-{index}", 1, 80, 80, 100, 300, fragility=Fragility("fragile")) for index in range(5)]
    answer = plan(order(Item("book", 1, 200, 150, 20, 400), *mugs), load_catalog("china-post"))
    codes = [each.code for each in answer.warnings]
    assert len(set(codes)) == len(codes)
    (told,) = [each for each in answer.warnings if each.code == "CLASS_RULE_ADDED"]
    assert (told.field, told.count) == ("lines[1].fragility", 5)
    assert [f"'mug-{index}'" in told.message for index in range(5)] == [True, True, True, False, False]


@pytest.mark.parametrize(
    ("reuse", "warned"),
    [({"trips": 50}, True), ({"trips": 50, "return_distance_km": 300}, False), ({"trips": 1}, False)],
    ids=["nothing stated", "return trip", "used once"],
)
def test_reuse_without_costs_gives_a_warning(reuse: dict, warned: bool) -> None:
    """Trips without return transport or washing divide one production among many uses, so the plan names the gaps."""
    tote = BoxType("tote", 200, 150, 100, tare_g=900, material_id="pp-tote", style="tote", **reuse)
    codes = [warning.code for warning in plan(order(Item("a", 1, 150, 100, 80, 500)), Catalog("c", [tote])).warnings]
    assert ("RETURN_NOT_COUNTED" in codes) == warned


def test_shipped_mailers_and_totes_take_what_goes_in() -> None:
    """A book of 148 x 105 x 20 mm goes into the smallest padded mailer; six mugs go into a tote, with its warning."""
    book = plan(order(Item("book", 1, 148, 105, 20, 300)), load_catalog("paper-mailers"))
    assert [each.box_type_id for each in book.parcels] == ["padded-mailer-0"]
    mugs = plan(order(Item("mug", 6, 127, 95, 82, 283)), load_catalog("reusable-totes"))
    assert [each.box_type_id for each in mugs.parcels] == ["tote-s-13500"]
    assert any("50" in each.message for each in mugs.warnings)


def test_the_ship_date_picks_the_carrier_rule() -> None:
    """A 305 mm cube by USPS is billed by its mass before 12 July 2026 and by its volume from that day."""
    cube = Catalog("c", [BoxType("cube", 300, 300, 300, 305, 305, 305, tare_g=100)])
    one = order(Item("a", 1, 300, 300, 300, 1_900))
    billed = [
        plan(one, cube, lane=Lane(carrier_service="usps/parcel", ship_date=day)).parcels[0].chargeable
        for day in (datetime.date(2026, 7, 11), datetime.date(2026, 7, 12))
    ]
    pound_mg = 453_592_370 / 1_000
    assert [round(each.chargeable_mg / pound_mg) for each in billed if each] == [5, 16]


def test_unknown_names_are_all_reported() -> None:
    """Every name that cannot be resolved is in one error."""
    policy = Policy("chargeable_weight", void_fill_id="straw", tape_id="rope")
    with pytest.raises(InvalidInputError) as raised:
        plan(order(Item("a", 1, 10, 10, 10, 1)), TWO_BOXES, policy, profiles=["mars-epa"])
    fields = {violation.field for violation in raised.value.violations}
    assert fields == {"policy.void_fill_id", "policy.tape_id", "policy.objectives[0]", "profiles[0]"}


def test_a_baseline_answer_that_fails_the_check_is_an_error() -> None:
    """The engine py3dbp ignores required orientations: its plan is refused with the violations."""
    turned = Item("a", 1, 100, 80, 60, 1, orientations=["HWL"])
    with pytest.raises(EngineError, match="orientation"):
        plan(order(turned), TWO_BOXES, Policy(engine="py3dbp"))


def test_the_baseline_packs_what_it_can() -> None:
    """With support off and units free to turn, py3dbp's answer passes the check."""
    answer = plan(order(Item("a", 4, 100, 80, 60, 1)), TWO_BOXES, Policy(engine="py3dbp", support_ratio=0))
    assert answer.status is PlanStatus.COMPLETE
    assert answer.engine_version.startswith("py3dbp")
