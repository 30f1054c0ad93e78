"""Exports become order files: unambiguous rows are read, and every other row is listed."""

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from benchmarks.dirty_export import FAULTS, write_export
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright.errors import DataFileError, FieldViolation, UnsupportedError
from boxwright.orders import GuessOptions, RowRules, convert_orders
from boxwright.orders.spool import Spool

from .exports import HEADER, ITEMS, ROWS, TEXT, converted


def rejected(found: Any) -> list[tuple[int, str]]:
    """Return row and field of every rejection."""
    return [(finding.row, finding.field) for finding in found.rejections]


def workbook(rows: list[list[Any]]) -> bytes:
    """Return a workbook of one sheet."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_rows_of_an_order_are_brought_together_and_numbered():
    """Rows of an order may be scattered; without line ids they are numbered in sequence."""
    found = converted(TEXT)
    assert [(row["order_id"], row["line_id"], row["sku"]) for row in found.rows] == [
        ("o1", "1", "A"),
        ("o1", "2", "C"),
        ("o2", "1", "B"),
    ]
    assert found.rows[0] == {
        "order_id": "o1",
        "line_id": "1",
        "sku": "A",
        "quantity": 2,
        "length_mm": 300,
        "width_mm": 200,
        "height_mm": 100,
        "mass_g": 500,
    }
    assert (found.rows_in, found.rows_rejected, found.orders) == (3, 0, 2)


CELLS = [line.split(",") for line in TEXT.splitlines()]


TYPED = [[cell if at < 2 else int(cell) for at, cell in enumerate(row)] for row in CELLS[1:]]


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(("a.csv", TEXT.replace(",", ";").encode()), id="semicolons"),
        pytest.param(("a.csv", TEXT.replace(",", "\t").encode()), id="tabs"),
        pytest.param(("a.csv", TEXT.replace("\n", "\r\n").encode()), id="Windows line ends"),
        pytest.param(("a.csv", TEXT.encode("utf-8-sig")), id="UTF-8 with a byte order mark"),
        pytest.param(("a.txt", TEXT.replace(",", "\t").encode("utf-16")), id="UTF-16, as Excel saves it"),
        pytest.param(("a.xlsx", workbook([CELLS[0], *TYPED])), id="workbook"),
        pytest.param(("standard input", workbook([CELLS[0], *TYPED])), id="workbook without a name"),
        pytest.param(pd.DataFrame(TYPED, columns=CELLS[0]), id="pandas"),
        pytest.param(pd.DataFrame(TYPED, columns=CELLS[0]).astype({"qty": float}), id="pandas, whole floats"),
        pytest.param(pa.table(dict(zip(CELLS[0], map(list, zip(*TYPED, strict=True)), strict=True))), id="Arrow"),
    ],
)
def test_every_form_gives_the_same_rows(source: Any):
    """Separators, encodings, workbooks and frames do not matter."""
    assert list(convert_orders([source]).rows) == list(converted(TEXT).rows)


@pytest.mark.parametrize(
    "title",
    [
        pytest.param([["Shipped orders of October"]], id="one cell"),
        pytest.param([["Export", "of 2026-10-31"], [], ["Site", "North"]], id="several rows and a blank one"),
    ],
)
@pytest.mark.parametrize("form", ["semicolons", "workbook"])
def test_title_rows_above_the_header_do_not_count(title: list[list[str]], form: str):
    """The header is the first wide row; rows keep their spreadsheet numbers."""
    if form == "workbook":
        source = "a.xlsx", workbook([*title, CELLS[0], *TYPED, ["o3", "D", 0, 3, 2, 1, 1]])
    else:
        text = "\n".join(";".join(row) for row in [*title, *CELLS, ["o3", "D", "0", "3", "2", "1", "1"]])
        source = "a.csv", text.encode()
    found = convert_orders([source])
    assert list(found.rows) == list(converted(TEXT).rows)
    assert rejected(found) == [(len(title) + 5, "quantity")]


def test_rows_that_are_not_goods_are_left_out_without_their_orders():
    """Cancelled, returned and repeated rows are dropped and counted by rule; without rules their orders are lost."""
    rows = [
        "o1,A,1,3,2,1,1,Shipped", "o1,B,1,3,2,1,1,cancelled", "o1,C,-1,3,2,1,1,shipped", "o1,A,1,3,2,1,1,Shipped",
        "o2,D,0,3,2,1,1,shipped", "o3,E,2,3,2,1,1,",
    ]  # fmt: skip
    text = "\n".join([f"{HEADER},Status", *rows])
    rules = RowRules({"Status": ["shipped", ""]}, skip_nonpositive=True, drop_repeated=True)
    found = converted(text, row_rules=rules)
    assert [(row["order_id"], row["sku"]) for row in found.rows] == [("o1", "A"), ("o3", "E")]
    assert sorted(found.rows_left_out.values()) == [1, 1, 2]
    assert found.orders_left_out == 1
    assert found.rows_in == len(found.rows) + found.rows_left_out.total() == 6
    assert not found.rejections
    plain = converted(text)
    assert [row["order_id"] for row in plain.rows] == ["o3"]
    assert not plain.rows_left_out
    with pytest.raises(DataFileError) as refused:
        converted(TEXT, row_rules=rules)
    assert refused.value.violations[0].field == "column 'Status'"


def test_rows_of_postage_are_left_out_and_take_no_order_with_them():
    """Rows with an excluded value are dropped, empty cells are not, and the column must exist."""
    text = f"{HEADER}\no1,A,1,3,2,1,1\no1,Postage,1,,,,\no2,B,1,3,2,1,1\no2,,1,3,2,1,1\no3,voucher,1,,,,"
    found = converted(text, row_rules=RowRules(where_not={"sku": ["postage", "Voucher"]}))
    assert [(row["order_id"], row.get("sku")) for row in found.rows] == [("o1", "A"), ("o2", "B"), ("o2", None)]
    assert (found.rows_left_out.total(), found.orders_left_out) == (2, 1)
    with pytest.raises(DataFileError) as refused:
        converted(TEXT, row_rules=RowRules(where_not={"Status": ["cancelled"]}))
    assert refused.value.violations[0].field == "column 'Status'"


def test_an_empty_cell_is_not_zero():
    """A missing size and a size of 0 have different messages."""
    empty, zero = converted(f"{HEADER}\no1,A,1,,2,1,1\no2,A,1,0,2,1,1").rejections
    assert (empty.field, zero.field) == ("length_mm", "length_mm")
    assert "0" not in empty.text
    assert "got 0" in zero.text


def test_a_column_that_looks_like_a_status_is_reported():
    """The report counts its values, unless a rule uses it."""
    text = f"{HEADER},Bestellstatus\no1,A,1,3,2,1,1,versendet\no2,A,1,3,2,1,1,storniert\no3,A,1,3,2,1,1,versendet"
    assert converted(text).report.statuses == {"Bestellstatus": {"versendet": 2, "storniert": 1}}
    assert not converted(text, row_rules=RowRules({"Bestellstatus": ["versendet"]})).report.statuses


@pytest.mark.parametrize(
    ("cell", "code"),
    [("DE", "DE"), ("Deutschland", "DE"), ("ÖSTERREICH", "AT"), ("DEU", "DE"), ("Nirgendwo", "Nirgendwo")],
)
def test_a_country_by_name_is_read_as_its_code(cell: str, code: str):
    """Known country names become codes; others stay."""
    found = converted(f"{HEADER},country\n{ROWS[0]},{cell}")
    assert [row["extra_country_code"] for row in found.rows] == [code]


def test_windows_1252_is_read_where_utf_8_does_not_fit():
    """Umlauts of Windows-1252 are read, and the form names the encoding."""
    found = converted("Auftrag;SKU;Menge;Länge mm;Breite mm;Höhe mm;Gewicht g\no;Öl;1;3;2;1;1".encode("cp1252"))
    assert found.rows[0]["sku"] == "Öl"
    assert found.forms == [("orders.csv", "cp1252, semicolons", 1)]


def test_units_come_from_column_option_or_cell():
    """The unit of a cell takes precedence over that of the column, then that of the option."""
    text = 'order,qty,length (in),width,height,weight\no,1,4.125,30 cm,"12 1/2""",2 lb\n'
    (row,) = converted(text, how=GuessOptions(length_unit="cm", mass_unit="kg")).rows
    assert [row[name] for name in ("length_mm", "width_mm", "height_mm")] == [104.775, 300, 317.5]
    assert row["mass_g"] == pytest.approx(907.18474)


