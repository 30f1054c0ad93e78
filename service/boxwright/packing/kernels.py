"""The compiled kernels: place units in one box, on maximal empty spaces, supported at every step.

The one place where Python looks like C. Everything is int64 micrometres in, int64 micrometres out; masses are
float64 milligrams. All compiled helpers stay in this module, because the on-disk cache does not
see changes elsewhere.

Method: greedy construction over maximal empty spaces (Parreno, Alvarez-Valdes, Tamarit, Oliveira: A maximal-space
algorithm for the container loading problem, INFORMS Journal on Computing 20(3), 2008), restarted over orderings and
placement rules, then repaired by moving units that found no place forward (squeaky wheel optimisation: Joslin and
Clements, JAIR 10, 1999). Where ``Problem.least`` is below the support ratio, units are set down with less support than
they need and slid afterwards within their slack, until all stand (see ``_slide``, ``_recreate``).
"""

import numpy as np

from boxwright.packing.compiled import entry, inner, maker
from boxwright.packing.state import Loads, Packing, Scratch

ORIENTATIONS = np.array([[0, 1, 2], [1, 0, 2], [0, 2, 1], [2, 0, 1], [1, 2, 0], [2, 1, 0]], dtype=np.int64)
"""Which declared edge (0 length, 1 width, 2 height) lies along x, y, z; rows as in ``domain.order.Orientation``."""

PINWHEEL = np.array([0, 1, 3, 2], dtype=np.int64)
"""Corners of a space in turn round it: bit 0 is the far end of x, bit 1 that of y."""
FACES = np.array([3, 0, 4, 1, 2, 5], dtype=np.int64)
"""Coordinate of a space that its part beside a unit shares with the unit, by the sides that ``_cut`` takes in turn."""

BEAM_RULES = np.array([3, 1, 0, 4, 2], dtype=np.int64)
"""Placement rules of the beams, in turn."""
BEAM_WIDTHS = np.array([1, 3, 8, 20, 50, 120], dtype=np.int64)
"""How many packings a beam builds side by side; wider after each turn of the rules."""
BEAM_KINDS, BEAM_KINDS_OF_MANY = 6, 3
"""Of how many kinds, the largest left, a beam tries a unit next: of few units, and of many."""
VARIED_SHARE = 4
"""Variations of the leading order get one part in this of the effort of beams."""
RULES = 5
"""Placement rules: see ``_score``."""
ORDERINGS = 5
"""Orderings by size: see ``problem.Units.orders``."""
MOST_CONTACTS = 24
"""Most units that one unit may rest on; a place with more is not used."""
MOST_SPACES = 600
"""Most empty spaces kept; beyond it new ones are dropped, which loses places, never validity."""
SPACES_TIMES_UNITS = 300_000
"""Fewer spaces are kept for more units, so that one construction of the largest order takes seconds."""
SLIDES = 10
"""How often units of a packing are slid before it is given up: most that can be mended are after three."""
MOST_KNOWN = 1_024
"""Packings of all units that are remembered, so as not to be slid again."""
SEGMENT = 100_000
"""Effort after which ruin and recreate begins again elsewhere."""
HOPELESS = 0.2
"""A search that has slid nothing after this share of its effort ends: even badly supported, not all go in."""
MANY_UNITS = 25
"""From so many units on beams try fewer kinds, and what looks hopeless is given up."""
LEAST_OF_MANY, MOST_LEFT = 200_000, 0.06
"""A search for a place for all of many units ends, after at least this effort and that share of its own, as soon as it
leaves out more than this share of their volume, times the share of its effort that is left."""
SEGMENTS = 4
"""So many in turn after each beam."""
RUINED_SHARES = np.array([0.4, 0.4, 0.4, 0.8])
"""At most this share of the units is taken out at once, by segment in turn."""
SAWTOOTH = 200
"""Over so many packings what ruin and recreate puts up with falls to nothing, and rises again at once."""
PUT_UP_WITH = 0.05
"""How much worse than the best of its segment a packing may be and still be gone on from: share of the volume."""
JUST_BELOW = 1.0 - 1e-9
"""What is worth more than this share of another may be worth as much, but for rounding."""
NEARNESS = 0.1
"""Part of the box's length by which what is taken out together is drawn at random."""
SIZE_NOISE = 0.3
"""Units go back by volume times this and up to one more, drawn: larger ones mostly first."""
MOST_RESETTLED = 300
"""With more units in the box none is slid under another, since all would have to be settled anew."""


