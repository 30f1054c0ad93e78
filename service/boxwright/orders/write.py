"""Writes orders as rows of CSV and Parquet order files."""

import csv
import datetime
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO, TextIO

from boxwright.contract.columns import row_of
from boxwright.domain.order import Order
from boxwright.orders.extra import DATE_COLUMN, REMARKS
from boxwright.orders.rows import BOX_USED, COLUMNS
from boxwright.tabular import neutral

_BATCH_ROWS = 65_536
SHIPPED_COLUMNS = (*COLUMNS, BOX_USED, DATE_COLUMN)
"""Columns of shipped orders."""


def shipped_rows(order: Order, day: datetime.date) -> Iterator[dict[str, Any]]:
    """Yield the rows of a shipped order with its boxes and ship date; a row holds the present cells by column."""
    extra = {BOX_USED: ";".join(order.boxes_used)} if order.boxes_used else {}
    for item in order.lines:
        yield {"order_id": order.order_id, **row_of(item), **extra, DATE_COLUMN: day.isoformat()}


def write_csv(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], file: TextIO) -> None:
    """Write a CSV order file, with commas, decimal points, and empty cells for absent values.

    A text that a spreadsheet would run as a formula gets a leading apostrophe, which readers remove.
    """
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_csv_cell(row.get(name)) for name in columns])


def write_parquet(
    rows: Iterable[Mapping[str, Any]], columns: Sequence[str], file: BinaryIO, remarks: Sequence[str] = ()
) -> None:
    """Write a Parquet order file; :func:`boxwright.orders.extra.remarks_in` reads ``remarks`` back."""
    import pyarrow as pa  # type: ignore[import-untyped]  # no type information; loaded where it is needed
    import pyarrow.parquet as pq  # type: ignore[import-untyped]  # the same

    kinds = {name: COLUMNS[name].arrow if name in COLUMNS else "string" for name in columns}
    schema = pa.schema([(name, pa.type_for_alias(kind)) for name, kind in kinds.items()])
    if remarks:
        schema = schema.with_metadata({REMARKS: json.dumps([*remarks])})
    with pq.ParquetWriter(file, schema) as writer:
        remaining = iter(rows)
        while part := list(itertools.islice(remaining, _BATCH_ROWS)):
            cells = {
                name: [_text(row.get(name)) if kind == "string" else row.get(name) for row in part]
                for name, kind in kinds.items()
            }
            writer.write_table(pa.table(cells, schema=schema))


def _csv_cell(cell: Any) -> Any:
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() else cell
    return cell if type(cell) is int else neutral(_text(cell) or "")


def _text(cell: Any) -> str | None:
    """Return a cell as text: lists with spaces, named numbers as ``a=1;b=2.5``; None for None."""
    if isinstance(cell, bool):
        return json.dumps(cell)
    if isinstance(cell, dict):
        return ";".join(f"{name}={number}" for name, number in cell.items())
    if isinstance(cell, list | tuple):
        return " ".join(cell)
    return None if cell is None else str(cell)
