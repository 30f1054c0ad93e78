"""Ship dates of orders, from the extra column of an order file that has them."""

import datetime
import re
from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import Any

from boxwright.findings import Findings
from boxwright.tabular import Torn, open_table, plain_text

DATE_COLUMN = "extra_ship_date"
"""What ``convert_orders`` calls the ship date."""
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
"""Where dots stand between them the day comes first everywhere; with slashes it depends on the country."""
_SUFFIXES = (".csv", ".parquet")


def ship_dates(path: str | PathLike[str], column: str = DATE_COLUMN) -> dict[str, datetime.date]:
    """Return the date of each order of a ``.csv`` or ``.parquet`` file; of other files, or without the column, none.

    A date begins with ``YYYY-MM-DD`` or ``DD.MM.YYYY``. An order without a date in the row of its first line has none.

    Raises
    ------
    DataFileError
        Naming each row whose date cannot be read.
    """
    path = Path(path)
    faults = Findings(file=path.name)
    found: dict[str, datetime.date] = {}
    for number, order_id, day in _rows(path, column):
        if isinstance(day, str):
            faults.row(number).add(column, f"must begin with a date as 2026-11-30 or 30.11.2026, got {day!r:.40}")
        else:
            found.setdefault(order_id, day)
    faults.raise_any()
    return found


def date_span(path: str | PathLike[str], column: str = DATE_COLUMN) -> tuple[datetime.date, datetime.date, int] | None:
    """Return the first and the last date of a file and how many orders have one; None without any.

    Rows of an order stand together, so that nothing is held. Dates that cannot be read are not counted.
    """
    first = last = None
    count, previous = 0, None
    for _, order_id, day in _rows(Path(path), column):
        if isinstance(day, str) or order_id == previous:
            continue
        previous, count = order_id, count + 1
        first = day if first is None else min(first, day)
        last = day if last is None else max(last, day)
    return None if first is None or last is None else (first, last, count)


def _rows(path: Path, column: str) -> Iterator[tuple[int, str, datetime.date | str]]:
    """Yield number, order and date of each row that has one; a text that is no date as it is."""
    if path.suffix.lower() not in _SUFFIXES:
        return
    table = open_table(path)
    if column not in table.header or "order_id" not in table.header:
        return
    which, dated = table.header.index("order_id"), table.header.index(column)
    for number, row in table.rows:
        if not isinstance(row, Torn) and row[dated] is not None:
            yield number, plain_text(row[which]), _day(row[dated])


def _day(cell: Any) -> datetime.date | str:
    if isinstance(cell, datetime.date):
        cell = cell.isoformat()
    text = plain_text(cell).strip()
    if with_dots := _DOTTED.match(text):
        day, month, year = with_dots.groups()
        text = f"{year}-{month:0>2}-{day:0>2}"
    try:
        return datetime.date.fromisoformat(text[:10])
    except ValueError:
        return text
