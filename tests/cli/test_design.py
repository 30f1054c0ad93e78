"""``boxwright design`` as a user runs it."""

import contextlib
import errno
import functools
import json

import pytest

from boxwright.catalog import load_catalog
from boxwright.cli import files

from . import running

run = functools.partial(running.run, "design")

HEADER = "order_id,line_id,quantity,length_mm,width_mm,height_mm,mass_g,extra_ship_date"
KINDS = [(190, 140, 40, 1), (280, 190, 90, 1), (90, 80, 40, 6), (140, 140, 140, 1), (240, 90, 90, 1), (140, 140, 90, 2)]
CATALOGS = ("--today", "--keep", "--also", "--dunnage")
TARIFF = """
[[price_tables]]
price_table_id = "own"
version = "1"
carrier_service = "dhl-paket/de"
currency = "EUR"
weight_unit = "kg"

[[price_tables.zones]]
steps = [{ up_to = 2, price_minor = 400 }, { up_to = 5, price_minor = 900 }]
"""


@pytest.fixture
def orders(tmp_path):
    """Thirty orders of six kinds, one each day."""
    path = tmp_path / "orders.csv"
    rows = [
        f"o{number},1,{quantity},{length},{width},{height},200,2026-01-{number + 1:02d}"
        for number, (length, width, height, quantity) in enumerate(KINDS * 5)
    ]
    path.write_text("\n".join([HEADER, *rows]))
    return path


def test_a_catalog_is_written_that_packs_the_orders(orders, tmp_path):
    """The table is printed; the file loads, and `pack` plans every order with it."""
    out = tmp_path / "designed.toml"
    result = run("--orders", orders, "--sizes", 3, "--today", "eu-stock", "--out", out)
    assert "2026-01-16" in result.stdout
    assert "eu-stock" in result.stdout
    catalog = load_catalog(out)
    assert catalog.catalog_id == "designed"
    assert len(catalog.box_types) == 3
    running.run("pack", "--orders", orders, "--catalog", out)
    other = tmp_path / "other.csv"
    other.write_text(orders.read_text().rpartition("\n")[0])
    for file, seen in ((orders, True), (other, False)):
        options = ("--orders", file, "--catalog", "eu-stock", "--catalog", out, "--workers", 1, "--json")
        compared = running.run("evaluate", *options)
        assert any("Catalog designed " in remark for remark in json.loads(compared.stdout)["remarks"]) is seen


def test_a_range_writes_a_file_for_each_number(orders, tmp_path):
    """Each number of boxes has a row and a file of its own; numbers with commas work like a range."""
    run("--orders", orders, "--sizes", "2,4", "--out", tmp_path / "c.toml")
    assert len(load_catalog(tmp_path / "c-4.toml").box_types) == 4
    run("--orders", orders, "--sizes", "2-3", "--out", tmp_path / "d.toml")
    assert sorted(path.name for path in tmp_path.glob("d*.toml")) == ["d-2.toml", "d-3.toml"]
    assert len(load_catalog(tmp_path / "d-2.toml").box_types) == 2


def test_limits_of_makers_and_pallets_are_used_and_shown(orders):
    """Each option reaches the design and its output."""
    limits = ("--min-pieces", 2, "--pallet", "1200x800", "--pallet-share", 0.8, "--cut-to-size", "--workers", 1)
    result = run("--orders", orders, "--sizes", 2, *limits)
    said = " ".join(result.stdout.split())
    for figure in ("2 boxes", "80.0 %", "1200x800"):
        assert figure in said
    assert "1200x1000" not in said


def test_json_is_json_alone(orders, tmp_path):
    """Messages about files go to standard error."""
    result = run("--orders", orders, "--sizes", 2, "--json", "--out", tmp_path / "d.toml")
    assert json.loads(result.stdout)["designs"][0]["sizes"] == 2
    assert "wrote" in result.stderr


def test_cost_needs_prices_of_boxes_and_of_carriage(orders, tmp_path):
    """Costs need both prices; the currency is that of the tariff unless one is given."""
    tariff = tmp_path / "tariff.toml"
    tariff.write_text(TARIFF)
    asked = ["--orders", orders, "--sizes", 2, "--objective", "cost"]
    carriage = ["--carrier-service", "dhl-paket/de", "--prices", tariff]
    boxes = ["--price-per-box", 12, "--price-per-m2", 55]
    result = run(*asked, *carriage, *boxes, "--json")
    found = json.loads(result.stdout)
    assert "EUR" in found["unit"]
    assert 4 < found["designs"][0]["design"]["per_order"] < 12
    with orders.open("a") as file:
        file.write("\nheavy,1,1,100,100,100,9000,2026-01-01")  # the tariff ends at 5 kg
    found = json.loads(run(*asked, *carriage, *boxes, "--json").stdout)
    assert [outlier["orders"] for outlier in found["outside"]] == [1]
    assert "--price-per-box:" in run(*asked, *carriage, code=2).stderr
    assert "--objective:" in run(*asked, *boxes, "--currency", "EUR", code=2).stderr


def test_kept_catalogs_grow_shrink_and_keep_what_is_locked(orders, tmp_path):
    """The options --add, --drop, --lock, --also and --dunnage work together."""
    result = run(
        *("--orders", orders, "--keep", "eu-stock", "--today", "eu-stock", "--drop", 4, "--add", 1),
        *("--lock", "eu-200x150x100", "--also", "us-stock", "--dunnage", "eu-webshop", "--may-lose-orders", "--json"),
    )
    (one,) = json.loads(result.stdout)["designs"]
    names = {box["box_type_id"] for box in one["box_types"]}
    assert "eu-200x150x100" in names
    assert len(names) <= len(load_catalog("eu-stock").box_types) - 3


