"""Turns a plain spreadsheet of box sizes into a catalog file."""

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from boxwright.catalog.boxes import read_box, unique_ids
from boxwright.catalog.cells import CellError, number
from boxwright.catalog.faults import Faults, row_field
from boxwright.catalog.loader import load_materials
from boxwright.catalog.tables import read_rows, read_text

MM_PER_UNIT = {"mm": Decimal(1), "cm": Decimal(10), "m": Decimal(1000), "in": Decimal("25.4")}
G_PER_UNIT = {"g": Decimal(1), "kg": Decimal(1000), "oz": Decimal("28.349523125"), "lb": Decimal("453.59237")}

NAMES = {
    "box_type_id": ("id", "box", "box id", "box type", "box type id", "code", "sku"),
    "name": ("name", "description"),
    "length": ("length", "l", "inner length", "outer length"),
    "width": ("width", "w", "breadth", "b", "inner width", "outer width"),
    "height": ("height", "h", "depth", "d", "inner height", "outer height"),
    "tare_g": ("tare", "weight", "empty weight", "box weight"),
    "max_gross_g": ("max gross", "max weight", "gross limit", "max gross weight"),
    "max_net_g": ("max net", "max load", "net limit", "payload", "max payload"),
    "price_minor": ("price", "cost"),
    "available": ("available", "stock", "quantity"),
}
"""What a column may be called, without its unit: case, blanks, underscores and brackets do not matter."""

_EDGES = ("length", "width", "height")
_MASSES = ("tare_g", "max_gross_g", "max_net_g")
_UNIT_AT_END = re.compile(r"\s+(mm|cm|m|in|inch|inches|g|kg|oz|lb|lbs)$")
_UNIT_SYNONYMS = {"inch": "in", "inches": "in", "lbs": "lb"}


def convert_sizes(
    csv_path: Path,
    *,
    catalog_id: str = "",
    basis: str = "inner",
    length_unit: str = "mm",
    mass_unit: str = "g",
    board_id: str = "",
    style: str = "rsc_0201",
    opening: str = "top",
    currency: str = "",
) -> str:
    """Return a catalog in TOML made from a spreadsheet with a box per row.

    The first row names the columns; the names in NAMES are understood, with a unit or without, such as ``Length (cm)``
    or ``max_weight_kg``. Prices are in whole units of the currency with up to two decimals. Cells may be separated by
    comma, semicolon or tab.

    Parameters
    ----------
    csv_path : Path
        The spreadsheet, as CSV.
    catalog_id : str, optional
        Default: the file's name.
    basis : str, optional
        What the sizes are: ``inner`` (default) or ``outer``.
    length_unit, mass_unit : str, optional
        Of columns that name none: mm (default), cm, m, in; g (default), kg, oz, lb.
    board_id : str, optional
        Board from which tare and the other size are derived. Default none: tare must be a column then.
    style, opening : str, optional
        As in a catalog. Defaults ``rsc_0201`` and ``top``.
    currency : str, optional
        ISO 4217 code of the prices.

    Raises
    ------
    DataFileError
        Naming file, row and field of every fault.
    """
    faults = Faults(csv_path)
    _check_options(basis, length_unit, mass_unit, faults)
    content = read_text(csv_path, faults)
    faults.raise_any()
    rows = read_rows(content or "", faults, _delimiter(content or ""))
    faults.raise_any()
    columns = _columns(rows[0], basis, length_unit, mass_unit, faults)
    if len(rows) == 1:
        faults.add("file", "must have at least one row below the header")
    faults.raise_any()
    defaults: dict[str, Any] = {"style": style, "opening": opening, "size_basis": basis}
    if board_id:
        defaults["board_id"] = board_id
    headers = {column.field: column.header for column in columns}
    materials = load_materials()
    given, boxes = [], []
    for row, cells in rows[1:]:
        fields = _read_row(row, cells, columns, faults)
        if fields is None:
            continue
        given.append(fields)
        name = partial(_row_header, row, headers)
        box = read_box({**defaults, **fields}, name, materials, faults)
        if box is not None:
            boxes.append((name("box_type_id"), box))
    unique_ids(boxes, faults)
    faults.raise_any()
    head = {"catalog_id": catalog_id or csv_path.stem, "version": "1"}
    if currency:
        head["currency"] = currency
    tables = ["[defaults]\n" + _toml(defaults), *("[[box_types]]\n" + _toml(fields) for fields in given)]
    return "\n\n".join([_toml(head), *tables]) + "\n"


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of the spreadsheet: how it is headed, the field it gives, and the factor to the field's unit."""

    header: str
    field: str
    factor: Decimal


