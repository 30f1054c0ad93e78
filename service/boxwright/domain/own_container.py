"""Units that ship as they are: the unit is its own parcel, and no box of ours is round it."""

from boxwright.domain.box import BoxStyle, BoxType, Catalog
from boxwright.domain.order import ALL_ORIENTATIONS, Item, Orientation
from boxwright.domain.plan import Parcel
from boxwright.lazy import cached_property
from boxwright.units import to_mm

OWN_CONTAINER = "own container"
"""What tables and metrics call it, where others have a box type id."""


class OwnContainer(BoxType):
    """A stand-in for a box type: as large inside and outside as the unit, of no mass, material or price."""

    @property
    def ours(self) -> bool:
        """Always False."""
        return False

    @cached_property
    def inner_volume_um3(self) -> int:
        """Always 0: no box of ours, so that nothing inside one can be empty."""
        return 0

    @classmethod
    def of_size(cls, edges_um: tuple[int, int, int]) -> "OwnContainer":
        """Return the own container of a unit of this outer size, in um."""
        length, width, height = map(to_mm, edges_um)
        return cls(OWN_CONTAINER, length, width, height, style=BoxStyle.TUCK_0210)


def shipped_orientation(item: Item) -> Orientation:
    """Return how a unit lies that ships in its own container: the first orientation that its line allows."""
    return next(orientation for orientation in ALL_ORIENTATIONS if orientation in item.orientations)


def box_of(parcel: Parcel, catalog: Catalog) -> BoxType:
    """Return the box type of a parcel, or the stand-in of its own container; KeyError if the catalog has none."""
    return (
        OwnContainer.of_size(parcel.outer_um) if parcel.ships_in_own_container else catalog.box_type(parcel.box_type_id)
    )
