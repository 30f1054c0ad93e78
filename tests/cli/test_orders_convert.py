"""``boxwright orders convert`` as a user runs it."""

import csv
import functools
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from boxwright.orders import count_orders, read_orders

from . import running

run = functools.partial(running.run, "orders", "convert")

HEADER = "order;sku;qty;length (mm);width (mm);height (mm);weight (g);Karton;Kunde\n"
GOOD = "o1;A;1;300;200;100;500;K1;Meier\no2;B;2;30;20;10;50;K2;Schulz\n"
BAD = "o3;C;0;30;20;10;50;K2;Vogt\n"


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """An export with two good rows and a bad one."""
    path = tmp_path / "export.csv"
    path.write_text(HEADER + GOOD + BAD)
    return path


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_bad_row_does_not_stop_the_conversion(export: Path, tmp_path: Path, suffix: str):
    """Good orders are written, the bad row is listed with its field, and the totals are printed."""
    out = tmp_path / f"orders.{suffix}"
    result = run(export, "--out", out)
    assert "3 rows in = 2 written + 1" in result.stdout
    assert "Karton -> extra_box_used" in result.stdout
    assert "Kunde" in result.stdout
    assert [order.order_id for order in read_orders(out)] == ["o1", "o2"]
    with (tmp_path / "orders.rejected.csv").open() as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["file", "row", "field", "rule"]
    assert [row[:3] for row in rows[1:]] == [["export.csv", "4", "quantity"]]


def test_rows_rejected_with_their_order_are_counted_apart(tmp_path: Path):
    """Rows that break a rule, rows rejected with their order and lost orders are counted separately."""
    path = tmp_path / "export.csv"
    path.write_text(HEADER.replace("Kunde", "ship date") + GOOD + BAD + "o3;D;1;30;20;10;50;K2;31.02.2026\n")
    result = run(path, "--out", tmp_path / "orders.csv")
    assert "  quantity: 1 " in result.stdout
    assert "export.csv, row 4" in result.stdout
    assert "order_id: " not in result.stdout
    assert "orders.csv: 2 of 3 orders" in result.stdout
    assert "4 (100.0 % of rows)" in result.stdout


@pytest.mark.parametrize("header", ["Zerbrechlich", "Fragile", "Bruchgefahr", "frágil"])
def test_an_unused_column_of_fragility_gives_a_warning(tmp_path: Path, header: str):
    """A column that looks like fragility is named, since its goods would be packed as not fragile."""
    path = tmp_path / "export.csv"
    path.write_text(HEADER.replace("Kunde", header) + GOOD, "utf-8")
    assert run(path, "--out", tmp_path / "orders.csv").stdout.count(header) == 2
    path.write_text(HEADER + GOOD)
    assert run(path, "--out", tmp_path / "orders.csv").stdout.count("Kunde") == 1


def test_the_sku_may_have_another_name_in_the_item_master(tmp_path: Path):
    """`--column sku=NAME` names the column of the orders; `items.sku=NAME` names that of the item master."""
    orders, items, out = tmp_path / "o.csv", tmp_path / "i.csv", tmp_path / "orders.csv"
    orders.write_text("order;Ware;qty\no1;A;2\n")
    items.write_text("Kennung;length (cm);width (cm);height (cm);weight (kg)\nA;30;20;10;1,5\n")
    both = ("--items", items, "--column", "sku=Ware", "--column")
    run(orders, *both, "items.sku=Kennung", "--out", out)
    assert [(line.sku, line.length_mm) for order in read_orders(out) for line in order.lines] == [("A", 300)]
    for wrong, said in (
        ("items.sku=Nummer", "i.csv: column 'Nummer':"),
        ("items.quantity=Kennung", "i.csv: items.quantity:"),
    ):
        assert said in run(orders, *both, wrong, "--out", out, code=2).stderr
    assert "--column:" in run(orders, "--column", "items.sku=Kennung", "--out", out, code=2).stderr


