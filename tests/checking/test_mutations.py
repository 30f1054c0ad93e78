"""Damage to good plans: each kind is done to a plan that is known to be good, and must be found as what it is."""

import datetime
import math
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from boxwright.catalog import load_materials
from boxwright.checking import ViolationKind as K
from boxwright.domain.box import BoxType
from boxwright.domain.carrier import AppliedSurcharge, BillingForm, Change, LowerStep
from boxwright.domain.dunnage import Dunnage, DunnageKind
from boxwright.domain.factor import Component, Stage
from boxwright.domain.footprint import Allocation, Footprint, FootprintLine, PackagingComponent
from boxwright.domain.handling_mark import HandlingMark
from boxwright.domain.lack import Lack
from boxwright.domain.lane import Lane
from boxwright.domain.order import UPRIGHT, DimensionStatus, Fragility, Orientation
from boxwright.domain.plan import EmptySpace, PlanStatus, UnpackedReason, UnpackedUnit
from boxwright.domain.property_cap import PropertyAmount, PropertyCap
from boxwright.domain.sales_packaging import MaterialMass, SalesPackaging
from boxwright.domain.soft_goods import SoftGoods
from boxwright.domain.stacking import StackingCondition
from boxwright.domain.started import StartedParcel
from boxwright.domain.strength import StrengthMultiplier
from boxwright.footprint import total
from boxwright.protection import box_grade, cushion_mg, cushion_um, stack_load
from boxwright.shipping import chargeable_weight

HEAVY, TEAM_LIFT = HandlingMark
_DATA = load_materials()
Case = Any  # the class of conftest.py, which tests get only through its fixtures


def _footprint(co2e_mg: int, *, allocation: Allocation = Allocation.MASS) -> Footprint:
    line = FootprintLine(
        Component.SALES_PACKAGING,
        Stage.PRODUCTION,
        "kraft",
        Decimal(co2e_mg) / 160_000,
        "kg",
        "factor-1",
        Decimal("0.16"),
        co2e_mg,
        "source",
        True,
    )
    return Footprint("profile@1", allocation, (line,))


@pytest.fixture(scope="module")
def good(pack: Callable[..., Case]) -> dict[str, Case]:
    """Good plans by name."""
    single = pack((100, 80, 60), [((0, 0, 0), (100, 80, 60))])
    stacked = pack(
        (100, 100, 150),
        [
            ((0, 0, 0), (100, 100, 50), 500.0, 300.0),
            ((0, 0, 50), (90, 80, 50), 200.0, 100.0),
            ((10, 10, 100), (50, 60, 40), 100.0, 0.0),
        ],
    )
    bridging = pack(
        (300, 100, 150),
        [
            ((0, 0, 0), (120, 100, 100), 1000.0),
            ((180, 0, 0), (120, 100, 100), 1000.0),
            ((0, 0, 100), (300, 100, 20), 300.0),
            ((100, 20, 120), (100, 60, 30), 100.0),
        ],
    )
    two_parcels = pack(
        (100, 100, 100), [((0, 0, 0), (90, 90, 90))], [((0, 0, 0), (60, 50, 40)), ((0, 50, 0), (60, 50, 40))]
    )
    for index, grams in enumerate((7, 9)):
        two_parcels = two_parcels.with_parcel(index, footprints=(_footprint(1000 * grams),))
        inside = SalesPackaging(materials=(MaterialMass("kraft", grams / 0.16),))  # 43.75 and 56.25 g
        two_parcels = two_parcels.with_line(index, sales_packaging=inside)
    two_parcels = two_parcels.with_plan(footprints=(_footprint(16_000),))
    return {
        "single": single,
        "stacked": stacked,
        "bridging": bridging,
        "two parcels": two_parcels,
        "cushioned": _cushioned(pack),
        "cushioned in range": _cushioned_in_range(pack),
        "extremely fragile": _extremely_fragile(pack),
        "partial": _partial(pack),
        "company": _company(pack),
        "mailer": _mailer(pack),
        "wrap": _wrapped(pack),
        "spacious": _spacious(pack),
        "soft": _soft(pack),
        "materials": _materials(pack),
        "own container": _own_container(pack),
        "started": _started(pack),
        "piled": _piled(pack),
        "billed": _billed(pack),
        "lifted": _lifted(pack),
        "lifted as started": _lifted_as_started(pack),
    }


def _lifted(pack: Callable[..., Case]) -> Case:
    """By hand: two units of 11,475 g in a box of 50 g are 23 kg; one of 30 kg; a kit of two of 12; one of 14,950 g."""
    block = (100, 100, 100)
    case = pack(
        (300, 200, 200),
        [((0, 0, 0), block, 11_475.0), ((100, 0, 0), block, 11_475.0)],
        [((0, 0, 0), block, 30_000.0)],
        [((0, 0, 0), block, 12_000.0), ((100, 0, 0), block, 12_000.0)],
        [((0, 0, 0), block, 14_950.0)],
        lifting_profile="manual@1",
    )
    for unit in (3, 4):
        case = case.with_line(unit, keep_together_group="kit")
    for parcel, marks in enumerate(((HEAVY,), (HEAVY, TEAM_LIFT), (HEAVY, TEAM_LIFT), ())):
        case = case.with_parcel(parcel, handling_marks=marks)
    return case


def _lifted_as_started(pack: Callable[..., Case]) -> Case:
    """Two units of 15 kg lie in a started parcel and stay: by hand, and with nothing added."""
    block = (100, 100, 100)
    units = [((0, 0, 0), block, 15_000.0), ((100, 0, 0), block, 15_000.0)]
    case = pack((300, 200, 200), units, lifting_profile="manual")
    started = StartedParcel("p", "box", case.plan.parcels[0].placements)
    case = case.with_parcel(started_parcel_id="p", handling_marks=(HEAVY, TEAM_LIFT))
    return replace(case, started=(started,))


def _mailer(pack: Callable[..., Case]) -> Case:
    """Goods of 210 x 150 x 40 mm in a mailer of 350 x 250 mm, seams of 5 mm and walls of 0.5 mm.

    Inside it is 350 - 40 = 310 by 250 - 40 = 210 by 40 mm. Outside, sheet of 350 - 210 = 140 mm beside the goods is
    sqrt(140^2 - 40^2) = 134.1640787 mm long, and of 250 - 150 = 100 mm sqrt(100^2 - 40^2) = 91.6515139 mm: with the
    seams 210 + 134.165 + 10 = 354.165 by 150 + 91.652 + 10 = 251.652 by 41 mm.
    """
    case = pack((350, 250, 60), [((0, 0, 0), (210, 150, 30)), ((0, 0, 30), (100, 80, 10))])
    case = case.with_box(style="flat_mailer", outer_length_mm=360, outer_width_mm=260, outer_height_mm=61)
    return case.with_parcel(
        inner_um=(310_000, 210_000, 40_000),
        inner_volume_um3=310_000 * 210_000 * 40_000,
        outer_um=(354_165, 251_652, 41_000),
    )


def _wrapped(pack: Callable[..., Case]) -> Case:
    """Goods of 210 x 150 x 40 mm in a book wrap of 217 x 155 mm, up to 60 mm high, with walls of 3, 3 and 4.5 mm."""
    case = pack((217, 155, 60), [((0, 0, 0), (210, 150, 30)), ((0, 0, 30), (100, 80, 10))])
    case = case.with_box(style="book_wrap", outer_length_mm=220, outer_width_mm=158, outer_height_mm=64.5)
    return case.with_parcel(
        inner_um=(217_000, 155_000, 40_000),
        inner_volume_um3=217_000 * 155_000 * 40_000,
        outer_um=(220_000, 158_000, 44_500),
    )


def _soft(pack: Callable[..., Case]) -> Case:
    """Two shirts of 70 x 50 x 4 mm on a block: folded once to 35 x 50 mm, and 8 mm thick at rest or pressed to 6 mm.

    A layer is 4 or 3 mm thick, so that they take 70 x 50 x (4 + 3) mm3 beside the block's 60 x 60 x 20.
    """
    shirts = [((0, 0, 20), (35, 50, 8)), ((0, 0, 28), (35, 50, 6))]
    case = pack((60, 60, 60), [((0, 0, 0), (60, 60, 20)), *shirts])
    for unit in (1, 2):
        shape = {"length_mm": 70, "width_mm": 50, "height_mm": 4}
        case = case.with_line(unit, **shape, soft=SoftGoods(3, 2)).with_placement(unit, folds=1)
    return case.with_parcel(goods_volume_um3=(60 * 60 * 20 + 70 * 50 * 7) * 10**9)


