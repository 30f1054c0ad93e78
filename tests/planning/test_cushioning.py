"""Cushioning in plans: a choice of cushionings, their ranges, and what follows from fragility.

Every cushion factor here tests arithmetic: none was verified.
"""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import strategies
from boxwright import (
    BoxType,
    Catalog,
    Fragility,
    IncompletePlanError,
    InvalidInputError,
    Item,
    MaterialMass,
    Order,
    Placement,
    Policy,
    SalesPackaging,
    StartedParcel,
    Task,
    check,
    plan,
    plans,
    verify_certificate,
)
from boxwright.catalog import load_materials
from boxwright.domain.dunnage import Dunnage, DunnageKind
from boxwright.domain.factor import Component
from boxwright.domain.order import UPRIGHT
from boxwright.domain.plan import OpenCandidate, PlanStatus, ProofScope, ProofStatus, UnpackedReason
from boxwright.domain.proof import Proof
from boxwright.export import canonical_json, plan_from_dict, plan_to_dict


def foam(name: str, factor: str, **fields: object) -> Dunnage:
    """Return cushioning of the user's own with a cushion factor."""
    given = {"density_kg_per_m3": Decimal(20), "read_in_source": True, **fields}
    return Dunnage(name, DunnageKind.CUSHIONING, "epe-foam", cushion_factor=Decimal(factor), **given)


def cubes(*edges: float, **fields: object) -> list[BoxType]:
    """Return cubes without walls, named by their edges."""
    return [BoxType(f"cube-{edge}", edge, edge, edge, tare_g=50, **fields) for edge in edges]


MUG = Item("mug", 1, 120, 100, 110, mass_g=350, fragility=Fragility(g_level=40))
"""Of factor 2.6 it needs 49.4 mm on each side, so 218.8 mm; of 3.2 60.8 mm, so 241.6; of 5 95 mm, so 310."""
THIN, MIDDLE, THICK = foam("thin", "2.6"), foam("middle", "3.2"), foam("thick", "5")
SHELF = Catalog("shelf", cubes(200, 220, 260, 320), dunnage=(THIN, MIDDLE, THICK))
ALL = ("thick", "middle", "thin")


def test_a_thinner_cushioning_saves_a_box_size() -> None:
    """The mug goes into the smallest box that any cushioning lets it into; all cheaper pairs are refused by name."""
    for names, box in ((("thick",), "cube-320"), (("thick", "middle"), "cube-260"), (ALL, "cube-220")):
        policy = Policy(cushioning_ids=names)
        answer = plan(Order("1", [MUG]), SHELF, policy)
        assert [each.box_type_id for each in answer.parcels] == [box]
        assert answer.parcels[0].cushioning_id == names[-1]
        assert answer.certificate.status is ProofStatus.PROVED
        assert verify_certificate(answer, Order("1", [MUG]), SHELF, policy) == []
    refused = {(each.box_type_id, each.cushioning_id) for each in answer.certificate.refused_candidates}
    assert refused == {("cube-200", "thick"), ("cube-200", "middle"), ("cube-200", "thin")} | {
        ("cube-220", "thick"),
        ("cube-220", "middle"),
    }
    assert plan_from_dict(plan_to_dict(answer)) == answer


def test_of_equal_pairs_the_first_named_is_taken() -> None:
    """Where no objective tells cushionings apart, the order in which the policy names them does."""
    shelf = Catalog("shelf", cubes(320), dunnage=(THIN, MIDDLE, THICK))
    for names in (ALL, ALL[::-1]):
        assert plan(Order("1", [MUG]), shelf, Policy(cushioning_ids=names)).parcels[0].cushioning_id == names[0]


