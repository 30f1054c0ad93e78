"""Reads an order from JSON, or many orders in batches, which the processes that plan them parse."""

from __future__ import annotations

import csv
import itertools
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import IO, Any

from boxwright.contract.order import order_of_json
from boxwright.domain.order import Order
from boxwright.errors import (
    MOST_VIOLATIONS,
    DataFileError,
    FieldViolation,
    InvalidInputError,
    UnsupportedError,
)
from boxwright.findings import Findings
from boxwright.orders.rows import COLUMNS, Reading, at, header_violations, is_read, orders_of_rows
from boxwright.tabular import restored

MAX_ORDER_BYTES = 16 * 2**20
"""Maximum length of an order in JSON, in bytes: 10,000 lines of over 1 kB each."""
_ROWS_AT_ONCE = 4_096
_ROW_NUMBERS = re.compile(r"__index_level_\d+__")
"""Names of columns in which pandas writes unnamed row labels."""

FEWEST, MOST = 16, 2_048
"""Numbers of orders in the first and in later batches. First batches are small, to give all workers a part of a small
file."""
_BATCHES_OF_A_SIZE = 16


@dataclass(frozen=True, slots=True)
class OrderBatch:
    """Consecutive orders of a source; picklable."""

    content: Any
    """Rows or lines of the source."""
    rows: int
    """Number of rows or lines in the content."""
    read: Callable[[Any, frozenset[str]], Iterator[Reading]]
    """Function from the content and ``repeated`` to orders or their violations."""
    repeated: frozenset[str] = frozenset()
    """Ids of orders in the content that are also in an earlier batch."""

    def readings(self) -> Iterator[Reading]:
        """Yield every order or its violations."""
        return self.read(self.content, self.repeated)


@dataclass(frozen=True, slots=True)
class ArrowRows:
    """Rows of an Arrow table with the columns of an order file; ``first_row`` is the number of the first."""

    first_row: int
    table: Any

    def __reduce__(self) -> tuple[Any, ...]:
        """Return these rows for pickling; pickling a slice of an Arrow table would copy the whole table."""
        import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow ships no type information

        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, self.table.schema) as stream:
            stream.write_table(self.table)
        return _pickled_rows, (self.first_row, sink.getvalue().to_pybytes())


def _pickled_rows(first_row: int, stream: bytes) -> ArrowRows:
    import pyarrow as pa

    return ArrowRows(first_row, pa.ipc.open_stream(stream).read_all())


def arrow_batch(first_row: int, table: Any, repeated: frozenset[str] = frozenset()) -> OrderBatch:
    """Return an Arrow table as a batch; raises DataFileError if its columns are not those of an order file."""
    if broken := header_violations(table.column_names):
        raise DataFileError("table", broken)
    return OrderBatch(ArrowRows(first_row, table), table.num_rows, _read_arrow, repeated)


def _read_arrow(content: ArrowRows, repeated: frozenset[str]) -> Iterator[Reading]:
    table = content.table.select([name for name in content.table.column_names if is_read(name)])
    rows = (
        (number, {name: cell for name, cell in row.items() if cell is not None})
        for number, row in enumerate(table.to_pylist(), start=content.first_row)
    )
    return orders_of_rows(rows, repeated)


def _read_cells(content: tuple[list[str], list[tuple[int, list[str] | str]]], repeated: frozenset[str]) -> Any:
    """Yield the orders of numbered CSV rows; an unreadable row is given as the rule that it breaks."""
    header, rows = content
    read = [(place, name) for place, name in enumerate(header) if is_read(name)]

    def cells_of(row: list[str]) -> dict[str, Any]:
        return {name: text for place, name in read if (text := restored(row[place].strip()))}

    return orders_of_rows(((number, row if isinstance(row, str) else cells_of(row)) for number, row in rows), repeated)


def _read_lines(lines: list[tuple[int, bytes]], repeated: frozenset[str]) -> Iterator[Reading]:
    seen = set(repeated)
    for number, text in lines:
        try:
            order = order_of_text(text)
            if order.order_id in seen:
                rule = f"must be unique in the file, {order.order_id!r} is repeated"
                raise InvalidInputError([FieldViolation("order_id", rule)])
        except InvalidInputError as error:
            yield tuple(at(f"line {number}", fault.field, fault.rule) for fault in error.violations)
        else:
            seen.add(order.order_id)
            yield order


def order_of_text(text: bytes) -> Order:
    """Return the order of a JSON text; raises InvalidInputError, also if the text is too long."""
    if len(text) > MAX_ORDER_BYTES:
        raise InvalidInputError([FieldViolation("", f"must be at most {MAX_ORDER_BYTES} bytes")])
    return order_of_json(text)


