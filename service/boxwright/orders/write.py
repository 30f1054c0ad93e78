"""Order files from rows: CSV and Parquet that the readers of this room take."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, BinaryIO, TextIO

from boxwright.errors import FieldViolation, UnsupportedError
from boxwright.orders.fields import LINE_FIELDS
from boxwright.orders.rows import AMOUNTS, WHOLE

_NUMERIC = frozenset(field.name for field in LINE_FIELDS if field.numeric)
_BATCH_ROWS = 65_536


def write_csv(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], file: TextIO) -> None:
    """Write an order file in CSV: UTF-8, commas, decimal points, an empty cell where there is nothing."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_text(name, row.get(name)) for name in columns] for row in rows)


def write_parquet(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], file: BinaryIO) -> None:
    """Write an order file in Parquet.

    Raises
    ------
    UnsupportedError
        If pyarrow is not installed.
    """
    try:
        import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow ships no type information
        import pyarrow.parquet as pq  # type: ignore[import-untyped]  # the same
    except ImportError:
        rule = "Parquet files need pyarrow, which is not installed; run: pip install 'boxwright[batch]'"
        raise UnsupportedError([FieldViolation("out", rule)]) from None
    schema = pa.schema([(name, _type(pa, name)) for name in columns])
    with pq.ParquetWriter(file, schema) as writer:
        for start in range(0, len(rows), _BATCH_ROWS):
            part = rows[start : start + _BATCH_ROWS]
            arrays = [pa.array([_typed(name, row.get(name)) for row in part], _type(pa, name)) for name in columns]
            writer.write_table(pa.table(arrays, schema=schema))


def _text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name == "orientations":
        return " ".join(value)
    if name in AMOUNTS:
        return ";".join(f"{key}={amount}" for key, amount in value.items())
    return json.dumps(value) if isinstance(value, bool) else str(value)


def _typed(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _NUMERIC:
        return int(value) if name in WHOLE else float(value)
    return value if name == "ships_in_own_container" else _text(name, value)


def _type(pa: Any, name: str) -> Any:
    if name in WHOLE:
        return pa.int64()
    if name in _NUMERIC:
        return pa.float64()
    return pa.bool_() if name == "ships_in_own_container" else pa.string()