def _cushioned(pack: Callable[..., Case]) -> Case:
    """A fragile unit in its cushion beside a plain one."""
    case = pack((300, 200, 250), [((0, 0, 0), (120, 100, 80)), ((205, 0, 0), (90, 90, 90))])
    case = case.with_line(0, fragility=Fragility(g_level=85.0))
    materials = load_materials()
    cushioning = next(each for each in materials.dunnage if each.kind is DunnageKind.CUSHIONING)
    thickness = cushion_um(case.order.lines[0], case.order.goods_mg, cushioning, materials)
    both = 2 * thickness
    parts = (
        *case.plan.parcels[0].packaging,
        PackagingComponent(
            Component.CUSHIONING,
            cushioning.material_id,
            cushion_mg(case.order.lines[0], thickness, cushioning),
        ),
    )
    case = case.with_placement(
        0,
        length_um=120_000 + both,
        width_um=100_000 + both,
        height_um=80_000 + both,
        cushion_um=thickness,
    )
    case = case.with_parcel(0, packaging=parts)
    return replace(case, catalog=replace(case.catalog, dunnage=(cushioning,)))


def _cushioned_in_range(pack: Callable[..., Case]) -> Case:
    """A fragile unit in 25 mm of the user's own foam (1 x 760 mm / 30.4), on 12 x 10 cm of it, carries a plain one.

    Its 1,224 g are 1.00028 kPa on 120 cm2 by themselves and, with 1,224 g on top, 2.00056 kPa: in range of 1 to 2.1.
    """
    foam = Dunnage(
        "foam",
        DunnageKind.CUSHIONING,
        "epe-foam",
        density_kg_per_m3=Decimal(22),
        cushion_factor=Decimal(1),
        max_thickness_mm=Decimal(25),
        min_static_stress_kpa=Decimal(1),
        max_static_stress_kpa=Decimal("2.1"),
        read_in_source=True,
    )
    case = pack((170, 150, 220), [((0, 0, 0), (120, 100, 80)), ((0, 0, 130), (170, 150, 90))])
    for unit in (0, 1):
        case = case.with_line(unit, mass_g=1224)
    case = case.with_line(0, fragility=Fragility(g_level=30.4), max_load_g=5_000)  # of itself it would carry nothing
    case = case.with_placement(0, length_um=170_000, width_um=150_000, height_um=130_000, cushion_um=25_000)
    cushion = PackagingComponent(
        Component.CUSHIONING, "epe-foam", cushion_mg(case.order.lines[0], 25_000, foam), dunnage_id="foam"
    )
    box = case.plan.parcels[0].packaging[0]
    case = case.with_parcel(0, packaging=(box, cushion), net_mg=2_448_000, cushioning_id="foam")
    return replace(case, catalog=replace(case.catalog, dunnage=(foam,)))


def _extremely_fragile(pack: Callable[..., Case]) -> Case:
    """A unit of the class that carries nothing, with its cushion in its sales packaging, on a plain unit."""
    case = pack((100, 100, 200), [((0, 0, 0), (100, 100, 50)), ((0, 0, 50), (100, 100, 90))])
    # The foam needs 0.8 x 760 mm / 15 = 40.5333 mm.
    inside = SalesPackaging(cushion_mm=40.534)
    case = case.with_line(1, fragility=Fragility("extremely_fragile"), sales_packaging=inside)
    foam = Dunnage(
        "foam", DunnageKind.CUSHIONING, "epe-foam", density_kg_per_m3=Decimal(22), cushion_factor=Decimal("0.8")
    )
    return replace(case, catalog=replace(case.catalog, dunnage=(foam,)))


def _foam(case: Case, **fields: Any) -> Case:
    return replace(case, catalog=replace(case.catalog, dunnage=(replace(case.catalog.dunnage[0], **fields),)))


def _partial(pack: Callable[..., Case]) -> Case:
    """One of two units stays out, with a reason, under a policy that allows it."""
    case = pack((100, 100, 100), [((0, 0, 0), (90, 90, 90)), ((0, 0, 0), (200, 10, 10))], allow_partial=True)
    first = case.plan.parcels[0]
    out = UnpackedUnit("u1", 0, UnpackedReason.DOES_NOT_FIT_ANY_BOX, "200 mm is longer than 100 mm")
    return case.with_parcel(
        0,
        placements=first.placements[:1],
        net_mg=100_000,
        goods_volume_um3=90_000**3,
    ).with_plan(status=PlanStatus.PARTIAL, unpacked=(out,))


def _spacious(pack: Callable[..., Case]) -> Case:
    """A cube in a corner, and the empty space beside it, behind it and above it."""
    case = pack((100, 100, 100), [((0, 0, 0), (50, 50, 50))])
    return case.with_parcel(
        empty_spaces=(
            EmptySpace(50_000, 0, 0, 50_000, 100_000, 100_000),
            EmptySpace(0, 50_000, 0, 50_000, 50_000, 100_000),
            EmptySpace(0, 0, 50_000, 50_000, 50_000, 50_000),
        )
    )


def _with_space(case: Case, number: int, **fields: Any) -> Case:
    spaces = list(case.plan.parcels[0].empty_spaces or ())
    spaces[number] = replace(spaces[number], **fields)
    return case.with_parcel(empty_spaces=tuple(spaces))


def _company(pack: Callable[..., Case]) -> Case:
    """Two units of a keep-together group beside a plain one; soap there, food in the other parcel; a cap just met."""
    block = (60, 50, 40)
    case = pack(
        (200, 200, 200),
        [((0, 0, 0), block), ((60, 0, 0), block), ((120, 0, 0), block)],
        [((0, 0, 0), block)],
        property_caps=(PropertyCap("wh", 0.3),),
    )
    case = case.with_line(0, keep_together_group="set", property_amounts=(PropertyAmount("wh", 0.1),))
    case = case.with_line(1, keep_together_group="set", property_amounts=(PropertyAmount("wh", 0.2),))
    case = case.with_line(2, keep_apart_group="soap")
    return case.with_line(3, keep_apart_group="food", property_amounts=(PropertyAmount("wh", 0.3),))


def _materials(pack: Callable[..., Case]) -> Case:
    """A board box, 88 % of it recovered fibre, with void fill of moulded pulp, all of it; on its way to Germany."""
    case = pack(
        (100, 100, 100),
        [((0, 0, 0), (60, 50, 40))],
        material_requirements=("plastic_free", "recyclable", "recyclable_at_destination"),
        min_recycled_content=0.88,
        excluded_materials=("kraft-paper",),
    ).with_box(material_id="corrugated-board")
    box = PackagingComponent(Component.BOX, "corrugated-board", 50_000)
    # 880 cm3 are empty: at 5 g/L 4.4 g.
    pulp = Dunnage("pulp", DunnageKind.VOID_FILL, "moulded-pulp", density_kg_per_m3=Decimal(5))
    fill = PackagingComponent(Component.VOID_FILL, "moulded-pulp", 4_400)
    case = replace(case, catalog=replace(case.catalog, dunnage=(pulp,)))
    return replace(case.with_parcel(packaging=(box, fill)), lane=Lane(destination_country="DE"))


def _filled_with(case: Case, material_id: str) -> Case:
    box, fill = case.plan.parcels[0].packaging
    return case.with_parcel(packaging=(box, replace(fill, material_id=material_id)))


def _own_container(pack: Callable[..., Case]) -> Case:
    """One unit ships as it is, another in a box."""
    case = pack((100, 80, 60), [((0, 0, 0), (100, 80, 60))], [((0, 0, 0), (50, 40, 30))])
    case = case.with_line(0, ships_in_own_container=True)
    return case.with_parcel(
        0,
        box_type_id="",
        ships_in_own_container=True,
        packaging=(),
        inner_um=(0, 0, 0),
        inner_volume_um3=0,
        outer_um=(100_000, 80_000, 60_000),
    )


def _started(pack: Callable[..., Case]) -> Case:
    """Two units lay in the first parcel, a third has joined them; the second parcel is new. One box is on the shelf."""
    case = pack(
        (100, 100, 150),
        [((0, 0, 0), (100, 100, 50)), ((0, 0, 50), (90, 80, 50)), ((10, 10, 100), (50, 60, 40))],
        [((0, 0, 0), (50, 40, 30))],
    )
    started = StartedParcel("P-7", "box", case.plan.parcels[0].placements[:2])
    case = case.with_parcel(0, started_parcel_id="P-7").with_box(available=1)
    return replace(case, started=(started, StartedParcel("P-8", "box")))