def test_the_objective_picks_the_lighter_cushioning() -> None:
    """Of two that fit the same box the lighter one is taken where the mass of packaging counts.

    In 49.4 mm of the dense one are (0.2188 x 0.1988 x 0.2088 - 0.12 x 0.1 x 0.11) m3 x 100 kg/m3 = 776.2 g, in 60.8 mm
    of the other (0.2416 x 0.2216 x 0.2316 - 0.00132) x 20 = 221.6 g.
    """
    shelf = Catalog("shelf", cubes(260), dunnage=(foam("dense", "2.6", density_kg_per_m3=Decimal(100)), MIDDLE))
    policy = Policy(objectives=("packaging_mass",), cushioning_ids=("dense", "middle"), void_fill_id="none")
    answer = plan(Order("1", [MUG]), shelf, policy)
    assert answer.parcels[0].cushioning_id == "middle"
    assert round(answer.parcels[0].tare_mg / 1_000, 1) == 50 + 221.6
    (refused,) = [plan(Order("1", [MUG]), shelf, replace(policy, cushioning_ids=("dense",))).parcels[0].tare_mg]
    assert round(refused / 1_000, 1) == 50 + 776.2


@given(
    strategies.orders(fragile=True),
    st.lists(st.integers(1, 3), min_size=1, max_size=3, unique=True),
    st.data(),
    st.sampled_from([("parcel_count", "inner_volume"), ("packaging_mass",), ("outer_volume", "packaging_mass")]),
)
@settings(max_examples=60, deadline=None)
def test_plans_with_a_choice_hold(order: Order, names: list[int], data: st.DataObject, goals: tuple[str, ...]) -> None:
    """Of any cushionings: the plan is valid, its certificate replays, files keep it, and the lines may be shuffled."""
    dunnage = tuple(data.draw(strategies.cushionings(f"c{each}")) for each in names)
    catalog = Catalog("shelf", cubes(150, 300, 600, max_gross_g=20_000), dunnage=dunnage)
    ids = tuple(each.dunnage_id for each in dunnage)
    loaded = data.draw(st.booleans())
    policy = Policy(objectives=goals, cushioning_ids=ids, allow_partial=True, mode="fast", load_bearing=loaded)
    answer = plan(order, catalog, policy, profiles=())
    assert check(answer, order, catalog, policy) == []
    assert verify_certificate(answer, order, catalog, policy, profiles=()) == []
    assert plan_from_dict(plan_to_dict(answer)) == answer
    turned = plan(replace(order, lines=order.lines[::-1]), catalog, policy, profiles=())
    assert canonical_json(turned) == canonical_json(answer)


@given(strategies.orders(fragile=True), strategies.cushionings("old"), strategies.cushionings("new"))
@settings(max_examples=40, deadline=None)
def test_one_more_cushioning_never_worsens_a_single_parcel(order: Order, old: Dunnage, new: Dunnage) -> None:
    """Allowed beside another, a cushioning takes no order out of its parcel and makes no parcel larger or heavier."""
    catalog = Catalog("shelf", cubes(150, 200, 300, 600), dunnage=(old, new))
    policy = Policy(objectives=("parcel_count", "inner_volume", "packaging_mass"), allow_partial=True, mode="fast")
    one = plan(order, catalog, replace(policy, cushioning_ids=("old",)), profiles=())
    both = plan(order, catalog, replace(policy, cushioning_ids=("old", "new")), profiles=())
    if len(one.parcels) == 1 and one.status is PlanStatus.COMPLETE and not one.parcels[0].ships_in_own_container:
        assert both.status is PlanStatus.COMPLETE
        prices = [
            [(len(each.parcels), each.inner_litres, sum(one.tare_mg for one in each.parcels))] for each in (both, one)
        ]
        assert prices[0] <= prices[1]


