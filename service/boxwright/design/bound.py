"""A lower bound on the price of any choice of candidates, by Lagrangian relaxation.

The constraint that each order goes into exactly one candidate is replaced by a price per order (its multiplier). Each
candidate can then be valued on its own, and the best are taken. Any multipliers give a valid bound; subgradient steps
improve it. Held, Wolfe and Crowder, *Validation of subgradient optimization*, Mathematical Programming 6, 1974; for the
p-median Narula, Ogbu and Samuelsson, Operations Research 25(4), 1977; steps deflected as by Camerini, Fratta and
Maffioli, Mathematical Programming Study 3, 1975.
"""

from dataclasses import dataclass

import numpy as np

from boxwright.design.p_median import Limits, Prices, greedy, swap
from boxwright.packing.problem import Floats, Ints

STEPS = 1_500
_DEFLECTED = 0.9
"""Weight of the previous direction in a step. On one set of orders these values came within 0.1 % of the bound of the
linear program, which has the best multipliers."""
_PATIENCE = 40
"""After this many steps without a better bound, the step size is halved and the search resumes from the best
multipliers."""
_LEAST_SCALE = 1e-4
_AGAIN = 0.25
"""Scale of the first steps from the multipliers of an earlier bound, which need small steps only."""
_NEAR_THE_BEST = 0.005
"""Share of the best bound within which the candidates of a step count as promising."""
_SWAPPED_EACH = 150
"""Number of steps between swaps that start from the candidates of the relaxation, which often beat those of greedy."""
_WORTH_LOOKING = 0.02
"""Candidates are tested for removal in each step whose bound is less than the best one by at most this share."""
_WORTH_DROPPING = 0.9
_CLOSED = 1e-9
_SLACK = 1e-9
"""Share by which the bound is lowered, against rounding errors of float sums."""


@dataclass(frozen=True)
class Bounded:
    """A choice with a lower bound."""

    chosen: Ints
    """int64, (k,): the best candidates found, ascending."""
    least: float
    """Lower bound on the total of all choices within the limits; -infinity if unknown."""
    promising: Ints
    """int64, (m,): candidates taken by the relaxation near the best bound."""
    multipliers: Floats | None
    """float64, (orders,) or None: the best multipliers, from which the next bound of these orders can start; None if
    unknown."""


def bounded(
    likely: Prices,
    possible: Prices,
    limits: Limits,
    chosen: Ints,
    first: Floats | None = None,
) -> Bounded:
    """Return a lower bound on the total of any choice, and a choice improved by what the relaxation shows.

    Parameters
    ----------
    likely : Prices
        Pairs of order and candidate known to fit; they decide the total of a choice.
    possible : Prices
        Pairs that no proof refuses; they decide the bound.
    limits : Limits
        Limits on the choice.
    chosen : int64, (k,)
        The choice to start with.
    first : float64, (orders,), optional
        Multipliers of an earlier bound on the same orders. Default none.
    """
    if np.isinf(possible.price).all(axis=1).any():
        return Bounded(chosen, float("-inf"), chosen, None)
    relaxation = _Relaxation(likely, possible, limits, chosen, first)
    for step in range(STEPS):
        taken = relaxation.step()
        if step % _SWAPPED_EACH == 0:
            relaxation.swap(taken)
        if relaxation.done:
            break
    least = min(relaxation.floor, relaxation.top)
    return Bounded(relaxation.best, least - _SLACK * abs(least), relaxation.promising, relaxation.kept)


