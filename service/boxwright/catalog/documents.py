"""Reads a TOML document against its keys, with every fault named by path."""

import datetime
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from boxwright.catalog.faults import Faults
from boxwright.catalog.tables import read_text


def read_document(path: Path, faults: Faults) -> dict[str, Any] | None:
    """Return the content of a TOML file, or None after noting why not."""
    content = read_text(path, faults)
    if content is None:
        return None
    try:
        return tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        faults.add("file", f"must be TOML: {error}")
    except RecursionError:
        faults.add("file", "must be TOML: is nested too deeply")
    except ValueError as error:  # a whole number of thousands of digits, a day that the calendar does not have
        faults.add("file", f"must be TOML: {str(error).partition(';')[0]}")
    return None


def check_keys(
    table: Mapping[str, Any],
    required: Mapping[str, type],
    optional: Mapping[str, type],
    faults: Faults,
    path: str = "",
) -> bool:
    """Note missing, unknown and wrongly typed keys of a table; return whether there are none."""
    before = len(faults.violations)
    prefix = f"{path}." if path else ""
    for key in required:
        if key not in table:
            faults.add(f"{prefix}{key}", "is missing")
        elif table[key] == "":
            faults.add(f"{prefix}{key}", "must not be empty")
    kinds = {**required, **optional}
    for key, value in table.items():
        if key not in kinds:
            faults.add(f"{prefix}{key}", f"is unknown; known: {', '.join(kinds)}")
        elif not isinstance(value, kinds[key]):
            faults.add(f"{prefix}{key}", f"must be {_KINDS[kinds[key]]}, got {value!r}")
    return len(faults.violations) == before


_KINDS: Mapping[type, str] = {
    str: "a text",
    list: "a list",
    dict: "a table",
    int: "a whole number",
    bool: "true or false",
    datetime.date: "a date",
}
