"""Converts a spreadsheet of boxes to a catalog in TOML. The fields of its columns are given or guessed."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from boxwright.catalog.boxes import read_box
from boxwright.catalog.catalogs import check_currency
from boxwright.catalog.columns import note_repeats
from boxwright.catalog.loader import load_materials
from boxwright.domain.box import BoxType
from boxwright.domain.currency import minor_per_unit
from boxwright.domain.fields import declared, one_of
from boxwright.domain.written import G_PER_UNIT, MM_PER_UNIT, CellError, exact_number, with_unit
from boxwright.findings import Findings
from boxwright.tabular import ColumnMap, MappedColumn, Table, Torn, header_parts, number_text, open_table, plain_text

_NAMES = {
    "box_type_id": (
        "id, box, box id, box no, box type, box type id, code, sku, sku no, artikelnummer, artikelnr, artikel nr, "
        "kartonnummer, kartonnr, karton nr, karton id, reference, referencia, codigo, codice, 编号, box code, carton, "
        "carton id, carton no, carton type, karton, kartontyp, packmittel, packmittelnummer, materialnummer"
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
    "price": (
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
"""Names of columns, as of ``plain_header`` without units, by field."""

EDGES = ("length", "width", "height")
_BASES = {
    "inner": re.compile(r"\b(?:inner|inside|internal|innen(?:masse?)?)(?: |$)|\binnen"),
    "outer": re.compile(r"\b(?:outer|outside|external|aussen(?:masse?)?)(?: |$)|\baussen"),
}
"""Parts of headers that mark an inner or outer size, such as in ``lange innen`` or ``innenlange``."""
MASSES = ("tare_g", "max_gross_g", "max_net_g")
_UNITS = dict.fromkeys(EDGES, MM_PER_UNIT) | dict.fromkeys(MASSES, G_PER_UNIT)
FIELDS = (*NAMES, "price_from_N")
"""Fields of columns; ``price_from_100`` is the price of one box in an order of 100 or more."""
_TIER = re.compile(r"(?:price|cost|preis)(?: from| ab)? (\d+)")
"""Header of a price from a minimum quantity, such as ``Price 100+`` or ``price from 100``."""
_PRICE = re.compile(rf"(?:{'|'.join(NAMES['price'])})\b")
_PIECES = r"(?:stk|stuck|stueck|pcs?|pieces?|box)\b"
_OF_ONE = re.compile(rf" (?:(?:pro|je|per) )?{_PIECES}| net(?:to)?\b")
"""Words for a price of one box without tax, which are ignored."""
_OF_MANY = re.compile(rf"/\s*\d+|\b(?:pro|je|per)\s+\d+|^(?!.*\b(?:ab|from)\b)\D*\d+\s*(?:stück\b|{_PIECES})", re.I)
"""Part of a header for the price of several boxes, such as ``Preis/100 Stk.``."""
_CURRENCY = re.compile(rf"(?P<price>{_PRICE.pattern}.*) (?P<code>[a-z]{{3}})")
"""Header of a price that ends in a currency, such as ``Price (EUR)``."""
_FROM = re.compile(r"price_from_([1-9]\d{0,8})")


def size_columns(
    path: Path,
    *,
    basis: str = "inner",
    given: Mapping[str, str] | None = None,
    length_unit: str = "mm",
    mass_unit: str = "g",
    encoding: str = "",
    sheet: str = "",
) -> ColumnMap:
    """Return the guessed fields of the columns of a spreadsheet of boxes; unknown columns have no field.

    Headers ``given`` by field (``FIELDS``) replace the guess; other parameters are as for :func:`convert_sizes`.

    Raises
    ------
    DataFileError
        If the file cannot be read, ``given`` has unknown fields or headers, or the guess is ambiguous.
    UnsupportedError
        If a package is missing.
    """
    given, faults = given or {}, Findings(file=path.name)
    headers = open_table(path, encoding=encoding, sheet=sheet).header
    for name, header in given.items():
        if not _is_field(name):
            faults.add(name, f"must be one of {', '.join(FIELDS)}")
        if header not in headers:
            faults.add(f"column {header!r}", f"is not in the file; the columns are {', '.join(map(repr, headers))}")
    faults.raise_any()
    found = _guess(headers, basis, given, faults)
    faults.raise_any()
    defaults = dict.fromkeys(EDGES, length_unit) | dict.fromkeys(MASSES, mass_unit)
    return ColumnMap(tuple(replace(column, unit=column.unit or defaults.get(column.field, "")) for column in found))


def _is_field(name: str) -> bool:
    return name in NAMES or _from_quantity(name) > 0


def _from_quantity(field: str) -> int:
    """Return the minimum quantity of the field of a price tier; 0 for other fields."""
    match = _FROM.fullmatch(field)
    return int(match[1]) if match else 0


def _price_parts(header: str) -> tuple[str, str]:
    """Return the plain name and the currency in the header of a price; empty strings for other headers."""
    plain = header_parts(header)[0]
    if _PRICE.match(plain) is None:
        return "", ""
    plain = _OF_ONE.sub("", plain)
    match = _CURRENCY.fullmatch(plain)
    return (match["price"], match["code"].upper()) if match else (plain, "")


def _of_other_size(header: str, basis: str) -> bool:
    """Return whether the header of an edge names an outer size if ``basis`` is inner, or the reverse."""
    return _BASES["outer" if basis == "inner" else "inner"].search(header_parts(header)[0]) is not None


def _boxes_priced(header: str) -> int:
    """Return the number of boxes that a price covers, such as 100 in ``Preis/100 Stk.``; 1 for other headers."""
    many = _OF_MANY.search(header) if _price_parts(header)[0] else None
    return int(re.sub(r"\D", "", many[0])) if many else 1


def _guess(headers: Sequence[str], basis: str, given: Mapping[str, str], faults: Findings) -> list[MappedColumn]:
    """Return the columns of headers after noting headers that have the same field."""
    named = {header: field for field, header in given.items()}
    taken: dict[str, tuple[int, str]] = {}
    for header in headers:
        if header in named:
            continue
        field = "price" if _boxes_priced(header) > 1 else _meant(header)
        if not field or field in given or (field in EDGES and _of_other_size(header, basis)):
            continue
        # If several columns name a box, the best name counts; sizes and prices must be unambiguous.
        names = NAMES[field] if field in ("box_type_id", "name") else ()
        plain = header_parts(header)[0]
        rank = names.index(plain) if plain in names else 0
        if field in taken and taken[field][0] == rank:
            faults.add(f"column {header!r}", f"must be the only {field}; choose one by --column {field}=HEADER")
        if field not in taken or rank < taken[field][0]:
            taken[field] = rank, header
    named |= {header: field for field, (_, header) in taken.items()}
    return [
        MappedColumn(header, field := named.get(header, ""), header_parts(header)[1] if field else "")
        for header in headers
    ]


def _meant(header: str) -> str:
    """Return the field that a header names, with or without inner or outer; empty if unknown."""
    name = _price_parts(header)[0] or header_parts(header)[0]
    if tier := _TIER.fullmatch(name):
        return f"price_from_{int(tier[1])}"
    field = next((field for field, names in NAMES.items() if name in names), "")
    edge = " ".join(_BASES["outer"].sub("", _BASES["inner"].sub("", name)).split())
    return field or next((field for field in EDGES if edge in NAMES[field]), "")


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
    """Return the catalog in TOML of a spreadsheet with a row per box type.

    Cells may state the unit of their column (``12 1/2 in``). Prices are in units of the currency, not minor units;
    ``Price 100+`` is the price of one box in an order of 100 or more. A price of several boxes, such as
    ``Preis/100 Stk.``, is divided and rounded to the minor unit. Comments at the top of the catalog name the columns
    with such prices, and the columns that are left out.

    Parameters
    ----------
    path : Path
        The spreadsheet, in a form that :func:`boxwright.tabular.open_table` reads.
    catalog_id : str, optional
        Default: the name of the file.
    basis : str, optional
        Whether sizes are ``inner`` (default) or ``outer``.
    length_unit, mass_unit : str, optional
        Units of columns that name none: mm (default), cm, m, in; g (default), kg, oz, lb.
    board_id, style, opening, currency : str, optional
        As in a catalog. Defaults: no board, so that a column must state the tare; ``rsc_0201``; ``top``; the currency
        in headers of prices.
    encoding, sheet : str, optional
        As for :func:`boxwright.tabular.open_table`.
    dunnage : sequence of str, optional
        Ids of shipped dunnage to stock with the boxes. Default: none.
    mapping : ColumnMap, optional
        Fields and units of the columns. Default: as :func:`size_columns` guesses.

    Raises
    ------
    DataFileError
        With file, row and field of every fault.
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
    priced = (_price_parts(column.header)[1] for column in mapping.columns if column.field.startswith("price"))
    currency = currency or next(filter(None, priced), "")
    columns = _columns(table.header, mapping, basis, currency, faults)
    faults.raise_any()
    head = {"catalog_id": catalog_id or path.stem, "version": "1", "currency": currency, "dunnage": [*dunnage] or ""}
    defaults = {"style": style, "opening": opening, "size_basis": basis, "board_id": board_id}
    given = _boxes(table, columns, defaults, faults)
    check_currency(currency, given, faults)
    faults.raise_any()
    left_out = [_value(header) for header in table.header if not mapping.of(header).field]
    parts = [f"# Columns left out: {', '.join(left_out)}"] if left_out else []
    parts += [
        f"# {_value(column.header)} is for {_boxes_priced(column.header)} boxes: divided and rounded to the minor unit."
        for column in columns
        if column.rounded
    ]
    parts += [_lines(head), "[defaults]\n" + _lines(defaults), *("[[box_types]]\n" + _lines(box) for box in given)]
    return "\n\n".join(parts) + "\n"


