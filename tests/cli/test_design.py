"""``boxwright design`` as a user runs it."""

import contextlib
import errno
import html
import json
import math
import re
from dataclasses import replace

import pytest
from click.testing import CliRunner

from boxwright import evaluation
from boxwright.catalog import load_catalog, load_materials
from boxwright.cli import atomic, main
from boxwright.cli.commands import design as command
from boxwright.design import BoxPrice, catalog_toml
from boxwright.design.boxes import price_as_new
from boxwright.domain.box import BoxType, Catalog

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


def run(*arguments, width=80):
    """Run the command in a terminal."""
    return CliRunner(env={"COLUMNS": str(width)}).invoke(main, ["design", *map(str, arguments)])


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
    assert result.exit_code == 0, result.output
    assert "from 2026-01-16 on" in " ".join(result.stdout.split())
    assert "Change: from eu-stock" in result.stdout
    assert f"wrote {out}" in result.stdout
    assert all(len(line) <= 80 for line in result.stdout.splitlines() if not line.startswith("wrote"))
    catalog = load_catalog(out)
    assert catalog.catalog_id == "designed"
    assert len(catalog.box_types) == 3
    packed = CliRunner().invoke(main, ["pack", "--orders", str(orders), "--catalog", str(out)])
    assert packed.exit_code == 0, packed.output


def test_a_range_writes_a_file_for_each_number(orders, tmp_path):
    """A row and a file for each, and none at the name itself."""
    result = run("--orders", orders, "--sizes", "2-3", "--out", tmp_path / "d.toml")
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in tmp_path.glob("*.toml")) == ["d-2.toml", "d-3.toml"]
    assert len(load_catalog(tmp_path / "d-2.toml").box_types) == 2
    assert "there is no comparison" in result.stdout


def test_limits_of_makers_and_pallets_are_taken_and_said(orders):
    """Each option reaches the design; what it took is on standard error; a wrong one is named as it was typed."""
    limits = ("--min-pieces", 2, "--pallet", "1200x800", "--pallet-share", 0.8, "--cut-to-size", "--workers", 1)
    result = run("--orders", orders, "--sizes", 2, *limits)
    assert result.exit_code == 0, result.output
    said = " ".join(result.stdout.split())
    for words in ("2 boxes of each new size at least", "covers 80.0 % at least", "Boxes cut to size", "1200x800"):
        assert words in said
    assert "1200x1000" not in said
    assert re.search(
        r"candidates undercuts [\d,.]+ L an order\. Boxes cut to size, one for each order: [\d,.]+ L an", said
    )
    assert re.search(r"took [\d,]+ s, [\d,]+ MB of memory at most", result.stderr)
    for option, value in (("--pallet-share", 2), ("--min-pieces", 0), ("--workers", 0), ("--pallet", "12")):
        wrong = run("--orders", orders, "--sizes", 2, option, value)
        assert wrong.exit_code == 2
        assert option in wrong.output


def test_json_is_json_alone(orders, tmp_path):
    """What was written is said on standard error."""
    result = run("--orders", orders, "--sizes", 2, "--json", "--out", tmp_path / "d.toml")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["designs"][0]["sizes"] == 2
    assert "wrote" in result.stderr


def test_the_same_seed_gives_the_same_answer(orders):
    """With drawn halves, twice."""
    arguments = (
        "--orders",
        orders,
        "--sizes",
        2,
        "--json",
        "--date-column",
        "none",
        "--seed",
        5,
        "--judged-share",
        0.4,
    )
    first, second = run(*arguments), run(*arguments)
    assert first.exit_code == 0, first.output
    assert first.stdout == second.stdout
    found = json.loads(first.stdout)
    assert found["judged_from"] is None
    assert found["judged_orders"]["orders"] == 12


