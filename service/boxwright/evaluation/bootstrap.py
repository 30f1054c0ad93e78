"""Confidence intervals for a change of catalog, for orders like those seen."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEAST_ORDERS = 20
"""Fewest orders for an interval: for fewer, it would reflect the method more than the orders."""
_RESAMPLES = 2_000
_GROUPS = 2_000
_SEED = 20_261_126
_ENDS = (0.025, 0.975)


def relative_interval(first: Sequence[float] | Floats, second: Sequence[float] | Floats) -> tuple[float, float] | None:
    """Return the 95 % interval of the relative change of a total, by a bootstrap over orders.

    Efron, *Bootstrap methods: another look at the jackknife*, The Annals of Statistics 7(1), 1979; the percentile
    interval. Past 2,000 orders, 2,000 random groups of orders are drawn instead. The draws are seeded, so the same
    orders give the same interval.

    Parameters
    ----------
    first, second : sequence of float
        Figure of each order with the first and with the second catalog.

    Returns
    -------
    tuple of float or None
        The lower and upper end; None for fewer than ``LEAST_ORDERS`` orders, or where no draw has a first total above
        0.
    """
    orders = len(first)
    if orders < LEAST_ORDERS:
        return None
    group = np.random.default_rng(_SEED).permutation(orders) % _GROUPS if orders > _GROUPS else np.arange(orders)
    drawn = _drawn(min(orders, _GROUPS))
    before, after = (drawn @ np.bincount(group, np.asarray(figures, np.float64)) for figures in (first, second))
    changes = (after - before)[before > 0] / before[before > 0]
    if not len(changes):
        return None
    low, high = np.quantile(changes, _ENDS)
    return float(low), float(high)


@lru_cache(maxsize=1)
def _drawn(size: int) -> Floats:
    """Return how often each group is in each resample, float64 (2000, size): the same for every metric."""
    times = np.random.default_rng(_SEED).multinomial(size, np.full(size, 1 / size), size=_RESAMPLES)
    return times.astype(np.float64)
