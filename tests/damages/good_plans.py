"""Valid plans for each group of rules, computed by hand."""

import datetime
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from boxwright.catalog import load_materials
from boxwright.domain.box import BoxType
from boxwright.domain.carrier import Change, LowerStep
from boxwright.domain.compartments import Compartments
from boxwright.domain.dunnage import Dunnage, DunnageKind
from boxwright.domain.factor import Component, Stage
from boxwright.domain.footprint import Allocation, Footprint, FootprintLine, PackagingComponent
from boxwright.domain.lane import Lane
from boxwright.domain.order import UPRIGHT, Fragility, FragilityClass, MaterialMass, SalesPackaging, SoftGoods
from boxwright.domain.plan import (
    EmptySpace,
    HandlingMark,
    Placement,
    PlanStatus,
    StartedParcel,
    UnpackedReason,
    UnpackedUnit,
)
from boxwright.domain.property_cap import PropertyAmount, PropertyCap
from boxwright.domain.protection import LineProtection, ProtectionRule
from boxwright.domain.strength import StackingCondition
from boxwright.protection import box_grade, stack_load
from boxwright.shipping import chargeable_weight
from damages.cases import Case, pack

_DATA = load_materials()
HEAVY, TEAM_LIFT = HandlingMark


def footprint(co2e_mg: int, *, allocation: Allocation = Allocation.MASS) -> Footprint:
    """Return a footprint of one line: a mass of CO2e in mg, of kraft in sales packaging, at 0.16 kg per kg."""
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


def _single() -> Case:
    """One unit that fills its box."""
    return pack((100, 80, 60), [((0, 0, 0), (100, 80, 60))])


def _stacked() -> Case:
    """Three stacked units, smaller upwards, each at its load limit."""
    return pack(
        (100, 100, 150),
        [
            ((0, 0, 0), (100, 100, 50), 500.0, 300.0),
            ((0, 0, 50), (90, 80, 50), 200.0, 100.0),
            ((10, 10, 100), (50, 60, 40), 100.0, 0.0),
        ],
    )


def _bridging() -> Case:
    """A plate on two pillars, with a load in its middle."""
    return pack(
        (300, 100, 150),
        [
            ((0, 0, 0), (120, 100, 100), 1000.0),
            ((180, 0, 0), (120, 100, 100), 1000.0),
            ((0, 0, 100), (300, 100, 20), 300.0),
            ((100, 20, 120), (100, 60, 30), 100.0),
        ],
    )


def _two_parcels() -> Case:
    """One unit, then two, with footprints of the parcels and of the plan."""
    case = pack((100, 100, 100), [((0, 0, 0), (90, 90, 90))], [((0, 0, 0), (60, 50, 40)), ((0, 50, 0), (60, 50, 40))])
    for index, grams in enumerate((7, 9)):
        case = case.with_parcel(index, footprints=(footprint(1000 * grams),))
        inside = SalesPackaging(materials=(MaterialMass("kraft", grams / 0.16),))  # 43.75 and 56.25 g
        case = case.with_line(index, sales_packaging=inside)
    return case.with_plan(footprints=(footprint(16_000),))


def _cushioned() -> Case:
    """A fragile unit, wrapped and 50 mm from the walls, beside a plain one.

    Two layers of 90 g/m2 round 59,200 mm2 weigh 10.656 g.
    """
    case = pack((300, 200, 250), [((25, 25, 25), (120, 100, 80)), ((205, 0, 0), (90, 90, 90))])
    case = case.with_line(0, fragility=Fragility("fragile"))
    wrap = _DATA.dunnage_of("honeycomb-paper-wrap")
    parts = (
        *case.plan.parcels[0].packaging,
        PackagingComponent(Component.CUSHIONING, wrap.material_id, 10_656, dunnage_id=wrap.dunnage_id),
    )
    case = case.with_placement(
        0, length_um=170_000, width_um=150_000, height_um=130_000, half_gap_um=25_000, wall_margin_um=25_000
    )
    case = case.with_parcel(0, packaging=parts, cushioning_id=wrap.dunnage_id)
    return replace(case, catalog=replace(case.catalog, dunnage=(wrap,)))


