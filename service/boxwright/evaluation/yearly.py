"""The number of orders a year, which turns a change per order into one per year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from boxwright.orders import DateSpan

LEAST_DAYS = 28
"""Fewest days from which a year is extrapolated."""
LEAST_DATED = 0.95
"""Least share of orders with a date for a year to be extrapolated: our own rule."""
_DAYS_A_YEAR = 365


@dataclass(frozen=True)
class Yearly:
    """Orders a year, and the source of that number in words."""

    orders: float
    basis: str

    @property
    def sentence(self) -> str:
        """The number of orders a year in a sentence, and how uncompared orders count."""
        orders = f"{self.orders:,.0f} orders ({self.basis})"
        return f"A year is taken to have {orders}; orders that were not compared count as unchanged."


def yearly_of_dates(span: DateSpan) -> Yearly | None:
    """Return the orders of a year, extrapolated from the days of a file.

    None for fewer days than ``LEAST_DAYS``, or a smaller share of dated orders than ``LEAST_DATED``. Orders without a
    date count too.
    """
    days = (span.last - span.first).days + 1
    if days < LEAST_DAYS or span.dated < LEAST_DATED * span.orders:
        return None
    within = span.within / span.dated * span.orders
    basis = f"{within:,.0f} orders in the {days:,} days from {span.first} to {span.last}"
    if outside := span.dated - span.within:
        basis += f", {outside:,} with earlier or later dates aside"
    return Yearly(within / days * _DAYS_A_YEAR, basis)
