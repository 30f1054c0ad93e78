"""Mailers: what is in one has no more girth than its sheets, and the stated size is that of the filled mailer.

The sheets make closed loops of twice the flat length and twice the flat width; the goods' bounding cuboid, from the
mailer's corner, must pass through both.
"""

from collections.abc import Iterator, Sequence

from boxwright import fuse
from boxwright.checking.envelope import Envelope
from boxwright.checking.figures import mm
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.domain.box import BoxType
from boxwright.domain.policy import Policy
from boxwright.units import to_um

Size = tuple[int, int, int]


def not_in_mailer(
    parcel_index: int, envelopes: Sequence[Envelope], box: BoxType, policy: Policy
) -> Iterator[PlanViolation]:
    """Yield the units that reach below the corner of a mailer, and the loops that are too short for what is in it."""
    for each in envelopes:
        fuse.look()
        if min(each.x0, each.y0, each.z0) < 0:
            detail = f"reaches to ({mm(each.x0, each.y0, each.z0)}), below the corner of the mailer"
            yield PlanViolation(ViolationKind.OUTSIDE_BOX, detail, parcel_index, *each.unit)
    if not envelopes:
        return
    x, y, z = _content(envelopes)
    length, width, thickest = box.inner_um
    clearance = to_um(policy.fit_clearance_mm)
    for name, extent, flat in (("length", x, length), ("width", y, width)):
        girth, loop = 2 * (extent + z), 2 * flat
        detail = (
            f"the goods are {mm(extent)} in {name} and {mm(z)} high, a girth of {mm(girth)}; the sheets go {mm(loop)}"
        )
        if girth > loop:
            yield PlanViolation(ViolationKind.TOO_MUCH_GIRTH, f"{detail} round", parcel_index)
        elif girth > loop - 2 * clearance:
            slack = f"{detail} round, of which {mm(2 * clearance)} stay free"
            yield PlanViolation(ViolationKind.NO_CLEARANCE, slack, parcel_index)
    detail = f"the goods are {mm(z)} high, the mailer closes up to {mm(thickest)}"
    if z > thickest:
        yield PlanViolation(ViolationKind.OUTSIDE_BOX, detail, parcel_index)
    elif z > thickest - clearance:
        yield PlanViolation(ViolationKind.NO_CLEARANCE, f"{detail}, of which {mm(clearance)} stay free", parcel_index)


def filled_sizes(envelopes: Sequence[Envelope], box: BoxType) -> tuple[Size, Size]:
    """Return inner and outer size of a mailer with these goods in it, in um.

    Inside it is as high as the goods and the shorter for it, both ways. Outside, sheet beside the goods is pulled
    straight to the seams at half height, rounded up to a whole um; seams and walls come on top.
    """
    x, y, z = _content(envelopes)
    length, width, _ = box.inner_um
    inner = (length - z, width - z, z)
    if min(inner) <= 0 or z > box.inner_um[2]:
        inner = (0, 0, 0)
    along, across = _stretched(length, x, z), _stretched(width, y, z)
    seams = [outer - flat for outer, flat in zip(box.outer_um, box.inner_um, strict=True)]
    return inner, (along + seams[0], across + seams[1], z + seams[2])


def _content(envelopes: Sequence[Envelope]) -> Size:
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
