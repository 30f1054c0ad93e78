"""Beam search over units: packings are built side by side, and a step is rated by a greedy completion."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from boxwright.packing.compiled import inner, maker
from boxwright.packing.kernels import MANY_UNITS
from boxwright.packing.kernels.construct import construct
from boxwright.packing.kernels.draws import mixed
from boxwright.packing.kernels.packings import allow_all, copy, keep, sort_upwards, take_fixed
from boxwright.packing.kernels.slide import slide
from boxwright.packing.kernels.support import slides
from boxwright.packing.problem import Floats, Ints
from boxwright.packing.state import Packing

KINDS, KINDS_OF_MANY = 6, 3
"""Number of kinds, largest first, from which a beam tries the next unit: for few units, and for many units."""
LEAST_EFFORT, PATIENCE = 200_000, 0.3
"""After ``LEAST_EFFORT``, a search that must place all of several units is hopeless if L x E > PATIENCE x S x S x B. L
is the share of the volume that the best packing leaves out, S the share of the box that all units would leave empty, E
the effort spent and B the budget. With 15 times the effort, hardly any packing of real orders was found beyond that."""


class Levels(NamedTuple):
    """The packings of two levels of a beam, used alternately, and the children of the current level."""

    at: Ints  # int64 (2, width, n, 6): ``at``, ``unit`` and ``turn`` are those of ``Packing``
    unit: Ints  # int64 (2, width, n)
    turn: Ints  # int64 (2, width, n)
    code: npt.NDArray[np.uint64]  # uint64 (2, width): hash codes of the packings
    parent: Ints  # int64 (width,): parent of each child
    worth: Floats  # float64 (width,): worth of each child
    step: Ints  # int64 (width, 8): unit set down by each child, its orientation and corners
    order: Ints  # int64 (n,): order of units in the current construction


@maker
def _new_levels(width, n):
    """Return the arrays for the levels of a beam."""
    return Levels(
        np.zeros((2, width, n, 6), dtype=np.int64),
        np.zeros((2, width, n), dtype=np.int64),
        np.zeros((2, width, n), dtype=np.int64),
        np.zeros((2, width), dtype=np.uint64),
        np.zeros(width, dtype=np.int64),
        np.zeros(width),
        np.zeros((width, 8), dtype=np.int64),
        np.empty(n, dtype=np.int64),
    )


@inner
def hopeless(hoped, budget, work):
    """Whether a search for a packing of volume ``hoped`` is hopeless (see ``PATIENCE``); never if ``hoped`` is 0.

    A larger budget never ends a search earlier, so more effort finds everything that less effort finds.
    """
    spent = work.scratch.effort[0]
    if hoped == 0.0 or spent < LEAST_EFFORT:
        return False
    box = work.problem.box
    empty = 1.0 - hoped / (float(box[0]) * float(box[1]) * float(box[2]))
    return (hoped - work.best[0]) * spent > PATIENCE * empty * empty * hoped * budget


@inner
def _spent(budget, scratch):
    return scratch.effort[0] >= budget or scratch.stop[0] != 0


@inner
def _least_worthy(worth, width):
    """Return the child of least worth, the last one if several are equal."""
    worst = 0
    for child in range(1, width):
        if worth[child] <= worth[worst]:
            worst = child
    return worst


@inner
def _row_of(children, worth, volume, codes, code):
    """Return the row for a child: a free row, the row of the worst child, or -1 if the child is known or no better."""
    width = worth.shape[0]
    for child in range(children):
        if codes[child] == code:
            return -1
    if children < width:
        return children
    worst = _least_worthy(worth, width)
    return worst if worth[worst] < volume else -1


@inner
def _note_child(old, state, children, volume, work, levels):
    """Add the child that sets down ``scratch.opening`` if the child is good enough; return the number of children."""
    opening = work.scratch.opening
    code = np.uint64(work.problem.kinds[opening[0]] + 1)
    for column in range(2, 8):
        code = mixed(code + np.uint64(opening[column]))
    code += levels.code[old, state]
    child = _row_of(children, levels.worth, volume, levels.code[1 - old], code)
    if child < 0:
        return children
    levels.parent[child], levels.worth[child], levels.code[1 - old, child] = state, volume, code
    for column in range(8):
        levels.step[child, column] = opening[column]
    return max(children, child + 1)


@inner
def _put_first(unit, problem, order):
    """Order units by size, one unit before all others."""
    order[0] = unit
    filled = 1
    for other in range(order.shape[0]):
        if problem.orders[0, other] != unit:
            order[filled] = problem.orders[0, other]
            filled += 1


@maker
def _try_unit(unit, rule, budget, depth, old, state, children, work, levels):
    """Set a unit down next, in each orientation; return the number of children, or -1 once all units are placed."""
    problem, scratch = work.problem, work.scratch
    n = scratch.masks.shape[0]
    start = Packing(levels.at[old, state], levels.unit[old, state], levels.turn[old, state])
    worth = levels.worth
    _put_first(unit, problem, levels.order)
    for o in range(6):
        if not (problem.masks[unit] >> o) & 1:
            continue
        if _spent(budget, scratch):
            break
        scratch.masks[unit] = 1 << o
        floor = worth[_least_worthy(worth, worth.shape[0])] if children == worth.shape[0] else -1.0
        placed = construct(levels.order, rule, budget, floor, work, start, depth)
        scratch.masks[unit] = problem.masks[unit]
        if placed < 0 or scratch.opening[0] != unit:
            continue
        if placed == n and (not slides(problem) or slide(work, n, budget, np.uint64(scratch.effort[0]))):
            return np.int64(-1)
        children = _note_child(old, state, children, keep(work, placed), work, levels)
    return children


@maker
def _branch(rule, budget, depth, old, state, children, work, levels):
    """Try each of the largest units left as the next unit of a packing; the result is that of ``_try_unit``."""
    problem, taken = work.problem, work.scratch.taken
    n = taken.shape[0]
    most_kinds = KINDS if n < MANY_UNITS else KINDS_OF_MANY
    for i in range(n):
        taken[i] = False
    for slot in range(depth):
        taken[levels.unit[old, state, slot]] = True
    kinds = 0
    last = np.int64(-1)
    for rank in range(n):
        unit = problem.orders[0, rank]
        if taken[unit] or problem.kinds[unit] == last:
            continue
        if kinds == most_kinds or children < 0:
            break
        kinds += 1
        last = problem.kinds[unit]
        children = _try_unit(unit, rule, budget, depth, old, state, children, work, levels)
    return children


@maker
def _grow(depth, old, children, fixed, levels):
    """Write the packings of the next level; each child is its parent with one more unit."""
    new = 1 - old
    for child in range(children):
        above = levels.parent[child]
        parent = Packing(levels.at[old, above], levels.unit[old, above], levels.turn[old, above])
        grown = Packing(levels.at[new, child], levels.unit[new, child], levels.turn[new, child])
        copy(parent, grown, depth)
        grown.unit[depth], grown.turn[depth] = levels.step[child, 0], levels.step[child, 1]
        for column in range(6):
            grown.at[depth, column] = levels.step[child, 2 + column]
        sort_upwards(grown, fixed, depth + 1)


@maker
def beam(rule, width, budget, hoped, work):
    """Build ``width`` packings side by side, unit by unit; return whether all units found a place under all rules.

    A step sets down one of the largest units left, in one orientation and in the best place under the placement rule.
    The worth of the step is that of a greedy construction from there (``worth_of``). The best ``width`` packings of
    each level are kept, without duplicates.
    """
    problem, scratch = work.problem, work.scratch
    n = scratch.masks.shape[0]
    fixed = problem.fixed.unit.shape[0]
    levels = _new_levels(width, n)
    copy(problem.fixed, Packing(levels.at[0, 0], levels.unit[0, 0], levels.turn[0, 0]), fixed)
    for i in range(n):
        scratch.corner[i] = 0
    allow_all(problem, scratch.masks)
    scratch.effort[0] += n  # counted even if no unit is left, so that every search ends
    states = np.int64(1)
    children = np.int64(0)
    for depth in range(fixed, n):
        old = (depth - fixed) % 2
        children = np.int64(0)
        for state in range(states):
            children = _branch(rule, budget, depth, old, state, children, work, levels)
            if children < 0:
                break
        if children <= 0 or _spent(budget, scratch) or hopeless(hoped, budget, work):
            break
        _grow(depth, old, children, fixed, levels)
        states = children
    take_fixed(problem, scratch.taken)
    if children < 0:
        copy(work.packing, work.out, n)
    return children < 0
