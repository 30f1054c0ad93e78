"""Ship dates of orders, from the extra column of an order file that has them."""

import datetime
from os import PathLike
from pathlib import Path

from boxwright.findings import Findings
from boxwright.tabular import Torn, open_table, plain_text

DATE_COLUMN = "extra_ship_date"
"""What ``convert_orders`` calls the ship date."""
_SUFFIXES = (".csv", ".parquet")


def ship_dates(path: str | PathLike[str], column: str = DATE_COLUMN) -> dict[str, datetime.date]:
    """Return the date of each order of a ``.csv`` or ``.parquet`` file; of other files, or without the column, none.

    A date begins with ``YYYY-MM-DD``. An order without a date in the row of its first line has none.

    Raises
    ------
    DataFileError
        Naming each row whose date cannot be read.
    """
    path = Path(path)
    if path.suffix.lower() not in _SUFFIXES:
        return {}
    table = open_table(path)
    if column not in table.header or "order_id" not in table.header:
        return {}
    which, dated = table.header.index("order_id"), table.header.index(column)
    faults = Findings(file=path.name)
    found: dict[str, datetime.date] = {}
    for number, row in table.rows:
        if isinstance(row, Torn) or row[dated] is None:
            continue
        text = row[dated].isoformat() if isinstance(row[dated], datetime.date) else plain_text(row[dated])
        try:
            day = datetime.date.fromisoformat(text.strip()[:10])
        except ValueError:
            faults.row(number).add(column, f"must begin with a date as 2026-11-30, got {text!r:.40}")
            continue
        found.setdefault(plain_text(row[which]), day)
    faults.raise_any()
    return found
