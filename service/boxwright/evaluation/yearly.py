"""How many orders a year has: what turns the change of an order into money a year."""

import datetime
from dataclasses import dataclass

LEAST_DAYS = 28
"""Of orders of fewer days no year is worked out."""
_DAYS_A_YEAR = 365


@dataclass(frozen=True)
class Yearly:
    """Orders a year, and how that is known, in words."""

    orders: float
    basis: str


def yearly_of_dates(first: datetime.date, last: datetime.date, orders: int) -> Yearly | None:
    """Return the orders of a year like the days from a first to a last one; None for fewer than ``LEAST_DAYS``."""
    days = (last - first).days + 1
    if days < LEAST_DAYS:
        return None
    return Yearly(orders / days * _DAYS_A_YEAR, f"{orders:,} orders in the {days:,} days from {first} to {last}")
