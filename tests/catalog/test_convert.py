"""A plain spreadsheet of sizes becomes a catalog."""

import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright.catalog import convert_sizes, load_catalog, size_columns
from boxwright.domain.box import PriceTier
from boxwright.domain.fields import CONTROLS
from boxwright.errors import DataFileError, UnsupportedError
from boxwright.tabular import ColumnMap, MappedColumn


def spreadsheet(tmp_path: Path, text: str) -> Path:
    """Write a spreadsheet."""
    path = tmp_path / "sizes.csv"
    path.write_text(text, encoding="utf-8")
    return path


def converted(tmp_path: Path, text: str, **options: Any) -> Any:
    """Return the catalog that a spreadsheet becomes, loaded from the text written."""
    out = tmp_path / "out.toml"
    out.write_text(convert_sizes(spreadsheet(tmp_path, text), **options), encoding="utf-8")
    return load_catalog(out)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("id,length,width,height\nA,300,200,150\n", id="plain names, mm"),
        pytest.param("Code;L (cm);B (cm);H (cm)\nA;30;20;15\n", id="semicolons, cm in brackets"),
        pytest.param("SKU\tLength_mm\tWidth_mm\tDepth_mm\nA\t300\t200\t150\n", id="tabs, units after an underscore"),
        pytest.param("﻿box id,Inner length mm,Inner width mm,Inner height mm\nA,300,200,150\n", id="byte-order mark"),
    ],
)
def test_common_spreadsheets_are_understood(tmp_path: Path, text: str) -> None:
    """Usual names, units, separators and decimal marks of spreadsheets give one and the same box."""
    catalog = converted(tmp_path, text, board_id="c-flute")
    box = catalog.box_type("A")
    assert box.inner_um == (300_000, 200_000, 150_000)
    assert box.tare_g == pytest.approx(173.9, abs=0.05)
    assert catalog.catalog_id == "sizes"


def test_inches_pounds_prices_and_stock(tmp_path: Path) -> None:
    """Inches and pounds are exact, prices become minor units, stock is kept, and empty cells are not given."""
    text = "id,name,l,w,h,tare (oz),max weight (lb),price,stock\nA,Small,4.125,4,4,2,65,0.90,40\nB,,6,6,6,3,,,\n"
    catalog = converted(tmp_path, text, length_unit="in", currency="USD", catalog_id="shop")
    small, other = catalog.box_types
    assert small.inner_um == (104_775, 101_600, 101_600)
    assert small.tare_g == pytest.approx(56.699, abs=0.001)
    assert small.max_gross_g == pytest.approx(29_483.504, abs=0.001)
    assert (small.price_minor, small.available, small.name) == (90, 40, "Small")
    assert (other.price_minor, other.available, other.max_gross_g) == (None, None, None)
    assert (catalog.catalog_id, catalog.currency) == ("shop", "USD")


@pytest.mark.parametrize(
    "text",
    [
        "Karton-Nr.;Bezeichnung;Innenlänge (cm);Breite (cm);Tiefe (cm);Stückpreis (EUR)\nA;Eins;30;20;15;0,49\n",
        "id,name,length (cm),width (cm),height (cm),price EUR\nA,Eins,30,20,15,0.49\n",
        "ID;Name;Länge innen (cm);Breite innen (cm);Höhe innen (cm);Preis/Stk. netto (EUR)\nA;Eins;30;20;15;0,49\n",
        "ID;Name;Innenmaß L (cm);Breite (cm);H (cm);Länge außen (cm);Preis je Stück (EUR)\nA;Eins;30;20;15;31;0,49\n",
        "référence;désignation;longueur (cm);largeur (cm);hauteur (cm);prix unitaire (€)\nA;Eins;30;20;15;0,49\n",
    ],
    ids=["German", "English", "German price list", "German inner and outer", "French"],
)
def test_headers_of_other_languages_and_with_a_currency(tmp_path: Path, text: str) -> None:
    """The box is equal; a currency in the header of prices becomes that of the catalog unless one is given."""
    catalog = converted(tmp_path, text, board_id="b-flute", **({} if "EUR" in text else {"currency": "EUR"}))
    (box,) = catalog.box_types
    assert (box.box_type_id, box.name, box.inner_um) == ("A", "Eins", (300_000, 200_000, 150_000))
    assert (box.price_minor, catalog.currency) == (49, "EUR")


