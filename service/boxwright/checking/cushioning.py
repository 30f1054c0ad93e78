"""Cushioning: one that may be used, as thick as fragility asks for, inside the range of its figures, and weighed."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from boxwright import fuse
from boxwright.catalog import load_materials
from boxwright.catalog.materials import Materials
from boxwright.checking.bearing import TOLERANCE_MG, carried_mg
from boxwright.checking.contacts import Contacts
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
from boxwright.protection import cushion_mg, cushion_refusal, cushion_um, static_stress_kpa


def wrong_cushioning(
    parcel_index: int,
    parcel: Parcel,
    envelopes: Sequence[Envelope],
    catalog: Catalog,
    policy: Policy,
    lane: Lane | None,
    materials: Materials | None,
) -> Iterator[PlanViolation]:
    """Yield the fragile units whose cushion is too thin or used out of its range, and what is said wrong of it.

    Materials are loaded only where there is a fragile unit or a cushion.
    """
    fragile = [each for each in envelopes if each.item.fragility is not None]
    cushioned = [each for each in envelopes if each.cushion_um]
    if not fragile and not cushioned:
        if parcel.cushioning_id != "":
            detail = f"names cushioning {parcel.cushioning_id!r:.80}, and holds no fragile unit"
            yield PlanViolation(ViolationKind.WRONG_CUSHIONING, detail, parcel_index)
        return
    materials = materials or load_materials()
    net_mg = goods_mg(envelopes)
    lines = {each.item.line_id: each.item for each in fragile}
    try:
        profile = materials.handling_profile(policy.handling_profile).profile
        allowed = _allowed(catalog, policy, lane, materials)
        # Others need not name what they cushion with: it is then the first that may be used.
        named = [each for each in allowed if parcel.cushioning_id in ("", each.dunnage_id)]
        if not named:
            names = ", ".join(each.dunnage_id for each in allowed)
            detail = f"names cushioning {parcel.cushioning_id!r:.80}, allowed are {names}"
            yield PlanViolation(ViolationKind.WRONG_CUSHIONING, detail, parcel_index)
            return
        cushioning = named[0]
        needed_um = {name: cushion_um(item, net_mg, cushioning, materials, profile) for name, item in lines.items()}
        refused = {name: cushion_refusal(item, net_mg, cushioning, materials, profile) for name, item in lines.items()}
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
        rule = refused[each.item.line_id]
        if rule is not None:
            yield PlanViolation(ViolationKind.CUSHION_OUT_OF_RANGE, rule, parcel_index, *each.unit)
    if cushioning.read_in_source and not any(refused.values()):
        yield from _out_of_stress_range(parcel_index, envelopes, cushioning)
    yield from _stated(parcel_index, parcel, cushioning, cushions_mg)


def _allowed(catalog: Catalog, policy: Policy, lane: Lane | None, materials: Materials) -> list[Dunnage]:
    """Return the policy's cushionings, or the first that the catalog stocks of an allowed material."""
    stocked = {each.dunnage_id: each for each in catalog.dunnage if each.kind is DunnageKind.CUSHIONING}
    if policy.cushioning_ids:
        return [stocked.get(name) or materials.dunnage_of(name) for name in policy.cushioning_ids]
    for each in stocked.values():
        if not broken_rules(PackagingComponent(Component.CUSHIONING, each.material_id, 0), policy, lane, materials):
            return [each]
    return [materials.dunnage_of("")]


def _out_of_stress_range(
    parcel_index: int, envelopes: Sequence[Envelope], cushioning: Dunnage
) -> Iterator[PlanViolation]:
    """Yield the cushioned units whose static stress, alone or with their load, lies outside the cushioning's range."""
    least, most = cushioning.min_static_stress_kpa, cushioning.max_static_stress_kpa
    if least is None and most is None:
        return
    carried = carried_mg(envelopes, Contacts(envelopes))
    for each in envelopes:
        fuse.look()
        padding = 2 * each.cushion_um
        length, width = each.x1 - each.x0 - padding, each.y1 - each.y0 - padding
        if not each.cushion_um or min(length, width) <= 0:  # what is wrong with extents is reported with the sizes
            continue
        alone = float(static_stress_kpa(each.item.mass_mg, length * width))
        if least is not None and static_stress_kpa(each.item.mass_mg, length * width) < Fraction(least):
            detail = f"a static stress of {alone:.6g} kPa on {cushioning.dunnage_id!r}, at least {least} kPa asked for"
            yield PlanViolation(ViolationKind.CUSHION_OUT_OF_RANGE, detail, parcel_index, *each.unit)
        bearing_mg = each.item.mass_mg + max(carried[each.index] - TOLERANCE_MG, 0)
        if most is not None and float(static_stress_kpa(1, length * width)) * bearing_mg > float(most) * (1 + 1e-12):
            loaded = float(static_stress_kpa(round(each.item.mass_mg + carried[each.index]), length * width))
            detail = (
                f"with its load a static stress of {loaded:.6g} kPa on {cushioning.dunnage_id!r}, "
                f"at most {most} kPa allowed"
            )
            yield PlanViolation(ViolationKind.CUSHION_OUT_OF_RANGE, detail, parcel_index, *each.unit)


def _stated(parcel_index: int, parcel: Parcel, cushioning: Dunnage, cushions_mg: int) -> Iterator[PlanViolation]:
    """Yield what the packaging says wrong of its cushioning: its name, material or mass."""
    stated = [
        part
        for part in parts(parcel.packaging)
        if isinstance(part, PackagingComponent) and part.component is Component.CUSHIONING
    ]
    # What is no mass is reported with the packaging and counts as none.
    stated_mg = sum(part.mass_mg for part in stated if type(part.mass_mg) is int)
    if stated_mg != cushions_mg:
        detail = f"says {g(stated_mg)} of cushioning, its cushions are {g(cushions_mg)} of {cushioning.dunnage_id!r}"
        yield PlanViolation(ViolationKind.WRONG_PACKAGING, detail, parcel_index)
    for part in stated:
        if part.dunnage_id not in ("", cushioning.dunnage_id) or part.material_id != cushioning.material_id:
            detail = (
                f"says cushioning {part.dunnage_id!r:.80} of {part.material_id!r:.80}, its cushions are "
                f"{cushioning.dunnage_id!r} of {cushioning.material_id!r}"
            )
            yield PlanViolation(ViolationKind.WRONG_PACKAGING, detail, parcel_index)
