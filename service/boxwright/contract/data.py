"""Messages of profiles, carriers, materials, markets, verdicts and sites."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from boxwright.catalog import Materials
from boxwright.catalog.materials import Market
from boxwright.catalog.rows import MarketRule
from boxwright.compliance import Verdict
from boxwright.contract.enums import TRANSPORT_MODE
from boxwright.contract.message import Codec, Fields
from boxwright.contract.names import (
    carrier_name,
    catalog_name,
    market_name,
    material_name,
    profile_name,
    service_name,
    site_name,
)
from boxwright.contract.values import source_of
from boxwright.domain.box import Catalog
from boxwright.domain.carrier import AcceptanceLimit, CarrierRule, SurchargeRule
from boxwright.domain.factor import AccountingProfile
from boxwright.domain.gate import Gate
from boxwright.domain.material import Material, RecyclingStream
from boxwright.domain.site import BoxAvailability, Site
from boxwright.domain.source_grade import weakest
from boxwright.v1 import (
    accounting_profile_pb2,
    carrier_pb2,
    market_pb2,
    material_pb2,
    packing_service_pb2,
    provenance_pb2,
    site_pb2,
)

COMPARISONS = {
    ">": carrier_pb2.GATE_COMPARISON_ABOVE,
    ">=": carrier_pb2.GATE_COMPARISON_AT_LEAST,
    "<": carrier_pb2.GATE_COMPARISON_BELOW,
    "<=": carrier_pb2.GATE_COMPARISON_AT_MOST,
}


def versions_to_wire(materials: Materials, catalog: Catalog | None = None) -> provenance_pb2.Versions:
    """Return the versions of the data and, if given, of a loaded catalog."""
    versions = provenance_pb2.Versions(data_version=materials.version, data_hash=materials.content_hash)
    if catalog is not None:
        versions.catalog = catalog_name(catalog.catalog_id)
        versions.catalog_version = catalog.version
        versions.catalog_hash = catalog.content_hash
    return versions


def carriers_to_wire(rules: Iterable[CarrierRule]) -> list[carrier_pb2.Carrier]:
    """Return the carriers of billing rules by ascending id, with their services and rules."""
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
        billing_rules=map(BILLING_RULE, rules),
    )


def _of_gate(gate: Gate) -> Fields:
    _, _, value, *unit = gate.text.split(" ")
    return {"comparison": COMPARISONS[gate.comparison], "value": float(value), "unit": "".join(unit)}


def _of_billing(rule: CarrierRule) -> Fields:
    """Return the parts of a rule with their sources, by default the source of the rule."""

    def source(part: SurchargeRule | AcceptanceLimit) -> provenance_pb2.Source | None:
        return source_of(part if part.source else replace(part, source=rule.source))

    return {
        "surcharges": [SURCHARGE.fields(part, source=source(part)) for part in rule.surcharges],
        "limits": [LIMIT.fields(part, source=source(part)) for part in rule.limits],
        "source": source_of(rule, region=""),
    }


def material_to_wire(material: Material, markets: Sequence[Market] = ()) -> material_pb2.Material:
    """Return the message of a material with its recycling streams in markets."""
    return MATERIAL(
        material, name=material_name(material.material_id), recycling_streams=list(_streams(material, markets))
    )


def _streams(material: Material, markets: Sequence[Market]) -> Iterator[material_pb2.RecyclingStream]:
    if material.recycling_stream:
        yield material_pb2.RecyclingStream(stream=material.recycling_stream)
    for market in markets:
        found = market.stream(material.material_id)
        if found is not None:
            yield STREAM(found, market=market_name(market.market_id))


def _of_market_rule(rule: MarketRule) -> Fields:
    """Return fields made of several strings; the description states a threshold that is not a single number."""
    words = [rule.definition, f"Applies to: {rule.applies_to}." if rule.applies_to else "", rule.note]
    if rule.limit is None and rule.threshold:
        words.append(f"Threshold: {rule.threshold} {rule.unit}.")
    return {
        "threshold": rule.limit,
        "unit": rule.unit if rule.limit is not None else "",
        "provisional": bool(rule.pending),
        "description": " ".join(filter(None, words)),
    }


def _of_profile(profile: AccountingProfile) -> Fields:
    return {
        "name": profile_name(profile.profile_id),
        "default_vehicles": [
            {"mode": TRANSPORT_MODE.to_wire(mode), "vehicle": vehicle} for mode, vehicle in profile.default_vehicles
        ],
        "diesel_van_class": profile.van("diesel"),
        "electric_van_class": profile.van("electric"),
        "factor_count": len(profile.factors),
        "source": source_of(
            profile,
            read_in_source=all(factor.read_in_source for factor in profile.factors),
            source_grade=weakest(factor.source_grade for factor in profile.factors),
        ),
    }


PROFILE = Codec(accounting_profile_pb2.AccountingProfile, AccountingProfile, "default_vehicles", also=_of_profile)
GATE = Codec(carrier_pb2.CarrierGate, Gate, also=_of_gate)
SURCHARGE = Codec(
    carrier_pb2.CarrierSurcharge,
    SurchargeRule,
    "any_of",
    also=lambda rule: {"any_of": [{"gates": [GATE.fields(gate) for gate in gates]} for gates in rule.any_of]},
)
LIMIT = Codec(carrier_pb2.AcceptanceLimit, AcceptanceLimit)
BILLING_RULE = Codec(carrier_pb2.BillingRule, CarrierRule, description="note", also=_of_billing)
MATERIAL = Codec(material_pb2.Material, Material)
STREAM = Codec(material_pb2.RecyclingStream, RecyclingStream)
MARKET_RULE = Codec(market_pb2.MarketRule, MarketRule, also=_of_market_rule, effective_from="in_force_from")
VERDICT = Codec(market_pb2.Verdict, Verdict, also=lambda verdict: {"market": market_name(verdict.rule.market_id)})
MARKET = Codec(market_pb2.Market, Market, also=lambda market: {"name": market_name(market.market_id)})
AVAILABILITY = Codec(packing_service_pb2.BoxAvailability, BoxAvailability)
SITE = Codec(site_pb2.Site, Site, also=lambda site: {"name": site_name(site.site_id)})
