"""Volume bounds by dual feasible functions: a proof that units do not all fit, even without support.

A function f on [0, 1] is dual feasible if any sizes with a sum of at most 1 keep a sum of at most 1 under f. Let such
functions be applied to the three extents of every unit. If all units fit, the products of their three values sum to at
most 1 (Fekete, Schepers: A general framework for bounds for higher-dimensional orthogonal packing problems,
Mathematical Methods of Operations Research 60, 2004; the functions U(epsilon) and u(k) are from there). Since units may
be turned, the orientation with the least product counts.
"""

import numpy as np

from boxwright.packing.compiled import entry, inner, maker
from boxwright.packing.kernels import ORIENTATIONS
from boxwright.packing.problem import Ints
from boxwright.packing.reach import SLACK, Lengths

ROUNDINGS = 8
"""Largest k of the functions u(k)."""
MOST_THRESHOLDS = 3
"""Maximum number of functions U(epsilon) per axis; their thresholds are edges of units."""


@inner
def _transformed(size: int, whole: int, function: int, thresholds: Ints) -> float:
    """Return the share of a size under a function: the identity (0), u(k) (1 to ROUNDINGS), or U at a threshold."""
    if function == 0:
        return size / whole
    if function <= ROUNDINGS:
        scaled = (function + 1) * size
        if scaled % whole == 0:
            return size / whole
        return (scaled // whole) / function
    threshold = thresholds[function - ROUNDINGS - 1]
    if size > whole - threshold:
        return 1.0
    return 0.0 if size < threshold else size / whole


@inner
def _alike(along: Ints, masks: Ints, i: int) -> bool:
    """Whether a unit has the lengths and the orientations of the unit before it."""
    if masks[i] != masks[i - 1]:
        return False
    for edge in range(3):
        for axis in range(3):
            if along[i, edge, axis] != along[i - 1, edge, axis]:
                return False
    return True


@maker
def _excess(along: Ints, masks: Ints, box: Ints, thresholds: Ints, counts: Ints) -> float:
    """Return the largest sum of products over triples of functions, or the first sum above 1, which refuses the units.

    0 if a unit fits in no orientation. ``thresholds``, int64 (3, MOST_THRESHOLDS), has ``counts`` entries per axis.
    """
    n = along.shape[0]
    turns = np.empty((6 * n, 3), dtype=np.int64)
    # Equal units that follow each other are one group, which is evaluated once.
    first, times = np.empty(n + 1, dtype=np.int64), np.empty(n, dtype=np.int64)
    first[0] = 0
    groups = 0
    for i in range(n):
        if i > 0 and _alike(along, masks, i):
            times[groups - 1] += 1
            continue
        filled = first[groups]
        for o in range(6):
            x, y, z = ORIENTATIONS[o, 0], ORIENTATIONS[o, 1], ORIENTATIONS[o, 2]
            if (masks[i] >> o) & 1 and along[i, x, 0] >= 0 and along[i, y, 1] >= 0 and along[i, z, 2] >= 0:
                turns[filled, 0], turns[filled, 1], turns[filled, 2] = along[i, x, 0], along[i, y, 1], along[i, z, 2]
                filled += 1
        if filled == first[groups]:
            return 0.0
        times[groups] = 1
        groups += 1
        first[groups] = filled
    many = first[groups]
    shares = np.empty((3, 1 + ROUNDINGS + MOST_THRESHOLDS, many))
    for axis in range(3):
        for function in range(1 + ROUNDINGS + counts[axis]):
            for turn in range(many):
                shares[axis, function, turn] = _transformed(turns[turn, axis], box[axis], function, thresholds[axis])
    face = np.empty(many)
    most = 0.0
    for f in range(1 + ROUNDINGS + counts[0]):
        for g in range(1 + ROUNDINGS + counts[1]):
            for turn in range(many):
                face[turn] = shares[0, f, turn] * shares[1, g, turn]
            for h in range(1 + ROUNDINGS + counts[2]):
                total = 0.0
                for group in range(groups):
                    least = np.inf
                    for turn in range(first[group], first[group + 1]):
                        least = min(least, face[turn] * shares[2, h, turn])
                    total += times[group] * least
                most = max(most, total)
                if most > 1.0 + SLACK:
                    return most
    return most


@inner
def _thresholds(along: Ints, axis: int, whole: int, chosen: Ints) -> int:
    """Write the largest distinct thresholds along an axis; return their number."""
    count = 0
    for i in range(along.shape[0]):
        for edge in range(3):
            length = along[i, edge, axis]
            # U(epsilon) changes at an edge and at its complement.
            threshold = length if 2 * length <= whole else whole - length
            if length < 0 or threshold == 0:
                continue
            at = 0
            while at < count and chosen[at] > threshold:
                at += 1
            if at == MOST_THRESHOLDS or (at < count and chosen[at] == threshold):
                continue
            count = min(count + 1, MOST_THRESHOLDS)
            for below in range(count - 1, at, -1):
                chosen[below] = chosen[below - 1]
            chosen[at] = threshold
    return count


@entry
def _most(along: Ints, masks: Ints, box: Ints) -> float:
    thresholds = np.zeros((3, MOST_THRESHOLDS), dtype=np.int64)
    counts = np.zeros(3, dtype=np.int64)
    for axis in range(3):
        counts[axis] = _thresholds(along, axis, box[axis], thresholds[axis])
    return float(_excess(along, masks, box, thresholds, counts))


def overfull(lengths: Lengths) -> float | None:
    """Return the share of the box that the units need under some dual feasible functions; None unless it is above 1.

    None too if a unit fits in no orientation, which other proofs refuse.
    """
    need = float(_most(lengths.along_um, lengths.masks, lengths.box_um))
    return need if need > 1.0 + SLACK else None