@given(strategies.orders(fragile=True), strategies.cushionings("pad"))
@settings(max_examples=40, deadline=None)
def test_envelopes_are_the_goods_with_the_cushion_on_both_sides(order: Order, pad: Dunnage) -> None:
    """Each extent is the goods' edge and twice the thickness, and a thicker cushion never weighs less."""
    catalog = Catalog("shelf", cubes(600, 900), dunnage=(pad,))
    thick = replace(pad, cushion_factor=pad.cushion_factor * 2)
    policy = Policy(allow_partial=True, mode="fast", cushioning_ids="pad")
    lines = {line.line_id: line for line in order.lines}
    masses = {}
    for each in (pad, thick):
        shelf = replace(catalog, dunnage=(replace(each, max_thickness_mm=None, min_static_stress_kpa=None),))
        boxed = [replace(line, ships_in_own_container=False) for line in order.lines]
        alone = [plan(replace(order, lines=(line,)), shelf, policy, profiles=()) for line in boxed]
        masses[each.cushion_factor] = [
            sum(part.mass_mg for parcel in one.parcels for part in parcel.packaging if part.component == "cushioning")
            for one in alone
            if one.status is PlanStatus.COMPLETE
        ]
        for one in alone:
            for placement in (unit for parcel in one.parcels for unit in parcel.placements):
                line = lines[placement.line_id]
                if line.soft_goods is None:
                    goods = placement.orientation.rotate(line.length_mm, line.width_mm, line.height_mm)
                    extents = (placement.length_mm, placement.width_mm, placement.height_mm)
                    assert extents == pytest.approx([edge + 2 * placement.half_gap_mm for edge in goods])
    thin_masses, thick_masses = masses.values()
    if len(thin_masses) == len(thick_masses):
        assert all(one <= other for one, other in zip(thin_masses, thick_masses, strict=True))


BRICKS = Order(
    "1", [Item("brick", 2, 200, 100, 50, mass_g=2_000, orientations=UPRIGHT, fragility=Fragility(g_level=76))]
)
"""Two bricks in 10 mm of a cushion of factor 1: 220 x 120 x 70 mm. On its base each has 0.980665 kPa."""
TOWER, FLOOR = BoxType("tower", 220, 120, 140), BoxType("floor", 440, 120, 141)


def bricks(pad: Dunnage, **policy: object):
    """Return the plan of two bricks, which stand on each other in the tower and side by side on the floor."""
    catalog = Catalog("shelf", [TOWER, FLOOR], dunnage=(pad,))
    answer = plan(BRICKS, catalog, Policy(cushioning_ids=pad.dunnage_id, **policy))
    assert verify_certificate(answer, BRICKS, catalog, Policy(cushioning_ids=pad.dunnage_id, **policy)) == []
    return answer


def test_a_verified_stress_range_binds_with_the_load() -> None:
    """Two bricks on one base are 1.96133 kPa: up to that one stands on the other, below it they stand side by side."""
    assert bricks(foam("pad", "1", max_static_stress_kpa=Decimal("1.96133"))).parcels[0].box_type_id == "tower"
    assert bricks(foam("pad", "1", max_static_stress_kpa=Decimal("1.96132"))).parcels[0].box_type_id == "floor"
    # Load limits of lines may be off; what a cushion bears is none of them.
    pad = foam("pad", "1", max_static_stress_kpa=Decimal("1.96132"))
    assert bricks(pad, load_bearing=False).parcels[0].box_type_id == "floor"


def test_an_unverified_stress_range_warns() -> None:
    """The same range unverified leaves the plan as it is, and the plan says what is out of it."""
    answer = bricks(foam("pad", "1", max_static_stress_kpa=Decimal("1.9"), read_in_source=False))
    assert answer.parcels[0].box_type_id == "tower"
    assert any(
        "line 'brick' with its load has a static stress of 1.96 kPa on 'pad'" in each.text for each in answer.warnings
    )
    quiet = bricks(foam("pad", "1", max_static_stress_kpa=Decimal(2), read_in_source=False))
    assert not any("static stress" in each.text for each in quiet.warnings)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (
            {"min_static_stress_kpa": Decimal(1)},
            "static stress of 0.981 kPa on 'pad', whose cushion factor holds from 1",
        ),
        (
            {"max_static_stress_kpa": Decimal("0.9")},
            "static stress of 0.981 kPa on 'pad', whose cushion factor holds up",
        ),
        ({"max_thickness_mm": Decimal("9.999")}, "needs 10 mm of 'pad' on each side, past the 9.999 mm"),
    ],
)
def test_a_unit_that_no_cushioning_protects_stays_out(fields: dict[str, Decimal], words: str) -> None:
    """The reason names the figure; a second cushioning that is in range takes the unit, and the first is refused so."""
    pad = foam("pad", "1", **fields)
    with pytest.raises(IncompletePlanError) as caught:
        bricks(pad)
    assert caught.value.unpacked[0].reason is UnpackedReason.CANNOT_BE_CUSHIONED
    assert words in caught.value.unpacked[0].rule
    catalog = Catalog("shelf", cubes(500), dunnage=(pad, foam("good", "1.1")))
    policy = Policy(cushioning_ids=("pad", "good"))
    answer = plan(BRICKS, catalog, policy)
    assert answer.parcels[0].cushioning_id == "good"
    refused = [each for each in answer.certificate.refused_candidates if each.cushioning_id == "pad"]
    assert {each.proof for each in refused} == {Proof.CUSHIONING}
    assert all(words in each.rule for each in refused)
    assert verify_certificate(answer, BRICKS, catalog, policy) == []


