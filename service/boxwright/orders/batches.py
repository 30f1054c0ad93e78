"""Order files a batch at a time: cut between orders here, read into orders wherever the batch is planned."""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

import numpy as np

from boxwright.contract.order import order_of_json
from boxwright.domain.order import Order
from boxwright.errors import DataFileError, FieldViolation, InvalidInputError, UnsupportedError, missing_extra
from boxwright.orders.rows import Reading, at, header_violations, is_read, orders_of_rows
from boxwright.tabular import restored

MAX_ORDER_BYTES = 16 * 2**20
"""Longest text of one order in JSON, in bytes: ten thousand lines of over a kilobyte each."""
_ROWS_AT_ONCE = 4_096
_ROW_NUMBERS = re.compile(r"__index_level_\d+__")
"""Columns in which pandas keeps the labels of rows that have no name."""

FEWEST, MOST = 16, 2_048
"""Orders of the first batches, so that a small file is shared out too, and of later ones."""
_BATCHES_OF_A_SIZE = 16


class OrderBatch(Protocol):
    """Some orders of a source, picklable.

    Attributes
    ----------
    rows : int
        Rows, lines or orders of the source that it holds.
    """

    @property
    def rows(self) -> int:
        """See above."""
        ...

    def readings(self) -> Iterator[Reading]:
        """Yield its orders, or what is wrong with one."""
        ...


@dataclass(frozen=True, slots=True)
class ListBatch:
    """Orders at hand."""

    orders: tuple[Order, ...]

    @property
    def rows(self) -> int:
        """How many orders."""
        return len(self.orders)

    def readings(self) -> Iterator[Reading]:
        """Yield the orders."""
        yield from self.orders


@dataclass(frozen=True, slots=True)
class CsvBatch:
    """Rows of a CSV file; ``repeated`` are ids of orders that ended before."""

    header: tuple[str, ...]
    cells: list[tuple[int, list[str] | str]]
    repeated: frozenset[str] = frozenset()

    @property
    def rows(self) -> int:
        """How many rows."""
        return len(self.cells)

    def readings(self) -> Iterator[Reading]:
        """Yield the orders of the rows."""
        read = [(place, name) for place, name in enumerate(self.header) if is_read(name)]
        return orders_of_rows(((number, _values(read, cells)) for number, cells in self.cells), self.repeated)


def _values(read: Sequence[tuple[int, str]], cells: list[str] | str) -> dict[str, Any] | str:
    if isinstance(cells, str):
        return cells
    return {name: text for place, name in read if (text := restored(cells[place].strip()))}


