"""A box as a part of a parcel's packaging, and what a part costs."""

from decimal import Decimal
from fractions import Fraction

from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.factor import Component
from boxwright.domain.footprint import PackagingComponent
from boxwright.units import MG_PER_KG


def box_component(box: BoxType, *, inner: bool = False) -> PackagingComponent:
    """Return the packaging component of a box type: its mass, trim, recycled content, trips and reuse.

    An ``inner`` box names its type, since a parcel may hold several.
    """
    return PackagingComponent(
        Component.INNER_BOX if inner else Component.BOX,
        box.material_id,
        box.tare_mg,
        box.trips,
        dunnage_id=box.box_type_id if inner else "",
        recycled_content=None if box.recycled_content is None else Decimal(str(box.recycled_content)),
        reuse=box.reuse,
        trim_mg=box.board_mg - box.tare_mg,
    )


def part_cost_minor(part: PackagingComponent, catalog: Catalog) -> int | None:
    """Return the price of a part of a parcel's packaging but for its box, in minor units, half to even.

    Dunnage whose price is not known counts as 0; of an inner box without a price it is None.
    """
    if part.component is Component.INNER_BOX:
        return catalog.price_minor(catalog.box_type(part.dunnage_id))
    found = next((dunnage for dunnage in catalog.dunnage if dunnage.dunnage_id == part.dunnage_id), None)
    return round(Fraction((found and found.price_per_kg_minor) or 0) * part.mass_mg / MG_PER_KG)
