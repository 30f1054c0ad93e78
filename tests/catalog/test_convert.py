"""A plain spreadsheet of sizes becomes a catalog."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwright.catalog import convert_sizes, load_catalog
from boxwright.errors import DataFileError


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
        pytest.param("Box;L;W;H\nA;300,0;200,0;150,0\n", id="decimal commas"),
        pytest.param("﻿box id,Inner length mm,Inner width mm,Inner height mm\nA,300,200,150\n", id="byte-order mark"),
    ],
)
def test_common_spreadsheets_are_understood(tmp_path: Path, text: str) -> None:
    """Names, units, separators and decimal marks as spreadsheets have them give the same box."""
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


def test_outer_sizes(tmp_path: Path) -> None:
    """Outer sizes give the inner ones by the board."""
    catalog = converted(tmp_path, "id,l,w,h\nA,290,170,190\n", basis="outer", board_id="b-flute")
    box = catalog.box_type("A")
    assert (box.outer_um, box.inner_um) == ((290_000, 170_000, 190_000), (284_000, 164_000, 178_000))
    assert box.size_basis == "outer"


def test_a_name_is_the_id_where_there_is_no_other(tmp_path: Path) -> None:
    """A spreadsheet without ids uses its names."""
    assert converted(tmp_path, "name,l,w,h,tare\nBig box,300,200,150,9\n").box_types[0].box_type_id == "Big box"


@pytest.mark.parametrize(
    ("text", "options", "fault"),
    [
        pytest.param("", {}, "file: must not be empty", id="empty"),
        pytest.param(",,\n", {}, "file: must not be empty", id="separators only"),
        pytest.param("id,l,w,h\n", {}, "file: must have at least one row", id="header only"),
        pytest.param("id,l,w\nA,1,2\n", {}, "row 1, height: column is missing", id="no height"),
        pytest.param("l,w,h\n1,2,3\n", {}, "row 1, id: column is missing", id="no id"),
        pytest.param("id,l,w,h,hue\nA,1,2,3,4\n", {}, "row 1, hue: column is not understood", id="unknown column"),
        pytest.param("id,l,w,h,length\nA,1,2,3,4\n", {}, "row 1, length: column appears twice", id="twice"),
        pytest.param("id,l kg,w,h\nA,1,2,3\n", {}, "row 1, l kg: must be in mm, cm, m, in, got kg", id="unit"),
        pytest.param("id,l,w,h\nA,1,2\n", {}, "row 2: must have 4 cells", id="short row"),
        pytest.param("id,l,w,h\nA,1,,3\n", {}, "row 2, w: must not be empty", id="empty cell"),
        pytest.param("id,l,w,h\nA,1,two,3\n", {}, "row 2, w: must be a number, got 'two'", id="text"),
        pytest.param("id,l,w,h\nA,1,nan,3\n", {}, "row 2, w: must be finite, got 'nan'", id="NaN"),
        pytest.param("id,l,w,h\nA,1,-2,3\n", {}, "row 2, w: must be greater than 0", id="negative"),
        pytest.param("id,l,w,h\nA,9,9,9\n", {}, "row 2, tare_g: is missing and cannot be derived", id="no tare"),
        pytest.param("id,l,w,h,price\nA,9,9,9,1.005\n", {}, "row 2, price: must be a price with at most", id="price"),
        pytest.param("id,l,w,h\nA,9,9,9\n", {"board_id": "x"}, "row 2, board_id: must be one of", id="board"),
        pytest.param("id,l,w,h\nA,9,9,9\n", {"basis": "middle"}, "basis: must be one of inner, outer", id="basis"),
        pytest.param("id,l,w,h\nA,9,9,9\n", {"length_unit": "ft"}, "length_unit: must be one of mm", id="option"),
        pytest.param("id,l,w,h,tare\nA,9,9,9,1\nA,8,8,8,1\n", {}, "row 3, id: must be unique", id="id twice"),
    ],
)
def test_a_malformed_spreadsheet_is_refused(tmp_path: Path, text: str, options: dict[str, Any], fault: str) -> None:
    """A spreadsheet that cannot be understood whole is refused with file, row and field; no column is dropped."""
    with pytest.raises(DataFileError) as caught:
        convert_sizes(spreadsheet(tmp_path, text), **options)
    assert caught.value.file == "sizes.csv"
    assert fault in str(caught.value)


names = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=20).filter(
    lambda name: name == name.strip() != ""
)


@given(names, st.integers(1, 9_999_999))
def test_any_name_and_size_survive(tmp_path_factory: pytest.TempPathFactory, name: str, length_um: int) -> None:
    """Whatever a box is called and however long it is, the catalog written loads with exactly that."""
    tmp_path = tmp_path_factory.mktemp("convert")
    quoted = name.replace('"', '""')
    source = tmp_path / "sizes.csv"
    source.write_bytes(f'id,l,w,h,tare\r\n"{quoted}",{length_um / 1000},9,9,1\r\n'.encode())
    out = tmp_path / "out.toml"
    out.write_bytes(convert_sizes(source).encode())
    box = load_catalog(out).box_types[0]
    assert (box.box_type_id, box.inner_um[0]) == (name, length_um)
