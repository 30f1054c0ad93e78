"""Checks positions of units: inside the box, compartments, overlap, pack sequence and empty spaces."""

import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import NamedTuple, TypeVar

from boxwright import units
from boxwright.checking.case import Envelope, ParcelCase, Premises
from boxwright.checking.reading import listed
from boxwright.checking.violation import PlanViolation, ViolationKind, cm3, mm, percent
from boxwright.domain.box import BoxStyle, BoxType
from boxwright.domain.order import Item
from boxwright.domain.plan import EmptySpace
from boxwright.stop import Stop

MOST_SPACES = 100
"""Maximum number of empty spaces per unit that a plan may list, so that the order bounds the work."""
_FLAT_UM = 25_000
"""Greatest height of a unit that may lie in the margin under another."""
_LIMIT_UM = units.to_um(units.MAX_LENGTH_MM)
_ENDS = {axis: (attrgetter(f"{axis}0"), attrgetter(f"{axis}1")) for axis in "xyz"}
Cuboid = TypeVar("Cuboid", bound="Envelope | _Space")


def outside(case: ParcelCase, box: BoxType) -> Iterator[PlanViolation]:
    """Yield units that extend beyond a box or into its clearance."""
    if box.flexible and case.envelopes:
        yield from _not_in_mailer(case, box)
        return
    clearance = case.premises.slack_um(box)
    length, width, height = box.inner_um
    for unit in case.envelopes:
        case.premises.stop.look()
        # A cushion can be compressed, so clearance and margin overlap.
        free, beyond = unit.wall_margin_um, max(unit.wall_margin_um, clearance)
        if (
            unit.x0 >= free
            and unit.y0 >= free
            and unit.z0 >= free
            and unit.x1 <= length - beyond
            and unit.y1 <= width - beyond
            and unit.z1 <= height - beyond
        ):
            continue
        detail = f"{_corners(unit)} in a box of {mm(*box.inner_um)}"
        if min(unit.x0, unit.y0, unit.z0) < 0 or unit.x1 > length or unit.y1 > width or unit.z1 > height:
            yield case.broken(ViolationKind.OUTSIDE_BOX, detail, unit)
        else:
            detail += f", must leave {mm(clearance)} along each axis and {mm(free)} to each wall"
            yield case.broken(ViolationKind.NO_CLEARANCE, detail, unit)


def _corners(unit: Envelope) -> str:
    return f"extends from ({mm(unit.x0, unit.y0, unit.z0)}) to ({mm(unit.x1, unit.y1, unit.z1)})"


def _not_in_mailer(case: ParcelCase, box: BoxType) -> Iterator[PlanViolation]:
    """Yield the units below the corner of a mailer, and dimensions and girths of the goods that are too large.

    The sheets of a mailer make two loops, of twice the flat length and of twice the flat width. The cuboid round all
    goods, from the corner of the mailer, must pass through both. A book wrap has a fixed length and width instead.
    """
    for unit in case.envelopes:
        case.premises.stop.look()
        if min(unit.x0, unit.y0, unit.z0) < 0:
            yield case.broken(ViolationKind.OUTSIDE_BOX, f"{_corners(unit)}, below the corner of the mailer", unit)
    (x, y, z), (length, width, thickest) = case.content_um, box.inner_um
    clearance = case.premises.slack_um(box)
    out, girth = ViolationKind.OUTSIDE_BOX, ViolationKind.TOO_MUCH_GIRTH
    measures = [("high", z, thickest, clearance, out)]
    if box.style is BoxStyle.BOOK_WRAP:
        measures += [("long", x, length, clearance, out), ("wide", y, width, clearance, out)]
    else:
        measures += [
            ("round their length", 2 * (x + z), 2 * length, 2 * clearance, girth),
            ("round their width", 2 * (y + z), 2 * width, 2 * clearance, girth),
        ]
    for name, measure, room, free, kind in measures:
        detail = f"the goods are {mm(measure)} {name}, the mailer takes at most {mm(room)}"
        if measure > room:
            yield case.broken(kind, detail)
        elif measure > room - free:
            yield case.broken(ViolationKind.NO_CLEARANCE, f"{detail} less a clearance of {mm(free)}")


