"""The policy's rules on materials, for box, cushioning, void fill and tape, and the reasons if they cannot be met.

The materials are the shipped ones: corrugated board is not plastic, is recycled, is 88 % recovered fibre and has no
certificate for composting; cellulose film is certified to compost at home, a PBAT blend in industrial plants; LDPE film
is plastic; a PP tote is used again.
"""

from dataclasses import replace

import pytest

from boxwright import (
    BoxType,
    Catalog,
    IncompletePlanError,
    InvalidInputError,
    Item,
    Lane,
    Objective,
    Order,
    Policy,
    check,
    load_catalog,
    plan,
)
from boxwright.catalog import load_materials
from boxwright.domain.plan import ProofStatus, UnpackedReason
from boxwright.domain.warning import WarningCode
from boxwright.findings import Findings
from boxwright.planning.rules.material_policy import material_policy
from verified import boxes_of, verified

MATERIALS = load_materials()
ORDER = Order("o", [Item("a", 1, 90, 90, 90, 100)])
BARE = {"void_fill_id": "none", "tape_id": "none"}
"""No dunnage, so that the box alone decides."""


def box(name: str, material_id: str, edge_mm: float = 100, **fields: object) -> BoxType:
    """Return a box type of a material, closed without tape."""
    return BoxType(name, edge_mm, edge_mm, edge_mm, tare_g=50, material_id=material_id, style="tuck_0210", **fields)


BOXES = Catalog(
    "boxes",
    [
        box("board", "corrugated-board", 100),
        box("film", "ldpe-film", 101),
        box("blend", "pbat-blend", 102),
        box("cellulose", "cellulose-film", 103),
        box("tote", "pp-tote", 104),
        box("again", "corrugated-board", 105, trips=5),
        box("unknown", "", 99),
    ],
)
"""One box type of each sort, the smallest of unknown material."""


def dunnage(*ids: str, boxes: Catalog | None = None) -> Catalog:
    """Return a catalog of one board box, closed with tape, and some dunnage."""
    types = boxes.box_types if boxes else (BoxType("board", 100, 100, 100, tare_g=50, material_id="corrugated-board"),)
    return Catalog("dunnage", types, dunnage=[MATERIALS.dunnage_of(each) for each in ids])


@pytest.mark.parametrize(
    ("policy", "lane", "chosen"),
    [
        ({}, None, "unknown"),
        ({"material_requirements": ["plastic_free"]}, None, "board"),
        ({"material_requirements": ["recyclable"]}, None, "board"),
        ({"material_requirements": ["compostable"]}, None, "blend"),
        ({"material_requirements": ["home_compostable"]}, None, "cellulose"),
        ({"material_requirements": ["reusable"]}, None, "tote"),
        ({"material_requirements": ["reusable", "plastic_free"]}, None, "again"),
        ({"material_requirements": ["recyclable_at_destination"]}, Lane(destination_country="DE"), "board"),
        ({"min_recycled_content": 0.88}, None, "board"),
        ({"excluded_materials": ["corrugated-board"]}, None, "film"),
        ({"excluded_materials": ["corrugated-board", "ldpe-film", "pbat-blend"]}, None, "cellulose"),
    ],
)
def test_the_smallest_box_that_meets_the_rules_is_used(policy: dict, lane: Lane | None, chosen: str) -> None:
    """Each rule picks another box; a box of unknown material meets none. The plan passes the check and the replay."""
    asked = Policy(**policy, **BARE)
    answer = verified(ORDER, BOXES, asked, lane)
    assert [parcel.box_type_id for parcel in answer.parcels] == [chosen]
    assert answer.certificate.status is ProofStatus.PROVED


def test_every_shipped_material_is_checked_by_every_rule() -> None:
    """Planner and checker, which share no code here, agree on each material under each rule and in each market."""
    for material in MATERIALS.materials:
        catalog = Catalog("one", [box("b", material.material_id)])
        loose = plan(ORDER, catalog, Policy(**BARE))
        rules = [{"material_requirements": [claim]} for claim in ("plastic_free", "recyclable", "compostable")]
        rules += [{"material_requirements": [claim]} for claim in ("home_compostable", "reusable")]
        rules += [{"min_recycled_content": 0.5}, {"excluded_materials": [material.material_id]}]
        cases = [(rule, None) for rule in rules]
        at = {"material_requirements": ["recyclable_at_destination"]}
        cases += [(at, Lane(destination_country=code)) for code in ("CN", "FR", "GB", "US")]
        for rule, lane in cases:
            asked = Policy(**rule, **BARE, allow_partial=True)
            met = bool(plan(ORDER, catalog, asked, lane).parcels)
            assert (check(loose, ORDER, catalog, asked, lane=lane) == []) == met, (material.material_id, rule, lane)