class _Relaxation:
    """The state of the iteration: multipliers, best bound and best choice.

    Candidates that only dearer choices can contain are dropped. The bound then holds for all choices that are better
    than the best one found, and the smaller of this bound and its total holds for all choices.
    """

    def __init__(self, likely: Prices, possible: Prices, limits: Limits, chosen: Ints, first: Floats | None) -> None:
        self._likely, self._limits = likely, limits
        self.best, self.top = chosen, likely.total(chosen)
        self.floor = float("-inf")
        self._taken: list[tuple[float, Ints]] = [(self.floor, chosen)]
        self._cost = possible.price * possible.weight[:, np.newaxis]
        self._dearest = float(np.where(np.isfinite(self._cost), self._cost, 0.0).max(axis=1, initial=0.0).sum())
        self._alive = np.arange(self._cost.shape[1])
        self._multipliers = self.kept = _first(likely, chosen) if first is None else first
        self._direction = np.zeros(len(self.kept))
        self._scale, self._idle = 1.0 if first is None else _AGAIN, 0

    @property
    def done(self) -> bool:
        """Whether more steps cannot change the result."""
        return self._scale < _LEAST_SCALE or self.top - self.floor <= _CLOSED * abs(self.top)

    @property
    def promising(self) -> Ints:
        """Candidates taken by steps near the best bound."""
        near = self.floor - _NEAR_THE_BEST * abs(self.floor)
        return np.unique(np.concatenate([taken for value, taken in self._taken if value >= near]))

    def swap(self, taken: Ints) -> None:
        """Run swaps from the candidates that the relaxation took; keep the result if it is better.

        Dropped candidates are left out: no better choice contains one.
        """
        prices, limits = self._likely.among(self._alive), self._limits.among(self._alive)
        first = greedy(prices, limits, np.searchsorted(self._alive, taken))
        chosen = self._alive[swap(prices, limits, first)]
        total = self._likely.total(chosen)
        if total < self.top:
            self.best, self.top = chosen, total

    def step(self) -> Ints:
        """Make one step; return the candidates that the relaxation took."""
        gains = np.minimum(self._cost - self._multipliers[:, np.newaxis], 0.0)
        worth = gains.sum(axis=0)
        places, marginal = self._counted_off(worth)
        taken = np.sort(self._alive[places])
        value = float(self._multipliers.sum() + worth[places].sum())
        slope = 1.0 - (gains[:, places] < 0.0).sum(axis=1)
        self._taken.append((value, taken))
        if value > self.floor:
            self.floor, self.kept, self._idle = value, self._multipliers, 0
        else:
            self._idle += 1
        if value >= self.floor - _WORTH_LOOKING * abs(self.floor):
            self._drop(value + worth - marginal, places)
        if self._idle >= _PATIENCE:
            self._scale, self._idle, self._multipliers = self._scale / 2, 0, self.kept
            self._direction = np.zeros(len(self.kept))
            return taken
        self._direction = _DEFLECTED * self._direction + slope
        steepness = float(self._direction @ self._direction)
        if steepness > 0.0:
            goal = self.top if np.isfinite(self.top) else self.floor + 0.05 * abs(self.floor) + 1.0
            size = self._scale * (goal - value) / steepness
            # A multiplier equal to the total of a choice makes sure that its order is served; more costs precision.
            most = self.top if np.isfinite(self.top) else self._dearest
            self._multipliers = np.clip(self._multipliers + size * self._direction, 0.0, most)
        return taken

    def _counted_off(self, worth: Floats) -> tuple[Ints, Floats]:
        """Return the positions of the candidates taken, and a threshold for each candidate.

        The threshold is the worth of the candidate that it would replace; 0 where the limits leave room.
        """
        free, group = self._limits.free[self._alive], self._limits.group[self._alive]
        taken = np.flatnonzero(~free).tolist()
        marginal = np.zeros(len(worth))
        for number, most in enumerate(self._limits.most):
            own = np.flatnonzero(free & (group == number))
            ranked = own[np.argsort(worth[own], kind="stable")]
            first = ranked[:most]
            taken += first[worth[first] < 0.0].tolist()
            marginal[own] = min(float(worth[ranked[most - 1]]), 0.0) if 0 < most <= len(ranked) else 0.0
        return np.array(taken, dtype=np.int64), marginal

    def _drop(self, with_each: Floats, places: Ints) -> None:
        """Drop the candidates that no better choice contains, except those taken in this step."""
        keep = with_each <= self.top * (1 + _CLOSED)
        keep[places] = True
        keep[~self._limits.free[self._alive]] = True
        if np.count_nonzero(keep) < _WORTH_DROPPING * len(keep):
            self._alive = self._alive[keep]
            self._cost = np.ascontiguousarray(self._cost[:, keep])


def _first(likely: Prices, chosen: Ints) -> Floats:
    """Return the first multipliers: the price of each order in the choice, or its highest price outside the choice."""
    finite = np.where(np.isfinite(likely.price), likely.price, 0.0).max(axis=1, initial=0.0)
    least = likely.price[:, chosen].min(axis=1, initial=np.inf)
    first: Floats = np.where(np.isinf(least), finite, least) * likely.weight
    return first
