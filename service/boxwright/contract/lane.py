"""Messages of lanes with places and legs, and of chargeable weights and prices of carriers."""

import datetime

from boxwright import units
from boxwright.catalog import Materials
from boxwright.contract.masks import ALL, Tree, kept
from boxwright.contract.message import Codec, Fields
from boxwright.contract.names import read_name
from boxwright.contract.values import currencies_in, money_to_wire
from boxwright.domain.carrier import Change, ChargeableWeight, LowerStep
from boxwright.domain.currency import is_currency
from boxwright.domain.lane import Lane, Leg
from boxwright.domain.place import Place
from boxwright.domain.price_table import UNPRICED, CarriagePrice, PriceLine, PriceTable
from boxwright.findings import Findings
from boxwright.shipping import biller_of
from boxwright.v1 import chargeable_weight_pb2, lane_pb2, price_table_pb2


def _check_table(message: price_table_pb2.PriceTable, found: Findings) -> None:
    for path, currency in currencies_in(message):
        if is_currency(currency) and currency != message.currency:  # readers of money note invalid codes
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
"""Field that states the reduction, by the measure reduced."""

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
    """Return the message of a chargeable weight; its lower steps have prices in ``currency``."""
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


PLACE = Codec(lane_pb2.Place, Place)
LEG = Codec(lane_pb2.Leg, Leg)
LANE = Codec(lane_pb2.Lane, Lane)


def read_lane(
    message: lane_pb2.Lane,
    materials: Materials,
    today: datetime.date,
    found: Findings,
    service_found: Findings | None = None,
) -> Lane | None:
    """Return the lane of a message, or None after noting every finding; without a ship date, ``today`` is used.

    ``service_found`` receives faults of the carrier service if the lane does not state the service.
    """
    before = len(found)
    for index, leg in enumerate(message.legs):
        if leg.HasField("derivation"):
            found.add(f"legs[{index}].derivation", "must be absent, since only answers have derivations")
    given = LANE.attributes(message, found, carrier_service="")
    if not message.HasField("ship_date"):
        given["ship_date"] = today
    if name := message.carrier_service:
        at = found if service_found is None else service_found
        service = find_service(name, given.get("ship_date"), materials, at, "carrier_service", message.zone)
        given["carrier_service"] = service or ""
    lane: Lane | None = LANE.make(found, before, given)
    return lane


def find_service(
    name: str, day: datetime.date | None, materials: Materials, found: Findings, field: str, zone: str
) -> str | None:
    """Return the id of a carrier service, or None after noting that it is unknown or has no billing rule in force."""
    parts = read_name(name, "carriers/{carrier}/services/{service}", found, field)
    if parts is None:
        return None
    service = "/".join(parts)
    if service not in {rule.service_id for rule in materials.carrier_rules}:
        found.unknown(field, f"must name a known carrier service, got {name!r}")
        return None
    if day is not None:
        refused = Findings()
        refused.attempt(biller_of, service, day, materials, zone)
        for fault in refused.violations:
            found.add(field, f"needs lane.zone: it {fault.rule}" if fault.field == "zone" else fault.rule)
        return None if refused else service
    return service
