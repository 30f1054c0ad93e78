"""Reads a TOML document against its keys, with every fault named by path."""

import datetime
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from boxwright.catalog import cells
from boxwright.catalog.renamed import unknown
from boxwright.catalog.tables import read_text
from boxwright.domain.source_grade import SourceGrade, grade_rule
from boxwright.domain.written import CellError
from boxwright.findings import Findings

Value = TypeVar("Value")

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
    except tomllib.TOMLDecodeError as error:
        faults.add("file", f"must be TOML: {error}")
    except RecursionError:
        faults.add("file", "must be TOML: is nested too deeply")
    except ValueError as error:  # a day that the calendar does not have
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
            row = content.count("\n", 0, found.start()) + 1
            if parts > MOST_PARTS:
                return row, f"must join at most {MOST_PARTS} names by dots"
            return row, f"must have at most {MOST_NAMES:,} names in headers and dotted keys"
    if (bare := _BARE.search(content)) is not None:
        row = content.count("\n", 0, bare.start()) + 1
        return row, f"must not have more than {MOST_CHARACTERS:,} letters, digits, dots and signs in a row"
    return None


def check_keys(
    table: Mapping[str, Any],
    required: Mapping[str, type],
    optional: Mapping[str, type],
    faults: Findings,
) -> bool:
    """Note missing, unknown and wrongly typed keys of a table; return whether there are none."""
    before = len(faults)
    for key in required:
        if key not in table:
            faults.add(key, "is missing")
        elif table[key] == "":
            faults.add(key, "must not be empty")
    kinds = {**required, **optional}
    for key, value in table.items():
        if key not in kinds:
            faults.add(key, unknown(key, f"is unknown; known: {', '.join(kinds)}"))
        elif not isinstance(value, kinds[key]):
            faults.add(key, f"must be {_KINDS[kinds[key]]}, got {value!r}")
    return len(faults) == before


def tables_of(values: Iterable[object], name: str, faults: Findings) -> Iterator[tuple[Findings, dict[str, Any]]]:
    """Yield the tables of a list, each with the view of its place; what is no table is noted."""
    for index, value in enumerate(values):
        if isinstance(value, dict):
            yield faults.at(f"{name}[{index}]"), value
        else:
            faults.add(f"{name}[{index}]", f"must be a table, got {value!r}")


GRADED: dict[str, type] = {"read_in_source": bool, "source_grade": str}
"""Keys that say how near to its source a figure was read."""


def read_as(reader: Callable[[str], Value], value: str, name: str, faults: Findings) -> Value | None:
    """Return what a text means to the reader of a cell, or None after noting the rule that it breaks."""
    try:
        return reader(value)
    except CellError as error:
        faults.add(name, str(error))
        return None


def read_grade(table: Mapping[str, Any], faults: Findings, default: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the two fields of GRADED; what a table does not give is as in ``default``, or its own and read."""
    found = {"read_in_source": True, "source_grade": SourceGrade.OWN, **(default or {})}
    found |= {key: table[key] for key in GRADED if key in table}
    grade = read_as(cells.member_of(SourceGrade), found["source_grade"], "source_grade", faults)
    rule = None if grade is None else grade_rule(grade, read_in_source=found["read_in_source"])
    if rule is not None:
        faults.add("source_grade", rule)
    return {**found, "source_grade": grade or SourceGrade.OWN}


_KINDS: Mapping[type, str] = {
    str: "a text",
    list: "a list",
    dict: "a table",
    int: "a whole number",
    bool: "true or false",
    datetime.date: "a date",
}
