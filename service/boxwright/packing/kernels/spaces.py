"""Maximal empty spaces of a box, from which placed units are cut out."""

import numpy as np

from boxwright.packing.compiled import inlined, inner

FACES = np.array([3, 0, 4, 1, 2, 5], dtype=np.int64)
"""Coordinate of a fresh space that touches the unit at which it was cut, by side of the unit."""
MOST_SPACES = 600
"""Maximum number of empty spaces kept. Without the others, fewer places are found, but all are valid."""
SPACES_TIMES_UNITS = 300_000
"""Maximum product of spaces and units, so that one construction of the largest order takes seconds."""


@inlined
def _covers(outer, i, inner, j):
    """Whether space ``i`` of one list contains space ``j`` of another."""
    return (
        outer[i, 0] <= inner[j, 0]
        and outer[i, 1] <= inner[j, 1]
        and outer[i, 2] <= inner[j, 2]
        and outer[i, 3] >= inner[j, 3]
        and outer[i, 4] >= inner[j, 4]
        and outer[i, 5] >= inner[j, 5]
    )


@inlined
def _parts(spaces, i, unit, edge, fresh, made):
    """Add the parts of space ``i`` on the six sides of a unit to ``fresh``; return the new number of fresh spaces."""
    x1, y1, z1, x2, y2, z2 = unit
    for side in range(6):
        ax1, ay1, az1 = spaces[i, 0], spaces[i, 1], spaces[i, 2]
        ax2, ay2, az2 = spaces[i, 3], spaces[i, 4], spaces[i, 5]
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
    return made


@inlined
def _is_held(i, fresh, made, spaces, old):
    """Whether an untouched ``old`` space or another of the ``made`` fresh spaces contains fresh space ``i``."""
    # A space that contains it touches the same face of the unit, so one coordinate excludes most spaces.
    side = fresh[i, 6]
    face = FACES[side]
    plane = fresh[i, face]
    for j in range(old):
        if spaces[j, face] == plane and _covers(spaces, j, fresh, i):
            return True
    for j in range(made):
        # The first of equal spaces stays.
        if (
            fresh[j, 6] == side
            and j != i
            and _covers(fresh, j, fresh, i)
            and (j < i or not _covers(fresh, i, fresh, j))
        ):
            return True
    return False


@inner
def cut(spaces, count, unit, edge, fresh):
    """Cut a placed unit, given by its corners, out of the maximal empty spaces; return their new number.

    Spaces thinner than ``edge``, the shortest edge left to place, are dropped. ``fresh`` is a work array.
    """
    x1, y1, z1, x2, y2, z2 = unit
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
        made = _parts(spaces, i, unit, edge, fresh, made)
    old = kept
    for i in range(made):
        if not _is_held(i, fresh, made, spaces, old) and kept < spaces.shape[0]:
            for column in range(6):
                spaces[kept, column] = fresh[i, column]
            kept += 1
    return kept
