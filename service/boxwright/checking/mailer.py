"""The size of a box: a rigid one as the catalog has it, a mailer or book wrap as it is filled."""

from collections.abc import Sequence

from boxwright.checking.envelope import Envelope
from boxwright.domain.box import BoxStyle, BoxType

Size = tuple[int, int, int]


def sizes_um(envelopes: Sequence[Envelope], box: BoxType) -> tuple[Size, Size]:
    """Return inner and outer size of a box with these goods in it, in um; of an empty one as the catalog has it.

    Inside a mailer is as high as the goods and the shorter for it, both ways. Outside, sheet beside the goods is pulled
    straight to the seams at half height, rounded up to a whole um; seams and walls come on top.
    """
    if not box.flexible or not envelopes:
        return box.inner_um, box.outer_um
    x, y, z = content_um(envelopes)
    length, width, _ = box.inner_um
    if box.style is BoxStyle.BOOK_WRAP:
        inner = (length, width, z) if z <= box.inner_um[2] else (0, 0, 0)
        return inner, (box.outer_um[0], box.outer_um[1], z + box.outer_um[2] - box.inner_um[2])
    inner = (length - z, width - z, z)
    if min(inner) <= 0 or z > box.inner_um[2]:
        inner = (0, 0, 0)
    along, across = _stretched(length, x, z), _stretched(width, y, z)
    seams = [outer - flat for outer, flat in zip(box.outer_um, box.inner_um, strict=True)]
    return inner, (along + seams[0], across + seams[1], z + seams[2])


def content_um(envelopes: Sequence[Envelope]) -> Size:
    """Return the cuboid that holds all units, from the corner of the box, in um."""
    return max(each.x1 for each in envelopes), max(each.y1 for each in envelopes), max(each.z1 for each in envelopes)


def _stretched(flat: int, extent: int, height: int) -> int:
    """Return the extent plus both ends of the sheet, each the long side of a right triangle over half the height."""
    reach, most = 0, max(flat - extent, 0)
    # Bisection for the least whole number whose square is not below surplus^2 - height^2.
    target = (flat - extent) ** 2 - height**2
    while reach < most:
        middle = (reach + most) // 2
        if middle * middle >= target:
            most = middle
        else:
            reach = middle + 1
    return extent + reach
