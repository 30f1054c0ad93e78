"""The choice of sizes for each number of them, with its bound; pairs that matter to it are asked of the engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from boxwright.design.bound import bounded
from boxwright.design.median import greedy, swap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from boxwright.design.choice import Prices, Room
    from boxwright.design.progress import Counting
    from boxwright.design.table import Table
    from boxwright.packing.problem import Ints

ROUNDS = 5
"""Times that a choice is made at most, with what was asked after the one before."""
CLOSE = 0.01
"""Gap at which nothing more is asked."""


@dataclass(frozen=True)
class Found:
    """A choice of candidates.

    Attributes
    ----------
    chosen : int64, (k,)
        The candidates, ascending.
    least : float
        No choice has a lower total; -infinity where nothing is known.
    undecided : int
        Pairs that the bound counts as fitting and nobody knows.
    """

    chosen: Ints
    least: float
    undecided: int


def search(table: Table, rooms: Sequence[Room], count: Counting) -> list[Found]:
    """Return a choice for each room, the rooms rising in size.

    Parameters
    ----------
    table : Table
        Orders and candidates; it learns what is asked.
    rooms : sequence of Room
        What may be chosen.
    count : callable
        Shows progress.
    """
    found: list[Found] = []
    with count("Choosing sizes", len(rooms), "designs") as done:
        for room in rooms:
            smaller = found[-1].chosen if found and np.isin(room.forced, found[-1].chosen).all() else None
            found.append(_one(table, room, smaller))
            done(1)
    return [Found(each.chosen, each.least, table.undecided(each.chosen)) for each in found]


def _one(table: Table, room: Room, smaller: Ints | None) -> Found:
    """Return the best choice found and its bound, of all rounds."""
    least, chosen = float("-inf"), room.forced
    for left in range(ROUNDS, 0, -1):
        likely, possible = table.likely, table.possible
        chosen = _best(likely, room, [room.forced, chosen, *([] if smaller is None else [smaller])])
        answer = bounded(likely, possible, room, chosen)
        chosen, least = answer.chosen, max(least, answer.least)
        close = least >= (1 - CLOSE) * likely.total(chosen)
        if left == 1 or close or not table.ask(chosen, np.union1d(chosen, answer.promising)):
            break
    return Found(chosen, least, 0)


def _best(prices: Prices, room: Room, starts: Sequence[Ints]) -> Ints:
    """Return the best of greedy and swap from several beginnings."""
    made = [swap(prices, room, greedy(prices, room, each)) for each in starts]
    return min(made, key=lambda each: float(prices.weighted[:, each].min(axis=1).sum()))
