"""The short way for orders of a few plain units: one box, or for two units one each, found as a plan finds them.

A plan takes the cheapest box that all units go into, unless several parcels are cheaper. Here the same is decided with
boxes ranked by mass (``shelf.py``). Those that are cheaper are refused by the comparing proofs, and of three units or
more by all proofs. The box that takes the units is the engine's answer to the question that a plan asks, and the
independent check judges its layout. A parcel of a part of the units costs no less than the cheapest box that the
comparing proofs leave it: where no split comes to less at these prices, none is cheaper. Of two units they are the
prices themselves, since a unit alone fits wherever its edges do.

An order is planned where that does not settle it, where more than mass and size decides, and where a plan would say
more. All else that a row states depends on boxes and masses alone: it is taken from a plan of the same ones.
"""

from __future__ import annotations

import dataclasses
import itertools
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from boxwright.checking import wrong_layout
from boxwright.domain.order import ALL_ORIENTATIONS
from boxwright.domain.plan import Placement, ProofStatus
from boxwright.domain.policy import Engine
from boxwright.domain.warning import WarningCode, gathered
from boxwright.evaluation.alike import may_be_copied
from boxwright.evaluation.outcome import OrderOutcome, OrderStatus, ParcelFigures
from boxwright.evaluation.short_way import ShortWay, not_blocked_in
from boxwright.packing.question import Packed, Refused
from boxwright.planning.engine import PACKERS
from boxwright.planning.finishing.plan_warnings import not_blocked
from boxwright.selection.model import Price, add
from boxwright.selection.partition import splits_of

if TYPE_CHECKING:
    from boxwright.domain.warning import PlanWarning
    from boxwright.evaluation.plain import Counts, Lot, PlainOrder
    from boxwright.evaluation.shelf import Room, Shelf
    from boxwright.evaluation.variant import Variant
    from boxwright.packing.problem import Layout

MOST_LOTS = 15
"""Orders that have more parts than this are planned."""

Key = tuple[tuple[str, int, bool], ...]
"""Of each parcel: box type, mass of the goods, and whether spaces next to heavy units are not blocked."""


class _UnsettledError(Exception):
    """The short way does not settle an order."""


@dataclass(frozen=True, slots=True)
class _Choice:
    """What a plan of an order chooses.

    Attributes
    ----------
    parcels : tuple of (Room, Lot, int)
        Boxes as a plan lists them, what goes into each, and the volume of the spaces next to heavy units that need
        blocking, in cubic um.
    """

    parcels: tuple[tuple[Room, Lot, int], ...]

    @property
    def key(self) -> Key:
        """What plans of the same figures share."""
        return tuple((room.box.box_type_id, lot.load[0], loose_um3 > 0) for room, lot, loose_um3 in self.parcels)

    @property
    def not_blocked(self) -> PlanWarning | None:
        """The warning that spaces next to heavy units are not blocked, if there are any."""
        numbered = enumerate(self.parcels, start=1)
        found = [not_blocked(um3, number, room.box.box_type_id, None) for number, (room, _, um3) in numbered if um3]
        return gathered(found)[0] if found else None


