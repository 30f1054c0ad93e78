"""Units that ship as they are: one unit that may, and nothing of ours round it."""

from collections.abc import Iterator

from boxwright.checking.case import ParcelCase
from boxwright.checking.listed import listed
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.checking.wording import mm


def wrong_own_container(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield what is wrong with a parcel that says it is one unit in its own container."""
    parcel, first = case.parcel, next(iter(case.envelopes), None)
    kind = ViolationKind.OWN_CONTAINER
    if len(listed(parcel.placements)) != 1:
        yield case.broken(
            kind, f"holds {len(listed(parcel.placements))} units, an own container holds itself only", first
        )
    if parcel.box_type_id != "":
        yield case.broken(kind, f"names box type {parcel.box_type_id!r:.80}, and ships without a box", first)
    for each in case.envelopes:
        if each.placement.inner_box_type_id:
            yield case.broken(kind, "lies in an inner box, and its parcel has no box of ours", first)
        if not each.item.ships_in_own_container:
            yield case.broken(kind, f"line {each.item.line_id!r} may not ship as it is", first)
        if each.half_gap_um or (each.x0, each.y0, each.z0) != (0, 0, 0):
            where = f"({mm(each.x0, each.y0, each.z0)}) with a half-gap of {mm(each.half_gap_um)}"
            yield case.broken(kind, f"lies at {where}, in no box", first)
    if parcel.packaging != ():
        detail = f"has packaging {parcel.packaging!r:.120}, and ships without any"
        yield case.broken(ViolationKind.WRONG_PACKAGING, detail, first)
    if type(parcel.inner_volume_um3) is not int or parcel.inner_volume_um3 or parcel.inner_um != (0, 0, 0):
        inside = f"{parcel.inner_um!r:.80} um, {parcel.inner_volume_um3!r:.80} cubic um"
        yield case.broken(ViolationKind.WRONG_BOX_SIZE, f"says {inside} inside, and has no box", first)
    if parcel.empty_spaces not in (None, ()):
        detail = f"lists empty spaces {parcel.empty_spaces!r:.120}, and has no box"
        yield case.broken(ViolationKind.WRONG_EMPTY_SPACES, detail, first)
    if len(case.envelopes) == 1 and parcel.outer_um != case.outer_um:
        detail = f"says outer size {parcel.outer_um!r:.80} um, the unit is {case.outer_um}"
        yield case.broken(ViolationKind.WRONG_BOX_SIZE, detail, first)