@pytest.mark.parametrize(
    ("cell", "quantity"),
    [("1.0", 1), ("2,0", 2), ("1 200", 1200), ("3e0", 3)],
)
def test_whole_numbers_in_any_form(cell: str, quantity: int):
    """A quantity may have a decimal mark followed by zeros, and blanks between thousands."""
    assert converted(f'{HEADER}\no,A,"{cell}",3,2,1,1').rows[0]["quantity"] == quantity


def test_doubt_is_rejected_unless_the_decimal_mark_is_given():
    """1,200 may be 1200 or 1.2: only the caller knows."""
    text = f'{HEADER}\no,A,1,"1,200",200,100,5'
    assert rejected(converted(text))[0] == (2, "length_mm")
    assert converted(text, how=GuessOptions(decimal=".")).rows[0]["length_mm"] == 1200
    assert converted(text, how=GuessOptions(decimal=",")).rows[0]["length_mm"] == 1.2


@pytest.mark.parametrize(
    ("unit", "cell", "length_mm"),
    [("in", "4.125", 104.775), ("cm", "12,345", 123.45), ("m", "1.200", 1200), ("m", "9,999", 9999)],
)
def test_a_reading_past_the_limits_leaves_no_doubt(unit: str, cell: str, length_mm: float):
    """A reading beyond the limits is excluded."""
    text = f'{HEADER.replace("length (mm)", f"length ({unit})")}\no,A,1,"{cell}",20,10,5'
    assert converted(text).rows[0]["length_mm"] == length_mm