def _piled(pack: Callable[..., Case]) -> Case:
    """A parcel in a pile of five, each lowest box divided by three, and within its grade of the box certificate.

    Its box is 100 x 80 x 60 mm inside: Z = 360 mm, 5.874 x 5.604 x sqrt(3.6 x 360) = 1185.038 N. It weighs 9.1 kg.
    """
    case = pack((100, 80, 60), [((0, 0, 0), (100, 80, 60), 9_000.0)])
    case = case.with_box(board_id="c-flute-32ect", material_id="corrugated-board")
    case = case.with_policy(stacking=StackingCondition(layers=5, safety_factor=3), box_certificate=True)
    part = case.plan.parcels[0].packaging[0]
    case = case.with_parcel(packaging=(replace(part, material_id="corrugated-board"),))
    materials = load_materials()
    box, gross_mg = case.catalog.box_types[0], case.plan.parcels[0].gross_mg
    return case.with_parcel(
        stack_load=stack_load(box, gross_mg, case.policy.stacking, materials), box_grade=box_grade(box, materials)
    )


def _billed(pack: Callable[..., Case]) -> Case:
    """A parcel of 140 x 110 x 60 mm and 5 kg, the least size and the most weight of an e-packet to Russia.

    It bills its actual weight, 5 kg, in steps of 1 g.
    """
    case = pack((130, 100, 50), [((0, 0, 0), (100, 80, 50), 4_950.0)])
    case = case.with_box(outer_length_mm=140, outer_width_mm=110, outer_height_mm=60)
    lane = Lane(carrier_service="china-post/epacket-ru", ship_date=datetime.date(2026, 11, 1))
    bill = chargeable_weight((140_000, 110_000, 60_000), 5_000_000, lane.carrier_service, lane.ship_date, _DATA)
    bill = replace(bill, lower_steps=(LowerStep(Change.GROSS, 1_000, 4_999_000),))
    return replace(case, lane=lane).with_parcel(chargeable=bill, outer_um=(140_000, 110_000, 60_000))


def _with_bill(case: Case, **fields: Any) -> Case:
    return case.with_parcel(chargeable=replace(case.plan.parcels[0].chargeable, **fields))


def _with_step(case: Case, **fields: Any) -> Case:
    return _with_bill(case, lower_steps=(replace(case.plan.parcels[0].chargeable.lower_steps[0], **fields),))


HALF = StrengthMultiplier("time_under_load", "up to 90 days", Decimal("0.5"), "a source", read_in_source=True)


def _with_load(case: Case, **fields: Any) -> Case:
    return case.with_parcel(stack_load=replace(case.plan.parcels[0].stack_load, **fields))


def _with_fill_of_virgin_board(case: Case) -> Case:
    return _filled_with(case, "corrugated-board-virgin")


def _both_as_they_are(case: Case) -> Case:
    """Put both units into the parcel without a box, side by side, with every sum right."""
    first, second = case.plan.parcels
    return case.with_line(1, ships_in_own_container=True).with_plan(
        parcels=(
            replace(
                first,
                placements=(first.placements[0], replace(second.placements[0], x_um=100_000)),
                net_mg=first.net_mg + second.net_mg,
                goods_volume_um3=first.goods_volume_um3 + second.goods_volume_um3,
            ),
        )
    )


def _swapped(case: Case, unit: int) -> Case:
    """Swap a unit of the first parcel with the unit of the second, which is as large and as heavy."""
    first, second = (parcel.placements for parcel in case.plan.parcels)
    names = {"line_id": first[unit].line_id}
    return case.with_placement(unit, line_id=second[0].line_id).with_placement(0, parcel=1, **names)


PLANS = (
    "single",
    "stacked",
    "bridging",
    "two parcels",
    "cushioned",
    "cushioned in range",
    "extremely fragile",
    "partial",
    "company",
    "mailer",
    "wrap",
    "spacious",
    "soft",
    "materials",
    "own container",
    "started",
    "piled",
    "billed",
    "lifted",
    "lifted as started",
)


@pytest.mark.parametrize("name", PLANS)
def test_good_plans_have_no_violation(good: dict[str, Case], name: str) -> None:
    """A plan without damage is found to have none."""
    assert good[name].violations() == []


def _without_unit(case: Case, unit: int) -> Case:
    parcel = case.plan.parcels[0]
    line = case.order.lines[unit]
    length, width, height = line.edges_um
    return case.with_parcel(
        0,
        placements=(*parcel.placements[:unit], *parcel.placements[unit + 1 :]),
        net_mg=parcel.net_mg - line.mass_mg,
        goods_volume_um3=parcel.goods_volume_um3 - length * width * height,
    )


def _with_placements(case: Case, *order: int) -> Case:
    placements = case.plan.parcels[0].placements
    return case.with_parcel(0, placements=tuple(placements[unit] for unit in order))


def _with_packaging(case: Case, *parts: PackagingComponent) -> Case:
    return case.with_parcel(0, packaging=parts)


def _cushion_mass(case: Case, by_mg: int) -> Case:
    box, cushions = case.plan.parcels[0].packaging
    return _with_packaging(case, box, replace(cushions, mass_mg=cushions.mass_mg + by_mg))


def _other_cushion(case: Case, **fields: Any) -> Case:
    box, cushions = case.plan.parcels[0].packaging
    return _with_packaging(case, box, replace(cushions, **fields))


def _swapped_heights(case: Case) -> Case:
    """Put the upper of two units under the other."""
    lower, upper = case.plan.parcels[0].placements
    swapped = (replace(upper, z_um=0), replace(lower, z_um=upper.height_um))
    return case.with_parcel(0, placements=swapped)


def _sum(case: Case, **fields: Any) -> Case:
    (whole,) = case.plan.footprints
    return case.with_plan(footprints=(replace(whole, lines=(replace(whole.lines[0], **fields),)),))


def _both(case: Case, *stages: Stage, **fields: Any) -> Case:
    """Change the line of the first parcel, or make it lines of these stages, and the plan's sum with it."""
    (footprint,) = case.plan.parcels[0].footprints
    line = replace(footprint.lines[0], **fields)
    lines = tuple(replace(line, stage=stage) for stage in stages) or (line,)
    changed = case.with_parcel(0, footprints=(replace(footprint, lines=lines),))
    return changed.with_plan(footprints=(total([parcel.footprints[0] for parcel in changed.plan.parcels]),))


def _with_unpacked(case: Case, **fields: Any) -> Case:
    return case.with_plan(unpacked=(replace(case.plan.unpacked[0], **fields),))


def _box(mass_mg: Any, **fields: Any) -> PackagingComponent:
    return PackagingComponent(Component.BOX, fields.pop("material_id", ""), mass_mg, **fields)


FILL = PackagingComponent(Component.VOID_FILL, "", 20_000)
TAPE = PackagingComponent(Component.TAPE, "", 5_000)
EXTRA = UnpackedUnit("u0", 0, UnpackedReason.NOT_FOUND_WITHIN_EFFORT, "effort ran out")


def _spaces(case: Case, which: slice) -> Case:
    return case.with_parcel(empty_spaces=(case.plan.parcels[0].empty_spaces or ())[which])


