"""Decides whether a few units fit into a box, without support, by a branch and bound on pairwise relations.

Two cuboids that do not overlap lie one before the other along some axis. If these relations are known for all pairs,
the least coordinates are longest paths (Fekete, Schepers, van der Veen: An exact algorithm for higher-dimensional
orthogonal packing, Operations Research 55(3), 2007, branch on the same relations). The search branches only on pairs
that overlap at their least coordinates. If no choice of orientations and relations works, no packing exists.
``margins``, int64 (n, 2), are those of ``Units.margins_in``.
"""

import numpy as np

from boxwright.packing.compiled import entry, inner, maker
from boxwright.packing.kernels import ORIENTATIONS
from boxwright.packing.problem import Ints, Space, Units
from boxwright.stop import NEVER, Stop

MOST_UNITS = 8
"""Maximum number of units for which the search is tried; with more units the tree grows too fast."""


@inner
def _push(low: Ints, extent: Ints, margins: Ints, before: Ints, count: int, box: Ints) -> bool:
    """Raise units to their least coordinates under the relations; return whether all stay inside the box.

    ``low`` and ``extent`` are int64 (n, 3); ``before`` int64 (3, n, n) is 1 where the row lies before the column.
    """
    moved = True
    while moved:
        moved = False
        for axis in range(3):
            for i in range(count):
                for j in range(count):
                    if before[axis, i, j] and low[i, axis] + extent[i, axis] > low[j, axis]:
                        low[j, axis] = low[i, axis] + extent[i, axis]
                        if low[j, axis] + extent[j, axis] + margins[j, 1] > box[axis]:
                            return False
                        moved = True
    return True


@inner
def _overlapping(low: Ints, extent: Ints, count: int, pair: Ints) -> bool:
    """Whether two units overlap at their least coordinates; ``pair`` receives them."""
    for j in range(1, count):
        for i in range(j):
            apart = False
            for axis in range(3):
                if low[i, axis] + extent[i, axis] <= low[j, axis] or low[j, axis] + extent[j, axis] <= low[i, axis]:
                    apart = True
                    break
            if not apart:
                pair[0], pair[1] = i, j
                return True
    return False


@maker
def _arrange(
    extent: Ints, margins: Ints, mirrors: bool, count: int, box: Ints, nodes: Ints, budget: int, stop: Ints
) -> int:
    """Return whether units of fixed extents fit: 1 yes, 0 no, -1 unknown because the node budget ended."""
    depth_limit = count * (count - 1) // 2 + 1
    lows = np.empty((depth_limit + 1, count, 3), dtype=np.int64)
    for unit in range(count):
        for axis in range(3):
            lows[0, unit, axis] = margins[unit, 0]
    before = np.zeros((3, count, count), dtype=np.int64)
    pairs = np.empty((depth_limit + 1, 2), dtype=np.int64)
    option = np.zeros(depth_limit + 1, dtype=np.int64)
    depth = np.int64(0)
    if not _overlapping(lows[0], extent, count, pairs[0]):
        return 1
    while depth >= 0:
        i, j = pairs[depth, 0], pairs[depth, 1]
        if option[depth] > 0:
            last = option[depth] - 1
            if last % 2 == 0:
                before[last // 2, i, j] = 0
            else:
                before[last // 2, j, i] = 0
        # If the mirror image of a packing is a packing, the first pair needs only one direction of each axis.
        step = 2 if depth == 0 and mirrors else 1
        chosen = option[depth] if option[depth] == 0 or step == 1 else option[depth] + 1
        if chosen > 5:
            option[depth] = 0
            depth -= 1
            continue
        option[depth] = chosen + 1
        nodes[0] += 1
        if nodes[0] > budget or stop[0] != 0:
            return -1
        axis = chosen // 2
        first, second = (i, j) if chosen % 2 == 0 else (j, i)
        if extent[i, axis] + extent[j, axis] + margins[first, 0] + margins[second, 1] > box[axis]:
            before[axis, first, second] = 0
            continue
        before[axis, first, second] = 1
        for unit in range(count):
            for side in range(3):
                lows[depth + 1, unit, side] = lows[depth, unit, side]
        if not _push(lows[depth + 1], extent, margins, before, count, box):
            continue
        if not _overlapping(lows[depth + 1], extent, count, pairs[depth + 1]):
            return 1
        depth += 1
        option[depth] = 0
    return 0


@entry
def _feasible(edges: Ints, masks: Ints, margins: Ints, kinds: Ints, box: Ints, budget: int, stop: Ints) -> int:
    """Return whether the units fit in some orientations: 1 yes, 0 no, -1 unknown because the node budget ended."""
    n = edges.shape[0]
    turn = np.empty(n, dtype=np.int64)
    extent = np.zeros((n, 3), dtype=np.int64)
    nodes = np.zeros(1, dtype=np.int64)
    mirrors = True
    for i in range(1, n):
        if margins[i, 0] - margins[i, 1] != margins[0, 0] - margins[0, 1]:
            mirrors = False
    unit = 0
    turn[unit] = -1
    while unit >= 0:
        turn[unit] += 1
        # Equal units may swap places, so their orientations only need to be tried in ascending order.
        if unit > 0 and kinds[unit] == kinds[unit - 1] and turn[unit] < turn[unit - 1]:
            turn[unit] = turn[unit - 1]
        if turn[unit] > 5:
            turn[unit] = -1
            unit -= 1
            continue
        nodes[0] += 1
        if nodes[0] > budget or stop[0] != 0:
            return -1
        if not (masks[unit] >> turn[unit]) & 1:
            continue
        fits = True
        for axis in range(3):
            extent[unit, axis] = edges[unit, ORIENTATIONS[turn[unit], axis]]
            if extent[unit, axis] + margins[unit, 0] + margins[unit, 1] > box[axis]:
                fits = False
        for other in range(unit):
            clear = min(margins[other, 0] + margins[unit, 1], margins[unit, 0] + margins[other, 1])
            if fits and (
                extent[other, 0] + extent[unit, 0] + clear > box[0]
                and extent[other, 1] + extent[unit, 1] + clear > box[1]
                and extent[other, 2] + extent[unit, 2] + clear > box[2]
            ):
                fits = False
        if not fits:
            continue
        answer = _arrange(extent, margins, mirrors, unit + 1, box, nodes, budget, stop)
        if answer < 0:
            return -1
        if answer == 0:
            continue
        if unit == n - 1:
            return 1
        unit += 1
        turn[unit] = -1
    return 0


def feasible(units: Units, space: Space, budget: int, stop: Stop = NEVER) -> bool | None:
    """Return whether the units, sorted by kind, fit into the space without support, stability and load bearing.

    None if the search tree has more than ``budget`` nodes, or for more than ``MOST_UNITS`` units.
    """
    if len(units) > MOST_UNITS:
        return None
    box = np.array(space.edges_um, dtype=np.int64)
    answer = int(_feasible(units.edges_um, units.masks, units.margins_in(space), units.kinds, box, budget, stop.flag))
    stop.look()
    return None if answer < 0 else bool(answer)
