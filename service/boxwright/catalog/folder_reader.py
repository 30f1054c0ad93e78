"""Reads the tables of a data folder into rows, and keeps their content for the hash."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from boxwright.catalog.columns import Columns, columns_of, note_repeats, read_noun, stated
from boxwright.catalog.files import read_document, read_table
from boxwright.findings import Findings

Row = TypeVar("Row")


class FolderReader:
    """Reads the files of one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ids: dict[str, set[str]] = {}
        """What tables may refer to, such as the ids of materials by ``material_id``."""
        self.content: dict[str, list[str]] = {}
        """Rows read so far, by file."""

    def content_hash(self) -> str:
        """Hash file by file over the rows in sorted order, so that sorting or reformatting a table changes nothing."""
        content = json.dumps({name: sorted(rows) for name, rows in self.content.items()}, sort_keys=True)
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

    def settings(self, file: str, kind: type[Row]) -> Row:
        """Return what a TOML document of the folder says; DataFileError if it is malformed."""
        with self.faults_of(file) as faults:
            settings = read_noun(kind, document := read_document(self.folder / file, faults), faults)
        assert settings is not None  # what cannot be read is a fault, raised above
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
        """Return the rows of a table, sorted by their key, which no two share; DataFileError with every fault.

        Columns are by default those of ``kind``, of which source, grade and flags must be given. Those that ``refers``
        names hold the id of a known thing; each ``needed`` value of the first column of the key has a row. ``check``
        goes from a row and all rows to the columns that break a rule beside the others, each with the rule. A folder
        may lack an ``optional`` file.
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
                        known = f"{name.removesuffix('_id')}, got {value!r}; known: {', '.join(sorted(self.ids[name]))}"
                        at.add(name, f"must be the id of a known {known}")
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
