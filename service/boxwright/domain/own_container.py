"""Units that ship in their own container, without a catalog box."""

from boxwright.domain.box import BoxStyle, BoxType, Catalog
from boxwright.domain.order import ALL_ORIENTATIONS, Item, Orientation
from boxwright.domain.plan import Parcel
from boxwright.lazy import cached_property
from boxwright.units import to_mm

OWN_CONTAINER = "own container"
"""Name of an own container in tables and metrics, in place of a box type id."""


class OwnContainer(BoxType):
    """A unit's own container as a box type of the unit's size inside and outside, without mass, material or price."""

    @property
    def ours(self) -> bool:
        """Whether it is a catalog box: always False."""
        return False

    @cached_property
    def inner_volume_um3(self) -> int:
        """Inner volume: always 0, so that no part of it counts as empty."""
        return 0

    @classmethod
    def of_size(cls, edges_um: tuple[int, int, int]) -> "OwnContainer":
        """Return the container of a unit by its outer size in um."""
        length, width, height = map(to_mm, edges_um)
        return cls(OWN_CONTAINER, length, width, height, style=BoxStyle.TUCK_0210)


def shipped_orientation(item: Item) -> Orientation:
    """Return the orientation of a unit in its own container: the first that its line allows."""
    return next(orientation for orientation in ALL_ORIENTATIONS if orientation in item.orientations)


def box_of(parcel: Parcel, catalog: Catalog) -> BoxType:
    """Return the box type of a parcel, or its own container; KeyError if the catalog lacks the type."""
    return (
        OwnContainer.of_size(parcel.outer_um) if parcel.ships_in_own_container else catalog.box_type(parcel.box_type_id)
    )
