"""All orders of a half against all candidates, and the asking of pairs that matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from boxwright.design.choice import Prices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from boxwright.design.fitting import Fits, Fitter
    from boxwright.packing.problem import Floats, Ints

_ABOUT = 0.01
"""Share by which a pair may cost more than a multiplier and still be asked about: multipliers are not exact."""


@dataclass
class Table:
    """What is known of orders and candidates."""

    fitter: Fitter
    """Puts orders to candidates."""
    rows: list[Fits]
    """The orders that a design is judged by."""

    @property
    def likely(self) -> Prices:
        """Prices where a layout is known."""
        return self._prices([np.where(row.fits, row.price, np.inf) for row in self.rows])

    @property
    def possible(self) -> Prices:
        """Least prices where the order is not refused."""
        return self._prices([np.where(row.possible, row.least_price, np.inf) for row in self.rows])

    @property
    def unless_open(self) -> Prices:
        """Prices where a layout is known or nobody asked: as if nothing fitted that the engine left open."""
        return self._prices([np.where(row.fits | row.unasked, row.price, np.inf) for row in self.rows])

    def _prices(self, known: Sequence[Floats]) -> Prices:
        return Prices(np.array(known), np.array([float(row.weight) for row in self.rows]))

    def ask(self, chosen: Ints, columns: Ints, multipliers: Floats | None = None) -> int:
        """Ask of candidates where an order would be cheaper than in a choice; return of how many pairs.

        Parameters
        ----------
        chosen : int64, (k,)
            A choice.
        columns : int64, (m,)
            Candidates to ask of.
        multipliers : float64, (orders,), optional
            Those of a bound: it rests on pairs that cost no more than these, so they are asked about too, although the
            choice has a cheaper one. Default none.
        """
        asked = 0
        for index, row in enumerate(self.rows):
            dearest = row.price[chosen][row.fits[chosen]].min(initial=np.inf)
            if multipliers is not None:
                dearest = max(dearest, multipliers[index] / row.weight * (1 + _ABOUT))
            which = [column for column in columns.tolist() if row.unasked[column] and row.price[column] < dearest]
            if which:
                asked += self.fitter.ask(row, sorted(which, key=lambda column: float(row.price[column])))
        return asked

    def undecided(self, chosen: Ints) -> int:
        """Return the pairs of an order and a candidate that are not settled and cheaper than the choice."""
        count = 0
        for row in self.rows:
            dearest = row.price[chosen][row.fits[chosen]].min(initial=np.inf)
            unsettled = (row.unasked | row.still_open) & (row.price < dearest)
            count += int(np.count_nonzero(unsettled | (row.open_price < dearest)))
        return count
