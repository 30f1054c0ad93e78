"""Reads files: CSV tables against their columns, with every fault named by row and column, and TOML documents."""

import csv
import io
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boxwright.catalog.columns import Columns, read_fields, unknown
from boxwright.findings import Findings
from boxwright.regular_file import read_regular

MOST_BYTES = 64 << 20
"""Longest file of a catalog or of data, in bytes: far more than any has, and what a server can hold while it reads."""


@dataclass(frozen=True, slots=True)
class Record:
    """One row: its number as in a spreadsheet (the header is row 1), its values by column, columns without one."""

    row: int
    values: dict[str, Any]
    unread: frozenset[str] = frozenset()


def read_text(path: Path, faults: Findings) -> str | None:
    """Return the text of a regular UTF-8 file (a byte-order mark is dropped), or None after noting why not."""
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
    """Return the rows of a CSV text with their numbers, cells stripped, blank rows left out."""
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
    """Return the rows of a CSV file with these columns and no others, in any order, those without a fault.

    ``optional`` columns may be left out altogether; a row then has no value for them. ``unread=True`` keeps rows of
    which cells could not be read, with these columns in ``Record.unread``, and leaves rules of fields to the caller.
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
            known = [*columns, *(optional or {})]
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
            at.add("", f"must have {len(header)} cells as the header has, got {len(cells)}")
            continue
        values = read_fields(columns, dict(zip(header, cells, strict=True)), at, cells=True, check=not unread)
        record = Record(number, values, frozenset(columns.keys() - values.keys()))
        if unread or not record.unread:
            records.append(record)
    return records


MOST_PARTS, MOST_NAMES = 8, 50_000
"""Most names that dots join to a key, and most of them in the headers and dotted keys of a document.

Each takes about a kilobyte to read; the documents of this package have at most three to a key.
"""

MOST_JOINED = 32
"""Most of what looks like names joined by dots anywhere, such as in a text: no key, but perhaps the start of one."""

MOST_CHARACTERS = 1_000
"""Most characters in a row of which names and numbers are made: reading a number takes a hundred bytes for each."""

_BARE = re.compile(rf"[A-Za-z0-9_+.:-]{{{MOST_CHARACTERS + 1},}}")

_PART = r"(?:(?<![A-Za-z0-9_-])[A-Za-z0-9_-]++|\"[^\"\n]*+\"|'[^'\n]*+')"
_JOINED = rf"(?:[ \t]*+\.[ \t]*+{_PART})"
_NAMES = re.compile(rf"^[ \t]*+\[\[?[ \t]*+{_PART}{_JOINED}*+|{_PART}{_JOINED}++[ \t]*+=?", re.MULTILINE)


def read_document(path: Path, faults: Findings) -> dict[str, Any] | None:
    """Return the content of a TOML file, or None after noting why not."""
    content = read_text(path, faults)
    return None if content is None else parse_document(content, faults)


def parse_document(content: str, faults: Findings) -> dict[str, Any] | None:
    """Return the content of a TOML text, or None after noting why not."""
    try:
        if (too_much := _too_much(content)) is not None:
            row, rule = too_much
            faults.row(row).add("", rule)
            return None
        return tomllib.loads(content)
    except RecursionError:
        faults.add("file", "must be TOML: is nested too deeply")
    except ValueError as error:  # no TOML, or a day that the calendar does not have
        faults.add("file", f"must be TOML: {str(error).partition(';')[0]}")
    return None


def _too_much(content: str) -> tuple[int, str] | None:
    """Return the row and the rule broken where reading a document would take memory out of proportion."""
    names = 0
    for found in _NAMES.finditer(content):
        parts = found[0].count(".") + 1
        if "[" not in found[0] and found[0][-1] != "=" and parts <= MOST_JOINED:
            continue
        names += parts
        if parts > MOST_PARTS or names > MOST_NAMES:
            many = f"must have at most {MOST_NAMES:,} names in headers and dotted keys"
            rule = f"must join at most {MOST_PARTS} names by dots" if parts > MOST_PARTS else many
            return content.count("\n", 0, found.start()) + 1, rule
    if (bare := _BARE.search(content)) is not None:
        row = content.count("\n", 0, bare.start()) + 1
        return row, f"must not have more than {MOST_CHARACTERS:,} letters, digits, dots and signs in a row"
    return None
