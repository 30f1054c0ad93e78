"""Price tables on their way in, and prices of carriage on their way out."""

from decimal import Decimal

from google.type import money_pb2

from boxwright.contract.carrier import WEIGHT_UNITS
from boxwright.contract.dates import read_date
from boxwright.contract.message import Writer, paths
from boxwright.contract.money import amount_to_wire, read_price
from boxwright.contract.names import read_service
from boxwright.contract.presence import present
from boxwright.domain.price_table import (
    UNPRICED,
    AdditionalWeight,
    CarriagePrice,
    PriceLine,
    PriceRounding,
    PriceTable,
    SurchargePrice,
    WeightPrice,
    ZonePrices,
)
from boxwright.findings import Findings
from boxwright.v1 import price_table_pb2

UNITS = {number: unit for unit, number in WEIGHT_UNITS.items()}
ROUNDINGS = {
    price_table_pb2.PRICE_ROUNDING_UNSPECIFIED: PriceRounding.NEAREST,
    price_table_pb2.PRICE_ROUNDING_NEAREST: PriceRounding.NEAREST,
    price_table_pb2.PRICE_ROUNDING_UP: PriceRounding.UP,
}
PRICE_LINE = Writer(price_table_pb2.PriceLine, PriceLine)
SHIPPING_PRICE = Writer(price_table_pb2.CarriagePrice, CarriagePrice, "lines")
SURCHARGES = ("amount", "per_weight", "minimum")
"""Amounts of a surcharge, of which it has one at least."""
PATHS = paths(price_table_pb2.PriceTable, PriceTable)
SURCHARGE_PATHS = paths(price_table_pb2.SurchargePrice, SurchargePrice)


def read_price_table(message: price_table_pb2.PriceTable, found: Findings) -> PriceTable | None:
    """Return the price table of a message, or None after noting every finding."""
    before = len(found)
    zones = [_read_zone(each, message.currency, found.at(f"zones[{at}]")) for at, each in enumerate(message.zones)]
    surcharges = [
        _read_surcharge(each, message.currency, found.at(f"surcharges[{at}]"))
        for at, each in enumerate(message.surcharges)
    ]
    if message.weight_unit not in UNITS:
        found.add("weight_unit", f"must be CARRIER_WEIGHT_UNIT_KG or _LB, got {message.weight_unit}")
    if message.rounding not in ROUNDINGS:
        found.add("rounding", f"must be a known value, got {message.rounding}")
    service = read_service(message.carrier_service, found, "carrier_service")
    days = {
        name: read_date(getattr(message, name), found, name)
        for name in ("effective_from", "effective_to")
        if message.HasField(name)
    }
    fuel = _decimal(message.fuel_percent, found, "fuel_percent")
    round_to = _minor(message.round_to, message.currency, found, "round_to") if message.HasField("round_to") else 1
    if len(found) > before:
        return None
    return found.at("", PATHS).attempt(
        PriceTable,
        message.price_table_id,
        message.version,
        service or "",
        message.currency,
        UNITS[message.weight_unit],
        tuple(filter(None, zones)),
        tuple(filter(None, surcharges)),
        fuel,
        round_to,
        ROUNDINGS[message.rounding],
        **days,
    )


def _minor(money: money_pb2.Money, currency: str, found: Findings, field: str) -> int:
    """Return an amount of the table's currency in minor units, 0 after noting why it is none."""
    if money.currency_code != currency:
        found.add(f"{field}.currency_code", f"must be {currency!r}, got {money.currency_code!r}")
        return 0
    return read_price(money, found, field) or 0


def _read_zone(zone: price_table_pb2.ZonePrices, currency: str, found: Findings) -> ZonePrices | None:
    before = len(found)
    steps = [
        at.attempt(WeightPrice, _decimal(each.up_to, at, "up_to"), _minor(each.price, currency, at, "price"))
        for each, at in ((each, found.at(f"steps[{place}]")) for place, each in enumerate(zone.steps))
    ]
    more = [
        at.attempt(
            AdditionalWeight,
            _decimal(each.per, at, "per"),
            _minor(each.price, currency, at, "price"),
            _decimal(each.up_to, at, "up_to") if each.HasField("up_to") else None,
        )
        for each, at in ((each, found.at(f"additional[{place}]")) for place, each in enumerate(zone.additional))
    ]
    return (
        found.attempt(ZonePrices, zone.zone, tuple(filter(None, steps)), tuple(filter(None, more)))
        if len(found) == before
        else None
    )


def _read_surcharge(message: price_table_pb2.SurchargePrice, currency: str, found: Findings) -> SurchargePrice | None:
    amount, per_weight, minimum = (
        _minor(getattr(message, name), currency, found, name) if present(message, name) else 0 for name in SURCHARGES
    )
    if not any(present(message, name) for name in SURCHARGES):
        found.add("amount", UNPRICED)
    zones = tuple(message.zones)
    return found.at("", SURCHARGE_PATHS).attempt(
        SurchargePrice, message.surcharge_id, amount, per_weight, minimum, zones, message.with_fuel
    )


def _decimal(value: float, found: Findings, field: str) -> Decimal:
    """Return a number of at most six decimals, exactly."""
    exact = Decimal(repr(float(value)))
    if not exact.is_finite() or exact.as_tuple().exponent < -6:  # type: ignore[operator]  # finite, so a number
        found.add(field, f"must be a number with at most six decimals, got {value!r}")
        return Decimal(0)
    return exact


def carriage_price_to_wire(price: CarriagePrice) -> price_table_pb2.CarriagePrice:
    """Return the message of what carriage costs."""
    total = price.total_minor
    return SHIPPING_PRICE(
        price,
        lines=[PRICE_LINE(each, amount=amount_to_wire(each.amount_minor, price.currency)) for each in price.lines],
        total=None if total is None else amount_to_wire(total, price.currency),
    )
