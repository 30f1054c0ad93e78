"""Goods that fold and give way, such as garments: the shapes that one of them can have.

Lying flat and at rest it is length x width x height. Each fold halves the longer of length and width and doubles the
thickness. Pressing makes it thinner, down to a stated thickness per layer, and no longer or wider.
"""

from dataclasses import dataclass
from typing import Annotated

from boxwright import units
from boxwright.domain.fields import Length, Ruled, holds_whole, within

MAX_FOLDS = 6


@holds_whole
@dataclass(frozen=True)
class SoftGoods(Ruled):
    """How far a unit folds and gives way."""

    min_thickness_mm: Length | None = None
    """Thickness to which an unfolded unit may be pressed without harm, in mm, at most its height. None: it is firm."""
    max_folds: Annotated[int, within(0, MAX_FOLDS)] = 0
    """How many times it may be folded in half, 0 to 6."""
    min_thickness_um = units.InWhole[int | None]()


def folded_um(edges_um: tuple[int, int, int], folds: int) -> tuple[int, int, int]:
    """Return length, width and thickness after some folds, in um; half an odd number of um is rounded up."""
    length, width, thickness = edges_um
    for _ in range(folds):
        if length >= width:
            length = (length + 1) // 2
        else:
            width = (width + 1) // 2
        thickness *= 2
    return length, width, thickness
