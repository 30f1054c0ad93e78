"""Ship dates of orders, from the extra column of an order file that has them."""

import datetime
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from boxwright.findings import Findings
from boxwright.orders.extra import extra_cells
from boxwright.tabular import plain_text

DATE_COLUMN = "extra_ship_date"
"""What ``convert_orders`` calls the ship date."""
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
"""Where dots stand between them the day comes first everywhere; with slashes it depends on the country."""
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_LAST_MONTH = 12
MOST_UNREAD = 0.05
"""Share of the rows with a date up to which dates that cannot be read are slips, and count as none: our own rule."""
_FAR = 100
"""One dated order in so many, at either end, may be far off: our own rule."""


class DayOrder:
    """Which number of a date such as 03/04/2026 is the day: dates of the same column tell that have one above 12."""

    def __init__(self) -> None:
        self._first = self._second = 0

    def look(self, cell: Any) -> None:
        """Look at a cell of the column."""
        if isinstance(cell, str) and (slashed := _SLASHED.match(cell.strip())):
            first, second = (int(number) > _LAST_MONTH for number in slashed.groups()[:2])
            self._first += first and not second
            self._second += second and not first

    @property
    def day_first(self) -> bool | None:
        """Whether the day comes first; None where no date says so, or more than 5 % say otherwise (an own rule)."""
        fewer, more = sorted((self._first, self._second))
        return self._first > self._second if more and fewer <= MOST_UNREAD * (fewer + more) else None


def ship_dates(path: str | PathLike[str], column: str = DATE_COLUMN) -> dict[str, datetime.date]:
    """Return the date of each order of a ``.csv`` or ``.parquet`` file; of other files, or without the column, none.

    A date begins with ``YYYY-MM-DD`` or ``DD.MM.YYYY``, or has slashes as ``DayOrder`` settles it for the column. An
    order without a date that can be read has none.

    Raises
    ------
    DataFileError
        Naming rows whose date cannot be read, where these are more than 5 % of the dated ones (an own rule): the column
        is then written in another way.
    """
    path = Path(path)
    faults = Findings(file=path.name)
    found: dict[str, datetime.date] = {}
    stated = unread = 0
    for number, order_id, day in _rows(path, column):
        if day is None:
            continue
        stated += 1
        if isinstance(day, str):
            unread += 1
            faults.row(number).add(column, f"must begin with a date as 2026-11-30 or 30.11.2026, got {day!r:.40}")
        else:
            found.setdefault(order_id, day)
    if unread > MOST_UNREAD * stated:
        faults.raise_any()
    return found


@dataclass(frozen=True)
class DateSpan:
    """The days of the orders of a file, the few far ones aside."""

    first: datetime.date
    last: datetime.date
    """The days with 1 % of the dated orders before and after them; of fewer than 100 dated orders the first and
    last."""
    within: int
    dated: int
    orders: int
    """Orders on these days and between; orders with a date; all orders of the file."""


def date_span(path: str | PathLike[str], column: str = DATE_COLUMN) -> DateSpan | None:
    """Return the days of the orders of a file; None where no order has a date.

    Rows of an order stand together, so that only a count for each day is held. A date that cannot be read is none.
    """
    days: Counter[datetime.date] = Counter()
    orders, previous, dated = 0, None, None
    for _, order_id, day in _rows(Path(path), column):
        if order_id != previous:
            previous, orders = order_id, orders + 1
        if order_id != dated and isinstance(day, datetime.date):
            dated = order_id
            days[day] += 1
    if not days:
        return None
    near = _near(days)
    return DateSpan(near[0], near[-1], sum(days[day] for day in near), days.total(), orders)


def _near(days: Counter[datetime.date]) -> list[datetime.date]:
    """Return the days of all orders but 1 % at either end, ascending."""
    total, before, near = days.total(), 0, []
    far = total // _FAR
    for day in sorted(days):
        if before + days[day] > far and before < total - far:
            near.append(day)
        before += days[day]
    return near


def _rows(path: Path, column: str) -> Iterator[tuple[int, str, datetime.date | str | None]]:
    """Yield number, order and date of each row; a text that is no date as it is."""
    order = DayOrder()
    for _, _, cells in extra_cells(path, [column]):
        order.look(cells[column])
    for number, order_id, cells in extra_cells(path, [column]):
        yield number, order_id, None if cells[column] is None else day_of(cells[column], order.day_first)


def day_of(cell: Any, day_first: bool | None = None) -> datetime.date | str:
    """Return the day that a cell begins with; a text that is no date as it is read.

    ``day_first`` says whether the day comes first in a date with slashes; without it, such a text is no date.
    """
    if isinstance(cell, datetime.date):
        cell = cell.isoformat()
    text = plain_text(cell).strip()
    if with_dots := _DOTTED.match(text):
        day, month, year = with_dots.groups()
        text = f"{year}-{month:0>2}-{day:0>2}"
    elif day_first is not None and (slashed := _SLASHED.match(text)):
        one, other, year = slashed.groups()
        day, month = (one, other) if day_first else (other, one)
        text = f"{year}-{month:0>2}-{day:0>2}"
    try:
        return datetime.date.fromisoformat(text[:10])
    except ValueError:
        return text