def test_each_parcel_of_a_split_order_has_its_own_cushioning() -> None:
    """A light unit that only the soft one protects and a heavy one that only the stiff one does: a parcel each."""
    light = Item("light", 1, 100, 100, 100, mass_g=100, fragility=Fragility(g_level=76))  # 0.098 kPa
    heavy = Item("heavy", 1, 100, 100, 100, mass_g=5_000, fragility=Fragility(g_level=76))  # 4.9 kPa
    soft = foam("soft", "1", max_static_stress_kpa=Decimal(1))
    stiff = foam("stiff", "1", min_static_stress_kpa=Decimal(1))
    catalog = Catalog("shelf", cubes(120, 500), dunnage=(soft, stiff))
    for count in (1, 40):  # few units: all partitions; many: constructed
        order = Order("1", [replace(light, quantity=count), replace(heavy, quantity=count)])
        policy = Policy(cushioning_ids=("soft", "stiff"), mode="fast")
        answer = plan(order, catalog, policy)
        inside = {(each.line_id, parcel.cushioning_id) for parcel in answer.parcels for each in parcel.placements}
        assert inside == {("light", "soft"), ("heavy", "stiff")}
        assert verify_certificate(answer, order, catalog, policy) == []
    first = plan(Order("1", [light, heavy]), catalog, policy)
    assert first.certificate.scope is ProofScope.ALL_PLANS
    assert first.certificate.status is ProofStatus.PROVED


def test_a_fragile_order_of_many_parcels_is_no_worse_for_a_choice() -> None:
    """Of 120 mugs in large boxes the plan with a choice takes no more boxes than with the better cushioning alone."""
    order = Order("1", [replace(MUG, quantity=120)])
    catalog = Catalog("shelf", cubes(450, 700), dunnage=(THIN, THICK))
    counts = [
        len(plan(order, catalog, Policy(cushioning_ids=names, mode="fast"), profiles=()).parcels)
        for names in (("thin",), ("thick", "thin"))
    ]
    assert counts[1] <= counts[0]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda each: replace(each, cushioning_id="thin"), "refused_candidates[0].proof"),
        (lambda each: replace(each, cushioning_id=""), "refused_candidates[0].cushioning_id"),
        (lambda each: replace(each, cushioning_id="other"), "refused_candidates[0].cushioning_id"),
    ],
)
def test_a_refusal_with_another_cushioning_does_not_replay(change, field: str) -> None:
    """The proof is of the box type with that cushioning."""
    order, policy = Order("1", [MUG]), Policy(cushioning_ids=ALL)
    shelf = replace(SHELF, box_types=tuple(cubes(220, 260)))
    answer = plan(order, shelf, policy)
    first, *others = answer.certificate.refused_candidates
    certificate = replace(answer.certificate, refused_candidates=(change(first), *others))
    broken = verify_certificate(replace(answer, certificate=certificate), order, shelf, policy)
    assert f"certificate.{field}" in {each.field for each in broken}


