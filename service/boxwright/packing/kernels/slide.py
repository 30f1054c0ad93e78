"""Repairs a packing: units slide until all of them are supported and all rules hold.

``at`` is ``Packing.at``.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from boxwright.packing.compiled import inlined, inner, maker
from boxwright.packing.kernels.draws import draw, generator, mixed
from boxwright.packing.kernels.packings import copy, sort_upwards
from boxwright.packing.kernels.standing import standing
from boxwright.packing.kernels.support import lack, lack_here, lack_of_all
from boxwright.packing.problem import Floats, Ints

SLIDES = 10
"""Maximum number of moves per packing; most packings that can be repaired need at most three."""
ENDED, OPEN, STANDS = -1, 0, 1
"""Results of the search for a move: the effort ended, the search goes on, or the packing obeys all rules."""


class Moves(NamedTuple):
    """Work arrays of the search for the next move of a packing."""

    marks: Ints  # int64 (5 n + 8,): positions to try along an axis
    low: Ints  # int64 (2, n): lowest position of each slot along x and y, if it may push others
    high: Ints  # int64 (2, n): highest position of each slot along x and y, if it may push others
    order: Ints  # int64 (2, n): slots by position
    pile: npt.NDArray[np.bool_]  # bool (n,): slots of the pile that tips
    best: Floats  # float64 (1,): change in missing support that the best move makes
    ties: Ints  # int64 (1,): number of moves that make this change
    chosen: Ints  # int64 (3,): slot (-1: none), axis and position of one of these moves
    last: Ints  # int64 (2,): unit and axis of the previous move
    random: npt.NDArray[np.uint64]  # uint64 (1,): see ``draws``


@inner
def _meet(at, one, two, axis):
    """Whether two slots overlap along both other axes, so that they lie one before the other along this axis."""
    for other in range(3):
        if other != axis and (at[one, other] >= at[two, 3 + other] or at[two, other] >= at[one, 3 + other]):
            return False
    return True


@inner
def _drop(at, unit, count, margin):
    """Lower all slots, sorted upwards, onto the slots below; in its margin a slot stands on a foot."""
    for i in range(count):
        z = np.int64(0)
        for j in range(i):
            if z < at[j, 5] <= at[i, 2] and _meet(at, i, j, np.int64(2)):
                z = at[j, 5]
        clear = margin[unit[i], 0]
        at[i, 5] += max(clear, z) - max(clear, at[i, 2])
        at[i, 2] = z


@inner
def _reach(axis, at, unit, count, box, margin, low, high, order):
    """Write the lowest and highest position of each slot along an axis, if it may push others; sort ``order``."""
    for i in range(count):
        j = i
        while j > 0 and at[order[j - 1], axis] > at[i, axis]:
            order[j] = order[j - 1]
            j -= 1
        order[j] = i
    for rank in range(count):
        i = order[rank]
        low[i] = margin[unit[i], 0]
        for before in range(rank):
            j = order[before]
            if _meet(at, i, j, axis):
                low[i] = max(low[i], low[j] + at[j, 3 + axis] - at[j, axis])
    for rank in range(count - 1, -1, -1):
        i = order[rank]
        size = at[i, 3 + axis] - at[i, axis]
        high[i] = box[axis] - size - margin[unit[i], 1]
        for after in range(rank + 1, count):
            j = order[after]
            if _meet(at, i, j, axis):
                high[i] = min(high[i], high[j] - size)


@inner
def _push(slot, axis, to, at, count, order):
    """Move a slot along an axis to a position in its reach, and push the slots in its way."""
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
def _free(slot, axis, at, count, box, margin):
    """Return the lowest and highest position of a slot along an axis, if no other slot moves."""
    size = at[slot, 3 + axis] - at[slot, axis]
    low, high = margin[0], box[axis] - size - margin[1]
    for i in range(count):
        if i != slot and _meet(at, slot, i, axis):
            if at[i, 3 + axis] <= at[slot, axis]:
                low = max(low, at[i, 3 + axis])
            else:
                high = min(high, at[i, axis] - size)
    return low, high


@inner
def _mark(slot, lacking, axis, at, count, millionths, marks):
    """Write positions of a slot along an axis at which contacts below or above change; return their number.

    These are flush with the edges of slots below and above, beyond the edges, centred on the slots, and just far enough
    under the slot ``lacking``.
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
        more = np.int64(lack(lacking, at, count, millionths) * base / across) + 1
        needed = max(0, min(at[slot, 3 + axis], high) - max(at[slot, axis], low)) + more
        marks[made], marks[made + 1] = low + needed - size, high - needed
        made += 2
    return made