DAMAGES: list[tuple[str, str, Callable[[Case], Case], K]] = [
    # Units
    ("a unit is dropped", "stacked", lambda c: _without_unit(c, 2), K.LOST_UNIT),
    ("a whole parcel is dropped", "two parcels", lambda c: c.with_plan(parcels=c.plan.parcels[:1]), K.LOST_UNIT),
    ("an unpacked unit is forgotten", "partial", lambda c: c.with_plan(unpacked=()), K.LOST_UNIT),
    ("a unit is placed twice in a parcel", "single", lambda c: _with_placements(c, 0, 0), K.DUPLICATE_UNIT),
    (
        "a unit is placed in two parcels",
        "two parcels",
        lambda c: c.with_placement(0, parcel=1, line_id="u0"),
        K.DUPLICATE_UNIT,
    ),
    (
        "an unpacked unit is listed twice",
        "partial",
        lambda c: c.with_plan(unpacked=c.plan.unpacked * 2),
        K.DUPLICATE_UNIT,
    ),
    (
        "a placed unit is also listed as unpacked",
        "partial",
        lambda c: c.with_plan(unpacked=(*c.plan.unpacked, EXTRA)),
        K.PACKED_AND_UNPACKED,
    ),
    ("a placement names another line", "single", lambda c: c.with_placement(line_id="x"), K.UNKNOWN_LINE),
    ("a line id is a list", "single", lambda c: c.with_placement(line_id=["u0"]), K.UNKNOWN_LINE),
    ("an unpacked unit names another line", "partial", lambda c: _with_unpacked(c, line_id="x"), K.UNKNOWN_LINE),
    ("a unit index is past the quantity", "single", lambda c: c.with_placement(unit_index=1), K.UNKNOWN_UNIT),
    ("a unit index is negative", "single", lambda c: c.with_placement(unit_index=-1), K.UNKNOWN_UNIT),
    ("a unit index is a text", "single", lambda c: c.with_placement(unit_index="0"), K.UNKNOWN_UNIT),
    ("a reason is no reason", "partial", lambda c: _with_unpacked(c, reason="just because"), K.NO_REASON),
    ("a reason has no rule", "partial", lambda c: _with_unpacked(c, rule=" "), K.NO_REASON),
    (
        "a unit without dimensions is placed",
        "single",
        lambda c: c.with_line(dimension_status=DimensionStatus.MISSING),
        K.MISSING_DIMENSIONS,
    ),
    ("a complete plan says partial", "single", lambda c: c.with_plan(status=PlanStatus.PARTIAL), K.WRONG_STATUS),
    ("a partial plan says complete", "partial", lambda c: c.with_plan(status=PlanStatus.COMPLETE), K.WRONG_STATUS),
    ("a partial plan says none", "partial", lambda c: c.with_plan(status=PlanStatus.NONE), K.WRONG_STATUS),
    ("partial is not allowed", "partial", lambda c: c.with_policy(allow_partial=False), K.PARTIAL_NOT_ALLOWED),
    ("an empty parcel is added", "single", lambda c: c.with_parcel(placements=()), K.EMPTY_PARCEL),
    ("the plan is of another order", "single", lambda c: c.with_plan(order_id="other"), K.WRONG_ORDER),
    ("the plan is of another catalog", "single", lambda c: c.with_plan(catalog_id="other"), K.WRONG_CATALOG),
    ("the catalog has changed", "single", lambda c: c.with_plan(catalog_hash="sha256:0"), K.WRONG_CATALOG),
    ("a parcel is a number", "single", lambda c: c.with_plan(parcels=(3,)), K.MALFORMED),
    ("the parcels are no sequence", "single", lambda c: c.with_plan(parcels=None), K.MALFORMED),
    ("a placement is a text", "single", lambda c: c.with_parcel(placements=("u0",)), K.MALFORMED),
    ("an unpacked unit is a text", "partial", lambda c: c.with_plan(unpacked=("u1",)), K.MALFORMED),
    # Company
    ("a unit of a group is swapped out", "company", lambda c: _swapped(c, 1), K.GROUP_SPLIT),
    (
        "a unit of a group stays out",
        "company",
        lambda c: (
            _without_unit(c, 1)
            .with_plan(status=PlanStatus.PARTIAL, unpacked=(replace(EXTRA, line_id="u1"),))
            .with_policy(allow_partial=True)
        ),
        K.GROUP_SPLIT,
    ),
    ("a group grows over two parcels", "company", lambda c: c.with_line(3, keep_together_group="set"), K.GROUP_SPLIT),
    ("food joins the soap", "company", lambda c: c.with_line(1, keep_apart_group="food"), K.GROUPS_MIXED),
    ("the soap is swapped for food", "company", lambda c: _swapped(c, 0), K.GROUPS_MIXED),
    (
        "a unit holds a millionth more of a property",
        "company",
        lambda c: c.with_line(0, property_amounts=(PropertyAmount("wh", 0.100001),)),
        K.OVER_PROPERTY_CAP,
    ),
    (
        "the cap is a millionth lower",
        "company",
        lambda c: c.with_policy(property_caps=(PropertyCap("wh", 0.299999),)),
        K.OVER_PROPERTY_CAP,
    ),
    (
        "the property is forbidden",
        "company",
        lambda c: c.with_policy(property_caps=(PropertyCap("wh", 0),)),
        K.OVER_PROPERTY_CAP,
    ),
    (
        "the box type may hold a millionth less of a property",
        "company",
        lambda c: c.with_box(property_caps=(PropertyCap("wh", 0.299999),)),
        K.OVER_PROPERTY_CAP,
    ),
    ("a unit with more of a property is swapped in", "company", lambda c: _swapped(c, 0), K.OVER_PROPERTY_CAP),
    # Materials
    ("the void fill is plastic", "materials", lambda c: _filled_with(c, "ldpe-film-recycled"), K.WRONG_MATERIAL),
    ("the void fill is of too little recovered fibre", "materials", _with_fill_of_virgin_board, K.WRONG_MATERIAL),
    ("the void fill is of nobody knows what", "materials", lambda c: _filled_with(c, ""), K.WRONG_MATERIAL),
    (
        "a millionth more of recovered fibre is asked for",
        "materials",
        lambda c: c.with_policy(min_recycled_content=0.880001),
        K.WRONG_MATERIAL,
    ),
    (
        "the box is of an excluded material",
        "materials",
        lambda c: c.with_policy(excluded_materials=("corrugated-board",)),
        K.WRONG_MATERIAL,
    ),
    *(
        (
            f"the packaging is not {claim}",
            "materials",
            lambda c, claim=claim: c.with_policy(material_requirements=(claim,)),
            K.WRONG_MATERIAL,
        )
        for claim in ("compostable", "home_compostable", "reusable")
    ),
    (
        "the order goes where nobody knows of recycling",
        "materials",
        lambda c: replace(c, lane=Lane(destination_country="JP")),
        K.WRONG_MATERIAL,
    ),
    ("nobody says where the order goes", "materials", lambda c: replace(c, lane=None), K.WRONG_MATERIAL),
    (
        "what the order is wrapped in is only taken back at shops",
        "materials",
        lambda c: replace(
            _filled_with(c, "ldpe-film-recycled").with_policy(material_requirements=("recyclable_at_destination",)),
            lane=Lane(destination_country="US"),
        ),
        K.WRONG_MATERIAL,
    ),
    # Started parcels
    ("a unit of a started parcel is moved", "started", lambda c: c.with_placement(1, x_um=1_000), K.STARTED_PARCEL),
    ("a unit of a started parcel is swapped", "started", lambda c: _with_placements(c, 0, 2, 1), K.STARTED_PARCEL),
    ("a unit of a started parcel is gone", "started", lambda c: _with_placements(c, 0), K.STARTED_PARCEL),
    (
        "the started box is swapped",
        "started",
        lambda c: c.with_parcel(0, box_type_id="other"),
        K.STARTED_PARCEL,
    ),
    ("a started parcel is forgotten", "started", lambda c: c.with_parcel(0, started_parcel_id=""), K.STARTED_PARCEL),
    ("nobody began a parcel", "started", lambda c: c.with_parcel(1, started_parcel_id="P-9"), K.STARTED_PARCEL),
    ("a parcel is finished twice", "started", lambda c: c.with_parcel(1, started_parcel_id="P-7"), K.STARTED_PARCEL),
    ("a started parcel is a list", "started", lambda c: c.with_parcel(1, started_parcel_id=["P-7"]), K.STARTED_PARCEL),
    ("the new box is not on the shelf", "started", lambda c: c.with_box(available=0), K.BOX_NOT_AVAILABLE),
    # The carrier
    ("the box is a um shorter", "billed", lambda c: c.with_box(outer_length_mm=139.999), K.CARRIER_REFUSES),
    ("the box is a um narrower", "billed", lambda c: c.with_box(outer_width_mm=109.999), K.CARRIER_REFUSES),
    ("the box is too long", "billed", lambda c: c.with_box(outer_length_mm=600.001), K.CARRIER_REFUSES),
    ("the sides sum to too much", "billed", lambda c: c.with_box(outer_height_mm=650.001), K.CARRIER_REFUSES),
    ("the goods weigh a mg more", "billed", lambda c: c.with_line(0, mass_g=4_950.001), K.CARRIER_REFUSES),
    ("the packaging weighs more", "billed", lambda c: _with_packaging(c, _box(50_000), FILL), K.CARRIER_REFUSES),
    ("the bill is a gram less", "billed", lambda c: _with_bill(c, chargeable_mg=4_999_000), K.WRONG_BILL),
    ("the bill has another divisor", "billed", lambda c: _with_bill(c, divisor="6000 cm3/kg"), K.WRONG_BILL),
    ("the bill is of another form", "billed", lambda c: _with_bill(c, form=BillingForm.GREATER), K.WRONG_BILL),
    ("the bill is of another service", "billed", lambda c: _with_bill(c, service_id="ups/us"), K.WRONG_BILL),
    (
        "the bill forgets a surcharge",
        "billed",
        lambda c: _with_bill(c, surcharges=(AppliedSurcharge("bulky", "longest > 1 cm", read_in_source=True),)),
        K.WRONG_BILL,
    ),
    ("a step to a lower bill is a mg short", "billed", lambda c: _with_step(c, less=999), K.WRONG_BILL),
    ("a step to a lower bill is a mg long", "billed", lambda c: _with_step(c, less=1_001), K.WRONG_BILL),
    ("a step bills less than said", "billed", lambda c: _with_step(c, chargeable_mg=4_998_000), K.WRONG_BILL),
    ("a step takes all", "billed", lambda c: _with_step(c, less=5_000_000), K.WRONG_BILL),
    ("a step is of a side that bills nothing", "billed", lambda c: _with_step(c, change=Change.HEIGHT), K.WRONG_BILL),
    ("a step is a number", "billed", lambda c: _with_bill(c, lower_steps=(5,)), K.WRONG_BILL),
    ("the bill passes a limit", "billed", lambda c: _with_bill(c, exceeded_limits=("actual > 1 kg",)), K.WRONG_BILL),
    ("the bill is called unverified", "billed", lambda c: _with_bill(c, read_in_source=False), K.WRONG_BILL),
    # Strength
    (
        "the pile is higher",
        "piled",
        lambda c: c.with_policy(stacking=StackingCondition(layers=6, safety_factor=3)),
        K.OVER_STACK_LOAD,
    ),
    (
        "the board is weaker",
        "piled",
        lambda c: c.with_box(edge_crush_kn_per_m=5.0),
        K.OVER_STACK_LOAD,
    ),
    (
        "the air is damp",
        "piled",
        lambda c: c.with_policy(
            stacking=StackingCondition(layers=5, days=30, humidity_percent=100, pattern="column_aligned")
        ),
        K.OVER_STACK_LOAD,
    ),
    ("a strength is a millinewton more", "piled", lambda c: _with_load(c, allowed_mn=395_013), K.WRONG_STRENGTH),
    ("a pile is said to be lower", "piled", lambda c: _with_load(c, layers=4), K.WRONG_STRENGTH),
    ("a pile is said to weigh less", "piled", lambda c: _with_load(c, required_mn=1), K.WRONG_STRENGTH),
    ("a strength has one more multiplier", "piled", lambda c: _with_load(c, multipliers=(HALF,)), K.WRONG_STRENGTH),
    ("multipliers are a number", "piled", lambda c: _with_load(c, multipliers=1), K.WRONG_STRENGTH),
    ("a strength is left out", "piled", lambda c: c.with_parcel(stack_load=None), K.WRONG_STRENGTH),
    ("a strength is a text", "piled", lambda c: c.with_parcel(stack_load="strong"), K.WRONG_STRENGTH),
    ("a tote states a strength", "piled", lambda c: c.with_box(style="tote"), K.WRONG_STRENGTH),
    ("another grade is stated", "piled", lambda c: c.with_parcel(box_grade=None), K.WRONG_STRENGTH),
    ("the goods outweigh the grade", "piled", lambda c: c.with_line(0, mass_g=29_500.0), K.OVER_CERTIFICATE),
    (
        "the box outgrows its grade",
        "piled",
        lambda c: c.with_box(inner_length_mm=1_800, outer_length_mm=1_800),
        K.OVER_CERTIFICATE,
    ),
    # Own containers
    (
        "a unit that may not ships as it is",
        "own container",
        lambda c: c.with_line(0, ships_in_own_container=False),
        K.OWN_CONTAINER,
    ),
    ("two units ship as one", "own container", _both_as_they_are, K.OWN_CONTAINER),
    ("no unit ships as it is", "own container", lambda c: c.with_parcel(0, placements=()), K.OWN_CONTAINER),
    ("an own container names a box", "own container", lambda c: c.with_parcel(0, box_type_id="box"), K.OWN_CONTAINER),
    ("an own container floats", "own container", lambda c: c.with_placement(0, z_um=1_000), K.OWN_CONTAINER),
    (
        "an own container is cushioned",
        "own container",
        lambda c: c.with_placement(0, cushion_um=1_000, length_um=102_000, width_um=82_000, height_um=62_000),
        K.OWN_CONTAINER,
    ),
    ("an own container has tape", "own container", lambda c: _with_packaging(c, TAPE), K.WRONG_PACKAGING),
    (
        "an own container has an inside",
        "own container",
        lambda c: c.with_parcel(0, inner_volume_um3=1),
        K.WRONG_BOX_SIZE,
    ),
    (
        "an own container has empty spaces",
        "own container",
        lambda c: c.with_parcel(0, empty_spaces=(EmptySpace(0, 0, 0, 1_000, 1_000, 1_000),)),
        K.WRONG_EMPTY_SPACES,
    ),
    ("an own container is smaller", "own container", lambda c: c.with_parcel(0, outer_um=(1, 1, 1)), K.WRONG_BOX_SIZE),
    (
        "an own container is turned as its line forbids",
        "own container",
        lambda c: c.with_line(0, orientations=("HWL",)),
        K.ORIENTATION_NOT_ALLOWED,
    ),
    (
        "the goods of an own container are lighter",
        "own container",
        lambda c: c.with_parcel(0, net_mg=1),
        K.WRONG_NET_MASS,
    ),
    ("a flag is a text", "own container", lambda c: c.with_parcel(0, ships_in_own_container="yes"), K.MALFORMED),
    (
        "a box is said to be none",
        "own container",
        lambda c: c.with_parcel(1, ships_in_own_container=True),
        K.OWN_CONTAINER,
    ),
    (
        "an own container is said to be a box",
        "own container",
        lambda c: c.with_parcel(0, ships_in_own_container=False),
        K.UNKNOWN_BOX_TYPE,
    ),
    # Boxes
    ("the box type is unknown", "single", lambda c: c.with_parcel(box_type_id="x"), K.UNKNOWN_BOX_TYPE),
    ("the box type is a list", "single", lambda c: c.with_parcel(box_type_id=[]), K.UNKNOWN_BOX_TYPE),
    ("the inner volume is overstated", "single", lambda c: c.with_parcel(inner_volume_um3=10**15), K.WRONG_BOX_SIZE),
    ("the inner size is overstated", "single", lambda c: c.with_parcel(inner_um=(100_001,) * 3), K.WRONG_BOX_SIZE),
    ("the outer size is understated", "single", lambda c: c.with_parcel(outer_um=(1, 1, 1)), K.WRONG_BOX_SIZE),
    ("fewer boxes are available", "two parcels", lambda c: c.with_box(available=1), K.BOX_NOT_AVAILABLE),
    ("fewer parcels are allowed", "two parcels", lambda c: c.with_policy(max_parcels=1), K.TOO_MANY_PARCELS),
    # Empty spaces
    ("an empty space is left out", "spacious", lambda c: _spaces(c, slice(1)), K.WRONG_EMPTY_SPACES),
    ("all empty spaces are left out", "spacious", lambda c: _spaces(c, slice(0)), K.WRONG_EMPTY_SPACES),
    ("a space is a micrometre wider", "spacious", lambda c: _with_space(c, 0, length_um=50_001), K.WRONG_EMPTY_SPACES),
    ("a space is a micrometre lower", "spacious", lambda c: _with_space(c, 2, height_um=49_999), K.WRONG_EMPTY_SPACES),
    ("a space moves into the unit", "spacious", lambda c: _with_space(c, 0, x_um=49_999), K.WRONG_EMPTY_SPACES),
    ("a space moves into another", "spacious", lambda c: _with_space(c, 2, y_um=25_000), K.WRONG_EMPTY_SPACES),
    ("a space moves out of the box", "spacious", lambda c: _with_space(c, 0, x_um=50_001), K.WRONG_EMPTY_SPACES),
    ("a space lies below the floor", "spacious", lambda c: _with_space(c, 0, z_um=-1_000), K.WRONG_EMPTY_SPACES),
    ("a space has no height", "spacious", lambda c: _with_space(c, 0, height_um=0), K.WRONG_EMPTY_SPACES),
    ("a space is endless", "spacious", lambda c: _with_space(c, 0, height_um=10**400), K.WRONG_EMPTY_SPACES),
    ("a space is a text", "spacious", lambda c: c.with_parcel(empty_spaces=("above",)), K.WRONG_EMPTY_SPACES),
    (
        "there are too many spaces to look at",
        "spacious",
        lambda c: c.with_parcel(empty_spaces=c.plan.parcels[0].empty_spaces * 100),
        K.WRONG_EMPTY_SPACES,
    ),
    # Placements
    ("a coordinate is not a number", "single", lambda c: c.with_placement(x_um=math.nan), K.INVALID_NUMBER),
    ("a coordinate is infinite", "single", lambda c: c.with_placement(z_um=math.inf), K.INVALID_NUMBER),
    ("a coordinate is a text", "single", lambda c: c.with_placement(y_um="0"), K.INVALID_NUMBER),
    ("a coordinate is missing", "single", lambda c: c.with_placement(y_um=None), K.INVALID_NUMBER),
    ("a coordinate is astronomical", "single", lambda c: c.with_placement(y_um=10**400), K.INVALID_NUMBER),
    ("a coordinate is part of a um", "single", lambda c: c.with_placement(y_um=0.5), K.INVALID_NUMBER),
    ("an extent is negative", "single", lambda c: c.with_placement(length_um=-100_000), K.INVALID_NUMBER),
    ("an extent is zero", "single", lambda c: c.with_placement(height_um=0), K.INVALID_NUMBER),
    ("a cushion is negative", "single", lambda c: c.with_placement(cushion_um=-1_000), K.INVALID_NUMBER),
    ("a coordinate is negative", "single", lambda c: c.with_placement(x_um=-1), K.OUTSIDE_BOX),
    ("a unit is moved out of the side", "single", lambda c: c.with_placement(y_um=1), K.OUTSIDE_BOX),
    ("a unit is moved out of the top", "stacked", lambda c: c.with_placement(2, z_um=110_001), K.OUTSIDE_BOX),
    ("the box is smaller", "single", lambda c: c.with_box(inner_width_mm=79.999), K.OUTSIDE_BOX),
    ("clearance is asked for", "single", lambda c: c.with_policy(fit_clearance_mm=0.001), K.NO_CLEARANCE),
    ("the fill limit is lower", "single", lambda c: c.with_policy(fill_limit=0.999999), K.OVERFILLED),
    # Soft goods
    ("a shirt is folded more often than allowed", "soft", lambda c: c.with_line(1, soft=SoftGoods(3)), K.WRONG_SHAPE),
    ("a number of folds is a text", "soft", lambda c: c.with_placement(1, folds="1"), K.WRONG_SHAPE),
    ("a fold is not stated", "soft", lambda c: c.with_placement(1, folds=0), K.WRONG_EXTENTS),
    ("a rigid unit is folded", "single", lambda c: c.with_placement(folds=1), K.WRONG_SHAPE),
    ("a shirt may be pressed less", "soft", lambda c: c.with_line(2, soft=SoftGoods(3.001, 2)), K.WRONG_SHAPE),
    ("a shirt is pressed further", "soft", lambda c: c.with_placement(2, height_um=5_999), K.WRONG_SHAPE),
    ("a shirt is thicker than at rest", "soft", lambda c: c.with_placement(2, height_um=8_001), K.WRONG_SHAPE),
    ("a shirt is longer than its fold", "soft", lambda c: c.with_placement(2, length_um=35_001), K.WRONG_EXTENTS),
    (
        "the volume of shirts is that at rest",
        "soft",
        lambda c: c.with_parcel(goods_volume_um3=(60 * 60 * 20 + 70 * 50 * 8) * 10**9),
        K.WRONG_GOODS_VOLUME,
    ),
    (
        "a shirt carries a rigid unit",
        "soft",
        lambda c: c.with_line(2, soft=None, length_mm=35.0, height_mm=6.0).with_placement(2, folds=0),
        K.OVERLOADED,
    ),
    ("a shirt's limit is lower", "soft", lambda c: c.with_line(1, max_load_g=99.999), K.OVERLOADED),
    # Mailers
    ("a mailer is 1 um too short", "mailer", lambda c: c.with_box(inner_length_mm=249.999), K.TOO_MUCH_GIRTH),
    ("a mailer is 1 um too narrow", "mailer", lambda c: c.with_box(inner_width_mm=189.999), K.TOO_MUCH_GIRTH),
    (
        "a unit is moved along a mailer",
        "mailer",
        lambda c: c.with_placement(0, x_um=100_001),
        K.TOO_MUCH_GIRTH,
    ),
    ("a mailer's goods are 1 um too high", "mailer", lambda c: c.with_box(inner_height_mm=39.999), K.OUTSIDE_BOX),
    ("a unit is pushed out of a mailer", "mailer", lambda c: c.with_placement(1, y_um=-1), K.OUTSIDE_BOX),
    ("a mailer's clearance is asked for", "mailer", lambda c: c.with_policy(fit_clearance_mm=60.001), K.NO_CLEARANCE),
    ("a mailer's fill limit is lower", "mailer", lambda c: c.with_policy(fill_limit=0.2), K.OVERFILLED),
    (
        "a mailer states its flat size",
        "mailer",
        lambda c: c.with_parcel(inner_um=(350_000, 250_000, 60_000)),
        K.WRONG_BOX_SIZE,
    ),
    (
        "a mailer's filled volume is overstated",
        "mailer",
        lambda c: c.with_parcel(inner_volume_um3=350_000 * 250_000 * 40_000),
        K.WRONG_BOX_SIZE,
    ),
    (
        "a mailer's outer length is 1 um short",
        "mailer",
        lambda c: c.with_parcel(outer_um=(354_164, 251_652, 41_000)),
        K.WRONG_BOX_SIZE,
    ),
    ("a wrap is 1 um too short", "wrap", lambda c: c.with_box(inner_length_mm=209.999), K.OUTSIDE_BOX),
    ("a wrap is 1 um too narrow", "wrap", lambda c: c.with_box(inner_width_mm=149.999), K.OUTSIDE_BOX),
    ("a wrap's goods are 1 um too high", "wrap", lambda c: c.with_box(inner_height_mm=39.999), K.OUTSIDE_BOX),
    ("a unit is pushed out of a wrap", "wrap", lambda c: c.with_placement(1, y_um=-1), K.OUTSIDE_BOX),
    ("a wrap's clearance is asked for", "wrap", lambda c: c.with_policy(fit_clearance_mm=5.001), K.NO_CLEARANCE),
    (
        "a wrap states its greatest height",
        "wrap",
        lambda c: c.with_parcel(inner_um=(217_000, 155_000, 60_000)),
        K.WRONG_BOX_SIZE,
    ),
    (
        "a wrap is 1 um lower outside",
        "wrap",
        lambda c: c.with_parcel(outer_um=(220_000, 158_000, 44_499)),
        K.WRONG_BOX_SIZE,
    ),
    ("an extent is shrunk", "single", lambda c: c.with_placement(length_um=99_999), K.WRONG_EXTENTS),
    (
        "a unit is turned, its extents are not",
        "single",
        lambda c: c.with_placement(orientation=Orientation.HWL),
        K.WRONG_EXTENTS,
    ),
    ("the goods are larger", "single", lambda c: c.with_line(height_mm=60.001), K.WRONG_EXTENTS),
    (
        "a unit is turned as its line forbids",
        "two parcels",
        lambda c: c.with_line(orientations=UPRIGHT).with_placement(orientation=Orientation.HWL),
        K.ORIENTATION_NOT_ALLOWED,
    ),
    (
        "an orientation is unknown",
        "single",
        lambda c: c.with_placement(orientation="XYZ"),
        K.ORIENTATION_NOT_ALLOWED,
    ),
    ("a unit is pushed into another", "two parcels", lambda c: c.with_placement(1, parcel=1, y_um=49_999), K.OVERLAP),
    ("a unit sinks into another", "stacked", lambda c: c.with_placement(1, z_um=49_999), K.OVERLAP),
    ("a unit is put inside another", "bridging", lambda c: c.with_placement(3, x_um=10_000, z_um=10_000), K.OVERLAP),
    ("a unit is lifted off", "stacked", lambda c: c.with_placement(2, z_um=100_001), K.UNSUPPORTED),
    ("a unit is pushed over the edge", "stacked", lambda c: c.with_placement(2, x_um=52_501), K.UNSUPPORTED),
    ("more support is asked for", "bridging", lambda c: c.with_policy(support_ratio=0.81), K.UNSUPPORTED),
    ("a pillar is taken out", "bridging", lambda c: _without_unit(c, 1), K.UNSUPPORTED),
    (
        "a load moves from the middle to the end",
        "bridging",
        lambda c: _without_unit(c, 1).with_policy(support_ratio=0.4).with_placement(2, x_um=200_000),
        K.UNSTABLE,
    ),
    ("a load is heavier", "stacked", lambda c: c.with_line(2, mass_g=100.001), K.OVERLOADED),
    ("a limit is lower", "stacked", lambda c: c.with_line(0, max_load_g=299.999), K.OVERLOADED),
    ("nothing may be on top", "bridging", lambda c: c.with_line(1, max_load_g=0.0), K.OVERLOADED),
    ("the sequence is reversed", "stacked", lambda c: _with_placements(c, 2, 1, 0), K.BLOCKED),
    ("a pillar comes last", "bridging", lambda c: _with_placements(c, 0, 2, 3, 1), K.BLOCKED),
    # Cushions
    (
        "a fragile unit is bare",
        "stacked",
        lambda c: c.with_line(2, fragility=Fragility(g_level=50.0)),
        K.CUSHION_TOO_THIN,
    ),
    (
        "a unit is more fragile",
        "cushioned",
        lambda c: c.with_line(0, fragility=Fragility(g_level=40.0)),
        K.CUSHION_TOO_THIN,
    ),
    (
        "the cushion is said to be thinner",
        "cushioned",
        lambda c: c.with_placement(0, cushion_um=1_000),
        K.WRONG_EXTENTS,
    ),
    (
        "the cushion is thinner than needed by 1 um",
        "cushioned",
        lambda c: _thinner(c, 1),
        K.CUSHION_TOO_THIN,
    ),
    (
        "the range ends above the stress of the unit alone",
        "cushioned in range",
        lambda c: _foam(c, min_static_stress_kpa=Decimal("1.0003")),
        K.CUSHION_OUT_OF_RANGE,
    ),
    (
        "the range ends below the stress with the load",
        "cushioned in range",
        lambda c: _foam(c, max_static_stress_kpa=Decimal("2.0005")),
        K.CUSHION_OUT_OF_RANGE,
    ),
    (
        "the unit on top is heavier than its cushion bears",
        "cushioned in range",
        lambda c: c.with_line(1, mass_g=1400).with_parcel(0, net_mg=2_624_000),
        K.CUSHION_OUT_OF_RANGE,
    ),
    (
        "the cushioning is used past its greatest thickness",
        "cushioned in range",
        lambda c: _foam(c, max_thickness_mm=Decimal("24.999")),
        K.CUSHION_OUT_OF_RANGE,
    ),
    (
        "another handling profile drops from higher",
        "cushioned in range",
        lambda c: c.with_policy(handling_profile="ista-2a"),
        K.CUSHION_TOO_THIN,
    ),
    (
        "the cushioning is one that the policy does not allow",
        "cushioned in range",
        lambda c: c.with_policy(cushioning_ids=("moulded-pulp-insert",)),
        K.WRONG_CUSHIONING,
    ),
    (
        "a cushioning is named where nothing is fragile",
        "single",
        lambda c: c.with_parcel(cushioning_id="honeycomb-paper-wrap"),
        K.WRONG_CUSHIONING,
    ),
    (
        "the packaging names another cushioning",
        "cushioned in range",
        lambda c: _other_cushion(c, dunnage_id="eps-insert"),
        K.WRONG_PACKAGING,
    ),
    (
        "the packaging names another material of cushioning",
        "cushioned in range",
        lambda c: _other_cushion(c, material_id="eps"),
        K.WRONG_PACKAGING,
    ),
    (
        "the unit whose class carries nothing carries another",
        "extremely fragile",
        _swapped_heights,
        K.OVERLOADED,
    ),
    (
        "the unit whose class keeps it upright lies on its side",
        "extremely fragile",
        lambda c: c.with_placement(1, orientation=Orientation.LHW, width_um=90_000, height_um=100_000),
        K.ORIENTATION_NOT_ALLOWED,
    ),
    (
        "a unit of few g carries another",
        "cushioned in range",
        lambda c: c.with_line(0, max_load_g=None),
        K.OVERLOADED,
    ),
    (
        "a unit whose few g keep it upright lies on its side",
        "extremely fragile",
        lambda c: c.with_line(1, fragility=Fragility(g_level=25)).with_placement(
            1, orientation=Orientation.LHW, width_um=90_000, height_um=100_000
        ),
        K.ORIENTATION_NOT_ALLOWED,
    ),
    (
        "the cushion inside the sales packaging is too thin",
        "extremely fragile",
        lambda c: c.with_line(1, sales_packaging=SalesPackaging(cushion_mm=40.533)),
        K.CUSHION_TOO_THIN,
    ),
    ("the cushion is not weighed", "cushioned", lambda c: _with_packaging(c, _box(50_000)), K.WRONG_PACKAGING),
    ("the cushion is weighed too heavy", "cushioned", lambda c: _cushion_mass(c, 1), K.WRONG_PACKAGING),
    # Lifting
    (
        "two units that may just be lifted are heavier",
        "lifted",
        lambda c: c.with_line(0, mass_g=11_475.001).with_parcel(0, net_mg=22_950_001),
        K.OVER_LIFTING_LIMIT,
    ),
    (
        "the box of two that may just be lifted is heavier",
        "lifted",
        lambda c: _with_packaging(c.with_box(tare_g=50.001), _box(50_001)),
        K.OVER_LIFTING_LIMIT,
    ),
    (
        "a heavy kit is none",
        "lifted",
        lambda c: c.with_line(3, keep_together_group="").with_line(4, keep_together_group=""),
        K.OVER_LIFTING_LIMIT,
    ),
    (
        "a heavy kit is two kits",
        "lifted",
        lambda c: c.with_line(4, keep_together_group="another"),
        K.OVER_LIFTING_LIMIT,
    ),
    (
        "the lifting profile is unknown",
        "lifted",
        lambda c: c.with_policy(lifting_profile="crane"),
        K.OVER_LIFTING_LIMIT,
    ),
    (
        "what lies in a started parcel was not all there",
        "lifted as started",
        lambda c: replace(c, started=(StartedParcel("p", "box", c.plan.parcels[0].placements[:1]),)),
        K.OVER_LIFTING_LIMIT,
    ),
    ("a heavy parcel is not marked", "lifted", lambda c: c.with_parcel(0, handling_marks=()), K.WRONG_HANDLING_MARK),
    (
        "a parcel for two is marked as heavy only",
        "lifted",
        lambda c: c.with_parcel(1, handling_marks=(HEAVY,)),
        K.WRONG_HANDLING_MARK,
    ),
    (
        "a light parcel is marked",
        "lifted",
        lambda c: c.with_parcel(3, handling_marks=(HEAVY,)),
        K.WRONG_HANDLING_MARK,
    ),
    (
        "a parcel of just 15 kg is heavier",
        "lifted",
        lambda c: c.with_line(5, mass_g=14_950.001).with_parcel(3, net_mg=14_950_001),
        K.WRONG_HANDLING_MARK,
    ),
    (
        "the marks are no list",
        "lifted",
        lambda c: c.with_parcel(1, handling_marks=None),
        K.WRONG_HANDLING_MARK,
    ),
    (
        "parcels lifted by machine are marked",
        "lifted",
        lambda c: c.with_policy(lifting_profile="freight"),
        K.WRONG_HANDLING_MARK,
    ),
    # Masses
    ("the net mass is understated", "single", lambda c: c.with_parcel(net_mg=1), K.WRONG_NET_MASS),
    ("the net mass is not a number", "single", lambda c: c.with_parcel(net_mg=math.nan), K.WRONG_NET_MASS),
    ("the goods are lighter", "single", lambda c: c.with_line(mass_g=99.999), K.WRONG_NET_MASS),
    ("the goods' volume is overstated", "single", lambda c: c.with_parcel(goods_volume_um3=1), K.WRONG_GOODS_VOLUME),
    ("the box is not weighed", "single", lambda c: _with_packaging(c), K.WRONG_PACKAGING),
    ("the box is too light", "single", lambda c: _with_packaging(c, _box(49_999)), K.WRONG_PACKAGING),
    ("the box is too heavy", "single", lambda c: _with_packaging(c, _box(50_001)), K.WRONG_PACKAGING),
    ("there are two boxes", "single", lambda c: _with_packaging(c, *(_box(50_000),) * 2), K.WRONG_PACKAGING),
    (
        "the box is of another material",
        "single",
        lambda c: _with_packaging(c, _box(50_000, material_id="glass")),
        K.WRONG_PACKAGING,
    ),
    ("the box is used more often", "single", lambda c: _with_packaging(c, _box(50_000, trips=9)), K.WRONG_PACKAGING),
    (
        "void fill lifts the parcel",
        "single",
        lambda c: _with_packaging(c, _box(50_000), replace(FILL, mass_mg=-1)),
        K.WRONG_PACKAGING,
    ),
    ("a component is a text", "single", lambda c: _with_packaging(c, _box(50_000), "fill"), K.WRONG_PACKAGING),
    ("the net limit is lower", "single", lambda c: c.with_box(max_net_g=99.999), K.OVER_NET_LIMIT),
    (
        "void fill passes the net limit",
        "single",
        lambda c: _with_packaging(c.with_box(max_net_g=119.999), _box(50_000), FILL),
        K.OVER_NET_LIMIT,
    ),
    (
        "cushioning passes the net limit",
        "cushioned",
        lambda c: c.with_box(max_net_g=(c.order.goods_mg + c.plan.parcels[0].packaging[1].mass_mg - 1) / 1_000),
        K.OVER_NET_LIMIT,
    ),
    ("the gross limit is lower", "single", lambda c: c.with_box(max_gross_g=149.999), K.OVER_GROSS_LIMIT),
    (
        "tape passes the gross limit",
        "single",
        lambda c: _with_packaging(c.with_box(max_gross_g=154.999), _box(50_000), TAPE),
        K.OVER_GROSS_LIMIT,
    ),
    # Footprints
    ("a milligram is left out of the sum", "two parcels", lambda c: _sum(c, co2e_mg=15_999), K.WRONG_FOOTPRINT),
    ("the sum's amount is off", "two parcels", lambda c: _sum(c, amount=Decimal("0.11")), K.WRONG_FOOTPRINT),
    ("the sum is of another factor", "two parcels", lambda c: _sum(c, factor_id="factor-2"), K.WRONG_FOOTPRINT),
    (
        "a parcel has no footprint and the sum is of the others",
        "two parcels",
        lambda c: c.with_parcel(1, footprints=()).with_plan(footprints=c.plan.parcels[0].footprints),
        K.WRONG_FOOTPRINT,
    ),
    (
        "the sum states a higher factor",
        "two parcels",
        lambda c: _sum(c, factor_kg_per_unit=Decimal(9)),
        K.WRONG_FOOTPRINT,
    ),
    ("the sum states a wider range", "two parcels", lambda c: _sum(c, high_kg_per_unit=Decimal(9)), K.WRONG_FOOTPRINT),
    ("the sum is left out", "two parcels", lambda c: c.with_plan(footprints=()), K.WRONG_FOOTPRINT),
    (
        "a parcel has no footprint",
        "two parcels",
        lambda c: c.with_parcel(1, footprints=()),
        K.WRONG_FOOTPRINT,
    ),
    (
        "the sum is of another allocation",
        "two parcels",
        lambda c: c.with_plan(footprints=(_footprint(16_000, allocation=Allocation.DIMENSIONAL_WEIGHT),)),
        K.WRONG_FOOTPRINT,
    ),
    (
        "a gap in a parcel is hidden in the sum",
        "two parcels",
        lambda c: c.with_parcel(
            0, footprints=(replace(_footprint(7_000), missing=(Lack(Component.TAPE, Stage.PRODUCTION, "paper"),)),)
        ),
        K.WRONG_FOOTPRINT,
    ),
    (
        "a line's grams are not its product",
        "two parcels",
        lambda c: _both(c, co2e_mg=8_001),
        K.WRONG_FOOTPRINT,
    ),
    (
        "a line is of another mass",
        "two parcels",
        lambda c: _both(c, amount=Decimal("0.05"), co2e_mg=8_000),
        K.WRONG_FOOTPRINT,
    ),
    (
        "a line is of a material that is not there",
        "two parcels",
        lambda c: _both(c, subject="tin"),
        K.WRONG_FOOTPRINT,
    ),
    (
        "an end of life stands beside the whole life",
        "two parcels",
        lambda c: _both(c, Stage.CRADLE_TO_GRAVE, Stage.END_OF_LIFE),
        K.WRONG_FOOTPRINT,
    ),
    (
        "a factor lies above its range",
        "two parcels",
        lambda c: _both(c, high_kg_per_unit=Decimal("0.13")),
        K.WRONG_FOOTPRINT,
    ),
    (
        "a factor lies below its range",
        "two parcels",
        lambda c: _both(c, low_kg_per_unit=Decimal("0.17")),
        K.WRONG_FOOTPRINT,
    ),
    ("a footprint is a number", "two parcels", lambda c: c.with_plan(footprints=(16_000,)), K.WRONG_FOOTPRINT),
    (
        "a footprint is stated twice",
        "two parcels",
        lambda c: c.with_plan(footprints=c.plan.footprints * 2),
        K.WRONG_FOOTPRINT,
    ),
]


