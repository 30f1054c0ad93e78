"""Support: enough of each base rests on the floor or on others' tops, also when the unit is set down."""

from collections.abc import Iterator, Sequence

from boxwright import fuse
from boxwright.checking.contacts import Contacts
from boxwright.checking.envelope import Envelope
from boxwright.checking.figures import mm, percent
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.domain.policy import Policy


def unsupported(
    parcel_index: int, envelopes: Sequence[Envelope], contacts: Contacts, policy: Policy
) -> Iterator[PlanViolation]:
    """Yield the units with less support than ``policy.support_ratio``; a unit in mid-air has too little for any.

    In the pack sequence it is enough to look at the step that sets a unit down: what is under it then stays.
    """
    least = policy.support_millionths
    for unit, each in enumerate(envelopes):
        fuse.look()
        if each.z0 == 0:
            continue
        base = (each.x1 - each.x0) * (each.y1 - each.y0)
        final = contacts.area_um2[unit]
        early = sum(contact.area_um2 for contact in contacts.below[unit] if contact.under < unit)
        for area, step in ((final, None), (early, each.step)):
            if area == 0 or area * 1_000_000 < least * base:
                detail = (
                    f"{percent(area / base)} of its base at z {mm(each.z0)} rests on anything,"
                    f" at least {percent(policy.support_ratio)} must"
                )
                kind = ViolationKind.UNSUPPORTED
                yield PlanViolation(kind, detail, parcel_index, *each.unit, step)
                break
