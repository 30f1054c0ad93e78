"""Materials: what every parcel is packed with is what the policy asks of packaging."""

from collections.abc import Iterator
from decimal import Decimal

from boxwright.catalog.materials import Market
from boxwright.checking.case import ParcelCase, Premises
from boxwright.checking.listed import listed
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.domain.footprint import PackagingComponent
from boxwright.domain.material import Collection, Compostability, Material, MaterialKind
from boxwright.domain.policy import Policy


def wrong_materials(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield each rule about materials that a part of the packaging breaks: box, cushioning, void fill or tape."""
    for part in listed(case.parcel.packaging):
        if isinstance(part, PackagingComponent):  # others are reported as wrong packaging
            what = f"{part.component!s:.40} of {part.material_id!r:.80}"
            for rule in broken_rules(part, case.premises):
                yield case.broken(ViolationKind.WRONG_MATERIAL, f"{what} does not meet {rule}")


def broken_rules(part: PackagingComponent, premises: Premises) -> list[str]:
    """Return the rules about materials that a part of a parcel's packaging does not meet."""
    policy, lane = premises.policy, premises.lane
    if not policy.has_material_rules:
        return []
    rules = [*policy.material_requirements]
    if policy.min_recycled_content > 0:
        rules.append("min_recycled_content")
    rules += [f"excluded_materials {name}" for name in policy.excluded_materials]
    facts = [each for each in premises.materials.materials if each.material_id == part.material_id]
    market = premises.materials.market_of(lane.destination_country) if lane and lane.destination_country else None
    return [rule for rule in rules if not facts or not _meets(rule, part, facts[0], policy, market)]


def _meets(rule: str, part: PackagingComponent, material: Material, policy: Policy, market: Market | None) -> bool:
    if rule.startswith("excluded_materials "):
        return material.material_id != rule.removeprefix("excluded_materials ")
    if rule == "min_recycled_content":
        share = material.recycled_content
        return share is not None and share >= Decimal(repr(policy.min_recycled_content))
    if rule == "plastic_free":
        return not material.plastic
    if rule == "recyclable":
        return material.recycling_stream != ""
    if rule == "compostable":
        return material.compostability in (Compostability.INDUSTRIAL, Compostability.HOME)
    if rule == "home_compostable":
        return material.compostability == Compostability.HOME
    if rule == "reusable":
        return material.kind == MaterialKind.REUSABLE or (type(part.trips) is int and part.trips > 1)
    if rule == "recyclable_at_destination" and market is not None:
        return any(
            each.material_id == material.material_id and each.collection == Collection.COLLECTED
            for each in market.streams
        )
    return False