def _fragile() -> Case:
    """A fragile unit on a heavy steel plate, 50 mm from another, with two layers of wrap and crumpled paper.

    Both are cubes of 100 mm, whose wrap of 2 x 90 g/m2 weighs 10.8 g. A box of 350 x 200 x 230 mm less both and the
    plate of 150 x 150 x 30 mm leaves 13.425 L, at 18 g/L 241.65 g.
    """
    cube = (100, 100, 100)
    case = pack((350, 200, 230), [((25, 25, 0), (150, 150, 30)), ((25, 25, 30), cube), ((175, 25, 25), cube)])
    case = case.with_line(0, mass_g=1_500).with_line(1, fragility=Fragility("fragile"), mass_g=2_000)
    case = case.with_line(2, article="vase", mass_g=500)
    for unit in (1, 2):
        edges = dict.fromkeys(("length_um", "width_um", "height_um"), 150_000)
        case = case.with_placement(unit, half_gap_um=25_000, wall_margin_um=25_000, **edges)
    wrap, loose, fill = map(_DATA.dunnage_of, ("honeycomb-paper-wrap", "eps-loose-fill", "crumpled-kraft-fill"))
    parts = (
        *case.plan.parcels[0].packaging,
        PackagingComponent(Component.CUSHIONING, wrap.material_id, 21_600, dunnage_id=wrap.dunnage_id),
        PackagingComponent(Component.VOID_FILL, fill.material_id, 241_650, dunnage_id=fill.dunnage_id),
    )
    said = (_said("u1"), _said("u2"))
    case = case.with_parcel(packaging=parts, cushioning_id=wrap.dunnage_id, net_mg=4_000_000, protection=said)
    return replace(case, catalog=replace(case.catalog, dunnage=(wrap, loose, fill)))


def _said(line_id: str) -> LineProtection:
    return LineProtection(line_id, ProtectionRule.PRACTICE, FragilityClass.FRAGILE, 25_000, 25_000, 2)


def _padded() -> Case:
    """A drive of 3 kg that survives 50 g, on foam, beside a tin.

    3.33 x 760 mm / 50 = 50.616 mm; 1.33 x 50.616 = 67.31928 mm, so that pads of 67.320 mm do not buckle. All six weigh
    6 x 6.732^2 x 5.0616 cm3 x 35 mg = 48.172 g.
    """
    drive = (200, 180, 160)
    case = pack((410, 290, 270), [((0, 0, 0), drive), ((301.232, 0, 0), (100, 100, 100))], protection="physics")
    case = case.with_line(0, fragility=Fragility(g_level=50), mass_g=3_000)
    case = case.with_placement(0, half_gap_um=50_616, length_um=301_232, width_um=281_232, height_um=261_232)
    foam = _DATA.dunnage_of("pe-foam-pad")
    parts = (
        *case.plan.parcels[0].packaging,
        PackagingComponent(Component.CUSHIONING, foam.material_id, 48_172, dunnage_id=foam.dunnage_id),
    )
    said = LineProtection("u0", ProtectionRule.PHYSICS, FragilityClass.FRAGILE, 50_616, pad_edge_um=67_320)
    case = case.with_parcel(packaging=parts, cushioning_id=foam.dunnage_id, net_mg=3_100_000, protection=(said,))
    return replace(case, catalog=replace(case.catalog, dunnage=(foam,)))


def _cushioned_inside() -> Case:
    """An upright jar that bears nothing, with 50 mm of cushioning in its sales packaging, on a plain unit."""
    case = pack((130, 130, 200), [((0, 0, 0), (130, 130, 50)), ((0, 0, 50), (130, 130, 120))])
    return case.with_line(1, article="jar", sales_packaging=SalesPackaging(cushion_mm=50))


