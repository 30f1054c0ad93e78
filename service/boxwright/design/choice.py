"""The input of the p-median: prices of orders in candidates, and limits on the choice."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from boxwright.lazy import cached_property
from boxwright.packing.problem import Floats, Ints

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Prices:
    """The price of each order in each candidate."""

    price: Floats
    """float64, (orders, candidates): infinity where the order does not fit."""
    weight: Floats
    """float64, (orders,): number of orders that a row stands for, above 0."""

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

    def among(self, columns: Ints) -> "Prices":
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
    """Most candidates per group, forced ones not counted."""

    @property
    def free(self) -> Flags:
        """bool, (candidates,): candidates that are not forced."""
        free = np.ones(len(self.group), dtype=np.bool_)
        free[self.forced] = False
        return free

    def among(self, columns: Ints) -> "Limits":
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
