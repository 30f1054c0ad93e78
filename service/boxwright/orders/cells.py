"""Cells of an export as the values of an order file: numbers as written anywhere, in the unit of their field."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from boxwright.domain.written import CellError, exact_number, readings, with_decimal_point, with_unit
from boxwright.orders.column_map import units_of
from boxwright.orders.fields import KINDS
from boxwright.orders.kinds import NUMBER, TEXT, WHOLE, CellKind
from boxwright.orders.rows import EXTRA
from boxwright.tabular import MappedColumn, Unreadable, number_text, plain_text
from boxwright.units import MAX_LENGTH_MM, MAX_MASS_G


def reader_of(column: MappedColumn, decimal: str) -> Callable[[Any], Any]:
    """Return a function from a cell, which is not None, to its value; it raises CellError with the rule broken."""
    name = column.field
    if name.startswith(EXTRA):
        return plain_text
    kind = KINDS[name]
    if kind in (NUMBER, WHOLE):
        units: dict[str, Fraction] = units_of(name)
        factor = units[column.unit] if units else Fraction(1)
        return lambda cell: _number(cell, name, decimal, units, factor)
    return lambda cell: _other(cell, kind)


def _number(cell: Any, name: str, decimal: str, units: dict[str, Fraction], factor: Fraction) -> float | int:
    """Return a number in mm or g, or as it is where the field has no unit."""
    written = number_text(cell)
    if isinstance(cell, str):
        text, unit = with_unit(cell, units) if units else (cell, "")
        factor = units[unit] if unit else factor
        # 4.125 in and 1,250 kg are not in doubt: an edge of 105 m and a mass of 1.25 t are past the limits.
        possible = [] if decimal else [each for each in readings(text) if _in_limits(Fraction(each) * factor, name)]
        written = possible[0] if len(possible) == 1 else with_decimal_point(text, decimal)
    value = exact_number(written) * factor
    if KINDS[name] is WHOLE and value.denominator != 1:
        raise CellError(f"must be a whole number, got {cell!r}")
    return int(value) if value.denominator == 1 else float(value)


def _in_limits(value: Fraction, name: str) -> bool:
    """Whether a field may have a value; of fields without a unit anything is possible."""
    if name.endswith("_mm"):
        return value <= MAX_LENGTH_MM
    return not name.endswith("_g") or value <= MAX_MASS_G


def _other(cell: Any, kind: CellKind) -> Any:
    """Return a text, a flag or one of the lists and maps of an order file."""
    if isinstance(cell, str):
        return kind.of_text(cell)
    if isinstance(cell, Unreadable):
        raise CellError(cell.rule)
    if kind is TEXT and not isinstance(cell, int | float | Decimal):
        raise CellError(f"must be a text, got {cell} ({type(cell).__name__})")
    return kind.of_typed(cell)
