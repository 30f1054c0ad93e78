"""Orders in Parquet: the columns of the CSV format, typed."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from boxwright.errors import DataFileError, FieldViolation, missing_extra
from boxwright.orders.fields import KINDS
from boxwright.orders.rows import BOX_USED, Reading, header_violations, is_read, orders_of_rows
from boxwright.tabular import plain_text

_BATCH_ROWS = 4_096
_ROW_NUMBERS = re.compile(r"__index_level_\d+__")
"""Columns in which pandas keeps the labels of rows that have no name."""


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
    yield from orders_of_rows(_rows(path))


def parquet_tables(path: Path) -> Iterator[Any]:
    """Yield a Parquet file as Arrow tables, without columns that a plan does not use; errors as for `read_parquet`."""
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
            used = [name for name in columns if is_read(name)]
            for batch in file.iter_batches(batch_size=_BATCH_ROWS, columns=used):
                yield pa.Table.from_batches([batch])
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno:
            raise  # the system's: there is no such file, or it may not be read
        raise DataFileError(path.name, [FieldViolation("file", f"is not Parquet, or damaged: {error}")]) from None


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    row = 1
    for table in parquet_tables(path):
        yield from rows_of_table(table, row)
        row += table.num_rows


def rows_of_table(table: Any, first: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield number and values of each row of an Arrow table, whose first row has the number given."""
    columns = [(name, plain_text if name == BOX_USED else KINDS[name].of_typed) for name in table.column_names]
    for number, row in enumerate(table.to_pylist(), start=first):
        yield number, {name: typed(row[name]) for name, typed in columns if row[name] is not None}
