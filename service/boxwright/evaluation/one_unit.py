"""The short way for orders of one plain unit: its box is a matter of edges, and all else is known from like plans.

A unit alone meets every rule of placement on the floor of its box (``planning/unpacked/triage.py``), so whether it fits
is decided by edges, mass and volume. Where boxes are rigid and nothing fills them, all else that a plan states depends
on the box and the mass alone: it is taken from a plan of the same box and mass, made and checked as any other. A heavy
unit is laid into its box as a plan lays it, for the warning of spaces next to it that nothing blocks. Orders of which
more depends on the edges are planned: those with a warning on their own sizes.
"""

from __future__ import annotations

import itertools
import math
import time
from typing import TYPE_CHECKING

import numpy as np

from boxwright.domain.order import ALL_ORIENTATIONS, Item, Orientation
from boxwright.domain.plan import ProofStatus
from boxwright.domain.warning import PlanWarning, WarningCode
from boxwright.evaluation.alike import may_be_copied
from boxwright.evaluation.outcome import OrderOutcome, OrderStatus, ParcelFigures
from boxwright.evaluation.short_way import ShortWay, not_blocked_in
from boxwright.planning.finishing.plan_warnings import not_blocked

if TYPE_CHECKING:
    from boxwright.evaluation.plain import PlainOrder
    from boxwright.evaluation.shelf import Room

Key = tuple[int, tuple[Orientation, ...], str, bool]
"""Mass in mg, how the unit may lie, its box type, and whether spaces next to it are not blocked."""


class OneUnit(ShortWay[Key]):
    """The short way for one unit, with one variant."""

    def outcome(self, asked: PlainOrder) -> OrderOutcome | None:
        """Return what becomes of an order of one plain unit; None where it has to be planned."""
        started_s = time.thread_time()
        line = asked.order.lines[0]
        rooms = self._shelf.rooms((line.mass_mg, False))
        room = None if rooms is None else _first_room(rooms, line)
        um3 = None if room is None else self._alone_um3(asked, line, room)
        if room is None or um3 is None:
            return None
        like = self._like.get((line.mass_mg, line.orientations, room.box.box_type_id, um3 > 0))
        if like is None:
            return None
        (of,) = like.parcels
        figures = ParcelFigures(of.box_type_id, of.inner_um3, math.prod(line.edges_um), of.handling_marks, of.outer_um3)
        return self._from(like, asked, [figures], _not_blocked(um3, room), started_s)

    def _alone_um3(self, asked: PlainOrder, line: Item, room: Room) -> int | None:
        """Return the volume of the spaces next to a heavy unit that need blocking; None where it is not laid down."""
        return 0 if line.mass_mg < self._limits.least_mg else self._laid_um3(asked.units, room)

    def learn(self, asked: PlainOrder, outcome: OrderOutcome) -> None:
        """Remember what became of an order of one plain unit that was planned."""
        (line,) = asked.order.lines
        if outcome.status is OrderStatus.PLANNED:
            self._shelf.learn(asked.order, {(line.mass_mg, False): np.zeros(1, dtype=np.int64)})
        if not _serves_others(outcome):
            return
        rooms = self._shelf.rooms((line.mass_mg, False))
        room = None if rooms is None else _first_room(rooms, line)
        box = outcome.parcels[0].box_type_id
        loose = not_blocked_in(outcome)
        if room is not None:
            chosen = room.box.box_type_id, _not_blocked(self._alone_um3(asked, line, room), room)
            if (box, loose) != chosen:
                self._open = False  # a rule that this way does not know: all orders are planned
        self._note((line.mass_mg, line.orientations, box, loose is not None), outcome)


def _not_blocked(um3: int | None, room: Room) -> PlanWarning | None:
    """Return the warning that so much space next to a heavy unit is not blocked, if there is any."""
    return not_blocked(um3, 1, room.box.box_type_id, None) if um3 else None


def _first_room(rooms: tuple[Room, ...], line: Item) -> Room | None:
    """Return the first of rooms that takes a unit in a way in which it may lie."""
    edges = line.edges_um
    volume = math.prod(edges)
    if len(line.orientations) == len(ALL_ORIENTATIONS):
        low, middle, high = sorted(edges)
        for room in rooms:
            if low <= room.low_um and middle <= room.middle_um and high <= room.high_um and volume <= room.volume_um3:
                return room
        return None
    turns = [each.rotate(*edges) for each in line.orientations]
    for room, (x, y, z) in itertools.product(rooms, turns):
        a, b, c = room.space.edges_um
        if x <= a and y <= b and z <= c and volume <= room.volume_um3:
            return room
    return None


def _serves_others(outcome: OrderOutcome) -> bool:
    """Whether an outcome holds for other units of the mass in the same box."""
    return (
        may_be_copied([outcome])
        and len(outcome.parcels) == 1
        and bool(outcome.parcels[0].box_type_id)
        and outcome.proof is ProofStatus.PROVED
        and all(each.code != WarningCode.MOSTLY_EMPTY for each in outcome.warnings)
    )
