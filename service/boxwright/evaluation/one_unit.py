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

import math
import time
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from boxwright.domain.order import ALL_ORIENTATIONS
from boxwright.domain.plan import ProofStatus
from boxwright.domain.policy import Plausibility
from boxwright.domain.warning import WarningCode
from boxwright.evaluation.alike import may_be_copied
from boxwright.evaluation.outcome import OrderOutcome, OrderStatus
from boxwright.evaluation.short_way import ShortWay, not_blocked_in, restated, warning_of
from boxwright.packing.voids import beside_one_um3
from boxwright.planning.finishing.plan_warnings import mostly_empty, not_blocked

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from boxwright.domain.warning import PlanWarning
    from boxwright.evaluation.plain import PlainOrder
    from boxwright.evaluation.shelf import Load, Room
    from boxwright.packing.problem import Layout

_ONE = np.zeros(1, dtype=np.int64)
"""The only unit."""
Key = tuple[int, str, str, bool, bool]
"""Mass in mg, how the unit may lie, its box type, whether spaces next to it are not blocked, and whether the box is
mostly empty."""
Extents = tuple[int, int, int]


class LoneUnit(NamedTuple):
    """An order of one plain unit, read once for all catalogs.

    Attributes
    ----------
    asked : PlainOrder
        The order.
    load : Load
        As a shelf asks for it.
    volume_um3 : int
        Of the unit.
    edges_um : tuple of int
        The shortest first.
    turns : tuple of (int, int, int)
        Extents along x, y and z of each way in which it may lie; empty where it may lie in any.
    ways : str
        The names of these ways.
    """

    asked: PlainOrder
    load: Load
    volume_um3: int
    edges_um: tuple[int, ...]
    turns: tuple[Extents, ...]
    ways: str

    @classmethod
    def of(cls, asked: PlainOrder) -> LoneUnit:
        """Return the unit of an order that has one."""
        (line,) = asked.order.lines
        edges, ways = line.edges_um, line.orientations
        turns = () if len(ways) == len(ALL_ORIENTATIONS) else tuple(each.rotate(*edges) for each in ways)
        return cls(asked, (line.mass_mg, False), math.prod(edges), tuple(sorted(edges)), turns, "".join(ways))


class _Choice(NamedTuple):
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

    def key(self, unit: LoneUnit) -> Key:
        """Return what plans of the same figures share."""
        return unit.load[0], unit.ways, self.room.box.box_type_id, self.loose is not None, self.hollow is not None

    def kinds(self, unit: LoneUnit) -> tuple[Hashable, ...]:
        """Return what a plan confirms: the key, whatever the mass."""
        return (self.key(unit)[1:],)


