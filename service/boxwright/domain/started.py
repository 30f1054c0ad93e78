"""Parcels already started: the box is taken, some units lie in it, and more may join them."""

from collections.abc import Iterable
from dataclasses import dataclass

from boxwright.domain.fields import Id, Ruled
from boxwright.domain.plan import Parcel, Placement


@dataclass(frozen=True)
class StartedParcel(Ruled):
    """A box that is packed in part. Its units stay where they are; a plan fills it up first."""

    started_parcel_id: Id
    """The caller's name for the parcel, unique in its request and repeated in the plan's parcel."""
    box_type_id: Id
    """Its box type in the catalog. The box is in use already: it does not count to those available."""
    placements: tuple[Placement, ...] = ()
    """The units in it, units of the order, in pack sequence. Default none: an open box without units."""


def begun_steps(parcel: Parcel, started_parcels: Iterable[StartedParcel]) -> frozenset[int]:
    """Return the steps of a plan's parcel, from 1, whose units lay in the started parcel that it finishes, and stay.

    None stay where others go below them: then all are taken out and laid anew.
    """
    if not parcel.started_parcel_id:
        return frozenset()
    same = (started for started in started_parcels if started.started_parcel_id == parcel.started_parcel_id)
    units = {(unit.line_id, unit.unit_index) for started in same for unit in started.placements}
    placed = enumerate(parcel.placements, start=1)
    steps = frozenset(step for step, unit in placed if (unit.line_id, unit.unit_index) in units)
    return steps if max(steps, default=0) == len(steps) else frozenset()