def _partial() -> Case:
    """One of two units is unpacked with a reason."""
    case = pack((100, 100, 100), [((0, 0, 0), (90, 90, 90)), ((0, 0, 0), (200, 10, 10))], allow_partial=True)
    first = case.plan.parcels[0]
    out = UnpackedUnit("u1", 0, UnpackedReason.DOES_NOT_FIT_ANY_BOX, "200 mm is longer than 100 mm")
    return case.with_parcel(
        0,
        placements=first.placements[:1],
        net_mg=100_000,
        goods_volume_um3=90_000**3,
    ).with_plan(status=PlanStatus.PARTIAL, unpacked=(out,))


def _grouped() -> Case:
    """A keep-together group, keep-apart groups in two parcels, and a property cap just met."""
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


def _mailer() -> Case:
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


def _wrap() -> Case:
    """Goods of 210 x 150 x 40 mm in a book wrap of 217 x 155 mm, up to 60 mm high, with walls of 3, 3 and 4.5 mm."""
    case = pack((217, 155, 60), [((0, 0, 0), (210, 150, 30)), ((0, 0, 30), (200, 120, 10))])
    case = case.with_box(style="book_wrap", outer_length_mm=220, outer_width_mm=158, outer_height_mm=64.5)
    return case.with_parcel(
        inner_um=(217_000, 155_000, 40_000),
        inner_volume_um3=217_000 * 155_000 * 40_000,
        outer_um=(220_000, 158_000, 44_500),
    )


def _spacious() -> Case:
    """A cube in a corner, and the empty space beside it, behind it and above it."""
    case = pack((100, 100, 100), [((0, 0, 0), (50, 50, 50))])
    return case.with_parcel(
        empty_spaces=(
            EmptySpace(50_000, 0, 0, 50_000, 100_000, 100_000),
            EmptySpace(0, 50_000, 0, 50_000, 50_000, 100_000),
            EmptySpace(0, 0, 50_000, 50_000, 50_000, 50_000),
        )
    )


def _soft() -> Case:
    """Two shirts of 70 x 50 x 4 mm on a block: folded once to 35 x 50 mm, and 8 mm thick at rest or pressed to 6 mm.

    A layer is 4 or 3 mm thick, so that they take 70 x 50 x (4 + 3) mm3 beside the block's 60 x 60 x 20.
    """
    shirts = [((0, 0, 20), (35, 50, 8)), ((0, 0, 28), (35, 50, 6))]
    case = pack((60, 60, 60), [((0, 0, 0), (60, 60, 20)), *shirts])
    for unit in (1, 2):
        shape = {"length_mm": 70, "width_mm": 50, "height_mm": 4}
        case = case.with_line(unit, **shape, soft_goods=SoftGoods(3, 2)).with_placement(unit, folds=1)
    return case.with_parcel(goods_volume_um3=(60 * 60 * 20 + 70 * 50 * 7) * 10**9)


def _materials() -> Case:
    """A board box of 88 % recycled fibre with void fill of recycled pulp, shipped to Germany."""
    case = pack(
        (100, 100, 100),
        [((0, 0, 0), (60, 50, 40))],
        material_requirements=("plastic_free", "recyclable", "recyclable_at_destination"),
        min_recycled_content=0.88,
        excluded_materials=("kraft-paper",),
    ).with_box(material_id="corrugated-board")
    box = PackagingComponent(Component.BOX, "corrugated-board", 50_000)
    # At 5 g/L, the 880 cm3 that are empty take 4.4 g.
    pulp = Dunnage("pulp", DunnageKind.VOID_FILL, "moulded-pulp", density_kg_per_m3=Decimal(5))
    fill = PackagingComponent(Component.VOID_FILL, "moulded-pulp", 4_400)
    case = replace(case, catalog=replace(case.catalog, dunnage=(pulp,)))
    return replace(case.with_parcel(packaging=(box, fill)), lane=Lane(destination_country="DE"))


def _own_container() -> Case:
    """One unit ships in its own container, another in a box."""
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


def _started() -> Case:
    """A started parcel with two units and a third one added, and a new parcel from a stock of one box."""
    case = pack(
        (100, 100, 150),
        [((0, 0, 0), (100, 100, 50)), ((0, 0, 50), (90, 80, 50)), ((10, 10, 100), (50, 60, 40))],
        [((0, 0, 0), (50, 40, 30))],
    )
    started = StartedParcel("P-7", "box", case.plan.parcels[0].placements[:2])
    case = case.with_parcel(0, started_parcel_id="P-7").with_box(available=1)
    return replace(case, started=(started, StartedParcel("P-8", "box")))