@pytest.mark.parametrize(
    ("row", "field"),
    [
        pytest.param(",A,1,3,2,1,1", "order_id", id="no order"),
        pytest.param("o,A,,3,2,1,1", "quantity", id="no quantity"),
        pytest.param("o,A,0,3,2,1,1", "quantity", id="quantity 0"),
        pytest.param("o,A,-2,3,2,1,1", "quantity", id="return"),
        pytest.param("o,A,two,3,2,1,1", "quantity", id="words"),
        pytest.param("o,A,1.5,3,2,1,1", "quantity", id="half a unit"),
        pytest.param("o,A,1,,2,1,1", "length_mm", id="no size"),
        pytest.param("o,A,1,3,2,0,1", "height_mm", id="size 0"),
        pytest.param("o,A,1,3,2,99999,1", "height_mm", id="past the limit"),
        pytest.param("o,A,1,3,2,1 kg,1", "height_mm", id="a mass for a size"),
        pytest.param("o,A,1,3,2,nan,1", "height_mm", id="not a number"),
        pytest.param("o,A,1,3,2,1e999999,1", "height_mm", id="endless"),
        pytest.param("o,A,1,3,2,1,", "mass_g", id="no mass"),
        pytest.param("o,A,1,3,2,1", "", id="cut off"),
        pytest.param("o,A,1,3,2,1,1,9", "", id="too many cells"),
        pytest.param('o,"A"B,1,3,2,1,1', "", id="stray quote"),
        pytest.param(f"o,{'A' * 201},1,3,2,1,1", "sku", id="long text"),
    ],
)
def test_each_kind_of_bad_row_is_rejected_by_row_and_field(row: str, field: str):
    """The row is listed, and the other order is written."""
    found = converted(f"{HEADER}\n{row}\ngood,B,1,30,20,10,50")
    assert rejected(found) == [(2, field)]
    assert [row["order_id"] for row in found.rows] == ["good"]
    assert found.rows_in == len(found.rows) + found.rows_rejected == 2


def test_a_bad_row_takes_its_order_with_it():
    """An order that lacks a line is not written, even if only its id could be read."""
    found = converted(f"{HEADER}\no,A,1,3,2,1,1\no,B,1,3\nother,C,1,3,2,1,1")
    assert [row["order_id"] for row in found.rows] == ["other"]
    assert rejected(found)[0] == (2, "order_id")


def test_a_line_id_that_repeats_is_rejected_with_its_order():
    """The repeated row is named."""
    text = "order,line,qty,length mm,width mm,height mm,mass g\no,1,1,3,2,1,1\no,1,2,3,2,1,1"
    assert (3, "line_id") in rejected(converted(text))


def test_an_item_master_fills_what_the_orders_lack():
    """The master adds sizes by SKU without overriding the orders; its stock is not a quantity; bad items are named."""
    text = "order,sku,qty,weight (g)\no1,A,2,\no2,A,1,77\no3,B,1,\no4,C,1,\no5,D,1,\no6,D,1,"
    found = converted(text, items=("items.csv", ITEMS))
    assert [(row["order_id"], row["quantity"], row["length_mm"], row["mass_g"]) for row in found.rows] == [
        ("o1", 2, 300, 500),
        ("o2", 1, 300, 77),
    ]
    assert rejected(found) == [(4, "mass_g"), (5, "sku"), (6, "sku"), (7, "sku")]
    assert "row 3" in found.rejections[0].text
    assert "rows 4 and 5" in found.rejections[1].text
    assert found.report.unmatched_skus == {"D": 2}


