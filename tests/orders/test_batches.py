"""Order files in batches: the same orders as read whole, and no order cut in two."""

import pickle
import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from boxwright.domain.order import Order
from boxwright.errors import DataFileError
from boxwright.orders import read_orders
from boxwright.orders.batches import (
    FEWEST,
    MOST,
    arrow_batch,
    arrow_batches,
    batch_size,
    first_order,
    order_batches,
    rows_of,
)
from boxwright.orders.write import write_csv, write_parquet

COLUMNS = ["order_id", "line_id", "quantity", "length_mm", "width_mm", "height_mm", "mass_g"]


def rows_of_orders(count: int) -> list[dict[str, object]]:
    """Return rows of orders of one to four lines."""
    rng = random.Random(count)
    return [
        dict(zip(COLUMNS, (f"o{order}", str(line), 1, 100.0 + order, 80.0, 60.0, 300.0), strict=True))
        for order in range(count)
        for line in range(rng.randint(1, 4))
    ]


def written(folder: Path, rows: list[dict[str, object]], kind: str) -> Path:
    """Return a file of rows."""
    path = folder / f"orders.{kind}"
    if kind == "csv":
        with path.open("w") as text:
            write_csv(rows, COLUMNS, text)
    else:
        with path.open("wb") as raw:
            write_parquet(rows, COLUMNS, raw)
    return path


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_batches_hold_the_orders_of_the_file(tmp_path: Path, kind: str) -> None:
    """Every order is whole in one batch, in the order of the file; the first batches are small."""
    rows = rows_of_orders(400)
    path = written(tmp_path, rows, kind)
    batches = list(order_batches(path))
    assert [order for batch in batches for order in batch.readings()] == list(read_orders(path))
    assert sum(batch.rows for batch in batches) == len(rows) == rows_of(path) - (kind == "csv")
    sizes = [len(list(batch.readings())) for batch in batches]
    assert sizes[:-1] == [batch_size(number) for number in range(len(sizes) - 1)]
    assert (sizes[0], batch_size(10_000)) == (FEWEST, MOST)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_an_order_that_comes_back_in_a_later_batch_is_refused(tmp_path: Path, kind: str) -> None:
    """Only that order is refused."""
    rows = rows_of_orders(300)
    again = {**rows[0], "line_id": "again"}
    path = written(tmp_path, [*rows, again], kind)
    readings = [reading for batch in order_batches(path) for reading in batch.readings()]
    (broken,) = [reading for reading in readings if not isinstance(reading, Order)]
    assert broken[0].field == f"row {len(rows) + 1 + (kind == 'csv')}, order_id"
    assert len(readings) == 301


def test_numbers_of_orders_come_back_as_the_same_order(tmp_path: Path) -> None:
    """An order number that pandas wrote as a float is the same order in every batch."""
    path = tmp_path / "orders.parquet"
    names = [float(number) for number in (*range(100), 7)]
    pq.write_table(pa.table({**dict.fromkeys(COLUMNS[1:], [1] * 101), "order_id": names}), path)
    with pytest.raises(DataFileError, match=r"row 101, order_id"):
        list(read_orders(path))


def test_lines_of_json_come_in_batches(tmp_path: Path) -> None:
    """A repeated id and an unreadable line are violations of their own line."""
    line = (
        '{"order_id": "%s", "lines": [{"line_id": "1", "quantity": 1, "mass_g": 1, "cuboid": {"dimensions":'
        ' {"length_mm": 9, "width_mm": 9, "height_mm": 9}}}]}'
    )
    path = tmp_path / "orders.jsonl"
    path.write_text("\n".join([*(line % f"o{n}" for n in range(100)), line % "o1", "{", line % "last"]))
    readings = [reading for batch in order_batches(path) for reading in batch.readings()]
    bad = [reading[0] for reading in readings if not isinstance(reading, Order)]
    assert [violation.field for violation in bad] == ["line 101, order_id", "line 102"]
    assert len(readings) == 103
    assert readings[-1].order_id == "last"


def test_tables_are_cut_between_orders() -> None:
    """Rows of an order stay together and keep their numbers, wherever tables end."""
    table = pa.Table.from_pylist(rows_of_orders(120))
    whole = [order for batch in arrow_batches([table]) for order in batch.readings()]
    pieces = [table.slice(first, 7) for first in range(0, table.num_rows, 7)]
    batches = list(arrow_batches(pieces))
    assert [order for batch in batches for order in batch.readings()] == whole
    assert [batch.content.first_row for batch in batches[1:]] == [
        1 + sum(batch.rows for batch in batches[:number]) for number in range(1, len(batches))
    ]


def test_columns_of_a_table_are_checked() -> None:
    """An unknown column is named."""
    table = pa.Table.from_pylist([{**row, "weight": 1} for row in rows_of_orders(2)])
    with pytest.raises(DataFileError, match="column 'weight'"):
        arrow_batch(1, table)


@pytest.mark.parametrize("fault", ["half", "damaged"])
def test_a_parquet_file_that_is_not_whole_is_named(tmp_path: Path, fault: str) -> None:
    """Its end may be missing, or its middle be damaged."""
    path = written(tmp_path, rows_of_orders(400), "parquet")
    content = bytearray(path.read_bytes())
    if fault == "half":
        del content[len(content) // 2 :]
    else:
        footer = int.from_bytes(content[-8:-4], "little") + 8
        content[100 : len(content) - footer] = bytes(byte ^ 0x5A for byte in content[100 : len(content) - footer])
    path.write_bytes(content)
    with pytest.raises(DataFileError, match=r"orders\.parquet: file: "):
        list(order_batches(path))


def test_the_first_order_that_can_be_read_is_found(tmp_path: Path) -> None:
    """Unreadable orders are skipped; if there is no other, the error lists their faults."""
    rows = rows_of_orders(3)
    bad = [{**row, "mass_g": -1.0} for row in rows]
    good = written(tmp_path, [*[row for row in bad if row["order_id"] == "o0"], *rows[-1:]], "csv")
    assert first_order(order_batches(good), good.name).order_id == "o2"
    with pytest.raises(DataFileError, match=r"row 2, mass_g"):
        first_order(order_batches(path := written(tmp_path, bad, "csv")), path.name)
    assert pq.read_metadata(written(tmp_path, rows, "parquet")).num_rows == len(rows)


def test_a_batch_of_arrow_is_pickled_without_the_rows_of_others() -> None:
    """A slice of an Arrow table would otherwise pickle the whole table."""
    batch = next(arrow_batches(iter([pa.Table.from_pylist(rows_of_orders(2_000))])))
    content = pickle.dumps(batch)
    assert len(content) < 10_000
    assert list(pickle.loads(content).readings()) == list(batch.readings())
    assert len(list(batch.readings())) == FEWEST
