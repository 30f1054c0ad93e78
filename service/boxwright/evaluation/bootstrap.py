"""How far the change from one catalog to another would differ on other orders of which these are typical."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAST_ORDERS = 20
"""Below so many orders an interval says more of the method than of the orders."""
_RESAMPLES = 2_000
_GROUPS = 2_000
_SEED = 20_261_126
_ENDS = (0.025, 0.975)


def relative_interval(first: Sequence[int], second: Sequence[int]) -> tuple[float, float] | None:
    """Return the 95 % interval of the change of a total, as shares of the first, by a bootstrap over orders.

    Efron, *Bootstrap methods: another look at the jackknife*, The Annals of Statistics 7(1), 1979; the percentile
    interval. Past 2,000 orders, 2,000 groups of orders, formed by chance, are drawn in their place. The draws are
    seeded, so that the same orders give the same interval.

    Parameters
    ----------
    first, second : sequence of int
        The figure of each order with either catalog.

    Returns
    -------
    tuple of float or None
        Ends of the interval; None for fewer than ``LEAST_ORDERS`` orders, or where no draw has a first total above 0.
    """
    groups = Groups()
    groups.add(np.array([first, second], dtype=np.float64))
    return groups.interval()


class Groups:
    """The figures of orders with two catalogs, in at most 2,000 groups formed by chance.

    Attributes
    ----------
    orders : int
        Orders so far.
    sums : float64, (2, min(orders, 2000))
        The figures of each group with either catalog.
    """

    def __init__(self) -> None:
        self.orders = 0
        self.sums: Floats = np.zeros((2, 0))

    def add(self, figures: Floats, orders: int | None = None) -> None:
        """Add the figures of more orders, or groups of so many; float64, (2, n)."""
        new = min(figures.shape[1], _GROUPS - self.sums.shape[1])
        rest, before = figures[:, new:], self.orders
        self.sums = np.concatenate([self.sums, figures[:, :new]], axis=1)
        for first in range(0, rest.shape[1], _GROUPS):
            part = rest[:, first : first + _GROUPS]
            self.sums[:, _places(before + first, part.shape[1])] += part
        self.orders += figures.shape[1] if orders is None else orders

    def merge(self, other: "Groups") -> None:
        """Add the groups of other orders."""
        self.add(other.sums, other.orders)

    def interval(self) -> tuple[float, float] | None:
        """Return the interval; see :func:`relative_interval`."""
        if self.orders < LEAST_ORDERS:
            return None
        drawn = _drawn(self.sums.shape[1])
        before, after = drawn @ self.sums[0], drawn @ self.sums[1]
        changes = (after - before)[before > 0] / before[before > 0]
        if not len(changes):
            return None
        low, high = np.quantile(changes, _ENDS)
        return float(low), float(high)


@lru_cache(maxsize=1)
def _drawn(size: int) -> Floats:
    """Return how often each of so many groups is in each resample, float64 (2000, size): the same for every metric."""
    times = np.random.default_rng(_SEED).multinomial(size, np.full(size, 1 / size), size=_RESAMPLES)
    return times.astype(np.float64)


@lru_cache(maxsize=16)
def _places(orders: int, count: int) -> Ints:
    """Return the groups, by chance, of so many orders that come after others."""
    places: Ints = np.random.default_rng([_SEED, orders]).permutation(_GROUPS)[:count]
    return places