@dataclass(frozen=True, slots=True)
class ArrowBatch:
    """Rows of an Arrow table in the columns of an order file; ``first_row`` is the number of the first.

    ``repeated`` are ids of orders that ended before.
    """

    first_row: int
    table: Any
    repeated: frozenset[str] = frozenset()

    @property
    def rows(self) -> int:
        """How many rows."""
        return int(self.table.num_rows)

    def readings(self) -> Iterator[Reading]:
        """Yield the orders of the rows."""
        table = self.table.select([name for name in self.table.column_names if is_read(name)])
        rows = (
            (number, {name: cell for name, cell in row.items() if cell is not None})
            for number, row in enumerate(table.to_pylist(), start=self.first_row)
        )
        return orders_of_rows(rows, self.repeated)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle these rows alone: an Arrow table drags along all rows of which it is a slice."""
        import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow ships no type information

        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, self.table.schema) as stream:
            stream.write_table(self.table)
        return _arrow_batch, (self.first_row, sink.getvalue().to_pybytes(), self.repeated)


def _arrow_batch(first_row: int, stream: bytes, repeated: frozenset[str]) -> ArrowBatch:
    """Return a batch that was pickled."""
    import pyarrow as pa

    return ArrowBatch(first_row, pa.ipc.open_stream(stream).read_all(), repeated)


@dataclass(frozen=True, slots=True)
class TextBatch:
    """Lines of a JSON Lines file; ``repeated`` are ids of orders that stood before."""

    lines: list[tuple[int, bytes]]
    repeated: frozenset[str] = frozenset()

    @property
    def rows(self) -> int:
        """How many lines."""
        return len(self.lines)

    def readings(self) -> Iterator[Reading]:
        """Yield the orders of the lines."""
        seen = set(self.repeated)
        for number, text in self.lines:
            where = f"line {number}"
            try:
                order = order_of_line(text)
            except InvalidInputError as error:
                yield tuple(at(where, each.field, each.rule) for each in error.violations)
                continue
            if order.order_id in seen:
                yield (at(where, "order_id", f"must be unique in the file, {order.order_id!r} repeats"),)
                continue
            seen.add(order.order_id)
            yield order


def order_of_line(text: bytes) -> Order:
    """Return the order of a text of JSON; errors as of ``order_of_json``, which a longer text is one of, too."""
    if len(text) > MAX_ORDER_BYTES:
        raise InvalidInputError([FieldViolation("", f"must be at most {MAX_ORDER_BYTES} bytes")])
    return order_of_json(text)


class _Seen:
    """Ids of orders so far, as hashes of 8 bytes each in sorted runs: little memory for many millions."""

    def __init__(self) -> None:
        self._runs: list[Any] = []

    def again(self, ids: Sequence[str]) -> frozenset[str]:
        """Return which ids were given in an earlier call, and keep all of them."""
        hashes = np.fromiter(map(hash, ids), dtype=np.int64, count=len(ids))
        ranked = np.sort(hashes)
        known = np.zeros(len(ranked), dtype=bool)
        for run in self._runs:
            # In rising order each is looked for near the one before, which stands in the processor's memory.
            places = np.minimum(np.searchsorted(run, ranked), len(run) - 1)
            known |= run[places] == ranked
        if len(ranked):
            self._runs.append(ranked)
        while len(self._runs) > 1 and len(self._runs[-2]) <= 2 * len(self._runs[-1]):
            # As a sort by merging does: each hash is copied a few times only.
            self._runs[-2:] = [np.sort(np.concatenate(self._runs[-2:]))]
        if not known.any():
            return frozenset()
        again = np.isin(hashes, ranked[known])
        return frozenset(name for name, was in zip(ids, again.tolist(), strict=True) if was)


def batch_size(number: int) -> int:
    """Return how many orders the batch of a number holds, from 0: it depends on nothing else."""
    return min(MOST, FEWEST << min(number // _BATCHES_OF_A_SIZE, 16))


def list_batches(orders: Iterable[Order]) -> Iterator[ListBatch]:
    """Yield orders in batches."""
    held: list[Order] = []
    number = 0
    for order in orders:
        held.append(order)
        if len(held) == batch_size(number):
            yield ListBatch(tuple(held))
            held, number = [], number + 1
    if held:
        yield ListBatch(tuple(held))


def order_batches(path: Path) -> Iterator[OrderBatch]:
    """Yield the orders of a ``.csv``, ``.jsonl`` or ``.parquet`` file in batches, as the file is consumed.

    Raises
    ------
    DataFileError
        For a file that cannot be read, or whose columns are wrong.
    UnsupportedError
        For another suffix, or a Parquet file without pyarrow.
    """
    cut = _CUT.get(path.suffix.lower())
    if cut is None:
        raise UnsupportedError([FieldViolation(path.name, f"must end in one of {', '.join(_CUT)}")])
    try:
        yield from cut(path)
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(path, error) from None


def unreadable(path: Path, error: OSError | UnicodeDecodeError) -> DataFileError:
    """Return the error for a file that cannot be opened or decoded."""
    if isinstance(error, UnicodeDecodeError):
        rule = f"must be UTF-8, byte {error.start} is not"
    else:
        rule = f"cannot be read: {os.strerror(error.errno).lower() if error.errno else error}"
    return DataFileError(path.name or str(path), [FieldViolation("file", rule)])


def _csv_batches(path: Path) -> Iterator[OrderBatch]:
    """Yield batches of a CSV file: commas, UTF-8 with or without a byte order mark; the header is row 1."""
    row = 1
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        try:
            header = tuple(name.strip() for name in next(reader, []))
            if broken := header_violations(header):
                raise DataFileError(path.name, broken)
            place, width = header.index("order_id"), len(header)
            seen, number = _Seen(), 0
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
                        yield CsvBatch(header, held, seen.again(ids))
                        held, ids, number = [], [], number + 1
                    ids.append(name)
                held.append((this, torn or cells))
        except csv.Error as error:
            raise DataFileError(path.name, [FieldViolation(f"row {row}", f"is not CSV: {error}")]) from None
        if held:
            yield CsvBatch(header, held, seen.again(ids))


def _text_batches(path: Path) -> Iterator[OrderBatch]:
    """Yield batches of a JSON Lines file; blank lines are skipped, and a line that is too long is the last."""
    with path.open("rb") as file:
        seen, number = _Seen(), 0
        held: list[tuple[int, bytes]] = []
        for line in _lines(file):
            held.append(line)
            if len(held) == batch_size(number):
                yield TextBatch(held, seen.again(_ids_of_lines(held)))
                held, number = [], number + 1
        if held:
            yield TextBatch(held, seen.again(_ids_of_lines(held)))


def _lines(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    number = 0
    while text := file.readline(MAX_ORDER_BYTES + 1):
        number += 1
        if text.strip():
            yield number, text
        if len(text) > MAX_ORDER_BYTES:
            return


def _ids_of_lines(lines: Sequence[tuple[int, bytes]]) -> list[str]:
    """Return the ids of the lines that have one."""
    ids = []
    for _, text in lines:
        try:
            content = json.loads(text)
            name = content.get("order_id", content.get("orderId"))
        except (ValueError, AttributeError, RecursionError):
            continue  # whoever reads the line says what is wrong with it
        if isinstance(name, str):
            ids.append(name)
    return ids


def _parquet_batches(path: Path) -> Iterator[OrderBatch]:
    """Yield batches of a Parquet file, without the columns that a plan does not use."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq  # type: ignore[import-untyped]  # the same
    except ImportError:
        raise missing_extra(path.name, "Parquet files need pyarrow", "batch") from None
    try:
        with pq.ParquetFile(path) as file:
            columns = [name for name in file.schema_arrow.names if not _ROW_NUMBERS.fullmatch(name)]
            if broken := header_violations(columns):
                raise DataFileError(path.name, broken)
            read = file.iter_batches(batch_size=_ROWS_AT_ONCE, columns=[name for name in columns if is_read(name)])
            yield from arrow_batches(pa.Table.from_batches([rows]) for rows in read)
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno:
            raise  # the system's: there is no such file, or it may not be read
        raise DataFileError(path.name, [FieldViolation("file", f"is not Parquet, or damaged: {error}")]) from None


