"""Poses of units as a packer sees them, by their shape and not by the names of edges."""

import enum

from boxwright import units
from boxwright.domain.order import Item
from boxwright.domain.plan import Placement


class Pose(enum.StrEnum):
    """The pose of a unit: the way up that it lies or stands."""

    UPRIGHT = "upright"
    FLAT = "flat"
    ON_ITS_SIDE = "on its side"
    ON_ITS_LONG_SIDE = "on its long side"
    ON_ITS_END = "on its end"


class Turn(enum.StrEnum):
    """Direction of the longer horizontal edge: along the length of the box or along its width."""

    LENGTHWAYS = "lengthways"
    CROSSWAYS = "crossways"


def pose_of(line: Item, placed: Placement) -> Pose:
    """Return the pose of a unit of a line.

    With its declared height vertical it stands upright, or lies flat if that is the shortest edge and another is at
    least 1.6 times as long (twice, if the unit keeps a gap: a teapot stands). Otherwise it lies on its side if its
    shortest edge is vertical, stands on its end if its longest is, and on its long side if neither is.
    """
    edges = line.shape_um(placed.folds)
    vertical = edges["LWH".index(placed.orientation[2])]
    if placed.orientation[2] == "H":
        low = 8 * vertical <= (4 if placed.half_gap_um else 5) * max(edges)
        return Pose.FLAT if vertical == min(edges) and low else Pose.UPRIGHT
    if vertical == min(edges):
        return Pose.ON_ITS_SIDE
    return Pose.ON_ITS_END if vertical == max(edges) else Pose.ON_ITS_LONG_SIDE


def turn_of(placed: Placement) -> Turn | None:
    """Return the turn of a unit; None if its horizontal edges differ by at most 1 mm."""
    longer_um = placed.length_um - placed.width_um
    if abs(longer_um) <= units.UM_PER_MM:
        return None
    return Turn.LENGTHWAYS if longer_um > 0 else Turn.CROSSWAYS
