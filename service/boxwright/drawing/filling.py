"""How deep fill lies in a box: under the goods and over them, as its plan implies."""

from dataclasses import dataclass

from boxwright.domain.box import BoxType
from boxwright.domain.factor import Component
from boxwright.domain.plan import Parcel, Placement
from boxwright.drawing.lettering import mass, millimetres
from boxwright.units import UM_PER_MM

_LEAST_TOP_UM = 10 * UM_PER_MM


@dataclass(frozen=True, slots=True)
class Filling:
    """Where void fill lies in a parcel.

    Attributes
    ----------
    words : str
        How much of what.
    bottom_um : int
        Depth of the layer under all units, in um; 0 where one lies on the floor.
    top_um : int
        Depth between the highest goods and the lid, in um; 0 below 10 mm.
    """

    words: str
    bottom_um: int
    top_um: int

    @property
    def where(self) -> str:
        """Where it goes."""
        under = f"{whole(self.bottom_um)} mm on the floor" if self.bottom_um else ""
        over = f"{whole(self.top_um)} mm on top" if self.top_um else ""
        return ", ".join(filter(None, (under, "all gaps", over)))


def filling_of(parcel: Parcel, box: BoxType, *, begun: bool = False) -> Filling | None:
    """Return where the fill of a parcel lies; None without any. A box that was begun has no layer to lay first."""
    parts = [part for part in parcel.packaging if part.component is Component.VOID_FILL]
    if not parts or not parcel.placements:
        return None
    words = ", ".join(f"{mass(part.mass_mg)} of {part.dunnage_id}" for part in parts)
    if any(placed.inner_box_type_id for placed in parcel.placements):
        words += ", that in inner boxes included"
    lifts = [lift for placed in parcel.placements if (lift := lift_um(placed)) is not None]
    top = box.inner_um[2] - max(placed.z_um + placed.height_um - placed.half_gap_um for placed in parcel.placements)
    return Filling(words, 0 if begun else min(lifts, default=0), top if top >= _LEAST_TOP_UM else 0)


def lift_um(placement: Placement) -> int | None:
    """Return how far the goods of a unit on the floor are above it, in um; None of one on other units."""
    return placement.z_um + placement.half_gap_um if placement.z_um <= placement.wall_margin_um else None


def whole(length_um: int) -> str:
    """Return a depth to the whole mm."""
    return millimetres(round(length_um / UM_PER_MM))
