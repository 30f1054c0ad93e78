"""Orders that go to several places: each is billed and carried by the row of its own."""

import datetime
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.evaluation.test_lone_units import TABLE
from tests.evaluation.test_study import BARE, orders_of

from boxwright.cli import main
from boxwright.domain.lane import Lane, Leg
from boxwright.domain.order import Item, Order
from boxwright.domain.policy import Policy
from boxwright.domain.price_table import WeightPrice, ZonePrices
from boxwright.errors import InvalidInputError
from boxwright.evaluation import Evaluation, StudyOptions, evaluate, order_rows, report
from boxwright.evaluation.destinations import OTHERS, Destinations
from boxwright.evaluation.verdict import known_first
from boxwright.orders import read_orders

FAR = replace(TABLE, zones=(*TABLE.zones, ZonePrices("far", (WeightPrice(Decimal(100), 9_900),))))
PLAIN = Lane(
    legs=(Leg("road", 500),),
    carrier_service="sf/fast",
    ship_date=datetime.date(2026, 11, 1),
    price_tables=(FAR,),
)
ROWS = (("DE", "near", ()), ("DE:10", "far", ()), ("es", "far", (Leg("road", 2_000),)))


def by_destination(*rows: tuple[str, str, tuple[Leg, ...]]) -> Destinations:
    """Return a lane with rows of destinations."""
    return Destinations(**{**vars(PLAIN), "zone": rows[0][1]}, rows=rows)


@pytest.mark.parametrize(
    ("destination", "row"),
    [("DE:20457", 0), ("DE", 0), ("DE:10115", 1), ("ES:07001", 2), ("DENMARK", 3), ("AT:1010", 3), ("", 3)],
)
def test_the_longest_row_holds(destination: str, row: int) -> None:
    """A country does not match a longer name, and the row ``*`` takes destinations without a row."""
    order = Order("1", (Item("a", 1, 10, 10, 10, 10),), destination=destination)
    rest = (OTHERS, "rest", ())
    _, zone, legs = (*ROWS, rest)[row]
    way = by_destination(*ROWS, rest).of(order)
    assert (way.zone, way.legs) == (zone, legs or PLAIN.legs)
    if row == len(ROWS):
        with pytest.raises(InvalidInputError):
            by_destination(*ROWS).of(order)


def test_each_order_is_planned_by_its_own_row() -> None:
    """Figures equal those of a run over the orders of one row, although other rows have equal orders."""
    places = ("DE:20457", "DE:10115", "ES", "CH")
    orders = [
        replace(each, order_id=f"{each.order_id}-{at}", destination=at) for each in orders_of(6, 3) for at in places
    ]
    catalog = replace(BARE, currency="CNY")

    def run(lane: Lane, some: list[Order]) -> Evaluation:
        return evaluate(
            some, [catalog, catalog], Policy(), lane, ["uk-desnz"], workers=1, options=StudyOptions(0, False)
        )

    together = run(by_destination(*ROWS), orders)
    rows = {(row["order_id"], row["carriage_price"], row["co2e_g_uk-desnz@2026_mass"]) for row in order_rows(together)}
    alone = set()
    for place, (_, zone, legs) in zip(places, ROWS, strict=False):
        own = run(
            replace(PLAIN, zone=zone, legs=legs or PLAIN.legs), [each for each in orders if each.destination == place]
        )
        alone |= {(row["order_id"], row["carriage_price"], row["co2e_g_uk-desnz@2026_mass"]) for row in order_rows(own)}
    assert alone < rows
    assert {order_id[-2:] for order_id, price, _ in rows - alone if price is None} == {"CH"}  # no row matches CH
    counts = {key: sums.orders for key, sums in together.records.flow(1, "country").items()}
    assert counts == {("DE",): 2 * counts["ES",], ("ES",): counts["ES",]}
    assert "By country" in report(together)


def test_orders_of_a_country_without_a_row_are_counted_together() -> None:
    """One sentence counts them, whatever their postal codes."""
    orders = [replace(each, destination=f"CH:{1000 + at}") for at, each in enumerate(orders_of(5, 3))]
    some = [*orders, replace(orders[0], order_id="at home", destination="DE")]
    lane = by_destination(*ROWS)
    found = evaluate(some, [BARE], Policy(), lane, ["uk-desnz"], workers=1, options=StudyOptions(0, False))
    (said,) = (each for each in known_first(found) if "CH" in each)
    assert f"{len(orders)} orders" in said


@pytest.mark.parametrize("command", ["evaluate --catalog eu-stock", "design --sizes 1 --today eu-stock"])
def test_a_zone_that_no_price_table_has_is_refused_before_the_run(tmp_path: Path, command: str) -> None:
    """The zone of any row is checked, not only that of the first order."""
    orders, file, prices = (tmp_path / name for name in ("orders.csv", "destinations.csv", "prices.toml"))
    orders.write_text(
        "order_id,line_id,quantity,length_mm,width_mm,height_mm,mass_g,extra_country_code\n1,a,1,10,10,10,10,AT\n"
        "2,a,1,20,10,10,10,DE\n"
    )
    prices.write_text(
        '[[price_tables]]\nprice_table_id = "own"\nversion = "1"\ncarrier_service = "dhl-paket/de"\ncurrency = "EUR"\n'
        'weight_unit = "kg"\n[[price_tables.zones]]\nzone = "near"\nsteps = [{ up_to = 30, price_minor = 400 }]\n'
    )
    file.write_text("destination,zone\nDE,near\nCH,nera\n")
    asked = [*command.split(), "--orders", str(orders), "--destinations", str(file), "--prices", str(prices)]
    result = CliRunner().invoke(main, [*asked, "--carrier-service", "dhl-paket/de"])
    assert result.exit_code == 2
    assert "'nera'" in result.output


def test_an_order_file_says_where_orders_go(tmp_path: Path) -> None:
    """The first non-empty cell of an order counts."""
    file = tmp_path / "orders.csv"
    file.write_text(
        "order_id,line_id,quantity,length_mm,width_mm,height_mm,mass_g,extra_country_code,extra_postal_code\n"
        "1,a,1,10,10,10,10,,\n1,b,1,10,10,10,10,gb,sw1a 1aa\n2,a,1,10,10,10,10,AT,\n3,a,1,10,10,10,10,,1010\n"
    )
    assert [order.destination for order in read_orders(file)] == ["GB:SW1A1AA", "AT", ""]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "country,zone\nDE,1\n",
        "destination,zone\n",
        "destination,zone\nDE,1\nDE,2\n",
        "destination,zone,legs\nDE,1,rod:5\n",
    ],
)
def test_a_file_of_destinations_that_is_wrong_is_refused(tmp_path: Path, text: str) -> None:
    """It is empty, has other columns or no rows, repeats a destination, or has an unreadable leg."""
    orders, file = tmp_path / "orders.csv", tmp_path / "destinations.csv"
    orders.write_text("order_id,line_id,quantity,length_mm,width_mm,height_mm,mass_g\n1,a,1,10,10,10,10\n")
    file.write_text(text)
    asked = ["evaluate", "--orders", str(orders), "--catalog", "eu-stock", "--destinations", str(file)]
    result = CliRunner().invoke(main, asked)
    assert result.exit_code == 2
    assert "destinations.csv" in result.output
