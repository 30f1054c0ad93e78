"""Support: enough of each base rests on the floor or on others' tops, also when the unit is set down."""

from collections.abc import Iterator

from boxwright.checking.case import ParcelCase
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.checking.wording import mm, percent


def unsupported(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield the units with less support than ``policy.support_ratio``; a unit in mid-air has too little for any.

    In the pack sequence it is enough to look at the step that sets a unit down: what is under it then stays.
    """
    policy, contacts = case.premises.policy, case.contacts
    millionths = policy.support_millionths
    for unit, each in enumerate(case.envelopes):
        case.premises.stop.look()
        if each.on_floor:
            continue
        base = each.base_um2
        early = sum([contact.area_um2 for contact in contacts.below[unit] if contact.under < unit])
        if early and early * 1_000_000 >= millionths * base:
            continue  # what is under it in the end is no less
        for area, step in ((contacts.area_um2[unit], None), (early, each.step)):
            if area == 0 or area * 1_000_000 < millionths * base:
                detail = (
                    f"{percent(area / base)} of its base at z {mm(each.z0)} rests on anything,"
                    f" at least {percent(policy.support_ratio)} must"
                )
                yield case.broken(ViolationKind.UNSUPPORTED, detail, each, step)
                break