def _started_by_name() -> Case:
    """The started parcel names its units without positions, in another sequence."""
    case = _started()
    upper, lower = (Placement(each.line_id, 0, 0, 0, 0, 0, 0, 0) for each in case.started[0].placements[::-1])
    return replace(case, started=(replace(case.started[0], placements=(upper, lower)), case.started[1]))


def _piled() -> Case:
    """A parcel in a stack of five with a safety factor of three, within its box certificate.

    Its box is 100 x 80 x 60 mm inside: Z = 360 mm, 5.874 x 5.604 x sqrt(3.6 x 360) = 1185.038 N. It weighs 9.1 kg.
    """
    case = pack((100, 80, 60), [((0, 0, 0), (100, 80, 60), 9_000.0)])
    case = case.with_box(board_id="c-flute-32ect", material_id="corrugated-board")
    case = case.with_policy(stacking=StackingCondition(layers=5, safety_factor=3), box_certificate=True)
    part = case.plan.parcels[0].packaging[0]
    case = case.with_parcel(packaging=(replace(part, material_id="corrugated-board"),))
    box, gross_mg = case.catalog.box_types[0], case.plan.parcels[0].gross_mg
    return case.with_parcel(
        stack_load=stack_load(box, gross_mg, case.policy.stacking, _DATA), box_grade=box_grade(box, _DATA)
    )


def _billed() -> Case:
    """A parcel of 140 x 110 x 60 mm and 5 kg, at the limits of an e-packet to Russia.

    It bills its actual weight, 5 kg, in steps of 1 g.
    """
    case = pack((130, 100, 50), [((0, 0, 0), (100, 80, 50), 4_950.0)])
    case = case.with_box(outer_length_mm=140, outer_width_mm=110, outer_height_mm=60)
    lane = Lane(carrier_service="china-post/epacket-ru", ship_date=datetime.date(2026, 11, 1))
    bill = chargeable_weight((140_000, 110_000, 60_000), 5_000_000, lane.carrier_service, lane.ship_date, _DATA)
    bill = replace(bill, lower_steps=(LowerStep(Change.GROSS, 1_000, 4_999_000),))
    return replace(case, lane=lane).with_parcel(chargeable=bill, outer_um=(140_000, 110_000, 60_000))


def _lifted() -> Case:
    """Parcels lifted by hand: two units with 23 kg gross, one of 30 kg, a kit of two of 12 kg, one of 15 kg gross."""
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
    for parcel, marks in enumerate(
        (
            (HEAVY,),
            (HEAVY, TEAM_LIFT),
            (HEAVY, TEAM_LIFT),
            (),
        )
    ):
        case = case.with_parcel(parcel, handling_marks=marks)
    return case


def _lifted_as_started() -> Case:
    """Two units of 15 kg in a started parcel without additions, lifted by hand."""
    block = (100, 100, 100)
    units = [((0, 0, 0), block, 15_000.0), ((100, 0, 0), block, 15_000.0)]
    case = pack((300, 200, 200), units, lifting_profile="manual")
    started = StartedParcel("p", "box", case.plan.parcels[0].placements)
    case = case.with_parcel(started_parcel_id="p", handling_marks=(HEAVY, TEAM_LIFT))
    return replace(case, started=(started,))


def _compartments() -> Case:
    """Three bottles, fragile and bare, in a box with four compartments of 90 x 90 x 320 mm."""
    case = pack(
        (200, 200, 330), [((5, 5, 5), (80, 80, 310)), ((105, 5, 5), (80, 80, 310)), ((5, 105, 5), (80, 80, 310))]
    )
    # 200 mm less two cells of 90 mm leave three walls of 6.666 mm; 330 mm less 320 mm leave two of 5 mm.
    case = case.with_box(compartments=Compartments((90, 90), (90, 90), 320))
    for unit, (x, y, number) in enumerate(((6_666, 6_666, 1), (103_333, 6_666, 2), (6_666, 103_333, 3))):
        case = case.with_placement(unit, x_um=x, y_um=y, compartment=number)
        case = case.with_line(unit, fragility=Fragility("fragile"), orientations=UPRIGHT)
    pack_of = (ProtectionRule.TESTED_PACK, FragilityClass.FRAGILE)
    case = case.with_parcel(protection=tuple(LineProtection(f"u{unit}", *pack_of) for unit in range(3)))
    cushioning = next(each for each in _DATA.dunnage if each.kind is DunnageKind.CUSHIONING)
    return replace(case, catalog=replace(case.catalog, dunnage=(cushioning,)))


