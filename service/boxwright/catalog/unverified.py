"""Lists the unverified figures of a data folder, which were not read in their source."""

import csv
import fnmatch
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boxwright.catalog.folder import materials_folder, shipped_folder

_FIGURE_FREE = {"year", "min_quantity", "read_in_source", "source_grade", "strength_read_in_source"}
_BOARD_STRENGTH = {"caliper_mm", "edge_crush_kn_per_m"}
_WORDS = {
    "any",
    "bands",
    "collection",
    "composition",
    "fragility_class",
    "length_unit",
    "refused",
    "side_rounding",
    "weight_unit",
}
"""Columns whose text counts as figures."""
_INHERITED = ("read_in_source", "source_grade", "source")


@dataclass(frozen=True, slots=True)
class UnverifiedRow:
    """A row of unverified figures."""

    file: str
    """Path in the data folder."""
    row: str
    """First value of the row, and a band, subject or date if several rows share this value."""
    figures: str
    """Names of columns and figures in them."""
    grade: str
    """A value of ``SourceGrade``."""
    source: str
    note: str
    verified_by: str
    """Method to verify the row."""


def unverified_rows(folder: Path | None = None) -> tuple[UnverifiedRow, ...]:
    """Return the unverified rows of a data folder, in the order of the files.

    Files are read as plain CSV and TOML, since rows could be lost through defaults of the loader.

    Parameters
    ----------
    folder : Path, optional
        Default: the folder that the environment variable BOXWRIGHT_MATERIALS names or, if it is not set, the shipped
        one.

    Raises
    ------
    LookupError
        If ``verification.csv`` of the shipped folder has no row for a file.
    """
    folder = folder or materials_folder()
    remedies = _table(shipped_folder() / "verification.csv")
    found = []
    for path in sorted([*folder.rglob("*.csv"), *folder.rglob("*.toml")]):
        name = path.relative_to(folder).as_posix()
        rows = list(_graded_rows(path))
        if not rows:
            continue
        verified_by = next((row["verified_by"] for row in remedies if fnmatch.fnmatchcase(name, row["files"])), None)
        if verified_by is None:
            raise LookupError(f"verification.csv has no row for {name}")
        found += [
            UnverifiedRow(
                name, _name(row), _figures(row), row["source_grade"], row["source"], row.get("note", ""), verified_by
            )
            for row in rows
        ]
    return tuple(found)


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _graded_rows(path: Path) -> Iterator[Mapping[str, Any]]:
    if path.suffix == ".csv":
        yield from (row for row in _table(path) if row.get("read_in_source") == "no")
        return
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    defaults = {"read_in_source": True, "source": document.get("source", ""), **document.get("defaults", {})}
    yield from _graded_tables(document, document, defaults)


def _graded_tables(
    lists: Iterable[str], table: Mapping[str, Any], outer: Mapping[str, Any], name: str = ""
) -> Iterator[dict[str, Any]]:
    """Yield the unverified tables in the lists of a document; inner tables inherit source and grade."""
    for key in lists:
        inner_tables = table.get(key)
        if not isinstance(inner_tables, list) or not isinstance(next(iter(inner_tables), None), dict):
            continue
        for inner in inner_tables:
            row = {**{column: outer[column] for column in _INHERITED if column in outer}, **inner}
            named = str(next(iter(inner.values()))) if key != "rules" else f"from {inner.get('from', '')}"
            full = f"{name} {named}".removesuffix("from ").strip()
            if not row["read_in_source"] and key != "services":
                yield {"": full, **row}
            yield from _graded_tables(("rules", "limits", "surcharges"), inner, row, full)


def _name(row: Mapping[str, Any]) -> str:
    first = str(next(iter(row.values())))
    more = [row[name] for name in ("above_kg", "up_to_kg", "effective_from") if row.get(name)]
    if {"kind", "subject"} <= row.keys():
        more.append(row["subject"])
    if "collection" in row:
        more.append(row["market_id"])
    return " ".join([first, *more])


def _figures(row: Mapping[str, Any]) -> str:
    hidden = _FIGURE_FREE | (_BOARD_STRENGTH if row.get("strength_read_in_source") == "yes" else set())
    return ", ".join(
        f"{name} {value}"
        for name, value in row.items()
        if value not in ("", None) and name not in hidden and (name in _WORDS or _is_figure(value))
    )


def _is_figure(value: object) -> bool:
    try:
        return not isinstance(value, bool) and float(str(value)) is not None
    except ValueError:
        return False
