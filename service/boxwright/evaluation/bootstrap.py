"""How far the change from one catalog to another would differ on other orders of which these are typical."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEAST_ORDERS = 20
"""Below so many orders an interval says more of the method than of the orders."""
_RESAMPLES = 2_000
_GROUPS = 2_000
_SEED = 20_261_126
_ENDS = (0.025, 0.975)


def relative_interval(first: Sequence[float] | Floats, second: Sequence[float] | Floats) -> tuple[float, float] | None:
    """Return the 95 % interval of the change of a total, as shares of the first, by a bootstrap over orders.

    Efron, *Bootstrap methods: another look at the jackknife*, The Annals of Statistics 7(1), 1979; the percentile
    interval. Past 2,000 orders, 2,000 groups of orders, formed by chance, are drawn in their place. The draws are
    seeded, so that the same orders give the same interval.

    Parameters
    ----------
    first, second : sequence of float
        The figure of each order with either catalog.

    Returns
    -------
    tuple of float or None
        Ends of the interval; None for fewer than ``LEAST_ORDERS`` orders, or where no draw has a first total above 0.
    """
    orders = len(first)
    if orders < LEAST_ORDERS:
        return None
    group = np.random.default_rng(_SEED).permutation(orders) % _GROUPS if orders > _GROUPS else np.arange(orders)
    drawn = _drawn(min(orders, _GROUPS))
    before, after = (drawn @ np.bincount(group, np.asarray(each, np.float64)) for each in (first, second))
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
