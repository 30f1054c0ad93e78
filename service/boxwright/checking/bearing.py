"""Load bearing: no unit carries more than it may."""

from collections.abc import Iterator

from boxwright.checking.case import ParcelCase
from boxwright.checking.contacts import TOLERANCE_MG
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.checking.wording import g


def overloaded(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield the units that carry more than their ``max_load_g``, and soft goods without one that carry rigid goods.

    The load on a unit only grows while others are set down, so that the closed parcel is the worst step.
    """
    if all(each.item.max_load_mg is None and each.item.soft_goods is None for each in case.envelopes):
        return
    carried, of_rigid = case.contacts.carried_mg(), case.contacts.carried_mg(soft=False)
    for each in case.envelopes:
        limit = each.item.max_load_mg
        if limit is not None and carried[each.index] > limit + TOLERANCE_MG:
            detail = f"carries {g(carried[each.index])}, at most {g(limit)} allowed"
            yield case.broken(ViolationKind.OVERLOADED, detail, each)
        if limit is None and each.item.soft_goods is not None and of_rigid[each.index] > TOLERANCE_MG:
            detail = f"carries {g(of_rigid[each.index])} of rigid goods, and is soft without a load limit"
            yield case.broken(ViolationKind.OVERLOADED, detail, each)