def test_a_sku_in_other_case_is_unknown_and_the_similar_one_is_named():
    """SKUs are case-sensitive; the message names the similar item."""
    found = converted("order,sku,qty\no1,a,2\no2,z,1", items=("items.csv", ITEMS))
    assert rejected(found) == [(2, "sku"), (3, "sku")]
    assert ["'A'" in finding.text for finding in found.rejections] == [True, False]


def test_cells_of_a_workbook_without_a_usable_value_are_rejected():
    """These are a formula without its result, an error value, and a date for a number."""
    good = ["o1", "A", 1, 3.125, 2, 1, 1]
    formula, error, date = (["x", "A", 1, 3, 2, 1, cell] for cell in ("=1+1", "#DIV/0!", pd.Timestamp("2026-01-02")))
    found = convert_orders([("a.xlsx", workbook([CELLS[0], good, formula, error, date]))])
    assert found.rows[0]["length_mm"] == 3.125
    assert rejected(found) == [(3, "mass_g"), (4, "mass_g"), (5, "mass_g")]


def test_types_of_a_frame_do_not_matter():
    """Numeric ids, gaps and categories of pandas are read as texts and absent values."""
    frame = pd.DataFrame(
        {
            "order": [4711.0, 4712.0],
            "qty": [1.0, 2.0],
            "sku": [12, 13],
            "box": pd.Categorical(["K1", None]),
            "length mm": [1.125, 2.0],
            "width mm": [1, 1],
            "height mm": [1, 1],
            "mass g": [5, 6],
            "fragility": [None, "fragile"],
        }
    )
    rows = convert_orders([frame]).rows
    assert [(row["order_id"], row["sku"], row["quantity"], row["length_mm"]) for row in rows] == [
        ("4711", "12", 1, 1.125),
        ("4712", "13", 2, 2),
    ]
    assert [row.get("extra_box_used") for row in rows] == ["K1", None]
    assert rows[1]["fragility_class"] == "fragile"


def half_a_parquet() -> bytes:
    """Return a Parquet file without its end."""
    content = io.BytesIO()
    pq.write_table(pa.table({"order": ["o"] * 1000}), content)
    return content.getvalue()[:-20]


