"""Plateaus: rectangles on which blocks can be set down with their whole base supported.

Every base rests wholly on the floor or on tops, so nothing overhangs, and the space above each spot is empty up to the
lid. So two dimensions are enough: the maximal rectangles of equal height, int64 (count, 6): x1, y1, x2, y2, z, and 1 if
it is dead, which means that nothing more fits on it, but that it may still merge with a neighbour.
"""

import numpy as np

from boxwright.packing.compiled import inner


@inner
def _add(x1, y1, x2, y2, z, edge, spaces, count):
    """Add a rectangle unless another covers it, and drop those that it covers; return the new count.

    It is dead if thinner than the shortest ``edge``.
    """
    for i in range(count):
        if (
            spaces[i, 4] == z
            and spaces[i, 0] <= x1
            and spaces[i, 1] <= y1
            and spaces[i, 2] >= x2
            and spaces[i, 3] >= y2
        ):
            return count
    kept = 0
    for i in range(count):
        if (
            spaces[i, 4] == z
            and spaces[i, 0] >= x1
            and spaces[i, 1] >= y1
            and spaces[i, 2] <= x2
            and spaces[i, 3] <= y2
        ):
            continue
        if kept < i:
            for column in range(6):
                spaces[kept, column] = spaces[i, column]
        kept += 1
    if kept == spaces.shape[0]:
        return kept
    spaces[kept, 0], spaces[kept, 1], spaces[kept, 2], spaces[kept, 3], spaces[kept, 4] = x1, y1, x2, y2, z
    spaces[kept, 5] = 1 if x2 - x1 < edge or y2 - y1 < edge else 0
    return kept + 1


@inner
def take_out(x1, y1, x2, y2, z, edge, spaces, count, old):
    """Cut a base at height ``z`` out of the plateaus; return the new count. ``old`` is a work array."""
    kept = np.int64(0)
    cut = 0
    for i in range(count):
        if spaces[i, 4] == z and spaces[i, 0] < x2 and spaces[i, 2] > x1 and spaces[i, 1] < y2 and spaces[i, 3] > y1:
            for column in range(6):
                old[cut, column] = spaces[i, column]
            cut += 1
            continue
        if kept < i:
            for column in range(6):
                spaces[kept, column] = spaces[i, column]
        kept += 1
    count = kept
    for i in range(cut):
        ax1, ay1, ax2, ay2 = old[i, 0], old[i, 1], old[i, 2], old[i, 3]
        if ax1 < x1:
            count = _add(ax1, ay1, x1, ay2, z, edge, spaces, count)
        if ax2 > x2:
            count = _add(x2, ay1, ax2, ay2, z, edge, spaces, count)
        if ay1 < y1:
            count = _add(ax1, ay1, ax2, y1, z, edge, spaces, count)
        if ay2 > y2:
            count = _add(ax1, y2, ax2, ay2, z, edge, spaces, count)
    return count


@inner
def add_top(x1, y1, x2, y2, z, edge, spaces, count, queue):
    """Add a solid top at height ``z``, merged with neighbours of the same height; return the new count.

    Two touching rectangles of one height give a third across their common side (the consensus of two implicants).
    Repeated until nothing new arises, this yields all maximal ones. ``queue`` is a work array, int64 (q, 4).
    """
    queue[0, 0], queue[0, 1], queue[0, 2], queue[0, 3] = x1, y1, x2, y2
    waiting = 1
    done = 0
    while done < waiting:
        x1, y1, x2, y2 = queue[done, 0], queue[done, 1], queue[done, 2], queue[done, 3]
        done += 1
        before = count
        for i in range(count):
            if spaces[i, 4] != z:
                continue
            ax1, ay1, ax2, ay2 = spaces[i, 0], spaces[i, 1], spaces[i, 2], spaces[i, 3]
            low_x, high_x, low_y, high_y = max(ax1, x1), min(ax2, x2), max(ay1, y1), min(ay2, y2)
            if low_x > high_x or low_y > high_y:
                continue
            for axis in range(2):
                if axis == 0:
                    nx1, ny1, nx2, ny2 = min(ax1, x1), low_y, max(ax2, x2), high_y
                else:
                    nx1, ny1, nx2, ny2 = low_x, min(ay1, y1), high_x, max(ay2, y2)
                if nx1 >= nx2 or ny1 >= ny2 or waiting == queue.shape[0]:
                    continue
                known = (nx1 >= x1 and ny1 >= y1 and nx2 <= x2 and ny2 <= y2) or (
                    nx1 >= ax1 and ny1 >= ay1 and nx2 <= ax2 and ny2 <= ay2
                )
                j = 0
                while not known and j < waiting:
                    known = nx1 >= queue[j, 0] and ny1 >= queue[j, 1] and nx2 <= queue[j, 2] and ny2 <= queue[j, 3]
                    j += 1
                if not known:
                    queue[waiting, 0], queue[waiting, 1], queue[waiting, 2], queue[waiting, 3] = nx1, ny1, nx2, ny2
                    waiting += 1
        count = _add(x1, y1, x2, y2, z, edge, spaces, before)
    return count