@maker
def _new_moves(count, random):
    moves = Moves(
        np.empty(5 * count + 8, dtype=np.int64),
        np.empty((2, count), dtype=np.int64),
        np.empty((2, count), dtype=np.int64),
        np.empty((2, count), dtype=np.int64),
        np.empty(count, dtype=np.bool_),
        np.empty(1),
        np.empty(1, dtype=np.int64),
        np.empty(3, dtype=np.int64),
        np.empty(2, dtype=np.int64),
        generator(random),
    )
    moves.last[0] = moves.last[1] = -1
    return moves


@inlined
def _is_known(work, count):
    """Remember a packing as slid; return whether it was slid recently."""
    packing, known = work.packing, work.scratch.known
    code = np.uint64(0)
    for i in range(count):
        one = np.uint64(work.problem.kinds[packing.unit[i]] + 1)
        for column in range(6):
            one = mixed(one + np.uint64(packing.at[i, column]))
        code += one
    row = np.int64(code % np.uint64(known.shape[0]))
    if known[row] == code:
        return True
    known[row] = code
    return False


@inner
def _let_down(packing, count, margin):
    """Lower all slots as far as they go, and sort them upwards; no slot is fixed (see ``search``)."""
    sort_upwards(packing, np.int64(0), count)
    _drop(packing.at, packing.unit, count, margin)
    sort_upwards(packing, np.int64(0), count)


@inner
def _draw_lacking(at, count, millionths, random):
    """Return a random slot that lacks support, or -1 if none does, and ``lack_of_all``."""
    lacking, seen = np.int64(-1), 0
    whole = 0.0
    for i in range(count):
        short = lack(i, at, count, millionths)
        whole += short
        if short > 0.0:
            seen += 1
            if draw(random) % seen == 0:
                lacking = i
    return lacking, whole


@inner
def _gather(slot, loads, pile):
    """Mark a slot and all slots that carry it, directly or not."""
    for i in range(pile.shape[0]):
        pile[i] = i == slot
    for i in range(slot, -1, -1):
        if pile[i]:
            for below in range(loads.under_n[i]):
                pile[loads.under[i, below]] = True


@inlined
def _change(slot, axis, to, alone, lacks, work, count, moves):
    """Make a move, undo it, and return by how much it changes ``lack_of_all``.

    ``alone`` is True if the move pushes no other slot; ``lacks`` holds the values before the move: ``lack_here`` of the
    slot and ``lack_of_all``.
    """
    at, old, millionths = work.packing.at, work.scratch.old.at, work.problem.millionths
    if alone:
        here, size = at[slot, axis], at[slot, 3 + axis] - at[slot, axis]
        at[slot, axis], at[slot, 3 + axis] = to, to + size
        change = lack_here(slot, at, count, millionths) - lacks[0]
        at[slot, axis], at[slot, 3 + axis] = here, here + size
        work.scratch.effort[0] += count // 3
        return change
    _push(slot, axis, to, at, count, moves.order[axis])
    change = lack_of_all(at, count, millionths) - lacks[1]
    for i in range(count):
        at[i, axis], at[i, 3 + axis] = old[i, axis], old[i, 3 + axis]
    work.scratch.effort[0] += count
    return change


@inlined
def _stand_after(slot, axis, to, work, count, moves):
    """Make a move; return the number of slots that then obey the rules. The move is undone unless all slots do."""
    _push(slot, axis, to, work.packing.at, count, moves.order[axis])
    _let_down(work.packing, count, work.problem.margin)
    stand = standing(work.packing, count, work.loads)
    work.scratch.effort[0] += 4 * count + count * count // 4
    if stand < count:
        copy(work.scratch.old, work.packing, count)
    return stand


