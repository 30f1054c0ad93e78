"""Content of an order file besides orders: extra columns, and remarks on dropped data."""

import csv
import json
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from boxwright.orders.rows import COLUMNS
from boxwright.tabular import restored

REMARKS = b"boxwright_remarks"
"""Metadata key of a Parquet file for remarks on its orders."""
_MOST_VALUES = 1_000
"""Most values counted per column; the rest counts as ``others``."""


def remarks_in(path: Path) -> tuple[str, ...]:
    """Return the remarks written by ``write_parquet``; empty for other files."""
    if path.suffix.lower() != ".parquet":
        return ()
    try:
        import pyarrow.parquet as pq  # type: ignore[import-untyped]  # pyarrow ships no type information

        found = json.loads((pq.read_schema(path).metadata or {}).get(REMARKS, "[]"))
    except (ImportError, OSError, ValueError):
        return ()  # the reader of the orders reports the fault
    return tuple(remark for remark in found if isinstance(remark, str)) if isinstance(found, list) else ()


def extra_cells(path: Path, columns: Collection[str]) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Yield row number, order and the existing ones of some columns for each row of a ``.csv`` or ``.parquet`` file.

    An empty cell is None. Unreadable rows are left out: the reader of the orders refuses them.
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
    """Return the number of orders by value for some columns of a ``.csv`` or ``.parquet`` file; "" is no value.

    Missing columns are left out. The first row of an order with a value counts.
    """
    found: dict[str, Counter[str]] = {}
    previous: str | None = None
    said: dict[str, str] = {}

    def count() -> None:
        for name, value in said.items():
            counts = found.setdefault(name, Counter())
            counts[value if value in counts or len(counts) < _MOST_VALUES else "others"] += 1

    for _, order_id, cells in extra_cells(path, columns):
        if order_id != previous:
            count()
            previous, said = order_id, dict.fromkeys(cells, "")
        for name, cell in cells.items():
            said[name] = said[name] or ("" if cell is None else str(cell).strip())
    count()
    return found
