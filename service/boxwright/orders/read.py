"""Reads orders from files: one from ``.json``, many from others."""

from collections.abc import Iterator
from os import PathLike
from pathlib import Path

from boxwright.domain.order import Order
from boxwright.errors import MOST_VIOLATIONS, DataFileError, FieldViolation
from boxwright.findings import Findings
from boxwright.orders.batches import MAX_ORDER_BYTES, order_batches, order_of_text, unreadable
from boxwright.orders.rows import Reading


def read_order(path: str | PathLike[str]) -> Order:
    """Return the order of a JSON file: ``boxwright.v1.Order``, as posted to a server.

    Raises
    ------
    DataFileError
        With every broken rule.
    """
    path = Path(path)
    found = Findings(file=path.name)
    try:
        with found, path.open("rb") as file:
            return order_of_text(file.read(MAX_ORDER_BYTES + 1))
    except OSError as error:
        raise unreadable(path, error) from None
    raise found.error()


def read_orders(path: str | PathLike[str]) -> Iterator[Order]:
    """Yield the orders of a ``.csv``, ``.jsonl`` or ``.parquet`` file, in the order of the file.

    The file is read along the way; :func:`count_orders` checks all of it beforehand.

    Raises
    ------
    DataFileError
        At the first faulty order, with every rule that it breaks; for a file without orders; for an unreadable file.
    UnsupportedError
        For another suffix.
    """
    path = Path(path)
    reading = None
    for reading in _readings(path):
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
    for reading in _readings(path):
        count += 1
        broken += () if isinstance(reading, Order) else reading
        if len(broken) > MOST_VIOLATIONS:
            break
    if broken:
        raise DataFileError(path.name, broken)
    if not count:
        raise _without_orders(path)
    return count


def _readings(path: Path) -> Iterator[Reading]:
    return (reading for batch in order_batches(path) for reading in batch.readings())


def _without_orders(path: Path) -> DataFileError:
    return DataFileError(path.name, [FieldViolation("file", "must hold at least one order")])
