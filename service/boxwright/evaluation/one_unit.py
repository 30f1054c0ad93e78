"""The short way for orders of one plain unit: its box is a matter of edges, and all else is known from like plans.

A unit alone meets every rule of placement on the floor of its box (``planning/unpacked/triage.py``), so whether it fits
is decided by edges, mass and volume. Where boxes are rigid and nothing fills them, all else that a plan states depends
on the box and the mass alone: it is taken from a plan of the same box and mass, made and checked as any other. A heavy
unit is laid into its box as a plan lays it, for the warning of spaces beside it that nothing blocks. Orders of which
more depends on the edges are planned: those with a warning on their own sizes.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
import time
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from boxwright.catalog import load_materials
from boxwright.domain.order import ALL_ORIENTATIONS, Item, Order, Orientation
from boxwright.domain.plan import ProofStatus
from boxwright.domain.policy import Engine, Plausibility
from boxwright.domain.warning import PlanWarning, WarningCode
from boxwright.evaluation.alike import may_be_copied
from boxwright.evaluation.outcome import OrderOutcome, OrderStatus, ParcelFigures
from boxwright.packing.problem import Rules, Space
from boxwright.packing.question import Packed
from boxwright.planning.engine import PACKERS
from boxwright.planning.finishing.plan_warnings import not_blocked
from boxwright.planning.model import OrderModel
from boxwright.planning.parts.blocking import spaces_to_block_um3
from boxwright.planning.parts.expansion import Expansion
from boxwright.planning.request import Request
from boxwright.planning.rules.plausible import implausible
from boxwright.planning.task import Task
from boxwright.protection import blocking_limits
from boxwright.selection.candidate import Candidate, lowest_first
from boxwright.selection.effort import EFFORT

if TYPE_CHECKING:
    from boxwright.domain.box import BoxType
    from boxwright.evaluation.trial import Trials
    from boxwright.evaluation.variant import Variant

MOST_KINDS = 20_000
"""Masses that are remembered, each with the boxes that such units went into."""
_ANY_NAME = ("line_id", "sku", "description", "barcode")
_MEASURED = ("length_mm", "width_mm", "height_mm", "mass_g", "orientations", "dimension_status")
_PLAIN = {each.name: each.default for each in dataclasses.fields(Item) if each.name not in (*_ANY_NAME, *_MEASURED)}

Key = tuple[int, tuple[Orientation, ...]]
"""Mass in mg, and how the unit may lie."""


def plain_line(order: Order) -> Item | None:
    """Return the line of an order of one unit of which only size, mass and orientations are stated, else None."""
    if len(order.lines) != 1:
        return None
    line = order.lines[0]
    if line.dimension_status.value == "missing":
        return None
    return line if all(getattr(line, name) == default for name, default in _PLAIN.items()) else None


@dataclass(frozen=True, slots=True)
class _Room:
    """What a box type offers a unit alone."""

    box: BoxType
    space: Space


class _Kind:
    """Units of one mass: the boxes that may take them by rising price, and what became of those in each."""

    def __init__(self) -> None:
        self.seen = 0
        self.rooms: tuple[_Room, ...] | None = None
        self.outcomes: dict[tuple[str, bool], OrderOutcome] = {}


class OneUnit:
    """The short way with one variant.

    Parameters
    ----------
    trials : Trials
        How orders are planned.
    variant : Variant
        What they are tried with.
    """

    def __init__(self, trials: Trials, variant: Variant) -> None:
        self._trials, self._variant, policy = trials, variant, variant.policy
        self._materials = load_materials()
        self._limits = blocking_limits(self._materials)
        self._rules = Rules(policy.support_millionths, policy.load_bearing)
        self._effort = EFFORT[policy.mode]
        self._emptiest = float(self._materials.protection_rules["mostly_empty"].value)
        self._kinds: OrderedDict[Key, _Kind] = OrderedDict()
        self.open = policy.engine is Engine.BOXWRIGHT and all(
            not box.flexible and box.compartments is None for box in variant.catalog.box_types
        )

    def outcome(self, order: Order, line: Item) -> OrderOutcome | None:
        """Return what becomes of an order of one plain unit; None where it has to be planned."""
        started_s = time.thread_time()
        kind = self._kinds.get((line.mass_mg, line.orientations))
        if kind is None or kind.rooms is None:
            return None
        room = _first_room(kind.rooms, line)
        if room is None:
            return None
        volume_um3 = self._to_block_um3(order, line, room)
        if volume_um3 is None or (like := kind.outcomes.get((room.box.box_type_id, volume_um3 > 0))) is None:
            return None
        goods_um3 = math.prod(line.edges_um)
        if 1 - goods_um3 / room.box.inner_volume_um3 > self._emptiest or self._doubtful(order):
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
        return dataclasses.replace(like, order_id=order.order_id, parcels=(figures,), warnings=warnings, cpu_s=cpu_s)

    def _to_block_um3(self, order: Order, line: Item, room: _Room) -> int | None:
        """Return the volume of the spaces beside a heavy unit that need blocking; None where it is not laid down."""
        if line.mass_mg < self._limits.least_mg:
            return 0
        question = self._effort.question(Expansion.of(order).arrays, room.space, self._rules)
        answer = PACKERS[Engine.BOXWRIGHT].ask(question)
        if not isinstance(answer, Packed):
            return None
        corners_um, heavy = answer.layout.centred.corners_um, np.ones(1, dtype=np.bool_)
        return spaces_to_block_um3(corners_um, room.box.inner_um, heavy, self._limits.gap_um)

    def _doubtful(self, order: Order) -> bool:
        """Whether sizes or mass of an order look like a slip: a plan then says so, or is refused."""
        if self._variant.policy.plausibility is Plausibility.OFF:
            return False
        return next(iter(implausible(order, self._materials)), None) is not None

    def learn(self, order: Order, line: Item, outcome: OrderOutcome) -> None:
        """Remember what became of an order of one plain unit that was planned."""
        key = line.mass_mg, line.orientations
        kind = self._kinds.get(key)
        if kind is None:
            kind = self._kinds[key] = _Kind()
            if len(self._kinds) > MOST_KINDS:
                self._kinds.popitem(last=False)
        self._kinds.move_to_end(key)
        kind.seen += 1
        planned = outcome.status is OrderStatus.PLANNED
        if planned and kind.seen > 1 and kind.rooms is None:
            # Of a mass that comes once, to rank the boxes would cost more than it saves.
            self._rank(kind, order)
        if _serves_others(outcome):
            room = None if kind.rooms is None else _first_room(kind.rooms, line)
            box = outcome.parcels[0].box_type_id
            loose = next((each for each in outcome.warnings if each.code == WarningCode.NOT_BLOCKED), None)
            if room is not None and (box, loose) != (room.box.box_type_id, self._not_blocked(order, line, room)):
                self.open = False  # a rule that this way does not know: all orders are planned
            kind.outcomes[box, loose is not None] = outcome

    def _not_blocked(self, order: Order, line: Item, room: _Room) -> PlanWarning | None:
        """Return the warning that spaces beside a heavy unit are not blocked, if there are any."""
        volume_um3 = self._to_block_um3(order, line, room)
        return not_blocked(volume_um3, 1, room.box.box_type_id, None) if volume_um3 else None

    def _rank(self, kind: _Kind, order: Order) -> None:
        """Find the boxes that may take units of a kind, by rising price; none where more than that decides."""
        made = self._variant
        request = Request.resolve(Task(order, made.catalog, made.policy, made.lane, self._trials.profiles))
        model = OrderModel(request, request.expansion)
        members = model.expansion.everything
        if (
            request.void_fill is not None
            or request.blocking is not None
            or model.parts.wrappings.any
            or len(model.variants(members)) > 1
            or len(members) != 1
        ):
            self.open = False
            return
        kind.rooms = tuple(_rooms(lowest_first(model, members, model.box_types())))


def _rooms(candidates: list[Candidate]) -> Iterator[_Room]:
    """Yield what the candidates of a unit offer, but for those that do not bear or take it whatever its edges are."""
    for each in candidates:
        (units,) = each.shapes.units
        space = each.space(units)
        if each.forbidden() is None and units.mass_mg[0] + units.cushioning_mg[0] <= space.mass_limit_mg:
            yield _Room(each.box, space)


def _first_room(rooms: tuple[_Room, ...], line: Item) -> _Room | None:
    """Return the first of rooms that takes a unit in a way in which it may lie."""
    edges = line.edges_um
    volume = math.prod(edges)
    if len(line.orientations) == len(ALL_ORIENTATIONS):
        low, middle, high = sorted(edges)
        for room in rooms:
            a, b, c = sorted(room.space.edges_um)
            if low <= a and middle <= b and high <= c and volume <= room.space.volume_limit_um3:
                return room
        return None
    turns = [each.rotate(*edges) for each in line.orientations]
    for room, (x, y, z) in itertools.product(rooms, turns):
        a, b, c = room.space.edges_um
        if x <= a and y <= b and z <= c and volume <= room.space.volume_limit_um3:
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
