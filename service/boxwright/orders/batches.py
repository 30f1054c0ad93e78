"""Order files a batch at a time: cut between orders here, read into orders wherever the batch is planned."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from boxwright.domain.order import Order
from boxwright.errors import DataFileError, FieldViolation, UnsupportedError
from boxwright.orders.csv_file import csv_header, read_cells
from boxwright.orders.jsonl_file import read_lines, readings_of_lines
from boxwright.orders.parquet_file import parquet_tables, rows_of_table
from boxwright.orders.read import ORDER_FILE_SUFFIXES, unreadable
from boxwright.orders.rows import Reading, orders_of_rows, values_of_cells
from boxwright.tabular import restored

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
        rows = (
            (number, cells if isinstance(cells, str) else values_of_cells(self.header, cells))
            for number, cells in self.cells
        )
        return orders_of_rows(rows, self.repeated)


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
        return orders_of_rows(rows_of_table(self.table, self.first_row), self.repeated)

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

    lines: list[tuple[int, str]]
    repeated: frozenset[str] = frozenset()

    @property
    def rows(self) -> int:
        """How many lines."""
        return len(self.lines)

    def readings(self) -> Iterator[Reading]:
        """Yield the orders of the lines."""
        return readings_of_lines(self.lines, self.repeated)


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
    makers = {".csv": _csv_batches, ".jsonl": _text_batches, ".parquet": _parquet_batches}
    if (maker := makers.get(path.suffix.lower())) is None:
        known = ", ".join(ORDER_FILE_SUFFIXES)
        raise UnsupportedError([FieldViolation(path.name, f"must end in one of {known}")])
    try:
        yield from maker(path)
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(path, error) from None


def _csv_batches(path: Path) -> Iterator[OrderBatch]:
    """Yield batches of a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        header = tuple(csv_header(path, reader))
        place = header.index("order_id")
        seen, number = _Seen(), 0
        held: list[tuple[int, list[str] | str]] = []
        ids: list[str] = []
        for row, cells in read_cells(path, reader, len(header)):
            name = restored(cells[place].strip()) if isinstance(cells, list) else ""
            if name and (not ids or name != ids[-1]):
                if len(ids) >= batch_size(number):
                    yield CsvBatch(header, held, seen.again(ids))
                    held, ids, number = [], [], number + 1
                ids.append(name)
            held.append((row, cells))
        if held:
            yield CsvBatch(header, held, seen.again(ids))


def _text_batches(path: Path) -> Iterator[OrderBatch]:
    """Yield batches of a JSON Lines file."""
    with path.open(encoding="utf-8-sig", newline="\n") as file:
        seen, number = _Seen(), 0
        held: list[tuple[int, str]] = []
        for line in read_lines(file):
            held.append(line)
            if len(held) == batch_size(number):
                yield TextBatch(held, seen.again(_ids_of_lines(held)))
                held, number = [], number + 1
        if held:
            yield TextBatch(held, seen.again(_ids_of_lines(held)))


def _ids_of_lines(lines: Sequence[tuple[int, str]]) -> list[str]:
    """Return the ids of the lines that have one."""
    ids = []
    for _, text in lines:
        try:
            name = json.loads(text)["order_id"]
        except (ValueError, TypeError, KeyError, RecursionError):
            continue  # whoever reads the line says what is wrong with it
        if isinstance(name, str):
            ids.append(name)
    return ids


def _parquet_batches(path: Path) -> Iterator[OrderBatch]:
    """Yield batches of a Parquet file."""
    yield from arrow_batches(parquet_tables(path))


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
            import pyarrow.parquet as pq  # type: ignore[import-untyped]  # the same

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
