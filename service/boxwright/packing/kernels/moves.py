"""Moves of units in a packing, and the distances that units can slide. ``at`` is that of ``Packing``."""

import numpy as np

from boxwright.packing.compiled import inner
from boxwright.packing.kernels.support import lack


@inner
def meet(at, one, two, axis):
    """Whether two slots overlap along both other axes, so that one lies before the other along this axis."""
    for other in range(3):
        if other != axis and (at[one, other] >= at[two, 3 + other] or at[two, other] >= at[one, 3 + other]):
            return False
    return True


@inner
def drop(at, unit, count, margin):
    """Lower all slots, sorted upwards, onto those below.

    A slot stays where it is if it would come nearer to the floor than its margin without reaching the floor.
    """
    for i in range(count):
        z = np.int64(0)
        for j in range(i):
            if z < at[j, 5] <= at[i, 2] and meet(at, i, j, np.int64(2)):
                z = at[j, 5]
        clear = margin[unit[i], 0]
        if 0 < z <= clear:
            continue
        at[i, 5] -= at[i, 2] - z
        if z == 0 and at[i, 2] > 0:
            at[i, 5] += clear
        at[i, 2] = z


@inner
def reach(axis, at, unit, count, box, margin, low, high, order):
    """Write the lowest and highest position of each slot along an axis if it may push others; sort ``order``."""
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
            if meet(at, i, j, axis):
                low[i] = max(low[i], low[j] + at[j, 3 + axis] - at[j, axis])
    for rank in range(count - 1, -1, -1):
        i = order[rank]
        size = at[i, 3 + axis] - at[i, axis]
        high[i] = box[axis] - size - margin[unit[i], 1]
        for after in range(rank + 1, count):
            j = order[after]
            if meet(at, i, j, axis):
                high[i] = min(high[i], high[j] - size)


@inner
def push(slot, axis, to, at, count, order):
    """Move a slot along an axis to a position within its reach, pushing slots in its way."""
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
            if meet(at, i, j, axis):
                there = max(there, at[j, 3 + axis]) if forward else min(there, at[j, axis] - size)
        at[i, axis], at[i, 3 + axis] = there, there + size


@inner
def free(slot, axis, at, count, box, margin):
    """Return the lowest and highest position of a slot along an axis if no other moves."""
    size = at[slot, 3 + axis] - at[slot, axis]
    low, high = margin[0], box[axis] - size - margin[1]
    for i in range(count):
        if i != slot and meet(at, slot, i, axis):
            if at[i, 3 + axis] <= at[slot, axis]:
                low = max(low, at[i, 3 + axis])
            else:
                high = min(high, at[i, axis] - size)
    return low, high


@inner
def mark(slot, lacking, axis, at, count, millionths, marks):
    """Write positions of a slot along an axis at which contacts below or above change; return their number.

    They are flush with the edges of slots below and above, beyond them, centred on them, and just far enough under the
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
        more = np.int64(lack(lacking, at, count, millionths) * base / across) + 1
        needed = max(0, min(at[slot, 3 + axis], high) - max(at[slot, axis], low)) + more
        marks[made], marks[made + 1] = low + needed - size, high - needed
        made += 2
    return made
