"""The best multipliers of the bound, by linear programming (HiGHS).

The linear relaxation, which may take parts of candidates, has the best value of the bound. It is solved by Benders
cuts, one per order and relevant price, in the closed form of Duran-Mateluna, Ales and Elloumi, *An efficient Benders
decomposition for the p-median problem*, European Journal of Operational Research 308(1), 2023, doi
10.1016/j.ejor.2022.11.033. Only its dual values are used: ``bound`` computes their value itself, so no tolerance of the
solver enters the bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from boxwright.design.p_median import Limits, Prices
from boxwright.packing.problem import Floats, Ints

MOST_PAIRS = 6_000_000
"""Most pairs of order and candidate for which the program is solved, to limit memory and time."""
_ROUNDS = 60
_CLOSE = 5e-4
"""Relative tolerance of the solution."""
_STEPS_PER_LINE = 5
"""Most simplex steps per round, row and column. The most seen was 1.4, except for a program on which the solver
cycled."""
_WHOLE = 1 - 1e-6
_VIOLATED = 1e-7
_TAKEN = 1e-6


@dataclass(frozen=True)
class Relaxed:
    """The solution of the linear program."""

    multipliers: Floats
    """float64, (orders,): its dual values."""
    taken: Ints
    """int64, (m,): candidates taken in whole or in part."""


def relaxed(possible: Prices, limits: Limits, first: Floats) -> Relaxed | None:
    """Return the best multipliers; None without HiGHS, or with too many pairs.

    Parameters
    ----------
    possible : Prices
        Pairs not refused with a proof; each order has at least one.
    limits : Limits
        What may be chosen.
    first : float64, (orders,)
        Multipliers to start with, as from ``bounded``.
    """
    try:
        import highspy
    except ImportError:
        return None
    if possible.price.size > MOST_PAIRS:
        return None
    program = _Program(highspy, possible, limits)
    program.cut(np.arange(len(first)), first / program.unit)
    for _ in range(_ROUNDS):
        if not program.solve():
            break
    return Relaxed(program.multipliers() * program.unit, program.taken())


class _Program:
    """The linear program: a share per candidate, a cost per order, and cuts that link them."""

    def __init__(self, highspy: Any, possible: Prices, limits: Limits) -> None:
        cost = possible.price * possible.weight[:, np.newaxis]
        self.unit = float(np.median(cost[np.isfinite(cost)])) or 1.0
        self._cost = cost / self.unit
        self._ranks = np.argsort(self._cost, axis=1, kind="stable")
        self._ranked = np.take_along_axis(self._cost, self._ranks, axis=1)
        self._dearest = np.isfinite(self._ranked).sum(axis=1) - 1
        self._owners: list[int] = []
        self._levels: list[float] = []
        self._highs, self._endless = highspy.Highs(), highspy.kHighsInf
        self._optimal = highspy.HighsModelStatus.kOptimal
        self._highs.setOptionValue("output_flag", False)
        self._highs.setOptionValue("threads", 1)
        orders, candidates = self._cost.shape
        self._highs.addVars(candidates, np.where(limits.free, 0.0, 1.0), np.ones(candidates))
        self._highs.addVars(orders, self._ranked[:, 0], np.full(orders, self._endless))
        columns = np.arange(candidates, candidates + orders, dtype=np.int32)
        self._highs.changeColsCost(orders, columns, np.ones(orders))
        for group, most in enumerate(limits.most):
            own = np.flatnonzero(limits.free & (limits.group == group))
            self._row(own, -self._endless, float(most))
        self._partly = np.flatnonzero(np.isinf(self._ranked[:, -1]))
        for order in self._partly.tolist():
            self._row(np.flatnonzero(np.isfinite(self._cost[order])), 1.0, self._endless)
        self._before = self._highs.getNumRow() - len(self._partly)
        self._shares, self._dual = np.zeros(candidates), np.zeros(self._highs.getNumRow())

    def _row(self, columns: Ints, low: float, high: float) -> None:
        if len(columns):
            self._highs.addRow(low, high, len(columns), columns.astype(np.int32), np.ones(len(columns)))

    def cut(self, orders: Ints, levels: Floats) -> None:
        """Add a cut per order: its cost is at least a level, less the savings of cheaper candidates' shares."""
        saved = np.maximum(levels[:, np.newaxis] - self._cost[orders], 0.0)
        rows, columns = np.nonzero(saved)
        counts = np.count_nonzero(saved, axis=1)
        starts = np.concatenate([[0], np.cumsum(counts + 1)])
        of_order = np.zeros(starts[-1], dtype=np.bool_)
        of_order[starts[1:] - 1] = True
        which, values = np.empty(len(of_order), dtype=np.int32), np.ones(len(of_order))
        which[~of_order], values[~of_order] = columns, saved[rows, columns]
        which[of_order] = self._cost.shape[1] + orders
        endless = np.full(len(orders), self._endless)
        self._highs.addRows(len(orders), levels, endless, len(which), starts[:-1].astype(np.int32), which, values)
        self._owners += orders.tolist()
        self._levels += levels.tolist()

    def solve(self) -> bool:
        """Solve, and cut off costs that are too low; return whether there were any worth cutting.

        If the solver hits its limit, no cut is added; its values so far are used.
        """
        lines = self._highs.getNumRow() + self._highs.getNumCol()
        self._highs.setOptionValue("simplex_iteration_limit", _STEPS_PER_LINE * lines)
        self._highs.run()
        solved = self._highs.getModelStatus() == self._optimal
        found = self._highs.getSolution()
        if not (found.value_valid and found.dual_valid):
            return False
        values, self._dual = np.array(found.col_value), np.array(found.row_dual)
        candidates = self._cost.shape[1]
        self._shares, costs = values[:candidates].clip(0.0, 1.0), values[candidates:]
        shares = self._shares[self._ranks]
        last = np.minimum(np.argmax(np.cumsum(shares, axis=1) >= _WHOLE, axis=1), self._dearest)
        levels = self._ranked[np.arange(len(last)), last]
        saved = np.maximum(levels[:, np.newaxis] - self._ranked, 0.0)
        needed = levels - (saved * shares).sum(axis=1)
        cheap = np.flatnonzero(needed > costs + _VIOLATED * np.maximum(needed, 1.0))
        if not solved or not len(cheap) or needed.sum() - costs.sum() <= _CLOSE * needed.sum():
            return False
        self.cut(cheap, levels[cheap])
        return True

    def multipliers(self) -> Floats:
        """Return the dual values of the orders' rows, at least 0."""
        dual = self._dual
        found: Floats = np.zeros(len(self._cost))
        found[self._partly] = dual[self._before : self._before + len(self._partly)]
        cuts = dual[self._before + len(self._partly) :][: len(self._owners)]
        cuts = np.pad(cuts, (0, len(self._owners) - len(cuts)))  # the last rows added are not solved yet
        owners = np.array(self._owners, dtype=np.int64)
        found += np.bincount(owners, weights=cuts * np.array(self._levels), minlength=len(found))
        left = 1.0 - np.bincount(owners, weights=cuts, minlength=len(found))
        return np.maximum(found + left * self._ranked[:, 0], 0.0)

    def taken(self) -> Ints:
        """Return the candidates with a share."""
        return np.flatnonzero(self._shares > _TAKEN)
