"""Overlap: no two envelopes take the same space, and none that under another which stands on the floor."""

from collections.abc import Iterator

from boxwright.checking.case import ParcelCase
from boxwright.checking.sweep import sweep
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.checking.wording import mm


def overlaps(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield overlapping pairs: for each unit at most one, so that n units never make n x n violations."""
    for each, meeting in sweep(case.envelopes, "xyz", case.premises.stop):
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


def under_others(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield what lies in the space under a unit at the height of its wall margin, for each such unit at most one.

    At that height a unit stands on the floor, and the space under it is its own. One that rests on another lies higher.
    Units that lay so in a started parcel stay there.
    """
    standing = [each for each in case.envelopes if each.wall_margin_um > 0 and each.on_floor]
    if not standing:
        return
    highest = max(each.z0 for each in standing)
    lay = {(unit.line_id, unit.unit_index) for given in case.premises.started for unit in given.placements}
    reported = set()
    for each, meeting in sweep(
        [envelope for envelope in case.envelopes if envelope.z0 <= highest], "xy", case.premises.stop
    ):
        for other in meeting:
            lower, upper = (each, other) if each.z0 < other.z0 else (other, each)
            over = upper.wall_margin_um > 0 and upper.on_floor and lower.z1 <= upper.z0
            shared = each.x0 < other.x1 and other.x0 < each.x1 and each.y0 < other.y1 and other.y0 < each.y1
            if over and shared and not lay >= {each.unit, other.unit} and upper.index not in reported:
                reported.add(upper.index)
                detail = (
                    f"lies under {upper}, which stands on the floor {mm(upper.z0)} above it: the space there is its own"
                )
                yield case.broken(ViolationKind.OVERLAP, detail, lower, other=upper)
