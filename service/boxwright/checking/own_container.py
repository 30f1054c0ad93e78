"""Units that ship as they are: one unit that may, and nothing of ours round it."""

from collections.abc import Iterator, Sequence

from boxwright.checking.envelope import Envelope
from boxwright.checking.figures import mm
from boxwright.checking.parts import parts
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.domain.plan import Parcel


def wrong_own_container(parcel_index: int, parcel: Parcel, envelopes: Sequence[Envelope]) -> Iterator[PlanViolation]:
    """Yield what is wrong with a parcel that says it is one unit in its own container."""

    def broken(detail: str, kind: ViolationKind = ViolationKind.OWN_CONTAINER) -> PlanViolation:
        return PlanViolation(kind, detail, parcel_index, *(envelopes[0].unit if envelopes else (None, None)))

    if len(parts(parcel.placements)) != 1:
        yield broken(f"holds {len(parts(parcel.placements))} units, an own container holds itself only")
    if parcel.box_type_id != "":
        yield broken(f"names box type {parcel.box_type_id!r:.80}, and ships without a box")
    for each in envelopes:
        if not each.item.ships_in_own_container:
            yield broken(f"line {each.item.line_id!r} may not ship as it is")
        if each.cushion_um or (each.x0, each.y0, each.z0) != (0, 0, 0):
            yield broken(
                f"lies at ({mm(each.x0, each.y0, each.z0)}) with {mm(each.cushion_um)} of cushioning, in no box"
            )
    if parcel.packaging != ():
        yield broken(f"has packaging {parcel.packaging!r:.120}, and ships without any", ViolationKind.WRONG_PACKAGING)
    if type(parcel.inner_volume_um3) is not int or parcel.inner_volume_um3 or parcel.inner_um != (0, 0, 0):
        inside = f"{parcel.inner_um!r:.80} um, {parcel.inner_volume_um3!r:.80} cubic um"
        yield broken(f"says {inside} inside, and has no box", ViolationKind.WRONG_BOX_SIZE)
    if parcel.empty_spaces not in (None, ()):
        detail = f"lists empty spaces {parcel.empty_spaces!r:.120}, and has no box"
        yield broken(detail, ViolationKind.WRONG_EMPTY_SPACES)
    if len(envelopes) == 1:
        (unit,) = envelopes
        true = (unit.x1 - unit.x0, unit.y1 - unit.y0, unit.z1 - unit.z0)
        if parcel.outer_um != true:
            detail = f"says outer size {parcel.outer_um!r:.80} um, the unit is {true}"
            yield broken(detail, ViolationKind.WRONG_BOX_SIZE)