class FewUnits(ShortWay[Key]):
    """The short way for a few units, with one variant."""

    def __init__(self, variant: Variant, shelf: Shelf) -> None:
        super().__init__(variant, shelf)
        catalog, policy = variant.catalog, variant.policy
        self._catalog = catalog
        self._splits = policy.max_parcels is None and all(box.available is None for box in catalog.box_types)

    def outcome(self, asked: PlainOrder) -> OrderOutcome | None:
        """Return what becomes of an order of a few plain units; None where it has to be planned."""
        started_s = time.thread_time()
        choice = self._choice(asked)
        if choice is None or (like := self._like.get(choice.key)) is None:
            return None
        parcels = tuple(
            ParcelFigures(of.box_type_id, of.inner_um3, lot.volume_um3, of.handling_marks, of.outer_um3)
            for of, (_, lot, _) in zip(like.parcels, choice.parcels, strict=True)
        )
        return self._from(like, asked, parcels, choice.not_blocked, started_s)

    def learn(self, asked: PlainOrder, planned: OrderOutcome) -> None:
        """Remember what became of an order of a few plain units that was planned."""
        if planned.status is not OrderStatus.PLANNED or asked.lot_count > MOST_LOTS:
            return
        self._shelf.learn(asked.order, {lot.load: asked.members(lot) for lot in asked.lots.values()})
        choice = self._choice(asked) if self.open else None
        if choice is None or not may_be_copied([planned]):
            return
        loose = not_blocked_in(planned)
        boxes = tuple(room.box.box_type_id for room, _, _ in choice.parcels)
        stated = tuple(each.box_type_id for each in planned.parcels)
        if (stated, loose, planned.proof) != (boxes, choice.not_blocked, ProofStatus.PROVED):
            self._open = False  # a rule that this way does not know: all orders are planned
        if all(each.code != WarningCode.MOSTLY_EMPTY for each in planned.warnings):
            self._note(choice.key, planned)

    def _choice(self, asked: PlainOrder) -> _Choice | None:
        """Return what a plan chooses; None where that is not settled here."""
        if asked.lot_count > MOST_LOTS:
            return None
        try:
            return self._settled(asked)
        except _UnsettledError:
            return None

    def _settled(self, asked: PlainOrder) -> _Choice | None:
        apart = self._apart(asked)
        together = self._together(asked, None if apart is None else apart[0])
        if together is not None:
            return together
        if apart is None or apart[1] is None or not self._splits:
            return None
        return _Choice(tuple((room, lot, self._alone_um3(asked, room, lot)) for room, lot in apart[1]))

    def _together(self, asked: PlainOrder, below: Price | None) -> _Choice | None:
        """Return the cheapest box that takes all units, if no split is cheaper: ``below`` is what each comes to."""
        for room in self._ranked(asked.whole):
            if below is not None and below < room.price:
                break
            if not asked.fit(asked.whole, room):
                continue
            question = self._effort.question(asked.units, room.space, self._rules)
            if asked.count == 2:  # all that the proofs of two units say is said
                question = dataclasses.replace(question, nodes=None)
            answer = PACKERS[Engine.BOXWRIGHT].ask(question)
            if isinstance(answer, Refused):
                continue
            if not isinstance(answer, Packed) or self._wrong(asked, room, answer.layout):
                raise _UnsettledError
            return _Choice(((room, asked.whole, self._to_block_um3(asked.units, room, answer.layout)),))
        return None

    def _apart(self, asked: PlainOrder) -> tuple[Price, tuple[tuple[Room, Lot], ...] | None] | None:
        """Return what no split of the units undercuts, and of two units its parcels; None if there is no split."""
        if asked.count == 2:
            lots = [lot for lot in asked.lots.values() if not lot.load[1]]
            lots = [lots[0]] * 2 if len(lots) == 1 else sorted(lots, key=lambda lot: lot.counts, reverse=True)
            rooms = [self._least(asked, lot) for lot in lots]
            found = [(room, lot) for room, lot in zip(rooms, lots, strict=True) if room is not None]
            if len(found) < len(lots):
                raise _UnsettledError  # a unit that goes into no box
            found.sort(key=lambda each: -each[0].box.inner_volume_um3)
            return add([room.price for room, _ in found]), tuple(found)
        least: dict[Counts, Price] = {}
        for counts, ways in _ways(asked.whole.counts):
            room = None if counts == asked.whole.counts else self._least(asked, asked.lots[counts])
            prices = [add([least[one], least[rest]]) for one, rest in ways if one in least and rest in least]
            prices += [] if room is None else [room.price]
            if prices:
                least[counts] = min(prices)
        price = least.get(asked.whole.counts)
        return None if price is None else (price, None)

    def _least(self, asked: PlainOrder, lot: Lot) -> Room | None:
        """Return the cheapest room that the comparing proofs leave some units."""
        return next((room for room in self._ranked(lot) if asked.fit(lot, room)), None)

    def _ranked(self, lot: Lot) -> tuple[Room, ...]:
        rooms = self._shelf.rooms(lot.load)
        if rooms is None:
            raise _UnsettledError
        return rooms

    def _alone_um3(self, asked: PlainOrder, room: Room, lot: Lot) -> int:
        """Return the volume of the spaces next to a unit alone that need blocking; it is laid down if it is heavy."""
        if lot.load[0] < self._limits.least_mg:
            return 0
        um3 = self._laid_um3(asked.units.take(asked.members(lot)), room)
        if um3 is None:
            raise _UnsettledError
        return um3

    def _wrong(self, asked: PlainOrder, room: Room, layout: Layout) -> bool:
        """Whether the independent check finds fault with a layout: a plan then says so."""
        placements = []
        for member, turn, corners in zip(
            layout.units.tolist(), layout.orientations.tolist(), layout.corners_um.tolist(), strict=True
        ):
            line, index = asked.expansion.units[member]
            x, y, z, x2, y2, z2 = corners
            extents = x2 - x, y2 - y, z2 - z
            placements.append(Placement(line.line_id, index, x, y, z, *extents, orientation=ALL_ORIENTATIONS[turn]))
        return bool(wrong_layout(placements, room.box, asked.order, self._catalog, self._policy))


@lru_cache(maxsize=1_024)
def _ways(whole: Counts) -> tuple[tuple[Counts, tuple[tuple[Counts, Counts], ...]], ...]:
    """Return the parts of some units, few units first, the whole last, each with the ways to split it into two."""
    every = [each for each in itertools.product(*(range(count + 1) for count in whole)) if any(each)]
    every.sort(key=lambda each: (sum(each), each))
    return tuple((each, tuple(splits_of(each))) for each in every)
