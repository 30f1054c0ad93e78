"""Turns a plain spreadsheet of box sizes into a catalog file."""

import json
import re
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

from boxwright.catalog.boxes import read_box, unique_ids
from boxwright.catalog.catalogs import check_currency
from boxwright.catalog.faults import Faults, row_field
from boxwright.catalog.loader import load_materials
from boxwright.catalog.spreadsheet import read_sheet
from boxwright.domain.currency import minor_per_unit
from boxwright.domain.written import G_PER_UNIT, MM_PER_UNIT, SYNONYMS, CellError, exact_number, with_unit

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
    "minimum_order_quantity": ("minimum order", "minimum order quantity", "moq"),
    "trips": ("trips", "uses"),
    "board_id": ("board", "board id"),
    "material_id": ("material", "material id"),
    "note": ("note", "remark"),
}
"""What a column may be called, without its unit: case, blanks, underscores and brackets do not matter."""

_EDGES = ("length", "width", "height")
_MASSES = ("tare_g", "max_gross_g", "max_net_g")
_TEXTS = ("box_type_id", "name", "board_id", "material_id", "note")
_WHOLE = ("available", "minimum_order_quantity", "trips")
_UNIT_AT_END = re.compile(r"\s+(mm|cm|m|in|inch|inches|g|kg|oz|lb|lbs)$")
_TIER = re.compile(r"(?:price|cost)(?: from)? (\d+)\+?")
"""A price from a quantity up, such as ``Price 100+`` or ``price from 100``."""


