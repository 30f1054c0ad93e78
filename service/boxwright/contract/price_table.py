"""Price tables on their way in, and prices of carriage on their way out."""

from boxwright.contract.message import Codec
from boxwright.contract.money import amount_to_wire, currencies_in
from boxwright.domain.currency import is_currency
from boxwright.domain.price_table import (
    UNPRICED,
    AdditionalWeight,
    CarriagePrice,
    PriceLine,
    PriceTable,
    SurchargePrice,
    WeightPrice,
    ZonePrices,
)
from boxwright.findings import Findings
from boxwright.v1 import price_table_pb2


def _check_table(message: price_table_pb2.PriceTable, found: Findings) -> None:
    for path, currency in currencies_in(message):
        if is_currency(currency) and currency != message.currency:  # others are no currency, which is noted on reading
            found.add(path, f"must be {message.currency!r}, got {currency!r}")
    for at, surcharge in enumerate(message.surcharges):
        if not any(surcharge.HasField(price) for price in ("amount", "per_weight", "minimum")):
            found.add(f"surcharges[{at}].amount", UNPRICED)


STEP = Codec(price_table_pb2.WeightPrice, WeightPrice)
ADDITIONAL = Codec(price_table_pb2.AdditionalWeight, AdditionalWeight)
ZONE = Codec(price_table_pb2.ZonePrices, ZonePrices)
SURCHARGE = Codec(price_table_pb2.SurchargePrice, SurchargePrice)
TABLE = Codec(price_table_pb2.PriceTable, PriceTable, check=_check_table)
PRICE_LINE = Codec(price_table_pb2.PriceLine, PriceLine)
CARRIAGE_PRICE = Codec(price_table_pb2.CarriagePrice, CarriagePrice, "lines")


def carriage_price_to_wire(price: CarriagePrice) -> price_table_pb2.CarriagePrice:
    """Return the message of what carriage costs."""
    total = price.total_minor
    return CARRIAGE_PRICE(
        price,
        lines=[PRICE_LINE(line, amount=amount_to_wire(line.amount_minor, price.currency)) for line in price.lines],
        total=None if total is None else amount_to_wire(total, price.currency),
    )