def test_a_false_refusal_for_cushioning_does_not_replay() -> None:
    """A pair that is said to protect no unit, and does, is found; so is one refused in other words."""
    pad = foam("pad", "1", min_static_stress_kpa=Decimal(1))
    catalog = Catalog("shelf", cubes(500), dunnage=(pad, foam("good", "1.1")))
    policy = Policy(cushioning_ids=("pad", "good"))
    answer = plan(BRICKS, catalog, policy)
    (refused,) = answer.certificate.refused_candidates
    for change in ({"cushioning_id": "good"}, {"rule": "too soft"}):
        certificate = replace(answer.certificate, refused_candidates=(replace(refused, **change),))
        broken = verify_certificate(replace(answer, certificate=certificate), BRICKS, catalog, policy)
        assert [each.field for each in broken] == [
            "certificate.refused_candidates[0].proof"
            if "cushioning_id" in change
            else "certificate.refused_candidates[0].rule"
        ]


def test_a_cheaper_pair_must_be_refused_or_open() -> None:
    """A certificate that leaves out a pair cheaper than the plan is told which; so is one whose pair is unproved."""
    boxes = [BoxType("small", 220, 220, 220, tare_g=50), BoxType("large", 260, 260, 260, tare_g=60)]
    shelf = Catalog("shelf", boxes, dunnage=(foam("dense", "2.6", density_kg_per_m3=Decimal(100)), MIDDLE))
    order = Order("1", [MUG])
    policy = Policy(objectives=("packaging_mass",), cushioning_ids=("dense", "middle"), void_fill_id="none")
    answer = plan(order, shelf, policy)
    assert (answer.parcels[0].box_type_id, answer.parcels[0].cushioning_id) == ("large", "middle")
    assert [(each.box_type_id, each.cushioning_id) for each in answer.certificate.refused_candidates] == [
        ("small", "middle")
    ]
    missing = replace(answer.certificate, refused_candidates=())
    broken = verify_certificate(replace(answer, certificate=missing), order, shelf, policy)
    assert "must hold 'small' with 'middle' too" in broken[0].rule
    opened = replace(missing, open_candidates=(OpenCandidate("small", "middle"),))
    broken = verify_certificate(replace(answer, certificate=opened), order, shelf, policy)
    assert [each.field for each in broken] == ["certificate.lower_bound"]
    unnamed = replace(opened, open_candidates=(OpenCandidate("small"),))
    (lacking,) = verify_certificate(replace(answer, certificate=unnamed), order, shelf, policy)
    assert lacking.field == "certificate.open_candidates[0].cushioning_id"


def test_a_parcel_of_another_cushioning_is_not_the_plan() -> None:
    """The check judges a parcel by the cushioning that it names, and a worse one must be thicker."""
    order, policy = Order("1", [MUG]), Policy(cushioning_ids=ALL)
    answer = plan(order, SHELF, policy)
    for name, kind in (("thick", "cushion_too_thin"), ("other", "wrong_cushioning")):
        parcel = replace(answer.parcels[0], cushioning_id=name)
        found = check(replace(answer, parcels=(parcel,)), order, SHELF, policy)
        assert kind in {each.kind.value for each in found}


def test_alternatives_name_cushionings() -> None:
    """Ranked alternatives with a choice replay too: pairs of better plans are among those not excluded."""
    order, policy = Order("1", [MUG]), Policy(cushioning_ids=("thick", "thin"))
    best, *others = plans(Task(order, SHELF, policy), alternatives=2)
    assert [each.parcels[0].box_type_id for each in (best, *others)] == ["cube-220", "cube-260", "cube-320"]
    for each in others:
        assert ("cube-220", "thin") in each.certificate.open_candidates
        assert verify_certificate(each, order, SHELF, policy) == []


def test_smallest_changes_are_of_the_cushioning_refused() -> None:
    """Each refused pair states what would make the order fit with its own cushioning."""
    order, policy = Order("1", [MUG]), Policy(cushioning_ids=("thick", "middle"))
    answer = plan(order, replace(SHELF, box_types=tuple(cubes(240, 320))), policy, explain=True)
    changes = {each.cushioning_id: each.smallest_change for each in answer.certificate.refused_candidates}
    assert changes["middle"].shorten_um == (1_600, 0, 0)  # 241.6 mm are 1.6 too many
    assert changes["thick"].shorten_um[0] == 70_000  # 310 mm are 70 too many