def test_the_reasons_are_named_rule_by_rule() -> None:
    """No box is both home compostable and used again: each rule names who fails it, and who meets all the others."""
    policy = Policy(material_requirements=["home_compostable", "reusable"], **BARE, allow_partial=True)
    (out,) = plan(ORDER, BOXES, policy).unpacked
    assert out.reason is UnpackedReason.MATERIAL_REQUIREMENTS
    assert all(name in out.message for box in BOXES.box_types for name in (box.box_type_id, box.material_id))
    assert "home_compostable" in out.message
    turned = replace(BOXES, box_types=BOXES.box_types[::-1])
    assert plan(ORDER, turned, policy).unpacked == (out,)
    with pytest.raises(IncompletePlanError, match="material_requirements"):
        plan(ORDER, BOXES, Policy(material_requirements=["home_compostable", "reusable"], **BARE))


@pytest.mark.parametrize(
    ("boxes", "reason"),
    [
        ([box("board", "corrugated-board")], UnpackedReason.MATERIAL_REQUIREMENTS),
        ([], UnpackedReason.NO_BOX_AVAILABLE),  # materials are not the reason
    ],
)
def test_a_box_that_meets_the_rules_and_is_out_of_stock_is_named(boxes: list[BoxType], reason) -> None:
    """The tote would do, and there is none."""
    catalog = Catalog("c", [*boxes, box("tote", "pp-tote", available=0)])
    policy = Policy(material_requirements=["reusable"], **BARE, allow_partial=True)
    (out,) = plan(ORDER, catalog, policy).unpacked
    assert out.reason is reason
    assert "'tote'" in out.message


def test_a_box_ruled_out_that_would_take_the_unit_is_named() -> None:
    """The board box is too small, the film one would do and is plastic: that is the reason, not the size alone."""
    catalog = Catalog("c", [box("board", "corrugated-board", 50), box("film", "ldpe-film", 100)])
    policy = Policy(material_requirements=["plastic_free"], **BARE, allow_partial=True)
    (out,) = plan(ORDER, catalog, policy).unpacked
    assert out.reason is UnpackedReason.MATERIAL_REQUIREMENTS
    assert all(part in out.message for part in ("90 x 90 x 90", "plastic_free", "board", "40", "film", "ldpe-film"))


@pytest.mark.parametrize(
    ("stocked", "used"),
    [
        (("ldpe-air-pillow", "crumpled-kraft-fill", "pp-tape", "kraft-paper-tape"), {"crumpled-kraft-fill"}),
        (("bubble-film", "shredded-paper-fill", "kraft-paper-tape"), {"shredded-paper-fill"}),
    ],
)
def test_unnamed_dunnage_is_the_first_that_meets_the_rules(stocked: tuple[str, ...], used: set[str]) -> None:
    """Plastic pillows and tape come first in the catalog and are passed over."""
    catalog = dunnage(*stocked)
    asked = Policy(material_requirements=["plastic_free"])
    answer = plan(ORDER, catalog, asked)
    assert {part.dunnage_id for part in answer.parcels[0].packaging} == {"", *used, "kraft-paper-tape"}


