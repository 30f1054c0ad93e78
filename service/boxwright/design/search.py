"""The choice of sizes for each number of them, with its bound; pairs that matter to it are asked of the engine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from boxwright.design.bound import Bounded, bounded
from boxwright.design.linear import relaxed
from boxwright.design.median import greedy, swap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from boxwright.design.choice import Flags, Limits, Prices
    from boxwright.design.table import Table
    from boxwright.design.work import Counting
    from boxwright.packing.problem import Ints

ROUNDS = 25
"""Times that a choice is made at most, with what was asked after the one before."""
WORTH_A_ROUND = 5e-4
"""Share by which a round has to close the gap for another one of its kind to follow."""
WORTH_A_PROGRAM = 0.02
"""Gap above which the best multipliers are found by a linear program, once steps close it no further."""
_FEW_STEPS = 30
"""Steps from multipliers that a linear program found: they are the best ones, but for what swaps make of them."""
CLOSE = 0.01
"""Gap at which nothing more is asked."""


@dataclass(frozen=True)
class Found:
    """A choice of candidates."""

    chosen: Ints
    """int64, (k,): the candidates, ascending."""
    least: float
    """No choice has a lower total; -infinity where nothing is known."""
    undecided: int
    """Pairs that the bound counts as fitting and nobody knows."""
    too_few: tuple[int, ...] = ()
    """New candidates that serve fewer orders than they should. Default none."""


def search(
    table: Table, sets_of_limits: Sequence[Limits], count: Counting, used: LeastUsed | None = None
) -> list[Found]:
    """Return a choice within each of some limits, which rise in size.

    Parameters
    ----------
    table : Table
        Orders and candidates; it learns what is asked.
    sets_of_limits : sequence of Limits
        What may be chosen.
    count : callable
        Shows progress.
    used : LeastUsed, optional
        How many orders each new size has to serve. Default none. The bound knows which sizes too few orders go into at
        all, not how a choice parts the orders.
    """
    found: list[Found] = []
    with count("Choosing sizes", len(sets_of_limits), "designs") as done:
        for whole in sets_of_limits:
            limits = whole if used is None else used.among(table.possible, whole)
            smaller = found[-1].chosen if found and np.isin(limits.forced, found[-1].chosen).all() else None
            one = _one(table, limits, smaller)
            if used is not None:
                chosen = used.kept_to(table.likely, limits, one.chosen)
                one = replace(one, chosen=chosen, too_few=tuple(used.too_few(table.likely, limits, chosen)))
            found.append(one)
            done(1)
    return [replace(choice, undecided=table.undecided(choice.chosen)) for choice in found]


def _one(table: Table, limits: Limits, smaller: Ints | None) -> Found:
    """Return the best choice found and its bound.

    Where the bound stays far, it may rest on pairs that the engine left open. More questions do not settle these; a
    better choice may be among the pairs that nobody asked. So these are asked as if what is open did not fit.
    """
    found, gap = _rounds(table, limits, [] if smaller is None else [smaller])
    if gap > WORTH_A_PROGRAM:
        better, asked = _without_open(table, limits, found.chosen)
        if asked:
            again, _ = _rounds(table, limits, [better])
            found = replace(again, least=max(found.least, again.least))
    return found


def _rounds(table: Table, limits: Limits, starts: Sequence[Ints]) -> tuple[Found, float]:
    """Return the best choice found and its bound, of all rounds, and the gap between the two.

    They end when the bound is close, or when questions about the pairs that it rests on close it no further. A linear
    program serves an order in parts by several candidates, and some of them cost more than the choice: so the engine is
    asked about all pairs up to its multipliers.
    """
    least, chosen, multipliers, gap, linear = float("-inf"), limits.forced, None, float("inf"), False
    for left in range(ROUNDS, 0, -1):
        likely, possible = table.likely, table.possible
        chosen = _best(likely, limits, [limits.forced, chosen, *starts])
        answer = bounded(likely, possible, limits, chosen, multipliers)
        promising = answer.promising
        if linear and answer.multipliers is not None:
            answer, promising = _by_program(likely, possible, limits, answer)
        chosen, least, multipliers = answer.chosen, max(least, answer.least), answer.multipliers
        before, gap = gap, _gap(likely.total(chosen), least)
        if left == 1 or gap <= CLOSE:
            break
        asked = table.ask(chosen, np.union1d(chosen, promising), multipliers if linear else None)
        if not asked or gap > before - WORTH_A_ROUND:
            if linear or gap <= WORTH_A_PROGRAM:
                break
            linear, gap = True, float("inf")
    return Found(chosen, least, 0), gap


def _without_open(table: Table, limits: Limits, chosen: Ints) -> tuple[Ints, int]:
    """Return a choice after asking of the pairs that a better one rests on if nothing open fits, and of how many."""
    total, multipliers = 0, None
    for _ in range(ROUNDS):
        likely, hoped = table.likely, table.unless_open
        answer = bounded(likely, hoped, limits, _best(likely, limits, [limits.forced, chosen]), multipliers)
        promising = answer.promising
        if answer.multipliers is not None and _gap(likely.total(answer.chosen), answer.least) > CLOSE:
            answer, promising = _by_program(likely, hoped, limits, answer)
        chosen, multipliers = answer.chosen, answer.multipliers
        asked = table.ask(chosen, np.union1d(chosen, promising))
        total += asked
        if not asked:
            break
    return chosen, total


def _gap(total: float, least: float) -> float:
    """Return how far a total may be from the best one, as a share of it; infinity where nothing is known."""
    return 1 - least / total if np.isfinite(total) and np.isfinite(least) and total else float("inf")


def _by_program(likely: Prices, possible: Prices, limits: Limits, answer: Bounded) -> tuple[Bounded, Ints]:
    """Return the bound at the multipliers of the linear program, and the candidates that it takes in part."""
    assert answer.multipliers is not None
    found = relaxed(possible, limits, answer.multipliers)
    if found is None:
        return answer, answer.promising
    better = bounded(likely, possible, limits, answer.chosen, found.multipliers, _FEW_STEPS)
    return (better if better.least >= answer.least else answer), np.union1d(answer.promising, found.taken)


def _best(prices: Prices, limits: Limits, starts: Sequence[Ints]) -> Ints:
    """Return the best of greedy and swap from several beginnings."""
    made = [swap(prices, limits, greedy(prices, limits, start)) for start in starts]
    return min(made, key=lambda choice: float(prices.weighted[:, choice].min(axis=1).sum()))


@dataclass(frozen=True)
class LeastUsed:
    """How often each new size has to be used: a maker's minimum order. Those that too few orders use make way."""

    orders: float
    """Orders that each new size has to serve at least."""
    new: Flags
    """bool, (candidates,): which candidates are new."""

    def among(self, prices: Prices, limits: Limits) -> Limits:
        """Return limits without new sizes that too few orders go into; the limits as they are where an order needs one.

        ``prices`` are finite wherever an order is not refused, so that a bound within them is one on all that is left.
        """
        hopeless = self.new & limits.free & (np.isfinite(prices.price).T @ prices.weight < self.orders)
        needed = np.isinf(prices.price[:, ~hopeless]).all(axis=1).any()
        return limits if needed else _without(limits, np.flatnonzero(hopeless))

    def kept_to(self, prices: Prices, limits: Limits, chosen: Ints) -> Ints:
        """Return a choice without new sizes that too few orders use; the least used goes first, and others may come.

        Where nothing can make way, some stay: ``too_few`` has them. The choice may lose orders that ``chosen`` takes.
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
        """Return the new candidates of a choice that too few orders use, the least used first."""
        own = prices.price[:, chosen]
        taken = np.isfinite(own.min(axis=1, initial=np.inf))
        served = np.bincount(own.argmin(axis=1)[taken], weights=prices.weight[taken], minlength=len(chosen))
        ranked = sorted(zip(served.tolist(), chosen.tolist(), strict=True))
        return [
            column for orders, column in ranked if self.new[column] and limits.free[column] and orders < self.orders
        ]

    def _to_go(self, prices: Prices, limits: Limits, barred: Limits, chosen: Ints, least_used: int) -> int | None:
        """Return the candidate that makes way for one that too few orders use: itself, or one whose orders it can take.

        Where an order goes into no other candidate that is left, it is the other one, of the new ones that whose orders
        pay least for it; None where there is none.
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
    """Return limits in which some more candidates are of a group of which none may be taken."""
    group = limits.group.copy()
    group[columns] = len(limits.most)
    return replace(limits, group=group, most=(*limits.most, 0))
