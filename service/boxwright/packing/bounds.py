"""Cheap proofs that units cannot all fit into a box, from the edges of one and of two units.

Support, stability and load bearing are left out, so a refusal also holds with these rules. ``margins``, int64 (n, 2),
are those of ``Units.margins_in``.
"""

import numpy as np

from boxwright.packing.compiled import entry, inner
from boxwright.packing.kernels import ORIENTATIONS
from boxwright.packing.problem import Ints, Space, Units


@entry
def _misfit(edges: Ints, masks: Ints, margins: Ints, box: Ints) -> int:
    """Return the index of the first unit that fits in no allowed orientation, or -1."""
    for i in range(edges.shape[0]):
        fits = False
        clear = margins[i, 0] + margins[i, 1]
        for o in range(6):
            if (masks[i] >> o) & 1 and (
                edges[i, ORIENTATIONS[o, 0]] + clear <= box[0]
                and edges[i, ORIENTATIONS[o, 1]] + clear <= box[1]
                and edges[i, ORIENTATIONS[o, 2]] + clear <= box[2]
            ):
                fits = True
                break
        if not fits:
            return i
    return -1


@inner
def _apart(edges: Ints, masks: Ints, margins: Ints, i: int, j: int, box: Ints) -> bool:
    """Whether two units, in some orientations, fit one after the other along some axis of the box."""
    clear_i, clear_j = margins[i, 0] + margins[i, 1], margins[j, 0] + margins[j, 1]
    clear = min(margins[i, 0] + margins[j, 1], margins[j, 0] + margins[i, 1])
    for o in range(6):
        if not (masks[i] >> o) & 1:
            continue
        a0, a1, a2 = edges[i, ORIENTATIONS[o, 0]], edges[i, ORIENTATIONS[o, 1]], edges[i, ORIENTATIONS[o, 2]]
        if a0 + clear_i > box[0] or a1 + clear_i > box[1] or a2 + clear_i > box[2]:
            continue
        for p in range(6):
            if not (masks[j] >> p) & 1:
                continue
            b0, b1, b2 = (
                edges[j, ORIENTATIONS[p, 0]],
                edges[j, ORIENTATIONS[p, 1]],
                edges[j, ORIENTATIONS[p, 2]],
            )
            if b0 + clear_j > box[0] or b1 + clear_j > box[1] or b2 + clear_j > box[2]:
                continue
            if a0 + b0 + clear <= box[0] or a1 + b1 + clear <= box[1] or a2 + b2 + clear <= box[2]:
                return True
    return False


@entry
def _conflict(edges: Ints, masks: Ints, margins: Ints, kinds: Ints, box: Ints, out: Ints) -> bool:
    """Whether some two units cannot share the box, since they fit one after the other along no axis; write them.

    Units are sorted by kind, and the first two of a kind represent all units of the kind.
    """
    n = edges.shape[0]
    for i in range(n):
        if i > 0 and kinds[i] == kinds[i - 1]:
            continue
        for j in range(i + 1, n):
            if kinds[j] == kinds[j - 1] and j != i + 1:
                continue
            if not _apart(edges, masks, margins, i, j, box):
                out[0], out[1] = i, j
                return True
    return False


def misfit(units: Units, space: Space) -> int | None:
    """Return the index of a unit that does not fit into the space alone, or None."""
    box = np.array(space.edges_um, dtype=np.int64)
    found = int(_misfit(units.edges_um, units.masks, units.margins_in(space), box))
    return None if found < 0 else found


def conflict(units: Units, space: Space) -> tuple[int, int] | None:
    """Return the indices of two units that cannot share the space, or None. Units must be sorted by kind."""
    pair = np.empty(2, dtype=np.int64)
    box = np.array(space.edges_um, dtype=np.int64)
    if _conflict(units.edges_um, units.masks, units.margins_in(space), units.kinds, box, pair):
        return int(pair[0]), int(pair[1])
    return None
