"""The size of a box when it is closed: a rigid box as the catalog has it, a mailer as its content makes it."""

import math
from dataclasses import dataclass

from boxwright.domain.box import BoxType
from boxwright.domain.mailer import Cuboid


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
    if extents_um is None:
        return ClosedSize(box.inner_um, box.outer_um)
    shell = box.shell
    inner = shell.inside_at(box.inner_um, extents_um[2])
    return ClosedSize(inner, shell.outside_um(box.inner_um, box.outer_um, extents_um))


def least_size(box: BoxType, lowest_um: int) -> ClosedSize:
    """Return a size that a box filled to ``lowest_um`` or higher never undercuts, in inner volume or any outer edge."""
    return ClosedSize(*box.shell.least_um(box.inner_um, box.outer_um, lowest_um))
