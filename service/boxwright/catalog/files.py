"""Reads CSV tables, TOML documents and data folders; faults are noted by row and column."""

import csv
import hashlib
import io
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from boxwright.catalog.columns import Columns, columns_of, note_repeats, read_fields, read_noun, stated, unknown
from boxwright.findings import Findings
from boxwright.regular_file import read_regular

MOST_BYTES = 64 << 20
"""Maximum size of a file of a catalog or data folder, in bytes."""


@dataclass(frozen=True, slots=True)
class Record:
    """A row of a table."""

    row: int
    """Number in a spreadsheet, where the header is row 1."""
    values: dict[str, Any]
    """Values by field."""
    unread: frozenset[str] = frozenset()
    """Columns whose cells could not be read."""


def read_text(path: Path, faults: Findings) -> str | None:
    """Return the text of a regular UTF-8 file without its byte-order mark, or None after noting a fault."""
    try:
        content = read_regular(path, MOST_BYTES)
    except OSError as error:
        faults.add("file", f"cannot be read: {error.strerror or error}, got {str(path)!r}")
        return None
    try:
        decoded = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        faults.add(f"row {line}", f"must be UTF-8, got byte 0x{content[error.start]:02x}")
        return None
    if not decoded.strip():
        faults.add("file", "must not be empty")
        return None
    return decoded


