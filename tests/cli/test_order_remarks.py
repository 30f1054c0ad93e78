"""Remarks of `evaluate` and `design` on orders that do not suit the single lane."""

import json
from pathlib import Path

import pytest

from boxwright.catalog.price_tables import load_price_tables
from boxwright.cli.order_remarks import order_remarks
from boxwright.domain.lane import Lane, Leg
from boxwright.evaluation.destinations import Destinations

from .running import run

TABLE = """[[price_tables]]
price_table_id = "own"
version = "1"
carrier_service = "dhl-express/international"
currency = "EUR"
weight_unit = "kg"
"""
ZONE = '[[price_tables.zones]]\nzone = "{}"\nsteps = [{{ up_to = 30, price_minor = 400 }}]\n'
HEADER = "order_id,line_id,quantity,length_mm,width_mm,height_mm,mass_g,extra_zone,extra_country_code"
ROW = "{},1,1,100,80,50,200,{},{}"


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    """Return a file of four orders, two of them to another zone and country."""
    where = [("near", "DE"), ("near", "DE"), ("far", "CH"), ("far", "CH")]
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
    (said,) = order_remarks(orders, lane(tmp_path, both, zone="near"))
    assert "near 50 %, far 50 %" in said
    zoned = Destinations(carrier_service="dhl-paket/de", rows=(("DE", "near", (Leg("road", 5),)),))
    assert order_remarks(orders, zoned) == ()
    orders.write_text(orders.read_text().replace("far,CH", "near,DE"))
    assert order_remarks(orders, lane(tmp_path, both, zone="near")) == ()
    assert order_remarks(orders, None) == ()


def test_a_single_tariff_or_route_for_several_countries_gives_a_remark(orders: Path, tmp_path: Path):
    """One set of prices or legs for several countries gives a remark."""
    prices, grams = order_remarks(orders, lane(tmp_path, ("",), legs=[Leg("road", 500)]))
    assert "DE 50 %, CH 50 %" in prices
    assert "DE 50 %, CH 50 %" in grams


def test_summary_json_and_page_have_the_remarks(orders: Path, tmp_path: Path):
    """Terminal, JSON and page show the same remark."""
    pytest.importorskip("jinja2")
    lane(tmp_path, ("near", "far"))
    priced = ("--carrier-service", "dhl-express/international", "--prices", tmp_path / "tariff.toml", "--zone", "near")
    asked, page = (
        ("evaluate", "--orders", orders, "--catalog", "eu-webshop", *priced, "--workers", 1),
        tmp_path / "page.html",
    )
    assert "near 50 %, far 50 %" in run(*asked, "--html", page, columns=200).stdout
    assert "near 50 %, far 50 %" in page.read_text().replace("\xa0", " ")
    totals = json.loads(run(*asked, "--json").stdout)
    assert "near 50 %, far 50 %" in totals["remarks"][0]
