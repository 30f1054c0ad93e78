"""Money: units and billionths on the wire, whole minor units (cents, fen) in the domain."""

from collections.abc import Iterator
from decimal import Decimal

from google.protobuf.message import Message
from google.type import money_pb2

from boxwright.domain.currency import is_currency, minor_per_unit
from boxwright.findings import Findings

NANOS_PER_UNIT = 1_000_000_000


def currencies_in(message: Message, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the path and the currency code of each amount of money in a message, in the order of its fields."""
    if isinstance(message, money_pb2.Money):
        yield f"{path}.currency_code", message.currency_code
        return
    for field, value in message.ListFields():
        if field.message_type is not None:
            inner = f"{path}.{field.name}" if path else field.name
            if field.is_repeated:
                for at, entry in enumerate(value):
                    yield from currencies_in(entry, f"{inner}[{at}]")
            else:
                yield from currencies_in(value, inner)


def read_price(message: money_pb2.Money, found: Findings, field: str) -> int | None:
    """Return a price of zero or more in minor units, or None after noting why it is none."""
    price = read_rate(message, found, field)
    if price is None:
        return None
    if price != int(price):
        rule = f"must be a whole number of minor units of {message.currency_code}, got {message.nanos}"
        found.add(f"{field}.nanos", rule)
        return None
    return int(price)


def read_rate(message: money_pb2.Money, found: Findings, field: str) -> Decimal | None:
    """Return a price of zero or more in minor units, perhaps of a fraction, or None after noting why it is none."""
    currency = message.currency_code
    if not is_currency(currency):
        found.add(f"{field}.currency_code", f"must be an ISO 4217 code, got {currency!r}")
        return None
    nanos = int(message.units) * NANOS_PER_UNIT + int(message.nanos)
    if not 0 <= message.nanos < NANOS_PER_UNIT or nanos < 0:
        found.add(field, "must be zero or more, with nanos from 0 to 999,999,999")
        return None
    return Decimal(nanos * minor_per_unit(currency)).scaleb(-9)


def rate_to_wire(minor: Decimal | None, currency: str) -> money_pb2.Money | None:
    """Return the message of a price in minor units, perhaps of a fraction; None where price or currency is unknown."""
    if minor is None or not currency:
        return None
    units, nanos = divmod(round(minor * NANOS_PER_UNIT / minor_per_unit(currency)), NANOS_PER_UNIT)
    return money_pb2.Money(currency_code=currency, units=units, nanos=nanos)


def read_amount(message: money_pb2.Money) -> int:
    """Return an amount in minor units, which may be negative."""
    nanos = int(message.units) * NANOS_PER_UNIT + int(message.nanos)
    return round(nanos * minor_per_unit(message.currency_code) / NANOS_PER_UNIT)


def amount_to_wire(minor: int, currency: str) -> money_pb2.Money:
    """Return the message of an amount in minor units, which may be negative."""
    per_unit = minor_per_unit(currency)
    units, rest = divmod(abs(minor), per_unit)
    sign = -1 if minor < 0 else 1
    nanos = rest * (NANOS_PER_UNIT // per_unit)
    return money_pb2.Money(currency_code=currency, units=sign * units, nanos=sign * nanos)


def price_to_wire(minor: int | None, currency: str) -> money_pb2.Money | None:
    """Return the message of a price in minor units; None where price or currency is unknown."""
    if minor is None or not currency:
        return None
    units, rest = divmod(minor, minor_per_unit(currency))
    return money_pb2.Money(
        currency_code=currency, units=units, nanos=rest * (NANOS_PER_UNIT // minor_per_unit(currency))
    )
