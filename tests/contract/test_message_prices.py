"""Price tables, zones and the price of carbon over the API."""

import datetime as dt
from decimal import Decimal

import pytest
from google.protobuf.json_format import ParseDict

from boxwright.catalog import load_materials
from boxwright.contract.lane import CARRIAGE_PRICE, read_lane
from boxwright.contract.lane import TABLE as TABLES
from boxwright.contract.policy import read_policy
from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.policy import Objective
from boxwright.domain.price_table import CarriagePrice, PriceLine, PriceRounding
from boxwright.findings import Findings
from boxwright.v1 import lane_pb2, policy_pb2, price_table_pb2

CNY = {"currency_code": "CNY", "units": 12}
TABLE = {
    "price_table_id": "sf-own",
    "version": "1",
    "carrier_service": "carriers/sf/services/fast",
    "currency": "CNY",
    "weight_unit": "CARRIER_WEIGHT_UNIT_KG",
    "zones": [
        {
            "zone": "near",
            "steps": [{"up_to": 0.1, "price": CNY}],
            "additional": [{"per": 0.1, "price": {"currency_code": "CNY", "nanos": 500_000_000}}],
        }
    ],
    "surcharges": [{"surcharge_id": "bulky", "minimum": CNY}],
    "fuel_percent": 12.5,
    "round_to": {"currency_code": "CNY", "units": 1},
    "rounding": "PRICE_ROUNDING_UP",
    "effective_to": {"year": 2026, "month": 12, "day": 31},
}


def read_price(message, read):
    """Return the value that a reader makes of a message, and the violations as text."""
    found = Findings()
    value = read(message, found)
    try:
        found.raise_any()
    except Exception as error:  # any kind of finding: only its text is compared
        return value, str(error)
    return value, ""


def test_a_price_table_is_read_exactly():
    """0.1 kg is exactly a tenth and 0.50 yuan are fifty fen; dates, rounding and units arrive."""
    table, error = read_price(ParseDict(TABLE, price_table_pb2.PriceTable()), TABLES.read)
    assert error == ""
    (zone,) = table.zones
    assert (zone.steps[0].up_to, zone.steps[0].price_minor) == (Decimal("0.1"), 1_200)
    assert (zone.additional[0].per, zone.additional[0].price_minor) == (Decimal("0.1"), 50)
    assert (table.carrier_service, table.round_to_minor, table.rounding) == ("sf/fast", 100, PriceRounding.UP)
    assert (table.fuel_percent, table.effective_to) == (Decimal("12.5"), dt.date(2026, 12, 31))
    assert table.surcharges[0].minimum_minor == 1_200


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"currency": "EUR"}, "zones[0].steps[0].price.currency_code: "),
        ({"weight_unit": "CARRIER_WEIGHT_UNIT_UNSPECIFIED"}, "weight_unit: "),
        ({"carrier_service": "sf"}, "carrier_service"),
        ({"surcharges": [{"surcharge_id": "s"}]}, "surcharges[0].amount: "),
        ({"rounding": 9}, "rounding: "),
        ({"zones": [{"zone": "near", "steps": [{"up_to": 1}]}]}, "zones[0].steps[0].price: is required"),
        ({"fuel_percent": "NaN", "version": ""}, "version: "),  # other fields are unreadable too
    ],
)
def test_a_broken_price_table_names_its_field(change, fault):
    """The violation has the path of the field in the message."""
    _, error = read_price(ParseDict({**TABLE, **change}, price_table_pb2.PriceTable()), TABLES.read)
    assert fault in error


def test_a_lane_carries_zone_and_tables():
    """A lane has the zone and price tables of its message; faults have their path."""
    materials, today = load_materials(), dt.date(2026, 11, 1)
    lane = {"carrier_service": "carriers/sf/services/fast", "zone": "near", "price_tables": [TABLE]}

    def read(message, found):
        return read_lane(message, materials, today, found)

    found, error = read_price(ParseDict(lane, lane_pb2.Lane()), read)
    assert error == ""
    assert (found.zone, found.price_tables[0].name) == ("near", "sf-own@1")
    _, error = read_price(ParseDict({**lane, "price_tables": [TABLE, {**TABLE, "zones": []}]}, lane_pb2.Lane()), read)
    assert "price_tables[1].zones" in error


def test_a_carbon_price_is_in_the_catalogs_currency():
    """A hundred yuan per tonne are 10,000 fen; another currency than the catalog's is refused."""
    catalog = Catalog("c", [BoxType("b", 10, 10, 10)], currency="CNY")

    def read(message, found):
        return read_policy(message, catalog, found)

    policy = {
        "objectives": ["OBJECTIVE_SHIPPING_COST"],
        "carbon_price_per_tonne": {"currency_code": "CNY", "units": 100},
        "emissions_basis": {"accounting_profile": "accountingProfiles/uk-desnz@2026"},
    }
    choice, error = read_price(ParseDict(policy, policy_pb2.Policy()), read)
    assert error == ""
    assert choice.carbon_price_per_tonne_minor == 10_000
    assert choice.objectives == (Objective.SHIPPING_COST,)
    policy["carbon_price_per_tonne"]["currency_code"] = "EUR"
    _, error = read_price(ParseDict(policy, policy_pb2.Policy()), read)
    assert "carbon_price_per_tonne.currency_code: " in error
    unpriced = Catalog("c", [BoxType("b", 10, 10, 10)])
    _, error = read_price(
        ParseDict(policy, policy_pb2.Policy()), lambda message, found: read_policy(message, unpriced, found)
    )
    assert "carbon_price_per_tonne.currency_code: " in error


def test_a_price_goes_out_with_its_lines():
    """A rounding down is a negative amount; a price with a missing part has no total."""
    lines = (PriceLine("weight", 1_250), PriceLine("rounding", -50))
    message = CARRIAGE_PRICE(CarriagePrice("t@1", "near", "CNY", lines))
    assert (message.total.units, message.total.nanos) == (12, 0)
    assert (message.lines[1].amount.units, message.lines[1].amount.nanos) == (0, -500_000_000)
    lacking = CARRIAGE_PRICE(CarriagePrice("t@1", "near", "CNY", lines, ("surcharge 'x'",)))
    assert not lacking.HasField("total")
