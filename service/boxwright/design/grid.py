"""Candidate sizes on a grid: those that single orders need, and those that several can share."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from boxwright.design.needs import Size
    from boxwright.packing.problem import Floats, Ints


def candidates(
    needs: Sequence[Sequence[Size]],
    weights: Sequence[int],
    step_um: int,
    most: int,
    allowed: Callable[[Size], bool],
    least_um: Size = (0, 0, 0),
    max_depth: float = math.inf,
) -> list[Size]:
    """Return candidate sizes, up to a limit, ascending.

    At most half are the best sizes of the orders, on a coarser grid if there are more. Shared sizes come from merging
    the two sizes that together waste least volume until one is left. Further sizes of the orders fill the rest, those
    with the least volume relative to the order's best first.

    Parameters
    ----------
    needs : sequence of sequence of tuple
        Sizes that take each order, the best first.
    weights : sequence of int
        Number of orders that each stands for.
    step_um, most : int
        Grid step, and most sizes.
    allowed : callable
        Returns whether a size may be made.
    least_um : tuple of int, optional
        Minimum of each edge. Default: no minimum.
    max_depth : float, optional
        Limit on height over the shorter base edge. Default: no limit.
    """
    step = step_um
    while True:
        first: Counter[Size] = Counter()
        for sizes, weight in zip(needs, weights, strict=True):
            if sizes:
                first[on_grid(sizes[0], step, least_um, max_depth)] += weight
        if len(first) <= max(most // 2, 1):
            break
        step += step_um
    if not first:
        return []
    shared = merged(np.array(sorted(first), dtype=np.int64), np.array([first[size] for size in sorted(first)]))
    found = {size for size in (*first, *shared) if allowed(size)}
    further: dict[Size, float] = {}
    for sizes in needs:
        for size in sizes:
            over, rounded = math.prod(size) / math.prod(sizes[0]), on_grid(size, step_um, least_um, max_depth)
            further[rounded] = min(further.get(rounded, math.inf), over)
    for _, size in sorted((over, size) for size, over in further.items()):
        if len(found) >= most:
            break
        if allowed(size):
            found.add(size)
    return sorted(found)


def on_grid(size: Iterable[int], step_um: int, least_um: Size = (0, 0, 0), max_depth: float = math.inf) -> Size:
    """Return a size rounded up to the grid, within minimum and depth limit, length first."""
    up = [max(-(-edge // step_um), -(-least // step_um)) * step_um for edge, least in zip(size, least_um, strict=True)]
    width = max(min(up[:2]), math.ceil(up[2] / max_depth / step_um) * step_um)
    return max(*up[:2], width), width, up[2]


def merged(sizes: Ints, weights: Ints) -> list[Size]:
    """Return the sizes from merging, step by step, the two sizes that waste least volume.

    Parameters
    ----------
    sizes : int64, (n, 3)
        Different sizes, in um.
    weights : int64, (n,)
        Number of orders that need each.
    """
    edges, weight = sizes.astype(np.float64), weights.astype(np.float64)
    volume = edges.prod(axis=1)
    alive = np.ones(len(edges), dtype=np.bool_)
    waste = np.array([_waste(edges, volume, weight, size) for size in range(len(edges))]).reshape(len(edges), -1)
    np.fill_diagonal(waste, np.inf)
    found: list[Size] = []
    for _ in range(len(edges) - 1):
        one, two = divmod(int(waste.argmin()), len(edges))
        if not math.isfinite(waste[one, two]):
            break
        edges[one] = np.maximum(edges[one], edges[two])
        volume[one] = edges[one].prod()
        weight[one] += weight[two]
        alive[two] = False
        waste[two, :] = waste[:, two] = np.inf
        fresh = _waste(edges, volume, weight, one)
        fresh[~alive] = fresh[one] = np.inf
        waste[one, :] = waste[:, one] = fresh
        length, width, height = edges[one].astype(np.int64).tolist()
        found.append((length, width, height))
    return found


def _waste(edges: Floats, volume: Floats, weight: Floats, one: int) -> Floats:
    """Return the volume lost if one size and each other are replaced by a size that holds both."""
    both = np.maximum(edges[one], edges).prod(axis=1)
    lost: Floats = weight[one] * (both - volume[one]) + weight * (both - volume)
    return lost
