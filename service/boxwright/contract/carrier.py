"""Carriers, their services and their dated billing rules."""

from collections.abc import Iterable
from dataclasses import replace

from boxwright.contract.enums import EnumCodec
from boxwright.contract.message import Codec
from boxwright.contract.names import carrier_name, service_name
from boxwright.contract.source import source_of
from boxwright.domain.carrier import AcceptanceLimit, Band, CarrierRule, SurchargeRule, WeightStep
from boxwright.domain.gate import Gate, Measure
from boxwright.v1 import carrier_pb2, provenance_pb2

COMPARISONS = {
    ">": carrier_pb2.GATE_COMPARISON_ABOVE,
    ">=": carrier_pb2.GATE_COMPARISON_AT_LEAST,
    "<": carrier_pb2.GATE_COMPARISON_BELOW,
    "<=": carrier_pb2.GATE_COMPARISON_AT_MOST,
}

WEIGHT_STEP = Codec(carrier_pb2.WeightStep, WeightStep)
BAND = Codec(carrier_pb2.BillingBand, Band, "when")
RULE = Codec(
    carrier_pb2.BillingRule,
    CarrierRule,
    *("source", "bands", "surcharges", "limits"),
    description="note",
)
MEASURE = EnumCodec(carrier_pb2.CarrierMeasure.DESCRIPTOR, Measure)


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
    return RULE(
        rule,
        bands=[BAND(band, when=[*map(_gate, band.when)]) for band in rule.bands],
        surcharges=[
            carrier_pb2.CarrierSurcharge(
                surcharge_id=each.surcharge_id,
                any_of=[carrier_pb2.GateGroup(gates=map(_gate, gates)) for gates in each.any_of],
                minimum_weight=float(each.minimum_weight),
                source=_source(each, rule),
                unless=each.unless,
            )
            for each in rule.surcharges
        ],
        limits=[
            carrier_pb2.AcceptanceLimit(refused_when=map(_gate, each.refused_when), source=_source(each, rule))
            for each in rule.limits
        ],
        source=source_of(rule, region=""),
    )


def _source(part: SurchargeRule | AcceptanceLimit, rule: CarrierRule) -> provenance_pb2.Source | None:
    """Return the source of a part of a rule: its own, or the rule's."""
    return source_of(part) or source_of(replace(part, source=rule.source))


def _gate(gate: Gate) -> carrier_pb2.CarrierGate:
    _, _, value, *unit = gate.text.split(" ")
    return carrier_pb2.CarrierGate(
        measure=MEASURE.to_wire(gate.measure),
        comparison=COMPARISONS[gate.comparison],
        value=float(value),
        unit=unit[0] if unit else "",
    )
