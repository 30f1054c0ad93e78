"""Reads the rows of exports."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from boxwright.domain.written import CellError, exact_number, readings, with_decimal_point, with_unit
from boxwright.orders.column_map import UNIT_FIELDS, unit_field, units_of
from boxwright.orders.rows import COLUMNS, COUNTRY, EXTRA
from boxwright.tabular import (
    ColumnMap,
    Table,
    Torn,
    Unreadable,
    header_parts,
    number_text,
    plain_header,
    plain_text,
    read_words,
    unit_in,
)
from boxwright.units import MAX_LENGTH_MM, MAX_MASS_G

_COUNTRY_OF = {
    name: code for code, names in read_words(Path(__file__).with_name("country_words.csv")).items() for name in names
}
_IN_A_LINE = re.compile(r"lines\[(\d+)\]\.(.+)")


@dataclass(slots=True)
class Row:
    """A row being converted for an order file."""

    file: str
    number: int
    """Row number as in a spreadsheet."""
    values: dict[str, Any]
    """Values that are present, by column of an order file."""
    broken: list[tuple[str, str]] = field(default_factory=list)
    """Broken rules, with their field; the field is empty for the row as a whole."""


def read_rows(table: Table, mapping: ColumnMap) -> Iterator[Row]:
    """Yield the rows of a table with their readable values."""
    columns = [(index, mapping.of(header)) for index, header in enumerate(table.header)]
    places = {column.field: index for index, column in columns}
    read = []
    for index, column in columns:
        if column.field and column.field not in UNIT_FIELDS:
            # A unit in the header takes precedence over a unit column.
            by_row = "" if header_parts(column.header)[1] else unit_field(column.field, places)
            read.append((index, column, places[by_row] if by_row else None))
    for number, cells in table.rows:
        row = Row(table.name, number, {})
        torn = isinstance(cells, Torn)
        if isinstance(cells, Torn):
            row.broken.append(("", cells.rule))
            cells = cells.cells
        for index, column, unit_at in read:
            name, unit = column.field, column.unit
            # Only the order id of a torn row is read, to reject the order.
            if (torn and name != "order_id") or index >= len(cells) or cells[index] is None:
                continue
            if unit_at is not None and cells[unit_at] is not None:
                unit = unit_in(cells[unit_at])
            try:
                row.values[name] = _value(cells[index], name, mapping.decimal, unit)
            except CellError as error:
                row.broken.append((name, str(error)))
        if not isinstance(row.values.get("order_id", ""), str):
            row.broken.append(("order_id", f"must be a text, got {row.values.pop('order_id')}"))
        yield row


def _value(cell: Any, name: str, decimal: str, unit: str) -> Any:
    """Return the value of a cell; lists, maps and flags stay text, for ``read_row``. Raises CellError."""
    if name.startswith(EXTRA):
        text = plain_text(cell)
        return _COUNTRY_OF.get(plain_header(text), text) if name == COUNTRY else text
    if COLUMNS[name].arrow in ("float64", "int64"):
        return _number(cell, name, decimal, unit)
    if isinstance(cell, Unreadable):
        raise CellError(cell.rule)
    if not COLUMNS[name].is_text:
        return cell
    if not isinstance(cell, str | int | float | Decimal):
        raise CellError(f"must be a text, got {cell} ({type(cell).__name__})")
    return COLUMNS[name].stated(cell)


def _number(cell: Any, name: str, decimal: str, unit: str) -> float | int:
    """Return a number, in mm or g if the field has units."""
    units: dict[str, Fraction] = units_of(name)
    if units and unit not in units:
        got = repr(unit) if unit else "an empty cell"
        raise CellError(f"must be in {', '.join(units)}, but the unit of its row is {got}")
    written, factor = number_text(cell), units[unit] if units else Fraction(1)
    if isinstance(cell, str):
        text, own = with_unit(cell, units) if units else (cell, "")
        factor = units[own] if own else factor
        # 4.125 in and 1,250 kg are unambiguous: with a mark of thousands, 105 m and 1.25 t would exceed the limits.
        most = MAX_LENGTH_MM if "mm" in units else MAX_MASS_G if units else math.inf
        possible = [] if decimal else [number for number in readings(text) if Fraction(number) * factor <= most]
        written = possible[0] if len(possible) == 1 else with_decimal_point(text, decimal)
    value = exact_number(written) * factor
    if COLUMNS[name].arrow == "int64" and value.denominator != 1:
        raise CellError(f"must be a whole number, got {cell!r}")
    return int(value) if value.denominator == 1 else float(value)


def in_line(path: str) -> tuple[int, str]:
    """Return line index and field of a path such as ``lines[3].mass_g``; 0 and the path for other paths."""
    match = _IN_A_LINE.fullmatch(path)
    return (int(match[1]), match[2]) if match else (0, path)