def test_an_unread_column_of_units_gives_a_warning(tmp_path: Path):
    """A column that looks like a unit and is not read is named."""
    path = tmp_path / "export.csv"
    path.write_text("order;Menge;Länge;Breite;Höhe;Maßeinheit;weight (g)\no1;1;300;200;100;MM;500\n", "utf-8")
    result = run(path, "--length-unit", "mm", "--out", tmp_path / "orders.csv")
    assert result.stdout.count("Maßeinheit") == 3
    path.write_text("order;Menge;Länge mm;Breite mm;Höhe mm;Maßeinheit;weight (g)\no1;1;300;200;100;MM;500\n", "utf-8")
    assert run(path, "--out", tmp_path / "orders.csv").stdout.count("Maßeinheit") < 3


def test_rows_that_are_not_goods_are_left_out_by_options(tmp_path: Path):
    """The totals count the rows that each option left out; a column that looks like a status is named."""
    path, out, report = tmp_path / "export.csv", tmp_path / "orders.csv", tmp_path / "report.json"
    path.write_text(HEADER.replace("Kunde", "Status") + GOOD + BAD + "o1;B;1;30;20;10;50;K1;storniert\n" + GOOD)
    assert "'Status'" in run(path, "--out", out).stdout
    rules = ("--where", "Status=Meier", "--where", "Status=SCHULZ", "--where", "Status=Vogt")
    result = run(path, "--out", out, *rules, "--skip-nonpositive", "--drop-repeated", "--report", report)
    assert "6 rows in = 2 written + 0 rejected + 4" in result.stdout
    assert sorted(json.loads(report.read_text())["rows_left_out"].values()) == [1, 1, 2]
    assert "--where-not:" in run(path, "--out", out, "--where-not", "Status", code=2).stderr


def test_stop_writes_nothing(export: Path, tmp_path: Path):
    """With --on-bad-rows stop, a bad row is an error, and an earlier output stays."""
    out = tmp_path / "orders.csv"
    out.write_text("before")
    assert "export.csv, row 4, quantity:" in run(export, "--out", out, "--on-bad-rows", "stop", code=2).stderr
    assert out.read_text() == "before"
    assert not (tmp_path / "orders.rejected.csv").exists()


def test_no_good_row_is_an_error(tmp_path: Path):
    """The rejected rows are listed, and nothing else is written."""
    path = tmp_path / "export.csv"
    path.write_text(HEADER + BAD)
    run(path, "--out", tmp_path / "orders.csv", code=2)
    assert not (tmp_path / "orders.csv").exists()
    assert (tmp_path / "orders.rejected.csv").exists()


def test_columns_are_kept_and_named_on_request(export: Path, tmp_path: Path):
    """--keep keeps a column, --column names the column of a field, and a saved map repeats both."""
    first, second, saved = tmp_path / "a.parquet", tmp_path / "b.parquet", tmp_path / "map.toml"
    run(export, "--out", first, "--keep", "Kunde", "--column", "description=Karton", "--save-map", saved)
    row = pq.read_table(first).to_pylist()[0]
    assert (row["extra_kunde"], row["description"]) == ("Meier", "K1")
    run(export, "--out", second, "--map", saved)
    assert pq.read_table(first) == pq.read_table(second)


