"""Volume bounds after dual feasible functions: a proof that units do not all fit, support left out.

A function f on [0, 1] is dual feasible if sizes that sum to at most 1 keep a sum of at most 1 under f. Applied to the
three extents of every unit, their product must still sum to at most 1 (Fekete, Schepers: A general framework for bounds
for higher-dimensional orthogonal packing problems, Mathematical Methods of Operations Research 60, 2004, where the two
families used here, U(epsilon) and u(k), are given). Units may turn, so each counts at the orientation with the least
product.
"""

import numpy as np
from numba import njit

from boxwright.packing.kernels import ORIENTATIONS
from boxwright.packing.problem import Floats, Ints, Space, Units

ROUNDINGS = 4
"""The u(k) tried: k = 1 to this."""
MOST_THRESHOLDS = 5
"""The U(epsilon) tried per axis, at different edges of the units."""
SLACK = 1e-9
"""A refusal needs this much more than the whole, past any rounding of the products."""


@njit(cache=True, nogil=True)
def _transformed(size: int, whole: int, function: int, thresholds: Ints) -> float:
    """Return a size under function 0 (itself), 1 to ROUNDINGS (u(k)), or above (U at a threshold), as a share."""
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


@njit(cache=True, nogil=True)
def _excess(edges: Ints, masks: Ints, box: Ints, thresholds: Ints, counts: Ints, shares: Floats) -> float:
    """Return the largest sum of products over all triples of functions; above 1 the units do not fit.

    ``thresholds`` is int64 (3, MOST_THRESHOLDS) with ``counts`` of them per axis; ``shares``, float64
    (3, functions, n, 3), is room to work in.
    """
    n = edges.shape[0]
    for axis in range(3):
        for function in range(1 + ROUNDINGS + counts[axis]):
            for i in range(n):
                for edge in range(3):
                    shares[axis, function, i, edge] = _transformed(
                        edges[i, edge], box[axis], function, thresholds[axis]
                    )
    most = 0.0
    for f in range(1 + ROUNDINGS + counts[0]):
        for g in range(1 + ROUNDINGS + counts[1]):
            for h in range(1 + ROUNDINGS + counts[2]):
                total = 0.0
                for i in range(n):
                    least = np.inf
                    for o in range(6):
                        x, y, z = ORIENTATIONS[o, 0], ORIENTATIONS[o, 1], ORIENTATIONS[o, 2]
                        if (
                            (masks[i] >> o) & 1
                            and edges[i, x] <= box[0]
                            and edges[i, y] <= box[1]
                            and edges[i, z] <= box[2]
                        ):
                            product = shares[0, f, i, x] * shares[1, g, i, y] * shares[2, h, i, z]
                            least = min(least, product)
                    total += least
                most = max(most, total)
                if most > 1.0 + SLACK:
                    return most
    return most


def overfull(units: Units, space: Space) -> float | None:
    """Return the share of the box that the units need under some dual feasible functions, if above 1; else None.

    Each unit must fit into the space alone.
    """
    thresholds = np.zeros((3, MOST_THRESHOLDS), dtype=np.int64)
    counts = np.zeros(3, dtype=np.int64)
    lengths = sorted(set(units.edges_um.ravel().tolist()))
    for axis, whole in enumerate(space.edges_um):
        useful = [length for length in lengths if 2 * length <= whole]
        # A U changes where an edge or its complement lies, so both are thresholds.
        useful += [whole - length for length in lengths if length < whole < 2 * length]
        chosen = sorted(set(useful), reverse=True)[:MOST_THRESHOLDS]
        counts[axis] = len(chosen)
        thresholds[axis, : len(chosen)] = chosen
    shares = np.empty((3, 1 + ROUNDINGS + MOST_THRESHOLDS, len(units), 3))
    box = np.array(space.edges_um, dtype=np.int64)
    need = float(_excess(units.edges_um, units.masks, box, thresholds, counts, shares))
    return need if need > 1.0 + SLACK else None