def _repeated(ids: Sequence[str], seen: set[int]) -> frozenset[str]:
    """Return the ids whose hashes are in ``seen``, and add the hashes of all; hashes take less memory than ids."""
    hashes = [*map(hash, ids)]
    again = frozenset(name for name, hashed in zip(ids, hashes, strict=True) if hashed in seen)
    seen.update(hashes)
    return again


def batch_size(number: int) -> int:
    """Return the number of orders in a batch, which depends only on the index of the batch, from 0."""
    return min(MOST, FEWEST << min(number // _BATCHES_OF_A_SIZE, 16))


def list_batches(orders: Iterable[Order]) -> Iterator[OrderBatch]:
    """Yield orders in batches."""
    remaining, number = iter(orders), 0
    while held := tuple(itertools.islice(remaining, batch_size(number))):
        yield OrderBatch(held, len(held), _listed)
        number += 1


def _listed(orders: tuple[Order, ...], repeated: frozenset[str]) -> Iterator[Reading]:
    return iter(orders)


def order_batches(path: Path) -> Iterator[OrderBatch]:
    """Yield batches of a ``.csv``, ``.jsonl`` or ``.parquet`` file while reading it.

    Raises DataFileError for an unreadable file or wrong columns, UnsupportedError for another suffix.
    """
    cut = _CUT.get(path.suffix.lower())
    if cut is None:
        raise UnsupportedError([FieldViolation(path.name, f"must end in one of {', '.join(_CUT)}")])
    try:
        yield from cut(path)
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(path, error) from None


def unreadable(path: Path, error: OSError | UnicodeDecodeError) -> DataFileError:
    """Return the error about a file that cannot be opened or decoded."""
    if isinstance(error, UnicodeDecodeError):
        rule = f"must be UTF-8, but byte {error.start} is not"
    else:
        rule = f"cannot be read: {os.strerror(error.errno).lower() if error.errno else error}"
    return DataFileError(path.name or str(path), [FieldViolation("file", rule)])


def _csv_batches(path: Path) -> Iterator[OrderBatch]:
    row = 1
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        try:
            header = [name.strip() for name in next(reader, [])]
            if broken := header_violations(header):
                raise DataFileError(path.name, broken)
            place, width = header.index("order_id"), len(header)
            seen, number = set[int](), 0
            held: list[tuple[int, list[str] | str]] = []
            ids: list[str] = []
            row = 2
            for this, cells in enumerate(reader, start=2):
                row = this + 1
                if not any(cells):
                    continue
                torn = "" if len(cells) == width else f"must have {width} cells, got {len(cells)}"
                name = "" if torn else restored(cells[place].strip())
                if name and (not ids or name != ids[-1]):
                    if len(ids) >= batch_size(number):
                        yield OrderBatch((header, held), len(held), _read_cells, _repeated(ids, seen))
                        held, ids, number = [], [], number + 1
                    ids.append(name)
                held.append((this, torn or cells))
        except csv.Error as error:
            raise DataFileError(path.name, [FieldViolation(f"row {row}", f"is not CSV: {error}")]) from None
        if held:
            yield OrderBatch((header, held), len(held), _read_cells, _repeated(ids, seen))


def _text_batches(path: Path) -> Iterator[OrderBatch]:
    """Yield batches of a JSON Lines file, without blank lines; reading ends at a line that is too long."""
    with path.open("rb") as file:
        seen, number = set[int](), 0
        lines = _lines(file)
        while held := list(itertools.islice(lines, batch_size(number))):
            yield OrderBatch(held, len(held), _read_lines, _repeated(_ids_of_lines(held), seen))
            number += 1


def _lines(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    for number in itertools.count(1):
        text = file.readline(MAX_ORDER_BYTES + 1)
        if text.strip():
            yield number, text
        if not text or len(text) > MAX_ORDER_BYTES:
            return


def _ids_of_lines(lines: Sequence[tuple[int, bytes]]) -> list[str]:
    ids = []
    for _, text in lines:
        try:
            content = json.loads(text)
            name = content.get("order_id", content.get("orderId"))
        except (ValueError, AttributeError, RecursionError):
            continue  # the fault is reported when the line is read
        if isinstance(name, str):
            ids.append(name)
    return ids


def _parquet_batches(path: Path) -> Iterator[OrderBatch]:
    import pyarrow as pa
    import pyarrow.parquet as pq  # type: ignore[import-untyped]  # the same

    try:
        with pq.ParquetFile(path) as file:
            columns = [name for name in file.schema_arrow.names if not _ROW_NUMBERS.fullmatch(name)]
            if broken := header_violations(columns):
                raise DataFileError(path.name, broken)
            read = file.iter_batches(batch_size=_ROWS_AT_ONCE, columns=[name for name in columns if is_read(name)])
            yield from arrow_batches(pa.Table.from_batches([rows]) for rows in read)
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno:
            raise  # an error of the system, such as a missing file
        raise DataFileError(
            path.name, [FieldViolation("file", f"is not a Parquet file, or is damaged: {error}")]
        ) from None


_CUT = {".csv": _csv_batches, ".jsonl": _text_batches, ".parquet": _parquet_batches}
ORDER_FILE_SUFFIXES = tuple(_CUT)


def arrow_batches(tables: Iterable[Any]) -> Iterator[OrderBatch]:
    """Yield batches of consecutive Arrow tables with equal columns."""
    import pyarrow as pa

    seen, number, row = set[int](), 0, 1
    rest: Any = None
    for table in tables:
        joined = table if rest is None else pa.concat_tables([rest, table])
        starts, ids = _starts(joined)
        first = 0
        while first + (size := batch_size(number)) < len(starts):
            begin, end = starts[first], starts[first + size]
            yield arrow_batch(row + begin, joined.slice(begin, end - begin), _repeated(ids[first : first + size], seen))
            first, number = first + size, number + 1
        begin = starts[first] if starts else 0
        rest, row = joined.slice(begin), row + begin
    if rest is not None and rest.num_rows:
        _, ids = _starts(rest)
        yield arrow_batch(row, rest, _repeated(ids, seen))


def _starts(table: Any) -> tuple[list[int], list[str]]:
    """Return the first rows and the ids of the orders of a table; rows without an id belong to the order above."""
    starts: list[int] = []
    ids: list[str] = []
    for index, cell in enumerate(table.column("order_id").to_pylist()):
        name = None if cell is None else str(COLUMNS["order_id"].stated(cell))
        if name is not None and (not ids or name != ids[-1]):
            starts.append(index if starts else 0)
            ids.append(name)
    return starts, ids


def read_order(path: str | PathLike[str]) -> Order:
    """Return the order of a JSON file of ``boxwright.v1.Order``; raises DataFileError with every broken rule."""
    path = Path(path)
    found = Findings(file=path.name)
    try:
        with found, path.open("rb") as file:
            return order_of_text(file.read(MAX_ORDER_BYTES + 1))
    except OSError as error:
        raise unreadable(path, error) from None
    raise found.error()


def read_orders(path: str | PathLike[str]) -> Iterator[Order]:
    """Yield the orders of a ``.csv``, ``.jsonl`` or ``.parquet`` file, in the order of the file, while reading it.

    :func:`count_orders` checks the whole file beforehand.

    Raises
    ------
    DataFileError
        At the first faulty order, with every rule that it breaks; for a file without orders; for an unreadable file.
    UnsupportedError
        For another suffix.
    """
    path = Path(path)
    reading = None
    for reading in (reading for batch in order_batches(path) for reading in batch.readings()):
        if not isinstance(reading, Order):
            raise DataFileError(path.name, reading)
        yield reading
    if reading is None:
        raise _without_orders(path)


def count_orders(path: str | PathLike[str]) -> int:
    """Check all orders of a file, and return their number.

    Raises
    ------
    DataFileError
        With every broken rule of the file, up to ``MOST_VIOLATIONS``.
    UnsupportedError
        For another suffix.
    """
    path = Path(path)
    count = 0
    broken: list[FieldViolation] = []
    for reading in (reading for batch in order_batches(path) for reading in batch.readings()):
        count += 1
        broken += () if isinstance(reading, Order) else reading
        if len(broken) > MOST_VIOLATIONS:
            break
    if broken:
        raise DataFileError(path.name, broken)
    if not count:
        raise _without_orders(path)
    return count


def _without_orders(path: Path) -> DataFileError:
    return DataFileError(path.name, [FieldViolation("file", "must hold at least one order")])


def rows_of(path: Path) -> int:
    """Return the number of rows or lines of a file without parsing them; 0 if unknown."""
    if path.suffix.lower() == ".parquet":
        try:
            import pyarrow.parquet as pq

            return int(pq.read_metadata(path).num_rows)
        except (ImportError, OSError, ValueError):
            return 0
    count = 0
    with path.open("rb") as file:
        while block := file.read(2**20):
            count += block.count(b"\n")
    return count


def first_order(batches: Iterable[OrderBatch], name: str) -> Order:
    """Return the first valid order; raises DataFileError, with the faults of orders, if none is valid."""
    broken: list[FieldViolation] = []
    for batch in batches:
        for reading in batch.readings():
            if isinstance(reading, Order):
                return reading
            broken += reading[: 100 - len(broken)]
    raise DataFileError(name, broken or [FieldViolation("file", "must hold at least one order")])


def good_orders(batches: Iterable[OrderBatch]) -> Iterator[Order]:
    """Yield the valid orders."""
    for batch in batches:
        yield from (reading for reading in batch.readings() if isinstance(reading, Order))
