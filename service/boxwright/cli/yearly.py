"""How many orders a year has: as asked, else by the dates of the file."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from boxwright.cli.failures import refusal

if TYPE_CHECKING:
    from boxwright.evaluation import Yearly

OPTION = click.option(
    "--orders-per-year",
    type=float,
    metavar="N",
    help="For figures of a year.  [default: by the ship dates of the orders, if 95 % have one and they span four"
    " weeks]",
)


def take_orders_per_year(given: dict[str, Any]) -> float | None:
    """Take the option out of a command's parameters.

    Raises
    ------
    InvalidInputError
        If it is no number above 0.
    """
    per_year: float | None = given.pop("orders_per_year")
    if per_year is not None and not (per_year > 0 and math.isfinite(per_year)):
        raise refusal("--orders-per-year", f"must be a finite number above 0, got {per_year:g}")
    return per_year


def yearly_of(orders_file: Path, orders_per_year: float | None, column: str | None = None) -> Yearly | None:
    """Return how many orders a year has; None where neither the option nor the dates of a column say so.

    Parameters
    ----------
    orders_file, orders_per_year : Path, float or None
        The orders; the option.
    column : str, optional
        Column of dates. Default that of ship dates.
    """
    from boxwright.evaluation import Yearly, yearly_of_dates
    from boxwright.orders import DATE_COLUMN, date_span

    if orders_per_year is not None:
        return Yearly(orders_per_year, "as stated")
    span = date_span(orders_file, column or DATE_COLUMN)
    return None if span is None else yearly_of_dates(span)
