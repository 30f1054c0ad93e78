"""The p-median by greedy and swap: chooses candidates that minimise the sum of the orders' cheapest prices.

Greedy adds the candidate that saves most, repeatedly. Swap then makes the best exchange of a chosen candidate for
another until none saves: Teitz and Bart, *Heuristic methods for estimating the generalized vertex median of a weighted
graph*, Operations Research 16(5), 1968, with the savings of Whitaker, INFOR 21(2), 1983.
"""

import numpy as np

from boxwright.design.choice import Limits, Prices
from boxwright.packing.problem import Ints

MOST_SWAPS = 2_000
_LEAST_GAIN = 1e-9
"""Share of the total below which a saving is only rounding."""


def greedy(prices: Prices, limits: Limits, chosen: Ints | None = None) -> Ints:
    """Return chosen candidates, ascending, after adding those that save most while the limits allow.

    Parameters
    ----------
    prices, limits : Prices, Limits
        The problem.
    chosen : int64, (k,), optional
        Candidates to start with. Default: the forced ones.
    """
    cost = prices.weighted
    taken = [int(column) for column in (limits.forced if chosen is None else chosen)]
    least = np.minimum(cost[:, taken].min(axis=1, initial=np.inf), prices.uncovered)
    while True:
        may = limits.left(np.array(taken, dtype=np.int64))
        if not may.any():
            break
        savings = np.maximum(least[:, np.newaxis] - cost, 0.0).sum(axis=0)
        savings[~may] = -1.0
        best = int(savings.argmax())
        if savings[best] <= 0.0:
            break
        taken.append(best)
        least = np.minimum(least, cost[:, best])
    return np.array(sorted(taken), dtype=np.int64)


def swap(prices: Prices, limits: Limits, chosen: Ints) -> Ints:
    """Return the candidates, ascending, after all exchanges that save, the best one each time."""
    chosen = np.array(sorted(chosen.tolist()), dtype=np.int64)
    for _ in range(MOST_SWAPS):
        found = _best_exchange(prices, limits, chosen)
        if found is None:
            break
        out, new = found
        kept = chosen[chosen != out]
        chosen = np.array(sorted([*kept.tolist(), new]), dtype=np.int64)
    return greedy(prices, limits, chosen)


def _best_exchange(prices: Prices, limits: Limits, chosen: Ints) -> tuple[int, int] | None:
    """Return the exchange with the greatest saving, as (removed, added); None if none saves."""
    cost, free = prices.weighted, limits.free
    if not len(chosen):
        return None
    own = cost[:, chosen]
    first = own.argmin(axis=1)
    least = np.minimum(own.min(axis=1), prices.uncovered)
    others = own.copy()
    others[np.arange(len(own)), first] = np.inf
    second = np.minimum(others.min(axis=1), prices.uncovered)
    with_new = np.minimum(cost, least[:, np.newaxis])
    change = (with_new - least[:, np.newaxis]).sum(axis=0)
    lost = np.minimum(cost, second[:, np.newaxis]) - with_new
    belongs = np.zeros((len(chosen), len(cost)))
    belongs[first, np.arange(len(cost))] = 1.0
    changes = belongs @ lost + change
    changes[:, ~free] = np.inf
    changes[:, chosen] = np.inf
    changes[~free[chosen], :] = np.inf
    for row, out in enumerate(chosen.tolist()):
        if free[out]:
            changes[row, ~(limits.left(chosen[chosen != out]))] = np.inf
    row, new = divmod(int(changes.argmin()), changes.shape[1])
    if not changes[row, new] < -_LEAST_GAIN * float(least.sum()):
        return None
    return int(chosen[row]), new