def test_the_handling_profile_is_the_policys() -> None:
    """ISTA 2A drops from 970 mm: 2.6 x 970 / 40 = 63.05 mm, by name and by version; other names are refused."""
    order = Order("1", [MUG])
    for name in ("ista-2a", "ista-2a@1"):
        policy = Policy(handling_profile=name, cushioning_ids="thin")
        answer = plan(order, SHELF, policy)
        assert answer.parcels[0].placements[0].half_gap_mm == 63.05
        assert "cushioned by thin for handling profile ista-2a@1" in answer.certificate.constraints
        assert verify_certificate(answer, order, SHELF, Policy(cushioning_ids="thin")) != []
    with pytest.raises(
        InvalidInputError, match=r"policy.handling_profile: must be one of astm-d4169-al1@1, .*ista-2a@1"
    ):
        plan(order, SHELF, Policy(handling_profile="ista-3a"))


def test_a_cushion_inside_the_sales_packaging_counts() -> None:
    """20 mm inside leave 29.4 to add; 49.4 mm leave none, and the plan has no cushioning at all."""
    for inside, added in ((20, 29.4), (49.4, 0)):
        order = Order("1", [replace(MUG, sales_packaging=SalesPackaging(cushion_mm=inside))])
        answer = plan(order, SHELF, Policy(cushioning_ids="thin"))
        assert answer.parcels[0].placements[0].half_gap_mm == added
        assert (answer.parcels[0].packaging_mg(Component.CUSHIONING) > 0) == (added > 0)
        assert answer.parcels[0].net_mg == 350_000
    with pytest.raises(InvalidInputError, match=r"lines\[0\].sales_packaging.cushion_material_id: must be a known"):
        plan(Order("1", [replace(MUG, sales_packaging=SalesPackaging(1, "air"))]), SHELF)


def test_what_a_class_says_is_kept_and_told() -> None:
    """Two glasses do not stand on each other, and the plan says why; with a load limit of their own they do."""
    glass = Item("glass", 2, 100, 100, 100, mass_g=100, orientations=UPRIGHT, fragility=Fragility("very_delicate"))
    catalog = Catalog(
        "shelf", [BoxType("tower", 131, 131, 262), BoxType("floor", 262, 131, 263)], dunnage=(foam("f", "0.5"),)
    )
    answer = plan(Order("1", [glass]), catalog)
    assert answer.parcels[0].box_type_id == "floor"
    assert any(
        "line 'glass': it is of fragility class 'very_delicate', so nothing is stacked on it" in each.text
        for each in answer.warnings
    )
    strong = plan(Order("1", [replace(glass, max_load_g=100)]), catalog)
    assert strong.parcels[0].box_type_id == "tower"
    assert not any("fragility class 'very_delicate' (" in each.text for each in strong.warnings)


def test_begun_parcels_are_of_the_first_cushioning() -> None:
    """A mug that lies in a started parcel lies in the first cushioning named, and another joins it in the same."""
    order = Order("1", [replace(MUG, quantity=2)])
    lying = Placement("mug", 0, 0, 0, 0, 241_600, 221_600, 231_600, half_gap_um=60_800)
    started = StartedParcel("P", "long", (lying,))
    catalog = Catalog("shelf", [BoxType("long", 500, 240, 240), *cubes(320)], dunnage=(THIN, MIDDLE))
    policy = Policy(cushioning_ids=("middle", "thin"))
    answer = plan(order, catalog, policy, started_parcels=[started])
    assert [(each.cushioning_id, len(each.placements)) for each in answer.parcels] == [("middle", 2)]


def test_a_light_unit_may_fit_in_company_only() -> None:
    """Alone it falls from 760 mm and is too long with its cushion; beside 12 kg it falls from 610 mm and fits."""
    tray = Item("tray", 1, 10, 230, 10, mass_g=0, fragility=Fragility(g_level=60))
    catalog = Catalog("shelf", [BoxType("box", 290, 200, 200)], dunnage=(THIN,))
    both = Order("1", [tray, Item("bar", 1, 10, 10, 10, mass_g=12_000)])
    assert plan(both, catalog).status is PlanStatus.COMPLETE
    with pytest.raises(IncompletePlanError, match=r"295\.868 x 75\.868 mm with its cushioning fits none"):
        plan(Order("1", [tray]), catalog)