def test_outer_sizes(tmp_path: Path) -> None:
    """Inner sizes follow from outer sizes and the board."""
    catalog = converted(tmp_path, "id,l,w,h\nA,290,170,190\n", basis="outer", board_id="b-flute")
    box = catalog.box_type("A")
    assert (box.outer_um, box.inner_um) == ((290_000, 170_000, 190_000), (284_000, 164_000, 178_000))
    assert box.size_basis == "outer"


@pytest.mark.parametrize(
    ("text", "options", "fault"),
    [
        pytest.param("", {}, "file", id="empty"),
        pytest.param("id,l,w,h\n", {}, "file", id="header only"),
        pytest.param("id,l,w\nA,1,2\n", {}, "height", id="no height"),
        pytest.param("l,w,h\n1,2,3\n", {}, "id", id="no id"),
        pytest.param("id,l,w,h,length\nA,1,2,3,4\n", {}, "column 'length'", id="twice"),
        pytest.param("id,l kg,w,h\nA,1,2,3\n", {}, "column 'l kg'", id="unit"),
        pytest.param("id,l,w,h\nA,1,,3\n", {}, "row 2, w", id="empty cell"),
        pytest.param("id,l,w,h\nA,1,two,3\n", {}, "row 2, w", id="text"),
        pytest.param("id,l,w,h\nA,9,9,9\n", {}, "row 2, tare_g", id="no tare"),
        pytest.param("id,l,w,h,price\nA,9,9,9,1.005\n", {}, "row 2, price", id="price"),
        pytest.param("id,l,w,h,price (EUR)\nA,9,9,9,1\n", {"currency": "USD"}, "column 'price (EUR)'", id="money"),
        pytest.param("id,Outer length,w,h\nA,9,9,9\n", {}, "column 'Outer length'", id="other basis"),
        pytest.param("id,l,w,h\nA,9,9,9\n", {"basis": "middle"}, "basis", id="basis"),
        pytest.param("id,l,w,h,tare\nA,9,9,9,1\nA,8,8,8,1\n", {}, "row 3, id", id="id twice"),
    ],
)
def test_a_malformed_spreadsheet_is_refused(tmp_path: Path, text: str, options: dict[str, Any], fault: str) -> None:
    """A spreadsheet with any unreadable part is refused by file, row and field."""
    with pytest.raises(DataFileError) as caught:
        convert_sizes(spreadsheet(tmp_path, text), **options)
    assert caught.value.file == "sizes.csv"
    assert fault in [violation.field for violation in caught.value.violations]


names = st.text(st.characters(codec="utf-8", exclude_categories=CONTROLS), min_size=1, max_size=20).filter(
    lambda name: name == name.strip() != ""
)


@settings(max_examples=20)
@given(names, st.integers(1, 9_999_999))
def test_any_name_and_size_survive(tmp_path_factory: pytest.TempPathFactory, name: str, length_um: int) -> None:
    """Any name without control characters and any size are loaded exactly."""
    tmp_path = tmp_path_factory.mktemp("convert")
    quoted = name.replace('"', '""')
    source = tmp_path / "sizes.csv"
    source.write_bytes(f'id,l,w,h,tare\r\n"{quoted}",{length_um / 1000},9,9,1\r\n'.encode())
    out = tmp_path / "out.toml"
    out.write_bytes(convert_sizes(source).encode())
    box = load_catalog(out).box_types[0]
    assert (box.box_type_id, box.inner_um[0]) == (name, length_um)


@pytest.mark.parametrize(
    ("cell", "length_um"),
    [
        ("12 1/2", 317_500),
        ("12½", 317_500),
        ("12,5 in", 317_500),
        ("3/8", 9_525),
        ("31.75 cm", 317_500),
        ("12 63/64 inches", 329_803),
    ],
)
def test_lengths_as_people_write_them(tmp_path: Path, cell: str, length_um: int) -> None:
    """Inches with fractions, signs and units in the cell are exact: 12 1/2 in are 317.5 mm, 63/64 in to the um."""
    quoted = cell.replace('"', '""')
    box = converted(tmp_path, f'id,l,w,h,tare\nA,"{quoted}",9,9,1\n', length_unit="in").box_types[0]
    assert box.inner_um[0] == length_um


