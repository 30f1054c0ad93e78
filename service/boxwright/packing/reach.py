"""Reduces a box and lengthens units so that they still fit if the declared units fit the declared box.

A row of touching units along an axis is as long as a sum of edges of different units. Once its units are pushed to the
low wall, every packing ends at such a sum. So the box may be cut down to the largest sum that fits (Herz: A recursive
computational procedure for two-dimensional stock cutting, IBM Journal of Research and Development 16(5), 1972, on such
normal positions). The other units in the row of a unit measure at most S, the largest sum that leaves enough for the
unit. So the unit may be as long as the edge of the box less S (Boschetti, Mingozzi: The two-dimensional finite bin
packing problem, part I: new lower bounds for the oriented case, 4OR 1(1), 2003; Carlier, Clautiaux, Moukrim: New
reduction procedures and lower bounds for the two-dimensional bin packing problem with fixed orientation, Computers and
Operations Research 34(8), 2007). Units are lengthened in turn, and every sum counts the units before as lengthened, so
that no two units take the same gap.
"""

from dataclasses import dataclass

import numpy as np

from boxwright.packing.compiled import entry, inner, maker
from boxwright.packing.kernels import ORIENTATIONS
from boxwright.packing.problem import Ints, Space, Units

MOST_UNITS = 64
"""Maximum number of units that are lengthened: sums of more edges reach nearly every length."""
MOST_SUMS = 2_000
"""Maximum number of distinct sums along an axis on which units are lengthened."""
SLACK = 1e-9
"""Excess over the box, as a share of it, above which units are refused; rounding adds less than that."""


@dataclass(frozen=True)
class Lengths:
    """Lengths of the edges of units along the axes of a box.

    Attributes
    ----------
    along_um : int64, (n, 3, 3)
        Length by unit, declared edge and axis; -1 if no orientation that fits has the edge along the axis.
    masks : int64, (n,)
        Bit ``o`` allows orientation ``o``, as in ``Units``.
    box_um : int64, (3,)
        Edges of the box.
    """

    along_um: Ints
    masks: Ints
    box_um: Ints


def declared(units: Units, space: Space) -> Lengths:
    """Return the lengths of the declared units and box."""
    box = np.array(space.edges_um, dtype=np.int64)
    along = np.empty((len(units), 3, 3), dtype=np.int64)
    _along(units.edges_um, units.masks, units.margins_in(space), box, along)
    return Lengths(along, units.masks, box)


def grown(units: Units, space: Space) -> Lengths:
    """Return the lengths of a smaller box and longer units, which fit if the declared units fit the declared box."""
    lengths = declared(units, space)
    n = len(units)
    if n <= MOST_UNITS:
        sums = np.empty((n + 3, MOST_SUMS), dtype=np.int64)
        _grow(lengths.along_um, lengths.box_um, sums, np.empty(n + 1, dtype=np.int64))
    return lengths


def overfull(lengths: Lengths) -> float | None:
    """Return the share of the box that the units need at these lengths; None unless it is above 1.

    None too if a unit fits in no orientation, which other proofs refuse.
    """
    need = float(_need(lengths.along_um, lengths.masks, lengths.box_um))
    return need if need > 1.0 + SLACK else None


@entry
def _along(edges: Ints, masks: Ints, margins: Ints, box: Ints, along: Ints) -> None:
    """Write declared edges as ``Lengths.along_um``."""
    for i in range(edges.shape[0]):
        clear = margins[i, 0] + margins[i, 1]
        for edge in range(3):
            for axis in range(3):
                along[i, edge, axis] = -1
        for o in range(6):
            if (masks[i] >> o) & 1 and (
                edges[i, ORIENTATIONS[o, 0]] + clear <= box[0]
                and edges[i, ORIENTATIONS[o, 1]] + clear <= box[1]
                and edges[i, ORIENTATIONS[o, 2]] + clear <= box[2]
            ):
                for axis in range(3):
                    along[i, ORIENTATIONS[o, axis], axis] = edges[i, ORIENTATIONS[o, axis]]


@maker
def _extended(sums: Ints, count: int, along: Ints, axis: int, most: int, out: Ints) -> int:
    """Write the sums up to ``most`` that arise when a unit adds one of its edges or nothing; return their number.

    ``sums`` and ``out`` ascend without repeats; ``along`` is int64 (3, 3) of the unit. Returns -1 if ``out`` is too
    short.
    """
    at = np.zeros(4, dtype=np.int64)
    step = np.zeros(4, dtype=np.int64)
    ways = 1
    for edge in range(3):
        if along[edge, axis] >= 0:
            step[ways] = along[edge, axis]
            ways += 1
    made = 0
    while True:
        least = most + 1
        for way in range(ways):
            if at[way] < count:
                least = min(least, sums[at[way]] + step[way])
        if least > most:
            return made
        for way in range(ways):
            while at[way] < count and sums[at[way]] + step[way] <= least:
                at[way] += 1
        if made == out.shape[0]:
            return -1
        out[made] = least
        made += 1


@inner
def _largest(before: Ints, before_n: int, after: Ints, after_n: int, most: int) -> int:
    """Return the largest sum, up to ``most``, of two entries, one from each ascending list; both lists start with 0."""
    best = np.int64(0)
    high = after_n - 1
    for low in range(before_n):
        while high >= 0 and before[low] + after[high] > most:
            high -= 1
        if high < 0:
            break
        best = max(best, before[low] + after[high])
    return int(best)


@entry
def _grow(along: Ints, box: Ints, sums: Ints, count: Ints) -> None:
    """Cut the box down and lengthen the units, axis by axis.

    Row i of ``sums``, int64 (n + 3, MOST_SUMS), receives the sums of unit i and the later units; the last two
    rows receive the sums of the units before. ``count``, int64 (n + 1,), receives the number of sums in row i and
    the later rows.
    """
    n = along.shape[0]
    before, spare = sums[n + 1], sums[n + 2]
    for axis in range(3):
        sums[n, 0] = 0
        count[n] = 1
        known = True
        for i in range(n - 1, -1, -1):
            count[i] = _extended(sums[i + 1], count[i + 1], along[i], axis, box[axis], sums[i])
            if count[i] < 0:
                known = False
                break
        if not known:
            continue
        box[axis] = sums[0, count[0] - 1]
        before[0] = 0
        before_n = np.int64(1)
        for i in range(n):
            for edge in range(3):
                if along[i, edge, axis] >= 0:
                    left = box[axis] - along[i, edge, axis]
                    others = _largest(before, before_n, sums[i + 1], count[i + 1], left)
                    along[i, edge, axis] = box[axis] - others
            made = _extended(before, before_n, along[i], axis, box[axis], spare)
            if made < 0:
                break
            before, spare = spare, before
            before_n = made


@entry
def _need(along: Ints, masks: Ints, box: Ints) -> float:
    """Return the share of the box that the units need, each in the orientation in which it needs least.

    0 if a unit fits in no orientation.
    """
    total = 0.0
    for i in range(along.shape[0]):
        least = np.inf
        for o in range(6):
            if (masks[i] >> o) & 1:
                x = along[i, ORIENTATIONS[o, 0], 0]
                y = along[i, ORIENTATIONS[o, 1], 1]
                z = along[i, ORIENTATIONS[o, 2], 2]
                if x >= 0 and y >= 0 and z >= 0:
                    least = min(least, float(x) * y * z)
        if least == np.inf:
            return 0.0
        total += least
    return float(total / (float(box[0]) * box[1] * box[2]))