def convert_sizes(
    path: Path,
    *,
    catalog_id: str = "",
    basis: str = "inner",
    length_unit: str = "mm",
    mass_unit: str = "g",
    board_id: str = "",
    style: str = "rsc_0201",
    opening: str = "top",
    currency: str = "",
    sheet: str = "",
) -> str:
    """Return a catalog in TOML made from a spreadsheet with a box per row.

    The first row names the columns; the names in NAMES are understood, with a unit or without, such as ``Length (cm)``
    or ``max_weight_kg``. A cell may name its unit too (``12 1/2 in``), but none other than its column's. Numbers may
    have decimal commas; lengths may be fractions of an inch. Prices are in whole units of the currency, ``Price 100+``
    is one from 100 up. Cells of CSV may be separated by comma, semicolon or tab.

    Parameters
    ----------
    path : Path
        The spreadsheet, as CSV or as a workbook that ends in ``.xlsx`` (needs the extra ``xlsx``).
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
    sheet : str, optional
        Sheet of a workbook. Default: the only one that holds anything.

    Raises
    ------
    DataFileError
        Naming file, row and field of every fault.
    """
    faults = Faults(path)
    _check_options(basis, length_unit, mass_unit, faults)
    rows = read_sheet(path, faults, sheet)
    faults.raise_any()
    columns = _columns(rows[0], basis, (length_unit, mass_unit), minor_per_unit(currency), faults)
    if len(rows) == 1:
        faults.add("file", "must have at least one row below the header")
    faults.raise_any()
    defaults: dict[str, Any] = {"style": style, "opening": opening, "size_basis": basis}
    if board_id:
        defaults["board_id"] = board_id
    headers = {column.field: column.header for column in columns}
    materials = load_materials()
    given: list[tuple[str, dict[str, Any]]] = []
    for row, cells in rows[1:]:
        read = _read_row(row, cells, columns, faults)
        if read is None:
            continue
        fields, unread = read
        name = partial(_row_header, row, headers)
        given.append((name("box_type_id"), fields))
        read_box({**defaults, **fields}, name, materials, faults, unread)
    unique_ids(given, faults)
    check_currency("currency", currency, (fields for _, fields in given), faults)
    faults.raise_any()
    head = {"catalog_id": catalog_id or path.stem, "version": "1"}
    if currency:
        head["currency"] = currency
    tables = ["[defaults]\n" + _toml(defaults), *("[[box_types]]\n" + _toml(fields) for _, fields in given)]
    return "\n\n".join([_toml(head), *tables]) + "\n"


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of the spreadsheet.

    Attributes
    ----------
    header, field : str
        How it is headed, and the field that it gives.
    factor : Fraction
        From what is written to the field's unit, where the cell names none.
    units : dict of str to Fraction
        Units that a cell may name.
    named : str
        The unit that the header names; empty if none.
    quantity : int
        Of a price from a quantity up: from which.
    """

    header: str
    field: str
    factor: Fraction
    units: dict[str, Fraction]
    named: str = ""
    quantity: int = 0


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


def _columns(
    header: tuple[int, list[str]], basis: str, defaults: tuple[str, str], minor: int, faults: Faults
) -> list[_Column]:
    """Return the columns; note what is not understood, repeated or missing."""
    row, names = header
    columns: list[_Column] = []
    present: list[tuple[str, int]] = []
    for name in names:
        plain = re.sub(r"[\s_()\[\].]+", " ", name.lower()).strip()
        tier = _TIER.fullmatch(plain)
        match = _UNIT_AT_END.search(plain)
        unit = SYNONYMS.get(match[1], match[1]) if match else ""
        plain = _UNIT_AT_END.sub("", plain)
        field = "price_tiers" if tier else next((field for field, known in NAMES.items() if plain in known), "")
        quantity = int(tier[1]) if tier else 0
        if not field:
            understood = ", ".join(known[0] for known in NAMES.values())
            faults.add(row_field(row, name or "a column"), f"column is not understood; understood: {understood}")
        elif (field, quantity) in present:
            faults.add(row_field(row, name), "column appears twice")
        present.append((field, quantity))
        units, default = _units(field, *defaults)
        if unit and unit not in units:
            faults.add(row_field(row, name), f"must be in {', '.join(units) or 'no unit'}, got {unit}")
        factor = units.get(unit or default, Fraction(minor) if field.startswith("price") else Fraction(1))
        field = f"{basis}_{field}_mm" if field in _EDGES else field
        columns.append(_Column(name, field, factor, units, unit, quantity))
    fields = [each for each, _ in present]
    for field in _EDGES:
        if field not in fields:
            faults.add(row_field(row, field), "column is missing")
    if "box_type_id" not in fields and "name" not in fields:
        faults.add(row_field(row, "id"), "column is missing")
    return columns


def _units(field: str, length_unit: str, mass_unit: str) -> tuple[dict[str, Fraction], str]:
    """Return the units that a field may be in, and the one it is in where its column names none."""
    if field in _EDGES:
        return MM_PER_UNIT, length_unit
    return (G_PER_UNIT, mass_unit) if field in _MASSES else ({}, "")


def _read_row(
    row: int, cells: list[str], columns: list[_Column], faults: Faults
) -> tuple[dict[str, Any], set[str]] | None:
    """Return the fields of a row as a catalog names them and those that cannot be read; None if it is no such row."""
    if len(cells) != len(columns):
        faults.add(row_field(row, ""), f"must have {len(columns)} cells as the header has, got {len(cells)}")
        return None
    found: dict[str, Any] = {}
    unread: set[str] = set()
    tiers: list[tuple[int, int]] = []
    for cell, column in zip(cells, columns, strict=True):
        if not cell:
            if column.field.endswith("_mm"):
                faults.add(row_field(row, column.header), "must not be empty")
                unread.add(column.field)
        elif column.field in _TEXTS:
            found[column.field] = cell
        else:
            try:
                value = _scaled(cell, column)
            except CellError as error:
                faults.add(row_field(row, column.header), str(error))
                unread.add(column.field)
                continue
            if column.quantity:
                tiers.append((column.quantity, int(value)))
            else:
                found[column.field] = value
    if tiers:
        found["price_tiers"] = [{"min_quantity": least, "price_minor": price} for least, price in sorted(tiers)]
    found.setdefault("box_type_id", found.get("name", ""))
    return found, unread


def _scaled(cell: str, column: _Column) -> float | int:
    """Return a number in the unit of its field."""
    text, unit = with_unit(cell, column.units) if column.units else (cell, "")
    if unit and column.named and unit != column.named:
        raise CellError(f"must be in {column.named} as its column, got {cell!r}")
    value = exact_number(text) * (column.units[unit] if unit else column.factor)
    if not column.field.startswith("price") and column.field not in _WHOLE:
        return float(value)
    if value.denominator != 1:
        what = "a whole number" if column.field in _WHOLE else "a price in whole minor units of its currency"
        raise CellError(f"must be {what}, got {cell!r}")
    return int(value)


def _toml(fields: dict[str, Any]) -> str:
    return "\n".join(f"{key} = {_value(value)}" for key, value in fields.items())


def _value(value: object) -> str:
    if isinstance(value, str):
        # A JSON string is a TOML basic string, but for the delete character.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, list):
        tables = (", ".join(f"{key} = {_value(each)}" for key, each in table.items()) for table in value)
        return f"[{', '.join(f'{{ {table} }}' for table in tables)}]"
    return f"{value:g}" if isinstance(value, float) and value == int(value) else str(value)
