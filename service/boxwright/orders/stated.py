"""What an order file says besides its orders: where they go, and what was left out of it."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from boxwright.orders.write import REMARKS
from boxwright.tabular import restored

_MOST_VALUES = 1_000
"""Values of a column that are told apart; further ones are counted together as ``others``."""


def remarks_in(path: Path) -> tuple[str, ...]:
    """Return the remarks that ``write_parquet`` left in a file; of any other file none."""
    if path.suffix.lower() != ".parquet":
        return ()
    try:
        import pyarrow.parquet as pq  # type: ignore[import-untyped]  # pyarrow ships no type information

        text = (pq.read_schema(path).metadata or {}).get(REMARKS.encode())
        found = json.loads(text) if text else []
    except (ImportError, OSError, ValueError):
        return ()  # whoever reads the orders says what is wrong with the file
    return tuple(each for each in found if isinstance(each, str)) if isinstance(found, list) else ()


def values_stated(path: Path, columns: Collection[str]) -> dict[str, Counter[str]]:
    """Return how many orders of a ``.csv`` or ``.parquet`` file say what in some columns, by column; "" is nothing.

    Columns that the file lacks are left out. An order says what its first row with a value says.
    """
    found: dict[str, Counter[str]] = {}
    previous: str | None = None
    said: dict[str, str] = {}
    for order_id, values in _rows(path, columns):
        if order_id != previous:
            _count(found, said)
            previous, said = order_id, dict.fromkeys(values, "")
        for name, value in values.items():
            said[name] = said[name] or value
    _count(found, said)
    return found


def _count(found: dict[str, Counter[str]], said: dict[str, str]) -> None:
    for name, value in said.items():
        counts = found.setdefault(name, Counter())
        counts[value if value in counts or len(counts) < _MOST_VALUES else "others"] += 1


def _rows(path: Path, columns: Collection[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the order of each row, and what it says in the columns that there are."""
    if path.suffix.lower() == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            header = next(reader, [])
            places = {name: header.index(name) for name in columns if name in header}
            if "order_id" in header and places:
                which = header.index("order_id")
                for cells in reader:
                    if len(cells) == len(header):
                        yield cells[which], {name: restored(cells[at].strip()) for name, at in places.items()}
    elif path.suffix.lower() == ".parquet":
        yield from _parquet_rows(path, columns)


def _parquet_rows(path: Path, columns: Collection[str]) -> Iterator[tuple[str, dict[str, str]]]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        present = [name for name in columns if name in file.schema_arrow.names]
        if not present or "order_id" not in file.schema_arrow.names:
            return
        for batch in file.iter_batches(columns=["order_id", *present]):
            table: dict[str, list[Any]] = batch.to_pydict()
            for index, order_id in enumerate(table["order_id"]):
                values = ((name, table[name][index]) for name in present)
                yield str(order_id), {name: "" if value is None else str(value).strip() for name, value in values}
