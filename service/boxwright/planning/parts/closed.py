"""The size of a box when it is closed: a rigid box as the catalog has it, a mailer as its content makes it."""

import math
from dataclasses import dataclass

from boxwright.domain.box import BoxType
from boxwright.domain.mailer import Cuboid, inside_at, outside_um


@dataclass(frozen=True, slots=True)
class ClosedSize:
    """Size of a closed box, or a bound on it.

    Attributes
    ----------
    inner_um : tuple of int
        Inner length, width and height; of a mailer, of the cuboid that it is at its filled height.
    outer_um : tuple of int
        Outer length, width and height.
    """

    inner_um: Cuboid
    outer_um: Cuboid

    @property
    def inner_volume_um3(self) -> int:
        """Volume of the inside, in cubic um."""
        return math.prod(self.inner_um)


def closed_size(box: BoxType, extents_um: Cuboid | None) -> ClosedSize:
    """Return the size of a closed box.

    Parameters
    ----------
    box : BoxType
        Its type.
    extents_um : tuple of int or None
        Extents of what is in it, from its corner; of no account for a rigid box.
    """
    if not box.ours:
        return ClosedSize((0, 0, 0), box.outer_um)
    if not box.flexible or extents_um is None:
        return ClosedSize(box.inner_um, box.outer_um)
    inner = inside_at(box.inner_um, extents_um[2], wraps=box.wraps)
    return ClosedSize(inner, outside_um(box.inner_um, box.outer_um, extents_um, wraps=box.wraps))


def least_size(box: BoxType, lowest_um: int) -> ClosedSize:
    """Return a size that a mailer filled to ``lowest_um`` or higher never undercuts, in inner volume or any outer edge.

    The inner volume rises to a single peak and falls, so that its least is at one end of the range. A mailer is never
    shorter than its flat length less its height.
    """
    length, width, thickest = box.inner_um
    if box.wraps:
        lowest = min(lowest_um, thickest)
        outer = outside_um(box.inner_um, box.outer_um, (length, width, lowest), wraps=True)
        return ClosedSize(inside_at(box.inner_um, lowest, wraps=True), outer)
    highest = min(thickest, length - 1, width - 1)
    lowest = min(lowest_um, highest)
    seams = [outer - inner for outer, inner in zip(box.outer_um, box.inner_um, strict=True)]
    return ClosedSize(
        min((inside_at(box.inner_um, height) for height in (lowest, highest)), key=math.prod),
        (length - highest + seams[0], width - highest + seams[1], lowest + seams[2]),
    )
