"""Reads ship dates, other extra columns, and remarks on rejected orders from an order file."""

import csv
import datetime
import json
import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from boxwright.findings import Findings
from boxwright.orders.rows import COLUMNS
from boxwright.tabular import plain_text, restored

REMARKS = b"boxwright_remarks"
"""Key, in the metadata of a Parquet file, of remarks on its orders."""
_MOST_VALUES = 1_000
"""Maximum number of values counted per column; the rest count as ``others``."""
DATE_COLUMN = "extra_ship_date"
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
"""A date with dots, where the day comes first; with slashes, that depends on the country."""
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_LAST_MONTH = 12
MOST_UNREAD = 0.05
"""Maximum share of unreadable dates that count as missing: the maintainers' rule."""
_FAR = 100
"""Number of dated orders per order that may be an outlier at either end: the maintainers' rule."""


def remarks_in(path: Path) -> tuple[str, ...]:
    """Return the remarks written by ``write_parquet``; empty for other files."""
    if path.suffix.lower() != ".parquet":
        return ()
    try:
        import pyarrow.parquet as pq  # type: ignore[import-untyped]  # pyarrow ships no type information

        found = json.loads((pq.read_schema(path).metadata or {}).get(REMARKS, "[]"))
    except (ImportError, OSError, ValueError):
        return ()  # the fault is reported when orders are read
    return tuple(remark for remark in found if isinstance(remark, str)) if isinstance(found, list) else ()


def extra_cells(path: Path, columns: Collection[str]) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Yield row number, order id and the cells of ``columns`` for each row of a ``.csv`` or ``.parquet`` file.

    Missing columns are left out, and an empty cell is None. Unreadable rows are left out, since they are refused when
    orders are read.
    """
    suffix = path.suffix.lower()
    if suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            header = [name.strip() for name in next(reader, [])]
            places = {name: header.index(name) for name in ("order_id", *columns) if name in header}
            if "order_id" in places and len(places) > 1:
                for number, row in enumerate(reader, start=2):
                    if len(row) == len(header):
                        cells = {name: restored(row[place].strip()) or None for name, place in places.items()}
                        yield number, cells.pop("order_id") or "", cells
    elif suffix == ".parquet":
        import pyarrow.parquet as pq

        with pq.ParquetFile(path) as file:
            present = [name for name in ("order_id", *columns) if name in file.schema_arrow.names]
            if "order_id" in present and len(present) > 1:
                rows = (row for batch in file.iter_batches(columns=present) for row in batch.to_pylist())
                for number, row in enumerate(rows, start=1):
                    yield number, COLUMNS["order_id"].stated(row.pop("order_id")), row


def values_stated(path: Path, columns: Collection[str]) -> dict[str, Counter[str]]:
    """Return, by column and value, the number of orders in a ``.csv`` or ``.parquet`` file; "" stands for no value.

    Missing columns are left out. The first row of an order with a value counts.
    """
    found: dict[str, Counter[str]] = {}
    previous: str | None = None
    values: dict[str, str] = {}

    def count() -> None:
        for name, value in values.items():
            counts = found.setdefault(name, Counter())
            counts[value if value in counts or len(counts) < _MOST_VALUES else "others"] += 1

    for _, order_id, cells in extra_cells(path, columns):
        if order_id != previous:
            count()
            previous, values = order_id, dict.fromkeys(cells, "")
        for name, cell in cells.items():
            values[name] = values[name] or ("" if cell is None else str(cell).strip())
    count()
    return found


class DayOrder:
    """Finds the order of day and month in a column of dates such as 03/04/2026, from dates with a number above 12."""

    def __init__(self) -> None:
        self._first = self._second = 0

    def look(self, cell: Any) -> None:
        """Add a cell of the column."""
        if isinstance(cell, str) and (slashed := _SLASHED.match(cell.strip())):
            first, second = (int(number) > _LAST_MONTH for number in slashed.groups()[:2])
            self._first += first and not second
            self._second += second and not first

    @property
    def day_first(self) -> bool | None:
        """True if the day comes first; None if no date shows the order, or over 5 % of the dates contradict it."""
        fewer, more = sorted((self._first, self._second))
        return self._first > self._second if more and fewer <= MOST_UNREAD * (fewer + more) else None


def ship_dates(path: str | PathLike[str], column: str = DATE_COLUMN) -> dict[str, datetime.date]:
    """Return, by order id, the dates in a column of a ``.csv`` or ``.parquet`` file; none without the column.

    A date begins with ``YYYY-MM-DD`` or ``DD.MM.YYYY``, or has slashes (see ``DayOrder``). Orders without a readable
    date are left out.

    Raises
    ------
    DataFileError
        With the rows of unreadable dates, if more than 5 % of the dates are unreadable (the maintainers' rule): the
        column then has another format.
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
            faults.row(number).add(column, f"must begin with a date such as 2026-11-30 or 30.11.2026, got {day!r:.40}")
        else:
            found.setdefault(order_id, day)
    if unread > MOST_UNREAD * stated:
        faults.raise_any()
    return found


@dataclass(frozen=True)
class DateSpan:
    """First and last day of the orders of a file, without outliers."""

    first: datetime.date
    last: datetime.date
    """Last day. At either end 1 % of the dated orders are outliers, none if fewer than 100 orders are dated."""
    within: int
    dated: int
    orders: int
    """Numbers of orders within these days, of orders with a date, and of all orders."""


def date_span(path: str | PathLike[str], column: str = DATE_COLUMN) -> DateSpan | None:
    """Return the days of the orders of a file, whose rows must be adjacent; None without dates.

    Unreadable dates count as missing.
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
    total, before, near = days.total(), 0, []
    far = total // _FAR
    for day in sorted(days):
        if before + days[day] > far and before < total - far:
            near.append(day)
        before += days[day]
    return near


def _rows(path: Path, column: str) -> Iterator[tuple[int, str, datetime.date | str | None]]:
    """Yield row number, order id and date of each row; an unreadable date stays text."""
    order = DayOrder()
    for _, _, cells in extra_cells(path, [column]):
        order.look(cells[column])
    for number, order_id, cells in extra_cells(path, [column]):
        yield number, order_id, None if cells[column] is None else day_of(cells[column], order.day_first)


def day_of(cell: Any, day_first: bool | None = None) -> datetime.date | str:
    """Return the date at the start of a cell, or the text of the cell if there is none.

    ``day_first`` states whether the day comes first in dates with slashes; if it is None, they stay text.
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