_CUT = {".csv": _csv_batches, ".jsonl": _text_batches, ".parquet": _parquet_batches}
ORDER_FILE_SUFFIXES = tuple(_CUT)


def arrow_batches(tables: Iterable[Any]) -> Iterator[ArrowBatch]:
    """Yield the orders of Arrow tables, which follow one another and have the same columns, in batches."""
    import pyarrow as pa

    seen, number, row = _Seen(), 0, 1
    rest: Any = None
    for table in tables:
        joined = table if rest is None else pa.concat_tables([rest, table])
        starts, ids = _starts(joined)
        first = 0
        while first + (size := batch_size(number)) < len(starts):
            begin, end = starts[first], starts[first + size]
            yield ArrowBatch(row + begin, joined.slice(begin, end - begin), seen.again(ids[first : first + size]))
            first, number = first + size, number + 1
        begin = starts[first] if starts else 0
        rest, row = joined.slice(begin), row + begin
    if rest is not None and rest.num_rows:
        _, ids = _starts(rest)
        yield ArrowBatch(row, rest, seen.again(ids))


def _starts(table: Any) -> tuple[list[int], list[str]]:
    """Return the first row of each order of a table, and its id; rows without one belong to the order before."""
    starts: list[int] = []
    ids: list[str] = []
    for index, name in enumerate(table.column("order_id").to_pylist()):
        if name is not None and (not ids or str(name) != ids[-1]):
            starts.append(index if starts else 0)
            ids.append(str(name))
    return starts, ids


def rows_of(path: Path) -> int:
    """Return how many rows or lines a file has, without reading what they hold; 0 where that is not known."""
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
    """Return the first order that can be read.

    Raises
    ------
    DataFileError
        With what is wrong, if there is none.
    """
    broken: list[FieldViolation] = []
    for batch in batches:
        for reading in batch.readings():
            if isinstance(reading, Order):
                return reading
            broken += reading[: 100 - len(broken)]
    raise DataFileError(name, broken or [FieldViolation("file", "must hold at least one order")])


def good_orders(batches: Iterable[OrderBatch]) -> Iterator[Order]:
    """Yield the orders that can be read."""
    for batch in batches:
        yield from (reading for reading in batch.readings() if isinstance(reading, Order))
