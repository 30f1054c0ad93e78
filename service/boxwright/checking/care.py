"""What the units of a parcel need, by the order's materials, the policy and the carrier of the lane."""

from boxwright.checking.case import Premises
from boxwright.checking.materials import broken_rules
from boxwright.checking.needs import NOTHING, Need, need_of
from boxwright.domain.dunnage import Dunnage, DunnageKind
from boxwright.domain.factor import Component
from boxwright.domain.footprint import PackagingComponent
from boxwright.domain.order import FragilityClass, Item
from boxwright.domain.protection import ProtectionRule
from boxwright.errors import InvalidInputError


def need(item: Item, premises: Premises) -> Need:
    """Return what a unit of a line needs; materials are loaded only where the line says what it is."""
    if item.fragility is None and not item.article:
        return NOTHING
    known = premises.needs.get(item.line_id)
    if known is None:
        try:
            known = _need(item, premises)
        except InvalidInputError as error:  # the policy names what the data do not have
            known = Need(FragilityClass.EASY, fault=str(error))
        premises.needs[item.line_id] = known
    return known


def _need(item: Item, premises: Premises) -> Need:
    service = premises.lane.carrier_service if premises.lane else ""
    pads_of = foam(premises)
    if pads_of is None:
        return need_of(item, premises.materials, service)
    profile = premises.materials.handling_profile(premises.policy.handling_profile).profile
    return need_of(item, premises.materials, service, pads_of, profile)


def cushionings(premises: Premises) -> list[Dunnage]:
    """Return the cushionings that the policy names."""
    stocked = {each.dunnage_id: each for each in premises.catalog.dunnage if each.kind is DunnageKind.CUSHIONING}
    return [stocked.get(name) or premises.materials.dunnage_of(name) for name in premises.policy.cushioning_ids]


def foam(premises: Premises) -> Dunnage | None:
    """Return what pads are made of: the first with a curve of those named, else of those stocked and allowed."""
    if premises.policy.protection is not ProtectionRule.PHYSICS:
        return None
    for each in cushionings(premises):
        if each.has_curve:
            return each
    for each in premises.catalog.dunnage:
        if each.has_curve and not broken_rules(PackagingComponent(Component.CUSHIONING, each.material_id, 0), premises):
            return each
    return None
