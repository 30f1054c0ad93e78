"""Ship dates of orders, from the extra column of an order file that has them."""

import datetime
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from boxwright.findings import Findings
from boxwright.tabular import Torn, open_table, plain_text

DATE_COLUMN = "extra_ship_date"
"""What ``convert_orders`` calls the ship date."""
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
"""Where dots stand between them the day comes first everywhere; with slashes it depends on the country."""
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_LAST_MONTH = 12
_SETTLED_BY = 20
"""Dates with slashes, of those in which one number is no month, that settle which number is the day: our own rule."""
_SUFFIXES = (".csv", ".parquet")
MOST_UNREAD = 0.05
"""Share of the rows with a date up to which dates that cannot be read are slips, and count as none: our own rule."""
_FAR = 100
"""One dated order in so many, at either end, may be far off: our own rule."""


class DayOrder:
    """Which number of a date such as 03/04/2026 is the day: dates of the same column settle it that have one above 12.

    Attributes
    ----------
    settled : bool
        Whether enough was seen: later dates change nothing.
    day_first : bool or None
        Whether the day comes first; None where no date says so, or more than 5 % of them say otherwise (an own rule).
    """

    def __init__(self) -> None:
        self.settled = False
        self.day_first: bool | None = None
        self._firsts = self._seconds = 0

    def look(self, cell: Any) -> bool:
        """Look at a cell, unless enough was seen; return whether it is a date with slashes."""
        slashed = _SLASHED.match(cell.strip()) if isinstance(cell, str) else None
        if slashed is None:
            return False
        first, second = (int(each) > _LAST_MONTH for each in slashed.groups()[:2])
        if first != second and not self.settled:
            self._firsts += first
            self._seconds += second
            said = self._firsts + self._seconds
            agreed = min(self._firsts, self._seconds) <= MOST_UNREAD * said
            self.day_first = self._firsts > self._seconds if agreed else None
            self.settled = agreed and said >= _SETTLED_BY
        return True


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
    """The days of the orders of a file, the few far ones aside.

    Attributes
    ----------
    first, last : date
        The days with 1 % of the dated orders before and after them; of fewer than 100 dated orders the first and last.
    within, dated, orders : int
        Orders on these days and between; orders with a date; all orders of the file.
    """

    first: datetime.date
    last: datetime.date
    within: int
    dated: int
    orders: int


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
    if path.suffix.lower() not in _SUFFIXES:
        return
    table = open_table(path)
    if column not in table.header or "order_id" not in table.header:
        return
    which, dated = table.header.index("order_id"), table.header.index(column)
    day_first = _day_first(row[dated] for _, row in open_table(path).rows if not isinstance(row, Torn))
    for number, row in table.rows:
        if not isinstance(row, Torn):
            yield number, plain_text(row[which]), None if row[dated] is None else day_of(row[dated], day_first)


def _day_first(cells: Iterable[Any]) -> bool | None:
    """Return whether the day comes first in dates with slashes, if they say so; looks at no more cells than needed."""
    order, slashed, others = DayOrder(), 0, 0
    for cell in cells:
        if cell is not None:
            is_slashed = order.look(cell)
            slashed, others = slashed + is_slashed, others + (not is_slashed)
        if order.settled or (others >= _SETTLED_BY and not slashed):
            break
    return order.day_first


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
