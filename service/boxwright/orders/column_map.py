"""Which column of an export is which field: guessed from its header, and held against what an order file has."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from boxwright.contract.columns import EDGES
from boxwright.domain.written import G_PER_UNIT, MM_PER_UNIT
from boxwright.errors import FieldViolation, UnsupportedError
from boxwright.orders.rows import COLUMNS, EXTRA, REQUIRED_COLUMNS
from boxwright.tabular import ColumnMap, MappedColumn, header_parts, plain_header, read_words

_WORDS = read_words(Path(__file__).with_name("header_words.csv"))
THIRD_EDGE, UNITS_IN_DOUBT, FRAGILE = (_WORDS.pop(name) for name in ("third_edge", "unit_in_doubt", "fragile"))
"""Names of the edge that length, width and height leave over; names of columns that may say the unit of sizes, or in
which the goods are sold, and are not read without being named; what headers about fragile goods hold."""

_OF_THE_GOODS = re.compile(r"^(line ?item|item|variant|product|unit|article|artikel|produkt|sku) (?=\S)")
_UNIT_OF = {"--length-unit": "length_unit", "--mass-unit": "mass_unit"}
UNITS_OF_EDGES = dict(zip(EDGES, ("length_unit", "width_unit", "height_unit"), strict=True))
"""Columns that name the unit of an edge in each row; that of the length is of all edges without one of their own."""
UNIT_FIELDS = (*UNITS_OF_EDGES.values(), "mass_unit")
"""Fields of columns that name the unit of other columns of their row; an order file has none of them."""


@dataclass(frozen=True, slots=True)
class GuessOptions:
    """What a caller says about columns before they are guessed.

    Attributes
    ----------
    given : mapping of str to str
        Header by field.
    given_of_items : mapping of str to str
        Header by field of the item master alone, which goes before ``given``.
    keep : sequence of str
        Headers of columns to keep although no field is for them; ``*`` keeps all.
    length_unit, mass_unit : str
        Of columns whose header names none; empty: such a column is refused.
    decimal : str
        As in ``ColumnMap``.
    """

    given: Mapping[str, str] = field(default_factory=dict)
    keep: Sequence[str] = ()
    length_unit: str = ""
    mass_unit: str = ""
    decimal: str = ""
    given_of_items: Mapping[str, str] = field(default_factory=dict)


def known_of(given: Mapping[str, str], headers: Sequence[str]) -> dict[str, str]:
    """Return what the caller says of columns that a table has."""
    return {name: header for name, header in given.items() if header in headers}


def units_of(name: str) -> dict[str, Any]:
    """Return the units that a field may be in, by name; none if it is no length and no mass."""
    if name.endswith("_mm"):
        return MM_PER_UNIT
    return G_PER_UNIT if name.endswith("_g") else {}


def unit_field(name: str, present: Collection[str]) -> str:
    """Return which of the fields of a table names the unit of a size or mass in each row; empty if none does."""
    edge = (UNITS_OF_EDGES.get(name, ""), "length_unit") if name in EDGES else ()
    own = ("mass_unit",) if name == "mass_g" else edge
    return next((each for each in own if each in present), "")


def unit_words(column: MappedColumn, present: Collection[str]) -> str:
    """Return the unit that a column of a table is read in, in words; empty if it has none."""
    of_row = not header_parts(column.header)[1] and unit_field(column.field, present)
    return ", else ".join(["the unit of its row"] * bool(of_row) + [column.unit] * bool(column.unit))


def unlike_units(mapping: ColumnMap, headers: Sequence[str]) -> str:
    """Return which edges of a table are read in different units, and how to confirm that; empty if all are alike."""
    columns = [mapping.of(header) for header in headers]
    present = [each.field for each in columns]
    units = {each.header: unit_words(each, present) for each in columns if each.field in EDGES}
    if len(set(units.values())) < 2:
        return ""
    listed = ", ".join(f"{header!r} in {unit}" for header, unit in units.items())
    how = "if one is wrong, correct it in the file of --save-map; --map takes that, and confirms units that are right"
    return f"edges are read in different units, {listed}: {how}"


def guess(headers: Sequence[str], how: GuessOptions) -> ColumnMap:
    """Return which header is which field; a header that nothing is known of is left out.

    A unit that neither the header nor ``how`` names is left empty, for :func:`map_violations` to refuse.
    """
    found: dict[str, MappedColumn] = {
        header: _with_unit(header, name, header_parts(header)[1], how) for name, header in how.given.items()
    }
    ranked: dict[str, tuple[int, str]] = {}
    ours = COLUMNS if set(REQUIRED_COLUMNS) <= set(headers) else ()
    shop = any(plain_header(header).startswith("lineitem ") for header in headers)
    for header in headers:
        known = None if header in found else (header, -1) if header in ours else _known(header)
        if shop and known is not None and plain_header(header) == "name":
            known = "order_id", 0  # as shops with lines of the order under "Lineitem name" call the order's number
        if known is not None:
            name, rank = known
            if name not in how.given and (name not in ranked or rank < ranked[name][0]):
                ranked[name] = (rank, header)
    for name, (_, header) in ranked.items():
        found[header] = _with_unit(header, name, header_parts(header)[1], how)
    open_edges = [name for name in EDGES if name not in how.given and name not in ranked]
    deep = [
        header for header in headers if header not in found and _without_goods(header_parts(header)[0]) in THIRD_EDGE
    ]
    if len(open_edges) == 1 and len(deep) == 1:
        found[deep[0]] = _with_unit(deep[0], open_edges[0], header_parts(deep[0])[1], how)
    for header in headers:
        if header not in found:
            kept = header in how.keep or "*" in how.keep
            found[header] = MappedColumn(header, EXTRA + plain_header(header).replace(" ", "_") if kept else "")
    _leave_idle_units_out(found, how.given)
    # An order file of ours has decimal points, as its format says.
    decimal = how.decimal or ("." if ours else "")
    return ColumnMap(tuple(found[header] for header in dict.fromkeys((*headers, *found))), decimal)


def map_violations(mapping: ColumnMap, headers: Sequence[str], required: Sequence[str]) -> list[FieldViolation]:
    """Return what keeps columns from being read: headers or fields that repeat, are missing or have no unit."""
    broken = []
    seen: dict[str, str] = {}
    present = {mapping.of(header).field for header in headers}
    for header in dict.fromkeys(headers):
        column = mapping.of(header)
        where = f"column {header!r}"
        if not column.field:
            continue
        if headers.count(header) > 1:
            broken.append(FieldViolation(where, "must not repeat"))
        if column.field in seen:
            broken.append(FieldViolation(where, f"must not be {column.field} as column {seen[column.field]!r} is"))
        seen[column.field] = header
        allowed = units_of(column.field)
        if column.field not in (*COLUMNS, *UNIT_FIELDS) and not column.field.startswith(EXTRA):
            fields = ", ".join((*COLUMNS, *UNIT_FIELDS))
            rule = f"must be one of {fields}, or start with {EXTRA}, as {EXTRA}ship_date does; got {column.field}"
            broken.append(FieldViolation(where, rule))
        elif allowed and not column.unit and not unit_field(column.field, present):
            option = "--length-unit" if "mm" in allowed else "--mass-unit"
            rule = f"must name its unit ({', '.join(allowed)}), or give {option}, or --column {_UNIT_OF[option]}=HEADER"
            broken.append(FieldViolation(where, f"{rule} of a column that names it in each row"))
        elif column.unit and column.unit not in allowed:
            rule = f"must be in {', '.join(allowed) or 'no unit'}, got {column.unit}"
            broken.append(FieldViolation(where, rule))
    missing = [name for name in required if name not in seen]
    shown = ", ".join(map(repr, headers))
    broken += [FieldViolation(name, f"no column is known to be it; the columns are {shown}") for name in missing]
    return broken


def with_options(mapping: ColumnMap, how: GuessOptions) -> ColumnMap:
    """Return a map that was read, with what the caller says now."""
    units = {True: how.length_unit, False: how.mass_unit}
    columns = tuple(
        replace(each, unit=units["mm" in units_of(each.field)]) if units_of(each.field) and not each.unit else each
        for each in mapping.columns
    )
    return replace(mapping, columns=columns, decimal=how.decimal or mapping.decimal)


def check_options(how: GuessOptions) -> None:
    """Refuse options that mean nothing.

    Raises
    ------
    UnsupportedError
        Naming the option.
    """
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


def _leave_idle_units_out(found: dict[str, MappedColumn], given: Mapping[str, str]) -> None:
    """Leave columns of units out that no column needs, as all name their own, unless the caller names them."""
    present = {each.field for each in found.values()}
    needed = {unit_field(each.field, present) for each in found.values() if not header_parts(each.header)[1]}
    for header, each in found.items():
        if each.field in UNIT_FIELDS and each.field not in needed and each.field not in given:
            found[header] = MappedColumn(header, "")


def _without_goods(plain: str) -> str:
    return _OF_THE_GOODS.sub("", plain)


def _known(header: str) -> tuple[str, int] | None:
    """Return the field that a header may be and how early its name stands; None if it is no name of one."""
    if header.startswith(EXTRA):
        return header, -1
    name, _ = header_parts(header)
    known = (_RANKS.get(plain) for plain in (plain_header(header), name, _without_goods(name)))
    return next(filter(None, known), None)


def _ranks() -> dict[str, tuple[str, int]]:
    """Return what headers mean, and how early the word for it stands, by the header without marks and unit."""
    ranks: dict[str, tuple[str, int]] = {}
    meant = {word: name for name, words in _WORDS.items() for word in words}
    for name in (*COLUMNS, *_WORDS):
        if meant.get(name, name) == name:  # what other systems head "article" is a SKU
            ranks[plain_header(name)] = (name, -1)
            ranks.setdefault(header_parts(name)[0], (name, -1))
    for name, words in _WORDS.items():
        for rank, word in enumerate(words):
            ranks.setdefault(word, (name, rank))
    return ranks


def _with_unit(header: str, name: str, unit: str, how: GuessOptions) -> MappedColumn:
    allowed = units_of(name)
    if not allowed:
        return MappedColumn(header, name)
    return MappedColumn(header, name, unit or (how.length_unit if "mm" in allowed else how.mass_unit))


_RANKS = _ranks()
