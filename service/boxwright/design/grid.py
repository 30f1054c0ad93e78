"""Sizes to choose from, on a grid of steps: those that orders need, and those that several orders can share."""

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
    """Return the sizes to choose from, at most so many, ascending.

    Half of them at most are the first needs of the orders, on a coarser grid if they are more. Merging the two that
    together waste least, again and again until one is left, gives the sizes that orders can share. The other needs of
    the orders fill what is left, those of the least volume over that of the order's first.

    Parameters
    ----------
    needs : sequence of sequence of tuple
        Sizes that take each order, the best first.
    weights : sequence of int
        How many orders each stands for.
    step_um, most : int
        Step of the grid, and most sizes.
    allowed : callable
        Whether a size may be made.
    least_um : tuple of int, optional
        No size is below this along any edge. Default: not limited.
    max_depth : float, optional
        Most times that a height is the shorter edge of its base. Default: not limited.
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
    """Return a size rounded up to the grid, not below the least, as wide as its depth asks, its length first."""
    up = [max(-(-edge // step_um), -(-least // step_um)) * step_um for edge, least in zip(size, least_um, strict=True)]
    width = max(min(up[:2]), math.ceil(up[2] / max_depth / step_um) * step_um)
    return max(*up[:2], width), width, up[2]


def merged(sizes: Ints, weights: Ints) -> list[Size]:
    """Return what sizes become that are merged two by two, each time the two that waste least volume.

    Parameters
    ----------
    sizes : int64, (n, 3)
        Different sizes, in um.
    weights : int64, (n,)
        How many orders need each.
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
    """Return the volume that is lost where one size and each other one are replaced by one that holds both."""
    both = np.maximum(edges[one], edges).prod(axis=1)
    lost: Floats = weight[one] * (both - volume[one]) + weight * (both - volume)
    return lost
