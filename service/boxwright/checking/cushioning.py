"""Cushioning: as thick as fragility asks for, and weighed."""

from collections.abc import Iterator, Sequence

from boxwright.catalog import load_materials
from boxwright.catalog.materials import Materials
from boxwright.checking.envelope import Envelope
from boxwright.checking.figures import g, mm
from boxwright.checking.masses import goods_mg
from boxwright.checking.materials import broken_rules
from boxwright.checking.parts import parts
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.domain.box import Catalog
from boxwright.domain.dunnage import Dunnage, DunnageKind
from boxwright.domain.factor import Component
from boxwright.domain.footprint import PackagingComponent
from boxwright.domain.lane import Lane
from boxwright.domain.plan import Parcel
from boxwright.domain.policy import Policy
from boxwright.errors import InvalidInputError
from boxwright.protection import cushion_mg, cushion_um


def wrong_cushioning(
    parcel_index: int,
    parcel: Parcel,
    envelopes: Sequence[Envelope],
    catalog: Catalog,
    policy: Policy,
    lane: Lane | None,
    materials: Materials | None,
) -> Iterator[PlanViolation]:
    """Yield the fragile units whose cushion is too thin, and whether the mass of the cushions is not stated.

    Materials are loaded only where there is a fragile unit or a cushion.
    """
    fragile = [each for each in envelopes if each.item.fragility is not None]
    cushioned = [each for each in envelopes if each.cushion_um]
    if not fragile and not cushioned:
        return
    materials = materials or load_materials()
    try:
        cushioning = _cushioning(catalog, policy, lane, materials)
        needed_um = _needed_um(fragile, goods_mg(envelopes), cushioning, materials)
        cushions_mg = sum(cushion_mg(each.item, each.cushion_um, cushioning) for each in cushioned)
    except InvalidInputError as error:
        detail = f"the cushioning cannot be judged: {error}"
        yield PlanViolation(ViolationKind.CUSHION_TOO_THIN, detail, parcel_index)
        return
    for each in fragile:
        needed = needed_um[each.item.line_id]
        if each.cushion_um < needed:
            detail = f"{mm(each.cushion_um)} of cushioning on each side, its fragility asks for {mm(needed)}"
            yield PlanViolation(ViolationKind.CUSHION_TOO_THIN, detail, parcel_index, *each.unit)
    stated_mg = _stated_mg(parcel)
    if stated_mg != cushions_mg:
        detail = f"says {g(stated_mg)} of cushioning, its cushions are {g(cushions_mg)} of {cushioning.dunnage_id!r}"
        yield PlanViolation(ViolationKind.WRONG_PACKAGING, detail, parcel_index)


def _cushioning(catalog: Catalog, policy: Policy, lane: Lane | None, materials: Materials) -> Dunnage:
    """Return the policy's cushioning, or the first that the catalog stocks of an allowed material."""
    name = policy.cushioning_id
    for each in catalog.dunnage:
        if each.dunnage_id == name:
            return each
        if not name and each.kind is DunnageKind.CUSHIONING:
            part = PackagingComponent(Component.CUSHIONING, each.material_id, 0)
            if not broken_rules(part, policy, lane, materials):
                return each
    return materials.dunnage_of(name)


def _needed_um(fragile: Sequence[Envelope], net_mg: int, cushioning: Dunnage, materials: Materials) -> dict[str, int]:
    lines = {each.item.line_id: each.item for each in fragile}
    return {line_id: cushion_um(item, net_mg, cushioning, materials) for line_id, item in lines.items()}


def _stated_mg(parcel: Parcel) -> int:
    """Return the stated mass of cushioning; what is no mass is reported with the packaging and counts as none."""
    return sum(
        part.mass_mg
        for part in parts(parcel.packaging)
        if isinstance(part, PackagingComponent) and part.component is Component.CUSHIONING and type(part.mass_mg) is int
    )
