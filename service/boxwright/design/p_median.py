"""The p-median by greedy and swap: chooses candidates that minimise the sum of the orders' cheapest prices.

Greedy adds the candidate that saves most, repeatedly. Swap then makes the best exchange of a chosen candidate for
another until none saves: Teitz and Bart, *Heuristic methods for estimating the generalized vertex median of a weighted
graph*, Operations Research 16(5), 1968, with the savings of Whitaker, INFOR 21(2), 1983.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from boxwright.lazy import cached_property
from boxwright.packing.problem import Floats, Ints

Flags = npt.NDArray[np.bool_]
MOST_SWAPS = 2_000
_LEAST_GAIN = 1e-9
"""Share of the total below which a saving is a rounding error."""


@dataclass(frozen=True)
class Prices:
    """The price of each order in each candidate."""

    price: Floats
    """float64, (orders, candidates): infinity where the order does not fit."""
    weight: Floats
    """float64, (orders,): number of orders that each row represents, above 0."""

    @cached_property
    def uncovered(self) -> Floats:
        """Penalty for an order without a chosen candidate, float64 (orders,): more than any choice can save."""
        finite = np.where(np.isinf(self.price), 0.0, self.price)
        dearest = finite.max(axis=1, initial=0.0) * self.weight
        return np.full(len(self.weight), 2.0 * float(dearest.sum()) + 1.0)

    @cached_property
    def weighted(self) -> Floats:
        """Price times weight, (orders, candidates); ``uncovered`` where the order does not fit."""
        fits = np.isfinite(self.price)
        times = np.where(fits, self.price, 0.0) * self.weight[:, np.newaxis]
        return np.where(fits, times, self.uncovered[:, np.newaxis])

    def among(self, columns: Ints) -> Prices:
        """Return the prices in a subset of the candidates."""
        return Prices(self.price[:, columns], self.weight)

    def total(self, chosen: Ints) -> float:
        """Return the price of all orders in chosen candidates; infinity if one is uncovered."""
        least = self.price[:, chosen].min(axis=1, initial=np.inf)
        if np.isinf(least).any():
            return float("inf")
        return float(least @ self.weight)


@dataclass(frozen=True)
class Limits:
    """Limits on the choice of candidates."""

    forced: Ints
    """int64, (f,): candidates that must be chosen."""
    group: Ints
    """int64, (candidates,): group of each candidate; ignored for forced ones."""
    most: tuple[int, ...]
    """Maximum number of candidates per group, without the forced ones."""

    @property
    def free(self) -> Flags:
        """bool, (candidates,): candidates that are not forced."""
        free = np.ones(len(self.group), dtype=np.bool_)
        free[self.forced] = False
        return free

    def among(self, columns: Ints) -> Limits:
        """Return the limits for a subset of the candidates, ascending, which must contain the forced ones."""
        return Limits(np.searchsorted(columns, self.forced), self.group[columns], self.most)

    def left(self, chosen: Ints) -> Flags:
        """Return which candidates can still be added to those chosen, bool (candidates,)."""
        free = self.free
        may = free.copy()
        may[chosen] = False
        taken = self.group[chosen[free[chosen]]]
        for group, most in enumerate(self.most):
            if np.count_nonzero(taken == group) >= most:
                may &= self.group != group
        return may


def greedy(prices: Prices, limits: Limits, chosen: Ints | None = None) -> Ints:
    """Return the choice, ascending, after adding the candidate that saves most until no addition saves.

    It starts with ``chosen``, int64 (k,), by default the forced candidates.
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
    """Return the choice, ascending, after making the best exchange of candidates until none saves."""
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
    """Return the exchange that saves most, as (removed, added); None if none saves."""
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
