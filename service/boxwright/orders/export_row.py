"""A row of an export: where it stood, what it says, and what it breaks."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from boxwright.domain.written import CellError, exact_number, readings, with_decimal_point, with_unit
from boxwright.orders.column_map import UNIT_FIELDS, unit_field, units_of
from boxwright.orders.rows import COLUMNS, EXTRA
from boxwright.tabular import (
    ColumnMap,
    MappedColumn,
    Table,
    Torn,
    Unreadable,
    header_parts,
    number_text,
    plain_text,
    unit_in,
)
from boxwright.units import MAX_LENGTH_MM, MAX_MASS_G

_Reader = Callable[..., Any]
_IN_A_LINE = re.compile(r"lines\[(\d+)\]\.(.+)")


@dataclass(slots=True)
class Row:
    """A row on its way to an order file.

    Attributes
    ----------
    file : str
        Name of the file.
    number : int
        As a spreadsheet shows it.
    values : dict
        Values by column of an order file; absent ones left out.
    broken : list of (str, str)
        Field, empty for the row as a whole, and the rule that it breaks.
    """

    file: str
    number: int
    values: dict[str, Any]
    broken: list[tuple[str, str]] = field(default_factory=list)


def read_rows(table: Table, mapping: ColumnMap) -> Iterator[Row]:
    """Yield the rows of a table, each with what of it could be read."""
    readers = list(_readers(table, mapping))
    for number, cells in table.rows:
        row = Row(table.name, number, {})
        torn = isinstance(cells, Torn)
        if isinstance(cells, Torn):
            row.broken.append(("", cells.rule))
            cells = cells.cells
        for index, name, read, unit_at in readers:
            # Of a torn row only the order is asked for, which lacks a line with it.
            if (torn and name != "order_id") or index >= len(cells) or cells[index] is None:
                continue
            try:
                row.values[name] = read(cells[index], cells[unit_at] if 0 <= unit_at < len(cells) else None)
            except CellError as error:
                row.broken.append((name, str(error)))
        if not isinstance(row.values.get("order_id", ""), str):
            rule = f"must be a text, got {row.values.pop('order_id')}"
            row.broken.append(("order_id", rule))
        yield row


def _readers(table: Table, mapping: ColumnMap) -> Iterator[tuple[int, str, _Reader, int]]:
    """Yield for each column that is read its place, its field, how it is read, and where its row names its unit, or -1.

    A reader gets the cell and that of its unit.
    """
    places = {mapping.of(header).field: index for index, header in enumerate(table.header)}
    for index, header in enumerate(table.header):
        column = mapping.of(header)
        if not column.field or column.field in UNIT_FIELDS:
            continue
        # A header that names a unit means it, whatever a column of units says of others.
        field = "" if header_parts(header)[1] else unit_field(column.field, places)
        if field:
            yield index, column.field, _reader_by_unit(column, mapping.decimal), places[field]
        else:
            read = _reader_of(column, mapping.decimal)
            yield index, column.field, lambda cell, _, read=read: read(cell), -1


def _reader_by_unit(column: MappedColumn, decimal: str) -> _Reader:
    """Return how a column is read whose rows name the unit, those that do not being in the unit of the column."""
    by_unit = {unit: _reader_of(replace(column, unit=unit), decimal) for unit in units_of(column.field)}

    def read(cell: Any, unit: Any) -> Any:
        named = column.unit if unit is None else unit_in(unit)
        if named not in by_unit:
            got = "an empty cell" if unit is None else repr(unit)
            raise CellError(f"must be in {', '.join(by_unit)}, and the unit of its row is {got}")
        return by_unit[named](cell)

    return read


def _reader_of(column: MappedColumn, decimal: str) -> Callable[[Any], Any]:
    """Return a function from a cell, which is not None, to its value; it raises CellError with the rule broken."""
    name = column.field
    if name.startswith(EXTRA):
        return plain_text
    if COLUMNS[name].arrow in ("float64", "int64"):
        units: dict[str, Fraction] = units_of(name)
        factor = units[column.unit] if units else Fraction(1)
        return lambda cell: _number(cell, name, decimal, units, factor)
    return lambda cell: _other(cell, name)


def _number(cell: Any, name: str, decimal: str, units: dict[str, Fraction], factor: Fraction) -> float | int:
    """Return a number in mm or g, or as it is where the field has no unit."""
    written = number_text(cell)
    if isinstance(cell, str):
        text, unit = with_unit(cell, units) if units else (cell, "")
        factor = units[unit] if unit else factor
        # 4.125 in and 1,250 kg are not in doubt: an edge of 105 m and a mass of 1.25 t are past the limits.
        possible = (
            [] if decimal else [number for number in readings(text) if _in_limits(Fraction(number) * factor, name)]
        )
        written = possible[0] if len(possible) == 1 else with_decimal_point(text, decimal)
    value = exact_number(written) * factor
    if COLUMNS[name].arrow == "int64" and value.denominator != 1:
        raise CellError(f"must be a whole number, got {cell!r}")
    return int(value) if value.denominator == 1 else float(value)


def _in_limits(value: Fraction, name: str) -> bool:
    """Whether a field may have a value; of fields without a unit anything is possible."""
    if name.endswith("_mm"):
        return value <= MAX_LENGTH_MM
    return not name.endswith("_g") or value <= MAX_MASS_G


def _other(cell: Any, name: str) -> Any:
    """Return a cell of texts as a text, and one of flags, lists and maps as it is: reading the line reads it."""
    if isinstance(cell, Unreadable):
        raise CellError(cell.rule)
    if not COLUMNS[name].is_text:
        return cell
    if not isinstance(cell, str | int | float | Decimal):
        raise CellError(f"must be a text, got {cell} ({type(cell).__name__})")
    return COLUMNS[name].stated(cell)


def in_line(path: str) -> tuple[int, str]:
    """Return the line and the field of a path such as ``lines[3].mass_g``; of any other path 0 and the path."""
    match = _IN_A_LINE.fullmatch(path)
    return (int(match[1]), match[2]) if match else (0, path)
