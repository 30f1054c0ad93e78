"""A box in a box: the inner box of very fragile goods."""

from dataclasses import dataclass

from boxwright.domain.box import BoxType
from boxwright.domain.fields import changed
from boxwright.domain.order import ALL_ORIENTATIONS, Item, Orientation
from boxwright.lazy import cached_property


@dataclass(frozen=True)
class InnerBox:
    """The box that each unit of a line is packed in first.

    Attributes
    ----------
    goods : Item
        The line as ordered, with the rules of its class.
    box : BoxType
        The inner box.
    orientation : Orientation
        Orientation of the goods in it.
    gap_um : int
        Space round the goods in it, wrap included, in um.
    fill_mg, tape_mg : int
        Void fill in it and tape on it, in mg.
    """

    goods: Item
    box: BoxType
    orientation: Orientation
    gap_um: int
    fill_mg: int = 0
    tape_mg: int = 0

    @property
    def edges_um(self) -> tuple[int, int, int]:
        """Its outer size along the declared length, width and height of the goods, in um."""
        return self.orientation.edges_of(*self.box.outer_um)

    @property
    def added_mg(self) -> int:
        """Mass of box, fill and tape, in mg, without the wrap, which is counted with the wrap of other units."""
        return self.box.tare_mg + self.fill_mg + self.tape_mg

    @cached_property
    def placed(self) -> Item:
        """The line as placed in the parcel, with size and mass of the inner box and the goods in it."""
        length, width, height = self.edges_um
        mass = self.goods.mass_mg + self.added_mg
        return changed(self.goods, length_um=length, width_um=width, height_um=height, mass_mg=mass)


def held_in(goods: Item, box: BoxType, gap_um: int, clearance_um: int) -> Orientation | None:
    """Return the first allowed orientation in which goods fit into a box, or None.

    ``gap_um`` is kept on each of the six sides of the goods, ``clearance_um`` along each inner edge of the box.
    """
    for orientation in ALL_ORIENTATIONS:
        if orientation in goods.orientations and all(
            edge + 2 * gap_um <= room - clearance_um
            for edge, room in zip(orientation.rotate(*goods.edges_um), box.inner_um, strict=True)
        ):
            return orientation
    return None
