"""Started parcels: boxes that already hold some units."""

from collections.abc import Iterable
from dataclasses import dataclass

from boxwright.domain.fields import Id, Ruled
from boxwright.domain.plan import Parcel, Placement


@dataclass(frozen=True)
class StartedParcel(Ruled):
    """A partly packed box. Its units stay in place, and a plan fills it first."""

    started_parcel_id: Id
    """The caller's id of the parcel, unique in its request; the plan's parcel repeats it."""
    box_type_id: Id
    """Its box type in the catalog; the box is not taken from the stock."""
    placements: tuple[Placement, ...] = ()
    """Units of the order that are in it, in pack sequence. Default: an empty box."""


def begun_steps(parcel: Parcel, started_parcels: Iterable[StartedParcel]) -> frozenset[int]:
    """Return the steps of a parcel, from 1, whose units were in its started parcel and stay in place.

    If other units go below them, all are taken out and placed again, so that none stays in place.
    """
    if not parcel.started_parcel_id:
        return frozenset()
    same = (started for started in started_parcels if started.started_parcel_id == parcel.started_parcel_id)
    units = {(unit.line_id, unit.unit_index) for started in same for unit in started.placements}
    placed = enumerate(parcel.placements, start=1)
    steps = frozenset(step for step, unit in placed if (unit.line_id, unit.unit_index) in units)
    return steps if max(steps, default=0) == len(steps) else frozenset()
