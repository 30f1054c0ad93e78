"""Damage to packaging: materials that the policy does not allow, gaps and wrap."""

from dataclasses import replace

from boxwright.checking import ViolationKind as K
from boxwright.domain.factor import Component
from boxwright.domain.lane import Lane
from boxwright.domain.order import Fragility, Orientation
from boxwright.domain.sales_packaging import SalesPackaging
from damages.changes import (
    FILL,
    Case,
    Damage,
    box_part,
    with_line,
    with_packaging,
    with_parcel,
    with_placement,
    with_policy,
)


def _filled_with(case: Case, material_id: str) -> Case:
    box, fill = case.plan.parcels[0].packaging
    return case.with_parcel(packaging=(box, replace(fill, material_id=material_id)))


def _with_fill_of_virgin_board(case: Case) -> Case:
    return _filled_with(case, "corrugated-board-virgin")


def _cushion_mass(case: Case, by_mg: int) -> Case:
    box, cushions = case.plan.parcels[0].packaging
    return with_packaging(case, box, replace(cushions, mass_mg=cushions.mass_mg + by_mg))


def _swapped_heights(case: Case) -> Case:
    """Put the upper of two units under the other."""
    lower, upper = case.plan.parcels[0].placements
    swapped = (replace(upper, z_um=0), replace(lower, z_um=upper.height_um))
    return case.with_parcel(0, placements=swapped)


def _nearer(case: Case, by_um: int) -> Case:
    """Return the case with a smaller half-gap that the plan states truly."""
    placement = case.plan.parcels[0].placements[0]
    return case.with_placement(
        0,
        half_gap_um=placement.half_gap_um - by_um,
        length_um=placement.length_um - 2 * by_um,
        width_um=placement.width_um - 2 * by_um,
        height_um=placement.height_um - 2 * by_um,
    )


DAMAGES: list[Damage] = [
    # Materials
    ("the void fill is plastic", "materials", lambda c: _filled_with(c, "ldpe-film-recycled"), K.WRONG_MATERIAL),
    ("the void fill is of too little recovered fibre", "materials", _with_fill_of_virgin_board, K.WRONG_MATERIAL),
    ("the void fill is of nobody knows what", "materials", lambda c: _filled_with(c, ""), K.WRONG_MATERIAL),
    (
        "a millionth more of recovered fibre is asked for",
        "materials",
        with_policy(min_recycled_content=0.880001),
        K.WRONG_MATERIAL,
    ),
    (
        "the box is of an excluded material",
        "materials",
        with_policy(excluded_materials=("corrugated-board",)),
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
    # What protects goods
    ("a fragile unit is bare", "stacked", with_line(2, fragility=Fragility(g_level=50.0)), K.CUSHION_TOO_THIN),
    ("a unit needs more to the walls", "stacked", with_line(2, article="laptop"), K.CUSHION_TOO_THIN),
    ("the half-gap is said to be smaller", "cushioned", with_placement(0, half_gap_um=1_000), K.WRONG_EXTENTS),
    ("the half-gap is smaller by 1 um", "cushioned", lambda c: _nearer(c, 1), K.CUSHION_TOO_THIN),
    ("the wall margin is smaller by 1 um", "cushioned", with_placement(0, wall_margin_um=24_999), K.CUSHION_TOO_THIN),
    ("the unit is nearer to a wall", "cushioned", with_placement(0, x_um=24_999), K.NO_CLEARANCE),
    (
        "the carrier asks for more to the walls",
        "cushioned",
        lambda c: replace(c, lane=Lane(carrier_service="dhl-express/time-definite")),
        K.CUSHION_TOO_THIN,
    ),
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
    ("the wrap is not weighed", "cushioned", lambda c: with_packaging(c, box_part(50_000)), K.WRONG_PACKAGING),
    ("the wrap is weighed too heavy", "cushioned", lambda c: _cushion_mass(c, 1), K.WRONG_PACKAGING),
    (
        "fill lies in a box with compartments",
        "compartments",
        lambda c: with_packaging(c, box_part(50_000), FILL),
        K.WRONG_PACKAGING,
    ),
    (
        "cushioning is weighed in a box with compartments",
        "compartments",
        lambda c: with_packaging(c, box_part(50_000), replace(FILL, component=Component.CUSHIONING)),
        K.WRONG_PACKAGING,
    ),
    (
        "a block lies in a box with compartments",
        "compartments",
        lambda c: with_packaging(c, box_part(50_000), replace(FILL, component=Component.BLOCKING)),
        K.WRONG_PACKAGING,
    ),
]
