"""What protects goods: half-gaps and wall margins as wide as fragility asks for, wrap and pads weighed."""

from collections.abc import Iterator, Sequence

from boxwright import fuse
from boxwright.checking.case import ParcelCase, Premises
from boxwright.checking.dunnage import first_stocked
from boxwright.checking.envelope import Envelope
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.checking.wording import g, mm
from boxwright.domain.dunnage import Dunnage, DunnageKind
from boxwright.domain.factor import Component
from boxwright.domain.protection import ProtectionRule
from boxwright.errors import InvalidInputError
from boxwright.protection import Pads, care_of, pads_of, wrap_mg


def wrong_cushioning(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield the units that are too near to others or to a wall, and wrap and pads of a wrong mass.

    Materials are loaded only where a line says what it is, or something is kept free or stated.
    """
    told = any(each.item.fragility is not None or each.item.article for each in case.envelopes)
    gaps = [each for each in case.envelopes if each.half_gap_um or each.wall_margin_um]
    stated_mg = case.stated_mg(Component.CUSHIONING)
    if case.box is not None and case.box.compartments:
        yield from _in_compartments(case, gaps)
        return
    if not told and not gaps and not stated_mg:
        if case.parcel.cushioning_id != "":
            detail = f"names cushioning {case.parcel.cushioning_id!r:.80}, and holds no fragile unit"
            yield case.broken(ViolationKind.WRONG_CUSHIONING, detail)
        return
    try:
        pads, wraps = _pads(case.premises), _wraps(case)
        wrapped: list[tuple[Envelope, int]] = []
        padded_mg = 0
        for each in case.envelopes:
            fuse.look()
            found = _pads_of(each, pads, case.premises)
            if found is not None:
                padded_mg += found.mass_mg
                yield from _too_near(case, each, found.thickness_um, 0)
                continue
            care = care_of(each.item, case.premises.materials, _carrier(case.premises))
            if case.box is not None and case.box.flexible and not care.mailer:
                yield case.broken(ViolationKind.CUSHION_TOO_THIN, "lies in a mailer, which is not for such goods", each)
            yield from _too_near(case, each, care.half_gap_um, care.wall_margin_um)
            if care.wrap_layers:
                wrapped.append((each, care.wrap_layers))
        possible = [padded_mg + sum(wrap_mg(each.item, layers, wrap) for each, layers in wrapped) for wrap in wraps]
    except InvalidInputError as error:
        yield case.broken(ViolationKind.CUSHION_TOO_THIN, f"its protection cannot be judged: {error}")
        return
    if wrapped and not wraps:
        detail = f"names cushioning {case.parcel.cushioning_id!r:.80}, which may not be wrapped round goods"
        yield case.broken(ViolationKind.WRONG_CUSHIONING, detail)
    elif stated_mg not in (possible if wrapped else [padded_mg]):
        needed = possible[0] if wrapped else padded_mg
        yield case.broken(ViolationKind.WRONG_PACKAGING, f"says {g(stated_mg)} of cushioning, it takes {g(needed)}")
    if not wrapped and not padded_mg and case.parcel.cushioning_id != "":
        detail = f"names cushioning {case.parcel.cushioning_id!r:.80}, and wraps no unit"
        yield case.broken(ViolationKind.WRONG_CUSHIONING, detail)


def _carrier(premises: Premises) -> str:
    return premises.lane.carrier_service if premises.lane else ""


def _too_near(case: ParcelCase, each: Envelope, half_gap_um: int, wall_margin_um: int) -> Iterator[PlanViolation]:
    if each.half_gap_um < half_gap_um:
        detail = f"a half-gap of {mm(each.half_gap_um)}, its fragility asks for {mm(half_gap_um)}"
        yield case.broken(ViolationKind.CUSHION_TOO_THIN, detail, each)
    to_walls, needed = each.half_gap_um + each.wall_margin_um, half_gap_um + wall_margin_um
    if to_walls < needed:
        detail = f"{mm(to_walls)} to the walls, its fragility asks for {mm(needed)}"
        yield case.broken(ViolationKind.CUSHION_TOO_THIN, detail, each)


def _in_compartments(case: ParcelCase, gaps: Sequence[Envelope]) -> Iterator[PlanViolation]:
    """Yield cushioning of units that stand in compartments, where there is none."""
    if case.parcel.cushioning_id != "":
        detail = f"names cushioning {case.parcel.cushioning_id!r:.80}, and its box has compartments"
        yield case.broken(ViolationKind.WRONG_CUSHIONING, detail)
    for each in gaps:
        detail = f"a half-gap of {mm(each.half_gap_um)} in a compartment"
        yield case.broken(ViolationKind.WRONG_CUSHIONING, detail, each)
    if stated_mg := case.stated_mg(Component.CUSHIONING):
        detail = f"says {g(stated_mg)} of cushioning, and its box has compartments"
        yield case.broken(ViolationKind.WRONG_PACKAGING, detail)


def _allowed(premises: Premises) -> list[Dunnage]:
    """Return the cushionings that the policy names."""
    stocked = {each.dunnage_id: each for each in premises.catalog.dunnage if each.kind is DunnageKind.CUSHIONING}
    return [stocked.get(name) or premises.materials.dunnage_of(name) for name in premises.policy.cushioning_ids]


def _wraps(case: ParcelCase) -> list[Dunnage]:
    """Return what the units of a parcel may be wrapped in: what it names, else the first that the catalog stocks."""
    premises, named = case.premises, case.parcel.cushioning_id
    wraps = [each for each in _allowed(premises) if each.wraps]
    if not wraps:
        first = first_stocked(DunnageKind.CUSHIONING, premises)
        wraps = [] if first is None else [first]
    return [each for each in wraps if named in ("", each.dunnage_id)]


def _pads(premises: Premises) -> Dunnage | None:
    if premises.policy.protection is not ProtectionRule.PHYSICS:
        return None
    return next((each for each in (*_allowed(premises), *premises.catalog.dunnage) if each.has_curve), None)


def _pads_of(each: Envelope, pads: Dunnage | None, premises: Premises) -> Pads | None:
    if pads is None or each.item.fragility is None or each.item.fragility.g_level is None:
        return None
    profile = premises.materials.handling_profile(premises.policy.handling_profile).profile
    found = pads_of(each.item, pads, premises.materials, profile)
    return found if isinstance(found, Pads) else None
