"""What carriers bill for a parcel, and what it costs."""

from boxwright import units
from boxwright.contract.masks import ALL, Tree, kept
from boxwright.contract.message import Codec, Fields
from boxwright.contract.values import currencies_in, money_to_wire
from boxwright.domain.carrier import Change, ChargeableWeight, LowerStep
from boxwright.domain.currency import is_currency
from boxwright.domain.price_table import UNPRICED, CarriagePrice, PriceLine, PriceTable
from boxwright.findings import Findings
from boxwright.v1 import chargeable_weight_pb2, price_table_pb2


def _check_table(message: price_table_pb2.PriceTable, found: Findings) -> None:
    for path, currency in currencies_in(message):
        if is_currency(currency) and currency != message.currency:  # others are no currency, which is noted on reading
            found.add(path, f"must be {message.currency!r}, got {currency!r}")
    for at, surcharge in enumerate(message.surcharges):
        if not any(surcharge.HasField(price) for price in ("amount", "per_weight", "minimum")):
            found.add(f"surcharges[{at}].amount", UNPRICED)


LESS = {
    Change.GROSS: "less_gross_g",
    Change.LENGTH: "less_length_mm",
    Change.WIDTH: "less_width_mm",
    Change.HEIGHT: "less_height_mm",
}
"""Field of the message for each kind of cut."""

TABLE = Codec(price_table_pb2.PriceTable, PriceTable, check=_check_table)


def _of_price(price: CarriagePrice) -> Fields:
    def lines(below: Tree) -> list[Fields]:
        amounts = [money_to_wire(line.amount_minor, price.currency) for line in price.lines]
        return [
            PRICE_LINE.fields(line, below, amount=amount) for line, amount in zip(price.lines, amounts, strict=True)
        ]

    return {"lines": lines, "total": money_to_wire(price.total_minor, price.currency)}


PRICE_LINE = Codec(price_table_pb2.PriceLine, PriceLine)
CARRIAGE_PRICE = Codec(price_table_pb2.CarriagePrice, CarriagePrice, also=_of_price)
CHARGEABLE = Codec(chargeable_weight_pb2.ChargeableWeight, ChargeableWeight, "lower_steps")


def chargeable_to_wire(
    weight: ChargeableWeight, currency: str = "", tree: Tree = ALL
) -> chargeable_weight_pb2.ChargeableWeight:
    """Return the message of what a carrier bills; the currency is that of prices in its lower steps."""
    return CHARGEABLE(
        weight,
        tree,
        lower_steps=lambda below: kept([_lower_step(step, currency) for step in weight.lower_steps], below),
    )


def _lower_step(step: LowerStep, currency: str) -> chargeable_weight_pb2.LowerStep:
    less = units.to_g(step.less) if step.change is Change.GROSS else units.to_mm(step.less)
    message = chargeable_weight_pb2.LowerStep(
        chargeable_g=units.to_g(step.chargeable_mg), carriage_price=money_to_wire(step.price_minor, currency)
    )
    setattr(message, LESS[step.change], less)
    return message
