"""Orders in Parquet: the columns of the CSV format, typed."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from boxwright.errors import DataFileError, FieldViolation, UnsupportedError
from boxwright.orders.rows import AMOUNTS, Reading, amounts_of_text, header_violations, orders_of_rows

_BATCH_ROWS = 4_096


def read_parquet(path: Path) -> Iterator[Reading]:
    """Yield the orders of a Parquet file; a null is an absent value, and rows count from 1.

    Raises
    ------
    UnsupportedError
        If pyarrow is not installed.
    DataFileError
        If the file as a whole cannot be read: format, columns.
    """
    try:
        import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow ships no type information
        import pyarrow.parquet as pq  # type: ignore[import-untyped]  # the same
    except ImportError:
        rule = "Parquet files need pyarrow, which is not installed; run: pip install 'boxwright[batch]'"
        raise UnsupportedError([FieldViolation(path.name, rule)]) from None
    try:
        with pq.ParquetFile(path) as file:
            if broken := header_violations(file.schema_arrow.names):
                raise DataFileError(path.name, broken)
            yield from orders_of_rows(_rows(file))
    except pa.ArrowException as error:
        raise DataFileError(path.name, [FieldViolation("file", f"is not Parquet: {error}")]) from None


def _rows(file: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield number and values of each row, a batch at a time."""
    number = 0
    for batch in file.iter_batches(batch_size=_BATCH_ROWS):
        for row in batch.to_pylist():
            number += 1
            yield number, {name: _value(name, value) for name, value in row.items() if value is not None}


def _value(name: str, value: Any) -> Any:
    """Return a cell as JSON would hold it."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if name == "orientations" and isinstance(value, str):
        return value.split()
    if name in AMOUNTS:
        return _amounts(value)
    return value


def _amounts(value: Any) -> Any:
    """Return the numbers by property of a text or a map; pyarrow gives a map as pairs, a struct as a dict."""
    if isinstance(value, str):
        return amounts_of_text(value)
    if isinstance(value, list) and all(isinstance(each, tuple) for each in value):
        return dict(value) if len(dict(value)) == len(value) else value
    if isinstance(value, dict):
        return {name: amount for name, amount in value.items() if amount is not None}
    return value