def _thinner(case: Case, by_um: int) -> Case:
    """Return the case with a thinner cushion that the plan states and weighs truly."""
    placement = case.plan.parcels[0].placements[0]
    thickness = placement.cushion_um - by_um
    case = case.with_placement(
        0,
        cushion_um=thickness,
        length_um=placement.length_um - 2 * by_um,
        width_um=placement.width_um - 2 * by_um,
        height_um=placement.height_um - 2 * by_um,
    )
    mass_mg = cushion_mg(case.order.lines[0], thickness, case.catalog.dunnage[0])
    box, cushions = case.plan.parcels[0].packaging
    return _with_packaging(case, box, replace(cushions, mass_mg=mass_mg))


@pytest.mark.parametrize(("name", "damage", "kind"), [each[1:] for each in DAMAGES], ids=[each[0] for each in DAMAGES])
def test_damage_is_found_as_what_it_is(
    good: dict[str, Case], name: str, damage: Callable[[Case], Case], kind: K
) -> None:
    """A good plan, once damaged, is found to break the rule that the damage breaks."""
    assert kind in damage(good[name]).kinds()


def test_every_kind_of_violation_is_provoked() -> None:
    """No kind of violation exists that the suite does not provoke."""
    assert {kind for *_, kind in DAMAGES} == set(K)


