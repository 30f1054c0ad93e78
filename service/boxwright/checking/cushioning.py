"""Cushioning: one that may be used, as thick as fragility asks for, inside the range of its figures, and weighed.

The formulas of ``boxwright.protection`` are used here, and not worked out again.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from boxwright import fuse
from boxwright.checking.case import ParcelCase, Premises
from boxwright.checking.contacts import TOLERANCE_MG
from boxwright.checking.dunnage import first_stocked, misnamed
from boxwright.checking.envelope import Envelope
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.checking.wording import g, mm
from boxwright.domain.dunnage import Dunnage, DunnageKind
from boxwright.domain.factor import Component
from boxwright.errors import InvalidInputError
from boxwright.protection import cushion_mg, cushion_refusal, cushion_um, static_stress_kpa


def wrong_cushioning(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield the fragile units whose cushion is too thin or used out of its range, and what is said wrong of it.

    Materials are loaded only where there is a fragile unit or a cushion.
    """
    named_id, premises = case.parcel.cushioning_id, case.premises
    fragile = [each for each in case.envelopes if each.item.fragility is not None]
    cushioned = [each for each in case.envelopes if each.cushion_um]
    if case.box is not None and case.box.compartments:
        yield from _in_compartments(case, cushioned)
        return
    if not fragile and not cushioned:
        if named_id != "":
            detail = f"names cushioning {named_id!r:.80}, and holds no fragile unit"
            yield case.broken(ViolationKind.WRONG_CUSHIONING, detail)
        return
    lines = {each.item.line_id: each.item for each in fragile}
    try:
        profile = premises.materials.handling_profile(premises.policy.handling_profile).profile
        allowed = _allowed(premises)
        # Others need not name what they cushion with: it is then the first that may be used.
        named = [each for each in allowed if named_id in ("", each.dunnage_id)]
        if not named:
            names = ", ".join(each.dunnage_id for each in allowed)
            detail = f"names cushioning {named_id!r:.80}, allowed are {names}"
            yield case.broken(ViolationKind.WRONG_CUSHIONING, detail)
            return
        cushioning = named[0]
        known = (case.goods_mg, cushioning, premises.materials, profile)
        needed_um = {name: cushion_um(item, *known) for name, item in lines.items()}
        refused = {name: cushion_refusal(item, *known) for name, item in lines.items()}
        cushions_mg = sum(cushion_mg(each.item, each.cushion_um, cushioning) for each in cushioned)
    except InvalidInputError as error:
        yield case.broken(ViolationKind.CUSHION_TOO_THIN, f"the cushioning cannot be judged: {error}")
        return
    for each in fragile:
        needed = needed_um[each.item.line_id]
        if each.cushion_um < needed:
            detail = f"{mm(each.cushion_um)} of cushioning on each side, its fragility asks for {mm(needed)}"
            yield case.broken(ViolationKind.CUSHION_TOO_THIN, detail, each)
        rule = refused[each.item.line_id]
        if rule is not None:
            yield case.broken(ViolationKind.CUSHION_OUT_OF_RANGE, rule, each)
    if cushioning.read_in_source and not any(refused.values()):
        yield from _out_of_stress_range(case, cushioning)
    if (stated_mg := case.stated_mg(Component.CUSHIONING)) != cushions_mg:
        detail = f"says {g(stated_mg)} of cushioning, its cushions are {g(cushions_mg)} of {cushioning.dunnage_id!r}"
        yield case.broken(ViolationKind.WRONG_PACKAGING, detail)
    yield from misnamed(case, Component.CUSHIONING, cushioning)


def _in_compartments(case: ParcelCase, cushioned: Sequence[Envelope]) -> Iterator[PlanViolation]:
    """Yield cushioning of units that stand in compartments, where there is none."""
    if case.parcel.cushioning_id != "":
        detail = f"names cushioning {case.parcel.cushioning_id!r:.80}, and its box has compartments"
        yield case.broken(ViolationKind.WRONG_CUSHIONING, detail)
    for each in cushioned:
        detail = f"{mm(each.cushion_um)} of cushioning on each side in a compartment"
        yield case.broken(ViolationKind.WRONG_CUSHIONING, detail, each)
    if stated_mg := case.stated_mg(Component.CUSHIONING):
        detail = f"says {g(stated_mg)} of cushioning, and its box has compartments"
        yield case.broken(ViolationKind.WRONG_PACKAGING, detail)


def _allowed(premises: Premises) -> list[Dunnage]:
    """Return the policy's cushionings, or the first that the catalog stocks of an allowed material."""
    stocked = {each.dunnage_id: each for each in premises.catalog.dunnage if each.kind is DunnageKind.CUSHIONING}
    if names := premises.policy.cushioning_ids:
        return [stocked.get(name) or premises.materials.dunnage_of(name) for name in names]
    return [first_stocked(DunnageKind.CUSHIONING, premises) or premises.materials.dunnage_of("")]


def _out_of_stress_range(case: ParcelCase, cushioning: Dunnage) -> Iterator[PlanViolation]:
    """Yield the cushioned units whose static stress, alone or with their load, lies outside the cushioning's range."""
    least, most = cushioning.min_static_stress_kpa, cushioning.max_static_stress_kpa
    if least is None and most is None:
        return
    carried = case.contacts.carried_mg()
    for each in case.envelopes:
        fuse.look()
        padding = 2 * each.cushion_um
        length, width = each.x1 - each.x0 - padding, each.y1 - each.y0 - padding
        if not each.cushion_um or min(length, width) <= 0:  # what is wrong with extents is reported with the sizes
            continue
        alone = static_stress_kpa(each.item.mass_mg, length * width)
        of = f"kPa on {cushioning.dunnage_id!r}"
        if least is not None and alone < Fraction(least):
            detail = f"a static stress of {float(alone):.6g} {of}, at least {least} kPa asked for"
            yield case.broken(ViolationKind.CUSHION_OUT_OF_RANGE, detail, each)
        bearing_mg = each.item.mass_mg + max(carried[each.index] - TOLERANCE_MG, 0)
        if most is not None and float(static_stress_kpa(1, length * width)) * bearing_mg > float(most) * (1 + 1e-12):
            loaded = float(static_stress_kpa(round(each.item.mass_mg + carried[each.index]), length * width))
            detail = f"with its load a static stress of {loaded:.6g} {of}, at most {most} kPa allowed"
            yield case.broken(ViolationKind.CUSHION_OUT_OF_RANGE, detail, each)