def test_terminal_page_and_json_state_one_saving(orders, tmp_path):
    """All three state the saving for the held-out orders, as a share and per year."""
    pytest.importorskip("jinja2")
    asked = ("--orders", orders, "--sizes", 2, "--today", "eu-stock", "--may-lose-orders", "--orders-per-year", 9_000)
    told, page = run(*asked, "--html", tmp_path / "report.html"), tmp_path / "report.html"
    (design,) = json.loads(run(*asked, "--json").stdout)["designs"]
    change, year = (abs(design["judged"][name]) for name in ("change", "change_per_year"))
    assert change > 0.01
    for said in (told.stdout, page.read_text().replace("\xa0", " ")):
        assert f"{change * 100:.1f} %" in said
        assert f"{year:,.0f} L" in said


def test_an_unforeseen_error_of_the_page_does_not_take_the_design_with_it(orders, tmp_path, monkeypatch):
    """The catalog is written; the error names the page, of which no part is left."""
    pytest.importorskip("jinja2")
    monkeypatch.setattr("boxwright.evaluation.report", lambda *args, **kwargs: 1 / 0)
    page, out = tmp_path / "report.html", tmp_path / "d.toml"
    result = run("--orders", orders, "--sizes", 3, "--today", "eu-stock", "--html", page, "--out", out, code=1)
    assert isinstance(result.exception, ZeroDivisionError)
    assert str(page) in result.exception.__notes__[0]
    assert len(load_catalog(out).box_types) == 3
    assert not page.exists()


@pytest.mark.parametrize("broken", ["report.html", "d-2.toml"])
def test_a_file_that_cannot_be_written_keeps_no_other_from_being_written(orders, tmp_path, monkeypatch, broken):
    """The error names the file and the reason, the exit code is 2, and an earlier file stays."""
    pytest.importorskip("jinja2")
    real = files.whole_file

    @contextlib.contextmanager
    def full(path, **how):
        with real(path, **how) as file:
            yield file
            if path.name == broken:
                raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(files, "whole_file", full)
    page, out = tmp_path / "report.html", tmp_path / "d.toml"
    (tmp_path / broken).write_text("before")
    result = run("--orders", orders, "--sizes", "2-3", "--today", "eu-stock", "--html", page, "--out", out, code=2)
    assert f"{tmp_path / broken}: " in result.stderr
    assert (tmp_path / broken).read_text() == "before"
    for name in {"d-2.toml", "d-3.toml", "report.html"} - {broken}:
        assert (tmp_path / name).stat().st_size > 1_000
    assert not list(tmp_path.glob(".*.part"))


@pytest.mark.parametrize("option", ["--out", "--html"])
def test_a_missing_folder_is_reported_before_anything_is_packed(orders, tmp_path, monkeypatch, option):
    """A missing folder is an error before anything is packed."""
    monkeypatch.setattr("boxwright.design.design", lambda *args, **kwargs: 1 / 0)
    path = tmp_path / "nowhere" / ("d.toml" if option == "--out" else "d.html")
    assert f"{option}: " in run("--orders", orders, "--sizes", 2, "--today", "eu-stock", option, path, code=2).stderr


@pytest.mark.parametrize(("step", "written"), [("design", False), ("judge", True)])
def test_an_interrupt_names_the_written_catalog(orders, tmp_path, monkeypatch, step, written):
    """The exit code is 130; the last line names the catalog if it is already written."""

    def interrupted(*arguments, **given):
        raise KeyboardInterrupt

    monkeypatch.setattr(f"boxwright.design.{step}", interrupted)
    out = tmp_path / "d.toml"
    result = run("--orders", orders, "--sizes", 2, "--today", "eu-stock", "--out", out, code=130)
    assert (str(out) in result.stderr.splitlines()[-1]) == out.exists() == written


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "--sizes:"),
        (["--sizes", "few"], "--sizes:"),
        (["--sizes", "4-"], "--sizes:"),
        (["--add", "2"], "--add:"),
        (["--sizes", "2", "--board", "paper"], "--board:"),
        (["--sizes", "2", "--smallest", "100x100"], "--smallest:"),
        (["--sizes", "2", "--largest", "axbxc"], "--largest:"),
        (["--sizes", "2", "--max-sheet", "2000"], "--max-sheet:"),
        (["--sizes", "2", "--step", "0"], "--step:"),
        (["--sizes", "2", "--seed", "-1"], "--seed:"),
        *(
            (["--sizes", "2", option, 0], option)
            for option in ("--pallet", "--pallet-share", "--min-pieces", "--workers")
        ),
        (["--sizes", "2", "--date-column", "ship_day"], "--date-column:"),  # without it, halves would be random
        (["--sizes", "2", "--currency", "EUR"], "--currency:"),
        (["--sizes", "2", "--price-per-box", "10"], "--currency:"),
        *((["--sizes", "2", option, "nowhere"], f"{option}:") for option in CATALOGS),
        (["--sizes", "2", "--out", "d.csv"], "--out:"),
        (
            ["--sizes", "2", "--today", "eu-stock", "--orders-per-year", "inf"],
            "--orders-per-year",
        ),
        (["--sizes", "2", "--orders-per-year", "9"], "--orders-per-year"),
        (["--sizes", "2", "--html", "d.html"], "--html:"),
    ],
)
def test_each_mistake_is_named_by_its_option(orders, given, said):
    """The exit code is 2, and nothing is packed."""
    assert said in run("--orders", orders, *given, code=2).stderr
