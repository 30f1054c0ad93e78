"""A field has the same name and unit in the domain, in the contract and in the columns of tables."""

import dataclasses
import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import pytest

import boxwright.domain
import boxwright.v1
from boxwright.catalog.boxes import BOX_FIELDS
from boxwright.catalog.profiles import FACTOR_COLUMNS, OPTIONAL_FACTOR_COLUMNS
from boxwright.contract import catalog, lane, order, policy
from boxwright.contract.values import EDGES
from boxwright.domain.box import BoxType
from boxwright.domain.factor import EmissionFactor

READABLE = {"um": "mm", "um3": "mm3", "mg": "g", "mn": "n"}
"""Units in the code, and in contract and tables. Emissions are whole mg everywhere."""

SECOND_SPELLINGS = ("_gsm", "_kg_m3", "_g_m2", "_litre", "_pct", "_cents")
"""Endings of names that would be a second spelling of a unit."""

PROVENANCE = re.compile(r"(strength_)?(source|url|note|year|region|read_in_source|source_grade|licence|derivation)")
"""Fields of an entry of ``materials/`` that the contract has in one Source."""

MESSAGES_OF = {
    "Item": "OrderLine",
    "PlanWarning": "Warning",
    "CoverageCell": "CoverageEntry",
    "SurchargeRule": "CarrierSurcharge",
    "Band": "BillingBand",
}
"""Classes whose message has another name: parts of a request, and enumerations of one module."""


def _paths(codec: Any) -> dict[str, str]:
    return {own: path for own, (path, _) in codec.paths.items()}


PATHS = {
    "Item": {edge: f"cuboid.dimensions.{edge}" for edge in EDGES} | _paths(order.LINE),
    "BoxType": _paths(catalog.BOX_TYPE),
    "Policy": _paths(policy.POLICY),
    "PriceTable": _paths(lane.TABLE),
    "UnpackedUnit": {"required_inner_mm": "required_inner"},
    "Certificate": {"profile_id": "accounting_profile", "bounded_objective": "lower_bound.objective"},
    "ChargeableWeight": {"service_id": "carrier_service"},
    "EmissionsBasis": {"profile_id": "accounting_profile"},
    "EmptySpace": {
        **{f"{axis}_mm": f"corner.{axis}_mm" for axis in "xyz"},
        **{f"{edge}_mm": f"dimensions.{edge}_mm" for edge in ("length", "width", "height")},
    },
    "Footprint": {
        "profile_id": "accounting_profile",
        "low_co2e_mg": "interval.low_co2e_mg",
        "high_co2e_mg": "interval.high_co2e_mg",
    },
    "FootprintDifference": {
        "profile_id": "accounting_profile",
        "low_co2e_mg": "interval.low_co2e_mg",
        "high_co2e_mg": "interval.high_co2e_mg",
        "confidence": "interval.confidence",
    },
    "Lane": {"origin_country": "origin.country_code", "destination_country": "destination.country_code"},
    "ObjectiveDifference": {"objective": "first.objective"},
    "Parcel": {"outer_mm": "outer", "inner_mm": "inner", "chargeable": "chargeable_weights"},
    "Plan": {
        "catalog_id": "versions.catalog",
        "catalog_version": "versions.catalog",
        "catalog_hash": "versions.catalog_hash",
        "data_version": "versions.data_version",
        "data_hash": "versions.data_hash",
        "engine_version": "versions.engine_version",
    },
    "CarriagePrice": {"currency": "total.currency_code"},
    "SmallestChange": {"shorten_mm": "shorten"},
    "Material": {"recycling_stream": "recycling_streams"},
}
"""Fields with another place in the message: in a shared object, or as the name of a resource."""

ON_PURPOSE = {
    "not in the contract: a caller states its effect": {
        "BoxType": {"size_basis", "tare_basis"},
        "Lane": {"include_volume_share"},
        "Catalog": {"currency"},
    },
    "not in the contract: of past orders, which evaluations read from files": {"Order": {"boxes_used", "destination"}},
    "not in the contract: what shipped data is worked out from": {
        "AccountingProfile": {"factors", "default_hub", "default_vans", "countries", "air_classes"},
        "Board": {"composition", "material_id"},
        "RecyclingStream": {"material_id"},
    },
    "one of several fields of the message, whose name says the unit": {"LowerStep": {"change", "less", "price_minor"}},
}
"""Names that only one side has, by reason."""


def _domain() -> dict[str, Any]:
    found = {}
    for module in pkgutil.iter_modules(boxwright.domain.__path__):
        loaded = importlib.import_module(f"boxwright.domain.{module.name}")
        found |= {name: each for name, each in vars(loaded).items() if dataclasses.is_dataclass(each)}
    return found


def _messages() -> dict[str, Any]:
    found = {}
    for module in pkgutil.iter_modules(boxwright.v1.__path__):
        if module.name.endswith("_pb2"):
            found |= importlib.import_module(f"boxwright.v1.{module.name}").DESCRIPTOR.message_types_by_name
    return found


DOMAIN, MESSAGES = _domain(), _messages()
BOTH = sorted(name for name in DOMAIN if MESSAGES_OF.get(name, name) in MESSAGES)


def _names(kind: Any) -> list[str]:
    return [each.name for each in dataclasses.fields(kind)]


def _readable(name: str) -> str:
    """Return the name of a field in contract and tables."""
    stem, _, unit = name.rpartition("_")
    return f"{stem}_{READABLE[unit]}" if unit in READABLE and not re.search("co2|biogenic", stem) else name


def _spellings(name: str) -> Iterator[str]:
    """Yield the names that a message may use: the same, or that of a resource, an amount or a display name."""
    yield name
    yield name.removesuffix("_id")
    yield name.removesuffix("_minor")
    yield "display_name" if name == "name" else name


def _resolves(message: Any, path: str) -> bool:
    first, _, rest = path.partition(".")
    field = message.fields_by_name.get(first)
    return field is not None and (not rest or _resolves(field.message_type, rest))


@pytest.mark.parametrize("noun", BOTH)
def test_the_contract_calls_a_field_as_the_domain_does(noun: str) -> None:
    """Each domain field is in its message under the same name, at a listed path, or absent for a stated reason."""
    message = MESSAGES[MESSAGES_OF.get(noun, noun)]
    here = {_readable(each) for each in _names(DOMAIN[noun])}
    listed = PATHS.get(noun, {})
    missing = {
        each
        for each in here
        if not any(spelling in message.fields_by_name for spelling in _spellings(each))
        and not (each in listed and _resolves(message, listed[each]))
        and not PROVENANCE.fullmatch(each)
    }
    expected = {name for nouns_of in ON_PURPOSE.values() for name in nouns_of.get(noun, ())}
    assert missing - {"read_in_source"} == expected & here


def test_columns_of_factors_and_boxes_are_fields() -> None:
    """Columns of factor and catalog files are names of fields."""
    assert {*FACTOR_COLUMNS, *OPTIONAL_FACTOR_COLUMNS} <= set(_names(EmissionFactor))
    assert set(BOX_FIELDS) <= set(_names(BoxType))


def test_a_unit_is_spelled_in_one_way() -> None:
    """No field ends with a second spelling of a unit."""
    fields = {
        *(f"{noun}.{name}" for noun, kind in DOMAIN.items() for name in _names(kind)),
        *(f"{noun}.{name}" for noun, message in MESSAGES.items() for name in message.fields_by_name),
    }
    assert len(fields) > 1_000
    assert [each for each in sorted(fields) if each.endswith(SECOND_SPELLINGS)] == []
