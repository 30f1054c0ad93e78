"""Order files from rows: CSV and Parquet that the readers of this room take."""

import csv
import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, BinaryIO, TextIO

from boxwright.errors import missing_extra
from boxwright.orders.fields import KINDS
from boxwright.orders.kinds import TEXT, CellKind
from boxwright.tabular import neutral

_BATCH_ROWS = 65_536
REMARKS = "boxwright_remarks"
"""Key of the metadata of a Parquet file under which remarks on its orders stand."""


def write_csv(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], file: TextIO) -> None:
    """Write an order file in CSV: UTF-8, commas, decimal points, an empty cell where there is nothing.

    A text that a spreadsheet program would take for a formula has an apostrophe before it, which reading takes away.
    """
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        values = ((name, row.get(name)) for name in columns)
        writer.writerow(["" if value is None else _cell(name, value) for name, value in values])


def write_parquet(
    rows: Iterable[Mapping[str, Any]], columns: Sequence[str], file: BinaryIO, remarks: Sequence[str] = ()
) -> None:
    """Write an order file in Parquet; ``remarks`` are what :func:`boxwright.orders.stated.remarks_in` finds there.

    Raises
    ------
    UnsupportedError
        If pyarrow is not installed.
    """
    try:
        import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow ships no type information
        import pyarrow.parquet as pq  # type: ignore[import-untyped]  # the same
    except ImportError:
        raise missing_extra("out", "Parquet files need pyarrow", "batch") from None
    schema = pa.schema([(name, pa.type_for_alias(_kind(name).arrow)) for name in columns])
    if remarks:
        schema = schema.with_metadata({REMARKS: json.dumps([*remarks])})
    with pq.ParquetWriter(file, schema) as writer:
        remaining = iter(rows)
        while part := list(itertools.islice(remaining, _BATCH_ROWS)):
            writer.write_table(pa.table([_array(pa, each, part) for each in schema], schema=schema))


def _cell(name: str, value: Any) -> str:
    text = _kind(name).to_text(value)
    return text if isinstance(value, int | float) else neutral(text)


def _kind(name: str) -> CellKind:
    return KINDS.get(name, TEXT)


def _array(pa: Any, column: Any, rows: Sequence[Mapping[str, Any]]) -> Any:
    """Return a column of rows as Arrow holds it."""
    to_arrow = _kind(column.name).to_arrow
    values = (row.get(column.name) for row in rows)
    return pa.array([None if value is None else to_arrow(value) for value in values], column.type)