def spoiled(member: str, old: bytes, new: bytes) -> bytes:
    """Return a workbook with one changed member."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(CELLS))) as book, zipfile.ZipFile(content, "w") as other:
        for name in book.namelist():
            text = book.read(name)
            assert name != member or old in text
            other.writestr(name, text.replace(old, new) if name == member else text)
    return content.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("a.xlsx", spoiled(SHEET, b"</sheetData>", b""), id="rows cut off"),
        pytest.param("a.xlsx", spoiled(SHEET, b'r="B2"', b'r="-"'), id="no such cell"),
        pytest.param("a.parquet", half_a_parquet(), id="half-written Parquet"),
        pytest.param("a.parquet", b"order,qty", id="CSV called Parquet"),
        pytest.param("a.xlsx", workbook([["order"]])[:-100], id="half a workbook"),
        pytest.param("a.xlsx", b"order,qty", id="CSV called a workbook"),
        pytest.param("a.xls", b"\xd0\xcf\x11\xe0" * 9, id="old workbook"),
        pytest.param("a.csv", b"", id="empty"),
        pytest.param("a.csv", b"\n \n", id="blank"),
        pytest.param("a.csv", b"order\n\x81", id="no encoding fits"),
        pytest.param("a.csv", "order,qty".encode("utf-16-le"), id="UTF-16 without a mark"),
        pytest.param("a.csv", b"\xff\xfea", id="UTF-16 cut off"),
        pytest.param("a.csv", b"colour,shape\nred,round", id="no orders"),
        pytest.param("a.csv", HEADER.encode() + b",sku\n", id="two columns of a name"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(name: str, content: bytes):
    """The error names the file."""
    with pytest.raises(DataFileError) as caught:
        convert_orders([(name, content)])
    assert caught.value.file == name


def test_an_encoding_can_be_named():
    """GB 18030 is read if it is named; an unknown encoding is refused."""
    content = "订单号,数量,长mm,宽mm,高mm,重量g\n甲,1,3,2,1,1".encode("gb18030")
    assert converted(content, encoding="gb18030").rows[0]["order_id"] == "甲"
    with pytest.raises(UnsupportedError, match="encoding"):
        converted(content, encoding="klingon")


@pytest.mark.parametrize("day", ["31.02.2026", "00.00.0000", "03/01/2026", "soon"])
def test_a_ship_date_that_cannot_be_read_is_reported(day: str):
    """The order keeps the text, and the report names the row."""
    header = HEADER.rstrip("\n") + ",ship date\n"
    found = converted(f"{header}a,A,1,3,2,1,1,{day}\nb,A,1,3,2,1,1,28.02.2026\nc,A,1,3,2,1,1,\n")
    assert [finding.row for finding in found.report.without_date] == [2]
    assert found.orders == 3


def test_dates_with_slashes_are_read_once_others_settle_the_day_first():
    """Dates before the first unambiguous one are read as well; an impossible date is reported."""
    days = ["03/04/2026", "31/02/2026", *(f"{day:02}/{month}/2026" for month in (10, 11) for day in range(1, 29))]
    rows = [f"o{number},A,1,3,2,1,1,{day}" for number, day in enumerate(days)]
    found = converted(HEADER.rstrip("\n") + ",ship date\n" + "\n".join(rows) + "\n")
    assert [finding.row for finding in found.report.without_date] == [3]


def test_the_report_counts_and_names_rows():
    """Gaps, repeats, outliers and implausible values are listed with their rows."""
    usual = [f"u{number},A,1,{300 + number},200,100,500" for number in range(40)]
    text = "\n".join([HEADER, *usual, "far,B,1,9000,200,100,500", "gap,C,1,,2,1,", "o,D,1,3,2,1,1", "o,D,1,3,2,1,1"])
    found = converted(text, implausible=lambda order: [FieldViolation("lines[0].mass_g", "odd")] * len(order.lines[1:]))
    report = found.report
    assert (report.rows, report.orders, report.skus) == (44, 43, 4)
    assert [finding.row for finding in report.without_size] == [finding.row for finding in report.without_mass] == [43]
    assert [finding.row for finding in report.duplicates] == [45]
    assert "row 44" in report.duplicates[0].text
    assert {finding.row for finding in report.outliers} == {42, 44, 45}
    assert [(finding.row, finding.field, finding.text) for finding in report.implausible] == [(44, "mass_g", "odd")]


def test_every_fault_of_a_dirty_export_is_found(tmp_path: Path):
    """Each faulty row is rejected by field; other rejected rows belong to the same orders."""
    planted = write_export(tmp_path, orders=400)
    found = convert_orders([tmp_path / "orders.csv"], items=tmp_path / "items.csv")
    with (tmp_path / "faults.csv").open() as file:
        faults = {int(row["row"]): row for row in csv.DictReader(file)}
    assert planted == len(faults)
    assert {row["fault"] for row in faults.values()} == set(FAULTS)
    assert {(row, fault["field"]) for row, fault in faults.items()} <= set(rejected(found))
    assert {finding.field for finding in found.rejections if finding.row not in faults} == {"order_id"}
    assert found.rows_in == len(found.rows) + found.rows_rejected
    assert {row["extra_box_used"] for row in found.rows} == {"K1 klein", "K2 mittel", "K3 groß", "K4 Übergröße"}


CELL = st.sampled_from(["", "1", "2.0", "1,5", "1,200", "x", "-1", '"', "a;b", "  3 ", "0", "10 in", "=1"])


@settings(max_examples=30)
@given(st.lists(st.lists(CELL, min_size=5, max_size=8), max_size=12))
def test_no_row_is_lost(rows: list[list[str]]):
    """Every row is either written or rejected, whatever it holds."""
    content = io.StringIO()
    csv.writer(content, lineterminator="\n").writerows([HEADER.split(","), *rows])
    found = converted(content.getvalue())
    assert found.rows_in == sum(any(cell.strip() for cell in row) for row in rows)
    assert found.rows_in == len(found.rows) + found.rows_rejected
    assert len({(finding.file, finding.row) for finding in found.rejections}) == found.rows_rejected


def test_rows_on_disk_are_those_in_memory(monkeypatch):
    """Rows kept on disk come out unchanged and in sequence."""
    text = f"{HEADER}\n" + "\n".join(f"o{index % 7},s,1,{index + 1},2,1,1" for index in range(200))
    in_memory = list(converted(text).rows)
    monkeypatch.setattr("boxwright.orders.spool._IN_MEMORY", 100)
    on_disk = converted(text).rows
    assert list(on_disk) == in_memory
    assert len(on_disk) == 200
    assert (on_disk[3], on_disk[-1]) == (in_memory[3], in_memory[-1])
    with pytest.raises(IndexError):
        on_disk[200]


def test_a_list_on_disk_grows_while_it_is_read(monkeypatch):
    """Reading does not disturb appending."""
    monkeypatch.setattr("boxwright.orders.spool._IN_MEMORY", 10)
    spool = Spool()
    for index in range(50):
        spool.append({"index": index})
        assert spool[index // 2] == {"index": index // 2}
    assert [row["index"] for row in spool] == list(range(50))
