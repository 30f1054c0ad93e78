"""The short way for orders of one plain unit: its box is a matter of edges, and all else is known from like plans.

A unit alone meets every rule of placement on the floor of its box (``planning/unpacked/triage.py``), so whether it fits
is decided by edges, mass and volume. Where boxes are rigid and nothing fills them, all else that a plan states depends
on the box and the mass alone: it is taken from a plan of the same box and mass, made and checked as any other. Where no
order had them yet, the rest of a plan is made of the choice, without a search (``finished.py``). A heavy unit, and one
in a box that is mostly empty, is laid down as a plan lays it, for the warnings of spaces next to it that nothing
blocks, and of how much it takes of the box. Orders of which more depends on the edges are planned: those with a warning
on their own sizes.
"""

from __future__ import annotations

import itertools
import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from boxwright.domain.order import ALL_ORIENTATIONS, Item, Orientation
from boxwright.domain.plan import ProofStatus
from boxwright.domain.warning import WarningCode
from boxwright.evaluation.alike import may_be_copied
from boxwright.evaluation.outcome import OrderOutcome, OrderStatus, ParcelFigures
from boxwright.evaluation.short_way import ShortWay, not_blocked_in, warning_of
from boxwright.planning.finishing.empty_warnings import mostly_empty
from boxwright.planning.finishing.plan_warnings import not_blocked

if TYPE_CHECKING:
    from collections.abc import Hashable

    from boxwright.domain.warning import PlanWarning
    from boxwright.evaluation.plain import PlainOrder
    from boxwright.evaluation.shelf import Room
    from boxwright.packing.problem import Layout

_ONE = np.zeros(1, dtype=np.int64)
"""The only unit."""
Key = tuple[int, tuple[Orientation, ...], str, bool, bool]
"""Mass in mg, how the unit may lie, its box type, whether spaces next to it are not blocked, and whether the box is
mostly empty."""


@dataclass(frozen=True, slots=True)
class _Choice:
    """The box that a plan takes for a unit, and the warnings that depend on its edges.

    Attributes
    ----------
    room : Room
        What the box offers.
    layout : Layout or None
        How the unit lies in it; None where it was not laid down.
    loose, hollow : PlanWarning or None
        That spaces next to it are not blocked, and that the box is mostly empty.
    """

    room: Room
    layout: Layout | None
    loose: PlanWarning | None
    hollow: PlanWarning | None

    def key(self, line: Item) -> Key:
        """Return what plans of the same figures share."""
        box = self.room.box.box_type_id
        return line.mass_mg, line.orientations, box, self.loose is not None, self.hollow is not None

    def kinds(self, line: Item) -> tuple[Hashable, ...]:
        """Return what a plan confirms: the key, whatever the mass."""
        return (self.key(line)[1:],)


class OneUnit(ShortWay[Key]):
    """The short way for one unit, with one variant."""

    def outcome(self, asked: PlainOrder) -> OrderOutcome | None:
        """Return what becomes of an order of one plain unit; None where it has to be planned."""
        started_s = time.thread_time()
        line = asked.order.lines[0]
        load = line.mass_mg, False
        if self._shelf.rooms(load) is not None:
            self._familiar += 1
        else:
            self._strange += 1
            if not (self._repeats and self._shelf.rank(asked.order, {load: _ONE})):
                return None
        choice = self._choice(asked, line)
        if choice is None:
            return None
        like = self._like.get(choice.key(line))
        if like is not None:
            (of,) = like.parcels
            goods_um3 = math.prod(line.edges_um)
            figures = ParcelFigures(of.box_type_id, of.inner_um3, goods_um3, of.handling_marks, of.outer_um3)
            known = self._from(like, asked, [figures], choice.loose, started_s, choice.hollow)
            if known is not None:
                return known
        if not self._may_finish(choice.kinds(line)):
            return None
        made = self._made(asked, choice, started_s)
        if made is not None and _serves_others(made):
            self._like.note(choice.key(line), made)
        return made

    def _made(self, asked: PlainOrder, choice: _Choice, started_s: float) -> OrderOutcome | None:
        """Return what the rest of a plan makes of a choice."""
        layout = choice.layout or self._laid(asked.units, choice.room)
        if layout is None:
            return None
        parcel = choice.room.box.box_type_id, _ONE, layout
        return self._finished(asked, [parcel], ProofStatus.PROVED, started_s)

    def _choice(self, asked: PlainOrder, line: Item) -> _Choice | None:
        """Return what a plan chooses; None where that is not settled here."""
        rooms = self._shelf.rooms((line.mass_mg, False))
        room = None if rooms is None else _first_room(rooms, line)
        if room is None:
            return None
        inner_um3 = room.box.inner_volume_um3
        empty = 1 - math.prod(line.edges_um) / inner_um3
        if line.mass_mg < self._limits.least_mg and empty <= self._emptiest:
            return _Choice(room, None, None, None)
        layout = self._laid(asked.units, room)
        if layout is None:
            return None
        box, um3 = room.box.box_type_id, self._to_block_um3(asked.units, room, layout)
        loose, hollow = not_blocked(um3, 1, box, None) if um3 else None, None
        if empty > self._emptiest:
            (corners,) = layout.corners_um.tolist()
            taken = [high - low for low, high in zip(corners[:3], corners[3:], strict=True)]
            hollow = mostly_empty(1, box, empty, inner_um3, taken, only=self._only)
        return _Choice(room, layout, loose, hollow)

    def learn(self, asked: PlainOrder, outcome: OrderOutcome) -> None:
        """Remember what became of an order of one plain unit that was planned."""
        (line,) = asked.order.lines
        if outcome.status is OrderStatus.PLANNED:
            self._shelf.learn(asked.order, {(line.mass_mg, False): _ONE})
        if not _serves_others(outcome):
            return
        choice = self._choice(asked, line)
        box = outcome.parcels[0].box_type_id
        loose, hollow = not_blocked_in(outcome), warning_of(outcome, WarningCode.MOSTLY_EMPTY)
        self._like.note((line.mass_mg, line.orientations, box, loose is not None, hollow is not None), outcome)
        if choice is None:
            return
        if (box, loose, hollow) != (choice.room.box.box_type_id, choice.loose, choice.hollow):
            self._open = False  # a rule that this way does not know: all orders are planned
        elif self._finishes:
            self._compare(self._made(asked, choice, time.thread_time()), outcome, choice.kinds(line))


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
    )
