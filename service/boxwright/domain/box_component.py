"""A box as a part of a parcel's packaging."""

from decimal import Decimal

from boxwright.domain.box import BoxType
from boxwright.domain.factor import Component
from boxwright.domain.footprint import PackagingComponent


def box_component(box: BoxType) -> PackagingComponent:
    """Return the packaging component of a box type: its mass, trim, recycled content, trips and reuse."""
    return PackagingComponent(
        Component.BOX,
        box.material_id,
        box.tare_mg,
        box.trips,
        recycled_content=None if box.recycled_content is None else Decimal(str(box.recycled_content)),
        reuse=box.reuse,
        trim_mg=box.board_mg - box.tare_mg,
    )
