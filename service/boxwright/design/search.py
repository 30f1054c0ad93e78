"""Finds the best sizes for each number of sizes, with a bound; tests the pairs that could change either."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from boxwright.design.bound import bounded
from boxwright.design.p_median import Prices, greedy, swap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from boxwright.design.fitting import Fits, Fitter
    from boxwright.design.p_median import Flags, Limits
    from boxwright.design.work import Counting
    from boxwright.packing.problem import Floats, Ints

ROUNDS = 25
"""Maximum number of rounds, each of a choice and tests of pairs."""
WORTH_A_ROUND = 5e-4
"""Smallest reduction of the gap, as a share, after which another round is run."""
WIDE = 0.02
"""Gap above which the search also looks for a better choice as if undecided pairs did not fit."""
CLOSE = 0.01
"""Gap at which the search stops testing pairs."""


@dataclass
class Table:
    """The results of tests of all orders against all candidates."""

    fitter: Fitter
    rows: list[Fits]
    """The orders to design for."""

    @property
    def likely(self) -> Prices:
        """Prices of pairs with a known layout."""
        return self._prices([np.where(row.fits, row.price, np.inf) for row in self.rows])

    @property
    def possible(self) -> Prices:
        """Lower bounds on the prices of pairs that are not refused."""
        return self._prices([np.where(row.possible, row.least_price, np.inf) for row in self.rows])

    @property
    def unless_undecided(self) -> Prices:
        """Prices of pairs that are untested or have a known layout, as if undecided pairs did not fit."""
        return self._prices([np.where(row.fits | row.untested, row.price, np.inf) for row in self.rows])

    def _prices(self, known: Sequence[Floats]) -> Prices:
        return Prices(np.array(known), np.array([float(row.weight) for row in self.rows]))

    def test(self, chosen: Ints, columns: Ints) -> int:
        """Test the pairs of order and candidate that are cheaper than a choice; return the number of pairs tested.

        ``chosen`` is the choice, int64 (k,), and ``columns`` the candidates to test, int64 (m,).
        """
        tested = 0
        for row in self.rows:
            dearest = row.price[chosen][row.fits[chosen]].min(initial=np.inf)
            which = [column for column in columns.tolist() if row.untested[column] and row.price[column] < dearest]
            if which:
                tested += self.fitter.test(row, sorted(which, key=lambda column: float(row.price[column])))
        return tested

    def undecided(self, chosen: Ints) -> int:
        """Return the number of pairs, untested or undecided, that are cheaper than the choice."""
        count = 0
        for row in self.rows:
            dearest = row.price[chosen][row.fits[chosen]].min(initial=np.inf)
            unsettled = (row.untested | row.undecided) & (row.price < dearest)
            count += int(np.count_nonzero(unsettled | (row.undecided_price < dearest)))
        return count


@dataclass(frozen=True)
class Found:
    """A choice of candidates with its bound."""

    chosen: Ints
    """int64, (k,): the candidates, ascending."""
    least: float
    """Lower bound on the total of any choice; -infinity if unknown."""
    undecided: int
    """Undecided pairs that the bound counts as fitting."""
    too_few: tuple[int, ...] = ()
    """New candidates used by too few orders. Default none."""


def search(
    table: Table, sets_of_limits: Sequence[Limits], count: Counting, used: LeastUsed | None = None
) -> list[Found]:
    """Return a choice within each of several limits, in ascending size; the table stores the answers of the engine.

    ``used`` is the minimum number of orders per new size. The bound then excludes sizes that too few orders fit at all;
    it ignores how a choice distributes the orders.
    """
    found: list[Found] = []
    with count("Choosing sizes", len(sets_of_limits), "designs") as done:
        for given in sets_of_limits:
            limits = given if used is None else used.among(table.possible, given)
            smaller = found[-1].chosen if found and np.isin(limits.forced, found[-1].chosen).all() else None
            choice = _best_choice(table, limits, smaller)
            if used is not None:
                chosen = used.kept_to(table.likely, limits, choice.chosen)
                choice = replace(choice, chosen=chosen, too_few=tuple(used.too_few(table.likely, limits, chosen)))
            found.append(choice)
            done(1)
    return [replace(choice, undecided=table.undecided(choice.chosen)) for choice in found]


def _best_choice(table: Table, limits: Limits, smaller: Ints | None) -> Found:
    """Return the best choice found and its bound.

    If the gap stays wide, the bound may rest on undecided pairs, which more tests do not settle. A better choice may
    still use untested pairs, so the search goes on as if undecided pairs did not fit.
    """
    found, gap = _rounds(table, limits, [] if smaller is None else [smaller])
    if gap > WIDE:
        better, tested = _without_undecided(table, limits, found.chosen)
        if tested:
            again, _ = _rounds(table, limits, [better])
            found = replace(again, least=max(found.least, again.least))
    return found


def _rounds(table: Table, limits: Limits, starts: Sequence[Ints]) -> tuple[Found, float]:
    """Return the best choice and bound of all rounds, and the gap.

    Rounds end when the gap is small, or when tests of the pairs that decide the bound no longer reduce it.
    """
    least, chosen, multipliers, gap = float("-inf"), limits.forced, None, float("inf")
    for _ in range(ROUNDS):
        likely = table.likely
        answer = bounded(
            likely, table.possible, limits, _best(likely, limits, [limits.forced, chosen, *starts]), multipliers
        )
        chosen, least, multipliers = answer.chosen, max(least, answer.least), answer.multipliers
        before, gap = gap, _gap(likely.total(chosen), least)
        if gap <= CLOSE or gap > before - WORTH_A_ROUND:
            break
        if not table.test(chosen, np.union1d(chosen, answer.promising)):
            break
    return Found(chosen, least, 0), gap


def _without_undecided(table: Table, limits: Limits, chosen: Ints) -> tuple[Ints, int]:
    """Return the best choice as if undecided pairs did not fit, and the number of pairs tested on the way."""
    total, multipliers = 0, None
    for _ in range(ROUNDS):
        likely = table.likely
        answer = bounded(
            likely, table.unless_undecided, limits, _best(likely, limits, [limits.forced, chosen]), multipliers
        )
        chosen, multipliers = answer.chosen, answer.multipliers
        tested = table.test(chosen, np.union1d(chosen, answer.promising))
        total += tested
        if not tested:
            break
    return chosen, total


def _gap(total: float, least: float) -> float:
    return 1 - least / total if np.isfinite(total) and np.isfinite(least) and total else float("inf")


def _best(prices: Prices, limits: Limits, starts: Sequence[Ints]) -> Ints:
    made = [swap(prices, limits, greedy(prices, limits, start)) for start in starts]
    return min(made, key=lambda choice: float(prices.weighted[:, choice].min(axis=1).sum()))


@dataclass(frozen=True)
class LeastUsed:
    """A maker's minimum order as a minimum use of each new size. Sizes used too rarely are removed."""

    orders: float
    """Minimum number of orders per new size."""
    new: Flags
    """bool, (candidates,): which candidates are new."""

    def among(self, prices: Prices, limits: Limits) -> Limits:
        """Return limits without new sizes that too few orders fit; unchanged if an order needs one.

        ``prices`` are finite wherever an order is not refused, so a bound under these limits is valid.
        """
        hopeless = self.new & limits.free & (np.isfinite(prices.price).T @ prices.weight < self.orders)
        needed = np.isinf(prices.price[:, ~hopeless]).all(axis=1).any()
        return limits if needed else _without(limits, np.flatnonzero(hopeless))

    def kept_to(self, prices: Prices, limits: Limits, chosen: Ints) -> Ints:
        """Return a choice without new sizes that are used too rarely. The least used go first.

        Sizes that cannot be removed stay, and ``too_few`` lists them. The choice may lose orders that ``chosen`` takes.
        """
        barred = self.among(prices, limits)
        while few := self.too_few(prices, limits, chosen):
            out = self._to_go(prices, limits, barred, chosen, few[0])
            if out is None:
                return chosen
            barred = _without(barred, np.array([out]))
            chosen = swap(prices, barred, greedy(prices, barred, chosen[chosen != out]))
        return chosen

    def too_few(self, prices: Prices, limits: Limits, chosen: Ints) -> list[int]:
        """Return the new candidates of a choice that are used too rarely, the least used first."""
        own = prices.price[:, chosen]
        taken = np.isfinite(own.min(axis=1, initial=np.inf))
        served = np.bincount(own.argmin(axis=1)[taken], weights=prices.weight[taken], minlength=len(chosen))
        ranked = sorted(zip(served.tolist(), chosen.tolist(), strict=True))
        return [
            column for orders, column in ranked if self.new[column] and limits.free[column] and orders < self.orders
        ]

    def _to_go(self, prices: Prices, limits: Limits, barred: Limits, chosen: Ints, least_used: int) -> int | None:
        """Return the new candidate to remove, since ``least_used`` is used too rarely; None if none can be removed.

        It is ``least_used``, unless an order fits no other remaining candidate. Then it is the new candidate whose
        orders are cheapest to move.
        """
        without = _without(barred, np.array([least_used]))
        left = np.flatnonzero(~without.free | (np.array(without.most)[without.group] > 0))
        if not (np.isinf(prices.price[:, left]).all(axis=1) & np.isfinite(prices.price[:, least_used])).any():
            return least_used
        others = [
            column for column in chosen.tolist() if self.new[column] and limits.free[column] and column != least_used
        ]
        totals = [(prices.total(chosen[chosen != column]), column) for column in others]
        total, out = min(totals, default=(np.inf, -1))
        return out if np.isfinite(total) else None


def _without(limits: Limits, columns: Ints) -> Limits:
    group = limits.group.copy()
    group[columns] = len(limits.most)
    return replace(limits, group=group, most=(*limits.most, 0))