def _box_in_box() -> Case:
    """A very fragile unit of 200 x 100 x 80 mm with 50 mm round it in an inner box, 50 mm from the walls.

    The inner box of 300 x 200 x 180 mm weighs 150 g. Two layers of 90 g/m2 on 0.088 m2 weigh 15.84 g. The goods leave
    9.2 of 10.8 L, and the inner box of 306 x 206 x 192 mm leaves 24.174 of 36.276912 L: 165.6 and 435.132 g at 18 g/L.
    Two strips of 426 mm at 8.4 g/m weigh 7.157 g, two of 526 mm 8.837 g.
    """
    case = pack((406, 306, 292), [((25, 25, 25), (200, 100, 80), 1_000.0)])
    case = case.with_line(fragility=Fragility("very_fragile"))
    extents = {"length_um": 356_000, "width_um": 256_000, "height_um": 242_000}
    case = case.with_placement(half_gap_um=25_000, wall_margin_um=25_000, inner_box_type_id="inner", **extents)
    inner = BoxType("inner", 300, 200, 180, 306, 206, 192, tare_g=150, material_id="corrugated-board", available=1)
    wrap, fill, tape = map(_DATA.dunnage_of, ("honeycomb-paper-wrap", "crumpled-kraft-fill", "kraft-paper-tape"))
    parts = (
        *case.plan.parcels[0].packaging,
        PackagingComponent(Component.INNER_BOX, "corrugated-board", 150_000, dunnage_id="inner"),
        PackagingComponent(Component.CUSHIONING, wrap.material_id, 15_840, dunnage_id=wrap.dunnage_id),
        PackagingComponent(Component.VOID_FILL, fill.material_id, 600_732, dunnage_id=fill.dunnage_id),
        PackagingComponent(Component.TAPE, tape.material_id, 15_994, dunnage_id=tape.dunnage_id),
    )
    rule = (ProtectionRule.BOX_IN_BOX, FragilityClass.VERY_FRAGILE, 25_000, 25_000, 2)
    said = LineProtection("u0", *rule, inner_box_type_id="inner", inner_gap_um=50_000)
    case = case.with_parcel(packaging=parts, cushioning_id=wrap.dunnage_id, protection=(said,))
    # The box holds 1,000 g of goods, 150 g of inner box, 15.84 g of wrap, 600.732 g of fill and 7.157 g of inner tape.
    case = case.with_box(max_net_g=1_773.729, max_gross_g=1_832.566)
    boxes = (*case.catalog.box_types, inner)
    return replace(case, catalog=replace(case.catalog, box_types=boxes, dunnage=(wrap, fill, tape)))


GOOD_PLANS: dict[str, Callable[[], Case]] = {
    "single": _single,
    "stacked": _stacked,
    "bridging": _bridging,
    "two parcels": _two_parcels,
    "cushioned": _cushioned,
    "cushioned inside": _cushioned_inside,
    "fragile": _fragile,
    "padded": _padded,
    "partial": _partial,
    "grouped": _grouped,
    "mailer": _mailer,
    "wrap": _wrap,
    "spacious": _spacious,
    "soft": _soft,
    "materials": _materials,
    "own container": _own_container,
    "started": _started,
    "started by name": _started_by_name,
    "piled": _piled,
    "billed": _billed,
    "lifted": _lifted,
    "lifted as started": _lifted_as_started,
    "compartments": _compartments,
    "box in a box": _box_in_box,
}
"""Builders of good plans, by name."""
