"""Load bearing: no unit carries more than it may."""

from collections.abc import Iterator

from boxwright.checking.care import need
from boxwright.checking.case import ParcelCase
from boxwright.checking.contacts import TOLERANCE_MG
from boxwright.checking.envelope import Envelope
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.checking.wording import g


def overloaded(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield the units that carry more than their ``max_load_g``, and soft goods without one that carry rigid goods.

    What lies on pads carries nothing. The load on a unit only grows while others are set down, so that the closed
    parcel is the worst step.
    """
    limits = {each.index: _most_mg(case, each) for each in case.envelopes}
    if all(limits[each.index] is None and each.item.soft_goods is None for each in case.envelopes):
        return
    carried, of_rigid = case.contacts.carried_mg(), case.contacts.carried_mg(soft=False)
    for each in case.envelopes:
        limit = limits[each.index]
        if limit is not None and carried[each.index] > limit + TOLERANCE_MG:
            detail = f"carries {g(carried[each.index])}, at most {g(limit)} allowed"
            yield case.broken(ViolationKind.OVERLOADED, detail, each)
        if limit is None and each.item.soft_goods is not None and of_rigid[each.index] > TOLERANCE_MG:
            detail = f"carries {g(of_rigid[each.index])} of rigid goods, and is soft without a load limit"
            yield case.broken(ViolationKind.OVERLOADED, detail, each)


def _most_mg(case: ParcelCase, each: Envelope) -> int | None:
    """Return what a unit may carry, in mg; None is unlimited. A load on pads would press them past their curve."""
    return each.item.max_load_mg if need(each.item, case.premises).pads is None else 0
