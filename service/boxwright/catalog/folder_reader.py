"""Reads the tables of a data folder into rows, and keeps their content for the hash."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from boxwright.catalog.columns import Columns, columns_of, stated
from boxwright.catalog.tables import read_table, unique
from boxwright.findings import Findings

Row = TypeVar("Row")


@dataclass(frozen=True)
class Table(Generic[Row]):
    """A table of a data folder.

    Attributes
    ----------
    file : str
        Its name.
    kind : type
        What a row becomes.
    key : tuple of str
        Columns that no two rows have the same values of.
    columns : dict of str to Column, optional
        Default: those of ``kind``, of which source, grade and flags must be given.
    refers : tuple of str
        Columns that hold the id of a known thing.
    needed : iterable
        Values of the first column of the key that must each have a row.
    optional : bool
        Whether a folder may lack it.
    """

    file: str
    kind: type[Row]
    key: tuple[str, ...]
    columns: Columns | None = None
    refers: tuple[str, ...] = ()
    needed: Iterable[Any] = ()
    optional: bool = False


class FolderReader:
    """Reads the files of one folder.

    Attributes
    ----------
    ids : dict of str to set of str
        What tables may refer to, such as the ids of materials by ``material_id``.
    content : dict of str to list of str
        Rows read so far, by file.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ids: dict[str, set[str]] = {}
        self.content: dict[str, list[str]] = {}

    def content_hash(self, more: Mapping[str, list[str]]) -> str:
        """Hash file by file over the rows in sorted order, so that sorting or reformatting a table changes nothing.

        ``more`` are rows of files that others read.
        """
        rows = {**self.content, **more}
        content = json.dumps({name: sorted(each) for name, each in rows.items()}, sort_keys=True)
        return f"sha256:{hashlib.sha256(content.encode()).hexdigest()}"

    def keep(self, name: str, rows: Iterable[object]) -> None:
        """Keep the content of a file for the hash."""
        self.content[name] = [repr(row) for row in rows]

    @contextmanager
    def faults_of(self, name: str) -> Iterator[Findings]:
        """Collect the faults of a file, and refuse it at the end if there are any."""
        faults = Findings(file=Path(name).name)
        yield faults
        faults.raise_any()

    def rows(self, table: Table[Row]) -> list[Row]:
        """Return the rows of a table that need no look at each other, sorted by their key."""
        with self.faults_of(table.file) as faults:
            rows = [row for _, row in self.read(table, faults)]
        return sorted(rows, key=lambda row: tuple(str(getattr(row, name)) for name in table.key))

    def read(self, table: Table[Row], faults: Findings) -> list[tuple[int, Row]]:
        """Return the rows of a table with their numbers, as they stand, after noting what each breaks."""
        if table.optional and not (self.folder / table.file).exists():
            return []
        columns = table.columns or columns_of(table.kind, defaults=stated(table.kind))
        records = read_table(self.folder / table.file, columns, faults)
        unique(records, table.key, faults)
        rows = []
        for record in records:
            at = faults.row(record.row)
            for name in table.refers:
                if (value := record.values[name]) not in self.ids[name]:
                    known = f"{name.removesuffix('_id')}, got {value!r}; known: {', '.join(sorted(self.ids[name]))}"
                    at.add(name, f"must be the id of a known {known}")
            if (row := at.attempt(table.kind, **record.values)) is not None:
                rows.append((record.row, row))
        if not faults:
            found = {getattr(row, table.key[0]) for _, row in rows}
            for missing in table.needed:
                if missing not in found:
                    faults.add(table.key[0], f"must have a row for {missing}")
        self.keep(table.file, (record.values for record in records))
        return rows
