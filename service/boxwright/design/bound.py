"""A price that no choice of candidates undercuts, by Lagrangian relaxation.

That each order goes into one candidate is given up for a price of each order (its multiplier): then every candidate
can be judged by itself, and the best are counted off. Whatever the multipliers, the result is a bound; subgradient
steps make it a good one. Held, Wolfe and Crowder, *Validation of subgradient optimization*, Mathematical Programming 6,
1974; for the p-median Narula, Ogbu and Samuelsson, Operations Research 25(4), 1977; steps deflected as by Camerini,
Fratta and Maffioli, Mathematical Programming Study 3, 1975.
"""

from dataclasses import dataclass

import numpy as np

from boxwright.design.choice import Limits, Prices
from boxwright.design.median import greedy, swap
from boxwright.packing.problem import Floats, Ints

STEPS = 800
_DEFLECTED = 0.8
_PATIENCE = 20
"""Steps without a better bound after which they are halved, and go on from the best multipliers."""
_LEAST_SCALE = 1e-4
_AGAIN = 0.25
"""Scale of the first steps from multipliers of an earlier bound: they are good ones."""
_NEAR_THE_BEST = 0.005
"""Share of the best bound within which what a step takes is promising."""
_SWAPPED_EACH = 150
"""Every so many steps the candidates that the relaxation takes begin a swap: they are often better than greedy's."""
_WORTH_LOOKING = 0.02
"""Only within this share of the best bound candidates are looked at that no better choice can have."""
_WORTH_DROPPING = 0.9
_CLOSED = 1e-9
_SLACK = 1e-9
"""Share by which the bound is lowered, since it is summed in floats."""


@dataclass(frozen=True)
class Bounded:
    """A choice with a bound."""

    chosen: Ints
    """int64, (k,): the best candidates found, ascending."""
    least: float
    """No choice within the limits has a lower total; -infinity where nothing is known."""
    promising: Ints
    """int64, (m,): candidates that the relaxation takes at good multipliers."""
    multipliers: Floats | None
    """float64, (orders,) or None: the best ones, to begin the next bound of the same orders with; None where nothing is
    known."""


def bounded(
    likely: Prices,
    possible: Prices,
    limits: Limits,
    chosen: Ints,
    first: Floats | None = None,
    steps: int = STEPS,
) -> Bounded:
    """Bound a choice, and better it where the relaxation shows how.

    Parameters
    ----------
    likely : Prices
        With the pairs that are known to fit: what a choice is judged by.
    possible : Prices
        With the pairs that are not refused with a proof: what the bound rests on.
    limits : Limits
        What may be chosen.
    chosen : int64, (k,)
        The choice to begin with.
    first : float64, (orders,), optional
        Multipliers of an earlier bound of these orders. Default none.
    steps : int, optional
        Most steps.
    """
    if np.isinf(possible.price).all(axis=1).any():
        return Bounded(chosen, float("-inf"), chosen, None)
    relaxation = _Relaxation(likely, possible, limits, chosen, first)
    for step in range(steps):
        taken = relaxation.step()
        if step % _SWAPPED_EACH == 0:
            relaxation.swap(taken)
        if relaxation.done:
            break
    least = min(relaxation.floor, relaxation.top)
    return Bounded(relaxation.best, least - _SLACK * abs(least), relaxation.promising, relaxation.kept)


class _Relaxation:
    """Multipliers on their way, the best bound and the best choice so far.

    Candidates that only dearer choices than the best one can have are dropped: the bound is then one on all better
    choices, and with the best total one on all.
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
        """Whether more steps would change nothing."""
        return self._scale < _LEAST_SCALE or self.top - self.floor <= _CLOSED * abs(self.top)

    @property
    def promising(self) -> Ints:
        """Candidates that steps near the best bound took."""
        near = self.floor - _NEAR_THE_BEST * abs(self.floor)
        return np.unique(np.concatenate([taken for value, taken in self._taken if value >= near]))

    def swap(self, taken: Ints) -> None:
        """Begin exchanges with the candidates that the relaxation took; the choice is taken where it is better.

        Only among those that are not dropped: no other one is in a better choice.
        """
        prices, limits = self._likely.among(self._alive), self._limits.among(self._alive)
        first = greedy(prices, limits, np.searchsorted(self._alive, taken))
        chosen = self._alive[swap(prices, limits, first)]
        total = self._likely.total(chosen)
        if total < self.top:
            self.best, self.top = chosen, total

    def step(self) -> Ints:
        """Make a step; return the candidates that the relaxation took before it."""
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
            size = self._scale * (self._goal() - value) / steepness
            # One as large as a whole choice forces its order to be served; a larger one would only cost digits.
            most = self.top if np.isfinite(self.top) else self._dearest
            self._multipliers = np.clip(self._multipliers + size * self._direction, 0.0, most)
        return taken

    def _goal(self) -> float:
        """Return what steps aim at: the best total, or a little above the bound where there is none yet."""
        return self.top if np.isfinite(self.top) else self.floor + 0.05 * abs(self.floor) + 1.0

    def _counted_off(self, worth: Floats) -> tuple[Ints, Floats]:
        """Return the places of the candidates taken, and by how much each other one would have to better that.

        The second is, for each candidate, the worth of the one whose place it would take; 0 where places are left.
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
        """Drop the candidates with which no choice is better than the best one; those taken stay."""
        keep = with_each <= self.top * (1 + _CLOSED)
        keep[places] = True
        keep[~self._limits.free[self._alive]] = True
        if np.count_nonzero(keep) < _WORTH_DROPPING * len(keep):
            self._alive = self._alive[keep]
            self._cost = np.ascontiguousarray(self._cost[:, keep])


def _first(likely: Prices, chosen: Ints) -> Floats:
    """Return multipliers to begin with: what each order costs in the choice, or at most where it is not covered."""
    finite = np.where(np.isfinite(likely.price), likely.price, 0.0).max(axis=1, initial=0.0)
    least = likely.price[:, chosen].min(axis=1, initial=np.inf)
    first: Floats = np.where(np.isinf(least), finite, least) * likely.weight
    return first
