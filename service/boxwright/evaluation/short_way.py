"""What the short ways for orders of plain units share: an outcome taken from a plan of the same boxes and masses."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np

from boxwright.catalog import load_materials
from boxwright.domain.policy import Engine, Plausibility
from boxwright.domain.warning import WarningCode
from boxwright.evaluation.learned import Learned
from boxwright.packing.problem import Rules
from boxwright.packing.question import Packed
from boxwright.planning.engine import PACKERS
from boxwright.planning.parts.blocking import spaces_to_block_um3
from boxwright.protection import blocking_limits
from boxwright.selection.effort import EFFORT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from boxwright.domain.warning import PlanWarning
    from boxwright.evaluation.outcome import OrderOutcome, ParcelFigures
    from boxwright.evaluation.plain import PlainOrder
    from boxwright.evaluation.shelf import Room, Shelf
    from boxwright.evaluation.variant import Variant
    from boxwright.packing.problem import Layout, Units

MOST_LIKE = 20_000
"""Kinds of plans that a way remembers."""

Key = TypeVar("Key")
"""What plans of the same figures share."""


class ShortWay(Generic[Key]):
    """A short way with one variant.

    Parameters
    ----------
    variant : Variant
        What orders are tried with.
    shelf : Shelf
        Its boxes, ranked by mass.
    """

    def __init__(self, variant: Variant, shelf: Shelf) -> None:
        policy, materials = variant.policy, load_materials()
        self._policy, self._shelf = policy, shelf
        self._only = len(variant.catalog.box_types) == 1
        self._limits = blocking_limits(materials)
        self._rules = Rules(policy.support_millionths, policy.load_bearing)
        self._effort = EFFORT[policy.mode].of_an_order
        self._emptiest = float(materials.protection_rules["mostly_empty"].value)
        self._open = True
        self._like: Learned[Key, OrderOutcome] = Learned(MOST_LIKE)

    @property
    def open(self) -> bool:
        """Whether the way is taken; once it was found not to say what a plan says, it never is."""
        return self._open and self._shelf.open

    def news(self) -> tuple[bool, dict[Key, OrderOutcome]]:
        """Return whether the way is taken, and the outcomes noted since this was asked last: the first time, all."""
        return self._open, self._like.news()

    def hear(self, news: tuple[bool, dict[Key, OrderOutcome]]) -> None:
        """Take what the way with the same variant noted in another process."""
        open_there, like = news
        self._open &= open_there
        for key, outcome in like.items():
            self._like.hear(key, outcome)

    def _from(
        self,
        like: OrderOutcome,
        asked: PlainOrder,
        parcels: Sequence[ParcelFigures],
        loose: PlanWarning | None,
        started_s: float,
        hollow: PlanWarning | None = None,
    ) -> OrderOutcome | None:
        """Return the outcome of an order like a planned one; None where a plan would say more.

        That is of sizes or masses that look like a slip, which may be refused, and of boxes that are mostly empty.
        ``loose`` and ``hollow`` are the warnings that spaces next to heavy units are not blocked, and that its box is
        mostly empty, if the order has them.
        """
        if hollow is None and any(each.empty_space_ratio > self._emptiest for each in parcels):
            return None
        if self._policy.plausibility is not Plausibility.OFF and asked.doubtful:
            return None
        warnings = like.warnings
        if loose is not None:
            warnings = tuple(loose if each.code == WarningCode.NOT_BLOCKED else each for each in warnings)
        if hollow is not None:
            warnings = tuple(hollow if each.code == WarningCode.MOSTLY_EMPTY else each for each in warnings)
        return like.alike(
            order_id=asked.order.order_id,
            unit_count=asked.count,
            packed_units=asked.count,
            parcels=tuple(parcels),
            warnings=warnings,
            cpu_s=time.thread_time() - started_s,
        )

    def _laid(self, unit: Units, room: Room) -> Layout | None:
        """Return a unit alone as a plan lays it into a room; None where the engine does not lay it down.

        Proofs are not asked: of one unit they say what the room says, that its mass, volume and edges go in.
        """
        answer = PACKERS[Engine.BOXWRIGHT].ask(self._effort.question(unit, room.space, self._rules, proofs=False))
        return answer.layout if isinstance(answer, Packed) else None

    def _laid_um3(self, unit: Units, room: Room) -> int | None:
        """Lay a unit alone into a room; return the volume of the spaces next to it that need blocking, if it is heavy.

        None where the engine does not lay it down.
        """
        layout = self._laid(unit, room)
        return None if layout is None else self._to_block_um3(unit, room, layout)

    def _to_block_um3(self, units: Units, room: Room, layout: Layout) -> int:
        """Return the volume of the spaces next to heavy units that need blocking."""
        heavy = np.asarray(units.mass_mg >= self._limits.least_mg)[layout.units]
        if not heavy.any():
            return 0
        return spaces_to_block_um3(layout.centred.corners_um, room.box.inner_um, heavy, self._limits.gap_um)


def not_blocked_in(outcome: OrderOutcome) -> PlanWarning | None:
    """Return the warning of an outcome that spaces next to heavy units are not blocked, if it has one."""
    return warning_of(outcome, WarningCode.NOT_BLOCKED)


def warning_of(outcome: OrderOutcome, code: WarningCode) -> PlanWarning | None:
    """Return the warning of an outcome that has a code, if there is one."""
    return next((each for each in outcome.warnings if each.code == code), None)