class OneUnit(ShortWay[Key]):
    """The short way for one unit, with one variant."""

    def known(self, units: Sequence[LoneUnit]) -> list[OrderOutcome | None]:
        """Return what becomes of orders of one plain unit; None where no plan like theirs was made yet."""
        started_s = time.thread_time()
        likes = [self._like_of(unit) for unit in units]
        each_s = (time.thread_time() - started_s) / max(1, len(units))
        return [like and _outcome_like(*like, unit, each_s) for like, unit in zip(likes, units, strict=True)]

    def _like_of(self, unit: LoneUnit) -> tuple[OrderOutcome, tuple[PlanWarning, ...]] | None:
        """Return an outcome like that of a unit, and the warnings of its own; None where there is none.

        None, too, where a plan says more: of sizes or masses that look like a slip, which may be refused.
        """
        choice = self._choice(unit)
        like = None if choice is None else self._like.get(choice.key(unit))
        if choice is None or like is None:
            return None
        if self._policy.plausibility is not Plausibility.OFF and unit.asked.doubtful:
            return None
        self._familiar += 1
        return like, restated(like.warnings, choice.loose, choice.hollow)

    def outcome(self, asked: PlainOrder) -> OrderOutcome | None:
        """Return what becomes of an order of one plain unit; None where it has to be planned."""
        started_s = time.thread_time()
        unit = LoneUnit.of(asked)
        (known,) = self.known([unit])
        if known is not None:
            return known
        if self._shelf.rooms(unit.load) is not None:
            self._familiar += 1
        else:
            self._strange += 1
            if not (self._repeats and self._shelf.rank(asked.order, {unit.load: _ONE})):
                return None
        choice = self._choice(unit)
        if choice is None or not self._may_finish(choice.kinds(unit)):
            return None
        made = self._made(asked, choice, started_s)
        if made is not None and _serves_others(made):
            self._like.note(choice.key(unit), made)
        return made

    def _made(self, asked: PlainOrder, choice: _Choice, started_s: float) -> OrderOutcome | None:
        """Return what the rest of a plan makes of a choice."""
        layout = choice.layout or self._laid(asked.units, choice.room)
        if layout is None:
            return None
        parcel = choice.room.box.box_type_id, _ONE, layout
        return self._finished(asked, [parcel], ProofStatus.PROVED, started_s)

    def _choice(self, unit: LoneUnit) -> _Choice | None:
        """Return what a plan chooses; None where that is not settled here."""
        rooms = self._shelf.rooms(unit.load)
        room = None if rooms is None else _first_room(rooms, unit)
        if room is None:
            return None
        inner_um3 = room.box.inner_volume_um3
        empty = 1 - unit.volume_um3 / inner_um3
        heavy = unit.load[0] >= self._limits.least_mg
        if not heavy and empty <= self._emptiest:
            return _Choice(room, None, None, None)
        layout = self._laid(unit.asked.units, room)
        if layout is None:
            return None
        box, um3 = room.box.box_type_id, self._beside_um3(room, layout) if heavy else 0
        loose, hollow = not_blocked(um3, 1, box, None) if um3 else None, None
        if empty > self._emptiest:
            (corners,) = layout.corners_um.tolist()
            taken = [high - low for low, high in zip(corners[:3], corners[3:], strict=True)]
            hollow = mostly_empty(1, box, empty, inner_um3, taken, only=self._only)
        return _Choice(room, layout, loose, hollow)

    def _beside_um3(self, room: Room, layout: Layout) -> int:
        """Return the volume of the spaces next to a heavy unit that need blocking."""
        (corners,) = layout.centred.corners_um.tolist()
        return beside_one_um3(corners, room.box.inner_um, self._limits.gap_um)

    def learn(self, asked: PlainOrder, outcome: OrderOutcome) -> None:
        """Remember what became of an order of one plain unit that was planned."""
        unit = LoneUnit.of(asked)
        if outcome.status is OrderStatus.PLANNED:
            self._shelf.learn(asked.order, {unit.load: _ONE})
        if not _serves_others(outcome):
            return
        choice = self._choice(unit)
        box = outcome.parcels[0].box_type_id
        loose, hollow = not_blocked_in(outcome), warning_of(outcome, WarningCode.MOSTLY_EMPTY)
        self._like.note((unit.load[0], unit.ways, box, loose is not None, hollow is not None), outcome)
        if choice is None:
            return
        if (box, loose, hollow) != (choice.room.box.box_type_id, choice.loose, choice.hollow):
            self._open = False  # a rule that this way does not know: all orders are planned
        elif self._finishes:
            self._compare(self._made(asked, choice, time.thread_time()), outcome, choice.kinds(unit))


def _outcome_like(like: OrderOutcome, warnings: tuple[PlanWarning, ...], unit: LoneUnit, cpu_s: float) -> OrderOutcome:
    """Return the outcome of a unit for which the same is chosen as in another outcome."""
    parcel = like.parcels[0].with_goods(unit.volume_um3)
    return like.alike(order_id=unit.asked.order.order_id, parcels=(parcel,), warnings=warnings, cpu_s=cpu_s)


def _first_room(rooms: tuple[Room, ...], unit: LoneUnit) -> Room | None:
    """Return the first of rooms that takes a unit in a way in which it may lie."""
    low, middle, high = unit.edges_um
    volume = unit.volume_um3
    for room in rooms:
        fits = room.may_take(low, middle, high, volume)
        if fits and (not unit.turns or _goes_in(unit.turns, room.space.edges_um)):
            return room
    return None


def _goes_in(turns: tuple[Extents, ...], edges_um: Extents) -> bool:
    """Whether a space takes a unit in one of the ways in which it may lie."""
    a, b, c = edges_um
    return any(x <= a and y <= b and z <= c for x, y, z in turns)


def _serves_others(outcome: OrderOutcome) -> bool:
    """Whether an outcome holds for other units of the mass in the same box."""
    return (
        may_be_copied([outcome])
        and len(outcome.parcels) == 1
        and bool(outcome.parcels[0].box_type_id)
        and outcome.proof is ProofStatus.PROVED
    )
