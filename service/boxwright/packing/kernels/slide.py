"""Repairs a packing: units slide until all are supported and all rules hold."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from boxwright.packing.compiled import inlined, inner, maker
from boxwright.packing.kernels.draws import draw, generator, mixed
from boxwright.packing.kernels.moves import drop, free, mark, push, reach
from boxwright.packing.kernels.packings import copy, sort_upwards
from boxwright.packing.kernels.standing import standing
from boxwright.packing.kernels.support import lack, lack_here, lack_of_all
from boxwright.packing.problem import Floats, Ints

SLIDES = 10
"""Maximum number of moves per packing; the majority of packings that can be repaired need at most three."""
ENDED, OPEN, STANDS = -1, 0, 1
"""Results of the search for a move: the effort ended, a move may be known, or the packing obeys all rules."""


class Moves(NamedTuple):
    """Work arrays of the search for the next move of a packing."""

    marks: Ints  # int64 (5 n + 8,): positions to try along an axis
    low: Ints  # int64 (2, n): lowest position of each slot along x and y if it may push others
    high: Ints  # int64 (2, n): highest
    order: Ints  # int64 (2, n): slots by position
    pile: npt.NDArray[np.bool_]  # bool (n,): slots of the pile that tips
    best: Floats  # float64 (1,): change of lacking support by the best move
    ties: Ints  # int64 (1,): number of moves with that change
    chosen: Ints  # int64 (3,): one of them: slot (-1: none), axis, position
    last: Ints  # int64 (2,): unit and axis of the previous move
    random: npt.NDArray[np.uint64]  # uint64 (1,): see ``draws``


@maker
def _new_moves(count, random):
    """Return the arrays for the moves of a packing."""
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
    """Remember a packing; return whether it was slid recently."""
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
    """Lower all slots as far as they go, and sort them upwards. No slot is fixed; see ``search``."""
    sort_upwards(packing, np.int64(0), count)
    drop(packing.at, packing.unit, count, margin)
    sort_upwards(packing, np.int64(0), count)


@inner
def _draw_lacking(at, count, millionths, random):
    """Return a random slot that lacks support, or -1, and ``lack_of_all``."""
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
    """Mark a slot and all slots that carry it."""
    for i in range(pile.shape[0]):
        pile[i] = i == slot
    for i in range(slot, -1, -1):
        if pile[i]:
            for below in range(loads.under_n[i]):
                pile[loads.under[i, below]] = True


@inlined
def _change(slot, axis, to, alone, lacks, work, count, moves):
    """Return the change of ``lack_of_all`` by a move, which is undone.

    ``alone``: whether no other slot is pushed. ``lacks``: ``lack_here`` of the slot and ``lack_of_all`` before.
    """
    at, old, millionths = work.packing.at, work.scratch.old.at, work.problem.millionths
    if alone:
        here, size = at[slot, axis], at[slot, 3 + axis] - at[slot, axis]
        at[slot, axis], at[slot, 3 + axis] = to, to + size
        change = lack_here(slot, at, count, millionths) - lacks[0]
        at[slot, axis], at[slot, 3 + axis] = here, here + size
        work.scratch.effort[0] += count // 3
        return change
    push(slot, axis, to, at, count, moves.order[axis])
    change = lack_of_all(at, count, millionths) - lacks[1]
    for i in range(count):
        at[i, axis], at[i, 3 + axis] = old[i, axis], old[i, 3 + axis]
    work.scratch.effort[0] += count
    return change


@inlined
def _stand_after(slot, axis, to, work, count, moves):
    """Make a move; return the number of slots that then stand. It is undone unless all do."""
    push(slot, axis, to, work.packing.at, count, moves.order[axis])
    _let_down(work.packing, count, work.problem.margin)
    stand = standing(work.packing, count, work.loads)
    work.scratch.effort[0] += 4 * count + count * count // 4
    if stand < count:
        copy(work.scratch.old, work.packing, count)
    return stand


@inlined
def _look_along(slot, axis, fault, before, work, count, budget, moves):
    """Find the best move of a slot along an axis; see ``ENDED``. ``before`` is its ``lack_here``."""
    lacking, tips, whole = fault
    at, marks = work.packing.at, moves.marks
    low, high = moves.low[axis, slot], moves.high[axis, slot]
    clear = work.problem.margin[work.packing.unit[slot]]
    nearest, farthest = free(slot, axis, at, count, work.problem.box, clear)
    marked = mark(slot, lacking, axis, at, count, work.problem.millionths, marks)
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
    """Find the best move of any slot that can repair a fault; see ``ENDED``.

    ``fault``: the slot that lacks support or does not stand, whether its pile tips, ``lack_of_all``.
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
    """Slide units of a packing until all are supported; return whether it then obeys all rules.

    Each step draws a unit that lacks support. This unit, or one whose top is level with its base, moves along x or y to
    where the sum of lacking support is least, pushing others. Then all units drop as far as they can. The unit moved
    last does not move along the same axis next. If all are supported but a pile tips, units of the pile move to where
    most slots stand. A packing slid recently is not slid again.
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
            reach(axis, at, packing.unit, count, problem.box, problem.margin, low, high, moves.order[axis])
        found = _look((lacking, tips, whole), work, count, budget, moves)
        if found != OPEN:
            return found == STANDS
        slot, along = moves.chosen[0], moves.chosen[1]
        if slot < 0:
            return False
        push(slot, along, moves.chosen[2], at, count, moves.order[along])
        moves.last[0], moves.last[1] = packing.unit[slot], along
    return False