@pytest.mark.parametrize(
    ("cell", "fault"),
    [
        ("1,200", "row 2, l"),
        ("1/3", "row 2, l"),
        ("1 2", "row 2, l"),
        ("1e-99999999", "row 2, l"),
        ("9" * 5_000 + "/2", "row 2, l"),
    ],
)
def test_lengths_in_doubt_are_refused(tmp_path: Path, cell: str, fault: str) -> None:
    """A text with two readings, or with none as a length, is refused and not guessed."""
    with pytest.raises(DataFileError) as caught:
        convert_sizes(spreadsheet(tmp_path, f'id,l,w,h,tare\nA,"{cell}",9,9,1\n'))
    assert fault in [violation.field for violation in caught.value.violations]


def test_a_cell_of_another_unit_than_its_column_is_refused(tmp_path: Path) -> None:
    """A header in cm and a cell in inches contradict each other."""
    with pytest.raises(DataFileError):
        convert_sizes(spreadsheet(tmp_path, "id,L (cm),w,h,tare\nA,12 in,9,9,1\n"))


def test_prices_from_a_quantity_up(tmp_path: Path) -> None:
    """Columns of prices from a quantity become tiers, sorted by quantity; yen have no hundredths."""
    text = "id;l;w;h;tare;Price;Price 500+;price from 100;MOQ;Trips;Note\nA;9;9;9;1;0,90;0,60;0,75;25;3;stackable\n"
    catalog = converted(tmp_path, text, currency="EUR")
    box = catalog.box_types[0]
    assert (box.price_minor, box.minimum_order_quantity, box.trips, box.note) == (90, 25, 3, "stackable")
    assert box.price_tiers == (PriceTier(100, 75), PriceTier(500, 60))
    yen = converted(tmp_path, "id,l,w,h,tare,price\nA,9,9,9,1,120\n", currency="JPY")
    assert yen.box_types[0].price_minor == 120
    with pytest.raises(DataFileError, match=r"currency"):
        convert_sizes(spreadsheet(tmp_path, "id,l,w,h,tare,price\nA,9,9,9,1,120\n"))


@pytest.mark.parametrize("header", ["Preis/100 Stk. (EUR)", "Preis per 100 (EUR)", "Preis 100 Stück", "price / 100"])
def test_a_price_of_many_boxes_is_divided_by_their_number(tmp_path: Path, header: str) -> None:
    """A price per hundred is neither the price of a box nor a tier from 100; the quotient is rounded to the cent."""
    box = converted(tmp_path, f"id;l;w;h;tare;{header}\nA;9;9;9;1;31,40\n", currency="EUR").box_types[0]
    assert (box.price_minor, box.price_tiers) == (31, ())


def workbook(tmp_path: Path, *sheets: list[list[object]], name: str = "sizes.xlsx") -> Path:
    """Write an Excel workbook of sheets named one, two, ..."""
    openpyxl = pytest.importorskip("openpyxl", reason="the extra xlsx is not installed")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in zip(("one", "two", "three"), sheets, strict=False):
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / name)
    return tmp_path / name


HEADER = ["Code", "L (in)", "W (in)", "H (in)", "Empty weight (g)"]
ROWS = [HEADER, [101, "12 1/2", 8.5, 4, 95.5], [], ["B", 6, 6, 6, 60]]


def test_a_cell_that_cannot_be_read_hides_no_other(tmp_path: Path) -> None:
    """The other cells of its row are checked too, and its id counts."""
    path = tmp_path / "sizes.csv"
    path.write_text("id,length,width,height,tare,trips\nA,30,wide,10,9,0\nA,30,20,10,9,1\n")
    with pytest.raises(DataFileError) as caught:
        convert_sizes(path, length_unit="cm")
    assert [violation.field for violation in caught.value.violations] == ["row 2, width", "row 2, trips", "row 3, id"]


@pytest.mark.parametrize(
    ("sheets", "options", "fault"),
    [
        ([ROWS, ROWS], {}, "sheet"),
        ([[[*HEADER, "Stock"], ["A", 12, 8, 4, 9, "=2+1"]]], {}, "row 2, Stock"),
        ([[HEADER, ["A", 12, 8, 4, 9, "aside"]]], {}, "row 2"),
        ([[HEADER, [], ["A", None, 8, 4, 9]]], {}, "row 3, L (in)"),
    ],
)
def test_a_workbook_in_doubt_is_refused(tmp_path: Path, sheets: list, options: dict[str, str], fault: str) -> None:
    """An ambiguous sheet, formulas without a result, cells beside the table and empty cells are named."""
    with pytest.raises(DataFileError) as caught:
        convert_sizes(workbook(tmp_path, *sheets), **options)
    assert fault in [violation.field for violation in caught.value.violations]


