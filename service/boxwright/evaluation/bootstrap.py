"""How far the change from one catalog to another would differ on other orders like these."""

from collections.abc import Sequence

import numpy as np

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
        Ends of the interval; None for fewer than ``LEAST_ORDERS`` orders, or where the first total is 0.
    """
    if len(first) < LEAST_ORDERS or not sum(first):
        return None
    pairs = np.array([first, second], dtype=np.float64)
    rng = np.random.default_rng(_SEED)
    if pairs.shape[1] > _GROUPS:
        mixed = pairs[:, rng.permutation(pairs.shape[1])]
        starts = np.linspace(0, pairs.shape[1], _GROUPS, endpoint=False).astype(np.int64)
        pairs = np.add.reduceat(mixed, starts, axis=1)
    size = pairs.shape[1]
    drawn = rng.multinomial(size, np.full(size, 1 / size), size=_RESAMPLES)
    before, after = drawn @ pairs[0], drawn @ pairs[1]
    changes = (after - before)[before > 0] / before[before > 0]
    low, high = np.quantile(changes, _ENDS)
    return float(low), float(high)
