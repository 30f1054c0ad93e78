"""Price tables on their way in, and prices of carriage on their way out."""

from decimal import Decimal

from google.type import money_pb2

from boxwright.domain.price_table import (
    UNPRICED,
    AdditionalWeight,
    PriceRounding,
    PriceTable,
    ShippingPrice,
    SurchargePrice,
    WeightPrice,
    ZonePrices,
)
from boxwright.findings import Findings
from boxwright.server.wire.carrier import WEIGHT_UNITS
from boxwright.server.wire.dates import read_date
from boxwright.server.wire.money import amount_to_wire, read_price
from boxwright.server.wire.names import read_service
from boxwright.v1 import price_table_pb2

UNITS = {number: unit for unit, number in WEIGHT_UNITS.items()}
ROUNDINGS = {
    price_table_pb2.PRICE_ROUNDING_UNSPECIFIED: PriceRounding.NEAREST,
    price_table_pb2.PRICE_ROUNDING_NEAREST: PriceRounding.NEAREST,
    price_table_pb2.PRICE_ROUNDING_UP: PriceRounding.UP,
}
WIRE_NAMES = {"round_to_minor": "round_to"}


def read_price_table(message: price_table_pb2.PriceTable, found: Findings) -> PriceTable | None:
    """Return the price table of a message, or None after noting every finding."""
    before = len(found)

    def minor(money: money_pb2.Money, field: str) -> int:
        if money.currency_code != message.currency:
            found.add(f"{field}.currency_code", f"must be {message.currency!r}, got {money.currency_code!r}")
            return 0
        return read_price(money, found, field) or 0

    zones = []
    for index, zone in enumerate(message.zones):
        at = f"zones[{index}]"
        steps = [
            WeightPrice(
                _decimal(step.up_to, found, f"{at}.steps[{place}].up_to"),
                minor(step.price, f"{at}.steps[{place}].price"),
            )
            for place, step in enumerate(zone.steps)
        ]
        more = [
            AdditionalWeight(
                _decimal(each.per, found, f"{at}.additional[{place}].per"),
                minor(each.price, f"{at}.additional[{place}].price"),
                _decimal(each.up_to, found, f"{at}.additional[{place}].up_to") if each.HasField("up_to") else None,
            )
            for place, each in enumerate(zone.additional)
        ]
        zones.append(ZonePrices(zone.zone, tuple(steps), tuple(more)))
    surcharges = []
    for index, each in enumerate(message.surcharges):
        amount, per_weight, least = (
            minor(getattr(each, name), f"surcharges[{index}].{name}") if each.HasField(name) else 0
            for name in ("amount", "per_weight", "minimum")
        )
        if not any(each.HasField(name) for name in ("amount", "per_weight", "minimum")):
            found.add(f"surcharges[{index}].amount", UNPRICED)
        zones_of = tuple(each.zones)
        surcharges.append(SurchargePrice(each.surcharge_id, amount, per_weight, least, zones_of, each.with_fuel))
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
    round_to = minor(message.round_to, "round_to") if message.HasField("round_to") else 1
    if len(found) > before:
        return None
    return found.at("", WIRE_NAMES).attempt(
        PriceTable,
        message.price_table_id,
        message.version,
        service or "",
        message.currency,
        UNITS[message.weight_unit],
        tuple(zones),
        tuple(surcharges),
        fuel,
        round_to,
        ROUNDINGS[message.rounding],
        **days,
    )


def _decimal(value: float, found: Findings, field: str) -> Decimal:
    """Return a number of at most six decimals, exactly."""
    exact = Decimal(repr(float(value)))
    if not exact.is_finite() or exact.as_tuple().exponent < -6:  # type: ignore[operator]  # finite, so a number
        found.add(field, f"must be a number with at most six decimals, got {value!r}")
        return Decimal(0)
    return exact


def shipping_price_to_wire(price: ShippingPrice) -> price_table_pb2.ShippingPrice:
    """Return the message of what carriage costs."""
    total = price.total_minor
    return price_table_pb2.ShippingPrice(
        price_table=price.price_table,
        zone=price.zone,
        lines=[
            price_table_pb2.PriceLine(name=line.name, amount=amount_to_wire(line.amount_minor, price.currency))
            for line in price.lines
        ],
        total=None if total is None else amount_to_wire(total, price.currency),
        missing=price.missing,
    )
