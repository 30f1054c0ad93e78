"""Inside: every envelope is in the usable box, and the box is not overfilled."""

from collections.abc import Iterator, Sequence

from boxwright import fuse
from boxwright.checking.envelope import Envelope
from boxwright.checking.figures import cm3, mm, percent
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.domain.box import BoxType
from boxwright.domain.policy import Policy
from boxwright.units import to_um


def outside(parcel_index: int, envelopes: Sequence[Envelope], box: BoxType, policy: Policy) -> Iterator[PlanViolation]:
    """Yield the units that reach out of the box, or into the slack of ``policy.fit_clearance_mm``."""
    length, width, height = box.inner_um
    clearance = to_um(policy.fit_clearance_mm)
    for each in envelopes:
        fuse.look()
        lowest = min(each.x0, each.y0, each.z0)
        room = min(length - each.x1, width - each.y1, height - each.z1)
        if lowest >= 0 and room >= clearance:
            continue
        lies = f"reaches from ({mm(each.x0, each.y0, each.z0)}) to ({mm(each.x1, each.y1, each.z1)})"
        if lowest < 0 or room < 0:
            kind, detail = ViolationKind.OUTSIDE_BOX, f"{lies} in a box of {mm(*box.inner_um)}"
        else:
            kind = ViolationKind.NO_CLEARANCE
            detail = f"{lies} in a box of {mm(*box.inner_um)}, of which {mm(clearance)} on each axis stay free"
        yield PlanViolation(kind, detail, parcel_index, *each.unit)


def overfilled(
    parcel_index: int, envelopes: Sequence[Envelope], box: BoxType, policy: Policy
) -> Iterator[PlanViolation]:
    """Yield whether the envelopes take more than the fill limit of the inner volume; of a mailer, the most it holds."""
    filled = sum(each.volume_um3 for each in envelopes)
    if filled * 1_000_000 > policy.fill_millionths * box.inner_volume_um3:
        share = percent(filled / box.inner_volume_um3)
        detail = f"{cm3(filled)} of {cm3(box.inner_volume_um3)} is {share}, limit {percent(policy.fill_limit)}"
        yield PlanViolation(ViolationKind.OVERFILLED, detail, parcel_index)
