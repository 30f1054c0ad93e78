"""Carriers, their services and their dated billing rules."""

from collections.abc import Iterable

from boxwright import units
from boxwright.domain.carrier import CarrierRule
from boxwright.server.wire.dates import date_to_wire
from boxwright.server.wire.dunnage import optional_float
from boxwright.server.wire.names import carrier_name, service_name
from boxwright.server.wire.source import source_to_wire
from boxwright.v1 import carrier_pb2

LENGTH_UNITS = {"in": carrier_pb2.CARRIER_LENGTH_UNIT_IN, "cm": carrier_pb2.CARRIER_LENGTH_UNIT_CM}
WEIGHT_UNITS = {"lb": carrier_pb2.CARRIER_WEIGHT_UNIT_LB, "kg": carrier_pb2.CARRIER_WEIGHT_UNIT_KG}
ROUNDINGS = {
    "none": carrier_pb2.CARRIER_ROUNDING_NONE,
    "up": carrier_pb2.CARRIER_ROUNDING_UP,
    "nearest": carrier_pb2.CARRIER_ROUNDING_NEAREST,
}


def carriers_to_wire(rules: Iterable[CarrierRule]) -> list[carrier_pb2.Carrier]:
    """Return the carriers that rules belong to, by name, each with its services and their rules."""
    carriers: dict[str, dict[str, list[CarrierRule]]] = {}
    for rule in sorted(rules, key=lambda rule: (rule.service_id, str(rule.effective_from or ""))):
        carrier_id = rule.service_id.partition("/")[0]
        carriers.setdefault(carrier_id, {}).setdefault(rule.service_id, []).append(rule)
    return [
        carrier_pb2.Carrier(
            name=carrier_name(carrier_id),
            carrier_id=carrier_id,
            display_name=next(iter(services.values()))[0].carrier,
            services=[_service(service_id, of_service) for service_id, of_service in services.items()],
        )
        for carrier_id, services in carriers.items()
    ]


def _service(service_id: str, rules: list[CarrierRule]) -> carrier_pb2.CarrierService:
    return carrier_pb2.CarrierService(
        name=service_name(service_id),
        display_name=rules[0].service,
        region=rules[0].region,
        billing_rules=[_rule(rule) for rule in rules],
    )


def _rule(rule: CarrierRule) -> carrier_pb2.BillingRule:
    return carrier_pb2.BillingRule(
        effective_from=date_to_wire(rule.effective_from),
        effective_to=date_to_wire(rule.effective_to),
        length_unit=LENGTH_UNITS[rule.length_unit],
        weight_unit=WEIGHT_UNITS[rule.weight_unit],
        divisor=optional_float(rule.divisor),
        side_rounding=ROUNDINGS[rule.side_rounding],
        weight_step=float(rule.weight_step),
        heavier_steps=[
            carrier_pb2.WeightStep(
                from_weight=float(step.from_weight), step=float(step.step), rounding=ROUNDINGS[step.rounding]
            )
            for step in rule.heavier_steps
        ],
        volume_trigger=optional_float(rule.volume_trigger),
        divisor_switch_weight=optional_float(rule.divisor_switch_weight),
        divisor_above_switch=optional_float(rule.divisor_above_switch),
        min_weight=float(rule.minimum_weight),
        max_gross_g=None if rule.max_weight_kg is None else units.to_g(round(rule.max_weight_kg * 1_000_000)),
        max_length_mm=optional_float(rule.max_length_mm),
        max_length_plus_girth_mm=optional_float(rule.max_length_plus_girth_mm),
        description=rule.note,
        source=source_to_wire(rule.source, url=rule.url, verified=rule.verified),
    )
