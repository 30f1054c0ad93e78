"""Fields of a lane without effect give a warning in the plan."""

import datetime
from decimal import Decimal

import pytest

from boxwright import BoxType, Catalog, Item, Lane, Leg, Order, Policy, plan
from boxwright.domain.price_table import PriceTable, WeightPrice, ZonePrices

ORDER = Order("order", [Item("cube", 1, 100, 100, 100, 1_000)])
CATALOG = Catalog("catalog", [BoxType("box", 200, 200, 200, tare_g=100)])
ROAD, AIR = Leg("road", 500), Leg("air", 3_000)
DAY = datetime.date(2026, 7, 20)
TABLE = PriceTable("own", "1", "usps/parcel", "USD", "lb", (ZonePrices("5", (WeightPrice(Decimal(70), 900),)),))


def idle_warnings(lane):
    """Return the warnings of a plan about fields without effect."""
    found = plan(ORDER, CATALOG, Policy(void_fill_id="none"), lane, profiles=("uk-desnz",)).warnings
    codes = {"HUBS_NOT_COUNTED", "IDLE_ZONE", "RADIATIVE_FORCING_NOT_COUNTED"}
    return [each for each in found if each.code in codes]


@pytest.mark.parametrize(
    ("lane", "code", "field"),
    [
        (Lane([ROAD], include_hubs=True), "HUBS_NOT_COUNTED", "lane.include_hubs"),
        (
            Lane([ROAD], include_radiative_forcing=True),
            "RADIATIVE_FORCING_NOT_COUNTED",
            "lane.include_radiative_forcing",
        ),
        (Lane([ROAD], zone="5"), "IDLE_ZONE", "lane.zone"),
        (
            Lane([ROAD], carrier_service="usps/parcel", ship_date=DAY, zone="5"),
            "IDLE_ZONE",
            "lane.zone",
        ),
    ],
)
def test_a_field_without_effect_gives_a_warning(lane, code, field):
    """One leg has no hub, a truck does not fly, and a zone needs a rule or a price table with zones."""
    (found,) = idle_warnings(lane)
    assert (found.code, found.field) == (code, field)


@pytest.mark.parametrize(
    "lane",
    [
        None,
        Lane([ROAD, AIR], include_hubs=True, include_radiative_forcing=True),
        Lane([ROAD], carrier_service="usps/parcel", ship_date=DAY, zone="5", price_tables=[TABLE]),
    ],
)
def test_a_field_with_effect_gives_no_warning(lane):
    """Two legs have a hub, one of them is flown, and the table has the zone."""
    assert idle_warnings(lane) == []