def read_rows(content: str, faults: Findings) -> list[tuple[int, list[str]]]:
    """Return the numbers and stripped cells of the rows of a CSV text that are not blank."""
    rows = []
    reader = csv.reader(io.StringIO(content, newline=""), strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if any(cell.strip() for cell in cells):
                rows.append((number, [cell.strip() for cell in cells]))
    except csv.Error as error:
        faults.row(number + 1).add("", f"must be comma-separated values: {error}")
    if not rows and not faults:
        faults.add("file", "must not be empty")
    return rows


def read_table(
    path: Path, columns: Columns, faults: Findings, optional: Columns | None = None, *, unread: bool = False
) -> list[Record]:
    """Return the valid rows of a CSV file after noting the faults of the others.

    The file must have all ``columns``, and may have those in ``optional``, in any order. If ``unread``, rows with
    unreadable cells are returned too, and the rules of fields are not checked.
    """
    content = read_text(path, faults)
    rows = [] if content is None else read_rows(content, faults)
    if not rows:
        return []
    header_row, header = rows[0]
    before, at = len(faults), faults.row(header_row)
    for name in columns:
        if name not in header:
            at.add(name, "column is missing")
    columns = {**columns, **{name: column for name, column in (optional or {}).items() if name in header}}
    for index, name in enumerate(header):
        if name not in columns:
            known = {**columns, **(optional or {})}
            at.add(name or f"column {index + 1}", f"column {unknown(name, known)}" if name else "column has no name")
        elif name in header[:index]:
            at.add(name, "column appears twice")
    if len(faults) > before:
        return []
    if len(rows) == 1:
        faults.add("file", "must have at least one row below the header")
    records = []
    for number, cells in rows[1:]:
        at = faults.row(number)
        if len(cells) != len(header):
            at.add("", f"must have {len(header)} cells like the header, got {len(cells)}")
            continue
        values = read_fields(columns, dict(zip(header, cells, strict=True)), at, cells=True, check=not unread)
        record = Record(number, values, frozenset(columns.keys() - values.keys()))
        if unread or not record.unread:
            records.append(record)
    return records


MOST_PARTS = 16
"""Maximum number of names that dots join to a key, for which tomllib takes quadratic time. Catalogs and data have up to
3. With this limit, the worst TOML of 4 MiB takes 0.6 GB and 7 s.
"""

_PART = r"(?:[A-Za-z0-9_-]++|\"[^\"\n]*+\"|'[^'\n]*+')"
_LONG_KEY = re.compile(rf"(?<![A-Za-z0-9_-]){_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{{MOST_PARTS}}}")


def read_document(path: Path, faults: Findings) -> dict[str, Any] | None:
    """Return the content of a TOML file, or None after noting the fault."""
    content = read_text(path, faults)
    return None if content is None else parse_document(content, faults)


def parse_document(content: str, faults: Findings) -> dict[str, Any] | None:
    """Return the content of a TOML string, or None after noting the fault."""
    if (found := _LONG_KEY.search(content)) is not None:
        row = content.count("\n", 0, found.start()) + 1
        faults.row(row).add("", f"must join at most {MOST_PARTS} names by dots")
        return None
    try:
        return tomllib.loads(content)
    except RecursionError:
        faults.add("file", "must be TOML that is nested less deeply")
    except ValueError as error:  # the text is not TOML, or has an impossible date
        faults.add("file", f"must be TOML: {str(error).partition(';')[0]}")
    return None


Row = TypeVar("Row")


class FolderReader:
    """Reads the files of a data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ids: dict[str, set[str]] = {}
        """Ids that tables may refer to, by column, such as ``material_id``."""
        self.content: dict[str, list[str]] = {}
        """Rows as text, by file."""

    def content_hash(self) -> str:
        """Return the SHA-256 of all rows that were read, whatever their order and format."""
        content = json.dumps({name: sorted(rows) for name, rows in self.content.items()}, sort_keys=True)
        return f"sha256:{hashlib.sha256(content.encode()).hexdigest()}"

    def keep(self, name: str, rows: Iterable[object]) -> None:
        """Keep the rows of a file for the hash."""
        self.content[name] = [repr(row) for row in rows]

    @contextmanager
    def faults_of(self, name: str) -> Iterator[Findings]:
        """Collect the faults of a file; at the end raise DataFileError if there are any."""
        faults = Findings(file=Path(name).name)
        yield faults
        faults.raise_any()

    def settings(self, file: str, kind: type[Row]) -> Row:
        """Return the object in a TOML document of the folder; raises DataFileError with every fault."""
        with self.faults_of(file) as faults:
            settings = read_noun(kind, document := read_document(self.folder / file, faults), faults)
        assert settings is not None  # otherwise a fault was raised above
        self.keep(file, [document])
        return settings

    def rows(
        self,
        file: str,
        kind: type[Row],
        *key: str,
        columns: Columns | None = None,
        refers: Iterable[str] = (),
        needed: Iterable[Any] = (),
        optional: bool = False,
        check: Callable[[Row, Sequence[Row]], Iterable[tuple[str, str]]] = lambda *_: (),
    ) -> tuple[Row, ...]:
        """Return the rows of a table, sorted by their unique key; raises DataFileError with every fault.

        By default, ``columns`` are those of ``kind``, with source, grade and flags required. Columns in ``refers`` must
        hold known ids. The first column of the key must hold all values in ``needed``. ``check`` yields the column and
        the broken rule for each fault of a row, given the row and all rows. If ``optional``, the file may be absent.
        """
        if optional and not (self.folder / file).exists():
            return ()
        with self.faults_of(file) as faults:
            records = read_table(self.folder / file, columns or columns_of(kind, defaults=stated(kind)), faults)
            note_repeats(((faults.row(record.row), record.values) for record in records), *key)
            rows = []
            for record in records:
                at = faults.row(record.row)
                for name in refers:
                    if (value := record.values[name]) not in self.ids[name]:
                        at.add(name, f"must be one of {', '.join(sorted(self.ids[name]))}, got {value!r}")
                if (row := at.attempt(kind, **record.values)) is not None:
                    rows.append((record.row, row))
            found = {getattr(row, key[0]) for _, row in rows}
            for missing in needed if not faults else ():
                if missing not in found:
                    faults.add(key[0], f"must have a row for {missing}")
            every = [row for _, row in rows]
            for number, row in rows:
                for column, rule in check(row, every):
                    faults.row(number).add(column, rule)
            self.keep(file, (record.values for record in records))
        return tuple(sorted(every, key=lambda row: tuple(str(getattr(row, name)) for name in key)))
