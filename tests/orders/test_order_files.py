"""Order files: the same orders from each format, and errors that name file, row and field."""

import datetime
import json
from dataclasses import replace
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from boxwright import Item, Order
from boxwright.domain.order import UPRIGHT, Fragility, MaterialMass, SalesPackaging, SoftGoods
from boxwright.domain.property_cap import PropertyAmount
from boxwright.errors import DataFileError, UnsupportedError
from boxwright.orders import DateSpan, batches, count_orders, date_span, read_order, read_orders, write

ROWS = [
    {
        "order_id": "o1",
        "line_id": "a",
        "quantity": 2,
        "length_mm": 10.5,
        "width_mm": 20,
        "height_mm": 30,
        "mass_g": 5,
    },
    {
        "order_id": "o1",
        "line_id": "b",
        "quantity": 1,
        "length_mm": 1,
        "width_mm": 2,
        "height_mm": 3,
        "mass_g": 0,
        "orientations": ["LWH", "WLH"],
        "max_load_g": 0,
        "fragility_class": "fragile",
        "sku": "S",
        "barcode": "00012345",
        "g_level": 45.5,
        "article": "mug",
        "keep_together_group": "set",
        "ships_in_own_container": True,
        "property_amounts": {"lithium_wh": 20.5, "liquid_ml": 0.0},
    },
    {
        "order_id": "o2",
        "line_id": "a",
        "quantity": 1,
        "length_mm": 7,
        "width_mm": 7,
        "height_mm": 7,
        "mass_g": 70,
        "g_level": 60.0,
        "description": 'a "quoted", name',
        "dimension_status": "measured",
        "sales_packaging.cushion_mm": 1.5,
        "sales_packaging.cushion_material": "materials/eps",
        "sales_packaging.materials": {"materials/eps": 2.0, "materials/kraft-paper": 8.5},
    },
    {
        "order_id": "o2",
        "line_id": "b",
        "quantity": 1,
        "length_mm": 700,
        "width_mm": 500,
        "height_mm": 8,
        "mass_g": 180,
        "min_thickness_mm": 4.5,
        "max_folds": 2,
    },
]
INSIDE = ("sales_packaging.cushion_mm", "sales_packaging.cushion_material", "sales_packaging.materials")
ORDERS = [
    Order(
        "o1",
        [
            Item("a", 2, 10.5, 20, 30, 5),
            Item(
                "b",
                1,
                1,
                2,
                3,
                0,
                UPRIGHT,
                max_load_g=0,
                fragility=Fragility("fragile", 45.5),
                article="mug",
                sku="S",
                barcode="00012345",
                keep_together_group="set",
                ships_in_own_container=True,
                property_amounts=[PropertyAmount("lithium_wh", 20.5), PropertyAmount("liquid_ml", 0)],
            ),
        ],
    ),
    Order(
        "o2",
        [
            Item(
                "a",
                1,
                7,
                7,
                7,
                70,
                fragility=Fragility(g_level=60),
                description='a "quoted", name',
                dimension_status="measured",
                sales_packaging=SalesPackaging(1.5, "eps", [MaterialMass("eps", 2), MaterialMass("kraft-paper", 8.5)]),
            ),
            Item("b", 1, 700, 500, 8, 180, soft_goods=SoftGoods(4.5, 2)),
        ],
    ),
]
LINE = {
    "line_id": "a",
    "quantity": 2,
    "cuboid": {"dimensions": {"length_mm": 10.5, "width_mm": 20, "height_mm": 30}},
    "mass_g": 5,
}
HEADER = "order_id,line_id,quantity,length_mm,width_mm,height_mm,mass_g"
MORE = "orientations,max_load_g,fragility_class,g_level,article,sku,description,barcode,dimension_status"
COMPANY = "keep_together_group,ships_in_own_container,property_amounts"
SOFT = "min_thickness_mm,max_folds"
CSV = f"""{HEADER},{MORE},{COMPANY},{SOFT},{",".join(INSIDE)}
o1,a,2,10.5,20,30,5,,,,,,,,,,,,,,,,,
o1,b,1,1,2,3,0,LWH WLH,0,fragile,45.5,mug,S,,00012345,,set,TRUE,lithium_wh=20.5; liquid_ml = 0,,,,,
o2,a,1,7,7,7,70,,,,60,,,"a ""quoted"", name",,measured,,,,,,1.5,materials/eps,materials/eps=2;materials/kraft-paper=8.5
o2,b,1,700,500,8,180,,,,,,,,,,,,,4.5,2,,,
"""


