"""Orders in CSV: a header, then one row per order line."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from boxwright.errors import DataFileError, FieldViolation
from boxwright.orders.rows import Reading, header_violations, orders_of_rows, values_of_cells


def read_csv(path: Path) -> Iterator[Reading]:
    """Yield the orders of a CSV file.

    Comma-separated UTF-8, with or without a byte order mark; decimal point; an empty cell is an absent value.
    The header is row 1, as a spreadsheet shows it.

    Raises
    ------
    DataFileError
        If the file as a whole cannot be read: encoding, header, quoting.
    """
    yield from orders_of_rows(_rows(path))


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Yield number and values, or the rule broken, of each row that is not blank."""
    number = 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = [name.strip() for name in next(reader, [])]
            if broken := header_violations(header):
                raise DataFileError(path.name, broken)
            for number, cells in enumerate(reader, start=2):
                if not any(cells):
                    continue
                if len(cells) != len(header):
                    yield number, f"must have {len(header)} cells, got {len(cells)}"
                else:
                    yield number, values_of_cells(header, cells)
    except csv.Error as error:
        violation = FieldViolation(f"row {number + 1}", f"is not CSV: {error}")
        raise DataFileError(path.name, [violation]) from None
