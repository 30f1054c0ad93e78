"""Guesses the fields of the columns of an export from their headers, and checks column maps."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from boxwright.contract.values import EDGES
from boxwright.domain.written import G_PER_UNIT, MM_PER_UNIT
from boxwright.errors import FieldViolation, UnsupportedError
from boxwright.orders.rows import COLUMNS, EXTRA, REQUIRED_COLUMNS
from boxwright.tabular import ColumnMap, MappedColumn, header_parts, plain_header, read_words

_WORDS = read_words(Path(__file__).with_name("header_words.csv"))
THIRD_EDGE, UNITS_IN_DOUBT, FRAGILE, _STATUS = (
    _WORDS.pop(name) for name in ("third_edge", "unit_in_doubt", "fragile", "status")
)
"""Headers of the third edge if two of length, width and height are known; headers that may mean the unit of sizes or
the sales unit; words in headers about fragile goods; headers of columns that may mark cancelled or returned goods."""

_OF_THE_GOODS = re.compile(r"^(line ?item|item|variant|product|unit|article|artikel|produkt|sku) (?=\S)")
_UNIT_OF = {"--length-unit": "length_unit", "--mass-unit": "mass_unit"}
_UNIT_COLUMNS = {
    "length_mm": ("length_unit",),
    "width_mm": ("width_unit", "length_unit"),
    "height_mm": ("height_unit", "length_unit"),
    "mass_g": ("mass_unit",),
}
"""Fields that name the unit of a size or mass in each row, by size or mass; the first field present counts."""
UNIT_FIELDS = tuple(names[0] for names in _UNIT_COLUMNS.values())
"""Fields that name the unit of other fields in their row; order files lack them."""


@dataclass(frozen=True, slots=True)
class GuessOptions:
    """The caller's options for guessing columns."""

    given: Mapping[str, str] = field(default_factory=dict)
    """Header by field."""
    keep: Sequence[str] = ()
    """Headers of columns to keep although they have no field; ``*`` keeps all."""
    length_unit: str = ""
    mass_unit: str = ""
    """Units of columns whose header names none. Default: such columns are refused."""
    decimal: str = ""
    """Decimal mark, as in ``ColumnMap``."""
    given_of_items: Mapping[str, str] = field(default_factory=dict)
    """Header by field for the item master alone, which takes precedence over ``given``."""


def is_status(header: str) -> bool:
    """Return whether a column may mark goods as unshipped or returned."""
    return any(plain in _STATUS for plain in (plain_header(header), _plain_name(header)))


def known_of(given: Mapping[str, str], headers: Sequence[str]) -> dict[str, str]:
    """Return, by field, the headers in ``given`` that a table has."""
    return {name: header for name, header in given.items() if header in headers}


def units_of(name: str) -> dict[str, Any]:
    """Return, by name, the units of a field; none if the field is neither a length nor a mass."""
    if name.endswith("_mm"):
        return MM_PER_UNIT
    return G_PER_UNIT if name.endswith("_g") else {}


def unit_field(name: str, present: Collection[str]) -> str:
    """Return the field that names the unit of a size or mass in each row; empty if there is none."""
    return next((unit for unit in _UNIT_COLUMNS.get(name, ()) if unit in present), "")


def unit_words(column: MappedColumn, present: Collection[str]) -> str:
    """Return the unit of a column as text; empty if it has none."""
    of_row = not header_parts(column.header)[1] and unit_field(column.field, present)
    return ", or ".join(["the unit of its row"] * bool(of_row) + [column.unit] * bool(column.unit))


def unlike_units(mapping: ColumnMap, headers: Sequence[str]) -> str:
    """Return a sentence about edges with different units and how to confirm these; empty if units are equal."""
    columns = [mapping.of(header) for header in headers]
    present = [column.field for column in columns]
    units = {column.header: unit_words(column, present) for column in columns if column.field in EDGES}
    if len(set(units.values())) < 2:
        return ""
    listed = ", ".join(f"{header!r} in {unit}" for header, unit in units.items())
    how = "to confirm the units, save the map by --save-map, correct wrong units in it, and pass it by --map"
    return f"edges are read in different units, {listed}: {how}"


