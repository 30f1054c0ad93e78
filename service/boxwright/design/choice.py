"""What is chosen from: the price of each order in each candidate, and how many candidates may be taken."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from boxwright.lazy import cached_property
from boxwright.packing.problem import Floats, Ints

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Prices:
    """What each order costs in each candidate."""

    price: Floats
    """float64, (orders, candidates): infinity where the order does not go in."""
    weight: Floats
    """float64, (orders,): how many orders each row stands for, above 0."""

    @cached_property
    def uncovered(self) -> Floats:
        """What an order costs that no chosen candidate takes, float64 (orders,): more than any choice can save."""
        finite = np.where(np.isinf(self.price), 0.0, self.price)
        dearest = finite.max(axis=1, initial=0.0) * self.weight
        return np.full(len(self.weight), 2.0 * float(dearest.sum()) + 1.0)

    @cached_property
    def weighted(self) -> Floats:
        """Price times weight, (orders, candidates); ``uncovered`` where the order does not go in."""
        fits = np.isfinite(self.price)
        times = np.where(fits, self.price, 0.0) * self.weight[:, np.newaxis]
        return np.where(fits, times, self.uncovered[:, np.newaxis])

    def among(self, columns: Ints) -> "Prices":
        """Return the prices in some of the candidates."""
        return Prices(self.price[:, columns], self.weight)

    def total(self, chosen: Ints) -> float:
        """Return the price of all orders with these candidates; infinity where one is not covered."""
        least = self.price[:, chosen].min(axis=1, initial=np.inf)
        if np.isinf(least).any():
            return float("inf")
        return float(least @ self.weight)


@dataclass(frozen=True)
class Limits:
    """Which candidates may be chosen, and how many."""

    forced: Ints
    """int64, (f,): those that are chosen whatever comes."""
    group: Ints
    """int64, (candidates,): group of each candidate; of a forced one it is of no account."""
    most: tuple[int, ...]
    """Most candidates of each group beside the forced ones."""

    @property
    def free(self) -> Flags:
        """Which candidates are not forced, (candidates,)."""
        free = np.ones(len(self.group), dtype=np.bool_)
        free[self.forced] = False
        return free

    def among(self, columns: Ints) -> "Limits":
        """Return the limits of some of the candidates, ascending, all that are forced among them."""
        return Limits(np.searchsorted(columns, self.forced), self.group[columns], self.most)

    def left(self, chosen: Ints) -> Flags:
        """Return which candidates may still be added to those chosen, (candidates,)."""
        free = self.free
        may = free.copy()
        may[chosen] = False
        taken = self.group[chosen[free[chosen]]]
        for group, most in enumerate(self.most):
            if np.count_nonzero(taken == group) >= most:
                may &= self.group != group
        return may