def write_parquet(path, rows):
    """Write rows of a table, absent values as nulls."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    pq.write_table(pa.table({name: [row.get(name) for row in rows] for name in columns}), path)


def errors_of(path):
    """Return the fields of the rules that a file breaks."""
    with pytest.raises(DataFileError) as caught:
        count_orders(path)
    assert caught.value.file == path.name
    return [violation.field for violation in caught.value.violations]


def test_csv_holds_the_orders(tmp_path):
    """Rows next to each other become one order, with every column where it belongs."""
    path = tmp_path / "orders.csv"
    path.write_text(CSV)
    assert list(read_orders(path)) == ORDERS
    assert count_orders(path) == 2


def test_csv_from_a_spreadsheet_is_read(tmp_path):
    """A byte order mark, Windows line ends, blank rows and spaces round names change nothing."""
    path = tmp_path / "orders.CSV"
    text = CSV.replace("line_id,", " line_id ,", 1).replace("\no2", "\n,,,,,,,,,,,,,,,,,,,,,\no2")
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert list(read_orders(path)) == ORDERS


def test_parquet_holds_the_orders(tmp_path):
    """The same columns, typed, give the same orders; nulls are absent values."""
    path = tmp_path / "orders.parquet"
    write_parquet(path, ROWS)
    assert list(read_orders(path)) == ORDERS


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_written_orders_are_read_as_they_were(tmp_path, suffix):
    """Every field that a line can have, the boxes used and the ship date come back from both formats."""
    path, day = tmp_path / f"orders{suffix}", datetime.date(2026, 3, 1)
    orders = [ORDERS[0], replace(ORDERS[1], boxes_used=("K1", "K2", "K2"))]
    rows = [row for order in orders for row in write.shipped_rows(order, day)]
    if suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as text:
            write.write_csv(rows, write.SHIPPED_COLUMNS, text)
    else:
        with path.open("wb") as raw:
            write.write_parquet(rows, write.SHIPPED_COLUMNS, raw)
    assert list(read_orders(path)) == orders
    assert date_span(path) == DateSpan(day, day, 2, 2, 2)
    assert "orientations" not in rows[0]


def test_parquet_decimals_are_numbers(tmp_path):
    """A decimal column counts as the numbers it holds."""
    path = tmp_path / "orders.parquet"
    row = {**ROWS[0], "length_mm": Decimal("10.50"), "quantity": Decimal(2)}
    write_parquet(path, [row])
    (order,) = read_orders(path)
    assert (order.lines[0].length_mm, order.lines[0].quantity) == (10.5, 2)


FRAME = {
    "order_id": ["7", "7", "8"],
    "line_id": ["1", "2", "1"],
    "quantity": [1, 2, 1],
    "length_mm": [10, 20, 30],
    "width_mm": [10, 20, 30],
    "height_mm": [10.5, 20, 30],
    "mass_g": [5, 5, 5],
}


@pytest.mark.parametrize(
    "change",
    [
        lambda frame: frame,
        lambda frame: frame.astype({"order_id": "int64", "line_id": "int32"}),
        lambda frame: frame.astype({"order_id": "float64", "line_id": "uint8"}),
        lambda frame: frame.astype({"quantity": "float64", "height_mm": "float32", "mass_g": "int8"}),
        lambda frame: frame.astype({"quantity": "Int64", "order_id": "string"}),
        lambda frame: frame.astype({"order_id": "category", "line_id": "Int8"}),
        lambda frame: frame.astype(object),
        lambda frame: frame.convert_dtypes(dtype_backend="pyarrow"),
        lambda frame: frame.set_axis([5, 3, 9]),
        lambda frame: frame.set_axis(["x", "y", "z"]),
        lambda frame: frame.set_index(["order_id", "line_id"]),
        lambda frame: frame.assign(sku=None, max_load_g=float("nan")),
    ],
)
def test_parquet_written_by_pandas_is_read(tmp_path, change):
    """Column types and row labels of a data frame do not matter."""
    path = tmp_path / "orders.parquet"
    change(pd.DataFrame(FRAME)).to_parquet(path)
    assert list(read_orders(path)) == [
        Order("7", [Item("1", 1, 10, 10, 10.5, 5), Item("2", 2, 20, 20, 20, 5)]),
        Order("8", [Item("1", 1, 30, 30, 30, 5)]),
    ]


def test_pandas_leaves_gaps_in_columns_of_whole_numbers(tmp_path):
    """Whole numbers that pandas wrote as floats are read as texts and integers."""
    path = tmp_path / "orders.parquet"
    more = {"sku": [4711, None, 12], "max_folds": [2, None, 0], "ships_in_own_container": [None, True, False]}
    pd.DataFrame({**FRAME, **more}).to_parquet(path)
    first, second, third = (line for order in read_orders(path) for line in order.lines)
    assert [line.sku for line in (first, second, third)] == ["4711", "", "12"]
    assert [line.soft_goods and line.soft_goods.max_folds for line in (first, second, third)] == [2, None, 0]
    assert [line.ships_in_own_container for line in (first, second, third)] == [False, True, False]


@pytest.mark.parametrize(
    ("column", "values", "found"),
    [
        ("sku", [1.5, 1.0, 1.0], ["row 1, sku"]),
        ("sku", [2.0**53, 1.0, 1.0], ["row 1, sku"]),
        ("sku", [True, False, None], ["row 1, sku"]),
        ("quantity", [1.5, 1, 1], ["row 1, quantity"]),
        ("order_id", [1.5, 1.5, 2.0], ["row 1, order_id"]),
        ("fragility_class", [1, 2, 3], ["row 1, fragility_class"]),
        ("__index__", [1, 2, 3], ["column '__index__'"]),
    ],
)
def test_parquet_numbers_that_say_something_else_are_refused(tmp_path, column, values, found):
    """A fraction, or a float beyond 2^53, is neither a text nor a whole number."""
    path = tmp_path / "orders.parquet"
    pd.DataFrame({**FRAME, column: values}).to_parquet(path)
    assert errors_of(path)[: len(found)] == found


def test_a_word_that_is_not_a_class_is_quoted(tmp_path):
    """The message quotes the cell unchanged."""
    path = tmp_path / "orders.csv"
    path.write_text(f"{HEADER},fragility_class\no1,a,1,10,20,30,5,Fragil\n")
    with pytest.raises(DataFileError) as error:
        list(read_orders(path))
    assert error.value.violations[0].rule.endswith('"Fragil"')


def test_json_lines_hold_the_orders(tmp_path):
    """One order per line, blank lines and a byte order mark skipped."""
    path = tmp_path / "orders.jsonl"
    first, second = ({"order_id": name, "lines": [LINE]} for name in ("o1", "o2"))
    path.write_text("\ufeff" + json.dumps(first) + "\n\n" + json.dumps(second) + "\n", encoding="utf-8")
    assert list(read_orders(path)) == [Order(name, ORDERS[0].lines[:1]) for name in ("o1", "o2")]


def test_json_file_holds_one_order(tmp_path):
    """A JSON file is one order, with or without a byte order mark."""
    path = tmp_path / "order.json"
    path.write_text("\ufeff" + json.dumps({"order_id": "o1", "lines": [LINE]}), encoding="utf-8")
    assert read_order(path) == Order("o1", ORDERS[0].lines[:1])


def test_json_error_names_file_and_path(tmp_path):
    """A broken rule in a JSON order names the file and the path of the field."""
    path = tmp_path / "order.json"
    path.write_text(json.dumps({"order_id": "o1", "lines": [{**LINE, "mass_g": -1}]}))
    with pytest.raises(DataFileError) as caught:
        read_order(path)
    assert caught.value.file == "order.json"
    assert [violation.field for violation in caught.value.violations] == ["lines[0].mass_g"]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (["o1,a,1,12 mm,1,1,1"], ["row 2, length_mm"]),
        (["o1,a,1,nan,1,1,1"], ["row 2, length_mm"]),
        (["o1,a,1,1e999,1,1,1"], ["row 2, length_mm"]),
        (["o1,a,1_0,1,1,1,1"], ["row 2, quantity"]),
        (["o1,a,2.5,1,1,1,1"], ["row 2, quantity"]),
        (["o1,a,1,1,1,1,"], ["row 2, mass_g"]),
        ([",a,1,1,1,1,1"], ["row 2, order_id"]),
        (["o1,a,1,1,1,1"], ["row 2"]),
        (["o1,a,1,1,1,1,1", "o1,a,1,1,1,1,1"], ["rows 2 to 3, lines[1].line_id"]),
        (["o1,a,1,1,1,1,1", "o2,a,1,1,1,1,1", "o1,b,1,1,1,1,1"], ["row 4, order_id"]),
        (
            ["o1,a,0,1,1,1,1", "o1,b,1,1,1,-3,1", "o2,a,1,1,1,1,x"],
            [
                "row 2, quantity",
                "row 3, height_mm",
                "row 4, mass_g",
            ],
        ),
        (["o1,a,10001,1,1,1,1"], ["row 2, lines"]),
        ([], ["file"]),
    ],
)
def test_csv_errors_name_row_and_field(tmp_path, rows, found):
    """Each broken rule of a CSV file is listed with its row and column."""
    path = tmp_path / "orders.csv"
    path.write_text("\n".join([HEADER, *rows]))
    assert errors_of(path) == found


def test_csv_columns_are_checked(tmp_path):
    """Unknown, repeated and missing columns are listed together."""
    path = tmp_path / "orders.csv"
    path.write_text("order_id,line_id,quantity,length_mm,length_mm,width_mm,height_mm,weight\n")
    assert errors_of(path) == ["column 'weight'", "column 'length_mm'", "column 'mass_g'"]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"order_id\xff", "file"),
        (HEADER.encode() + b'\no1,"a"b,1,1,1,1,1', "row 2"),
        (HEADER.encode() + b'\no1,"' + b"a" * 200_000, "row 2"),
    ],
)
def test_a_file_that_is_not_csv_is_refused(tmp_path, content, found):
    """Bytes that are not UTF-8 and broken quotes are errors, not rows."""
    path = tmp_path / "orders.csv"
    path.write_bytes(content)
    assert errors_of(path) == [found]


def test_an_endless_line_is_refused(tmp_path, monkeypatch):
    """A line past the limit is an error before it is parsed."""
    monkeypatch.setattr(batches, "MAX_ORDER_BYTES", 100)
    path = tmp_path / "orders.jsonl"
    path.write_text("[" * 1_000)
    assert errors_of(path) == ["line 1"]


def test_violations_are_listed_up_to_a_limit(tmp_path):
    """The list of violations is cut at a limit, and says so."""
    path = tmp_path / "orders.csv"
    path.write_text("\n".join([HEADER, *(f"o{index},a,1,1,1,1,x" for index in range(500))]))
    assert errors_of(path) == [*(f"row {row}, mass_g" for row in range(2, 102)), ""]


def test_reading_stops_at_the_first_bad_order(tmp_path):
    """Orders before the first bad one are read; its error has every violation."""
    path = tmp_path / "orders.csv"
    path.write_text("\n".join([HEADER, "o1,a,1,1,1,1,1", "o2,a,0,1,1,1,x", "o3,a,1,1,1,1,x"]))
    orders = read_orders(path)
    assert next(orders).order_id == "o1"
    with pytest.raises(DataFileError) as caught:
        next(orders)
    assert len(caught.value.violations) == 2


def test_parquet_errors_name_the_row(tmp_path):
    """Text in a numeric column is an error with its row, as is a file of another format."""
    path = tmp_path / "orders.parquet"
    write_parquet(path, [{**row, "mass_g": "5 g"} for row in ROWS[:1]])
    assert errors_of(path) == ["row 1, mass_g"]
    path.write_bytes(b"no parquet")
    assert errors_of(path) == ["file"]


def test_other_suffixes_are_refused(tmp_path):
    """The error names the known suffixes."""
    with pytest.raises(UnsupportedError, match=r"\.csv, \.jsonl, \.parquet"):
        next(read_orders(tmp_path / "orders.xlsx"))


@pytest.mark.parametrize("name", ["orders.csv", "orders.jsonl", "orders.parquet"])
def test_an_absent_file_is_a_data_file_error(tmp_path, name):
    """A file that is not there is an error of the same kind as a broken one."""
    assert errors_of(tmp_path / name) == ["file"]
