"""The baseline of ``boxwright evaluate``: the boxes really used, if the orders name them."""

import functools
import json

import pytest

from boxwright.catalog import load_catalog
from boxwright.cli.evaluation_out import row_links

from . import running

run = functools.partial(running.run, "evaluate")

HEADER = "order_id,line_id,quantity,length_mm,width_mm,height_mm,mass_g,extra_box_used,extra_ship_date\n"
ROWS = "a,1,1,190,140,40,200,{0},2026-01-01\nb,1,1,190,140,40,200,{0},2026-03-14\nb,2,1,90,40,40,200,{0},2026-03-14\n"


@pytest.fixture
def orders(tmp_path):
    """Return a function that writes two orders that left in a box."""

    def write(box: str):
        path = tmp_path / "orders.csv"
        path.write_text(HEADER + ROWS.format(box))
        return path

    return write


def test_boxes_really_used_are_the_baseline_where_they_are_known(orders):
    """Boxes of the first catalog or of --used-boxes become the baseline; `--baseline first` leaves them out."""
    path = orders("eu-400x300x200")
    result = run("--orders", path, "--catalog", "eu-stock", "--json")
    used, stock = json.loads(result.stdout)["catalogs"]
    assert (used["catalog"], used["boxes"]) == ("as-shipped", {"eu-400x300x200": 2})
    assert stock["outer_litres"] < used["outer_litres"]
    result = run("--orders", path, "--catalog", "eu-stock", "--json", "--baseline", "first")
    assert [catalog["catalog"] for catalog in json.loads(result.stdout)["catalogs"]] == ["eu-stock"]
    result = run("--orders", path, "--catalog", "us-stock", "--used-boxes", "eu-stock", "--json")
    assert [catalog["catalog"] for catalog in json.loads(result.stdout)["catalogs"]] == ["as-shipped", "us-stock"]


def test_unknown_used_boxes_are_reported(orders):
    """Unknown boxes give a warning, and an error if the baseline of boxes used is requested."""
    path = orders("K1 klein")
    assert "'K1 klein'" in run("--orders", path, "--catalog", "eu-stock", "--json").stderr
    for options in (["--baseline", "used"], ["--used-boxes", "us-stock"]):
        run("--orders", path, "--catalog", "eu-stock", *options, code=2)
    result = run("--orders", orders(""), "--catalog", "eu-stock", "--baseline", "used", code=2)
    assert "--baseline used:" in result.stderr


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (["--orders-per-year", "0"], "--orders-per-year"),
        (["--workers", "2", "--cluster", "tcp://127.0.0.1:9"], "--workers:"),
    ],
)
def test_bad_numbers_are_refused(orders, options, error):
    """Options out of range are refused by name before anything is packed."""
    assert error in run("--orders", orders(""), "--catalog", "eu-stock", *options, code=2).stderr


def test_only_a_ship_date_that_a_run_chose_is_taken_over(orders, tmp_path):
    """A run with a stated ship date cannot be resumed without it; a ship date that the run chose is kept."""
    path, rows = orders(""), tmp_path / "rows"
    service = ["--orders", path, "--catalog", "eu-stock", "--format", "csv", "--carrier-service", "dhl-paket/de"]
    run(*service, "--out", rows, "--ship-date", "2026-06-01")
    made_of = json.loads((rows / "manifest.json").read_text())["made_of"]
    assert "settled ship date" not in made_of
    assert "version of OR-Tools" in made_of
    assert "--ship-date" in run(*service, "--out", rows, code=2).stderr
    run(*service, "--out", tmp_path / "own")
    assert "settled ship date" in json.loads((tmp_path / "own" / "manifest.json").read_text())["made_of"]
    run(*service, "--out", tmp_path / "own")


def test_the_page_links_to_the_rows(tmp_path):
    """The link is relative to the page."""
    page = tmp_path / "pages" / "report.html"
    assert row_links(page, tmp_path / "my rows.csv") == [("../my%20rows.csv", "my rows.csv")]
    assert row_links(page, None) == []


def test_a_catalog_of_a_spreadsheet_has_dunnage(tmp_path):
    """Dunnage is added by id in the order given; an unknown id is refused before anything is written."""
    boxes, out = tmp_path / "boxes.csv", tmp_path / "mine.toml"
    boxes.write_text("id,length (cm),width (cm),height (cm)\nK1,25,17.5,10\n")
    command = ["catalog", "convert", str(boxes), "--board", "b-flute", "--out", str(out)]
    running.run(*command, "--dunnage", "kraft-paper-tape", "--dunnage", "crumpled-kraft-fill")
    assert [dunnage.dunnage_id for dunnage in load_catalog(out).dunnage] == ["kraft-paper-tape", "crumpled-kraft-fill"]
    out.unlink()
    assert "--dunnage:" in running.run(*command, "--dunnage", "wool", code=2).stderr
    assert not out.exists()