def test_cushioning_meets_the_rules_too() -> None:
    """Of two cushionings the second is not plastic; without it a fragile unit cannot be packed, and others can."""
    fragile = Order("o", [Item("a", 1, 20, 20, 20, 100, article="mug")])
    policy = Policy(material_requirements=["plastic_free"], void_fill_id="none")
    large = Catalog("large", (BoxType("board", 150, 150, 150, tare_g=50, material_id="corrugated-board"),))
    both = dunnage("bubble-wrap", "corrugated-wrap", "kraft-paper-tape", boxes=large)
    answer = plan(fragile, both, policy)
    assert "corrugated-wrap" in {part.dunnage_id for part in answer.parcels[0].packaging}
    # Kraft paper states no recovered fibre; corrugated board has as much as the policy requires.
    board = dunnage("kraft-paper-wrap", "corrugated-wrap", "kraft-paper-tape", boxes=large)
    asked = Policy(min_recycled_content=0.8, **BARE)
    answer = plan(fragile, board, asked)
    assert "corrugated-wrap" in {part.dunnage_id for part in answer.parcels[0].packaging}
    plastic = dunnage("bubble-wrap", "kraft-paper-tape", boxes=large)
    with pytest.raises(InvalidInputError) as caught:
        plan(fragile, plastic, policy)
    assert all(
        part in str(caught.value) for part in ("policy.cushioning_ids", "plastic_free", "bubble-wrap", "ldpe-film")
    )
    assert plan(ORDER, plastic, policy).parcels


@pytest.mark.parametrize(
    ("policy", "stocked", "parts"),
    [
        (
            {"void_fill_id": "ldpe-air-pillow"},
            ("ldpe-air-pillow", "crumpled-kraft-fill"),
            ("policy.void_fill_id", "plastic_free", "'ldpe-air-pillow'", "'crumpled-kraft-fill'"),
        ),
        (
            {},
            ("ldpe-air-pillow", "bubble-film"),
            ("policy.void_fill_id", "plastic_free", "'ldpe-air-pillow', 'bubble-film'", "'none'"),
        ),
        (
            {},
            ("pp-tape",),
            ("policy.tape_id", "plastic_free", "'pp-tape'", "'none'"),
        ),
        (
            {"excluded_materials": ["gold"]},
            (),
            ("policy.excluded_materials[0]", "bagasse"),
        ),
        (
            {"material_requirements": ["recyclable_at_destination"]},
            (),
            ("lane.destination_country", "recyclable_at_destination"),
        ),
    ],
)
def test_an_impossible_rule_is_an_error_that_names_it(
    policy: dict, stocked: tuple[str, ...], parts: tuple[str, ...]
) -> None:
    """Dunnage that fails and unknown names are refused before any search, with the remedy."""
    with pytest.raises(InvalidInputError) as caught:
        plan(ORDER, dunnage(*stocked), Policy(**{"material_requirements": ["plastic_free"], **policy}))
    assert caught.value.violations[0].field == parts[0]
    assert all(part in str(caught.value) for part in parts)


def test_an_unknown_market_is_an_error() -> None:
    """Recycling is not guessed for an unknown country; the error lists the known ones."""
    policy = Policy(material_requirements=["recyclable_at_destination"], **BARE)
    with pytest.raises(InvalidInputError, match=r"lane\.destination_country.* AT, AX, BE, .*'JP'"):
        plan(ORDER, BOXES, policy, Lane(destination_country="JP"))


def test_tape_and_fill_that_no_plan_uses_may_be_of_anything() -> None:
    """A bag is neither filled nor taped: plastic fill and tape in the catalog do not matter."""
    bag = BoxType("bag", 300, 300, 100, tare_g=10, material_id="kraft-paper", style="bag")
    catalog = dunnage("ldpe-air-pillow", "pp-tape", boxes=Catalog("bags", [bag]))
    answer = plan(ORDER, catalog, Policy(material_requirements=["plastic_free"]))
    assert [part.material_id for part in answer.parcels[0].packaging] == ["kraft-paper"]


@pytest.mark.parametrize(
    ("claim", "lane", "warning"),
    [
        ("home_compostable", None, "OK compost HOME"),
        (
            "recyclable_at_destination",
            Lane(destination_country="CN"),
            "market cn",
        ),
    ],
)
def test_claims_on_unverified_data_give_a_warning(claim: str, lane: Lane | None, warning: str) -> None:
    """A plan that bears a claim says what the claim rests on."""
    answer = plan(ORDER, BOXES, Policy(material_requirements=[claim], **BARE), lane)
    assert any(warning in each.message for each in answer.warnings)


