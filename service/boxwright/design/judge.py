"""What designs make of orders, against what today's catalog makes of them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from boxwright.design.result import ByPrices, Figures
from boxwright.evaluation.bootstrap import relative_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from boxwright.design.choice import Flags
    from boxwright.design.fitting import Fits
    from boxwright.packing.problem import Floats, Ints


_STANDARD_ERRORS = 1.96
"""Standard errors on either side of a mean that hold it with 95 % confidence."""


def figures(rows: Sequence[Fits], chosen: Ints, today: Ints | None) -> Figures:
    """Return the figures of a choice on orders.

    Parameters
    ----------
    rows : sequence of Fits
        The orders.
    chosen, today : int64 (k,), int64 (t,) or None
        Candidates of the design, and of today's catalog where there is one.
    """
    weight = np.array([each.weight for each in rows], dtype=np.int64)
    possible = np.array([bool(each.fits.any()) for each in rows], dtype=np.bool_)
    return compared(weight, possible, least(rows, chosen), None if today is None else least(rows, today))


def compared(weight: Ints, possible: Flags, with_design: Floats, with_today: Floats | None) -> Figures:
    """Return the figures of what orders cost, infinity where they go into no box.

    Parameters
    ----------
    weight, possible : int64 (n,), bool (n,)
        How many each order stands for; whether any candidate takes it.
    with_design, with_today : float64 (n,), float64 (n,) or None
        What an order costs with the design, and with today's catalog where there is one.
    """
    fits = np.isfinite(with_design)
    if with_today is None:
        lost = int(weight[possible & ~fits].sum())
        neither = int(weight[~fits].sum()) - lost
        own = np.repeat(with_design[fits], weight[fits])
        return Figures(len(own), float(own.sum()), lost=lost, neither=neither, error=_error(own))
    was = np.isfinite(with_today)
    both = fits & was
    first, second = (np.repeat(each[both], weight[both]) for each in (with_today, with_design))
    return Figures(
        int(weight[both].sum()),
        float(second.sum()),
        float(first.sum()),
        int(weight[was & ~fits].sum()),
        int(weight[fits & ~was].sum()),
        int(weight[~fits & ~was].sum()),
        relative_interval([int(each) for each in first], [int(each) for each in second]),
        _error(second),
    )


def _error(prices: Floats) -> float | None:
    """Return half the width of the 95 % interval of a mean as a share of it; None where that cannot be said."""
    if len(prices) < 2 or not prices.sum():
        return None
    return _STANDARD_ERRORS * float(prices.std(ddof=1)) / math.sqrt(len(prices)) / float(prices.mean())


def cut_to_size(
    weight: Ints, cut: Floats, with_designs: Sequence[Floats], with_today: Floats | None
) -> tuple[Figures, list[float]]:
    """Return what boxes cut to size make of the orders that all take, and what each design makes of the same orders.

    Parameters
    ----------
    weight, cut : int64 (n,), float64 (n,)
        How many each order stands for; what it costs in a box of its own, infinity where none may be made.
    with_designs, with_today : sequence of float64 (n,), float64 (n,) or None
        What an order costs with each design, and with today's catalog where there is one.
    """
    others = np.all(
        [np.isfinite(each) for each in (*with_designs, *([] if with_today is None else [with_today]))], axis=0
    )
    same = others & np.isfinite(cut)
    today = None if with_today is None else with_today[same]
    made = compared(weight[same], np.ones(int(same.sum()), dtype=np.bool_), cut[same], today)
    lost = int(weight[others & ~same].sum())
    return replace(made, lost=lost), [float(each[same] @ weight[same]) for each in with_designs]


def by_prices(rows: Sequence[Fits], chosen: Ints, today: Ints, new: Flags, extra: Floats) -> ByPrices | None:
    """Return which part of a change in money comes from prices; None where no box of today's in question has one.

    Parameters
    ----------
    rows : sequence of Fits
        The orders.
    chosen, today : int64 (k,), int64 (t,)
        Candidates of the design, and of today's catalog.
    new : bool, (candidates,)
        Which candidates are new.
    extra : float64, (candidates,)
        By how much each costs more as a new box, in minor units: infinity where only its own price is known, nan
        where that is not.
    """
    total, orders, unknown = 0.0, 0, 0
    for row in rows:
        price = np.where(row.fits, row.price, np.inf)
        with_design, with_today = chosen[price[chosen].argmin()], today[price[today].argmin()]
        more = extra[with_today]
        if not np.isfinite(price[[with_design, with_today]]).all() or not new[with_design] or np.isnan(more):
            continue
        if np.isinf(more):
            unknown += row.weight
        else:
            total, orders = total + float(more) * row.weight, orders + row.weight
    return ByPrices(total, orders, unknown) if orders or unknown else None


def served(rows: Sequence[Fits], columns: Ints) -> Ints:
    """Return how many orders have each of some candidates as the one in which they cost least, int64 (k,)."""
    counts = np.zeros(len(columns), dtype=np.int64)
    for row in rows:
        price = np.where(row.fits[columns], row.price[columns], np.inf)
        if np.isfinite(price).any():
            counts[price.argmin()] += row.weight
    return counts


def least(rows: Sequence[Fits], columns: Ints) -> Floats:
    """Return what each order costs in the cheapest of some candidates, infinity where it goes into none."""
    found = np.full(len(rows), np.inf)
    for index, row in enumerate(rows):
        fits = row.fits[columns]
        if fits.any():
            found[index] = row.price[columns][fits].min()
    return found
