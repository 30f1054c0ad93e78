"""Packings under construction: memory, copies, sequence and worth."""

import numpy as np

from boxwright.packing.compiled import inner, maker
from boxwright.packing.kernels.spaces import MOST_SPACES, SPACES_TIMES_UNITS
from boxwright.packing.kernels.standing import new_loads
from boxwright.packing.kernels.support import lack, slides
from boxwright.packing.state import Packing, Scratch, Work

MOST_KNOWN = 1_024
"""Number of packings that are remembered, so that they are not slid again."""
JUST_BELOW = 1.0 - 1e-9
"""A worth above this share of another may differ from it only by rounding."""


@maker
def new_packing(n):
    """Return an empty packing of ``n`` slots."""
    return Packing(np.empty((n, 6), dtype=np.int64), np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64))


@maker
def new_work(problem, out, effort, stop):
    """Return the state of a search that has packed nothing."""
    n = problem.edges.shape[0]
    most = min(MOST_SPACES, 40 + 20 * n, max(30, SPACES_TIMES_UNITS // n))
    scratch = Scratch(
        np.empty((most, 6), dtype=np.int64),
        np.empty((most, 7), dtype=np.int64),
        np.empty(n, dtype=np.int64),
        np.zeros(n, dtype=np.int64),
        np.empty(n, dtype=np.int64),
        np.zeros(n, dtype=np.int64),
        new_packing(n),
        np.empty(3),
        np.empty(3),
        np.empty(6, dtype=np.int64),
        np.empty(8, dtype=np.int64),
        np.empty(n + 1, dtype=np.int64),
        np.zeros(n, dtype=np.bool_),
        np.zeros(1, dtype=np.int64),
        np.zeros(MOST_KNOWN, dtype=np.uint64),
        effort,
        stop,
    )
    best = np.zeros(2)
    best[0] = -1.0
    allow_all(problem, scratch.masks)
    take_fixed(problem, scratch.taken)
    return Work(problem, new_packing(n), new_loads(problem, n), scratch, out, best)


@inner
def allow_all(problem, masks):
    """Allow every unit all its orientations."""
    for i in range(problem.masks.shape[0]):
        masks[i] = problem.masks[i]


@inner
def take_fixed(problem, taken):
    """Mark the fixed units, and no others, as taken."""
    for i in range(taken.shape[0]):
        taken[i] = False
    for slot in range(problem.fixed.unit.shape[0]):
        taken[problem.fixed.unit[slot]] = True


@inner
def volume_of(unit, problem):
    """Return the volume of a unit, um3."""
    edges = problem.edges[unit]
    return float(edges[0]) * edges[1] * edges[2]


@inner
def volume_of_all(problem):
    """Return the volume of all units, um3."""
    volume = 0.0
    for i in range(problem.edges.shape[0]):
        volume += volume_of(i, problem)
    return volume


@inner
def copy(source, target, placed):
    """Copy the first ``placed`` slots of a packing to another."""
    for slot in range(placed):
        for column in range(6):
            target.at[slot, column] = source.at[slot, column]
        target.unit[slot] = source.unit[slot]
        target.turn[slot] = source.turn[slot]


@inner
def sort_upwards(packing, first, placed):
    """Sort slot ``first`` and the later slots by z, y, x of their lowest corners, so that units go in from above."""
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
def worth_of(problem, packing, placed):
    """Return the volume of the units in the first slots; if units are slid, without the share that lacks support."""
    volume = 0.0
    for slot in range(placed):
        own = volume_of(packing.unit[slot], problem)
        if slides(problem):
            own -= own * lack(slot, packing.at, placed, problem.millionths)
        volume += own
    return volume


@inner
def keep(work, placed):
    """Copy a packing to ``out`` if it is worth more than the best, or as much and has more units; return its worth."""
    best = work.best
    worth = worth_of(work.problem, work.packing, placed)
    if worth > best[0] or (worth == best[0] and placed > best[1]):
        best[0], best[1] = worth, placed
        copy(work.packing, work.out, placed)
    return worth
