"""How many orders a year has: what turns the change of an order into money a year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from boxwright.orders import DateSpan

LEAST_DAYS = 28
"""Of orders of fewer days no year is worked out."""
LEAST_DATED = 0.95
"""Share of the orders that have to have a date for a year to be worked out: our own rule."""
_DAYS_A_YEAR = 365


@dataclass(frozen=True)
class Yearly:
    """Orders a year, and how that is known, in words."""

    orders: float
    basis: str

    @property
    def sentence(self) -> str:
        """Say how many orders a year is taken to have, and what becomes of those without a comparison."""
        orders = f"{self.orders:,.0f} orders ({self.basis})"
        return f"A year is taken to have {orders}; orders that were not compared count as unchanged."


def yearly_of_dates(span: DateSpan) -> Yearly | None:
    """Return the orders of a year like the days of a file.

    None for fewer days than ``LEAST_DAYS``, or where fewer orders than ``LEAST_DATED`` have a date. Orders without a
    date count like the others.
    """
    days = (span.last - span.first).days + 1
    if days < LEAST_DAYS or span.dated < LEAST_DATED * span.orders:
        return None
    within = span.within / span.dated * span.orders
    basis = f"{within:,.0f} orders in the {days:,} days from {span.first} to {span.last}"
    if outside := span.dated - span.within:
        basis += f", {outside:,} with earlier or later dates aside"
    return Yearly(within / days * _DAYS_A_YEAR, basis)
