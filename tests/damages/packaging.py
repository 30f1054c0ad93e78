"""Damage to packaging: materials that the policy does not allow, and cushions."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from boxwright.checking import ViolationKind as K
from boxwright.domain.factor import Component
from boxwright.domain.lane import Lane
from boxwright.domain.order import Fragility, Orientation
from boxwright.domain.sales_packaging import SalesPackaging
from boxwright.protection import cushion_mg
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


def _with_foam(case: Case, **fields: Any) -> Case:
    return replace(case, catalog=replace(case.catalog, dunnage=(replace(case.catalog.dunnage[0], **fields),)))


def _filled_with(case: Case, material_id: str) -> Case:
    box, fill = case.plan.parcels[0].packaging
    return case.with_parcel(packaging=(box, replace(fill, material_id=material_id)))


def _with_fill_of_virgin_board(case: Case) -> Case:
    return _filled_with(case, "corrugated-board-virgin")


def _cushion_mass(case: Case, by_mg: int) -> Case:
    box, cushions = case.plan.parcels[0].packaging
    return with_packaging(case, box, replace(cushions, mass_mg=cushions.mass_mg + by_mg))


def _other_cushion(case: Case, **fields: Any) -> Case:
    box, cushions = case.plan.parcels[0].packaging
    return with_packaging(case, box, replace(cushions, **fields))


def _swapped_heights(case: Case) -> Case:
    """Put the upper of two units under the other."""
    lower, upper = case.plan.parcels[0].placements
    swapped = (replace(upper, z_um=0), replace(lower, z_um=upper.height_um))
    return case.with_parcel(0, placements=swapped)


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
    return with_packaging(case, box, replace(cushions, mass_mg=mass_mg))


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
    # Cushions
    ("a fragile unit is bare", "stacked", with_line(2, fragility=Fragility(g_level=50.0)), K.CUSHION_TOO_THIN),
    ("a unit is more fragile", "cushioned", with_line(0, fragility=Fragility(g_level=40.0)), K.CUSHION_TOO_THIN),
    ("the cushion is said to be thinner", "cushioned", with_placement(0, cushion_um=1_000), K.WRONG_EXTENTS),
    ("the cushion is thinner than needed by 1 um", "cushioned", lambda c: _thinner(c, 1), K.CUSHION_TOO_THIN),
    (
        "the range ends above the stress of the unit alone",
        "cushioned in range",
        lambda c: _with_foam(c, min_static_stress_kpa=Decimal("1.0003")),
        K.CUSHION_OUT_OF_RANGE,
    ),
    (
        "the range ends below the stress with the load",
        "cushioned in range",
        lambda c: _with_foam(c, max_static_stress_kpa=Decimal("2.0005")),
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
        lambda c: _with_foam(c, max_thickness_mm=Decimal("24.999")),
        K.CUSHION_OUT_OF_RANGE,
    ),
    (
        "another handling profile drops from higher",
        "cushioned in range",
        with_policy(handling_profile="ista-2a"),
        K.CUSHION_TOO_THIN,
    ),
    (
        "the cushioning is one that the policy does not allow",
        "cushioned in range",
        with_policy(cushioning_ids=("moulded-pulp-insert",)),
        K.WRONG_CUSHIONING,
    ),
    (
        "a cushioning is named where nothing is fragile",
        "single",
        with_parcel(cushioning_id="honeycomb-paper-wrap"),
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
    ("the unit whose class carries nothing carries another", "extremely fragile", _swapped_heights, K.OVERLOADED),
    (
        "the unit whose class keeps it upright lies on its side",
        "extremely fragile",
        with_placement(1, orientation=Orientation.LHW, width_um=90_000, height_um=100_000),
        K.ORIENTATION_NOT_ALLOWED,
    ),
    ("a unit of few g carries another", "cushioned in range", with_line(0, max_load_g=None), K.OVERLOADED),
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
        with_line(1, sales_packaging=SalesPackaging(cushion_mm=40.533)),
        K.CUSHION_TOO_THIN,
    ),
    ("the cushion is not weighed", "cushioned", lambda c: with_packaging(c, box_part(50_000)), K.WRONG_PACKAGING),
    ("the cushion is weighed too heavy", "cushioned", lambda c: _cushion_mass(c, 1), K.WRONG_PACKAGING),
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
