"""The remarks of an evaluation and a design on orders that their single lane does not suit."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from boxwright.catalog.price_tables import load_price_tables
from boxwright.cli import main
from boxwright.cli.order_remarks import order_remarks
from boxwright.domain.lane import Lane, Leg
from boxwright.evaluation.destinations import Destinations

TABLE = """[[price_tables]]
price_table_id = "own"
version = "1"
carrier_service = "dhl-express/international"
currency = "EUR"
weight_unit = "kg"
"""
ZONE = '[[price_tables.zones]]\nzone = "{}"\nsteps = [{{ up_to = 30, price_minor = 400 }}]\n'
HEADER = (
    "order_id,line_id,quantity,length_mm,width_mm,height_mm,mass_g,extra_zone,extra_country_code,extra_carrier_service"
)
ROW = "{},1,1,100,80,50,200,{},{},{}"


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    """Return a file of four orders, two of them to another zone and country."""
    where = [("near", "DE", "DHL"), ("near", "DE", "DHL"), ("far", "CH", "GLS"), ("far", "CH", "DHL")]
    path = tmp_path / "orders.csv"
    path.write_text("\n".join([HEADER, *(ROW.format(f"o{number}", *each) for number, each in enumerate(where))]))
    return path


def lane(tmp_path: Path, zones: tuple[str, ...], **more: object) -> Lane:
    """Return a lane with a tariff of these zones."""
    path = tmp_path / "tariff.toml"
    path.write_text(TABLE + "\n" + "\n".join(map(ZONE.format, zones)))
    tables = load_price_tables(path)
    return Lane(carrier_service="dhl-express/international", price_tables=tables, **more)


def test_orders_of_another_zone_than_the_priced_one_are_named(orders: Path, tmp_path: Path):
    """Orders of other zones give a remark with their shares; orders of the priced zone give none."""
    both = ("near", "far")
    said, of_services = order_remarks(orders, lane(tmp_path, both, zone="near"))
    assert "near 50 %, far 50 %" in said
    assert re.search("4 .*3 .*DHL.*1 .*GLS", of_services)
    orders.write_text(orders.read_text().replace("far,CH", "near,DE").replace("GLS", "").replace("DHL", ""))
    assert order_remarks(orders, lane(tmp_path, both, zone="near")) == ()
    assert order_remarks(orders, None) == ()


@pytest.mark.parametrize(
    ("services", "said"),
    [
        pytest.param(["GLS"] * 4, "4 .*4 .*GLS", id="all name one other"),
        pytest.param(["GLS", "", "", ""], "4 .*3 .*1 .*GLS", id="one names another"),
        pytest.param(["dhl-express/international"] * 3 + ["GLS"], "3 .*dhl-express/international.*1 .*GLS", id="mixed"),
        pytest.param(list("abcdef"), " c.*1 .* d.*2 ", id="many"),
        pytest.param(["dhl-express/international", "", "", ""], "", id="the one that is asked for"),
        pytest.param([""] * 4, "", id="none"),
    ],
)
def test_orders_of_another_carrier_than_the_one_asked_for_are_counted(tmp_path: Path, services: list[str], said: str):
    """Orders that name other carriers give one remark, in the words of the file."""
    path = tmp_path / "orders.csv"
    rows = (ROW.format(f"o{number}", "near", "DE", each) for number, each in enumerate(services))
    path.write_text("\n".join([HEADER, *rows]))
    remarks = order_remarks(path, lane(tmp_path, ("near",), zone="near"))
    assert len(remarks) == bool(said)
    assert re.search(said, "".join(remarks))
    assert all("dhl-express/international" in each for each in remarks)
    assert order_remarks(path, Lane(legs=[Leg("road", 500)])) == ()


def test_lanes_by_destination_have_one_carrier_all_the_same(orders: Path):
    """Destinations set zones and legs, but not the carrier: orders that name another give a remark."""
    (said,) = order_remarks(orders, Destinations(carrier_service="dhl-paket/de", rows=(("DE", "near", ()),)))
    assert re.search("4 .*3 .*DHL.*1 .*GLS", said)


def test_a_single_tariff_or_route_for_several_countries_gives_a_remark(orders: Path, tmp_path: Path):
    """One set of prices or legs for several countries gives a remark."""
    prices, grams, _ = order_remarks(orders, lane(tmp_path, ("",), legs=[Leg("road", 500)]))
    assert "DE 50 %, CH 50 %" in prices
    assert "DE 50 %, CH 50 %" in grams


def test_summary_json_and_page_have_the_remarks(orders: Path, tmp_path: Path):
    """Terminal, JSON and page show the same remark."""
    pytest.importorskip("jinja2")
    lane(tmp_path, ("near", "far"))
    priced = (
        "--carrier-service",
        "dhl-express/international",
        "--prices",
        str(tmp_path / "tariff.toml"),
        "--zone",
        "near",
    )
    page = tmp_path / "page.html"
    asked = ["evaluate", "--orders", str(orders), "--catalog", "eu-webshop", *priced, "--workers", "1"]
    runner = CliRunner(env={"COLUMNS": "200"})
    told = runner.invoke(main, [*asked, "--html", str(page)])
    assert told.exit_code == 0, told.output
    assert "near 50 %, far 50 %" in told.stdout
    assert "near 50 %, far 50 %" in page.read_text().replace("\xa0", " ")
    totals = json.loads(runner.invoke(main, [*asked, "--json"]).stdout)
    assert "near 50 %, far 50 %" in totals["remarks"][0]
