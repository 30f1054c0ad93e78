"""What the short ways for orders of plain units share: an outcome taken from a plan of the same boxes and masses."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Generic, TypeVar

from boxwright.catalog import load_materials
from boxwright.domain.policy import Engine, Plausibility
from boxwright.domain.warning import WarningCode
from boxwright.evaluation.finished import finished
from boxwright.evaluation.learned import Learned
from boxwright.packing.problem import Rules
from boxwright.packing.question import Packed
from boxwright.planning.engine import PACKERS
from boxwright.planning.parts.packaging import spaces_to_block_um3
from boxwright.protection import blocking_limits
from boxwright.selection.effort import EFFORT

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from boxwright.domain.plan import ProofStatus
    from boxwright.domain.warning import PlanWarning
    from boxwright.evaluation.finished import Chosen
    from boxwright.evaluation.outcome import OrderOutcome, ParcelFigures
    from boxwright.evaluation.plain import PlainOrder
    from boxwright.evaluation.shelf import Room, Shelf
    from boxwright.evaluation.variant import Variant
    from boxwright.packing.problem import Layout, Units

MOST_LIKE = 20_000
"""Kinds of plans that a way remembers."""
PLANNED_EACH = 500
"""One of so many outcomes that could be made without a plan is planned all the same, and compared."""

Key = TypeVar("Key", bound="Hashable")
"""What plans of the same figures share."""
News = tuple[bool, bool, "dict[Key, OrderOutcome]", "dict[Hashable, bool]"]
"""Whether the way is taken, whether outcomes are finished on it, outcomes by key, and what plans confirmed."""


class ShortWay(Generic[Key]):
    """A short way with one variant.

    Of masses that no plan had yet, the rest of a plan is made of what the way chooses (``finished.py``), once whole
    plans have confirmed what it makes for the boxes.

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
        self._open = self._finishes = True
        self._familiar = self._strange = self._ready = 0
        self._confirmed: Learned[Hashable, bool] = Learned(MOST_LIKE)
        self._like: Learned[Key, OrderOutcome] = Learned(MOST_LIKE)

    @property
    def open(self) -> bool:
        """Whether the way is taken; once it was found not to say what a plan says, it never is."""
        return self._open and self._shelf.open

    def news(self) -> News[Key]:
        """Return what was noted since this was asked last: the first time, all."""
        return self._open, self._finishes, self._like.news(), self._confirmed.news()

    def hear(self, news: News[Key]) -> None:
        """Take what the way with the same variant noted in another process."""
        open_there, finishes_there, like, confirmed = news
        self._open &= open_there
        self._finishes &= finishes_there
        for key, outcome in like.items():
            self._like.hear(key, outcome)
        for kind in confirmed:
            self._confirmed.hear(kind, True)

    def _finished(
        self, asked: PlainOrder, parcels: Sequence[Chosen], proof: ProofStatus, started_s: float
    ) -> OrderOutcome | None:
        """Return the outcome of parcels of an order, made as a plan's last steps make it; None where it is planned."""
        model = self._shelf.model(asked.order)
        return None if model is None else finished(model, parcels, proof, started_s)

    @property
    def _repeats(self) -> bool:
        """Whether masses come again so often that it pays to rank boxes for one that is new.

        So it is where a fourth of the orders had masses for which boxes are ranked.
        """
        return 3 * self._familiar > self._strange

    def _may_finish(self, kinds: Iterable[Hashable]) -> bool:
        """Whether plans confirmed what is made of each kind of parcel; one order in some is planned even so."""
        if not self._finishes or not all(kind in self._confirmed for kind in kinds):
            return False
        self._ready += 1
        return self._ready % PLANNED_EACH > 0

    def _compare(self, made: OrderOutcome | None, planned: OrderOutcome, kinds: Iterable[Hashable]) -> None:
        """Note that a plan says what was made of its parcels; where it says something else, no more are made."""
        self._finishes = made == planned
        for kind in kinds if self._finishes else ():
            self._confirmed.note(kind, True)

    def _from(
        self,
        like: OrderOutcome,
        asked: PlainOrder,
        parcels: Sequence[ParcelFigures],
        loose: PlanWarning | None,
        started_s: float,
    ) -> OrderOutcome | None:
        """Return the outcome of an order like a planned one; None where a plan would say more.

        That is of sizes or masses that look like a slip, which may be refused, and of boxes that are mostly empty.
        ``loose`` is the warning that spaces next to heavy goods are not blocked, if the order has it.
        """
        if any(each.empty_space_ratio > self._emptiest for each in parcels):
            return None
        if self._policy.plausibility is not Plausibility.OFF and asked.doubtful:
            return None
        return like.alike(
            order_id=asked.order.order_id,
            unit_count=asked.count,
            packed_units=asked.count,
            parcels=tuple(parcels),
            warnings=restated(like.warnings, loose, None),
            cpu_s=time.thread_time() - started_s,
        )

    def _laid(self, unit: Units, room: Room) -> Layout | None:
        """Return a unit alone as a plan lays it into a room; None where the engine does not lay it down.

        Proofs are not asked: of one unit they say what the room says, that its mass, volume and edges go in.
        """
        answer = PACKERS[Engine.BOXWRIGHT].ask(self._effort.question(unit, room.space, self._rules, proofs=False))
        return answer.layout if isinstance(answer, Packed) else None

    def _laid_um3(self, unit: Units, room: Room) -> int | None:
        """Lay a heavy unit alone into a room; return the volume of the spaces next to it that need blocking.

        None where the engine does not lay it down.
        """
        layout = self._laid(unit, room)
        return None if layout is None else self._to_block_um3(room, layout)

    def _to_block_um3(self, room: Room, layout: Layout) -> int:
        """Return the volume of the spaces next to heavy goods that need blocking."""
        return spaces_to_block_um3(layout.centred.corners_um, room.box.inner_um, self._limits.gap_um)


def restated(
    warnings: tuple[PlanWarning, ...], loose: PlanWarning | None, hollow: PlanWarning | None
) -> tuple[PlanWarning, ...]:
    """Return the warnings of a plan with those in their place that depend on the edges of units."""
    if loose is not None:
        warnings = tuple(loose if each.code == WarningCode.NOT_BLOCKED else each for each in warnings)
    if hollow is not None:
        warnings = tuple(hollow if each.code == WarningCode.MOSTLY_EMPTY else each for each in warnings)
    return warnings


def not_blocked_in(outcome: OrderOutcome) -> PlanWarning | None:
    """Return the warning of an outcome that spaces next to heavy goods are not blocked, if it has one."""
    return warning_of(outcome, WarningCode.NOT_BLOCKED)


def warning_of(outcome: OrderOutcome, code: WarningCode) -> PlanWarning | None:
    """Return the warning of an outcome that has a code, if there is one."""
    return next((each for each in outcome.warnings if each.code == code), None)