@pytest.mark.parametrize("name", ["sizes.xlsx", "sizes.ods"])
def test_an_absent_file_and_one_of_another_kind_are_refused(tmp_path: Path, name: str) -> None:
    """The field of the violation is the file."""
    (tmp_path / "sizes.ods").touch()
    with pytest.raises(DataFileError) as caught:
        convert_sizes(tmp_path / name)
    assert [violation.field for violation in caught.value.violations] == ["file"]


def test_without_the_extra_a_workbook_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the extra and the alternative to it."""
    path = workbook(tmp_path, ROWS)
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(UnsupportedError):
        convert_sizes(path)


def test_an_unknown_column_is_left_out_and_named(tmp_path: Path) -> None:
    """Columns without a field change only the first line of the catalog, whatever their cells hold."""
    plain = convert_sizes(spreadsheet(tmp_path, "id,l,w,h,tare\nA,9,9,9,1\n"))
    more = convert_sizes(spreadsheet(tmp_path, "id,hue,l,w,h,tare,Für\x7f wen\nA,red,9,9,9,1,\n"))
    comment = more.removesuffix(plain)
    assert comment.startswith("#")
    assert '"hue"' in comment
    assert "\\u007f" in comment
    assert tomllib.loads(more) == tomllib.loads(plain)


def test_columns_of_any_name_are_read_where_a_caller_names_them(tmp_path: Path) -> None:
    """A named column replaces the guess for its field."""
    text = "Kiste;Karton;x (cm);y;z;Breite;Leergut (kg);Kosten;Staffel\nA;B;30;200;150;999;0,2;0,49;0,31\n"
    path = spreadsheet(tmp_path, text)
    given = {"box_type_id": "Kiste", "length": "x (cm)", "width": "y", "height": "z", "tare_g": "Leergut (kg)"}
    mapping = size_columns(path, given={**given, "price": "Kosten", "price_from_100": "Staffel"})
    assert mapping.of("Karton").field == mapping.of("Breite").field == ""
    (tmp_path / "out.toml").write_text(convert_sizes(path, mapping=mapping, currency="EUR"), "utf-8")
    (box,) = load_catalog(tmp_path / "out.toml").box_types
    assert (box.box_type_id, box.inner_um, box.tare_g) == ("A", (300_000, 200_000, 150_000), 200)
    assert (box.price_minor, box.price_tiers) == (49, (PriceTier(100, 31),))


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        pytest.param({"colour": "id"}, "colour", id="no such field"),
        pytest.param({"price_from_0": "id"}, "price_from_0", id="from none up"),
        pytest.param({"width": "b"}, "column 'b'", id="no such column"),
    ],
)
def test_a_named_column_that_does_not_fit_its_field_is_refused(tmp_path: Path, given: dict, fault: str) -> None:
    """The error names the field or the header."""
    with pytest.raises(DataFileError) as caught:
        size_columns(spreadsheet(tmp_path, "id,l,w,h,tare\nA,9,9,9,1\n"), given=given)
    assert fault in [violation.field for violation in caught.value.violations]


@pytest.mark.parametrize(
    ("column", "fault"),
    [
        (MappedColumn("Outer length", "length", "mm"), "column 'Outer length'"),
        (MappedColumn("id", "hue"), "column 'id'"),
        (MappedColumn("gone", "note"), "column 'gone'"),
        (MappedColumn("w", "width", "kg"), "column 'w'"),
        (MappedColumn("w", "width"), "column 'w'"),
        (MappedColumn("id", "name", "mm"), "column 'id'"),
    ],
)
def test_a_map_that_does_not_fit_the_spreadsheet_is_refused(tmp_path: Path, column: MappedColumn, fault: str) -> None:
    """The error names the missing column."""
    with pytest.raises(DataFileError) as caught:
        convert_sizes(spreadsheet(tmp_path, "id,Outer length,w,h\nA,9,9,9\n"), mapping=ColumnMap((column,)))
    assert fault in [violation.field for violation in caught.value.violations]


def test_the_better_of_two_names_of_a_box_is_its_id(tmp_path: Path) -> None:
    """A column of box numbers takes precedence over a column of kinds."""
    text = "Karton;Karton-Nr.;Bezeichnung;l;w;h;tare\nFaltkiste;K1;Klein;300;200;150;9\n"
    box = converted(tmp_path, text).box_types[0]
    assert (box.box_type_id, box.name) == ("K1", "Klein")
