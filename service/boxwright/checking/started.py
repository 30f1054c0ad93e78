"""Parcels already started: each that holds units is in the plan, and nothing in it has moved."""

from collections.abc import Iterator, Sequence

from boxwright.checking.listed import listed
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.domain.plan import Parcel, Placement, Plan, without_positions
from boxwright.domain.started import StartedParcel


def moved(plan: Plan, started: Sequence[StartedParcel]) -> Iterator[PlanViolation]:
    """Yield each started parcel that is missing, and each parcel that is not the started one that it says it is.

    The units of a started parcel come first in the pack sequence of its parcel, in their sequence and place. Where
    their positions are not stated they are in it.
    """
    given_by_id = {each.started_parcel_id: each for each in started}
    seen: set[object] = set()
    for index, parcel in enumerate(listed(plan.parcels)):
        if not isinstance(parcel, Parcel) or parcel.started_parcel_id == "":
            continue
        name = parcel.started_parcel_id
        given = given_by_id.get(name) if isinstance(name, str) else None
        if given is None:
            yield _broken(f"says it finishes parcel {name!r:.80}, which was not started", index)
            continue
        if name in seen:
            yield _broken(f"finishes parcel {name!r:.80} again", index)
        seen.add(name)
        if parcel.box_type_id != given.box_type_id:
            detail = (
                f"box type {parcel.box_type_id!r:.80}, parcel {name!r:.80} was started in {given.box_type_id!r:.80}"
            )
            yield _broken(detail, index)
        there = listed(parcel.placements)
        if without_positions(given.placements):
            inside = {_named(now) for now in there if isinstance(now, Placement)}
            for unit in given.placements:
                if _named(unit) not in inside:
                    detail = f"was in started parcel {name!r:.80}, and is not in its parcel"
                    yield PlanViolation(ViolationKind.STARTED_PARCEL, detail, index, unit.line_id, unit.unit_index)
            continue
        for step, unit in enumerate(given.placements, 1):
            now = there[step - 1] if step <= len(there) else None
            if not isinstance(now, Placement) or _lies(now) != _lies(unit):
                detail = f"at step {step} of started parcel {name!r:.80} this unit lay, and there it must stay"
                yield PlanViolation(ViolationKind.STARTED_PARCEL, detail, index, unit.line_id, unit.unit_index)
    for each in started:
        if each.placements and each.started_parcel_id not in seen:
            yield _broken(
                f"parcel {each.started_parcel_id!r:.80} was started, and no parcel of the plan finishes it", None
            )


def _named(unit: Placement) -> tuple[str, str]:
    # A plan may state anything as a name, also what cannot be in a set.
    return repr(unit.line_id), repr(unit.unit_index)


def _lies(unit: Placement) -> tuple[object, ...]:
    """Which unit it is and how it lies, in whole um."""
    where = (unit.corner_um, unit.extent_um, unit.orientation, unit.half_gap_um, unit.folds, unit.wall_margin_um)
    return unit.line_id, unit.unit_index, *where


def _broken(detail: str, index: int | None) -> PlanViolation:
    return PlanViolation(ViolationKind.STARTED_PARCEL, detail, index)
