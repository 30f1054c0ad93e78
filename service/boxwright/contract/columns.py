"""Order lines as table rows, with a column per field of ``OrderLine``; cells hold the values of its JSON."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from google.protobuf.descriptor import FieldDescriptor

from boxwright.contract.json import read_stated
from boxwright.contract.names import material_name
from boxwright.contract.order import read_line
from boxwright.contract.values import EDGES
from boxwright.domain.order import ALL_ORIENTATIONS, DimensionStatus, Item
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.v1 import order_pb2

_LEFT_OUT = ("cuboid.dimensions.", "soft_goods.dimensions.", "soft_goods.", "fragility.")
"""Prefixes of field paths that column names omit."""
_EXACT = 2**53
"""Limit below which all integers are exact as floats."""
_KIND = FieldDescriptor
_ARROW = {_KIND.CPPTYPE_DOUBLE: "float64", _KIND.CPPTYPE_INT32: "int64", _KIND.CPPTYPE_BOOL: "bool"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of order lines."""

    path: tuple[str, ...]
    """JSON keys from the line to the field. Columns of edges have the path of cuboids, also for soft goods."""
    stated: Callable[[Any], Any]
    """Function from a cell, text or typed, to its JSON value; it returns unreadable cells unchanged."""
    arrow: str
    """Type in Parquet: ``float64``, ``int64``, ``bool`` or ``string``."""
    is_text: bool = False
    """True if the cells are free text."""


def _columns(message: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Column]]:
    for field in message.fields:
        here = (*path, field.name)
        if field.message_type is not None and not field.is_repeated:
            yield from _columns(field.message_type, here)
            continue
        arrow = "string" if field.is_repeated else _ARROW.get(field.cpp_type, "string")
        is_text = field.cpp_type == _KIND.CPPTYPE_STRING
        yield column_of(".".join(here)), Column(here, _cell_reader(field), arrow, is_text)


def column_of(path: str) -> str:
    """Return the column of a path in a line, such as ``length_mm`` for ``cuboid.dimensions.length_mm``."""
    return next((path.removeprefix(begin) for begin in _LEFT_OUT if path.startswith(begin)), path)


def _cell_reader(field: Any) -> Callable[[Any], Any]:
    if field.message_type is not None:
        return partial(_entries, [inner.name for inner in field.message_type.fields])
    if field.enum_type is not None:
        return partial(_words if field.is_repeated else _word, field.enum_type)
    if field.cpp_type == _KIND.CPPTYPE_BOOL:
        return lambda cell: {"true": True, "false": False}.get(str(cell).lower(), cell)
    return _text if field.cpp_type == _KIND.CPPTYPE_STRING else _number


def _number(cell: Any) -> Any:
    """Return a decimal as a number, other cells unchanged: JSON may hold numbers as strings."""
    plain = isinstance(cell, str) and cell.isascii() and cell.replace(".", "", 1).isdigit()
    return float(cell) if plain or isinstance(cell, Decimal) else cell


def _text(cell: Any) -> Any:
    """Return a string, or an integer as a string; other cells unchanged."""
    if isinstance(cell, str):
        return cell
    cell = _number(cell)
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _EXACT:
        cell = int(cell)
    return str(cell) if isinstance(cell, int) and not isinstance(cell, bool) else cell


def _word(enum: Any, cell: Any) -> str:
    """Return the enum name that a cell states in any case, with or without its prefix; other cells as text."""
    prefix = enum.values_by_number[0].name.removesuffix("UNSPECIFIED")
    name = prefix + str(cell).upper().removeprefix(prefix)
    return name if any(value.name == name for value in enum.values) else str(cell)


def _words(enum: Any, cell: Any) -> Any:
    words = cell.split() if isinstance(cell, str) else cell
    return [_word(enum, word) for word in words] if isinstance(words, list | tuple) else words


def _entries(names: list[str], cell: Any) -> Any:
    """Return the JSON of named numbers in a cell: ``a=1;b=2.5``, a struct, or a map, which pyarrow gives as pairs."""
    if isinstance(cell, str):
        parts = (part.partition("=") for part in cell.split(";"))
        cell = [(name.strip(), number.strip()) for name, _, number in parts]
    elif isinstance(cell, dict):
        cell = [(name, number) for name, number in cell.items() if number is not None]
    if not isinstance(cell, list) or not all(isinstance(entry, tuple) for entry in cell):
        return cell
    return [dict(zip(names, entry, strict=True)) for entry in cell]


COLUMNS: Mapping[str, Column] = {
    name: column
    for name, column in _columns(order_pb2.OrderLine.DESCRIPTOR)
    if column.path[:2] != ("soft_goods", "dimensions")  # the edges of cuboids have the same names
}
"""Columns of order lines by name."""
REQUIRED_COLUMNS = ("line_id", "quantity", *EDGES, "mass_g")
_SOFT = {name for name, column in COLUMNS.items() if column.path[0] == "soft_goods"}


def read_row(cells: Mapping[str, Any]) -> Item:
    """Return the order line of a row, whose non-empty cells are given by column.

    Raises InvalidInputError with every broken rule, by column.
    """
    shape = "cuboid" if _SOFT.isdisjoint(cells) else "soft_goods"
    edges: dict[str, Any] = {}
    line: dict[str, Any] = {shape: {"dimensions": edges}}
    for name, cell in cells.items():
        column = COLUMNS[name]
        if name in EDGES:
            edges[name] = column.stated(cell)
        elif len(column.path) == 1:
            line[name] = column.stated(cell)
        else:
            above, key = column.path
            line.setdefault(above, {})[key] = column.stated(cell)
    try:
        return read_stated(line, order_pb2.OrderLine, read_line)
    except InvalidInputError as error:
        raise InvalidInputError(
            FieldViolation(column_of(fault.field), fault.rule) for fault in error.violations
        ) from None


def row_of(item: Item) -> dict[str, Any]:
    """Return, by column, the cells of an order line for ``read_row``, without fields at their defaults."""
    row = {}
    for name, column in COLUMNS.items():
        *above, key = column.path
        holder: Any = item if name in EDGES or not above else getattr(item, above[0])
        if holder is None:
            continue
        value: Any
        if key == "cushion_material":
            value = material_name(holder.cushion_material_id)
        elif key == "materials":
            value = {material_name(entry.material_id): entry.mass_g for entry in holder.materials}
        elif key == "property_amounts":
            value = {entry.property: entry.amount for entry in holder.property_amounts}
        else:
            value = getattr(holder, key)
        if value is None or value is False or value in ("", (), {}, ALL_ORIENTATIONS, DimensionStatus.DECLARED):
            continue
        row[name] = value
    return row