@inlined
def _look_along(slot, axis, fault, before, work, count, budget, moves):
    """Find the best move of a slot along an axis; ``before`` is its ``lack_here``. Return as ``_look`` does."""
    lacking, tips, whole = fault
    at, marks = work.packing.at, moves.marks
    low, high = moves.low[axis, slot], moves.high[axis, slot]
    clear = work.problem.margin[work.packing.unit[slot]]
    nearest, farthest = _free(slot, axis, at, count, work.problem.box, clear)
    marked = _mark(slot, lacking, axis, at, count, work.problem.millionths, marks)
    marks[marked], marks[marked + 1], marks[marked + 2], marks[marked + 3] = nearest, farthest, low, high
    marks[marked + 4], marks[marked + 5] = (nearest + farthest) // 2, (low + high) // 2
    here = at[slot, axis]
    for number in range(marked + 6):
        to = marks[number]
        if to == here or to < low or to > high:
            continue
        if work.scratch.effort[0] >= budget:
            return ENDED
        change = _change(slot, axis, to, nearest <= to <= farthest, (before, whole), work, count, moves)
        if tips and change <= 0.0:
            stand = _stand_after(slot, axis, to, work, count, moves)
            if stand == count:
                return STANDS
            change = -1.0 * stand
        if change > moves.best[0]:
            continue
        moves.ties[0] = moves.ties[0] + 1 if change == moves.best[0] else 1
        drawn = draw(moves.random)
        if moves.ties[0] == 1 or drawn % moves.ties[0] == 0:
            moves.best[0] = change
            moves.chosen[0], moves.chosen[1], moves.chosen[2] = slot, axis, to
    return OPEN


@inlined
def _look(fault, work, count, budget, moves):
    """Find the best move of any slot that can repair a fault; return ``ENDED``, ``OPEN`` or ``STANDS``.

    ``fault`` is the slot that lacks support or breaks a rule, whether its pile tips, and ``lack_of_all``.
    """
    lacking, tips, _whole = fault
    packing, problem, at = work.packing, work.problem, work.packing.at
    moves.best[0], moves.ties[0], moves.chosen[0] = np.inf, 0, -1
    for slot in range(count):
        if slot != lacking and not (moves.pile[slot] if tips else at[slot, 5] == at[lacking, 2]):
            continue
        before = lack_here(slot, at, count, problem.millionths)
        for axis in range(2):
            if work.scratch.stop[0] != 0:
                return ENDED
            back = packing.unit[slot] == moves.last[0] and axis == moves.last[1]
            if moves.low[axis, slot] == moves.high[axis, slot] or back:
                continue
            found = _look_along(slot, axis, fault, before, work, count, budget, moves)
            if found != OPEN:
                return found
    return OPEN


@maker
def slide(work, count, budget, random):
    """Slide units of a packing until all of them are supported; return whether the packing then obeys all rules.

    Each step draws a unit that lacks support. This unit, or a unit whose top is level with its base, moves along x or y
    to where the sum of missing support is least, and pushes others. Then all units drop as far as they can. The same
    unit does not move along the same axis twice in a row. If all units are supported but a pile tips, units of the pile
    move to where most units obey the rules. A packing that was slid recently is not slid again.
    """
    problem, packing, loads, scratch = work.problem, work.packing, work.loads, work.scratch
    at = packing.at
    scratch.whole[0] += 1
    scratch.effort[0] += count
    if _is_known(work, count):
        return False
    moves = _new_moves(count, random)
    for _step in range(SLIDES + 1):
        _let_down(packing, count, problem.margin)
        scratch.effort[0] += count * count // 4
        lacking, whole = _draw_lacking(at, count, problem.millionths, moves.random)
        tips = lacking < 0
        if tips:
            scratch.effort[0] += 4 * count
            lacking = standing(packing, count, loads)
            if lacking == count:
                return True
            _gather(lacking, loads, moves.pile)
        copy(packing, scratch.old, count)
        for axis in range(2):
            low, high = moves.low[axis], moves.high[axis]
            _reach(axis, at, packing.unit, count, problem.box, problem.margin, low, high, moves.order[axis])
        found = _look((lacking, tips, whole), work, count, budget, moves)
        if found != OPEN:
            return found == STANDS
        slot, along = moves.chosen[0], moves.chosen[1]
        if slot < 0:
            return False
        _push(slot, along, moves.chosen[2], at, count, moves.order[along])
        moves.last[0], moves.last[1] = packing.unit[slot], along
    return False
