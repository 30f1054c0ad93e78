"""Which column of a spreadsheet of box sizes is which field: guessed from its header, unless a caller says it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from boxwright.domain.written import G_PER_UNIT, MM_PER_UNIT
from boxwright.errors import DataFileError, FieldViolation
from boxwright.findings import Findings
from boxwright.tabular import ColumnMap, MappedColumn, header_parts, open_table

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
"""What a column may be called, without its unit: case, accents, blanks, underscores and brackets do not matter."""

EDGES = ("length", "width", "height")
_BASES = {
    "inner": re.compile(r"\b(?:inner|inside|internal|innen(?:masse?)?)(?: |$)|\binnen"),
    "outer": re.compile(r"\b(?:outer|outside|external|aussen(?:masse?)?)(?: |$)|\baussen"),
}
"""What of the name of an edge says which size it is, such as ``lange innen`` or ``innenlange``."""
MASSES = ("tare_g", "max_gross_g", "max_net_g")
FIELDS = (*NAMES, "price_from_N")
"""Fields of a column; ``price_from_100`` is the price of one box from 100 up."""
_TIER = re.compile(r"(?:price|cost|preis)(?: from| ab)? (\d+)")
"""A price from a quantity up, such as ``Price 100+`` or ``price from 100``."""
_PRICE = re.compile(rf"(?:{'|'.join(NAMES['price'])})\b")
_PIECES = r"(?:stk|stuck|stueck|pcs?|pieces?|box)\b"
_OF_ONE = re.compile(rf" (?:(?:pro|je|per) )?{_PIECES}| net(?:to)?\b")
"""Words about a price that leave it what it is: that of one box, without tax."""
_OF_MANY = re.compile(rf"/\s*\d|\b(?:pro|je|per)\s+\d|^(?!.*\b(?:ab|from)\b)\D*\d+\s*(?:stück\b|{_PIECES})", re.I)
"""A price of so many boxes together, such as ``Preis/100 Stk.``."""
_CURRENCY = re.compile(rf"(?P<price>{_PRICE.pattern}.*) (?P<code>[a-z]{{3}})")
"""A price whose header ends in a currency, such as ``Price (EUR)``."""


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
    """Return which column of a spreadsheet of box sizes is which field; those that nothing is known of are left out.

    Parameters
    ----------
    path, basis, length_unit, mass_unit, encoding, sheet
        As for :func:`boxwright.catalog.convert_sizes`.
    given : mapping of str to str, optional
        Header by field, of ``FIELDS``, where the guess is wrong. Default none.

    Raises
    ------
    DataFileError
        If the file cannot be read, or fields or headers that are given are not known, or a guess is in doubt.
    UnsupportedError
        If a package is missing.
    """
    given = given or {}
    headers = open_table(path, encoding=encoding, sheet=sheet).header
    shown = ", ".join(map(repr, headers))
    broken = [FieldViolation(name, f"must be one of {', '.join(FIELDS)}") for name in given if not is_field(name)] + [
        FieldViolation(f"column {header!r}", f"is not in the file; the columns are {shown}")
        for header in given.values()
        if header not in headers
    ]
    if broken:
        raise DataFileError(path.name, broken)
    faults = Findings(file=path.name)
    found = _guess(headers, basis, given, faults)
    faults.raise_any()
    defaults = dict.fromkeys(EDGES, length_unit) | dict.fromkeys(MASSES, mass_unit)
    return ColumnMap(tuple(replace(column, unit=column.unit or defaults.get(column.field, "")) for column in found))


def is_field(name: str) -> bool:
    """Whether a column may be so."""
    return name in NAMES or _FROM.fullmatch(name) is not None


def from_quantity(field: str) -> int:
    """Return from how many boxes up a column is their price; 0 where it is no such price."""
    match = _FROM.fullmatch(field)
    return int(match[1]) if match else 0


def units_of(field: str) -> dict[str, Fraction]:
    """Return the units that a field may be in, by name; none if it is no length and no mass."""
    if field in EDGES:
        return MM_PER_UNIT
    return G_PER_UNIT if field in MASSES else {}


def price_parts(header: str) -> tuple[str, str]:
    """Return the plain name of a column of prices and the currency that it ends in; empty for any other column."""
    plain = header_parts(header)[0]
    if _PRICE.match(plain) is None:
        return "", ""
    plain = _OF_ONE.sub("", plain)
    match = _CURRENCY.fullmatch(plain)
    return (match["price"], match["code"].upper()) if match else (plain, "")


def of_other_size(header: str, basis: str) -> bool:
    """Whether the header of an edge says that it is the other size than ``basis``."""
    return _BASES["outer" if basis == "inner" else "inner"].search(header_parts(header)[0]) is not None


def _guess(headers: Sequence[str], basis: str, given: Mapping[str, str], faults: Findings) -> list[MappedColumn]:
    """Return what each header means; note prices of several boxes, and two headers that mean the same."""
    named = {header: field for field, header in given.items()}
    taken: dict[str, tuple[int, str]] = {}
    for header in headers:
        if header in named:
            continue
        if price_parts(header)[0] and _OF_MANY.search(header):
            faults.add(f"column {header!r}", "is a price of several boxes together: give that of one")
            continue
        field = meant(header)
        if not field or field in given or (field in EDGES and of_other_size(header, basis)):
            continue
        # A better name of the box goes before another one; what is written of sizes and prices must not be in doubt.
        names = NAMES[field] if field in ("box_type_id", "name") else ()
        plain = header_parts(header)[0]
        rank = names.index(plain) if plain in names else 0
        if field in taken and taken[field][0] == rank:
            faults.add(f"column {header!r}", f"appears twice, as {field}: --column {field}=HEADER says which it is")
        if field not in taken or rank < taken[field][0]:
            taken[field] = rank, header
    named |= {header: field for field, (_, header) in taken.items()}
    return [
        MappedColumn(header, field := named.get(header, ""), header_parts(header)[1] if field else "")
        for header in headers
    ]


def meant(header: str) -> str:
    """Return the field that a header means, of an edge whatever it says of inside and outside; else empty."""
    name = price_parts(header)[0] or header_parts(header)[0]
    if tier := _TIER.fullmatch(name):
        return f"price_from_{int(tier[1])}"
    field = next((field for field, names in NAMES.items() if name in names), "")
    edge = " ".join(_BASES["outer"].sub("", _BASES["inner"].sub("", name)).split())
    return field or next((field for field in EDGES if edge in NAMES[field]), "")
