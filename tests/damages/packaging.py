"""Damage to packaging: materials that the policy does not allow, gaps and wrap."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from boxwright.checking import ViolationKind as K
from boxwright.domain.box import BoxType
from boxwright.domain.compartments import Compartments
from boxwright.domain.factor import Component
from boxwright.domain.lane import Lane
from boxwright.domain.order import UPRIGHT, Fragility, FragilityClass, Orientation, SalesPackaging
from boxwright.domain.property_cap import PropertyAmount, PropertyCap
from boxwright.domain.protection import ProtectionRule
from damages.changes import (
    FILL,
    Case,
    Damage,
    box_part,
    broken,
    with_box,
    with_line,
    with_packaging,
    with_parcel,
    with_parts,
    with_placement,
    with_policy,
    without_parts,
)


def _filled_with(case: Case, material_id: str) -> Case:
    return with_parts(case, Component.VOID_FILL, material_id=material_id)


def _cushion_mass(case: Case, by_mg: int) -> Case:
    box, cushions = case.plan.parcels[0].packaging
    return with_packaging(case, box, replace(cushions, mass_mg=cushions.mass_mg + by_mg))


def _swapped_heights(case: Case) -> Case:
    """Put the upper of two units under the other."""
    lower, upper = case.plan.parcels[0].placements
    swapped = (replace(upper, z_um=0), replace(lower, z_um=upper.height_um))
    return case.with_parcel(0, placements=swapped)


def _on_a_plate_of(height_mm: int, case: Case) -> Case:
    """Make the plate under a fragile unit this low and weak, and lower the unit to its wall margin."""
    case = case.with_line(0, height_mm=height_mm, max_load_g=0).with_placement(0, height_um=1_000 * height_mm)
    return case.with_placement(1, z_um=25_000)


def _nearer(case: Case, by_um: int) -> Case:
    """Return the case with a smaller half-gap, stated correctly."""
    placement = case.plan.parcels[0].placements[0]
    return case.with_placement(
        0,
        half_gap_um=placement.half_gap_um - by_um,
        length_um=placement.length_um - 2 * by_um,
        width_um=placement.width_um - 2 * by_um,
        height_um=placement.height_um - 2 * by_um,
    )


def _says(case: Case, **fields: object) -> Case:
    """Return the case with another first entry of protection."""
    first, *rest = case.plan.parcels[0].protection
    return case.with_parcel(protection=(replace(first, **fields), *rest))


def _filled_loosely(case: Case) -> Case:
    """Fill a parcel with the first fill of the catalog, which does not cushion."""
    loose = case.catalog.dunnage[1]
    mass_mg = 13_425 * 6  # 13.425 L at 6 g/L
    fields = {"dunnage_id": loose.dunnage_id, "material_id": loose.material_id, "mass_mg": mass_mg}
    return with_parts(case, Component.VOID_FILL, **fields)


def _in_a_tested_pack(case: Case) -> Case:
    """State that the units of an open box are protected by compartments."""
    fields = {"half_gap_um": 0, "wall_margin_um": 0, "wrap_layers": 0}
    return _says(case, rule=ProtectionRule.TESTED_PACK, **fields)


def _beside_a_pack(case: Case, article: str = "wine_bottle", **pack: object) -> Case:
    """Turn the unit into a bottle, and stock a pack that just takes it."""
    grid = Compartments((100,), (80,), 60, (article,))
    shipper = BoxType("shipper", 100, 80, 60, compartments=grid, **pack)
    case = case.with_line(0, article="wine_bottle", fragility=Fragility("easy"), orientations=UPRIGHT)
    return replace(case, catalog=replace(case.catalog, box_types=(*case.catalog.box_types, shipper)))


def _on_the_drive(case: Case) -> Case:
    """Put the tin on the drive on pads, with a class that bears it."""
    case = case.with_line(0, fragility=Fragility("boxed", 50))
    return case.with_box(inner_height_mm=370, outer_height_mm=370).with_placement(1, x_um=0, z_um=261_232)


def _inner(**fields: object) -> Callable[[Case], Case]:
    """Return a change of the inner box in the catalog."""

    def change(case: Case) -> Case:
        first, inner = case.catalog.box_types
        return replace(case, catalog=replace(case.catalog, box_types=(first, replace(inner, **fields))))

    return change


def _standing_in_a_low_one(case: Case) -> Case:
    """Keep the goods upright in an inner box that they fit only on their side."""
    sizes = {"inner_width_mm": 180, "outer_width_mm": 186, "inner_height_mm": 200, "outer_height_mm": 212}
    return _inner(**sizes)(case.with_line(orientations=(Orientation.LWH, Orientation.WLH)))


def _inner_box_as_blocking(case: Case) -> Case:
    """State the inner box as blocking."""
    box, inner, *rest = case.plan.parcels[0].packaging
    return with_packaging(case, box, replace(inner, component=Component.BLOCKING), *rest)


def _cushioned_inside_by(cushion_mm: float, longer_mm: float) -> Callable[[Case], Case]:
    """Return a change that makes goods longer, with a cushion inside instead of the gap."""

    def change(case: Case) -> Case:
        inside = SalesPackaging(cushion_mm=cushion_mm)
        return case.with_line(length_mm=200 + 2 * longer_mm, sales_packaging=inside)

    return change


DAMAGES: list[Damage] = [
    # Materials
    *broken(
        K.WRONG_MATERIAL,
        "materials",
        {
            "the void fill is plastic": lambda c: _filled_with(c, "ldpe-film-recycled"),
            "the void fill is of too little recovered fibre": lambda c: _filled_with(c, "corrugated-board-virgin"),
            "the void fill is of unknown material": lambda c: _filled_with(c, ""),
            "a millionth more of recovered fibre is asked for": with_policy(min_recycled_content=0.880001),
            "the box is of an excluded material": with_policy(excluded_materials=("corrugated-board",)),
            "the order goes where recycling is unknown": lambda c: replace(c, lane=Lane(destination_country="JP")),
            "the destination is not stated": lambda c: replace(c, lane=None),
            "what the order is wrapped in is only taken back at shops": lambda c: replace(
                _filled_with(c, "ldpe-film-recycled").with_policy(material_requirements=("recyclable_at_destination",)),
                lane=Lane(destination_country="US"),
            ),
        },
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
    # Protective materials
    ("a fragile unit is bare", "stacked", with_line(2, fragility=Fragility(g_level=50.0)), K.CUSHION_TOO_THIN),
    ("a unit needs more to the walls", "stacked", with_line(2, article="laptop"), K.CUSHION_TOO_THIN),
    ("the half-gap is said to be smaller", "cushioned", with_placement(0, half_gap_um=1_000), K.WRONG_EXTENTS),
    ("the half-gap is smaller by 1 um", "cushioned", lambda c: _nearer(c, 1), K.CUSHION_TOO_THIN),
    ("the wall margin is smaller by 1 um", "cushioned", with_placement(0, wall_margin_um=24_999), K.CUSHION_TOO_THIN),
    (
        "the carrier asks for more to the walls",
        "cushioned",
        lambda c: replace(c, lane=Lane(carrier_service="dhl-express/time-definite")),
        K.CUSHION_TOO_THIN,
    ),
    ("the unit is nearer to a wall", "cushioned", with_placement(0, x_um=24_999), K.NO_CLEARANCE),
    (
        "the wrap is one that the policy does not allow",
        "cushioned",
        with_policy(cushioning_ids=("bubble-wrap",)),
        K.WRONG_CUSHIONING,
    ),
    (
        "a wrap is named where nothing is fragile",
        "single",
        with_parcel(cushioning_id="honeycomb-paper-wrap"),
        K.WRONG_CUSHIONING,
    ),
    ("the unit whose class carries nothing carries another", "cushioned inside", _swapped_heights, K.OVERLOADED),
    (
        "the unit whose article keeps it upright lies on its side",
        "cushioned inside",
        with_placement(1, orientation=Orientation.LHW, width_um=120_000, height_um=130_000),
        K.ORIENTATION_NOT_ALLOWED,
    ),
    (
        "the cushion inside the sales packaging is too thin",
        "cushioned inside",
        with_line(1, sales_packaging=SalesPackaging(cushion_mm=49.999)),
        K.CUSHION_TOO_THIN,
    ),
    ("the gap between fragile goods is 1 um less", "fragile", with_placement(2, x_um=174_999), K.OVERLAP),
    (
        "a weak plate lies in the space under a fragile unit on the floor",
        "fragile",
        partial(_on_a_plate_of, 20),
        K.OVERLAP,
    ),
    (
        "a fragile unit is laid on a weak plate as thick as its margin",
        "fragile",
        partial(_on_a_plate_of, 25),
        K.OVERLAP,
    ),
    ("a fragile unit stands nearer to the floor", "fragile", with_placement(2, z_um=24_999), K.NO_CLEARANCE),
    ("a fragile unit lies nearer to the lid", "fragile", with_box(inner_height_mm=204.999), K.NO_CLEARANCE),
    ("a fragile unit carries another", "fragile", with_line(0, article="vase"), K.OVERLOADED),
    (
        "a unit is 1 mg too heavy beside a fragile one",
        "fragile",
        with_line(1, mass_g=2_000.001),
        K.HEAVY_BESIDE_FRAGILE,
    ),
    (
        "a fragile unit is 1 mg too light for another",
        "fragile",
        lambda case: case.with_line(1, mass_g=3_000).with_line(2, mass_g=2_999.999),
        K.HEAVY_BESIDE_FRAGILE,
    ),
    (
        "a unit is 1 mg too heavy beside one in its retail carton",
        "stacked",
        lambda case: case.with_line(0, mass_g=0.5, fragility=Fragility("boxed")).with_line(1, mass_g=5_000.001),
        K.HEAVY_BESIDE_FRAGILE,
    ),
    ("a fragile unit lies in a bag", "fragile", with_box(style="bag"), K.CUSHION_TOO_THIN),
    ("an article is unknown", "fragile", with_line(2, article="mugg"), K.CUSHION_TOO_THIN),
    ("an article is refused", "fragile", with_line(2, article="eggs"), K.CUSHION_TOO_THIN),
    ("a unit is very fragile", "fragile", with_line(1, fragility=Fragility("very_fragile")), K.WRONG_INNER_BOX),
    (
        "a very fragile unit stands in a compartment of any goods",
        "compartments",
        with_line(0, fragility=Fragility("very_fragile")),
        K.WRONG_INNER_BOX,
    ),
    *broken(
        K.WRONG_INNER_BOX,
        "box in a box",
        {
            "no inner box is named": with_placement(inner_box_type_id=""),
            "the inner box is unknown": with_placement(inner_box_type_id="outer"),
            "the inner box is not a name": with_placement(inner_box_type_id=[]),
            "the unit in an inner box is fragile only": with_line(fragility=Fragility("fragile")),
            "a unit in an inner box is plain": with_line(fragility=None),
            "the goods are 1 um too long for the inner box": with_line(length_mm=200.001),
            "a cushion in the goods is 1 um short": _cushioned_inside_by(9.999, 10),
            "the inner box leaves no clearance": with_policy(fit_clearance_mm=0.001),
            "the goods would fit lying only, and must stand": _standing_in_a_low_one,
            "the inner box has compartments": _inner(compartments=Compartments((300,), (200,), 180)),
            "the inner box bears 1 mg too little": _inner(max_net_g=1_181.439),
            "the closed inner box is 1 mg too heavy": _inner(max_gross_g=1_338.596),
            "the inner box may hold less of a property": lambda c: _inner(property_caps=(PropertyCap("wh", 1),))(
                c.with_line(property_amounts=(PropertyAmount("wh", 1.1),))
            ),
        },
    ),
    *(
        (f"the inner box is a {style}", "box in a box", _inner(style=style), K.WRONG_INNER_BOX)
        for style in ("tote", "bag", "flat_mailer", "padded_mailer", "book_wrap")
    ),
    ("no inner box is in stock", "box in a box", _inner(available=0), K.BOX_NOT_AVAILABLE),
    (
        "the inner box is of an excluded material",
        "box in a box",
        with_policy(excluded_materials=("corrugated-board",)),
        K.WRONG_MATERIAL,
    ),
    ("the inner box is as large as another outside", "box in a box", _inner(outer_length_mm=306.001), K.WRONG_EXTENTS),
    *broken(
        K.WRONG_PACKAGING,
        "box in a box",
        {
            "the inner box weighs 1 mg more": _inner(tare_g=150.001),
            "the inner box is used again": _inner(trips=2),
            "the inner box is left out of the packaging": lambda c: without_parts(c, Component.INNER_BOX),
            "the inner box is stated as dunnage": _inner_box_as_blocking,
            "the fill of the inner box is left out": lambda c: with_parts(c, Component.VOID_FILL, mass_mg=435_132),
            "the tape of the inner box is left out": lambda c: with_parts(c, Component.TAPE, mass_mg=8_837),
            "wrap goes round the inner box": lambda c: with_parts(c, Component.CUSHIONING, mass_mg=58_119),
        },
    ),
    ("goods and inner box are 1 mg too heavy", "box in a box", with_box(max_net_g=1_773.728), K.OVER_NET_LIMIT),
    ("the whole is 1 mg too heavy", "box in a box", with_box(max_gross_g=1_832.565), K.OVER_GROSS_LIMIT),
    (
        "the inner box is 1 um nearer to the wall",
        "box in a box",
        with_placement(wall_margin_um=24_999),
        K.CUSHION_TOO_THIN,
    ),
    *broken(
        K.WRONG_PROTECTION,
        "box in a box",
        {
            "a box in a box is called practice": lambda c: _says(c, rule="practice"),
            "another inner box is said to be round it": lambda c: _says(c, inner_box_type_id="box"),
            "the gap in the inner box is misstated": lambda c: _says(c, inner_gap_um=49_999),
        },
    ),
    (
        "an inner box ships in the unit's own container",
        "own container",
        with_placement(inner_box_type_id="box"),
        K.OWN_CONTAINER,
    ),
    ("a bottle lies beside a pack that takes it", "single", _beside_a_pack, K.OUTSIDE_PACK),
    (
        "a sturdy class contradicts the G-level",
        "single",
        with_line(0, fragility=Fragility("easy", g_level=59)),
        K.CUSHION_TOO_THIN,
    ),
    *broken(
        K.WRONG_PACKAGING,
        "fragile",
        {
            "the fill beside fragile units does not cushion": _filled_loosely,
            "wrap of one unit is left out": lambda c: with_parts(c, Component.CUSHIONING, mass_mg=10_800),
            "the wrap is of plastic": lambda c: with_parts(c, Component.CUSHIONING, material_id="ldpe-film"),
            "the wrap is said to be another": lambda c: with_parts(c, Component.CUSHIONING, dunnage_id="bubble-wrap"),
        },
    ),
    ("pads are too thin by 1 um", "padded", lambda c: _nearer(c, 1), K.CUSHION_TOO_THIN),
    ("drops are from higher", "padded", with_policy(handling_profile="ista-2a"), K.CUSHION_TOO_THIN),
    ("drops are unknown", "padded", with_policy(handling_profile="ista-0"), K.CUSHION_TOO_THIN),
    ("pads weigh 1 mg less", "padded", lambda c: _cushion_mass(c, -1), K.WRONG_PACKAGING),
    ("pads are of another foam", "padded", with_parcel(cushioning_id="honeycomb-paper-wrap"), K.WRONG_CUSHIONING),
    ("a unit is too light for pads", "padded", with_line(0, mass_g=1_275), K.WRONG_CUSHIONING),
    ("pads are used though practice is asked for", "padded", with_policy(protection="practice"), K.WRONG_CUSHIONING),
    ("a unit on pads carries another", "padded", _on_the_drive, K.OVERLOADED),
    # Statements of a parcel about its protection
    ("a tested pack is claimed in an open box", "fragile", _in_a_tested_pack, K.WRONG_PROTECTION),
    ("physics is claimed", "fragile", lambda c: _says(c, rule=ProtectionRule.PHYSICS), K.WRONG_PROTECTION),
    (
        "another class is claimed",
        "fragile",
        lambda c: _says(c, fragility_class=FragilityClass.BOXED),
        K.WRONG_PROTECTION,
    ),
    ("more wrap is claimed", "fragile", lambda c: _says(c, wrap_layers=3), K.WRONG_PROTECTION),
    ("a greater gap is claimed", "fragile", lambda c: _says(c, half_gap_um=25_001), K.WRONG_PROTECTION),
    ("a greater margin is claimed", "fragile", lambda c: _says(c, wall_margin_um=35_000), K.WRONG_PROTECTION),
    ("protection of a sturdy line is claimed", "fragile", lambda c: _says(c, line_id="u0"), K.WRONG_PROTECTION),
    (
        "protection of a line is claimed twice",
        "fragile",
        lambda c: c.with_parcel(protection=(c.plan.parcels[0].protection[0],) * 2),
        K.WRONG_PROTECTION,
    ),
    ("protection is something else", "fragile", with_parcel(protection="wrap"), K.WRONG_PROTECTION),
    (
        "a box with compartments says that practice protects",
        "compartments",
        lambda c: _says(c, rule=ProtectionRule.PRACTICE),
        K.WRONG_PROTECTION,
    ),
    ("wider pads are claimed", "padded", lambda c: _says(c, pad_edge_um=67_321), K.WRONG_PROTECTION),
    ("the wrap is not weighed", "cushioned", lambda c: with_packaging(c, box_part(50_000)), K.WRONG_PACKAGING),
    ("the wrap is weighed too heavy", "cushioned", lambda c: _cushion_mass(c, 1), K.WRONG_PACKAGING),
    *broken(
        K.WRONG_PACKAGING,
        "compartments",
        {
            "fill lies in a box with compartments": lambda c: with_packaging(c, box_part(50_000), FILL),
            "cushioning is weighed in a box with compartments": lambda c: with_packaging(
                c, box_part(50_000), replace(FILL, component=Component.CUSHIONING)
            ),
            "a block lies in a box with compartments": lambda c: with_packaging(
                c, box_part(50_000), replace(FILL, component=Component.BLOCKING)
            ),
        },
    ),
]
