"""Groups and caps: what must be in one parcel is, what must not is not, and no parcel holds too much of a property."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from boxwright import units
from boxwright.checking.accounting import UnitAccount, UnitId
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.domain.box import BoxType
from boxwright.domain.policy import Policy
from boxwright.domain.property_cap import MILLIONTHS


def split_groups(account: UnitAccount, *, whole: bool) -> Iterator[PlanViolation]:
    """Yield each keep-together group with units in two parcels; with ``whole`` also those of which part is in none."""
    where: dict[str, dict[int | None, UnitId]] = defaultdict(dict)
    for line in account.lines.values():
        if line.keep_together_group:
            account.stop.look()
            for index in range(line.quantity):
                unit = (line.line_id, index)
                if whole or unit in account.placed:
                    where[line.keep_together_group].setdefault(account.placed.get(unit), unit)
    for group, firsts in where.items():
        if len(firsts) > 1:
            (one, unit), (other, second) = list(firsts.items())[:2]
            places = " and ".join("in no parcel" if each is None else f"in parcel {each}" for each in (one, other))
            detail = f"units of keep-together group {group!r} are {places}"
            yield PlanViolation(ViolationKind.GROUP_SPLIT, detail, None, *unit, other_unit=second)


def mixed_groups(account: UnitAccount) -> Iterator[PlanViolation]:
    """Yield each parcel with units of more than one keep-apart group."""
    inside: dict[int, dict[str, UnitId]] = defaultdict(dict)
    grouped = {line_id: line.keep_apart_group for line_id, line in account.lines.items() if line.keep_apart_group}
    for unit, parcel in account.placed.items() if grouped else ():
        account.stop.look()
        if group := grouped.get(unit[0]):
            inside[parcel].setdefault(group, unit)
    for parcel, firsts in inside.items():
        if len(firsts) > 1:
            (group, unit), (other, second) = list(firsts.items())[:2]
            detail = f"holds units of keep-apart groups {group!r} and {other!r}"
            yield PlanViolation(ViolationKind.GROUPS_MIXED, detail, parcel, *unit, other_unit=second)


def over_caps(account: UnitAccount, policy: Policy, boxes: Mapping[int, BoxType]) -> Iterator[PlanViolation]:
    """Yield each parcel with more of a capped property than policy or box type allow, counted in whole millionths.

    ``boxes`` holds the box type of each parcel that is in one which the catalog has.
    """
    if not policy.property_caps and not any(box.property_caps for box in boxes.values()):
        return
    held: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for (line_id, _), parcel in account.placed.items():
        account.stop.look()
        for each in account.lines[line_id].property_amounts:
            held[parcel][each.property] += each.millionths()
    for parcel, totals in held.items():
        box = boxes.get(parcel)
        caps = [(cap, "allowed") for cap in policy.property_caps]
        if box is not None:
            caps += [(cap, f"in a box of type {box.box_type_id!r}") for cap in box.property_caps]
        for cap, where in caps:
            if totals[cap.property] > cap.millionths():
                found = units.exact(totals[cap.property], MILLIONTHS)
                most = units.exact(cap.millionths(), MILLIONTHS)
                detail = f"holds {found} of {cap.property!r}, at most {most} {where}"
                yield PlanViolation(ViolationKind.OVER_PROPERTY_CAP, detail, parcel)
