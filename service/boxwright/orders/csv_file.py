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
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        header = csv_header(path, reader)
        for number, cells in read_cells(path, reader, len(header)):
            yield number, cells if isinstance(cells, str) else values_of_cells(header, cells)


def csv_header(path: Path, reader: Iterator[list[str]]) -> list[str]:
    """Return the header of a CSV file that is an order file; raise DataFileError for another."""
    try:
        header = [name.strip() for name in next(reader, [])]
    except csv.Error as error:
        raise _torn(path, 1, error) from None
    if broken := header_violations(header):
        raise DataFileError(path.name, broken)
    return header


def read_cells(path: Path, reader: Iterator[list[str]], width: int) -> Iterator[tuple[int, list[str] | str]]:
    """Yield number and cells, or the rule broken, of each row that is not blank; raise DataFileError for no CSV."""
    number = 1
    try:
        for number, cells in enumerate(reader, start=2):
            if any(cells):
                yield number, cells if len(cells) == width else f"must have {width} cells, got {len(cells)}"
    except csv.Error as error:
        raise _torn(path, number + 1, error) from None


def _torn(path: Path, row: int, error: csv.Error) -> DataFileError:
    return DataFileError(path.name, [FieldViolation(f"row {row}", f"is not CSV: {error}")])
