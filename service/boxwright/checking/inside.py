"""Inside: every envelope is in the usable box, or passes through the sheets of the mailer, and none is overfilled."""

from collections.abc import Iterator

from boxwright.checking.case import ParcelCase
from boxwright.checking.mailer import Size, content_um
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.checking.wording import cm3, mm, percent
from boxwright.domain.box import BoxStyle, BoxType


def outside(case: ParcelCase, box: BoxType) -> Iterator[PlanViolation]:
    """Yield what reaches out of a box, or into the slack of ``policy.fit_clearance_mm``."""
    yield from _not_in_mailer(case, box) if box.flexible else _not_in_rigid(case, box)


def _not_in_rigid(case: ParcelCase, box: BoxType) -> Iterator[PlanViolation]:
    length, width, height = box.inner_um
    clearance = case.premises.policy.fit_clearance_um
    most_x, most_y, most_z = length - clearance, width - clearance, height - clearance
    for each in case.envelopes:
        case.premises.stop.look()
        free = each.wall_margin_um
        if (
            each.x0 >= free
            and each.y0 >= free
            and each.z0 >= free
            and each.x1 <= most_x - free
            and each.y1 <= most_y - free
            and each.z1 <= most_z - free
        ):
            continue
        lowest = min(each.x0, each.y0, each.z0)
        room = min(length - each.x1, width - each.y1, height - each.z1)
        corners = f"from ({mm(each.x0, each.y0, each.z0)}) to ({mm(each.x1, each.y1, each.z1)})"
        detail = f"reaches {corners} in a box of {mm(*box.inner_um)}"
        if lowest < 0 or room < 0:
            yield case.broken(ViolationKind.OUTSIDE_BOX, detail, each)
        else:
            detail += f", of which {mm(clearance)} on each axis stay free"
            detail += f" and a margin of {mm(free)} to each wall" if free else ""
            yield case.broken(ViolationKind.NO_CLEARANCE, detail, each)


def _not_in_mailer(case: ParcelCase, box: BoxType) -> Iterator[PlanViolation]:
    """Yield the units that reach below the corner of a mailer, and the loops that are too short for what is in it.

    The sheets make closed loops of twice the flat length and twice the flat width; the goods' bounding cuboid, from the
    mailer's corner, must pass through both. A book wrap keeps its length and width instead.
    """
    if not case.envelopes:
        return
    for each in case.envelopes:
        case.premises.stop.look()
        if min(each.x0, each.y0, each.z0) < 0:
            detail = f"reaches to ({mm(each.x0, each.y0, each.z0)}), below the corner of the mailer"
            yield case.broken(ViolationKind.OUTSIDE_BOX, detail, each)
    x, y, z = content_um(case.envelopes)
    if box.style is BoxStyle.BOOK_WRAP:
        yield from _past_a_wrap(case, (x, y, z), box)
        return
    length, width, thickest = box.inner_um
    clearance = case.premises.policy.fit_clearance_um
    for name, extent, flat in (("length", x, length), ("width", y, width)):
        girth, loop = 2 * (extent + z), 2 * flat
        goods = f"the goods are {mm(extent)} in {name} and {mm(z)} high, a girth of {mm(girth)}"
        detail = f"{goods}; the sheets go {mm(loop)} round"
        if girth > loop:
            yield case.broken(ViolationKind.TOO_MUCH_GIRTH, detail)
        elif girth > loop - 2 * clearance:
            yield case.broken(ViolationKind.NO_CLEARANCE, f"{detail}, of which {mm(2 * clearance)} stay free")
    detail = f"the goods are {mm(z)} high, the mailer closes up to {mm(thickest)}"
    if z > thickest:
        yield case.broken(ViolationKind.OUTSIDE_BOX, detail)
    elif z > thickest - clearance:
        yield case.broken(ViolationKind.NO_CLEARANCE, f"{detail}, of which {mm(clearance)} stay free")


def _past_a_wrap(case: ParcelCase, content: Size, box: BoxType) -> Iterator[PlanViolation]:
    clearance = case.premises.policy.fit_clearance_um
    for name, extent, room in zip(("length", "width", "height"), content, box.inner_um, strict=True):
        detail = f"the goods are {mm(extent)} in {name}, the wrap takes {mm(room)}"
        if extent > room:
            yield case.broken(ViolationKind.OUTSIDE_BOX, detail)
        elif extent > room - clearance:
            yield case.broken(ViolationKind.NO_CLEARANCE, f"{detail}, of which {mm(clearance)} stay free")


def overfilled(case: ParcelCase, box: BoxType) -> Iterator[PlanViolation]:
    """Yield whether the envelopes take more than the fill limit of the inner volume; of a mailer, the most it holds."""
    policy, filled = case.premises.policy, sum(each.volume_um3 for each in case.envelopes)
    if filled * 1_000_000 > policy.fill_millionths * box.inner_volume_um3:
        share = percent(filled / box.inner_volume_um3)
        detail = f"{cm3(filled)} of {cm3(box.inner_volume_um3)} is {share}, limit {percent(policy.fill_limit)}"
        yield case.broken(ViolationKind.OVERFILLED, detail)