@dataclass(frozen=True, slots=True)
class _Column:
    header: str
    field: str
    factor: Fraction
    """Factor to the unit of the field, for cells without a unit."""
    units: dict[str, Fraction]
    """Factors to the unit of the field, by the unit in a cell."""
    named: str = ""
    """Unit in the header; empty if there is none."""
    quantity: int = 0
    """Minimum quantity of a price tier."""
    rounded: bool = False
    """True if the price of one box is rounded, since the column has the price of several boxes."""

    def read(self, cell: Any) -> str | float | int:
        """Return the text or the number, in the unit of the field, of a cell; raises CellError."""
        if cell is None:
            raise CellError("must not be empty")
        kind = declared(BoxType)[self.field].kind
        if kind is str:
            return plain_text(cell)
        text, unit = with_unit(number_text(cell), self.units) if self.units else (number_text(cell), "")
        if unit and self.named and unit != self.named:
            raise CellError(f"must be in {self.named} like its column, got {cell!r}")
        value = exact_number(text) * (self.units[unit] if unit else self.factor)
        if self.rounded:
            return round(value)
        if kind is int and value.denominator != 1:
            what = "a price in whole minor units of its currency" if self.field == "price_minor" else "a whole number"
            raise CellError(f"must be {what}, got {cell!r}")
        return int(value) if kind is int else float(value)


