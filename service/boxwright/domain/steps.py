"""Steps of packing a parcel: equal units that form a block go in together."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from boxwright.domain.plan import Parcel, Placement, StartedParcel, begun_steps

MOST_TOGETHER = 200
"""Maximum number of units of a step; larger steps would not help a packer."""


@dataclass(frozen=True, slots=True)
class Step:
    """Units of a line that go in together, in the same orientation."""

    placed: tuple[Placement, ...]
    """Units in pack sequence."""
    number: int
    """Number of its first unit in the pack sequence, from 1."""
    counts: tuple[int, int, int]
    """Number of units along x, y and z; units in compartments all count along x."""
    corner_um: tuple[int, int, int]
    extent_um: tuple[int, int, int]
    """Lowest corner and size of the block of envelopes, in um."""
    already_in_box: bool = False
    """Whether the units were already in a started parcel."""

    @property
    def last(self) -> int:
        """Number of its last unit."""
        return self.number + len(self.placed) - 1

    @property
    def label(self) -> str:
        """Numbers of its units, such as ``2–4``."""
        return numbers(self.number, len(self.placed))


def numbers(first: int, count: int) -> str:
    """Return a range of ``count`` numbers from ``first``, such as ``2–4``."""
    return f"{first}–{first + count - 1}" if count > 1 else str(first)


def steps_of(parcel: Parcel, started_parcels: Iterable[StartedParcel] = ()) -> tuple[Step, ...]:
    """Return the steps of a parcel: each takes as many equal, consecutive units as form one block."""
    begun, at, steps = len(begun_steps(parcel, started_parcels)), 0, list[Step]()
    while at < len(parcel.placements):
        end = begun if at < begun else len(parcel.placements)
        steps.append(_block(parcel.placements[at : min(end, at + MOST_TOGETHER)], at + 1, begun=at < begun))
        at += len(steps[-1].placed)
    return tuple(steps)


def _block(placements: tuple[Placement, ...], number: int, *, begun: bool) -> Step:
    """Return the step of the first placements: all units that are equal and form a block without gaps."""
    first, starts, counts, taken = placements[0], (set[int](), set[int](), set[int]()), (1, 1, 1), 1
    for count, placed in enumerate(placements, 1):
        if _kind(placed) != _kind(first) or (count > 1 and placed.inner_box_type_id):
            break
        for axis, start in enumerate(placed.corner_um):
            starts[axis].add(start)
        along = len(starts[0]), len(starts[1]), len(starts[2])
        spans = zip(starts, first.extent_um, strict=True)
        if placed.compartment:
            counts, taken = (count, 1, 1), count
        elif math.prod(along) == count and all(max(at) - min(at) == (len(at) - 1) * edge for at, edge in spans):
            counts, taken = along, count
    inside = placements[:taken]
    low, high = (
        tuple(end(placed.corner_um[axis] + far * placed.extent_um[axis] for placed in inside) for axis in range(3))
        for end, far in ((min, 0), (max, 1))
    )
    x, y, z = low
    return Step(inside, number, counts, (x, y, z), (high[0] - x, high[1] - y, high[2] - z), begun)


def _kind(placed: Placement) -> tuple[object, ...]:
    kept_free = placed.half_gap_um, placed.wall_margin_um
    return placed.line_id, placed.orientation, placed.folds, placed.extent_um, *kept_free, bool(placed.compartment)
