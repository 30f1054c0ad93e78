"""Orders in Parquet: the columns of the CSV format, typed."""

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from boxwright.errors import DataFileError, FieldViolation, missing_extra
from boxwright.orders.rows import (
    AMOUNTS,
    EXTRA,
    TEXTS,
    WHOLE,
    Reading,
    amounts_of_text,
    header_violations,
    orders_of_rows,
)

_BATCH_ROWS = 4_096
_ROW_NUMBERS = re.compile(r"__index_level_\d+__")
"""Columns in which pandas keeps the labels of rows that have no name."""
_EXACT = 2**53
"""Below it every whole number has a float of its own."""


def read_parquet(path: Path) -> Iterator[Reading]:
    """Yield the orders of a Parquet file; a null is an absent value, and rows count from 1.

    Columns may have the types that data frames give them: a column of texts that looks like whole numbers is one of
    numbers, and one of whole numbers that lacks some is one of floats. Labels of rows that have no name are left out.

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
        raise missing_extra(path.name, "Parquet files need pyarrow", "batch") from None
    try:
        with pq.ParquetFile(path) as file:
            columns = [name for name in file.schema_arrow.names if not _ROW_NUMBERS.fullmatch(name)]
            if broken := header_violations(columns):
                raise DataFileError(path.name, broken)
            yield from orders_of_rows(_rows(file, [name for name in columns if not name.startswith(EXTRA)]))
    except pa.ArrowException as error:
        raise DataFileError(path.name, [FieldViolation("file", f"is not Parquet: {error}")]) from None


def _rows(file: Any, columns: list[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield number and values of each row, a batch at a time."""
    number = 0
    for batch in file.iter_batches(batch_size=_BATCH_ROWS, columns=columns):
        for row in batch.to_pylist():
            number += 1
            yield number, {name: typed_value(name, value) for name, value in row.items() if value is not None}


def typed_value(name: str, value: Any) -> Any:
    """Return a cell as JSON would hold it."""
    if isinstance(value, Decimal):
        value = int(value) if value == value.to_integral_value() else float(value)
    if name in TEXTS or name in WHOLE:
        whole = _whole(value)
        return value if whole is None else str(whole) if name in TEXTS else whole
    if name == "orientations" and isinstance(value, str):
        return value.split()
    if name in AMOUNTS:
        return _amounts(value)
    return value


def _whole(value: Any) -> int | None:
    """Return the whole number that a number is; None for all others, and for floats that may stand for another one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float) and not (value.is_integer() and abs(value) < _EXACT):
        return None
    return int(value)


def _amounts(value: Any) -> Any:
    """Return the numbers by property of a text or a map; pyarrow gives a map as pairs, a struct as a dict."""
    if isinstance(value, str):
        return amounts_of_text(value)
    if isinstance(value, list) and all(isinstance(each, tuple) for each in value):
        return dict(value) if len(dict(value)) == len(value) else value
    if isinstance(value, dict):
        return {name: amount for name, amount in value.items() if amount is not None}
    return value