def test_a_violation_names_parcel_unit_and_the_other_unit(good: dict[str, Case]) -> None:
    """An overlap says in which parcel, and names both units and the size of what they share."""
    (found,) = good["two parcels"].with_placement(1, parcel=1, y_um=49_999).violations()
    assert (found.kind, found.parcel_index, found.step) == (K.OVERLAP, 1, None)
    assert (found.line_id, found.unit_index, found.other_unit) == ("u2", 0, ("u1", 0))
    assert "60 x 0.001 x 40 mm" in found.detail


def test_nothing_of_a_stranger_crashes_the_check(good: dict[str, Case]) -> None:
    """Any field of plan, parcel, placement and packaging may hold anything: the check answers with violations."""
    case = good["cushioned"]
    junk: list[Any] = [None, "x", -1, 1e308, math.nan, [], {}, object(), datetime.date.min, True, Decimal("NaN")]
    parcel = case.plan.parcels[0]
    for value in junk:
        for field in ("order_id", "status", "parcels", "unpacked", "footprints", "catalog_id", "catalog_hash"):
            case.with_plan(**{field: value}).violations()
        for field in (
            "box_type_id",
            "placements",
            "packaging",
            "net_mg",
            "inner_um",
            "inner_volume_um3",
            "goods_volume_um3",
            "outer_um",
            *([] if value is None else ["empty_spaces"]),
            "ships_in_own_container",
            "started_parcel_id",
        ):
            assert case.with_parcel(**{field: value}).violations()
        for field in ("line_id", "unit_index", "x_um", "length_um", "orientation", "cushion_um", "folds"):
            case.with_placement(**{field: value}).violations()
            good["soft"].with_placement(1, **{field: value}).violations()
        for field in ("profile_id", "allocation", "lines", "missing"):
            good["two parcels"].with_plan(footprints=(replace(_footprint(1), **{field: value}),)).violations()
        for field in ("component", "stage", "subject", "factor_id", "amount", "unit", "co2e_mg"):
            line = replace(_footprint(1).lines[0], **{field: value})
            good["two parcels"].with_plan(footprints=(replace(_footprint(1), lines=(line,)),)).violations()
        for field in ("component", "material_id", "mass_mg", "trips"):
            parts = (replace(parcel.packaging[0], **{field: value}), parcel.packaging[1])
            case.with_parcel(packaging=parts).violations()


def test_a_box_type_of_the_catalog_that_is_not_used_does_not_matter(good: dict[str, Case]) -> None:
    """Only the box types that a plan uses are judged."""
    case = good["single"]
    other = BoxType("other", 1.0, 1.0, 1.0, available=0)
    assert not replace(case, catalog=replace(case.catalog, box_types=(*case.catalog.box_types, other))).violations()
