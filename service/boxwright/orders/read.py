"""Order files by their suffix."""

import os
from collections.abc import Callable, Iterator
from os import PathLike
from pathlib import Path

from boxwright.domain.order import Order
from boxwright.errors import MOST_VIOLATIONS, DataFileError, FieldViolation, UnsupportedError
from boxwright.findings import Findings
from boxwright.orders.csv_file import read_csv
from boxwright.orders.from_dict import order_from_dict
from boxwright.orders.json_text import parse_json
from boxwright.orders.jsonl_file import MAX_ORDER_BYTES, read_jsonl
from boxwright.orders.parquet_file import read_parquet
from boxwright.orders.rows import Reading

_READERS: dict[str, Callable[[Path], Iterator[Reading]]] = {
    ".csv": read_csv,
    ".jsonl": read_jsonl,
    ".parquet": read_parquet,
}
ORDER_FILE_SUFFIXES = tuple(_READERS)


def read_order(path: str | PathLike[str]) -> Order:
    """Return the order of a JSON file.

    Raises
    ------
    DataFileError
        With every broken rule.
    """
    path = Path(path)
    found = Findings(file=path.name)
    try:
        with path.open("rb") as file:
            content = file.read(MAX_ORDER_BYTES + 1)
        if len(content) > MAX_ORDER_BYTES:
            found.add("file", f"must be at most {MAX_ORDER_BYTES} bytes")
        else:
            with found:
                return order_from_dict(parse_json(content.decode("utf-8-sig")))
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(path, error) from None
    raise found.error()


def read_orders(path: str | PathLike[str]) -> Iterator[Order]:
    """Yield the orders of a ``.csv``, ``.jsonl`` or ``.parquet`` file, in the order of the file.

    The file is read as it is consumed; :func:`count_orders` checks all of it beforehand.

    Raises
    ------
    DataFileError
        At the first order that breaks rules, with every rule that it breaks; for a file without orders; for a
        file that cannot be read.
    UnsupportedError
        For a Parquet file without pyarrow.
    """
    path = Path(path)
    empty = True
    for reading in _readings(path):
        if not isinstance(reading, Order):
            raise DataFileError(path.name, reading)
        empty = False
        yield reading
    if empty:
        raise DataFileError(path.name, [FieldViolation("file", "must hold at least one order")])


def count_orders(path: str | PathLike[str]) -> int:
    """Return how many orders a file holds, having checked each of them.

    Raises
    ------
    DataFileError
        With every broken rule of the file, up to ``MOST_VIOLATIONS``.
    UnsupportedError
        For a Parquet file without pyarrow.
    """
    path = Path(path)
    count = 0
    violations: list[FieldViolation] = []
    for reading in _readings(path):
        count += 1
        if not isinstance(reading, Order):
            violations += reading
        if len(violations) > MOST_VIOLATIONS:
            break
    if not count:
        violations.append(FieldViolation("file", "must hold at least one order"))
    if violations:
        raise DataFileError(path.name, violations)
    return count


def _readings(path: Path) -> Iterator[Reading]:
    """Yield what the reader of the file's suffix finds."""
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(ORDER_FILE_SUFFIXES)
        raise UnsupportedError([FieldViolation(path.name, f"must end in one of {known}")])
    try:
        yield from reader(path)
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(path, error) from None


def unreadable(path: Path, error: OSError | UnicodeDecodeError) -> DataFileError:
    """Return the error for a file that cannot be opened or decoded."""
    if isinstance(error, UnicodeDecodeError):
        rule = f"must be UTF-8, byte {error.start} is not"
    else:
        rule = f"cannot be read: {os.strerror(error.errno).lower() if error.errno else error}"
    return DataFileError(path.name or str(path), [FieldViolation("file", rule)])
