"""Turns a plain spreadsheet of box sizes into a catalog file."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from boxwright.catalog.boxes import read_box, unique_ids
from boxwright.catalog.catalogs import check_currency
from boxwright.catalog.loader import load_materials
from boxwright.catalog.size_columns import (
    EDGES,
    FIELDS,
    NAMES,
    from_quantity,
    is_field,
    meant,
    of_other_size,
    price_parts,
    size_columns,
    units_of,
)
from boxwright.domain.box import BoxType
from boxwright.domain.currency import minor_per_unit
from boxwright.domain.fields import declared, one_of
from boxwright.domain.written import G_PER_UNIT, MM_PER_UNIT, CellError, exact_number, with_unit
from boxwright.findings import Findings
from boxwright.tabular import ColumnMap, Table, Torn, header_parts, number_text, open_table, plain_text


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
    encoding: str = "",
    sheet: str = "",
    dunnage: Sequence[str] = (),
    mapping: ColumnMap | None = None,
) -> str:
    """Return a catalog in TOML made from a spreadsheet with a box per row.

    Columns that are left out stand in the catalog's first line. A cell may name its column's unit (``12 1/2 in``).
    Prices are in whole units of the currency, ``Price 100+`` is one from 100 up.

    Parameters
    ----------
    path : Path
        The spreadsheet; :func:`boxwright.tabular.open_table` says in which forms.
    catalog_id, encoding, sheet : str, optional
        Name of the catalog, by default that of the file; of CSV; of a workbook.
    basis : str, optional
        What the sizes are: ``inner`` (default) or ``outer``.
    length_unit, mass_unit : str, optional
        Of columns that name none: mm (default), cm, m, in; g (default), kg, oz, lb.
    board_id, style, opening, currency : str, optional
        As in a catalog. Defaults: no board, so that tare must be a column; ``rsc_0201``; ``top``; as prices say.
    dunnage : sequence of str, optional
        Ids of shipped dunnage that is stocked with the boxes. Default none.
    mapping : ColumnMap, optional
        Which column is which field, with its unit. Default: as :func:`boxwright.catalog.size_columns` guesses.

    Raises
    ------
    DataFileError
        Naming file, row and field of every fault.
    UnsupportedError
        If a package is missing.
    """
    faults = Findings(file=path.name)
    for name, rule in (
        ("basis", one_of("inner", "outer")(basis)),
        ("length_unit", one_of(*MM_PER_UNIT)(length_unit)),
        ("mass_unit", one_of(*G_PER_UNIT)(mass_unit)),
    ):
        if rule:
            faults.add(name, rule)
    faults.raise_any()
    mapping = mapping or size_columns(
        path, basis=basis, length_unit=length_unit, mass_unit=mass_unit, encoding=encoding, sheet=sheet
    )
    table = open_table(path, encoding=encoding, sheet=sheet)
    priced = (price_parts(column.header)[1] for column in mapping.columns if column.field.startswith("price"))
    currency = currency or next(filter(None, priced), "")
    columns = _columns(table.header, mapping, basis, currency, faults)
    faults.raise_any()
    head = {"catalog_id": catalog_id or path.stem, "version": "1", "currency": currency, "dunnage": [*dunnage] or ""}
    defaults = {"style": style, "opening": opening, "size_basis": basis, "board_id": board_id}
    given = _boxes(table, columns, defaults, faults)
    check_currency("currency", currency, given, faults)
    faults.raise_any()
    left_out = [_value(header) for header in table.header if not mapping.of(header).field]
    parts = [f"# Columns left out: {', '.join(left_out)}"] if left_out else []
    parts += [_lines(head), "[defaults]\n" + _lines(defaults), *("[[box_types]]\n" + _lines(box) for box in given)]
    return "\n\n".join(parts) + "\n"


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of the spreadsheet."""

    header: str
    field: str
    """How it is headed, and the field that it gives."""
    factor: Fraction
    """From what is written to the field's unit, where the cell names none."""
    units: dict[str, Fraction]
    """Units that a cell may name."""
    named: str = ""
    """The unit that the header names; empty if none."""
    quantity: int = 0
    """Of a price from a quantity up: from which."""

    def read(self, cell: Any) -> str | float | int:
        """Return a cell's text, or its number in the unit of the field; CellError where it is none."""
        if cell is None:
            raise CellError("must not be empty")
        kind = declared(BoxType)[self.field].kind
        if kind is str:
            return plain_text(cell)
        text, unit = with_unit(number_text(cell), self.units) if self.units else (number_text(cell), "")
        if unit and self.named and unit != self.named:
            raise CellError(f"must be in {self.named} as its column, got {cell!r}")
        value = exact_number(text) * (self.units[unit] if unit else self.factor)
        if kind is int and value.denominator != 1:
            what = "a price in whole minor units of its currency" if self.field == "price_minor" else "a whole number"
            raise CellError(f"must be {what}, got {cell!r}")
        return int(value) if kind is int else float(value)


