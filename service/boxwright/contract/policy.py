"""Policies."""

from typing import Any

from boxwright.contract.enums import (
    ALLOCATION,
    numbers_of,
)
from boxwright.contract.message import paths, read_whole, sent
from boxwright.contract.money import read_price
from boxwright.contract.names import read_name
from boxwright.contract.presence import present
from boxwright.contract.property_cap import read_caps
from boxwright.contract.strength import read_stacking
from boxwright.domain.box import Catalog
from boxwright.domain.dunnage import DunnageKind
from boxwright.domain.footprint import Allocation
from boxwright.domain.policy import MATERIAL_CLAIMS, EmissionsBasis, Policy
from boxwright.findings import Findings
from boxwright.v1 import policy_pb2

PATHS = {**paths(policy_pb2.Policy, Policy), "material_requirements": "material_requirements.requirements"}
"""Fields of the domain's ``Policy`` that have another path in the message."""

NO_DUNNAGE = "none"
"""What the domain calls a void fill or tape that is left out."""

REQUIREMENTS: dict[Any, str] = {
    number: claim
    for claim, number in numbers_of(policy_pb2.MaterialRequirement.DESCRIPTOR).items()
    if claim in MATERIAL_CLAIMS
}
"""Claims that a policy may ask for, by the number of each."""

CHOSEN = {f"{kind.value}_id": kind for kind in DunnageKind if kind is not DunnageKind.CUSHIONING}
"""Fields that name one dunnage of a kind, or none by an empty text."""


def read_policy(message: policy_pb2.Policy, catalog: Catalog | None, found: Findings) -> Policy | None:
    """Return the policy of a message, or None after noting every finding.

    Parameters
    ----------
    message : Policy
        As sent; an empty one is the default of every field.
    catalog : Catalog or None
        Where dunnage is looked up; None where the catalog itself is broken.
    found : Findings
        Collects what is wrong, at the policy's path.
    """
    before = len(found)
    given = sent(message, found, *CHOSEN, "max_effort")
    if present(message, "max_effort"):
        given["max_effort"] = read_whole(message.max_effort, found, "max_effort")
    for field, kind in CHOSEN.items():
        if present(message, field):
            chosen = getattr(message, field)
            _look_up(chosen, kind, catalog, found, field)
            given[field] = chosen or NO_DUNNAGE
    for index, chosen in enumerate(message.cushioning_ids):
        _look_up(chosen, DunnageKind.CUSHIONING, catalog, found, f"cushioning_ids[{index}]")
    asked = message.material_requirements
    policy = found.at("", PATHS).attempt(
        Policy,
        emissions_basis=_read_basis(message, found),
        carbon_price_per_tonne_minor=_read_carbon_price(message, catalog, found),
        material_requirements=_read_requirements(message, found.at("material_requirements")),
        min_recycled_content=asked.min_recycled_content,
        excluded_materials=_read_excluded(message, found.at("material_requirements")),
        prefer_reusable=asked.prefer_reusable,
        property_caps=read_caps(message.property_caps, found),
        stacking=read_stacking(message.stacking, found.at("stacking")) if message.HasField("stacking") else None,
        **given,
    )
    return policy if len(found) == before else None


def _read_requirements(message: policy_pb2.Policy, found: Findings) -> tuple[str, ...]:
    claims: list[str] = []
    for index, number in enumerate(message.material_requirements.requirements):
        field = f"requirements[{index}]"
        if number in REQUIREMENTS:
            if REQUIREMENTS[number] in claims:
                found.add(field, f"must not repeat, {policy_pb2.MaterialRequirement.Name(number)} does")
            claims.append(REQUIREMENTS[number])
        else:
            allowed = ", ".join(policy_pb2.MaterialRequirement.Name(each) for each in REQUIREMENTS)
            found.add(field, f"must be one of {allowed}, got {number}")
    return tuple(claims)


def _read_excluded(message: policy_pb2.Policy, found: Findings) -> tuple[str, ...]:
    excluded = []
    for index, name in enumerate(message.material_requirements.excluded_materials):
        parts = read_name(name, "materials/{material}", found, f"excluded_materials[{index}]")
        if parts is not None:
            excluded.append(parts[0])
    return tuple(excluded)


def _read_carbon_price(message: policy_pb2.Policy, catalog: Catalog | None, found: Findings) -> int | None:
    if not message.HasField("carbon_price_per_tonne"):
        return None
    price = message.carbon_price_per_tonne
    if catalog is not None and price.currency_code != catalog.currency:
        needed = (
            f"must be the catalog's currency, {catalog.currency!r}"
            if catalog.currency
            else "needs a catalog with prices"
        )
        rule = f"{needed}, got {price.currency_code!r}"
        found.add("carbon_price_per_tonne.currency_code", rule)
    return read_price(price, found, "carbon_price_per_tonne")


def _read_basis(message: policy_pb2.Policy, found: Findings) -> EmissionsBasis | None:
    if not message.HasField("emissions_basis"):
        return None
    basis = message.emissions_basis
    allocation = ALLOCATION.read(basis.allocation, found, "emissions_basis.allocation", Allocation.MASS)
    parts = read_name(
        basis.accounting_profile, "accountingProfiles/{profile}", found, "emissions_basis.accounting_profile"
    )
    return EmissionsBasis(parts[0], allocation) if parts and allocation else None


def _look_up(chosen: str, kind: DunnageKind, catalog: Catalog | None, found: Findings, field: str) -> None:
    """Note a dunnage that the catalog does not stock, or that is of another kind."""
    if catalog is None or (not chosen and kind is not DunnageKind.CUSHIONING):
        return
    stocked = {each.dunnage_id: each.kind for each in catalog.dunnage}
    if chosen not in stocked:
        names = ", ".join(name for name, has in stocked.items() if has is kind) or "none"
        found.unknown(field, f"must be {kind.value} of catalog {catalog.catalog_id!r} (it has {names}), got {chosen!r}")
    elif stocked[chosen] is not kind:
        found.add(field, f"must be {kind.value}, {chosen!r} is {stocked[chosen].value}")