def test_folder_pattern_and_input_are_read(export: Path, tmp_path: Path):
    """Folder, pattern and standard input give the same orders; a run does not read its own output."""
    inside = tmp_path / "exports"
    inside.mkdir()
    (inside / "1.csv").write_text(HEADER + GOOD.splitlines(keepends=True)[1])
    (inside / "2.tsv").write_text((HEADER + GOOD.splitlines(keepends=True)[0]).replace(";", "\t"))
    out = inside / "orders.csv"
    for _ in range(2):
        run(inside, "--out", out)
        assert [order.order_id for order in read_orders(out)] == ["o2", "o1"]
    run(f"{inside}/[12].*", "--out", tmp_path / "o.parquet")
    assert count_orders(tmp_path / "o.parquet") == 2
    run("-", "--out", tmp_path / "i.csv", input=export.read_bytes())
    assert count_orders(tmp_path / "i.csv") == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["export.csv", "--out", "orders.xlsx"], "--out:", id="output"),
        pytest.param(
            ["export.csv", "--out", "o.csv", "--rejects", "o.csv"],
            "--rejects:",
            id="same file",
        ),
        pytest.param(["missing.csv", "--out", "o.csv"], "missing.csv: file:", id="no such file"),
        pytest.param(["*.none", "--out", "o.csv"], "*.none: ", id="pattern"),
        pytest.param(["empty", "--out", "o.csv"], "empty: ", id="empty folder"),
        pytest.param(["export.csv", "export.csv", "--out", "o.csv"], "export.csv: ", id="twice"),
        pytest.param(["-", "--items", "-", "--out", "o.csv"], "FILE: ", id="input twice"),
        pytest.param(["export.csv", "--out", "o.csv", "--column", "sku"], "--column: ", id="column"),
        pytest.param(["export.csv", "--out", "o.csv", "--column", "sku=X"], "'X'", id="no such column"),
        pytest.param(["export.csv", "--out", "o.csv", "--keep", "X"], "'X'", id="nothing to keep"),
        pytest.param(["export.csv", "--out", "o.csv", "--where", "Kunde"], "--where: ", id="no value"),
        pytest.param(["export.csv", "--out", "o.csv", "--where", "X=1"], "'X'", id="no column of that name"),
        pytest.param(["export.csv", "--out", "o.csv", "--length-unit", "ft"], "length_unit: ", id="unit"),
        pytest.param(["export.csv", "--out", "o.csv", "--decimal", ";"], "decimal: ", id="mark"),
        pytest.param(["export.csv", "--out", "none/o.csv"], "none/o", id="no such folder"),
    ],
)
def test_impossible_requests_are_refused(
    export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
):
    """The message names the rule with its option or file, and the exit code is 2."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    assert message in run(*arguments, code=2).stderr


@pytest.mark.parametrize(
    ("header", "units"),
    [
        pytest.param("length (in),width,height", "'length (in)' in in, 'width' in mm, 'height' in mm", id="one states"),
        pytest.param("length,width (cm),height (cm)", "'length' in mm, 'width (cm)' in cm", id="one states none"),
        pytest.param("length (in),width (in),height (in)", "", id="all alike"),
        pytest.param("length,width,height", "", id="none states"),
    ],
)
def test_edges_in_different_units_are_reported_until_a_map_confirms_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, header: str, units: str
) -> None:
    """Terminal and report name the columns and units until --map confirms them."""
    monkeypatch.chdir(tmp_path)
    Path("export.csv").write_text(f"order,qty,{header},weight (g)\no1,1,10,8,6,300\n")
    asked = ["orders", "convert", "export.csv", "--out", "orders.csv", "--report", "report.json"]
    assert units in running.run(*asked, "--length-unit", "mm", "--save-map", "map.toml").stdout
    assert len(json.loads(Path("report.json").read_text())["unlike_units"]) == bool(units)
    running.run(*asked, "--map", "map.toml")
    assert json.loads(Path("report.json").read_text())["unlike_units"] == []


def test_an_item_master_in_different_units_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The remark names the columns of the item master."""
    monkeypatch.chdir(tmp_path)
    Path("export.csv").write_text("order,sku,qty\no1,A,1\n")
    Path("items.csv").write_text("sku,length (in),width,height,weight (g)\nA,10,80,60,300\n")
    asked = ["orders", "convert", "export.csv", "--items", "items.csv", "--out", "orders.csv", "--length-unit", "mm"]
    assert "'length (in)' in in, 'width' in mm" in running.run(*asked).stdout
