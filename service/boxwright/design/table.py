"""All orders of a half against all candidates, with questions about pairs that matter."""

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
"""Tolerance by which a pair may exceed a multiplier and still be asked about: multipliers are inexact."""


@dataclass
class Table:
    """What is known of orders and candidates."""

    fitter: Fitter
    """Tests orders against candidates."""
    rows: list[Fits]
    """The orders to design for."""

    @property
    def likely(self) -> Prices:
        """Prices of pairs with a known layout."""
        return self._prices([np.where(row.fits, row.price, np.inf) for row in self.rows])

    @property
    def possible(self) -> Prices:
        """Least prices of pairs that are not refused."""
        return self._prices([np.where(row.possible, row.least_price, np.inf) for row in self.rows])

    @property
    def unless_open(self) -> Prices:
        """Prices of pairs with a known layout or not asked yet, as if open pairs did not fit."""
        return self._prices([np.where(row.fits | row.unasked, row.price, np.inf) for row in self.rows])

    def _prices(self, known: Sequence[Floats]) -> Prices:
        return Prices(np.array(known), np.array([float(row.weight) for row in self.rows]))

    def ask(self, chosen: Ints, columns: Ints, multipliers: Floats | None = None) -> int:
        """Ask about candidates in which an order would be cheaper than in a choice; return the number of pairs.

        Parameters
        ----------
        chosen : int64, (k,)
            A choice.
        columns : int64, (m,)
            Candidates to ask about.
        multipliers : float64, (orders,), optional
            Multipliers of a bound. Pairs up to these are asked about too, since the bound rests on them, even if the
            choice is cheaper. Default none.
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
        """Return the undecided pairs that are cheaper than the choice."""
        count = 0
        for row in self.rows:
            dearest = row.price[chosen][row.fits[chosen]].min(initial=np.inf)
            unsettled = (row.unasked | row.still_open) & (row.price < dearest)
            count += int(np.count_nonzero(unsettled | (row.open_price < dearest)))
        return count
