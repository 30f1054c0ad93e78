"""Reads policies."""

from boxwright.contract.message import Codec
from boxwright.domain.box import Catalog
from boxwright.domain.dunnage import DunnageKind
from boxwright.domain.policy import NO_DUNNAGE, Policy
from boxwright.findings import Findings
from boxwright.v1 import policy_pb2

CHOSEN = {f"{kind.value}_id": kind for kind in DunnageKind if kind is not DunnageKind.CUSHIONING}
"""Kind of dunnage by the field that names it; an empty text means none."""

REQUIREMENTS = Codec(policy_pb2.MaterialRequirements, Policy, requirements="material_requirements")
POLICY = Codec(policy_pb2.Policy, Policy, inside={"material_requirements": REQUIREMENTS})


def read_policy(message: policy_pb2.Policy, catalog: Catalog | None, found: Findings) -> Policy | None:
    """Return the policy of a message, or None after noting every finding; ``catalog`` is None if it is invalid."""
    before = len(found)
    for field, kind in CHOSEN.items():
        if message.HasField(field):  # type: ignore[arg-type]  # the stubs know literals only
            _look_up(getattr(message, field), kind, catalog, found, field)
    for index, chosen in enumerate(message.cushioning_ids):
        _look_up(chosen, DunnageKind.CUSHIONING, catalog, found, f"cushioning_ids[{index}]")
    if message.HasField("carbon_price_per_tonne") and catalog is not None:
        currency = message.carbon_price_per_tonne.currency_code
        if currency != catalog.currency:
            rule = f"must be the catalog's currency, {catalog.currency!r}, got {currency!r}"
            rule = rule if catalog.currency else f"needs a catalog with a currency, got {currency!r}"
            found.add("carbon_price_per_tonne.currency_code", rule)
    given = POLICY.attributes(message, found)
    given |= {field: given[field] or NO_DUNNAGE for field in CHOSEN if field in given}
    policy: Policy | None = POLICY.make(found, len(found), given)  # checks readable fields despite findings
    return policy if len(found) == before else None


def _look_up(chosen: str, kind: DunnageKind, catalog: Catalog | None, found: Findings, field: str) -> None:
    if catalog is None or (not chosen and kind is not DunnageKind.CUSHIONING):
        return
    stocked = {dunnage.dunnage_id: dunnage.kind for dunnage in catalog.dunnage}
    if chosen not in stocked:
        names = ", ".join(name for name, has in stocked.items() if has is kind) or "none"
        found.unknown(field, f"must be {kind.value} of catalog {catalog.catalog_id!r}, one of {names}, got {chosen!r}")
    elif stocked[chosen] is not kind:
        found.add(field, f"must be {kind.value}, got {chosen!r}, which is {stocked[chosen].value}")