def guess(headers: Sequence[str], how: GuessOptions) -> ColumnMap:
    """Return a map guessed from headers; columns with unknown headers have no field.

    A unit that neither the header nor ``how`` names is empty, which :func:`map_violations` refuses.
    """
    ranked = {name: (-2, header) for name, header in how.given.items()}
    ours = COLUMNS if set(REQUIRED_COLUMNS) <= set(headers) else ()
    shop = any(plain_header(header).startswith("lineitem ") for header in headers)
    for header in headers:
        known = (header, -1) if header in ours else _known(header)
        if shop and plain_header(header) == "name":
            known = "order_id", 0  # shops with a column "Lineitem name" have order numbers in a column "Name"
        if known is not None and header not in how.given.values():
            name, rank = known
            ranked[name] = min(ranked.get(name, (rank, header)), (rank, header), key=lambda one: one[0])
    fields = {header: name for name, (_, header) in ranked.items()}
    open_edges = [name for name in EDGES if name not in ranked]
    deep = [header for header in headers if header not in fields and _plain_name(header) in THIRD_EDGE]
    if len(open_edges) == 1 and len(deep) == 1:
        fields[deep[0]] = open_edges[0]
    kept = headers if "*" in how.keep else how.keep
    fields = {header: EXTRA + plain_header(header).replace(" ", "_") for header in kept if header in headers} | fields
    # Unit columns that are not given are left out if the headers state all units.
    needed = {unit_field(name, fields.values()) for header, name in fields.items() if not header_parts(header)[1]}
    idle = {name for name in UNIT_FIELDS if name not in needed and name not in how.given}
    columns = []
    for header in dict.fromkeys((*headers, *fields)):
        name = fields.get(header, "")
        unit = header_parts(header)[1] or _unit_given(name, how)
        columns.append(MappedColumn(header, "" if name in idle else name, unit if units_of(name) else ""))
    # Order files have decimal points.
    return ColumnMap(tuple(columns), how.decimal or ("." if ours else ""))


def map_violations(mapping: ColumnMap, headers: Sequence[str], required: Sequence[str]) -> list[FieldViolation]:
    """Return the violations of a map: repeated or missing headers and fields, and missing or wrong units."""
    broken = []
    seen: dict[str, str] = {}
    present = {mapping.of(header).field for header in headers}
    for header in dict.fromkeys(headers):
        column = mapping.of(header)
        where = f"column {header!r}"
        if not column.field:
            continue
        if headers.count(header) > 1:
            broken.append(FieldViolation(where, "must be unique"))
        if column.field in seen:
            broken.append(FieldViolation(where, f"must not be {column.field} like column {seen[column.field]!r}"))
        seen[column.field] = header
        allowed = units_of(column.field)
        if column.field not in (*COLUMNS, *UNIT_FIELDS) and not column.field.startswith(EXTRA):
            fields = ", ".join((*COLUMNS, *UNIT_FIELDS))
            rule = f"must be one of {fields}, or start with {EXTRA}, such as {EXTRA}ship_date, got {column.field}"
            broken.append(FieldViolation(where, rule))
        elif allowed and not column.unit and not unit_field(column.field, present):
            option = "--length-unit" if "mm" in allowed else "--mass-unit"
            rule = f"must name its unit ({', '.join(allowed)}), unless {option} is given, or a column with the unit"
            broken.append(FieldViolation(where, f"{rule} of each row by --column {_UNIT_OF[option]}=HEADER"))
        elif column.unit and column.unit not in allowed:
            rule = f"must be in {', '.join(allowed) or 'no unit'}, got {column.unit}"
            broken.append(FieldViolation(where, rule))
    missing = [name for name in required if name not in seen]
    shown = ", ".join(map(repr, headers))
    broken += [FieldViolation(name, f"no column has this field; the columns are {shown}") for name in missing]
    return broken


def with_options(mapping: ColumnMap, how: GuessOptions) -> ColumnMap:
    """Return a saved map with the caller's units and decimal mark where the map has none."""
    columns = (replace(column, unit=column.unit or _unit_given(column.field, how)) for column in mapping.columns)
    return replace(mapping, columns=tuple(columns), decimal=how.decimal or mapping.decimal)


def _unit_given(name: str, how: GuessOptions) -> str:
    units = units_of(name)
    return "" if not units else how.length_unit if "mm" in units else how.mass_unit


def check_options(how: GuessOptions) -> None:
    """Raise UnsupportedError if units or decimal mark are unknown."""
    broken = [
        FieldViolation(name, f"must be one of {', '.join(allowed)}, got {value!r}")
        for name, value, allowed in (
            ("length_unit", how.length_unit, tuple(MM_PER_UNIT)),
            ("mass_unit", how.mass_unit, tuple(G_PER_UNIT)),
            ("decimal", how.decimal, (".", ",")),
        )
        if value and value not in allowed
    ]
    if broken:
        raise UnsupportedError(broken)


def _plain_name(header: str) -> str:
    """Return a header without marks, unit and prefix: ``Item length (mm)`` is ``length``."""
    return _OF_THE_GOODS.sub("", header_parts(header)[0])


def _known(header: str) -> tuple[str, int] | None:
    """Return the field of a header, and the rank of the header among those of the field; None if unknown."""
    if header.startswith(EXTRA):
        return header, -1
    known = (_RANKS.get(plain) for plain in (plain_header(header), header_parts(header)[0], _plain_name(header)))
    return next(filter(None, known), None)


def _ranks() -> dict[str, tuple[str, int]]:
    """Return, by plain header, fields and ranks of the header among those of the field."""
    ranks: dict[str, tuple[str, int]] = {}
    meant = {word: name for name, words in _WORDS.items() for word in words}
    for name in (*COLUMNS, *_WORDS):
        if meant.get(name, name) == name:  # the column "article" of other systems holds the SKU
            ranks[plain_header(name)] = (name, -1)
            ranks.setdefault(header_parts(name)[0], (name, -1))
    for name, words in _WORDS.items():
        for rank, word in enumerate(words):
            ranks.setdefault(word, (name, rank))
    return ranks


_RANKS = _ranks()
