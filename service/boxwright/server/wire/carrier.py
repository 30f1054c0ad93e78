"""Carriers, their services and their dated billing rules."""

from collections.abc import Iterable

from boxwright.domain.carrier import Band, BillingForm, CarrierRule
from boxwright.domain.gate import Gate, Measure
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
FORMS = {each: carrier_pb2.BillingForm.Value(f"BILLING_FORM_{each.name}") for each in BillingForm}
MEASURES = {each: carrier_pb2.CarrierMeasure.Value(f"CARRIER_MEASURE_{each.name}") for each in Measure}
COMPARISONS = {
    ">": carrier_pb2.GATE_COMPARISON_ABOVE,
    ">=": carrier_pb2.GATE_COMPARISON_AT_LEAST,
    "<": carrier_pb2.GATE_COMPARISON_BELOW,
    "<=": carrier_pb2.GATE_COMPARISON_AT_MOST,
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
        side_rounding=ROUNDINGS[rule.side_rounding],
        bands=[_band(band) for band in rule.bands],
        weight_step=float(rule.weight_step),
        heavier_steps=[
            carrier_pb2.WeightStep(
                from_weight=float(step.from_weight), step=float(step.step), rounding=ROUNDINGS[step.rounding]
            )
            for step in rule.heavier_steps
        ],
        minimum_weight=float(rule.minimum_weight),
        surcharges=[
            carrier_pb2.CarrierSurcharge(
                surcharge_id=each.surcharge_id,
                any_of=[carrier_pb2.GateGroup(gates=map(_gate, gates)) for gates in each.any_of],
                minimum_weight=float(each.minimum_weight),
                source=source_to_wire(
                    each.source or rule.source, read_in_source=each.read_in_source, grade=each.source_grade
                ),
                unless=each.unless,
            )
            for each in rule.surcharges
        ],
        limits=[
            carrier_pb2.AcceptanceLimit(
                refused_when=map(_gate, each.refused_when),
                source=source_to_wire(
                    each.source or rule.source, read_in_source=each.read_in_source, grade=each.source_grade
                ),
            )
            for each in rule.limits
        ],
        description=rule.note,
        source=source_to_wire(rule.source, url=rule.url, read_in_source=rule.read_in_source, grade=rule.source_grade),
    )


def _band(band: Band) -> carrier_pb2.BillingBand:
    return carrier_pb2.BillingBand(
        form=FORMS[band.form],
        divisor=optional_float(band.divisor),
        when=map(_gate, band.when),
        share=optional_float(band.share),
        test_divisor=optional_float(band.test_divisor),
        zones=band.zones,
    )


def _gate(gate: Gate) -> carrier_pb2.CarrierGate:
    _, _, value, *unit = gate.text.split(" ")
    return carrier_pb2.CarrierGate(
        measure=MEASURES[gate.measure],
        comparison=COMPARISONS[gate.comparison],
        value=float(value),
        unit=unit[0] if unit else "",
    )
