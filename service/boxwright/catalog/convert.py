"""Turns a plain spreadsheet of box sizes into a catalog file."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from boxwright.catalog.boxes import read_box, unique_ids
from boxwright.catalog.catalogs import check_currency
from boxwright.catalog.loader import load_materials
from boxwright.domain.currency import minor_per_unit
from boxwright.domain.written import G_PER_UNIT, MM_PER_UNIT, CellError, exact_number, with_unit
from boxwright.findings import Findings
from boxwright.tabular import Table, Torn, header_parts, number_text, open_table, plain_text

_NAMES = {
    "box_type_id": (
        "id, box, box id, box no, box type, box type id, code, sku, sku no, artikelnummer, artikelnr, artikel nr, "
        "kartonnummer, kartonnr, karton nr, karton id, reference, referencia, codigo, codice, 编号"
    ),
    "name": (
        "name, description, bezeichnung, kartonbezeichnung, designation, descripcion, descrizione, nombre, nome, 名称"
    ),
    "length": (
        "length, l, inner length, outer length, lange, laenge, innenlange, innenlaenge, aussenlange, aussenlaenge, "
        "longueur, longitud, largo, lunghezza, comprimento, 长度, 长"
    ),
    "width": (
        "width, w, breadth, b, inner width, outer width, breite, innenbreite, aussenbreite, largeur, ancho, anchura, "
        "larghezza, largura, 宽度, 宽"
    ),
    "height": (
        "height, h, depth, d, inner height, outer height, hohe, hoehe, tiefe, innenhohe, innenhoehe, aussenhohe, "
        "aussenhoehe, hauteur, profondeur, alto, altura, altezza, profondita, 高度, 高"
    ),
    "tare_g": "tare, weight, empty weight, box weight, leergewicht, eigengewicht, gewicht, poids, peso, 重量",
    "max_gross_g": "max gross, max weight, gross limit, max gross weight, max gewicht, max gesamtgewicht",
    "max_net_g": (
        "max net, max load, net limit, payload, max payload, traglast, tragkraft, zuladung, nutzlast, fullgewicht, "
        "max traglast, max zuladung, max nutzlast, max fullgewicht, max fuellgewicht"
    ),
    "price_minor": (
        "price, cost, unit price, price per piece, preis, stuckpreis, stueckpreis, einzelpreis, prix, prix unitaire, "
        "precio, prezzo, preco, 单价, 价格"
    ),
    "available": "available, stock, quantity, bestand, lagerbestand, 库存",
    "minimum_order_quantity": "minimum order, minimum order quantity, moq, mindestmenge, mindestbestellmenge",
    "trips": "trips, uses",
    "board_id": "board, board id",
    "material_id": "material, material id",
    "note": "note, remark, bemerkung, notiz",
}
NAMES = {field: tuple(names.split(", ")) for field, names in _NAMES.items()}
"""What a column may be called, without its unit: case, accents, blanks, underscores and brackets do not matter."""

_EDGES = ("length", "width", "height")
_BASES = {
    "inner": re.compile(r"\b(?:inner|inside|internal|innen(?:masse?)?)(?: |$)|\binnen"),
    "outer": re.compile(r"\b(?:outer|outside|external|aussen(?:masse?)?)(?: |$)|\baussen"),
}
"""What of the name of an edge says which size it is, such as ``lange innen`` or ``innenlange``."""
_MASSES = ("tare_g", "max_gross_g", "max_net_g")
_TEXTS = ("box_type_id", "name", "board_id", "material_id", "note")
_WHOLE = ("available", "minimum_order_quantity", "trips")
_TIER = re.compile(r"(?:price|cost|preis)(?: from| ab)? (\d+)")
"""A price from a quantity up, such as ``Price 100+`` or ``price from 100``."""
_PRICE = re.compile(rf"(?:{'|'.join(NAMES['price_minor'])})\b")
_PIECES = r"(?:stk|stuck|stueck|pcs?|pieces?|box)\b"
_OF_ONE = re.compile(rf" (?:(?:pro|je|per) )?{_PIECES}| net(?:to)?\b")
"""Words about a price that leave it what it is: that of one box, without tax."""
_OF_MANY = re.compile(rf"/\s*\d|\b(?:pro|je|per)\s+\d|^(?!.*\b(?:ab|from)\b)\D*\d+\s*(?:stück\b|{_PIECES})", re.I)
"""A price of so many boxes together, such as ``Preis/100 Stk.``."""
_CURRENCY = re.compile(rf"(?P<price>{_PRICE.pattern}.*) (?P<code>[a-z]{{3}})")
"""A price whose header ends in a currency, such as ``Price (EUR)``."""


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
) -> str:
    """Return a catalog in TOML made from a spreadsheet with a box per row.

    The first row names the columns; the names in NAMES are understood, with a unit or without (``Length (cm)``). Other
    columns are left out, and the catalog's first line names them. A cell may name its column's unit (``12 1/2 in``).
    Prices are in whole units of the currency, ``Price 100+`` is one from 100 up.

    Parameters
    ----------
    path : Path
        The spreadsheet; :func:`boxwright.tabular.open_table` says in which forms.
    catalog_id : str, optional
        Default: the file's name.
    basis : str, optional
        What the sizes are: ``inner`` (default) or ``outer``.
    length_unit, mass_unit : str, optional
        Of columns that name none: mm (default), cm, m, in; g (default), kg, oz, lb.
    board_id : str, optional
        Board from which tare and the other size are derived. Default none: tare must be a column then.
    style, opening, currency : str, optional
        As in a catalog. Defaults ``rsc_0201``, ``top``, and the currency that headers of prices name.
    encoding, sheet : str, optional
        Of CSV, and of a workbook.
    dunnage : sequence of str, optional
        Ids of shipped dunnage that is stocked with the boxes. Default none.

    Raises
    ------
    DataFileError
        Naming file, row and field of every fault.
    UnsupportedError
        If a package is missing.
    """
    faults = Findings(file=path.name)
    _check_options(basis, length_unit, mass_unit, faults)
    table = open_table(path, encoding=encoding, sheet=sheet)
    currency = currency or next(filter(None, (_price_parts(header)[1] for header in table.header)), "")
    columns = _columns(table.header, basis, (length_unit, mass_unit), currency, faults)
    faults.raise_any()
    defaults = {"style": style, "opening": opening, "size_basis": basis, "board_id": board_id}
    given = _boxes(table, columns, defaults, faults)
    check_currency("currency", currency, given, faults)
    faults.raise_any()
    left_out = [header for header in table.header if header not in {column.header for column in columns}]
    head = {"catalog_id": catalog_id or path.stem, "version": "1", "currency": currency, "dunnage": [*dunnage] or ""}
    return _document(left_out, head, defaults, given)


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

    def read(self, cell: Any) -> str | float | int:
        """Return a cell's text, or its number in the unit of the field.

        Raises
        ------
        CellError
            With the rule broken.
        """
        if self.field in _TEXTS:
            return plain_text(cell)
        text, unit = with_unit(number_text(cell), self.units) if self.units else (number_text(cell), "")
        if unit and self.named and unit != self.named:
            raise CellError(f"must be in {self.named} as its column, got {cell!r}")
        value = exact_number(text) * (self.units[unit] if unit else self.factor)
        if not self.field.startswith("price") and self.field not in _WHOLE:
            return float(value)
        if value.denominator != 1:
            what = "a whole number" if self.field in _WHOLE else "a price in whole minor units of its currency"
            raise CellError(f"must be {what}, got {cell!r}")
        return int(value)


def _check_options(basis: str, length_unit: str, mass_unit: str, faults: Findings) -> None:
    for name, value, allowed in (
        ("basis", basis, ("inner", "outer")),
        ("length_unit", length_unit, tuple(MM_PER_UNIT)),
        ("mass_unit", mass_unit, tuple(G_PER_UNIT)),
    ):
        if value not in allowed:
            faults.add(name, f"must be one of {', '.join(allowed)}, got {value!r}")
    faults.raise_any()


def _price_parts(header: str) -> tuple[str, str]:
    """Return the plain name of a column of prices and the currency that it ends in; empty for any other column."""
    plain = header_parts(header)[0]
    if _PRICE.match(plain) is None:
        return "", ""
    plain = _OF_ONE.sub("", plain)
    match = _CURRENCY.fullmatch(plain)
    return (match["price"], match["code"].upper()) if match else (plain, "")


def _columns(
    headers: list[str], basis: str, defaults: tuple[str, str], currency: str, faults: Findings
) -> list[_Column]:
    """Return the columns that are understood; note what is repeated, missing or in a unit of something else."""
    columns: dict[tuple[str, int], _Column] = {}
    of_other: dict[str, str] = {}
    other = next(each for each in _BASES if each != basis)
    for header in headers:
        name, unit = header_parts(header)
        price, code = _price_parts(header)
        name = price or name
        if price and _OF_MANY.search(header):
            faults.add(f"column {header!r}", "is a price of several boxes together: give that of one")
            continue
        if code not in ("", currency):
            faults.add(f"column {header!r}", f"must be in {currency} as the other prices are, got {code}")
        tier = _TIER.fullmatch(name)
        known = "price_tiers" if tier else _known(name)
        if not known:
            continue
        if known in _EDGES and _BASES[other].search(name):
            of_other[known] = header
            continue
        quantity = int(tier[1]) if tier else 0
        if (known, quantity) in columns:
            faults.add(f"column {header!r}", "appears twice")
        units, default = _units(known, *defaults)
        if unit and unit not in units:
            faults.add(f"column {header!r}", f"must be in {', '.join(units) or 'no unit'}, got {unit}")
        factor = units.get(
            unit or default, Fraction(minor_per_unit(currency)) if known.startswith("price") else Fraction(1)
        )
        named = f"{basis}_{known}_mm" if known in _EDGES else known
        columns[known, quantity] = _Column(header, named, factor, units, unit, quantity)
    shown = ", ".join(map(repr, headers))
    for needed in (*_EDGES, "box_type_id"):
        if needed in of_other and (needed, 0) not in columns:
            rule = f"is an {other} size, and the basis is {basis}: name the other basis"
            faults.add(f"column {of_other[needed]!r}", rule)
        elif (needed, 0) not in columns and (needed != "box_type_id" or ("name", 0) not in columns):
            faults.add(NAMES[needed][0], f"no column is known to be it; the columns are {shown}")
    return list(columns.values())


def _known(name: str) -> str:
    """Return the field that a plain name means, of an edge whatever it says of inside and outside; else empty."""
    field = next((each for each, names in NAMES.items() if name in names), "")
    edge = " ".join(_BASES["outer"].sub("", _BASES["inner"].sub("", name)).split())
    return field or next((each for each in _EDGES if edge in NAMES[each]), "")


def _units(field: str, length_unit: str, mass_unit: str) -> tuple[dict[str, Fraction], str]:
    """Return the units that a field may be in, and the one it is in where its column names none."""
    if field in _EDGES:
        return MM_PER_UNIT, length_unit
    return (G_PER_UNIT, mass_unit) if field in _MASSES else ({}, "")


def _boxes(table: Table, columns: list[_Column], defaults: dict[str, str], faults: Findings) -> list[dict[str, Any]]:
    """Return the box types of the rows, as a catalog names their fields; note what is wrong with any."""
    headers = {column.field: column.header for column in columns}
    places = [(table.header.index(column.header), column) for column in columns]
    materials = load_materials()
    given: list[tuple[Findings, dict[str, Any]]] = []
    empty = True
    for number, cells in table.rows:
        empty = False
        # Errors name a field by the spreadsheet's own header where it has one.
        at = faults.row(number, headers)
        if isinstance(cells, Torn):
            at.add("", cells.rule)
            continue
        fields, unread = _read_row([(cells[index], column) for index, column in places], at)
        given.append((at, fields))
        read_box({**defaults, **fields}, materials, at, unread)
    if empty:
        faults.add("file", "must have at least one row below the header")
    unique_ids(given)
    return [fields for _, fields in given]


def _read_row(cells: list[tuple[Any, _Column]], faults: Findings) -> tuple[dict[str, Any], set[str]]:
    """Return the fields of a row as a catalog names them, and those that cannot be read."""
    found: dict[str, Any] = {}
    unread: set[str] = set()
    tiers: list[tuple[int, Any]] = []
    for cell, column in cells:
        if cell is None:
            if column.field.endswith("_mm"):
                faults.add(column.header, "must not be empty")
                unread.add(column.field)
            continue
        try:
            value = column.read(cell)
        except CellError as error:
            faults.add(column.header, str(error))
            unread.add(column.field)
            continue
        if column.quantity:
            tiers.append((column.quantity, value))
        else:
            found[column.field] = value
    if tiers:
        found["price_tiers"] = [{"min_quantity": least, "price_minor": price} for least, price in sorted(tiers)]
    found.setdefault("box_type_id", found.get("name", ""))
    return found, unread


def _document(left_out: list[str], head: dict[str, Any], defaults: dict[str, Any], boxes: list[dict[str, Any]]) -> str:
    """Return a catalog file."""
    parts = [f"# Columns left out: {', '.join(map(_value, left_out))}"] if left_out else []
    parts += [_toml(head), "[defaults]\n" + _toml(defaults), *("[[box_types]]\n" + _toml(fields) for fields in boxes)]
    return "\n\n".join(parts) + "\n"


def _toml(fields: dict[str, Any]) -> str:
    """Return fields as lines of TOML, empty texts left out."""
    return "\n".join(f"{key} = {_value(value)}" for key, value in fields.items() if value != "")


def _value(value: object) -> str:
    if isinstance(value, str):
        # A JSON string is a TOML basic string, but for the delete character.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, list):
        tables = (", ".join(f"{key} = {_value(each)}" for key, each in table.items()) for table in value)
        return f"[{', '.join(f'{{ {table} }}' for table in tables)}]"
    return f"{value:g}" if isinstance(value, float) and value == int(value) else str(value)
