"""Ranks blocks for a plateau by volume, contact, waste and number of units.

The score and its parameters are those of Araya, Guerrero and Nunez (VCS: a new heuristic function for selecting boxes
in the single container loading problem, Computers & Operations Research 82, 2017).
"""

from typing import NamedTuple

import numpy as np

from boxwright.packing.compiled import inner
from boxwright.packing.kernels import ORIENTATIONS
from boxwright.packing.problem import Floats, Ints

NEAR = 0.04
"""Largest gap that counts as contact, as a share of the extent of a block."""
MOST_PLATEAUS = 256
"""Maximum number of plateaus kept. Without the others, fewer places are found, but all are valid."""
CELLS = 512
"""Number of parts of each edge of the box to which lengths are rounded, to estimate waste."""
MOST_RECTANGLES = 64
"""Maximum number of neighbours examined on one side of a plateau."""


class State(NamedTuple):
    """A packing under construction."""

    spaces: Ints  # int64 (MOST_PLATEAUS, 6): see ``beam``
    left: Ints  # int64 (k,): units left, by kind
    placed: Ints  # int64 (m, 9): block, mirrored in x, mirrored in y (0 or 1), then x1, y1, z1, x2, y2, z2
    live: Ints  # int64 (b + 1,): linked list of the blocks that the units left can form; its head is live[b]
    totals: Floats  # float64 (4,): volume and weight inside; numbers of plateaus and blocks


class BeamWork(NamedTuple):
    """Work arrays, and counted effort."""

    old: Ints  # int64 (MOST_PLATEAUS, 6)
    queue: Ints  # int64 (4 MOST_PLATEAUS, 4)
    sides: Ints  # int64 (4, MOST_RECTANGLES, 4): neighbours at the near and far side in x, then in y
    standing: Ints  # int64 (4,): number of neighbours per side; -1: a wall
    reach: Ints  # int64 (3, CELLS + 1), um: longest row of edges within a length, by axis
    step: Ints  # int64 (3,), um: length of a cell, by axis
    seen: Ints  # int64 (CELLS + 1,), um: longest edge, by number of cells that it takes
    best: Ints  # int64 (width,): best blocks for a plateau
    score: Floats  # float64 (width,): their scores, descending
    effort: Ints  # int64 (1,)


def new_states(most_wide: int, kinds: int, blocks: int, units: int) -> State:
    """Return arrays for the states of beams: those of ``State``, with one more dimension in front."""
    count = 2 * most_wide + 3
    return State(
        np.empty((count, MOST_PLATEAUS, 6), dtype=np.int64),
        np.empty((count, kinds), dtype=np.int64),
        np.empty((count, units, 9), dtype=np.int64),
        np.empty((count, blocks + 1), dtype=np.int64),
        np.empty((count, 4)),
    )


