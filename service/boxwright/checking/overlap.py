"""Overlap: no two envelopes take the same space."""

from collections.abc import Iterator

from boxwright.checking.case import ParcelCase
from boxwright.checking.sweep import sweep
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.checking.wording import mm


def overlaps(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield overlapping pairs: for each unit at most one, so that n units never make n x n violations."""
    for each, meeting in sweep(case.envelopes, "xyz"):
        x0, x1, y0, y1, z0, z1 = each.x0, each.x1, each.y0, each.y1, each.z0, each.z1
        for other in meeting:
            if other.x0 < x1 and x0 < other.x1 and other.y0 < y1 and y0 < other.y1 and other.z0 < z1 and z0 < other.z1:
                first, second = sorted((each, other), key=lambda envelope: envelope.index)
                common = (
                    min(x1, other.x1) - max(x0, other.x0),
                    min(y1, other.y1) - max(y0, other.y0),
                    min(z1, other.z1) - max(z0, other.z0),
                )
                detail = f"shares a space of {mm(*common)} with {first}"
                yield case.broken(ViolationKind.OVERLAP, detail, second, other=first)
                break