@inner
def _outside_hull(x, y, rects, count):
    """Whether (x, y) lies strictly outside the convex hull of ``count`` rectangles, int64 (count, 4)."""
    for i in range(count):
        if rects[i, 0] <= x <= rects[i, 2] and rects[i, 1] <= y <= rects[i, 3]:
            return False
    if count == 1:
        return True
    # Outside if some corner q sees all other corners within the half plane to the left of the ray from (x, y) to q.
    for i in range(4 * count):
        qx = rects[i // 4, 2 * (i & 1)] - x
        qy = rects[i // 4, 1 + (i & 2)] - y
        all_left = True
        for j in range(4 * count):
            rx = rects[j // 4, 2 * (j & 1)] - x
            ry = rects[j // 4, 1 + (j & 2)] - y
            cross = qx * ry - qy * rx
            if cross < 0.0 or (cross == 0.0 and qx * rx + qy * ry <= 0.0):
                all_left = False
                break
        if all_left:
            return True
    return False


@inner
def _needed_contact(base, millionths):
    """Least contact area of a base area at a support ratio in millionths, exact and without overflow."""
    return (base // 1_000_000) * millionths + ((base % 1_000_000) * millionths + 999_999) // 1_000_000


@inner
def _settle(slot, problem, packing, loads):
    """Set slot ``slot`` down on the slots before it: contacts, support, stability, load bearing.

    Returns whether all hold; only then do the loads of what is below change. Nothing may be slid under an earlier
    slot. ``load`` holds the mass of a unit and all it carries, then its moments about x and y with shared loads
    acting at their own centre of mass, then with shared loads acting at the centre of the contact.
    """
    at = packing.at
    under_n, area, patch, load, change = loads.under_n, loads.area, loads.patch, loads.load, loads.change
    x1, y1, z1, x2, y2 = at[slot, 0], at[slot, 1], at[slot, 2], at[slot, 3], at[slot, 4]
    count = np.int64(0)
    contact = np.int64(0)
    under_n[slot] = 0
    if z1 > 0:
        for other in range(slot):
            if at[other, 5] != z1:
                continue
            ax1, ay1 = max(x1, at[other, 0]), max(y1, at[other, 1])
            ax2, ay2 = min(x2, at[other, 3]), min(y2, at[other, 4])
            if ax1 >= ax2 or ay1 >= ay2:
                continue
            if count == area.shape[1]:
                return False
            loads.under[slot, count] = other
            area[slot, count] = float(ax2 - ax1) * float(ay2 - ay1)
            patch[slot, count, 0], patch[slot, count, 1] = ax1, ay1
            patch[slot, count, 2], patch[slot, count, 3] = ax2, ay2
            contact += (ax2 - ax1) * (ay2 - ay1)
            count += 1
        if contact < _needed_contact((x2 - x1) * (y2 - y1), problem.millionths):
            return False
    under_n[slot] = count
    stable = problem.millionths > 0
    centre_x, centre_y = (x1 + x2) * 0.5, (y1 + y2) * 0.5
    if stable and z1 > 0 and _outside_hull(centre_x, centre_y, patch[slot], count):
        return False
    own = problem.mass[packing.unit[slot]]
    if count > 0 and own > 0.0:
        for other in range(slot):
            change[other, 0] = 0.0
        _share(slot, own, own * centre_x, own * centre_y, loads)
        for rank in range(slot - 1, -1, -1):
            other = loads.by_z[rank]
            extra = change[other, 0]
            if extra == 0.0:
                continue
            total = load[other, 0] + extra
            unit = packing.unit[other]
            if problem.bearing and total - problem.mass[unit] > problem.max_load[unit]:
                return False
            if stable:
                for reading in range(1, 5, 2):
                    px = (load[other, reading] + change[other, reading]) / total
                    py = (load[other, reading + 1] + change[other, reading + 1]) / total
                    if at[other, 2] == 0:
                        if px < at[other, 0] or px > at[other, 3] or py < at[other, 1] or py > at[other, 4]:
                            return False
                    elif _outside_hull(px, py, patch[other], under_n[other]):
                        return False
            if under_n[other] > 0:
                _share(other, extra, change[other, 1], change[other, 2], loads)
        for other in range(slot):
            if change[other, 0] > 0.0:
                for column in range(5):
                    load[other, column] += change[other, column]
    load[slot, 0] = own
    load[slot, 1] = load[slot, 3] = own * centre_x
    load[slot, 2] = load[slot, 4] = own * centre_y
    rank = np.int64(slot)
    while rank > 0 and at[loads.by_z[rank - 1], 2] > z1:
        loads.by_z[rank] = loads.by_z[rank - 1]
        rank -= 1
    loads.by_z[rank] = slot
    return True


@inner
def _share(slot, extra, moment_x, moment_y, loads):
    """Hand an extra load of ``slot`` down to what it rests on, in proportion to contact area."""
    area, patch, change = loads.area, loads.patch, loads.change
    count = loads.under_n[slot]
    whole = 0.0
    for i in range(count):
        whole += area[slot, i]
    for i in range(count):
        other = loads.under[slot, i]
        if change[other, 0] == 0.0:
            for column in range(1, 5):
                change[other, column] = 0.0
        share = area[slot, i] / whole
        part = share * extra
        change[other, 0] += part
        change[other, 1] += share * moment_x
        change[other, 2] += share * moment_y
        change[other, 3] += part * (patch[slot, i, 0] + patch[slot, i, 2]) * 0.5
        change[other, 4] += part * (patch[slot, i, 1] + patch[slot, i, 3]) * 0.5


@inner
def _score(rule, x, y, z, l, w, h, slack_x, slack_y, at, placed, length, width):
    """Return the three-part score of a place; smaller is better, parts compared in turn.

    0: lowest, then back, then left. 1: most contact with walls and units. 2: lowest, then tightest in the plane.
    3: walls, from the back of the length. 4: lowest top, then most contact.
    """
    if rule == 0:
        return float(z), float(y), float(x)
    if rule == 2:
        return float(z), float(min(slack_x, slack_y)), float(max(slack_x, slack_y))
    if rule == 3:
        return float(x + l), float(z), float(y)
    touch = 0.0
    if x == 0:
        touch += float(w) * h
    if x + l == length:
        touch += float(w) * h
    if y == 0:
        touch += float(l) * h
    if y + w == width:
        touch += float(l) * h
    if z == 0:
        touch += float(l) * w
    for i in range(placed):
        across_x = min(x + l, at[i, 3]) - max(x, at[i, 0])
        across_y = min(y + w, at[i, 4]) - max(y, at[i, 1])
        across_z = min(z + h, at[i, 5]) - max(z, at[i, 2])
        if across_x == 0 and across_y > 0 and across_z > 0:
            touch += float(across_y) * across_z
        elif across_y == 0 and across_x > 0 and across_z > 0:
            touch += float(across_x) * across_z
        elif across_z == 0 and across_x > 0 and across_y > 0:
            touch += float(across_x) * across_y
    if rule == 1:
        # The share of the unit's own surface, so that orientations compare fairly.
        return -touch / (float(l) * w + float(l) * h + float(w) * h), float(z), float(x + y)
    return float(z + h), -touch, float(x + y)


@inner
def _better(score, best):
    """Whether a score comes before another, part by part."""
    for part in range(3):
        if score[part] != best[part]:
            return score[part] < best[part]
    return False


@inner
def _cut(spaces, count, x1, y1, z1, x2, y2, z2, edge, fresh):
    """Take a placed unit out of the maximal empty spaces; return their new count.

    ``edge`` is the shortest edge still to place: spaces thinner than it are dropped.
    """
    kept = np.int64(0)
    made = np.int64(0)
    for i in range(count):
        sx1, sy1, sz1 = spaces[i, 0], spaces[i, 1], spaces[i, 2]
        sx2, sy2, sz2 = spaces[i, 3], spaces[i, 4], spaces[i, 5]
        if x1 >= sx2 or x2 <= sx1 or y1 >= sy2 or y2 <= sy1 or z1 >= sz2 or z2 <= sz1:
            if kept < i:
                for column in range(6):
                    spaces[kept, column] = spaces[i, column]
            kept += 1
            continue
        for side in range(6):
            ax1, ay1, az1, ax2, ay2, az2 = sx1, sy1, sz1, sx2, sy2, sz2
            if side == 0:
                ax2 = x1
            elif side == 1:
                ax1 = x2
            elif side == 2:
                ay2 = y1
            elif side == 3:
                ay1 = y2
            elif side == 4:
                az1 = z2
            else:
                az2 = z1
            if ax2 - ax1 < edge or ay2 - ay1 < edge or az2 - az1 < edge or made == fresh.shape[0]:
                continue
            fresh[made, 0], fresh[made, 1], fresh[made, 2] = ax1, ay1, az1
            fresh[made, 3], fresh[made, 4], fresh[made, 5] = ax2, ay2, az2
            fresh[made, 6] = side
            made += 1
    old = kept
    for i in range(made):
        # Beside the unit and abreast of it on this side, what holds it ends at the same face, and was cut there too.
        side = fresh[i, 6]
        face = FACES[side]
        plane = fresh[i, face]
        inside = False
        for j in range(old):
            if spaces[j, face] == plane and _covers(spaces, j, fresh, i):
                inside = True
                break
        if inside:
            continue
        for j in range(made):
            # Of equal ones the first stays.
            if (
                fresh[j, 6] == side
                and j != i
                and _covers(fresh, j, fresh, i)
                and (j < i or not _covers(fresh, i, fresh, j))
            ):
                inside = True
                break
        if not inside and kept < spaces.shape[0]:
            for column in range(6):
                spaces[kept, column] = fresh[i, column]
            kept += 1
    return kept


@inner
def _covers(outer, i, inner, j):
    """Whether space ``i`` of one list holds space ``j`` of another."""
    return (
        outer[i, 0] <= inner[j, 0]
        and outer[i, 1] <= inner[j, 1]
        and outer[i, 2] <= inner[j, 2]
        and outer[i, 3] >= inner[j, 3]
        and outer[i, 4] >= inner[j, 4]
        and outer[i, 5] >= inner[j, 5]
    )


@inner
def _fill(array, value):
    """Set every element of a float64 array."""
    for i in range(array.shape[0]):
        array[i] = value


@inner
def _place(unit, rule, budget, problem, packing, placed, scratch, count):
    """Find the best place of a unit whose score comes after ``scratch.after``; return its orientation or -1.

    -1 where there is none or the budget ends. ``scratch.place`` and ``scratch.best`` receive the place and its score.
    """
    at, spaces, tops, effort = packing.at, scratch.spaces, scratch.tops, scratch.effort
    place = scratch.place
    length, width = problem.box[0], problem.box[1]
    after = (scratch.after[0], scratch.after[1], scratch.after[2])
    best = (np.inf, np.inf, np.inf)
    corner_taken = scratch.corner[unit]
    edges, millionths = problem.edges, problem.least
    turn = np.int64(-1)
    for s in range(count):
        if scratch.stop[0] != 0:
            return -1
        sx1, sy1, z = spaces[s, 0], spaces[s, 1], spaces[s, 2]
        sx2, sy2, sz2 = spaces[s, 3], spaces[s, 4], spaces[s, 5]
        if rule in (0, 2) and z > best[0]:
            continue
        carriers = np.int64(0)
        if z > 0 and millionths > 0:
            effort[0] += placed // 4
            for i in range(placed):
                if at[i, 5] == z and at[i, 0] < sx2 and at[i, 3] > sx1 and at[i, 1] < sy2 and at[i, 4] > sy1:
                    tops[carriers] = i
                    carriers += 1
            if carriers == 0:
                continue
        for o in range(6):
            if not (scratch.masks[unit] >> o) & 1:
                continue
            l = edges[unit, ORIENTATIONS[o, 0]]
            w = edges[unit, ORIENTATIONS[o, 1]]
            h = edges[unit, ORIENTATIONS[o, 2]]
            if l > sx2 - sx1 or w > sy2 - sy1 or h > sz2 - z:
                continue
            needed = _needed_contact(l * w, millionths)
            for c in range(max(carriers, 1)):
                if effort[0] > budget:
                    return -1
                for corner in range(4):
                    if carriers == 0:
                        # On the floor: the corners of the space; the rules that look at no contact use one.
                        if corner != corner_taken and rule != 1 and rule != 4:
                            continue
                        x = sx2 - l if corner & 1 else sx1
                        y = sy2 - w if corner & 2 else sy1
                    else:
                        # Above the floor: flush with an edge of a unit below, as far as the space allows.
                        top = tops[c]
                        x = at[top, 3] - l if corner & 1 else at[top, 0]
                        y = at[top, 4] - w if corner & 2 else at[top, 1]
                        x = max(sx1, min(x, sx2 - l))
                        y = max(sy1, min(y, sy2 - w))
                    effort[0] += 1 + (placed // 2 if rule in (1, 4) else 0)
                    score = _score(rule, x, y, z, l, w, h, sx2 - sx1 - l, sy2 - sy1 - w, at, placed, length, width)
                    if not _better(score, best) or not _better(after, score):
                        continue
                    if carriers > 0:
                        contact = np.int64(0)
                        for i in range(carriers):
                            top = tops[i]
                            across_x = min(x + l, at[top, 3]) - max(x, at[top, 0])
                            across_y = min(y + w, at[top, 4]) - max(y, at[top, 1])
                            if across_x > 0 and across_y > 0:
                                contact += across_x * across_y
                        if contact < needed:
                            continue
                    best = score
                    place[0], place[1], place[2], place[3], place[4], place[5] = x, y, z, l, w, h
                    turn = o
    for part in range(3):
        scratch.best[part] = best[part]
    return turn


@inner
def _slides(problem):
    """Whether units are set down with less support than they need, and slid afterwards."""
    return problem.least < problem.millionths


@inner
def _obeys_nothing(problem):
    """Whether neither stability nor load bearing is looked at while units are set down."""
    return _slides(problem) or (problem.millionths == 0 and not problem.bearing)


@inner
def _slid_under(at, placed):
    """Whether the top of the last slot meets the base of an earlier one, which now rests on it too."""
    for i in range(placed):
        if (
            at[i, 2] == at[placed, 5]
            and at[i, 0] < at[placed, 3]
            and at[i, 3] > at[placed, 0]
            and at[i, 1] < at[placed, 4]
            and at[i, 4] > at[placed, 1]
        ):
            return True
    return False


@inner
def _copy(source, target, placed):
    """Copy the first ``placed`` slots of a packing."""
    for slot in range(placed):
        for column in range(6):
            target.at[slot, column] = source.at[slot, column]
        target.unit[slot] = source.unit[slot]
        target.turn[slot] = source.turn[slot]


@inner
def _sort_upwards(packing, first, placed):
    """Sort slots by z, y, x of their lowest corner: then each unit is set down from above on what carries it.

    The ``first`` slots are fixed and keep their sequence.
    """
    at = packing.at
    for i in range(first + 1, placed):
        j = i
        while j > first and (
            at[j - 1, 2] > at[j, 2]
            or (at[j - 1, 2] == at[j, 2] and at[j - 1, 1] > at[j, 1])
            or (at[j - 1, 2] == at[j, 2] and at[j - 1, 1] == at[j, 1] and at[j - 1, 0] > at[j, 0])
        ):
            for column in range(6):
                at[j, column], at[j - 1, column] = at[j - 1, column], at[j, column]
            packing.unit[j], packing.unit[j - 1] = packing.unit[j - 1], packing.unit[j]
            packing.turn[j], packing.turn[j - 1] = packing.turn[j - 1], packing.turn[j]
            j -= 1


@inner
def _settle_all(problem, packing, placed, loads):
    """Settle all slots anew, in their order; return whether every step holds."""
    for slot in range(placed):
        if not _settle(slot, problem, packing, loads):
            return False
    return True


@inner
def _set_down(unit, rule, budget, problem, packing, placed, loads, scratch, count):
    """Put a unit in its best place in which all rules hold; return whether one was found within the budget."""
    place = scratch.place
    _fill(scratch.after, -np.inf)
    for _try in range(6):
        turn = _place(unit, rule, budget, problem, packing, placed, scratch, count)
        if turn < 0:
            return False
        for axis in range(3):
            packing.at[placed, axis] = place[axis]
            packing.at[placed, axis + 3] = place[axis] + place[axis + 3]
        packing.unit[placed], packing.turn[placed] = unit, turn
        if _obeys_nothing(problem):
            return True
        if not _slid_under(packing.at, placed):
            scratch.effort[0] += placed
            if _settle(placed, problem, packing, loads):
                return True
        elif placed <= MOST_RESETTLED:
            scratch.effort[0] += 4 * placed
            _copy(packing, scratch.old, placed)
            _sort_upwards(packing, problem.fixed.unit.shape[0], placed + 1)
            if _settle_all(problem, packing, placed + 1, loads):
                return True
            _copy(scratch.old, packing, placed)
            _settle_all(problem, packing, placed, loads)
        for part in range(3):
            scratch.after[part] = scratch.best[part]
    return False


@inner
def _construct(order, rule, budget, problem, packing, loads, scratch, start, started, first, floor):
    """Set units down one by one in the given order; return how many have a place, the fixed ones included.

    Begins with the first ``started`` slots of ``start``, the fixed ones at their head; with 0, with the fixed ones.
    ``scratch.taken`` leaves their units out of ``order``. The next unit set down is written to ``first``: unit,
    orientation, corners; -1 where none was. Of no use are packings of no more volume than ``floor``: once so much has
    found no place that none other can come of it, the construction ends with -1.

    Slots end up as the fixed ones, then the others sorted upwards: a pack sequence in which every step holds; the
    return value is -1 if one does not.
    """
    place, edge_left = scratch.place, scratch.edge_left
    n = order.shape[0]
    edge_left[n] = np.int64(1) << 60
    for i in range(n - 1, -1, -1):
        unit = order[i]
        edges = problem.edges[unit]
        edge_left[i] = min(edge_left[i + 1], edges[0], edges[1], edges[2])
    scratch.effort[0] += n  # also where nothing goes in, so that every search ends
    for kind in range(n):
        scratch.failed[kind] = 0
    for axis in range(3):
        scratch.spaces[0, axis] = 0
        scratch.spaces[0, axis + 3] = problem.box[axis]
    count = np.int64(1)
    placed = np.int64(0)
    weight_in = 0.0
    volume_in = 0.0
    conceivable = _volume_of_all(problem)
    first[0] = -1
    fixed = problem.fixed.unit.shape[0]
    lying = start if started > 0 else problem.fixed
    for slot in range(max(fixed, started)):
        unit, at = lying.unit[slot], lying.at[slot]
        packing.unit[slot], packing.turn[slot] = unit, lying.turn[slot]
        for column in range(6):
            packing.at[slot, column] = at[column]
        if not _obeys_nothing(problem) and not _settle(slot, problem, packing, loads):
            return -1
        placed += 1
        weight_in += problem.weight[unit]
        volume_in += float(at[3] - at[0]) * (at[4] - at[1]) * (at[5] - at[2])
        scratch.effort[0] += count + slot
        if scratch.effort[0] > budget:
            return -1
        # Nothing can be set down from above into what lies under a fixed unit.
        base = np.int64(0) if slot < fixed else at[2]
        count = _cut(scratch.spaces, count, at[0], at[1], base, at[3], at[4], at[5], edge_left[0], scratch.fresh)
    for i in range(n):
        unit = order[i]
        if scratch.taken[unit]:
            continue
        kind = problem.kinds[unit]
        edges = problem.edges[unit]
        weight, volume = problem.weight[unit], float(edges[0]) * edges[1] * edges[2]
        if scratch.stop[0] != 0 or scratch.effort[0] > budget:
            break
        may = scratch.masks[unit] & ~scratch.failed[kind] != 0 and volume_in + volume <= problem.volume_limit
        # A unit that displaces more void fill than it weighs makes the parcel lighter.
        if weight > 0.0 and weight_in + weight > problem.weight_limit:
            may = False
        if may and not _set_down(unit, rule, budget, problem, packing, placed, loads, scratch, count):
            scratch.failed[kind] |= scratch.masks[unit]
            if started > 0 and first[0] < 0:
                break
            may = False
        if not may:
            conceivable -= volume
            if conceivable <= floor:
                return -1
            continue
        if first[0] < 0:
            first[0], first[1] = unit, np.int64(0)
            for slot in range(placed + 1):
                if packing.unit[slot] == unit:
                    first[1] = packing.turn[slot]
            for axis in range(3):
                first[2 + axis], first[5 + axis] = place[axis], place[axis] + place[axis + 3]
        placed += 1
        weight_in += weight
        volume_in += volume
        scratch.effort[0] += count
        count = _cut(
            scratch.spaces,
            count,
            place[0],
            place[1],
            place[2],
            place[0] + place[3],
            place[1] + place[4],
            place[2] + place[5],
            edge_left[i + 1],
            scratch.fresh,
        )
    if weight_in > problem.weight_limit:
        return 0
    _sort_upwards(packing, problem.fixed.unit.shape[0], placed)
    if not _obeys_nothing(problem) and not _settle_all(problem, packing, placed, loads):
        return -1
    return placed


@inner
def _volume_of_all(problem):
    """Volume of all units."""
    volume = 0.0
    for i in range(problem.edges.shape[0]):
        volume += float(problem.edges[i, 0]) * problem.edges[i, 1] * problem.edges[i, 2]
    return volume


@maker
def _new_packing(n):
    """Return an empty packing of ``n`` slots."""
    return Packing(np.empty((n, 6), dtype=np.int64), np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64))


@entry
def new_loads(n):
    """Return room for what rests on what among ``n`` units."""
    contacts = min(MOST_CONTACTS, n)
    return Loads(
        np.zeros(n, dtype=np.int64),
        np.empty((n, contacts), dtype=np.int64),
        np.empty((n, contacts)),
        np.empty((n, contacts, 4), dtype=np.int64),
        np.empty((n, 5)),
        np.empty((n, 5)),
        np.empty(n, dtype=np.int64),
    )


@maker
def _workspace(n, effort, stop):
    """Return room for a packing of ``n`` units, its loads, and what a construction needs beside."""
    room = min(MOST_SPACES, 40 + 20 * n, max(30, SPACES_TIMES_UNITS // n))
    packing = _new_packing(n)
    loads = new_loads(n)
    scratch = Scratch(
        np.empty((room, 6), dtype=np.int64),
        np.empty((room, 7), dtype=np.int64),
        np.empty(n, dtype=np.int64),
        np.zeros(n, dtype=np.int64),
        np.empty(n, dtype=np.int64),
        np.zeros(n, dtype=np.int64),
        _new_packing(n),
        np.empty(3),
        np.empty(3),
        np.empty(6, dtype=np.int64),
        np.empty(n + 1, dtype=np.int64),
        np.zeros(n, dtype=np.bool_),
        np.zeros(1, dtype=np.int64),
        np.zeros(MOST_KNOWN, dtype=np.uint64),
        effort,
        stop,
    )
    return packing, loads, scratch


@inner
def _next_random(state):
    """Step a 64-bit linear congruential generator (constants of Knuth's MMIX)."""
    return state * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)


@inner
def _one_orientation(mask, draw):
    """Return one of the orientations of a mask, as a mask."""
    choices = 0
    for o in range(6):
        choices += (mask >> o) & 1
    wanted = draw % choices
    for o in range(6):
        if (mask >> o) & 1:
            if wanted == 0:
                return np.int64(1) << o
            wanted -= 1
    return mask


@inner
def _allow_all(problem, masks):
    """Let every unit lie as it may."""
    for i in range(problem.masks.shape[0]):
        masks[i] = problem.masks[i]


@inner
def _perturb(order, lead, rule, random, problem, masks, corner):
    """Vary the leading order: swap up to three pairs, tie units or kinds to one orientation, vary the corners taken.

    Returns the rule to use and the state of the generator.
    """
    n = order.shape[0]
    for i in range(n):
        order[i] = lead[i]
    random = _next_random(random)
    draw = np.int64(random >> np.uint64(33))
    if draw % 4 == 0:
        rule = (draw >> 2) % RULES
    for _swap in range((draw >> 5) % 4):
        random = _next_random(random)
        swap = np.int64(random >> np.uint64(33))
        i, j = swap % n, (swap >> 12) % n
        order[i], order[j] = order[j], order[i]
    # Corners taken in turn make pinwheels.
    for i in range(n):
        corner[order[i]] = 0
        if (draw >> 10) % 4 == 1:
            corner[order[i]] = PINWHEEL[i % 4]
        elif (draw >> 10) % 4 == 2:
            random = _next_random(random)
            corner[order[i]] = np.int64(random >> np.uint64(33)) % 4
    _allow_all(problem, masks)
    # Few are tied in a large order, so that a construction stays near the leading one.
    for _tie in range((draw >> 8) % 4):
        random = _next_random(random)
        tie = np.int64(random >> np.uint64(33))
        unit = tie % n
        turn = _one_orientation(masks[unit], tie >> 12)
        if tie & 2048:
            masks[unit] = turn
            continue
        for i in range(n):
            if problem.kinds[i] == problem.kinds[unit]:
                masks[i] = turn
    return rule, random


@inner
def _mixed(value):
    """Mix the bits of a 64-bit number (finaliser of splitmix64)."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@inner
def _lack(slot, at, count, millionths):
    """Share of its base by which a slot is short of the support that it needs; 0 where it has enough."""
    z = at[slot, 2]
    if z == 0:
        return 0.0
    x1, y1, x2, y2 = at[slot, 0], at[slot, 1], at[slot, 3], at[slot, 4]
    contact = np.int64(0)
    for i in range(count):
        if at[i, 5] == z:
            across_x = min(x2, at[i, 3]) - max(x1, at[i, 0])
            across_y = min(y2, at[i, 4]) - max(y1, at[i, 1])
            if across_x > 0 and across_y > 0:
                contact += across_x * across_y
    base = (x2 - x1) * (y2 - y1)
    short = _needed_contact(base, millionths) - contact
    return float(short) / float(base) if short > 0 else 0.0


@inner
def _lack_here(slot, at, count, millionths):
    """Return what a slot and those on it lack in sum."""
    lack = _lack(slot, at, count, millionths)
    for i in range(count):
        if at[i, 2] == at[slot, 5]:
            lack += _lack(i, at, count, millionths)
    return lack


@inner
def _lack_of_all(at, count, millionths):
    """Return what all slots lack in sum."""
    lack = 0.0
    for i in range(count):
        lack += _lack(i, at, count, millionths)
    return lack


@inner
def _meet(at, one, two, axis):
    """Whether two slots overlap along both other axes, so that along this one they lie one after the other."""
    for other in range(3):
        if other != axis and (at[one, other] >= at[two, 3 + other] or at[two, other] >= at[one, 3 + other]):
            return False
    return True


@inner
def _drop(at, count):
    """Let each slot down on what is below it; slots are sorted upwards."""
    for i in range(count):
        z = np.int64(0)
        for j in range(i):
            if z < at[j, 5] <= at[i, 2] and _meet(at, i, j, np.int64(2)):
                z = at[j, 5]
        at[i, 5] -= at[i, 2] - z
        at[i, 2] = z


@inner
def _reach(axis, at, count, box, low, high, order):
    """Write the lowest and the highest position of each slot along an axis if it pushes others before it.

    ``order`` receives the slots by position.
    """
    for i in range(count):
        j = i
        while j > 0 and at[order[j - 1], axis] > at[i, axis]:
            order[j] = order[j - 1]
            j -= 1
        order[j] = i
    for rank in range(count):
        i = order[rank]
        low[i] = 0
        for before in range(rank):
            j = order[before]
            if _meet(at, i, j, axis):
                low[i] = max(low[i], low[j] + at[j, 3 + axis] - at[j, axis])
    for rank in range(count - 1, -1, -1):
        i = order[rank]
        size = at[i, 3 + axis] - at[i, axis]
        high[i] = box[axis] - size
        for after in range(rank + 1, count):
            j = order[after]
            if _meet(at, i, j, axis):
                high[i] = min(high[i], high[j] - size)


@inner
def _push(slot, axis, to, at, count, order):
    """Move a slot along an axis to a position within its reach, and push what is in its way."""
    first = 0
    while order[first] != slot:
        first += 1
    size = at[slot, 3 + axis] - at[slot, axis]
    forward = to > at[slot, axis]
    at[slot, axis], at[slot, 3 + axis] = to, to + size
    end, step = (count, 1) if forward else (-1, -1)
    for rank in range(first + step, end, step):
        i = order[rank]
        size = at[i, 3 + axis] - at[i, axis]
        there = at[i, axis]
        for pushing in range(first, rank, step):
            j = order[pushing]
            if _meet(at, i, j, axis):
                there = max(there, at[j, 3 + axis]) if forward else min(there, at[j, axis] - size)
        at[i, axis], at[i, 3 + axis] = there, there + size


@inner
def _free(slot, axis, at, count, box):
    """Return the lowest and the highest position of a slot along an axis with all others where they are."""
    size = at[slot, 3 + axis] - at[slot, axis]
    low, high = np.int64(0), box[axis] - size
    for i in range(count):
        if i != slot and _meet(at, slot, i, axis):
            if at[i, 3 + axis] <= at[slot, axis]:
                low = max(low, at[i, 3 + axis])
            else:
                high = min(high, at[i, axis] - size)
    return low, high


@inner
def _mark(slot, lacking, axis, at, count, millionths, marks):
    """Write positions of a slot along an axis at which contacts below or above change; return how many.

    Flush with the edges of what it lies on or carries, beyond them, or in the middle; and just far enough under the
    slot ``lacking``.
    """
    size = at[slot, 3 + axis] - at[slot, axis]
    made = 0
    for i in range(count):
        if i != slot and (at[i, 5] == at[slot, 2] or at[i, 2] == at[slot, 5]):
            low, high = at[i, axis], at[i, 3 + axis]
            marks[made], marks[made + 1] = low, high - size
            marks[made + 2], marks[made + 3] = low - size, high
            marks[made + 4] = low + (high - low - size) // 2
            made += 5
    across = min(at[slot, 4 - axis], at[lacking, 4 - axis]) - max(at[slot, 1 - axis], at[lacking, 1 - axis])
    if slot != lacking and across > 0:
        low, high = at[lacking, axis], at[lacking, 3 + axis]
        base = float(at[lacking, 3] - at[lacking, 0]) * float(at[lacking, 4] - at[lacking, 1])
        more = np.int64(_lack(lacking, at, count, millionths) * base / across) + 1
        needed = max(0, min(at[slot, 3 + axis], high) - max(at[slot, axis], low)) + more
        marks[made], marks[made + 1] = low + needed - size, high - needed
        made += 2
    return made


@inner
def _standing(problem, packing, count, loads):
    """Return how many slots can be settled in their order before one breaks a rule."""
    for slot in range(count):
        if not _settle(slot, problem, packing, loads):
            return np.int64(slot)
    return np.int64(count)


@inner
def _gather(slot, loads, pile):
    """Mark a slot and all that carries it."""
    for i in range(pile.shape[0]):
        pile[i] = i == slot
    for i in range(slot, -1, -1):
        if pile[i]:
            for below in range(loads.under_n[i]):
                pile[loads.under[i, below]] = True


@maker
def _slide(problem, packing, count, budget, loads, scratch, random):
    """Slide units of a packing within their slack until all are supported; return whether it then obeys all rules.

    Each time a unit that lacks support is drawn; it, or one that its base is level with, moves along x or y to where
    least is lacking in sum, pushing others before it. Everything is then let down as far as it goes. What has slid
    last does not slide back at once. Where all are supported and a pile tips, its units move to where most slots stand.
    A packing that was lately slid is not slid again.
    """
    at, box, millionths = packing.at, problem.box, problem.millionths
    fixed = problem.fixed.unit.shape[0]  # none: see ``search``
    scratch.whole[0] += 1
    scratch.effort[0] += count
    mix = np.uint64(0)
    for i in range(count):
        one = np.uint64(problem.kinds[packing.unit[i]] + 1)
        for column in range(6):
            one = _mixed(one + np.uint64(at[i, column]))
        mix += one
    seat = np.int64(mix % np.uint64(scratch.known.shape[0]))
    if scratch.known[seat] == mix:
        return False
    scratch.known[seat] = mix
    marks = np.empty(6 + 5 * count + 2, dtype=np.int64)
    low, high = np.empty((2, count), dtype=np.int64), np.empty((2, count), dtype=np.int64)
    order = np.empty((2, count), dtype=np.int64)
    pile = np.empty(count, dtype=np.bool_)
    last_unit, last_axis = np.int64(-1), np.int64(-1)
    for _step in range(SLIDES + 1):
        _sort_upwards(packing, fixed, count)
        _drop(at, count)
        _sort_upwards(packing, fixed, count)
        scratch.effort[0] += count * count // 4
        lacking, seen = np.int64(-1), 0
        whole = 0.0
        for i in range(count):
            lack = _lack(i, at, count, millionths)
            whole += lack
            if lack > 0.0:
                seen += 1
                random = _next_random(random)
                if np.int64(random >> np.uint64(33)) % seen == 0:
                    lacking = i
        tips = lacking < 0
        if tips:
            scratch.effort[0] += 4 * count
            lacking = _standing(problem, packing, count, loads)
            if lacking == count:
                return True
            _gather(lacking, loads, pile)
        _copy(packing, scratch.old, count)
        for axis in range(2):
            _reach(axis, at, count, box, low[axis], high[axis], order[axis])
        best, ties = np.inf, 0
        slot, along, to = np.int64(-1), np.int64(0), np.int64(0)
        for s in range(count):
            if s != lacking and not (pile[s] if tips else at[s, 5] == at[lacking, 2]):
                continue
            before = _lack_here(s, at, count, millionths)
            for axis in range(2):
                if scratch.stop[0] != 0:
                    return False
                if low[axis, s] == high[axis, s] or (packing.unit[s] == last_unit and axis == last_axis):
                    continue
                nearest, farthest = _free(s, axis, at, count, box)
                marked = _mark(s, lacking, axis, at, count, millionths, marks)
                marks[marked], marks[marked + 1] = nearest, farthest
                marks[marked + 2], marks[marked + 3] = low[axis, s], high[axis, s]
                marks[marked + 4] = (nearest + farthest) // 2
                marks[marked + 5] = (low[axis, s] + high[axis, s]) // 2
                here, size = at[s, axis], at[s, 3 + axis] - at[s, axis]
                for mark in range(marked + 6):
                    place = marks[mark]
                    if place == here or place < low[axis, s] or place > high[axis, s]:
                        continue
                    if scratch.effort[0] >= budget:
                        return False
                    if nearest <= place <= farthest:
                        at[s, axis], at[s, 3 + axis] = place, place + size
                        change = _lack_here(s, at, count, millionths) - before
                        at[s, axis], at[s, 3 + axis] = here, here + size
                        scratch.effort[0] += count // 3
                    else:
                        _push(s, axis, place, at, count, order[axis])
                        change = _lack_of_all(at, count, millionths) - whole
                        for i in range(count):
                            at[i, axis], at[i, 3 + axis] = scratch.old.at[i, axis], scratch.old.at[i, 3 + axis]
                        scratch.effort[0] += count
                    if tips and change <= 0.0:
                        _push(s, axis, place, at, count, order[axis])
                        _sort_upwards(packing, fixed, count)
                        _drop(at, count)
                        _sort_upwards(packing, fixed, count)
                        stand = _standing(problem, packing, count, loads)
                        scratch.effort[0] += 4 * count + count * count // 4
                        if stand == count:
                            return True
                        change = -1.0 * stand
                        _copy(scratch.old, packing, count)
                    if change > best:
                        continue
                    ties = ties + 1 if change == best else 1
                    random = _next_random(random)
                    if ties == 1 or np.int64(random >> np.uint64(33)) % ties == 0:
                        best, slot, along, to = change, s, axis, place
        if slot < 0:
            return False
        _push(slot, along, to, at, count, order[along])
        last_unit, last_axis = packing.unit[slot], along
    return False


@inner
def _worth(problem, packing, placed):
    """Volume of the units in the first slots; where units are slid, less the part of each that lacks support."""
    volume = 0.0
    for slot in range(placed):
        edges = problem.edges[packing.unit[slot]]
        own = float(edges[0]) * edges[1] * edges[2]
        if _slides(problem):
            own -= own * _lack(slot, packing.at, placed, problem.millionths)
        volume += own
    return volume


@inner
def _keep(problem, packing, placed, out, best):
    """Copy a packing to ``out`` if it is worth more than the best, or as much in more units; return its worth."""
    worth = _worth(problem, packing, placed)
    if worth > best[0] or (worth == best[0] and placed > best[1]):
        best[0], best[1] = worth, placed
        _copy(packing, out, placed)
    return worth


@inner
def _nearest(centre, at, count, many, noise, key, gone, random):
    """Mark a slot and those nearest to it, ``many`` in all, as gone, nearness blurred by noise; step the generator."""
    for i in range(count):
        away = 0.0
        for axis in range(3):
            away += max(0, max(at[i, axis], at[centre, axis]) - min(at[i, 3 + axis], at[centre, 3 + axis]))
        random = _next_random(random)
        key[i] = away + noise * (np.int64(random >> np.uint64(33)) % 1_000)
        gone[i] = False
    key[centre] = -1.0
    for _turn in range(many):
        next_one = -1
        for i in range(count):
            if not gone[i] and (next_one < 0 or key[i] < key[next_one]):
                next_one = i
        gone[next_one] = True
    return random


@maker
def _recreate(problem, start, started, share, budget, packing, loads, scratch, random, out, best):
    """Take neighbouring units out of a packing and set them down again, over and over; slide what is whole.

    Begins with the first ``started`` slots of ``start``. At most ``share`` of the units are taken out at once, most
    often round one that lacks support. Returns whether all units stand in the end; ``out`` then holds them.
    """
    n = scratch.masks.shape[0]
    current, kept = _new_packing(n), _new_packing(n)
    _copy(start, current, started)
    have = np.int64(started)
    worth = _worth(problem, current, have)
    top = worth
    slack = PUT_UP_WITH * _volume_of_all(problem)
    order = np.empty(n, dtype=np.int64)
    gone = np.zeros(n, dtype=np.bool_)
    key = np.empty(n)
    opening = np.empty(8, dtype=np.int64)
    loops = 0
    while scratch.effort[0] < budget and scratch.stop[0] == 0:
        loops += 1
        random = _next_random(random)
        draw = np.int64(random >> np.uint64(33))
        centre, seen = draw % max(have, 1), 0
        if (draw >> 8) % 4 != 0:
            for i in range(have):
                if _lack(i, current.at, have, problem.millionths) > 0.0:
                    seen += 1
                    random = _next_random(random)
                    if np.int64(random >> np.uint64(33)) % seen == 0:
                        centre = i
        many = min(have, 1 + (draw >> 10) % max(1, np.int64(share * n)))
        noise = NEARNESS * problem.box[0] / 1_000
        random = _nearest(centre, current.at, have, many, noise, key, gone, random)
        filled = np.int64(0)
        for i in range(n):
            scratch.taken[i] = False
        for i in range(have):
            if not gone[i]:
                for column in range(6):
                    kept.at[filled, column] = current.at[i, column]
                kept.unit[filled], kept.turn[filled] = current.unit[i], current.turn[i]
                scratch.taken[current.unit[i]] = True
                filled += 1
        # Roughly by size, one in four tied to one orientation, every other in a corner drawn at random.
        _allow_all(problem, scratch.masks)
        for i in range(n):
            random = _next_random(random)
            chance = np.int64(random >> np.uint64(33))
            edges = problem.edges[i]
            key[i] = float(edges[0]) * edges[1] * edges[2] * (SIZE_NOISE + (chance % 1_000) / 1_000)
            if (chance >> 10) % 4 == 0:
                scratch.masks[i] = _one_orientation(scratch.masks[i], chance >> 12)
            scratch.corner[i] = (chance >> 15) % 4 if chance & 16384 else 0
            j = i
            while j > 0 and key[order[j - 1]] < key[i]:
                order[j] = order[j - 1]
                j -= 1
            order[j] = i
        rule = (draw >> 20) % RULES
        put_up_with = top - slack * (1.0 - (loops % SAWTOOTH) / SAWTOOTH)
        floor = min(worth * JUST_BELOW, put_up_with)
        count = _construct(order, rule, budget, problem, packing, loads, scratch, kept, filled, opening, floor)
        if count < 0:
            continue
        scratch.effort[0] += n * n // 8
        if count == n and _slide(problem, packing, n, budget, loads, scratch, random):
            _copy(packing, out, n)
            return True
        new = _keep(problem, packing, count, out, best)
        if new >= worth or new > put_up_with:
            _copy(packing, current, count)
            have, worth = np.int64(count), new
            top = max(top, new)
    for i in range(n):
        scratch.taken[i] = False
    return False


@inner
def _hopeless(hoped, spent, budget, worth):
    """Whether a search for a place for all of many units is given up; ``hoped`` is their volume, 0 where it never is.

    With more effort it is so no earlier, so that what less effort finds more finds too.
    """
    if hoped == 0.0 or spent < LEAST_OF_MANY or spent < HOPELESS * budget:
        return False
    return hoped - worth > MOST_LEFT * hoped * (1.0 - spent / budget)


@maker
def _beam(rule, width, budget, hoped, problem, packing, loads, scratch, out, best):
    """Build packings unit by unit, several side by side, each next step judged by where it leads.

    A step sets one of the largest units left down in one orientation, in the best place under the rule. It is worth
    the volume that a greedy construction from there packs (``_worth``). Of each level the ``width`` best packings are
    kept; equal ones count once. Returns whether all units found a place in which all rules hold.
    """
    n = scratch.masks.shape[0]
    most_kinds = BEAM_KINDS if n < MANY_UNITS else BEAM_KINDS_OF_MANY
    fixed = problem.fixed.unit.shape[0]
    opening = np.empty(8, dtype=np.int64)
    order = np.empty(n, dtype=np.int64)
    at = np.zeros((2, width, n, 6), dtype=np.int64)
    unit_of = np.zeros((2, width, n), dtype=np.int64)
    turn_of = np.zeros((2, width, n), dtype=np.int64)
    code = np.zeros((2, width), dtype=np.uint64)
    parent = np.zeros(width, dtype=np.int64)
    worth = np.zeros(width)
    step = np.zeros((width, 8), dtype=np.int64)
    states = 1
    for slot in range(fixed):
        unit_of[0, 0, slot], turn_of[0, 0, slot] = problem.fixed.unit[slot], problem.fixed.turn[slot]
        for column in range(6):
            at[0, 0, slot, column] = problem.fixed.at[slot, column]
    for i in range(n):
        scratch.corner[i] = 0
    _allow_all(problem, scratch.masks)
    scratch.effort[0] += n  # also where no unit is left, so that every search ends
    full = False
    for depth in range(fixed, n):
        old, new = (depth - fixed) % 2, 1 - (depth - fixed) % 2
        children = np.int64(0)
        for state in range(states):
            start = Packing(at[old, state], unit_of[old, state], turn_of[old, state])
            for i in range(n):
                scratch.taken[i] = False
            for slot in range(depth):
                scratch.taken[start.unit[slot]] = True
            kinds = 0
            last = np.int64(-1)
            for rank in range(n):
                unit = problem.orders[0, rank]
                if scratch.taken[unit] or problem.kinds[unit] == last:
                    continue
                if kinds == most_kinds:
                    break
                kinds += 1
                last = problem.kinds[unit]
                order[0] = unit
                filled = 1
                for other in range(n):
                    if problem.orders[0, other] != unit:
                        order[filled] = problem.orders[0, other]
                        filled += 1
                for o in range(6):
                    if not (problem.masks[unit] >> o) & 1:
                        continue
                    if scratch.effort[0] >= budget or scratch.stop[0] != 0:
                        break
                    scratch.masks[unit] = 1 << o
                    floor = worth[_least_worthy(worth, width)] if children == width else -1.0
                    placed = _construct(
                        order, rule, budget, problem, packing, loads, scratch, start, depth, opening, floor
                    )
                    scratch.masks[unit] = problem.masks[unit]
                    if placed < 0 or opening[0] != unit:
                        continue
                    if placed == n:
                        random = scratch.effort[0]
                        full = not _slides(problem) or _slide(
                            problem, packing, n, budget, loads, scratch, np.uint64(random)
                        )
                    if full:
                        _copy(packing, out, n)
                        break
                    volume = _keep(problem, packing, placed, out, best)
                    mix = np.uint64(problem.kinds[unit] + 1)
                    for column in range(2, 8):
                        mix = _mixed(mix + np.uint64(opening[column]))
                    mix += code[old, state]
                    child = _seat(children, width, worth, volume, code[new], mix)
                    if child < 0:
                        continue
                    children = max(children, child + 1)
                    parent[child], worth[child], code[new, child] = state, volume, mix
                    for column in range(8):
                        step[child, column] = opening[column]
                if full:
                    break
            if full:
                break
        if full or children == 0 or scratch.effort[0] >= budget or scratch.stop[0] != 0:
            break
        if _hopeless(hoped, scratch.effort[0], budget, best[0]):
            break
        for child in range(children):
            above = parent[child]
            grown = Packing(at[new, child], unit_of[new, child], turn_of[new, child])
            _copy(Packing(at[old, above], unit_of[old, above], turn_of[old, above]), grown, depth)
            grown.unit[depth], grown.turn[depth] = step[child, 0], step[child, 1]
            for column in range(6):
                grown.at[depth, column] = step[child, 2 + column]
            _sort_upwards(grown, fixed, depth + 1)
        states = children
    for i in range(n):
        scratch.taken[i] = False
    for slot in range(fixed):
        scratch.taken[problem.fixed.unit[slot]] = True
    return full


@inner
def _least_worthy(worth, width):
    """Return which of the first ``width`` is worth least, the last of those."""
    worst = 0
    for child in range(1, width):
        if worth[child] <= worth[worst]:
            worst = child
    return worst


@inner
def _seat(children, width, worth, volume, codes, mix):
    """Return where a child goes: a free seat, that of the least worthy, or -1 where it is known or no better."""
    for child in range(children):
        if codes[child] == mix:
            return -1
    if children < width:
        return children
    worst = _least_worthy(worth, width)
    return worst if worth[worst] < volume else -1


@entry
def search(problem, whole, budget, seed, out, effort, stop):
    """Pack units into one box.

    Parameters
    ----------
    problem : Problem
        ``edges`` int64 (n, 3), um: declared edges of the envelopes; ``masks`` int64 (n,): bit ``o`` allows row ``o``
        of ``ORIENTATIONS``; ``kinds`` int64 (n,): same number, same unit, ascending from 0; ``mass``, ``weight``,
        ``max_load`` float64 (n,), mg: mass, what it adds to the parcel (cushioning counted, displaced void fill
        taken off), and mass that may rest on it (infinity is unlimited); ``orders`` int64
        (2 ORDERINGS, n): orders in which to set units down, the second half with load-limited units last (used for
        n > 2 only); ``box`` int64 (3,), um: usable inner edges; ``weight_limit``, ``volume_limit`` in mg and um3;
        ``millionths``: support ratio in millionths, 0 switches support and stability off; ``bearing``: whether
        ``max_load`` is obeyed; ``fixed``: slots that are taken already, in pack sequence; ``least``: support ratio
        that constructions obey. Where it is below ``millionths`` (with ``whole`` and without ``fixed`` only) they obey
        neither stability nor ``max_load``, and units are slid until all rules hold.
    whole : bool
        True: all units or nothing. False: as much volume as possible.
    budget : int
        Counted effort, about one per place looked at.
    seed : int
        Of the perturbation; the same inputs and seed give the same answer everywhere.
    out : Packing
        Receives the answer, in pack sequence.
    effort : int64, (1,)
        Receives the effort spent.
    stop : int64, (1,)
        Ends the search when another thread sets it; what is returned then means nothing.

    Returns
    -------
    int
        Number of units placed, the fixed ones included; with ``whole``, n or 0.
    """
    n = problem.edges.shape[0]
    packing, loads, scratch = _workspace(n, effort, stop)
    for slot in range(problem.fixed.unit.shape[0]):
        scratch.taken[problem.fixed.unit[slot]] = True
    limited = False
    lead = np.empty(n, dtype=np.int64)
    for i in range(n):
        lead[i] = i
        if problem.bearing and problem.max_load[i] < np.inf:
            limited = True
    order = np.empty(n, dtype=np.int64)
    in_box = np.empty(n, dtype=np.bool_)
    opening = np.empty(8, dtype=np.int64)
    best = np.zeros(2)
    best[0] = -1.0
    lead_volume, lead_rule = -1.0, np.int64(0)
    random = _next_random(np.uint64(seed))
    # Two units are tried in both orders and every pair of orientations. More are first ordered by size; then beams of
    # growing width take turns with variations of the leading order until the effort ends.
    ordered = 72 if n == 2 else RULES * ORDERINGS if n > 2 else 1
    _allow_all(problem, scratch.masks)
    attempt = np.int64(0)
    beams = np.int64(0)
    varied = np.int64(0)
    # Where units are slid, ruin and recreate takes the place of variations; it begins with what sizes led to and with
    # the best so far in turn.
    sliding = _slides(problem)
    hoped = 0.0
    if whole and not sliding and n >= MANY_UNITS:
        for i in range(n):
            hoped += float(problem.edges[i, 0]) * problem.edges[i, 1] * problem.edges[i, 2]
    greedy, greedy_placed = _new_packing(n), np.int64(0)
    due, segments = np.int64(0), np.int64(0)
    while attempt < ordered or n > 2:
        if stop[0] != 0 or (attempt > 0 and effort[0] >= budget):
            break
        if sliding and scratch.whole[0] == 0 and effort[0] >= HOPELESS * budget:
            break
        if _hopeless(hoped, effort[0], budget, best[0]):
            break
        rule = attempt % RULES
        if n == 2:
            rule = np.int64(0)
            order[0], order[1] = attempt // 36, 1 - attempt // 36
            first, second = (attempt // 6) % 6, attempt % 6
            if not (problem.masks[0] >> first) & 1 or not (problem.masks[1] >> second) & 1:
                attempt += 1
                continue
            scratch.masks[0], scratch.masks[1] = 1 << first, 1 << second
        elif n == 1:
            order[0] = 0
        elif attempt < ordered:
            # Another seed starts elsewhere in the same list, so that small budgets differ too.
            step = (attempt + seed - 1) % ordered
            rule = step % RULES
            ordering = step // RULES
            late = limited and (step + ordering) % 2 == 0
            for i in range(n):
                order[i] = problem.orders[ordering + (ORDERINGS if late else 0), i]
        elif due > 0:
            until = min(budget, effort[0] + SEGMENT)
            share = RUINED_SHARES[segments % RUINED_SHARES.shape[0]]
            if segments % SEGMENTS < SEGMENTS - 1:
                _copy(greedy, packing, greedy_placed)
                begun = greedy_placed
            else:
                begun = np.int64(best[1])
                _copy(out, packing, begun)
            segments += 1
            due -= 1
            random = _next_random(random)
            if _recreate(problem, packing, begun, share, until, packing, loads, scratch, random, out, best):
                return n
            continue
        elif varied <= 0:
            if beams == 0:
                greedy_placed = np.int64(best[1])
                _copy(out, greedy, greedy_placed)
            before = effort[0]
            width = BEAM_WIDTHS[min(beams // RULES, BEAM_WIDTHS.shape[0] - 1)]
            beam_rule = BEAM_RULES[beams % RULES]
            beams += 1
            if _beam(beam_rule, width, budget, hoped, problem, packing, loads, scratch, out, best):
                return n
            if sliding:
                due = np.int64(SEGMENTS if problem.least == 0 and beams > 1 else 0)
            else:
                varied = (effort[0] - before) // VARIED_SHARE
            continue
        else:
            before = effort[0]
            rule, random = _perturb(order, lead, lead_rule, random, problem, scratch.masks, scratch.corner)
        attempt += 1
        # The first construction is always finished, however large the order.
        limit = budget if attempt > 1 else np.int64(1) << 60
        floor = lead_volume * JUST_BELOW
        placed = _construct(order, rule, limit, problem, packing, loads, scratch, packing, np.int64(0), opening, floor)
        if attempt > ordered:
            varied -= effort[0] - before
        if placed < 0:
            continue
        if placed == n and (not sliding or _slide(problem, packing, n, budget, loads, scratch, random)):
            _copy(packing, out, n)
            return n
        volume = _keep(problem, packing, placed, out, best)
        if volume >= lead_volume:
            # The new leader: next time, what found no place goes first.
            lead_volume, lead_rule = volume, rule
            for i in range(n):
                in_box[i] = False
            for slot in range(placed):
                in_box[packing.unit[slot]] = True
            filled = 0
            for taken in range(2):
                for i in range(n):
                    if in_box[order[i]] == (taken == 1):
                        lead[filled] = order[i]
                        filled += 1
    return 0 if whole else np.int64(best[1])
