"""Warnings: remarks on an answer that are not errors."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

MOST_TEXTS = 3
"""Maximum number of distinct findings that a warning spells out; the rest are counted."""


class WarningCode(StrEnum):
    """Every kind of warning; ``docs/reference/warnings.md`` states when each occurs and what to do."""

    ARTICLE_OVERRIDDEN = "ARTICLE_OVERRIDDEN"
    BOX_GRADE_NOT_BINDING = "BOX_GRADE_NOT_BINDING"
    BOX_LEFT_OUT = "BOX_LEFT_OUT"
    CARRIER_ELSEWHERE = "CARRIER_ELSEWHERE"
    CLASS_RULE_ADDED = "CLASS_RULE_ADDED"
    CLAIM_BY_MARKET = "CLAIM_BY_MARKET"
    COARSE_PLACE = "COARSE_PLACE"
    COMPOSTABLE_BY_CERTIFICATE = "COMPOSTABLE_BY_CERTIFICATE"
    DROP_HEIGHT_OUT_OF_RANGE = "DROP_HEIGHT_OUT_OF_RANGE"
    DUNNAGE_REDEFINED = "DUNNAGE_REDEFINED"
    EXTRAS_CUT = "EXTRAS_CUT"
    FAR_GATEWAY = "FAR_GATEWAY"
    FILL_DOES_NOT_CUSHION = "FILL_DOES_NOT_CUSHION"
    FLIGHT_CLASS_ASSUMED = "FLIGHT_CLASS_ASSUMED"
    FOOTPRINT_INCOMPLETE = "FOOTPRINT_INCOMPLETE"
    FRAGILE_LOADED = "FRAGILE_LOADED"
    FRAGILITY_UNKNOWN_BESIDE_HEAVY = "FRAGILITY_UNKNOWN_BESIDE_HEAVY"
    G_LEVEL_ASKS_MORE = "G_LEVEL_ASKS_MORE"
    HUBS_NOT_COUNTED = "HUBS_NOT_COUNTED"
    IDLE_GATEWAY = "IDLE_GATEWAY"
    IDLE_PROPERTY_CAP = "IDLE_PROPERTY_CAP"
    IDLE_ZONE = "IDLE_ZONE"
    IMPLAUSIBLE_DENSITY = "IMPLAUSIBLE_DENSITY"
    IMPLAUSIBLE_SIZE = "IMPLAUSIBLE_SIZE"
    IMPLAUSIBLE_UNITS = "IMPLAUSIBLE_UNITS"
    MASS_LIMIT_UNKNOWN = "MASS_LIMIT_UNKNOWN"
    MASS_UNKNOWN_BESIDE_FRAGILE = "MASS_UNKNOWN_BESIDE_FRAGILE"
    MATERIAL_UNKNOWN = "MATERIAL_UNKNOWN"
    MOSTLY_EMPTY = "MOSTLY_EMPTY"
    NOT_BLOCKED = "NOT_BLOCKED"
    NO_PADS = "NO_PADS"
    NO_TRANSPORT = "NO_TRANSPORT"
    ONE_DROP_ONLY = "ONE_DROP_ONLY"
    OUTER_SIZE_UNKNOWN = "OUTER_SIZE_UNKNOWN"
    PRICE_UNKNOWN = "PRICE_UNKNOWN"
    RADIATIVE_FORCING_NOT_COUNTED = "RADIATIVE_FORCING_NOT_COUNTED"
    REFUSED_BY_CARRIER = "REFUSED_BY_CARRIER"
    RETURN_NOT_COUNTED = "RETURN_NOT_COUNTED"
    SEARCH_CUT = "SEARCH_CUT"
    SHIPPING_PRICE_UNKNOWN = "SHIPPING_PRICE_UNKNOWN"
    SMALL_AIRPORT = "SMALL_AIRPORT"
    SPECIAL_HANDLING = "SPECIAL_HANDLING"
    STARTED_LAYOUT_ASSUMED = "STARTED_LAYOUT_ASSUMED"
    STARTED_PARCEL_UNUSED = "STARTED_PARCEL_UNUSED"
    STRENGTH_NOT_BINDING = "STRENGTH_NOT_BINDING"
    STRENGTH_NOT_MODELLED = "STRENGTH_NOT_MODELLED"
    TEAM_LIFT = "TEAM_LIFT"
    TESTED_PACK_MISSING = "TESTED_PACK_MISSING"
    UNVERIFIED_BLOCKING_RULE = "UNVERIFIED_BLOCKING_RULE"
    UNVERIFIED_BOX_SIZE = "UNVERIFIED_BOX_SIZE"
    UNVERIFIED_CARRIER_RULE = "UNVERIFIED_CARRIER_RULE"
    UNVERIFIED_CLAIM = "UNVERIFIED_CLAIM"
    UNVERIFIED_DETOUR = "UNVERIFIED_DETOUR"
    UNVERIFIED_LIFTING_PROFILE = "UNVERIFIED_LIFTING_PROFILE"
    UNVERIFIED_OUTER_SIZE = "UNVERIFIED_OUTER_SIZE"
    UNVERIFIED_SURCHARGE = "UNVERIFIED_SURCHARGE"
    UNVERIFIED_TAPE_RULE = "UNVERIFIED_TAPE_RULE"


@dataclass(frozen=True, slots=True)
class PlanWarning:
    """A warning; ``str`` returns its message."""

    code: str
    """A ``WarningCode``, or a code of another planner."""
    field: str
    """Path of the first affected field, such as ``lines[2].fragility``; empty for the whole call."""
    message: str
    """A sentence, or several separated by semicolons if findings differ."""
    count: int = 1
    """Number of findings: lines, parcels or boxes. 1 or more."""

    def __str__(self) -> str:
        return self.message


def gathered(found: Iterable[PlanWarning]) -> tuple[PlanWarning, ...]:
    """Merge warnings by code, in order of first appearance, with the first few different messages.

    ``count`` sums all findings, equal ones included.
    """
    kinds: dict[str, list[PlanWarning]] = {}
    for warning in found:
        kinds.setdefault(warning.code, []).append(warning)
    merged = []
    for kind in kinds.values():
        texts = list(dict.fromkeys(warning.message for warning in kind))
        more = [f"and {len(texts) - MOST_TEXTS} more of this kind"] if len(texts) > MOST_TEXTS else []
        text = "; ".join(texts[:MOST_TEXTS] + more)
        merged.append(PlanWarning(kind[0].code, kind[0].field, text, sum(warning.count for warning in kind)))
    return tuple(merged)