def _columns(headers: Sequence[str], mapping: ColumnMap, basis: str, currency: str, faults: Findings) -> list[_Column]:
    """Return the columns that are read; note fields that are not known, repeat or are missing, and wrong units."""
    columns: dict[str, _Column] = {}
    other_basis = (
        f"is an {'outer' if basis == 'inner' else 'inner'} size, and the basis is {basis}: name the other basis"
    )
    for column in mapping.columns:
        header, field, where = column.header, column.field, f"column {column.header!r}"
        if not field:
            continue
        units, price = units_of(field), field.startswith("price")
        if not is_field(field):
            faults.add(where, f"must be one of {', '.join(FIELDS)}, got {field}")
            continue
        if headers.count(header) != 1:
            faults.add(where, "must not repeat" if header in headers else "is not in the file")
        if field in EDGES and of_other_size(header, basis):
            faults.add(where, other_basis)
        if field in columns:
            faults.add(where, f"must not be {field} as column {columns[field].header!r} is")
        if column.unit not in units if units else column.unit:
            faults.add(where, f"must be in {', '.join(units) or 'no unit'}, got {column.unit or 'none'}")
        if price and (code := price_parts(header)[1]) not in ("", currency):
            faults.add(where, f"must be in {currency} as the other prices are, got {code}")
        factor = units.get(column.unit, Fraction(minor_per_unit(currency)) if price else Fraction(1))
        named = f"{basis}_{field}_mm" if field in EDGES else "price_minor" if price else field
        own = header_parts(header)[1] if units else ""
        columns[field] = _Column(header, named, factor, units, own, from_quantity(field))
    for needed in (*EDGES, "box_type_id"):
        if needed in columns or (needed == "box_type_id" and "name" in columns):
            continue
        if other := [header for header in headers if of_other_size(header, basis) and meant(header) == needed]:
            faults.add(f"column {other[0]!r}", other_basis)
        else:
            shown = ", ".join(map(repr, headers))
            faults.add(NAMES[needed][0], f"no column is known to be it; the columns are {shown}")
    return list(columns.values())


def _boxes(table: Table, columns: list[_Column], defaults: dict[str, str], faults: Findings) -> list[dict[str, Any]]:
    """Return the box types of the rows, as a catalog names their fields; note what is wrong with any."""
    headers = {column.field: column.header for column in columns}
    materials, number = load_materials(), 0
    given: list[tuple[Findings, dict[str, Any]]] = []
    for number, cells in table.rows:
        # Errors name a field by the spreadsheet's own header where it has one.
        at = faults.row(number, headers)
        if isinstance(cells, Torn):
            at.add("", cells.rule)
            continue
        box: dict[str, Any] = {}
        unread: set[str] = set()
        tiers: list[tuple[int, Any]] = []
        for column in columns:
            if (cell := cells[table.header.index(column.header)]) is None and not column.field.endswith("_mm"):
                continue
            try:
                value = column.read(cell)
            except CellError as error:
                at.add(column.header, str(error))
                unread.add(column.field)
                continue
            if column.quantity:
                tiers.append((column.quantity, value))
            else:
                box[column.field] = value
        if tiers:
            box["price_tiers"] = [{"min_quantity": least, "price_minor": price} for least, price in sorted(tiers)]
        box.setdefault("box_type_id", box.get("name", ""))
        given.append((at, box))
        read_box({**defaults, **box}, materials, at, unread)
    if not number:
        faults.add("file", "must have at least one row below the header")
    unique_ids(given)
    return [box for _, box in given]


def _lines(fields: dict[str, Any]) -> str:
    """Return fields as lines of TOML, empty texts left out."""
    return "\n".join(f"{key} = {_value(value)}" for key, value in fields.items() if value != "")


def _value(value: object) -> str:
    if isinstance(value, str):
        # A JSON string is a TOML basic string, but for the delete character.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_value(entry)}' for key, entry in value.items())} }}"
    return f"{value:g}" if isinstance(value, float) and value == int(value) else str(value)