def test_cost_needs_prices_of_boxes_and_of_carriage(orders, tmp_path):
    """With both the unit is the currency, that of the tariff where none is named."""
    tariff = tmp_path / "tariff.toml"
    tariff.write_text(TARIFF)
    asked = ["--orders", orders, "--sizes", 2, "--objective", "cost"]
    carriage = ["--carrier-service", "dhl-paket/de", "--prices", tariff]
    boxes = ["--price-per-box", 12, "--price-per-m2", 55]
    result = run(*asked, *carriage, *boxes, "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["unit"] == "cost of packaging and carriage in EUR"
    assert 4 < found["designs"][0]["design"]["per_order"] < 12
    with orders.open("a") as file:
        file.write("\nheavy,1,1,100,100,100,9000,2026-01-01")  # the tariff ends at 5 kg
    found = json.loads(run(*asked, *carriage, *boxes, "--json").stdout)
    assert found["outside"] == [{"reason": "goes into no candidate whose carriage has a price", "orders": 1}]
    missing = run(*asked, *carriage)
    assert missing.exit_code == 2
    assert (
        missing.stderr
        == "Error: --price-per-box: is missing: the objective cost needs what a box of a new size costs\n"
    )
    missing = run(*asked, *boxes, "--currency", "EUR")
    assert missing.exit_code == 2
    assert "--objective: shipping_cost needs lane.carrier_service" in missing.stderr


def test_a_change_that_is_due_to_prices_is_told_from_one_that_is_due_to_sizes(orders, tmp_path):
    """Today's boxes at 0.30 EUR more than new ones: of the change so much is due to prices, the rest as without."""
    pytest.importorskip("jinja2")
    (tariff := tmp_path / "tariff.toml").write_text(TARIFF)
    materials, stock = load_materials(), load_catalog("eu-stock").dunnage
    sizes = [(305, 205, 105), (405, 255, 165), (265, 165, 145)]
    boxes = [BoxType(f"own{n}", *size, tare_g=150, board_id="b-flute") for n, size in enumerate(sizes)]
    price = BoxPrice("EUR", 12, 55)
    dear = [replace(box, price_minor=price_as_new(box, price, materials) + 30) for box in boxes]
    found = {}
    for name, own in (("fair", boxes), ("dear", dear), ("bare", [replace(dear[0], board_id="")])):
        catalog = Catalog(name, own, dunnage=stock, currency="EUR")
        (path := tmp_path / f"{name}.toml").write_text(catalog_toml(catalog, materials))
        asked = ["--orders", orders, "--sizes", 2, "--objective", "cost", "--today", path, "--may-lose-orders"]
        asked += ["--carrier-service", "dhl-paket/de", "--prices", tariff]
        asked += ["--price-per-box", 12, "--price-per-m2", 55]
        result, told = run(*asked, "--json"), run(*asked, "--html", tmp_path / f"{name}.html")
        assert result.exit_code == told.exit_code == 0, result.output + told.output
        said = [" ".join(each.split()) for each in (told.stdout, (tmp_path / f"{name}.html").read_text())]
        found[name] = json.loads(result.stdout)["designs"][0], said
    (fair, fair_said), (dear, dear_said), (_, bare_said) = found.values()
    assert all(box["new"] for design in (fair, dear) for box in design["box_types"])
    assert fair["judged_change_by_prices"]["per_order"] == 0
    assert not any("due to prices" in each for each in fair_said)
    part = dear["judged_change_by_prices"]
    assert part == {"per_order": pytest.approx(-0.3), "orders": dear["judged"]["orders"], "orders_not_known": 0}
    fair_change, change = (each["judged"]["per_order"] - each["judged"]["today_per_order"] for each in (fair, dear))
    assert change - part["per_order"] == pytest.approx(fair_change)
    sentence = f"due to prices and not to sizes: 2 sizes −0.300 of −{-change:.3f} EUR an order. As new boxes, today's"
    assert all(sentence in each.replace("&#39;", "'") for each in dear_said)
    assert all("is due to prices is not known for" in each for each in bare_said)
    asked = ("--orders", orders, "--price-per-box", 12, "--price-per-m2", 55, "--currency", "EUR")
    asked += ("--today", tmp_path / "dear.toml")
    told = " ".join(run(*asked, "--sizes", 2, "--may-lose-orders").stdout.split())
    assert "So much of any change in money is due to prices and not to sizes: 2 sizes −0.300 EUR an order." in told
    kept = run(*asked, "--keep", tmp_path / "dear.toml", "--drop", 1, "--may-lose-orders", "--json")
    assert json.loads(kept.stdout)["designs"][0]["judged_change_by_prices"] is None


def test_kept_catalogs_grow_shrink_and_keep_what_is_locked(orders, tmp_path):
    """--add, --drop, --lock, --also and --dunnage together."""
    result = run(
        *("--orders", orders, "--keep", "eu-stock", "--today", "eu-stock", "--drop", 4, "--add", 1),
        *("--lock", "eu-200x150x100", "--also", "us-stock", "--dunnage", "eu-webshop", "--may-lose-orders", "--json"),
    )
    assert result.exit_code == 0, result.output
    (one,) = json.loads(result.stdout)["designs"]
    names = {box["box_type_id"] for box in one["box_types"]}
    assert "eu-200x150x100" in names
    assert len(names) <= len(load_catalog("eu-stock").box_types) - 3


def test_the_page_compares_with_today(orders, tmp_path):
    """The report of evaluate, over the orders that judge."""
    pytest.importorskip("jinja2")
    page = tmp_path / "report.html"
    result = run("--orders", orders, "--sizes", 3, "--today", "eu-stock", "--html", page)
    assert result.exit_code == 0, result.output
    assert "eu-stock" in page.read_text()
    assert "designed-3" in page.read_text()
    assert "The design and its bound" in page.read_text()


def test_the_page_lists_the_boxes_of_each_design(orders, tmp_path):
    """Size, board, price, origin and use of each box, by which readers sort; other designs than the best are folded."""
    pytest.importorskip("jinja2")
    page, today, prices = tmp_path / "report.html", "eu-stock", ("--price-per-box", 25, "--currency", "EUR")
    result = run("--orders", orders, "--sizes", "2-3", "--today", today, *prices, "--html", page, "--json")
    assert result.exit_code == 0, result.output
    text, designs = page.read_text(), {each["sizes"]: each for each in json.loads(result.stdout)["designs"]}
    best = int(re.search(r"designed-(\d) instead of", text)[1])
    first, other = re.findall(r"<h2>The boxes of designed-(\d)</h2>", text)
    assert (int(first), f"</h2> {other} box types</summary>" in text) == (best, True)
    section = text[text.index(f"<h2>The boxes of designed-{best}") : text.index(f"The boxes of designed-{other}")]
    assert '<table class="sortable cards">' in section
    rows = [re.findall(r"<t[hd][^>]*>([^<]*)<", row) for row in re.findall(r"<tr>(.*?)</tr>", section, re.S)[1:]]
    of_id = {box["box_type_id"]: box for box in designs[best]["box_types"]}
    assert len(rows) == len(of_id) == best
    taken = sum(box["judged_orders"] for box in of_id.values())
    assert taken == 15 - designs[best]["judged"]["orders_without_box"]
    for name, origin, inner, outer, board, price, orders_of_it, share in rows:
        box = of_id[name]
        assert ("new" in origin) == box["new"]
        assert ("on today's shelf" in html.unescape(origin)) == box["on_today_shelf"]
        assert inner == " × ".join(f"{box[f'inner_{edge}_mm']:g}" for edge in ("length", "width", "height"))
        assert math.prod(map(float, outer.split(" × "))) > math.prod(map(float, inner.split(" × ")))
        assert board == "b-flute"
        assert price == ("0.25 EUR" if box["price_minor"] else "not known")
        assert orders_of_it == str(box["judged_orders"])
        assert share == f"{box['judged_orders'] / taken * 100:.1f} %"
    values = [float(each) for each in re.findall(r'data-label="Orders" data-v="([\d.]+)"', section)]
    assert values == [float(row[6]) for row in rows]


def test_boxes_that_stay_are_called_kept_or_locked(orders, tmp_path):
    """Of the catalog to keep, or by name; each also says that it is on today's shelf."""
    keep = load_catalog("eu-stock").box_types
    asked = ("--orders", orders, "--sizes", 3, "--today", "eu-stock", "--lock", keep[0].box_type_id)
    result = run(*asked, width=160)
    assert result.exit_code == 0, result.output
    assert re.search(rf"{keep[0].box_type_id} .* locked, on today's shelf", result.stdout)
    result = run("--orders", orders, "--keep", "eu-stock", "--add", 1, width=160)
    assert result.exit_code == 0, result.output
    kept = [line for line in result.stdout.splitlines() if line.rstrip().endswith(" kept")]
    assert [line.split()[0] in {box.box_type_id for box in keep} for line in kept] == [True] * len(keep)


def test_the_page_calls_a_catalog_as_its_file(orders, tmp_path):
    """A reader of the page finds its boxes in the file of that name."""
    pytest.importorskip("jinja2")
    page, out = tmp_path / "report.html", tmp_path / "plus2.toml"
    result = run("--orders", orders, "--sizes", 3, "--today", "eu-stock", "--html", page, "--out", out)
    assert result.exit_code == 0, result.output
    assert load_catalog(out).catalog_id == "plus2"
    assert "plus2 instead of" in page.read_text()
    assert "designed-3" not in page.read_text()


def test_an_unforeseen_error_of_the_page_does_not_take_the_design_with_it(orders, tmp_path, monkeypatch):
    """Catalog and table are there; the error names the page, no file of which is left half written."""
    pytest.importorskip("jinja2")
    monkeypatch.setattr("boxwright.evaluation.report", lambda *args, **kwargs: 1 / 0)
    page, out = tmp_path / "report.html", tmp_path / "d.toml"
    result = run("--orders", orders, "--sizes", 3, "--today", "eu-stock", "--html", page, "--out", out)
    assert isinstance(result.exception, ZeroDivisionError)
    assert result.exception.__notes__ == [f"{page} is not written"]
    assert "Change: from eu-stock" in result.stdout
    assert f"wrote {out}" in result.stdout
    assert len(load_catalog(out).box_types) == 3
    assert not page.exists()


def test_a_year_is_that_of_the_option_or_of_the_dates(orders, tmp_path):
    """Terminal, page and JSON say what a year changes, in the words of an evaluation; of four weeks or more."""
    pytest.importorskip("jinja2")
    page, asked = tmp_path / "report.html", ("--orders", orders, "--sizes", "2-3", "--today", "eu-stock")
    result = run(*asked, "--html", page, "--orders-per-year", 50_000)
    assert result.exit_code == 0, result.output
    sentence = "A year is taken to have 50,000 orders (as stated); orders that were not compared"
    said, text = (" ".join(each.split()) for each in (result.stdout, page.read_text()))
    assert sentence in said
    assert sentence in text
    amount = r"([+−][\d,]+ (?:L|m³))"
    changes = re.search(rf"as judged, each order in one parcel: 2 sizes {amount}; 3 sizes {amount}\.", said)
    two, three = changes.groups()
    assert (two[0], three[0]) == ("+", "−")
    section = text[text.index("The design and its bound") :]
    assert "Judged, a year, in one parcel each" in section
    assert "its figures, those of a year too, differ from these where they do" in section
    assert text.count("Totals are outer volume a year; orders are those compared") == 2
    assert two in section
    assert three in section
    assert re.search(r"less of outer volume an order \([\d.]+ %\), [\d,]+ (L|m³) less a year", text)
    found = json.loads(run(*asked, "--json").stdout)
    assert found["orders_per_year"] == pytest.approx(365)
    assert found["orders_per_year_basis"] == "30 orders in the 30 days from 2026-01-01 to 2026-01-30"
    for one in found["designs"]:
        judged = one["judged"]
        change = (judged["per_order"] - judged["today_per_order"]) * judged["orders"] / 15 * 365
        assert one["judged_change_per_year"] == pytest.approx(change)


@pytest.mark.parametrize("broken", ["report.html", "d-2.toml"])
def test_a_file_that_cannot_be_written_keeps_no_other_from_being_written(orders, tmp_path, monkeypatch, broken):
    """It is named with the reason, the exit code is 2, and what stood there before stays."""
    pytest.importorskip("jinja2")
    real = atomic.whole_file

    @contextlib.contextmanager
    def full(path):
        with real(path) as file:
            yield file
            if path.name == broken:
                raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(atomic, "whole_file", full)
    page, out = tmp_path / "report.html", tmp_path / "d.toml"
    (tmp_path / broken).write_text("before")
    result = run("--orders", orders, "--sizes", "2-3", "--today", "eu-stock", "--html", page, "--out", out)
    assert result.exit_code == 2, result.output
    assert result.stderr.count("Error: ") == 1
    assert f"Error: {tmp_path / broken}: is not written: no space left on device\n" in result.stderr
    assert (tmp_path / broken).read_text() == "before"
    assert "Change: from eu-stock" in result.stdout
    for name in {"d-2.toml", "d-3.toml", "report.html"} - {broken}:
        assert f"wrote {tmp_path / name}" in result.stdout
        assert (tmp_path / name).stat().st_size > 1_000
    assert not list(tmp_path.glob(".*.part"))


@pytest.mark.parametrize("option", ["--out", "--html"])
def test_a_missing_folder_is_said_before_anything_is_packed(orders, tmp_path, monkeypatch, option):
    """Hours of a design must not end there."""
    monkeypatch.setattr("boxwright.design.design", lambda *args, **kwargs: 1 / 0)
    path = tmp_path / "nowhere" / ("d.toml" if option == "--out" else "d.html")
    result = run("--orders", orders, "--sizes", 2, "--today", "eu-stock", option, path)
    assert result.exit_code == 2, result.output
    assert f"Error: {option}: must be a file in a folder that exists, got {str(path)!r}" in result.stderr


def test_an_interrupt_while_the_page_is_made_says_what_is_written(orders, tmp_path, monkeypatch):
    """The catalog is there by then."""

    def interrupted(*arguments, **given):
        raise KeyboardInterrupt

    monkeypatch.setattr("boxwright.evaluation.evaluate", interrupted)
    out = tmp_path / "d.toml"
    asked = ("--orders", orders, "--sizes", 2, "--today", "eu-stock", "--out", out, "--html", tmp_path / "d.html")
    result = run(*asked)
    assert result.exit_code == command.STOPPED
    assert result.stderr.splitlines()[-1] == f"stopped; nothing but {out} is written"
    assert len(load_catalog(out).box_types) == 2


def test_the_page_of_a_range_has_the_saving_by_sizes_with_its_bound(orders, tmp_path):
    """A row for each number with its gap, the curve, its bound, and what is left out of it; every design is planned."""
    pytest.importorskip("jinja2")
    page = tmp_path / "report.html"
    result = run("--orders", orders, "--sizes", "2-4", "--today", "eu-stock", "--html", page)
    assert result.exit_code == 0, result.output
    text = page.read_text()
    section = text[text.index("The design and its bound") : text.index("<h2>The boxes of")]
    assert section.count('<th scope="row">') == 3
    assert section.count('class="point"') == 3
    assert section.count('class="bound"') == section.count('class="designed"') == 2
    said = " ".join(re.sub("<[^>]+>", " ", section).split())
    assert "of the orders counted have several units" in said
    assert "Sizes Design, L Bound, L Gap Design, change Judged, L Judged, change 95 % interval No box, orders" in said
    assert "2 sizes" in said
    assert all(f"designed-{sizes}" in text for sizes in (2, 3, 4))
    ids = re.findall(r' id="([^"]*)"', text)
    assert len(ids) == len(set(ids))


def test_the_page_has_each_order_once_and_keeps_to_the_workers(tmp_path, monkeypatch):
    """Of alike orders each has its own id; --workers is that of the plans of the page, too."""
    pytest.importorskip("jinja2")
    path = tmp_path / "orders.csv"
    path.write_text("\n".join([HEADER, *(f"o{number},1,1,190,140,40,200," for number in range(30))]))
    planned, real = {}, evaluation.evaluate

    def kept(orders, catalogs, *arguments, **given):
        planned.update(ids=[order.order_id for order in orders], workers=given["workers"])
        return real(orders, catalogs, *arguments, **given)

    monkeypatch.setattr(evaluation, "evaluate", kept)
    page = tmp_path / "report.html"
    result = run("--orders", path, "--sizes", 1, "--today", "eu-stock", "--html", page, "--workers", 1)
    assert result.exit_code == 0, result.output
    assert planned["workers"] == 1
    assert len(set(planned["ids"])) == len(planned["ids"]) == 15


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "--sizes: must be given, or else add or drop with a catalog to keep; not both"),
        (["--sizes", "few"], "--sizes: must be a number, or two as FROM-TO, such as 12 or 4-28, got 'few'"),
        (["--sizes", "9-4"], "--sizes: must be a number, or two as FROM-TO"),
        (["--sizes", "4-"], "--sizes: must be a number, or two as FROM-TO"),
        (["--add", "2"], "--add: needs a catalog to keep"),
        (["--sizes", "2", "--lock", "box"], "--lock: must be of a catalog that is kept or today's"),
        (["--sizes", "2", "--board", "paper"], "--board: must be one of b-flute"),
        (["--sizes", "2", "--smallest", "100x100"], "--smallest: must be 3 lengths in mm, such as 400x300x200"),
        (["--sizes", "2", "--largest", "axbxc"], "--largest: must be 3 lengths in mm"),
        (["--sizes", "2", "--max-sheet", "2000"], "--max-sheet: must be 2 lengths in mm, such as 400x300"),
        (["--sizes", "2", "--max-aspect", "0"], "--max-aspect: must be from 1 to 1,000"),
        (["--sizes", "2", "--step", "0"], "--step: must be from 1 to 500"),
        (["--sizes", "2", "--candidates", "0"], "--candidates: must be a whole number from 1 to 4,000"),
        (["--sizes", "2", "--sample", "3"], "--sample: must be a whole number from 20"),
        (["--sizes", "2", "--seed", "-1"], "--seed: must be a whole number from 0"),
        (["--sizes", "2", "--judged-share", "1"], "--judged-share: must be from 0.1 to 0.9"),
        (["--sizes", "2", "--currency", "EUR"], "--currency: needs --price-per-box or --price-per-m2"),
        (["--sizes", "2", "--price-per-box", "10"], "--currency: must be an ISO 4217 code such as EUR, got ''"),
        (["--sizes", "2", "--price-per-m2", "-1", "--currency", "EUR"], "--price-per-m2: must be from 0"),
        *((["--sizes", "2", each, "nowhere"], f"{each}: must be one of") for each in CATALOGS),
        (["--sizes", "2", "--out", "d.csv"], "--out: must end in .toml, got 'd.csv'"),
        (
            ["--sizes", "2", "--today", "eu-stock", "--orders-per-year", "inf"],
            "--orders-per-year: must be a finite number above 0, got inf",
        ),
        (["--sizes", "2", "--orders-per-year", "9"], "--orders-per-year: needs --today: figures of a year are changes"),
        (["--sizes", "2", "--html", "d.html"], "--html: needs --today: the report compares with it"),
    ],
)
def test_each_mistake_is_named_by_its_option(orders, given, said):
    """Exit code 2, and nothing is packed."""
    result = run("--orders", orders, *given)
    assert result.exit_code == 2, result.output
    assert said in result.stderr


def test_an_interrupt_leaves_nothing_and_has_its_own_code(orders, tmp_path, monkeypatch):
    """Ctrl-C while orders are packed."""

    def interrupted(*arguments, **given):
        raise KeyboardInterrupt

    monkeypatch.setattr("boxwright.design.design", interrupted)
    result = run("--orders", orders, "--sizes", 2, "--out", tmp_path / "d.toml")
    assert result.exit_code == command.STOPPED == 130
    assert "nothing is written" in result.stderr
    assert not (tmp_path / "d.toml").exists()


def test_a_column_of_dates_that_is_not_there_is_refused(orders):
    """A slip in its name would have the orders drawn by the seed."""
    result = run("--orders", orders, "--sizes", 2, "--date-column", "ship_day")
    assert result.exit_code == 2
    assert "--date-column: must be none, or a column with dates" in result.output
