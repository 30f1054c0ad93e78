"""Pack sequence: each unit can be set down from above."""

from collections.abc import Iterator, Sequence

from boxwright.checking.case import ParcelCase
from boxwright.checking.envelope import Envelope
from boxwright.checking.sweep import sweep
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.checking.wording import mm


def blocked(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield each unit that has an earlier one over it, seen from above: one pair for each unit in the way."""
    if _rises(case.envelopes):
        return
    for each, meeting in sweep(case.envelopes, "xy", case.premises.stop):
        x0, x1, y0, y1, z0, z1, index = each.x0, each.x1, each.y0, each.y1, each.z0, each.z1, each.index
        for other in meeting:
            if other.x0 < x1 and x0 < other.x1 and other.y0 < y1 and y0 < other.y1:
                if z1 <= other.z0 and other.index < index:
                    late, early = each, other
                elif other.z1 <= z0 and index < other.index:
                    late, early = other, each
                else:
                    continue
                detail = f"its way down to z {mm(late.z0)} is barred by {early} at z {mm(early.z0)}, set down before"
                yield case.broken(ViolationKind.BLOCKED, detail, late, late.step, early)
                break


def _rises(envelopes: Sequence[Envelope]) -> bool:
    """Whether no unit lies wholly below an earlier one: then none can bar the way, and no pair need be looked at."""
    highest_bottom = 0
    for each in envelopes:
        if each.z1 <= highest_bottom:
            return False
        highest_bottom = max(highest_bottom, each.z0)
    return True