def _columns(headers: Sequence[str], mapping: ColumnMap, basis: str, currency: str, faults: Findings) -> list[_Column]:
    columns: dict[str, _Column] = {}
    other_basis = f"is an {'outer' if basis == 'inner' else 'inner'} size, but the basis is {basis}: change one of them"
    for column in mapping.columns:
        header, field, where = column.header, column.field, f"column {column.header!r}"
        if not field:
            continue
        units, price = _UNITS.get(field, {}), field.startswith("price")
        if not _is_field(field):
            faults.add(where, f"must be one of {', '.join(FIELDS)}, got {field}")
            continue
        if headers.count(header) != 1:
            faults.add(where, "must be unique" if header in headers else "is not in the file")
        if field in EDGES and _of_other_size(header, basis):
            faults.add(where, other_basis)
        if field in columns:
            faults.add(where, f"must not be {field} like column {columns[field].header!r}")
        if column.unit not in units if units else column.unit:
            faults.add(where, f"must be in {', '.join(units) or 'no unit'}, got {column.unit or 'none'}")
        if price and (code := _price_parts(header)[1]) not in ("", currency):
            faults.add(where, f"must be in {currency} like the other prices, got {code}")
        boxes = _boxes_priced(header)
        factor = units.get(column.unit, Fraction(minor_per_unit(currency), boxes) if price else Fraction(1))
        named = f"{basis}_{field}_mm" if field in EDGES else "price_minor" if price else field
        own = header_parts(header)[1] if units else ""
        columns[field] = _Column(header, named, factor, units, own, _from_quantity(field), price and boxes > 1)
    for needed in (*EDGES, "box_type_id"):
        if needed in columns or (needed == "box_type_id" and "name" in columns):
            continue
        if other := [header for header in headers if _of_other_size(header, basis) and _meant(header) == needed]:
            faults.add(f"column {other[0]!r}", other_basis)
        else:
            shown = ", ".join(map(repr, headers))
            faults.add(NAMES[needed][0], f"must have a column; the columns are {shown}")
    return list(columns.values())


def _boxes(table: Table, columns: list[_Column], defaults: dict[str, str], faults: Findings) -> list[dict[str, Any]]:
    headers = {column.field: column.header for column in columns}
    materials, number = load_materials(), 0
    given: list[tuple[Findings, dict[str, Any]]] = []
    for number, cells in table.rows:
        at = faults.row(number, headers)  # errors name fields by the headers of the spreadsheet
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
    note_repeats(given, "box_type_id")
    return [box for _, box in given]


def _lines(fields: dict[str, Any]) -> str:
    return "\n".join(f"{key} = {_value(value)}" for key, value in fields.items() if value != "")


def _value(value: object) -> str:
    if isinstance(value, str):
        # A JSON string is a TOML basic string, except for the delete character.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_value(entry)}' for key, entry in value.items())} }}"
    return f"{value:g}" if isinstance(value, float) and value == int(value) else str(value)
