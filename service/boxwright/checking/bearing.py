"""Load bearing: no unit carries more than it may."""

from collections.abc import Iterator, Sequence

from boxwright import fuse
from boxwright.checking.contacts import Contacts
from boxwright.checking.envelope import Envelope
from boxwright.checking.figures import g
from boxwright.checking.violation import PlanViolation, ViolationKind

TOLERANCE_MG = 0.5
"""Loads are fractions of masses in whole mg, computed in floating point: half a mg decides nothing real."""


def overloaded(parcel_index: int, envelopes: Sequence[Envelope], contacts: Contacts) -> Iterator[PlanViolation]:
    """Yield the units that carry more than their ``max_load_g``, and soft goods without one that carry rigid goods.

    The load on a unit only grows while others are set down, so that the closed parcel is the worst step.
    """
    if all(each.item.max_load_mg is None and each.item.soft is None for each in envelopes):
        return
    carried = carried_mg(envelopes, contacts)
    of_rigid = carried_mg(envelopes, contacts, soft=False)
    for each in envelopes:
        limit = each.item.max_load_mg
        if limit is not None and carried[each.index] > limit + TOLERANCE_MG:
            detail = f"carries {g(carried[each.index])}, at most {g(limit)} allowed"
            yield PlanViolation(ViolationKind.OVERLOADED, detail, parcel_index, *each.unit)
        if limit is None and each.item.soft is not None and of_rigid[each.index] > TOLERANCE_MG:
            detail = f"carries {g(of_rigid[each.index])} of rigid goods, and is soft without a load limit"
            yield PlanViolation(ViolationKind.OVERLOADED, detail, parcel_index, *each.unit)


def carried_mg(envelopes: Sequence[Envelope], contacts: Contacts, *, soft: bool = True) -> list[float]:
    """Return the mass in mg that each unit carries; without ``soft`` that of rigid goods alone.

    Each unit passes its own mass and its load on to what it rests on, in proportion to contact area. Contacts lead
    strictly down, so that going by descending bottom each load is whole before it is passed on.
    """
    carried = [0.0] * len(envelopes)
    for each in sorted(envelopes, key=lambda envelope: -envelope.z0):
        fuse.look()
        below = contacts.below[each.index]
        if below:
            own = each.item.mass_mg if soft or each.item.soft is None else 0
            whole = own + carried[each.index]
            for contact in below:
                carried[contact.under] += whole * contact.area_um2 / contacts.area_um2[each.index]
    return carried
