"""The short way for orders of one plain unit: its box is a matter of edges, and all else is known from like plans.

A unit alone meets every rule of placement on the floor of its box (``planning/unpacked/triage.py``), so whether it fits
is decided by edges, mass and volume. Where boxes are rigid and nothing fills them, all else that a plan states depends
on the box and the mass alone: it is taken from a plan of the same box and mass, made and checked as any other. A heavy
unit is laid into its box as a plan lays it, for the warning of spaces beside it that nothing blocks. Orders of which
more depends on the edges are planned: those with a warning on their own sizes.
"""

from __future__ import annotations

import itertools
import math
import time
from collections import OrderedDict
from typing import TYPE_CHECKING

import numpy as np

from boxwright.catalog import load_materials
from boxwright.domain.order import ALL_ORIENTATIONS, Item, Orientation
from boxwright.domain.plan import ProofStatus
from boxwright.domain.policy import Engine, Plausibility
from boxwright.domain.warning import PlanWarning, WarningCode
from boxwright.evaluation.alike import may_be_copied
from boxwright.evaluation.outcome import OrderOutcome, OrderStatus, ParcelFigures
from boxwright.packing.problem import Rules
from boxwright.packing.question import Packed
from boxwright.planning.engine import PACKERS
from boxwright.planning.finishing.plan_warnings import not_blocked
from boxwright.planning.parts.blocking import spaces_to_block_um3
from boxwright.protection import blocking_limits
from boxwright.selection.effort import EFFORT

if TYPE_CHECKING:
    from boxwright.evaluation.plain import PlainOrder
    from boxwright.evaluation.shelf import Room, Shelf
    from boxwright.evaluation.variant import Variant

MOST_LIKE = 20_000
"""Masses of which plans are remembered, each with the boxes that such units went into."""

Key = tuple[int, tuple[Orientation, ...]]
"""Mass in mg, and how the unit may lie."""


class OneUnit:
    """The short way with one variant.

    Parameters
    ----------
    variant : Variant
        What orders are tried with.
    shelf : Shelf
        Its boxes, ranked by mass.
    """

    def __init__(self, variant: Variant, shelf: Shelf) -> None:
        self._policy, self._shelf = variant.policy, shelf
        policy, materials = variant.policy, load_materials()
        self._limits = blocking_limits(materials)
        self._rules = Rules(policy.support_millionths, policy.load_bearing)
        self._effort = EFFORT[policy.mode]
        self._emptiest = float(materials.protection_rules["mostly_empty"].value)
        self._like: OrderedDict[Key, dict[tuple[str, bool], OrderOutcome]] = OrderedDict()
        self._open = True

    @property
    def open(self) -> bool:
        """Whether the way is taken; once it was found not to say what a plan says, it never is."""
        return self._open and self._shelf.open

    def outcome(self, asked: PlainOrder) -> OrderOutcome | None:
        """Return what becomes of an order of one plain unit; None where it has to be planned."""
        started_s = time.thread_time()
        line = asked.order.lines[0]
        rooms, known = self._shelf.rooms((line.mass_mg, False)), self._like.get((line.mass_mg, line.orientations))
        room = None if rooms is None or known is None else _first_room(rooms, line)
        if room is None or known is None:
            return None
        volume_um3 = self._to_block_um3(asked, line, room)
        if volume_um3 is None or (like := known.get((room.box.box_type_id, volume_um3 > 0))) is None:
            return None
        goods_um3 = math.prod(line.edges_um)
        if 1 - goods_um3 / room.box.inner_volume_um3 > self._emptiest or self._doubtful(asked):
            return None
        (parcel,) = like.parcels
        figures = ParcelFigures(
            parcel.box_type_id, parcel.inner_um3, goods_um3, parcel.handling_marks, parcel.outer_um3
        )
        warnings = like.warnings
        if volume_um3:
            loose = not_blocked(volume_um3, 1, parcel.box_type_id, None)
            warnings = tuple(loose if each.code == WarningCode.NOT_BLOCKED else each for each in warnings)
        cpu_s = time.thread_time() - started_s
        order_id = asked.order.order_id
        return like.changed(order_id=order_id, parcels=(figures,), warnings=warnings, cpu_s=cpu_s)

    def _to_block_um3(self, asked: PlainOrder, line: Item, room: Room) -> int | None:
        """Return the volume of the spaces beside a heavy unit that need blocking; None where it is not laid down."""
        if line.mass_mg < self._limits.least_mg:
            return 0
        question = self._effort.question(asked.units, room.space, self._rules)
        answer = PACKERS[Engine.BOXWRIGHT].ask(question)
        if not isinstance(answer, Packed):
            return None
        corners_um, heavy = answer.layout.centred.corners_um, np.ones(1, dtype=np.bool_)
        return spaces_to_block_um3(corners_um, room.box.inner_um, heavy, self._limits.gap_um)

    def _doubtful(self, asked: PlainOrder) -> bool:
        """Whether sizes or mass of an order look like a slip: a plan then says so, or is refused."""
        return self._policy.plausibility is not Plausibility.OFF and asked.doubtful

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
        loose = next((each for each in outcome.warnings if each.code == WarningCode.NOT_BLOCKED), None)
        if room is not None and (box, loose) != (room.box.box_type_id, self._not_blocked(asked, line, room)):
            self._open = False  # a rule that this way does not know: all orders are planned
        key = line.mass_mg, line.orientations
        known = self._like.setdefault(key, {})
        known[box, loose is not None] = outcome
        self._like.move_to_end(key)
        if len(self._like) > MOST_LIKE:
            self._like.popitem(last=False)

    def _not_blocked(self, asked: PlainOrder, line: Item, room: Room) -> PlanWarning | None:
        """Return the warning that spaces beside a heavy unit are not blocked, if there are any."""
        volume_um3 = self._to_block_um3(asked, line, room)
        return not_blocked(volume_um3, 1, room.box.box_type_id, None) if volume_um3 else None


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