def test_rules_stand_in_the_certificate() -> None:
    """A certificate holds under the constraint set that it names, the material rules included."""
    policy = Policy(material_requirements=["recyclable"], min_recycled_content=0.5, **BARE)
    constraints = plan(ORDER, BOXES, policy).certificate.constraints
    assert all(any(rule in each for each in constraints) for rule in ("recyclable", "min_recycled_content 0.5"))


@pytest.mark.parametrize(
    ("country", "named", "not_named"),
    [
        ("US", ["SB 343", "16 CFR 260"], ["2024/825"]),
        ("DE", ["2024/825"], ["SB 343"]),
        ("", ["no destination"], ["SB"]),
    ],
)
def test_a_requirement_does_not_allow_a_claim(country, named, not_named) -> None:
    """A material that is recycled somewhere may be called recyclable only as the destination's market allows."""
    lane = Lane(destination_country=country) if country else None
    answer = plan(ORDER, BOXES, Policy(material_requirements=["recyclable"], **BARE), lane)
    (text,) = [each.message for each in answer.warnings if each.code == WarningCode.CLAIM_BY_MARKET]
    assert all(word in text for word in named)
    assert not any(word in text for word in not_named)


def test_a_requirement_has_one_warning_for_all_materials() -> None:
    """It names each of them."""
    policy = Policy(material_requirements=["recyclable"], **BARE)
    cautions = material_policy(policy, None, load_materials(), Findings()).cautions(["corrugated-board", "kraft-paper"])
    (text,) = [each.message for each in cautions if each.code == WarningCode.CLAIM_BY_MARKET]
    assert "'corrugated-board', 'kraft-paper'" in text


SAME = Catalog("same", [box("a-board", "corrugated-board"), box("b-tote", "pp-tote"), box("c-large", "pp-tote", 120)])
"""A board box and a tote of one size, and a larger tote."""


def test_reusable_first_decides_among_equal_plans_only() -> None:
    """Of two boxes of one size the tote wins; against a smaller single-use box it does not."""
    prefer = Policy(prefer_reusable=True, **BARE)
    assert [each.box_type_id for each in plan(ORDER, SAME, Policy(**BARE)).parcels] == ["a-board"]
    answer = verified(ORDER, SAME, prefer)
    assert [each.box_type_id for each in answer.parcels] == ["b-tote"]
    assert answer.certificate.objectives == ("parcel_count", "inner_volume", "single_use_parcels")
    assert answer.certificate.status is ProofStatus.PROVED
    smaller = Catalog("smaller", [box("a-board", "corrugated-board"), box("c-large", "pp-tote", 120)])
    assert [each.box_type_id for each in plan(ORDER, smaller, prefer).parcels] == ["a-board"]


def test_reusable_first_over_several_parcels() -> None:
    """Two units need two parcels, and one tote is available: one parcel is single-use, the proved minimum."""
    catalog = Catalog("c", [box("a-board", "corrugated-board"), box("b-tote", "pp-tote", available=1)])
    order = Order("o", [Item("a", 2, 90, 90, 90, 100)])
    policy = Policy(prefer_reusable=True, **BARE)
    answer = verified(order, catalog, policy)
    assert boxes_of(answer) == ["a-board", "b-tote"]


def test_single_use_parcels_as_an_objective_of_its_own() -> None:
    """First of all objectives it takes the larger tote; a unit that ships as it is needs no box at all."""
    policy = Policy(Objective.SINGLE_USE_PARCELS, **BARE)
    smaller = Catalog("smaller", [box("a-board", "corrugated-board"), box("c-large", "pp-tote", 120)])
    answer = plan(ORDER, smaller, policy)
    assert [each.box_type_id for each in answer.parcels] == ["c-large"]
    assert answer.certificate.value == 0
    own = Order("o", [Item("a", 1, 90, 90, 90, 100, ships_in_own_container=True)])
    only_board = Catalog("board", [box("a-board", "corrugated-board")])
    assert plan(own, only_board, policy).parcels[0].ships_in_own_container


def test_shipped_catalogs_serve_a_plastic_free_recyclable_order_in_every_market() -> None:
    """The default dunnage of every shipped catalog meets the two claims most asked for, where paper is collected."""
    policy = Policy(material_requirements=["plastic_free", "recyclable"])
    for name in ("china-post", "eu-stock", "us-stock"):
        assert plan(ORDER, load_catalog(name), policy).parcels
