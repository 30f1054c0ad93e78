"""Places: each unit inside its box or compartment, apart from the others, and set down from above; empty spaces."""

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
from boxwright.domain.order import DimensionStatus, Item, Order, Orientation
from boxwright.domain.plan import EmptySpace, Placement
from boxwright.domain.policy import Policy
from boxwright.stop import Stop

MOST_SPACES = 100
"""More empty spaces than this for each unit are not looked at, so that the work is bounded by the order."""
MOST_AT_SIGHT = 8
"""Of more units every pair would take longer to look at than the rules do."""
_LIMIT_UM = units.to_um(units.MAX_LENGTH_MM)
_ENDS = {axis: (attrgetter(f"{axis}0"), attrgetter(f"{axis}1")) for axis in "xyz"}
Each = TypeVar("Each", bound="Envelope | _Space")


def outside(case: ParcelCase, box: BoxType) -> Iterator[PlanViolation]:
    """Yield what reaches out of a box, or into the slack that is kept along its edges."""
    if box.flexible and case.envelopes:
        yield from _not_in_mailer(case, box)
        return
    clearance = case.premises.slack_um(box)
    length, width, height = box.inner_um
    for each in case.envelopes:
        case.premises.stop.look()
        # A cushion gives way, so the clearance counts towards a unit's margin.
        free, beyond = each.wall_margin_um, max(each.wall_margin_um, clearance)
        if (
            each.x0 >= free
            and each.y0 >= free
            and each.z0 >= free
            and each.x1 <= length - beyond
            and each.y1 <= width - beyond
            and each.z1 <= height - beyond
        ):
            continue
        detail = f"{_corners(each)} in a box of {mm(*box.inner_um)}"
        if min(each.x0, each.y0, each.z0) < 0 or each.x1 > length or each.y1 > width or each.z1 > height:
            yield case.broken(ViolationKind.OUTSIDE_BOX, detail, each)
        else:
            detail += f", of which {mm(clearance)} on each axis and {mm(free)} to each wall stay free"
            yield case.broken(ViolationKind.NO_CLEARANCE, detail, each)


def _corners(each: Envelope) -> str:
    return f"reaches from ({mm(each.x0, each.y0, each.z0)}) to ({mm(each.x1, each.y1, each.z1)})"


def _not_in_mailer(case: ParcelCase, box: BoxType) -> Iterator[PlanViolation]:
    """Yield the units that reach below the corner of a mailer, and the loops that are too short for what is in it.

    The sheets make closed loops of twice the flat length and twice the flat width; the goods' bounding cuboid, from the
    mailer's corner, must pass through both. A book wrap keeps its length and width instead.
    """
    for each in case.envelopes:
        case.premises.stop.look()
        if min(each.x0, each.y0, each.z0) < 0:
            yield case.broken(ViolationKind.OUTSIDE_BOX, f"{_corners(each)}, below the corner of the mailer", each)
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
        detail = f"the goods are {mm(measure)} {name}, the mailer takes {mm(room)}"
        if measure > room:
            yield case.broken(kind, detail)
        elif measure > room - free:
            yield case.broken(ViolationKind.NO_CLEARANCE, f"{detail}, of which {mm(free)} stay free")


def overfilled(case: ParcelCase, box: BoxType) -> Iterator[PlanViolation]:
    """Yield whether the envelopes take more than the fill limit of the inner volume; of a mailer, the most it holds."""
    policy, filled = case.premises.policy, sum(each.volume_um3 for each in case.envelopes)
    if filled * 1_000_000 > policy.fill_millionths * box.inner_volume_um3:
        share = percent(filled / box.inner_volume_um3)
        detail = f"{cm3(filled)} of {cm3(box.inner_volume_um3)} is {share}, limit {percent(policy.fill_limit)}"
        yield case.broken(ViolationKind.OVERFILLED, detail)


