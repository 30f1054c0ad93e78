"""Reads a TOML document, if reading it takes no memory out of proportion."""

import re
import tomllib
from pathlib import Path
from typing import Any

from boxwright.catalog.tables import read_text
from boxwright.findings import Findings

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
