"""A lower bound on the number and the cost of boxes, from the share of a box that each unit needs.

Dual feasible functions of the three extents give each unit a share of each box. The shares of the units in a box sum to
at most 1 (Fekete, Schepers: A general framework for bounds for higher-dimensional orthogonal packing problems,
Mathematical Methods of Operations Research 60, 2004, section 4: the functions U(epsilon) and u(k). The bounds L1 and L2
of Martello, Pisinger and Vigo: The three-dimensional bin packing problem, Operations Research 48, 2000, are of this
kind). If the units in a box of cost c pay c times their share, they pay at most c. So no plan costs less than the sum
of the cheapest shares of all units. Support, stability and load bearing are left out; the bound also holds with them.
"""

import numpy as np

from boxwright.packing.compiled import entry
from boxwright.packing.kernels import ORIENTATIONS
from boxwright.packing.problem import Floats, Ints
from boxwright.stop import NEVER, Stop

ROUNDINGS = 4
"""Largest k of the functions u(k)."""
MOST_THRESHOLDS = 30
"""Maximum number of functions U(epsilon) per axis."""
MOST_SHARES = 60_000
"""Maximum number of box types times kinds of units; above it, only the largest units count."""


@entry
def _most(
    edges: Ints, masks: Ints, counts: Floats, boxes: Ints, costs: Floats, shares: Floats, enough: float, stop: Ints
) -> float:
    """Return the largest sum of cheapest shares over triples of functions; a sum of ``enough`` or ``stop`` ends it.

    ``shares`` is float64 (b, 3, f, k, 3), by box, axis, function, kind and declared edge.
    """
    most = 0.0
    functions = shares.shape[2]
    fits = np.zeros((boxes.shape[0], edges.shape[0]), dtype=np.int64)
    for b in range(boxes.shape[0]):
        for k in range(edges.shape[0]):
            for o in range(6):
                if (
                    (masks[k] >> o) & 1
                    and edges[k, ORIENTATIONS[o, 0]] <= boxes[b, 0]
                    and edges[k, ORIENTATIONS[o, 1]] <= boxes[b, 1]
                    and edges[k, ORIENTATIONS[o, 2]] <= boxes[b, 2]
                ):
                    fits[b, k] |= 1 << o
    for f in range(functions):
        for g in range(functions):
            for h in range(functions):
                total = 0.0
                for k in range(edges.shape[0]):
                    cheapest = np.inf
                    for b in range(boxes.shape[0]):
                        if fits[b, k] == 0:
                            continue
                        least = np.inf
                        for o in range(6):
                            if (fits[b, k] >> o) & 1:
                                product = (
                                    shares[b, 0, f, k, ORIENTATIONS[o, 0]]
                                    * shares[b, 1, g, k, ORIENTATIONS[o, 1]]
                                    * shares[b, 2, h, k, ORIENTATIONS[o, 2]]
                                )
                                least = min(least, product)
                        cheapest = min(cheapest, least * costs[b])
                    if cheapest < np.inf:
                        total += counts[k] * cheapest
                most = max(most, total)
                if most >= enough or stop[0] != 0:
                    return most
    return most


def _function_shares(edges: Ints, whole: int, thresholds: list[int], functions: int) -> Floats:
    """Return, by function, its values for the edges as shares of ``whole``, float64 (functions, k, 3)."""
    sizes = edges.astype(np.float64)
    plain = sizes / whole
    rows = [plain]
    for k in range(1, ROUNDINGS + 1):
        scaled = (k + 1) * edges
        rows.append(np.where(scaled % whole == 0, plain, (scaled // whole) / k))
    rows += [
        np.where(edges > whole - threshold, 1.0, np.where(edges < threshold, 0.0, plain)) for threshold in thresholds
    ]
    rows += [plain] * (functions - len(rows))
    return np.array(rows)


class Shares:
    """The shares that the units of an order need of boxes of several types.

    Parameters
    ----------
    edges : int64, (k, 3), um
        Declared edges of each kind of unit, at least 1.
    masks : int64, (k,)
        Bit ``o`` allows orientation ``o``.
    counts : int64, (k,)
        Number of units of each kind.
    boxes : int64, (b, 3), um
        Usable inside of each box type, at least 1. The number of boxes is not limited.
    evaluations : int
        Counted effort of ``least_cost``: the number of products of shares that may be computed.
    stop : Stop, optional
        Ends the work with a SearchEndedError. Default: never.
    """

    def __init__(
        self, edges: Ints, masks: Ints, counts: Ints, boxes: Ints, evaluations: int, stop: Stop = NEVER
    ) -> None:
        most = max(MOST_SHARES // max(len(boxes), 1), 1)
        if len(edges) > most:
            largest = np.argsort(-edges.astype(np.float64).prod(axis=1), kind="stable")
            kept = np.sort(largest[:most])
            edges, masks, counts = edges[kept], masks[kept], counts[kept]
        self._edges, self._masks, self._boxes, self._stop = edges, masks, boxes, stop
        self._counts = counts.astype(np.float64)
        orientations = sum(int(mask).bit_count() for mask in masks.tolist())
        triples = evaluations // max(orientations * len(boxes), 1)
        most_thresholds = min(max(int(triples ** (1 / 3)) - 1 - ROUNDINGS, 1), MOST_THRESHOLDS)
        lengths = np.unique(edges)
        self._shares = np.empty((len(boxes), 3, 1 + ROUNDINGS + most_thresholds, len(edges), 3))
        for b, box in enumerate(boxes.tolist()):
            for axis, whole in enumerate(box):
                stop.look()
                thresholds = _thresholds(lengths, whole, most_thresholds)
                self._shares[b, axis] = _function_shares(edges, whole, thresholds, 1 + ROUNDINGS + most_thresholds)

    def least_cost(self, costs: Floats, which: Ints | None = None, enough: float = np.inf) -> float:
        """Return a lower bound on the cost of boxes that hold all units, up to rounding of floats.

        ``costs``, float64 (b,), are those of a box of each type; if all are 1, the bound is on the number of boxes.
        ``which``, int64, has the indices of the types to use, for which ``costs`` are. A bound of ``enough`` ends the
        work.
        """
        boxes, shares = (self._boxes, self._shares) if which is None else (self._boxes[which], self._shares[which])
        costs = np.ascontiguousarray(costs, dtype=np.float64)  # a slice would compile the kernel once more
        found = _most(self._edges, self._masks, self._counts, boxes, costs, shares, enough, self._stop.flag)
        self._stop.look()
        return float(found)


def _thresholds(lengths: Ints, whole: int, most_thresholds: int) -> list[int]:
    """Return evenly spread thresholds of U(epsilon): edges up to half of the box, and complements of longer edges."""
    useful = lengths[2 * lengths <= whole].tolist()
    useful += [whole - length for length in lengths.tolist() if length < whole < 2 * length]
    chosen = sorted(set(useful), reverse=True)
    if len(chosen) <= most_thresholds:
        return chosen
    return [chosen[round(step)] for step in np.linspace(0, len(chosen) - 1, most_thresholds)]