def new_work(most_wide: int, box: Ints) -> BeamWork:
    """Return work arrays for beams."""
    return BeamWork(
        np.empty((MOST_PLATEAUS, 6), dtype=np.int64),
        np.empty((4 * MOST_PLATEAUS, 4), dtype=np.int64),
        np.empty((4, MOST_RECTANGLES, 4), dtype=np.int64),
        np.empty(4, dtype=np.int64),
        np.empty((3, CELLS + 1), dtype=np.int64),
        np.maximum(1, -(-box // CELLS)),
        np.empty(CELLS + 1, dtype=np.int64),
        np.empty(most_wide, dtype=np.int64),
        np.empty(most_wide),
        np.zeros(1, dtype=np.int64),
    )


@inner
def work_out_reach(supply, left, box, work):
    """Compute ``work.reach`` for the units left."""
    reach, seen = work.reach, work.seen
    for axis in range(3):
        step = work.step[axis]
        for cell in range(CELLS + 1):
            reach[axis, cell] = 0
            seen[cell] = 0
        for k in range(left.shape[0]):
            if left[k] == 0:
                continue
            for o in range(6):
                if (supply.masks[k] >> o) & 1:
                    edge = supply.edges[k, ORIENTATIONS[o, axis]]
                    if edge <= box[axis]:
                        cell = -(-edge // step)
                        if seen[cell] == 0 or edge > seen[cell]:
                            seen[cell] = edge
        for cells in range(1, CELLS + 1):
            edge = seen[cells]
            if edge == 0:
                continue
            work.effort[0] += CELLS // 8
            for cell in range(cells, CELLS + 1):
                longer = reach[axis, cell - cells] + edge
                if longer > reach[axis, cell]:
                    reach[axis, cell] = longer
        for cell in range(1, CELLS + 1):
            reach[axis, cell] = max(reach[axis, cell], reach[axis, cell - 1])
    work.effort[0] += left.shape[0] + CELLS


@inner
def next_space(state, box):
    """Return the next plateau that is not dead, or -1.

    It is the lowest plateau; on a tie, the nearest to a wall, then the nearest to a corner, then the largest.
    """
    chosen = -1
    lowest, near, far, largest = np.int64(0), np.int64(0), np.int64(0), 0.0
    spaces = state.spaces
    for i in range(int(state.totals[2])):
        if spaces[i, 5] == 1:
            continue
        x1, y1, x2, y2, z = spaces[i, 0], spaces[i, 1], spaces[i, 2], spaces[i, 3], spaces[i, 4]
        if chosen >= 0 and z > lowest:
            continue
        along, across = min(x1, box[0] - x2), min(y1, box[1] - y2)
        nearer, farther = min(along, across), max(along, across)
        area = float(x2 - x1) * float(y2 - y1)
        if (
            chosen < 0
            or z < lowest
            or nearer < near
            or (nearer == near and (farther < far or (farther == far and area > largest)))
        ):
            chosen, lowest, near, far, largest = i, z, nearer, farther, area
    return chosen


@inner
def gather(space, box, state, work):
    """Collect the higher neighbours at the four sides of a plateau: near and far in x, then in y."""
    sides, standing, placed = work.sides, work.standing, state.placed
    for axis in range(2):
        other = 1 - axis
        low, high = space[axis], space[axis + 2]
        # The side against which blocks are placed comes first.
        mirrored = box[axis] - high < low
        for far in range(2):
            side = 2 * axis + far
            at_high = (far == 1) != mirrored
            standing[side] = 0
            if high == box[axis] if at_high else low == 0:
                standing[side] = -1
                continue
            plane, face = (high, 3 + axis) if at_high else (low, 6 + axis)
            for i in range(int(state.totals[3])):
                if (
                    placed[i, face] != plane
                    or placed[i, 8] <= space[4]
                    or placed[i, 3 + other] >= space[other + 2]
                    or placed[i, 6 + other] <= space[other]
                    or standing[side] == MOST_RECTANGLES
                ):
                    continue
                at = standing[side]
                sides[side, at, 0], sides[side, at, 1] = placed[i, 3 + other], placed[i, 6 + other]
                sides[side, at, 2], sides[side, at, 3] = placed[i, 5], placed[i, 8]
                standing[side] = at + 1


@inner
def _contact(side, low, high, z1, z2, work):
    """Return the area in which one side of a block touches a wall or neighbours."""
    count = work.standing[side]
    if count < 0:
        return float(high - low) * float(z2 - z1)
    area = 0.0
    for i in range(count):
        across = min(high, work.sides[side, i, 1]) - max(low, work.sides[side, i, 0])
        up = min(z2, work.sides[side, i, 3]) - max(z1, work.sides[side, i, 2])
        if across > 0 and up > 0:
            area += float(across) * float(up)
    return area


@inner
def _in_supply(b, blocks, left):
    for i in range(blocks.kind.shape[1]):
        k = blocks.kind[b, i]
        if k < 0:
            return True
        if blocks.units[b, i] > left[k]:
            return False
    return True


@inner
def _score(b, space, least, blocks, box, work):
    """Return the score of a block on a plateau; 0 if it is certainly not above ``least``.

    The score is volume of units x contact ** 4 x (1 - waste) x number of units ** -0.2. Contact is the share of the
    surface that touches the box or other blocks. Waste is the share beside the block that rows of units cannot fill.
    """
    x1, y1, x2, y2, z = space[0], space[1], space[2], space[3], space[4]
    l, w, h = blocks.size[b, 0], blocks.size[b, 1], blocks.size[b, 2]
    rest_x, rest_y, rest_z = x2 - x1 - l, y2 - y1 - w, box[2] - z - h
    side_x, side_y, side_z = float(w) * float(h), float(l) * float(h), float(l) * float(w)
    surface = 2.0 * (side_x + side_y + side_z)
    used = blocks.worth[b]
    used *= float(l + work.reach[0, rest_x // work.step[0]]) / float(x2 - x1)
    used *= float(w + work.reach[1, rest_y // work.step[1]]) / float(y2 - y1)
    used *= float(h + work.reach[2, rest_z // work.step[2]]) / float(box[2] - z)
    close_x, close_y, close_z = rest_x <= NEAR * l, rest_y <= NEAR * w, rest_z <= NEAR * h
    most = 0.5 * surface
    if close_x:
        most += side_x
    if close_y:
        most += side_y
    if close_z:
        most += side_z
    most /= surface
    if used * most * most * most * most <= least:
        return 0.0
    bx1 = x2 - l if box[0] - x2 < x1 else x1
    by1 = y2 - w if box[1] - y2 < y1 else y1
    touch = 2.0 * side_z if close_z else side_z
    for side in range(4):
        if (side == 1 and not close_x) or (side == 3 and not close_y):
            continue
        low, high = (by1, by1 + w) if side < 2 else (bx1, bx1 + l)
        touch += _contact(side, low, high, z, z + h, work)
    touch /= surface
    return used * touch * touch * touch * touch


@inner
def rank(space, width, blocks, box, limits, state, work):
    """Write the best blocks for a plateau, at most ``width``, to ``work.best``; return their number."""
    length, width_y, height = space[2] - space[0], space[3] - space[1], box[2] - space[4]
    volume_left, weight_left = limits[0] - state.totals[0], limits[1] - state.totals[1]
    live = state.live
    end = live.shape[0] - 1
    found = 0
    least = 0.0
    before = end
    b = live[end]
    while b < end:
        work.effort[0] += 1
        # Blocks are sorted by worth, and no score exceeds the worth.
        if blocks.worth[b] <= least:
            break
        after = live[b]
        if not _in_supply(b, blocks, state.left):
            live[before] = after
            b = after
            continue
        before = b
        if (
            blocks.size[b, 0] <= length
            and blocks.size[b, 1] <= width_y
            and blocks.size[b, 2] <= height
            and blocks.volume[b] <= volume_left
            and (blocks.weight[b] <= 0.0 or blocks.weight[b] <= weight_left)
        ):
            score = _score(b, space, least, blocks, box, work)
            if score > least:
                at = found if found < width else width - 1
                while at > 0 and work.score[at - 1] < score:
                    work.score[at], work.best[at] = work.score[at - 1], work.best[at - 1]
                    at -= 1
                work.score[at], work.best[at] = score, b
                found = min(found + 1, width)
                if found == width:
                    least = work.score[width - 1]
        b = after
    return found
