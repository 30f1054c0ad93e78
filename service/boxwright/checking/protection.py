"""What a parcel says of the protection of its units, and what may not lie side by side in one."""

from collections.abc import Iterator

from boxwright import units
from boxwright.checking.care import need
from boxwright.checking.case import ParcelCase
from boxwright.checking.envelope import Envelope
from boxwright.checking.listed import listed
from boxwright.checking.needs import STURDY
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.checking.wording import g
from boxwright.domain.protection import LineProtection, ProtectionRule


def wrong_protection(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield what a parcel says wrong of the protection of its lines; one that says nothing of any is not at fault."""
    if case.parcel.protection != ():
        for detail in _wrong_protection(case):
            yield case.broken(ViolationKind.WRONG_PROTECTION, detail)


def _wrong_protection(case: ParcelCase) -> Iterator[str]:
    own_container = case.parcel.ships_in_own_container is True
    units: dict[str, list[Envelope]] = {}
    for each in case.envelopes:
        if not own_container and need(each.item, case.premises).fragility_class not in STURDY:
            units.setdefault(each.item.line_id, []).append(each)
    if not isinstance(case.parcel.protection, tuple):
        yield f"its protection is {case.parcel.protection!r:.80}"
    for said in listed(case.parcel.protection):
        of_line = None
        if isinstance(said, LineProtection) and isinstance(said.line_id, str):
            of_line = units.pop(said.line_id, None)
        if not isinstance(said, LineProtection) or of_line is None:
            yield f"says {said!r:.160}, which protects no line of it, or a second time"
            continue
        rule = (said.rule, said.fragility_class, said.wrap_layers, said.pad_edge_um)
        figures = (*rule, said.inner_box_type_id, said.inner_gap_um)
        if figures != (true := _true(case, of_line)):
            detail = f"{said.line_id!r:.80} rule, class, layers of wrap, pads and inner box {figures!r:.200}"
            yield f"says of line {detail}, they are {true}"
        gaps = sorted({(each.half_gap_um, each.wall_margin_um) for each in of_line})
        if gaps != [(said.half_gap_um, said.wall_margin_um)]:
            detail = f"{said.half_gap_um!r:.40} and {said.wall_margin_um!r:.40} um, its units {gaps}"
            yield f"says of line {said.line_id!r:.80} a half-gap and a wall margin of {detail}"
    if units:
        yield f"says nothing of the protection of {', '.join(map(repr, sorted(units)))}"


def _true(case: ParcelCase, units: list[Envelope]) -> tuple[object, ...]:
    """Return rule, class, layers of wrap, edge of the pads, inner box and the gap in it of a line's units."""
    needed = need(units[0].item, case.premises)
    if case.box is not None and case.box.compartments:
        return ProtectionRule.TESTED_PACK, needed.fragility_class, 0, 0, "", 0
    if needed.pads is not None:
        return ProtectionRule.PHYSICS, needed.fragility_class, 0, needed.pads.edge_um, "", 0
    inner = {str(each.placement.inner_box_type_id) for each in units}
    if inner != {""}:
        box = ", ".join(sorted(inner))
        return ProtectionRule.BOX_IN_BOX, needed.fragility_class, needed.wrap_layers, 0, box, needed.inner_gap_um
    return ProtectionRule.PRACTICE, needed.fragility_class, needed.wrap_layers, 0, "", 0


def crushed(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield each unit that is too heavy to share its parcel with a fragile or boxed one, the most delicate of them.

    In compartments they may be side by side. A delicate unit whose mass is not known, 0, sets no limit.
    """
    if case.box is not None and case.box.compartments:
        return
    known = [each for each in case.envelopes if each.item.mass_mg]
    classes = case.premises.materials.fragility_classes
    limits = []
    for index, each in enumerate(known):
        beside_g = classes[need(each.item, case.premises).fragility_class].heaviest_beside_g
        if beside_g is not None:
            limits.append((max(units.to_mg(float(beside_g)), each.item.mass_mg), index))
    if not limits:
        return
    most_mg, index = min(limits)
    delicate = known[index]
    named = need(delicate.item, case.premises).fragility_class.value
    for each in known:
        if each.item.mass_mg > most_mg:
            beside = f"{named} {delicate} of {g(delicate.item.mass_mg)}"
            detail = f"weighs {g(each.item.mass_mg)}, beside {beside} at most {g(most_mg)} allowed"
            yield case.broken(ViolationKind.HEAVY_BESIDE_FRAGILE, detail, each, other=delicate)