def overfilled(case: ParcelCase, box: BoxType) -> Iterator[PlanViolation]:
    """Yield a violation if the envelopes exceed the fill limit of the inner volume."""
    policy, filled = case.premises.policy, sum(unit.volume_um3 for unit in case.envelopes)
    if filled * 1_000_000 > policy.fill_millionths * box.inner_volume_um3:
        share = percent(filled / box.inner_volume_um3)
        limit = f"fill_limit is {percent(policy.fill_limit)}"
        detail = f"envelopes take {share}, {cm3(filled)} of {cm3(box.inner_volume_um3)}; {limit}"
        yield case.broken(ViolationKind.OVERFILLED, detail)


def too_empty(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield a violation if the goods leave more of the outer volume empty than the policy allows."""
    limit = case.premises.policy.max_empty_space_ratio
    outer_um3 = 0 if limit is None else math.prod(case.outer_um)
    empty_um3 = outer_um3 - sum(case.goods_um3) if outer_um3 else 0
    if limit is not None and empty_um3 * 1_000_000 > round(limit * 1_000_000) * outer_um3:
        share = percent(empty_um3 / outer_um3)
        detail = f"{share} of the outer volume is empty, max_empty_space_ratio is {percent(limit)}"
        yield case.broken(ViolationKind.TOO_EMPTY, detail)


def wrong_compartments(case: ParcelCase, box: BoxType) -> Iterator[PlanViolation]:
    """Yield units that are not alone in a suitable compartment, and units in an open box that name a compartment."""
    grid, cells, taken = box.compartments, box.cells_um, dict[int, Envelope]()
    kind, slack = ViolationKind.WRONG_COMPARTMENT, case.premises.slack_um(box)
    for unit in case.envelopes:
        case.premises.stop.look()
        number = unit.placement.compartment
        if number is None and grid is None:
            continue
        if type(number) is not int or not 1 <= number <= len(cells):
            must = f"be from 1 to {len(cells)}" if cells else "be absent in an open box"
            yield case.broken(kind, f"compartment must {must}, got {number!r:.80}", unit)
            continue
        if (other := taken.setdefault(number, unit)) is not unit:
            yield case.broken(kind, f"shares compartment {number} with {other}", unit)
        if grid is not None and not grid.may_take([unit.item.article]) and not case.premises.is_card(unit.item):
            detail = f"article must be one of {', '.join(grid.articles)}, got {unit.item.article!r:.80}"
            yield case.broken(kind, detail, unit)
        x0, y0, z0, x1, y1, z1 = cells[number - 1]
        detail = f"{_corners(unit)}, its compartment {number} from ({mm(x0, y0, z0)}) to ({mm(x1, y1, z1)})"
        within = x0 <= unit.x0 and unit.x1 <= x1 and y0 <= unit.y0 and unit.y1 <= y1 and unit.z1 <= z1
        if not within or unit.z0 != z0:
            yield case.broken(kind, detail, unit)
        elif unit.x1 > x1 - slack or unit.y1 > y1 - slack or unit.z1 > z1 - slack:
            detail += f", must leave {mm(slack)} along each axis"
            yield case.broken(ViolationKind.NO_CLEARANCE, detail, unit)
        most_um = most_play_um(unit.item, case.premises)
        sides = zip((x1 - x0, y1 - y0, z1 - z0), unit.extents_um, strict=True)
        if most_um is not None and (free := max(side - edge for side, edge in sides)) > most_um:
            detail = f"has {mm(free)} of play in compartment {number}, at most {mm(most_um)} allowed"
            yield case.broken(kind, detail, unit)


def most_play_um(item: Item, premises: Premises) -> int | None:
    """Return the maximum play of a unit in its compartment along an edge, in um; None for sturdy goods."""
    needed = premises.need(item)
    if not needed.needs_pack and not needed.fragility_class.breakable:
        return None
    return int(2_000 * premises.materials.protection_rules["compartment_play_mm"].value)


def sweep(cuboids: Sequence[Cuboid], axes: str, stop: Stop) -> Iterator[tuple[Cuboid, list[Cuboid]]]:
    """Yield every cuboid with the cuboids that begin within it along one axis.

    The axis is the one of ``axes`` along which the cuboids are shortest relative to their common extent. In a full box
    of n cuboids, about ``n ** (2 / 3)`` begin within each cuboid.
    """
    if len(cuboids) < 2:
        return
    spans = []
    for axis in axes:
        stop.look()
        low, high = _ENDS[axis]
        lows, highs = list(map(low, cuboids)), list(map(high, cuboids))
        spans.append(((sum(highs) - sum(lows)) / (max(highs) - min(lows)), axis))
    low, high = _ENDS[min(spans)[1]]
    ordered = sorted(cuboids, key=low)
    lows = list(map(low, ordered))
    for position, cuboid in enumerate(ordered, 1):
        stop.look()
        yield cuboid, ordered[position : bisect_left(lows, high(cuboid), position)]


def _sharing(cuboids: Sequence[Cuboid], stop: Stop) -> Iterator[tuple[Cuboid, Cuboid]]:
    """Yield overlapping pairs of cuboids, at most one pair for each cuboid."""
    for cuboid, meeting in sweep(cuboids, "xyz", stop):
        x0, x1, y0, y1, z0, z1 = cuboid.x0, cuboid.x1, cuboid.y0, cuboid.y1, cuboid.z0, cuboid.z1
        for other in meeting:
            if other.x0 < x1 and x0 < other.x1 and other.y0 < y1 and y0 < other.y1 and other.z0 < z1 and z0 < other.z1:
                yield cuboid, other
                break


def overlaps(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield overlapping pairs of units, at most one pair for each unit."""
    for unit, other in _sharing(case.envelopes, case.premises.stop):
        first, second = sorted((unit, other), key=lambda envelope: envelope.index)
        common = mm(
            min(unit.x1, other.x1) - max(unit.x0, other.x0),
            min(unit.y1, other.y1) - max(unit.y0, other.y0),
            min(unit.z1, other.z1) - max(unit.z0, other.z0),
        )
        yield case.broken(ViolationKind.OVERLAP, f"shares a space of {common} with {first}", second, other=first)


def under_others(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield units in the wall margin under a unit that stands on the floor, at most one for each such unit.

    Flat units that would bear the whole content are exempt, and units that already lay there in a started parcel.
    """
    standing = [unit for unit in case.envelopes if unit.wall_margin_um > 0 and unit.on_floor]
    if not standing:
        return
    highest, lay = max(unit.z0 for unit in standing), case.premises.lay
    reported, content_mg = set(), sum(unit.item.mass_mg for unit in case.envelopes)
    low = [unit for unit in case.envelopes if unit.z0 <= highest]
    for unit, meeting in sweep(low, "xy", case.premises.stop):
        for other in meeting:
            lower, upper = (unit, other) if unit.z0 < other.z0 else (other, unit)
            over = upper.wall_margin_um > 0 and upper.on_floor and lower.z1 <= upper.z0
            if over and lower.z1 - lower.z0 <= _FLAT_UM and _bears(lower, content_mg, case.premises):
                continue
            shared = unit.x0 < other.x1 and other.x0 < unit.x1 and unit.y0 < other.y1 and other.y0 < unit.y1
            if over and shared and not lay >= {unit.unit, other.unit} and upper.index not in reported:
                reported.add(upper.index)
                detail = f"lies under {upper}, in its margin of {mm(upper.z0)} above the floor"
                yield case.broken(ViolationKind.OVERLAP, detail, lower, other=upper)


def _bears(unit: Envelope, mass_mg: int, premises: Premises) -> bool:
    limit = unit.item.max_load_mg if premises.need(unit.item).pads is None else 0
    return limit is None or limit >= mass_mg or not premises.policy.load_bearing


def blocked(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield the units that are set down under an earlier unit, at most one pair for each unit."""
    highest_bottom = 0
    for unit in case.envelopes:
        if unit.z1 <= highest_bottom:
            break
        highest_bottom = max(highest_bottom, unit.z0)
    else:
        return  # no unit lies wholly below an earlier one
    for unit, meeting in sweep(case.envelopes, "xy", case.premises.stop):
        x0, x1, y0, y1, z0, z1, index = unit.x0, unit.x1, unit.y0, unit.y1, unit.z0, unit.z1, unit.index
        for other in meeting:
            if other.x0 < x1 and x0 < other.x1 and other.y0 < y1 and y0 < other.y1:
                if z1 <= other.z0 and other.index < index:
                    late, early = unit, other
                elif other.z1 <= z0 and index < other.index:
                    late, early = other, unit
                else:
                    continue
                detail = f"cannot be set down at z {mm(late.z0)}: {early} is above it at z {mm(early.z0)}"
                yield case.broken(ViolationKind.BLOCKED, detail, late, late.step, early)
                break


class _Space(NamedTuple):
    """An empty space in um, with its position in the list."""

    x0: int
    x1: int
    y0: int
    y1: int
    z0: int
    z1: int
    number: int

    def __str__(self) -> str:
        return f"empty space {self.number}"


def wrong_spaces(case: ParcelCase, box: BoxType) -> Iterator[str]:
    """Yield the errors in the empty spaces that a parcel lists; a parcel need not list them.

    Spaces are right if they lie in the box, overlap neither units nor each other, and together have the volume that the
    units leave. A mailer has its filled size.
    """
    if case.parcel.empty_spaces is None:
        return
    stated, envelopes = listed(case.parcel.empty_spaces), case.envelopes
    if len(stated) > MOST_SPACES * (len(envelopes) + 1):
        yield f"at most {MOST_SPACES} empty spaces are allowed for each unit, got {len(stated)}"
        return
    beside, above, gap_um = case.held if box.has_fill else ([], [], 0)
    (length, width, height), _ = case.sizes_um
    empty_um3 = length * width * height - sum(cuboid.volume_um3 for cuboid in envelopes)
    spaces: list[_Space] = []
    for number, given in enumerate(stated):
        numbers = (*given.corner_um, *given.extent_um) if isinstance(given, EmptySpace) else ()
        whole = all(type(value) is int and abs(value) <= _LIMIT_UM for value in numbers)
        if not isinstance(given, EmptySpace) or not whole or min(given.extent_um) <= 0:
            yield f"empty space {number} must be a cuboid of whole um, got {given!r:.120}"
            continue
        (x, y, z), (dx, dy, dz) = given.corner_um, given.extent_um
        space = _Space(x, x + dx, y, y + dy, z, z + dz, number)
        spaces.append(space)
        empty_um3 -= dx * dy * dz
        if min(x, y, z) < 0 or space.x1 > length or space.y1 > width or space.z1 > height:
            end = mm(space.x1, space.y1, space.z1)
            yield f"{space} extends from ({mm(x, y, z)}) to ({end}) in a box of {mm(length, width, height)}"
        need = any(_slides(unit, space, "xy", touching=not gap_um) > gap_um for unit in beside)
        need = need or any(_slides(unit, space, "z") > gap_um for unit in above)
        if given.needs_blocking is not need:
            yield f"needs_blocking of {space} must be {need}, got {given.needs_blocking}"
    cuboids: list[Envelope | _Space] = [*spaces, *envelopes]
    for cuboid, other in _sharing(cuboids, case.premises.stop):
        if isinstance(cuboid, _Space) or isinstance(other, _Space):
            yield f"{cuboid} overlaps {other}"
    if len(spaces) == len(stated) and empty_um3:
        yield f"volume of the empty spaces must be greater by {cm3(empty_um3)} ({empty_um3} cubic um)"


def _slides(unit: Envelope, space: _Space, axes: str, *, touching: bool = False) -> int:
    """Return the width in um of a space along the one of the axes on which it lies straight beside a unit, or 0.

    The unit can slide so far, and push what lies between, unless only a space that is ``touching`` it counts.
    """
    widths = [0]
    for axis in axes:
        across = [_ENDS[other] for other in "xyz" if other != axis]
        if all(start(unit) < end(space) and start(space) < end(unit) for start, end in across):
            starts, ends = _ENDS[axis]
            if touching and starts(space) != ends(unit) and ends(space) != starts(unit):
                continue
            widths.append(ends(space) - starts(space))
    return max(widths)