def test_sales_packaging_is_in_the_footprint_and_not_in_the_tare() -> None:
    """30 g of board in each of two mugs is 0.06 kg beside the box; tare and choice by emissions stay as they were."""
    board = SalesPackaging(materials=(MaterialMass("corrugated-board", 30),))
    bare, told = (Order("1", [replace(MUG, quantity=2, sales_packaging=inside)]) for inside in (None, board))
    shelf = Catalog(
        "shelf", [BoxType("box", 500, 240, 240, tare_g=150, material_id="corrugated-board")], dunnage=(THIN,)
    )
    policy = Policy(objectives=("emissions",), accept_incomplete_footprint=True)
    one, other = (plan(order, shelf, policy) for order in (bare, told))
    lines = [
        [line for line in each.footprints[0].lines if line.component is Component.SALES_PACKAGING]
        for each in (one, other)
    ]
    assert lines[0] == []
    assert [(line.stage.value, line.subject, line.amount) for line in lines[1]] == [
        ("production", "corrugated-board", Decimal("0.06")),
        ("end_of_life", "corrugated-board", Decimal("0.06")),
    ]
    assert one.parcels[0].tare_mg == other.parcels[0].tare_mg
    assert one.certificate.value == other.certificate.value
    assert other.footprints[0].total_co2e_mg > one.footprints[0].total_co2e_mg
    assert check(other, told, shelf, policy) == []


@pytest.mark.parametrize(("mass_g", "cushion_mm"), [(10_000, 49.4), (10_000.001, 39.65)])
def test_the_mass_of_the_goods_picks_the_drop(mass_g: float, cushion_mm: float) -> None:
    """10 kg of goods fall from 760 mm although the parcel weighs more; a milligram more, from 610: 2.6 x 610 / 40."""
    order = Order("1", [replace(MUG, mass_g=mass_g)])
    answer = plan(order, SHELF, Policy(cushioning_ids="thin"))
    assert answer.parcels[0].gross_mg > 10_050_000
    assert answer.parcels[0].placements[0].half_gap_mm == cushion_mm


def test_a_fragile_unit_that_carries_much_is_told() -> None:
    """Of three glasses in a column the lowest carries two: the plan says so, unless the line states a limit."""
    glass = Item("glass", 3, 60, 60, 60, 300, fragility=Fragility(g_level=85))
    catalog = Catalog("mine", [BoxType("column", 120, 120, 400, tare_g=100, material_id="corrugated-board")])
    policy = Policy(cushioning_ids=["honeycomb-paper-wrap"])
    (told,) = (each for each in plan(Order("o", [glass]), catalog, policy).warnings if each.code == "FRAGILE_LOADED")
    assert told.field == "lines[0].max_load_g"
    assert told.text == (
        "line 'glass' is fragile, and a unit of it in parcel 1 carries 600 g, more than its own 300 g;"
        " set max_load_g to limit it"
    )
    for quiet in (replace(glass, max_load_g=2_000), replace(glass, fragility=None), replace(glass, quantity=2)):
        made = plan(Order("o", [quiet]), catalog, policy)
        assert not [each for each in made.warnings if each.code == "FRAGILE_LOADED"]


def test_an_unknown_piece_is_refused_with_those_of_its_kind() -> None:
    """Unknown cushioning or tape names the pieces of that kind, the catalog's own among them, and no other."""
    order, own = Order("1", [MUG]), {each.dunnage_id for each in SHELF.dunnage}
    for field, kind in (("cushioning_ids", DunnageKind.CUSHIONING), ("tape_id", DunnageKind.TAPE)):
        known = {each.dunnage_id for each in load_materials().dunnage if each.kind is kind}
        known |= own if kind is DunnageKind.CUSHIONING else set()
        with pytest.raises(InvalidInputError) as refused:
            plan(order, SHELF, Policy(**{field: "nope"}))
        (violation,) = refused.value.violations
        assert violation.field.startswith(f"policy.{field}")
        assert violation.rule == f"must be one of {', '.join(sorted(known))}, got 'nope'"