def _row_header(row: int, headers: dict[str, str], field: str) -> str:
    """Return how a field is named in errors: by the spreadsheet's own header where it has one."""
    return row_field(row, headers.get(field, field))


def _check_options(basis: str, length_unit: str, mass_unit: str, faults: Faults) -> None:
    for name, value, allowed in (
        ("basis", basis, ("inner", "outer")),
        ("length_unit", length_unit, tuple(MM_PER_UNIT)),
        ("mass_unit", mass_unit, tuple(G_PER_UNIT)),
    ):
        if value not in allowed:
            faults.add(name, f"must be one of {', '.join(allowed)}, got {value!r}")


def _delimiter(content: str) -> str:
    """Return the separator that the first line uses most."""
    first = content.lstrip().splitlines()[0]
    return max(",;\t", key=first.count)


def _columns(
    header: tuple[int, list[str]], basis: str, length_unit: str, mass_unit: str, faults: Faults
) -> list[_Column]:
    """Return the columns; note what is not understood, repeated or missing."""
    row, names = header
    columns: list[_Column] = []
    present: list[str] = []
    for name in names:
        plain = re.sub(r"[\s_()\[\].]+", " ", name.lower()).strip()
        match = _UNIT_AT_END.search(plain)
        unit = _UNIT_SYNONYMS.get(match.group(1), match.group(1)) if match else ""
        plain = _UNIT_AT_END.sub("", plain)
        field = next((field for field, known in NAMES.items() if plain in known), "")
        if not field:
            understood = ", ".join(known[0] for known in NAMES.values())
            faults.add(row_field(row, name or "a column"), f"column is not understood; understood: {understood}")
        elif field in present:
            faults.add(row_field(row, name), "column appears twice")
        present.append(field)
        units, default = _units(field, length_unit, mass_unit)
        if unit and unit not in units:
            faults.add(row_field(row, name), f"must be in {', '.join(units) or 'no unit'}, got {unit}")
        factor = units.get(unit or default, Decimal(100) if field == "price_minor" else Decimal(1))
        columns.append(_Column(name, f"{basis}_{field}_mm" if field in _EDGES else field, factor))
    for field in _EDGES:
        if field not in present:
            faults.add(row_field(row, field), "column is missing")
    if "box_type_id" not in present and "name" not in present:
        faults.add(row_field(row, "id"), "column is missing")
    return columns


def _units(field: str, length_unit: str, mass_unit: str) -> tuple[dict[str, Decimal], str]:
    """Return the units that a field may be in, and the one it is in where its column names none."""
    if field in _EDGES:
        return MM_PER_UNIT, length_unit
    return (G_PER_UNIT, mass_unit) if field in _MASSES else ({}, "")


def _read_row(row: int, cells: list[str], columns: list[_Column], faults: Faults) -> dict[str, Any] | None:
    """Return the fields of a row as a catalog names them, or None after noting its faults."""
    if len(cells) != len(columns):
        faults.add(row_field(row, ""), f"must have {len(columns)} cells as the header has, got {len(cells)}")
        return None
    before = len(faults.violations)
    found: dict[str, Any] = {}
    for cell, column in zip(cells, columns, strict=True):
        if not cell:
            if column.field.endswith("_mm"):
                faults.add(row_field(row, column.header), "must not be empty")
        elif column.field in ("box_type_id", "name"):
            found[column.field] = cell
        else:
            try:
                found[column.field] = _scaled(cell, column)
            except CellError as error:
                faults.add(row_field(row, column.header), str(error))
    found.setdefault("box_type_id", found.get("name", ""))
    return found if len(faults.violations) == before else None


def _scaled(cell: str, column: _Column) -> float | int:
    """Return a number in the unit of its field; a decimal comma is read as a decimal point."""
    value = number(cell if "." in cell else cell.replace(",", ".")) * column.factor
    if column.field not in ("price_minor", "available"):
        return float(value)
    if value != value.to_integral_value():
        what = "a price with at most two decimals" if column.field == "price_minor" else "a whole number"
        raise CellError(f"must be {what}, got {cell!r}")
    return int(value)


def _toml(fields: dict[str, Any]) -> str:
    return "\n".join(f"{key} = {_value(value)}" for key, value in fields.items())


def _value(value: object) -> str:
    if isinstance(value, str):
        # A JSON string is a TOML basic string, but for the delete character.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return f"{value:g}" if isinstance(value, float) and value == int(value) else str(value)