def too_empty(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield whether the goods leave more of the outer volume empty than the policy allows."""
    limit = case.premises.policy.max_empty_space_ratio
    outer_um3 = 0 if limit is None else math.prod(case.outer_um)
    empty_um3 = outer_um3 - sum(case.goods_um3) if outer_um3 else 0
    if limit is not None and empty_um3 * 1_000_000 > round(limit * 1_000_000) * outer_um3:
        detail = f"{percent(empty_um3 / outer_um3)} of the outer volume is empty, limit {percent(limit)}"
        yield case.broken(ViolationKind.TOO_EMPTY, detail)


def wrong_compartments(case: ParcelCase, box: BoxType) -> Iterator[PlanViolation]:
    """Yield the units that do not stand in a compartment of their own, and those that name one of an open box."""
    grid, cells, taken = box.compartments, box.cells_um, dict[int, Envelope]()
    kind, slack = ViolationKind.WRONG_COMPARTMENT, case.premises.slack_um(box)
    for each in case.envelopes:
        case.premises.stop.look()
        number = each.placement.compartment
        if number is None and grid is None:
            continue
        if type(number) is not int or not 1 <= number <= len(cells):
            yield case.broken(kind, f"names compartment {number!r:.80}, its box has {len(cells)}", each)
            continue
        if (other := taken.setdefault(number, each)) is not each:
            yield case.broken(kind, f"is in compartment {number}, where {other} is", each)
        if grid is not None and grid.articles and each.item.article not in grid.articles:
            detail = f"is of article {each.item.article!r:.80}, its compartment is for {', '.join(grid.articles)}"
            yield case.broken(kind, detail, each)
        x0, y0, z0, x1, y1, z1 = cells[number - 1]
        detail = f"{_corners(each)}, compartment {number} from ({mm(x0, y0, z0)}) to ({mm(x1, y1, z1)})"
        within = x0 <= each.x0 and each.x1 <= x1 and y0 <= each.y0 and each.y1 <= y1 and each.z1 <= z1
        if not within or each.z0 != z0:
            yield case.broken(kind, detail, each)
        elif each.x1 > x1 - slack or each.y1 > y1 - slack or each.z1 > z1 - slack:
            detail += f", of which {mm(slack)} on each axis stay free"
            yield case.broken(ViolationKind.NO_CLEARANCE, detail, each)
        most_um = most_play_um(each.item, case.premises)
        sides = zip((x1 - x0, y1 - y0, z1 - z0), each.extents_um, strict=True)
        if most_um is not None and (free := max(side - edge for side, edge in sides)) > most_um:
            yield case.broken(kind, f"has {mm(free)} of play in compartment {number}, allowed are {mm(most_um)}", each)


def most_play_um(item: Item, premises: Premises) -> int | None:
    """Return how much longer than a unit its compartment may be along an edge, in um; sturdy goods may have any."""
    needed = premises.need(item)
    if not needed.needs_pack and not needed.fragility_class.breakable:
        return None
    return int(2_000 * premises.materials.protection_rules["compartment_play_mm"].value)


def sweep(cuboids: Sequence[Each], axes: str, stop: Stop) -> Iterator[tuple[Each, list[Each]]]:
    """Yield each cuboid with those that begin after it, and before it ends, along one axis.

    The axis is the one of ``axes`` on which the cuboids are shortest beside the stretch that they take together, so
    that few meet: about ``n ** (2 / 3)`` of n in a full box.
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
    for position, each in enumerate(ordered, 1):
        stop.look()
        yield each, ordered[position : bisect_left(lows, high(each), position)]


def _sharing(cuboids: Sequence[Each], stop: Stop) -> Iterator[tuple[Each, Each]]:
    """Yield cuboids that share a volume: for each at most one, so that n of them never make n x n pairs."""
    for each, meeting in sweep(cuboids, "xyz", stop):
        x0, x1, y0, y1, z0, z1 = each.x0, each.x1, each.y0, each.y1, each.z0, each.z1
        for other in meeting:
            if other.x0 < x1 and x0 < other.x1 and other.y0 < y1 and y0 < other.y1 and other.z0 < z1 and z0 < other.z1:
                yield each, other
                break


def overlaps(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield overlapping pairs of units: for each unit at most one."""
    for each, other in _sharing(case.envelopes, case.premises.stop):
        first, second = sorted((each, other), key=lambda envelope: envelope.index)
        common = mm(
            min(each.x1, other.x1) - max(each.x0, other.x0),
            min(each.y1, other.y1) - max(each.y0, other.y0),
            min(each.z1, other.z1) - max(each.z0, other.z0),
        )
        yield case.broken(ViolationKind.OVERLAP, f"shares a space of {common} with {first}", second, other=first)


def under_others(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield what lies in the space under a unit at the height of its wall margin, for each such unit at most one.

    At that height a unit stands on the floor, and the space under it is its own. One that rests on another lies higher.
    Units that lay so in a started parcel stay there.
    """
    standing = [each for each in case.envelopes if each.wall_margin_um > 0 and each.on_floor]
    if not standing:
        return
    highest, lay = max(each.z0 for each in standing), case.premises.lay
    reported = set()
    for each, meeting in sweep(
        [envelope for envelope in case.envelopes if envelope.z0 <= highest], "xy", case.premises.stop
    ):
        for other in meeting:
            lower, upper = (each, other) if each.z0 < other.z0 else (other, each)
            over = upper.wall_margin_um > 0 and upper.on_floor and lower.z1 <= upper.z0
            shared = each.x0 < other.x1 and other.x0 < each.x1 and each.y0 < other.y1 and other.y0 < each.y1
            if over and shared and not lay >= {each.unit, other.unit} and upper.index not in reported:
                reported.add(upper.index)
                detail = f"lies under {upper}, which stands on the floor {mm(upper.z0)} above it: that space is its own"
                yield case.broken(ViolationKind.OVERLAP, detail, lower, other=upper)


def blocked(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield each unit that has an earlier one over it, seen from above: one pair for each unit in the way."""
    highest_bottom = 0
    for each in case.envelopes:
        if each.z1 <= highest_bottom:
            break
        highest_bottom = max(highest_bottom, each.z0)
    else:
        return  # no unit lies wholly below an earlier one, so that none can bar the way
    for each, meeting in sweep(case.envelopes, "xy", case.premises.stop):
        x0, x1, y0, y1, z0, z1, index = each.x0, each.x1, each.y0, each.y1, each.z0, each.z1, each.index
        for other in meeting:
            if other.x0 < x1 and x0 < other.x1 and other.y0 < y1 and y0 < other.y1:
                if z1 <= other.z0 and other.index < index:
                    late, early = each, other
                elif other.z1 <= z0 and index < other.index:
                    late, early = other, each
                else:
                    continue
                detail = f"its way down to z {mm(late.z0)} is barred by {early} at z {mm(early.z0)}, set down before"
                yield case.broken(ViolationKind.BLOCKED, detail, late, late.step, early)
                break


class _Space(NamedTuple):
    """An empty space in um, and which of those that are stated it is."""

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
    """Yield what is wrong with the empty spaces that a parcel lists; one that lists none is not asked for them.

    Spaces that lie in the box, overlap no unit and no other space, and have the volume that the units leave, are the
    empty space exactly. A mailer or book wrap is as large as it is with its units inside.
    """
    if case.parcel.empty_spaces is None:
        return
    stated, envelopes = listed(case.parcel.empty_spaces), case.envelopes
    if len(stated) > MOST_SPACES * (len(envelopes) + 1):
        yield f"{len(stated)} empty spaces, more than {MOST_SPACES} for each unit"
        return
    held, gap_um = case.held if box.has_fill else ([], 0)
    (length, width, height), _ = case.sizes_um
    empty_um3 = length * width * height - sum(each.volume_um3 for each in envelopes)
    spaces: list[_Space] = []
    for number, said in enumerate(stated):
        numbers = (*said.corner_um, *said.extent_um) if isinstance(said, EmptySpace) else ()
        whole = all(type(each) is int and abs(each) <= _LIMIT_UM for each in numbers)
        if not isinstance(said, EmptySpace) or not whole or min(said.extent_um) <= 0:
            yield f"empty space {number} is {said!r:.120}, no cuboid of whole um"
            continue
        (x, y, z), (dx, dy, dz) = said.corner_um, said.extent_um
        space = _Space(x, x + dx, y, y + dy, z, z + dz, number)
        spaces.append(space)
        empty_um3 -= dx * dy * dz
        if min(x, y, z) < 0 or space.x1 > length or space.y1 > width or space.z1 > height:
            yield f"{space} reaches to ({mm(space.x1, space.y1, space.z1)}) in a box of {mm(length, width, height)}"
        if said.needs_blocking is not (need := any(_slides(unit, space) > gap_um for unit in held)):
            yield f"{space} says that it needs blocking: {said.needs_blocking}, it is {need}"
    cuboids: list[Envelope | _Space] = [*spaces, *envelopes]
    for each, other in _sharing(cuboids, case.premises.stop):
        if isinstance(each, _Space) or isinstance(other, _Space):
            yield f"{each} overlaps {other}"
    if len(spaces) == len(stated) and empty_um3:
        yield f"empty spaces miss what the units leave by {cm3(empty_um3)} ({empty_um3} cubic um)"


def _slides(unit: Envelope, space: _Space) -> int:
    """Return how far a unit could slide into a space beside it, along x or y, in um."""
    far = 0
    if unit.z0 < space.z1 and space.z0 < unit.z1:
        if unit.y0 < space.y1 and space.y0 < unit.y1 and (space.x0 == unit.x1 or space.x1 == unit.x0):
            far = space.x1 - space.x0
        if unit.x0 < space.x1 and space.x0 < unit.x1 and (space.y0 == unit.y1 or space.y1 == unit.y0):
            far = max(far, space.y1 - space.y0)
    return far


def plainly_right(placements: Sequence[Placement], box: BoxType, order: Order, policy: Policy) -> bool:
    """Whether it shows at first sight that units lie well in an open, rigid box; where it does not, ask the rules.

    Most layouts of few units show it, in a third of the time. Enough for that: they are as declared and inside, and
    each one that shares a plan view with units set down before lies above them all and, off the floor, has its whole
    base on one of them. So none overlap or bar the way, and each has full support. It stays stable with whatever load:
    the centres of all that rests on it lie over its base. Loads are not added up: each unit is rigid and bears any.
    """
    if len(placements) > MOST_AT_SIGHT or box.flexible or box.compartments is not None:
        return False
    lines = {line.line_id: line for line in order.lines}
    edges, clearance, filled = box.inner_um, box.slack_um(policy.fit_clearance_um, needed=True), 0
    most_x, most_y, most_z = edges[0] - clearance, edges[1] - clearance, edges[2] - clearance
    seen, lying = set(), list[tuple[int, int, int, int, int]]()
    for each in placements:
        line = lines.get(each.line_id)
        if line is None or not _as_declared(each, line):
            return False
        x, y, z = each.corner_um
        x1, y1, z1 = x + each.length_um, y + each.width_um, z + each.height_um
        if x < 0 or y < 0 or z < 0 or x1 > most_x or y1 > most_y or z1 > most_z:
            return False
        rests = z == 0
        for low_x, high_x, low_y, high_y, top in lying:
            if low_x < x1 and x < high_x and low_y < y1 and y < high_y:
                if z < top:
                    return False
                rests = rests or (z == top and low_x <= x and x1 <= high_x and low_y <= y and y1 <= high_y)
        if not rests:
            return False
        seen.add((each.line_id, each.unit_index))
        lying.append((x, x1, y, y1, z1))
        filled += (x1 - x) * (y1 - y) * (z1 - z)
    return len(seen) == len(placements) and filled * 1_000_000 <= policy.fill_millionths * box.inner_volume_um3


def _as_declared(each: Placement, line: Item) -> bool:
    """Whether a placement is of a unit of a line, bare and in its declared size, turned as it may lie."""
    figures = (each.unit_index, *each.corner_um, *each.extent_um)
    turn = each.orientation
    return (
        set(map(type, figures)) == {int}
        and 0 <= each.unit_index < line.quantity
        and line.dimension_status is not DimensionStatus.MISSING
        and line.soft_goods is None
        and line.fragility is None
        and not line.article
        and not line.special_handling
        and line.max_load_mg is None
        and type(turn) is Orientation
        and turn in line.orientations
        and each.extent_um == turn.rotate(*line.edges_um)
        and each.half_gap_um == each.wall_margin_um == each.folds == 0
        and each.compartment is None
        and not each.inner_box_type_id
    )
