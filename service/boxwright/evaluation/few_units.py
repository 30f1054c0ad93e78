"""The short way for orders of a few plain units: one box or several parcels, found as a plan finds them.

A plan takes the cheapest box that all units go into, unless several parcels are cheaper. Here the same is decided with
boxes ranked by mass (``shelf.py``). Those that are cheaper are refused by the comparing proofs, and of three units or
more by all proofs. The box that takes the units is the engine's answer to the question that a plan asks, and the
independent check judges its layout; of most pairs of units it shows that they go in. So it is with the parcels of a
split: ``splits.py`` has the cheapest one, or what none undercuts.

An order is planned where that does not settle it, where more than mass and size decides, and where a plan would say
more. All else that a row states depends on boxes and masses alone: it is taken from a plan of the same ones. Where no
order had them yet, the rest of a plan is made of the choice, without a search (``finished.py``).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from boxwright.checking import wrong_layout
from boxwright.domain.order import ALL_ORIENTATIONS
from boxwright.domain.plan import Placement, ProofStatus
from boxwright.domain.policy import Engine
from boxwright.domain.proof import Proof
from boxwright.domain.warning import WarningCode, gathered
from boxwright.evaluation.alike import may_be_copied
from boxwright.evaluation.outcome import OrderOutcome, OrderStatus, ParcelFigures
from boxwright.evaluation.short_way import ShortWay, not_blocked_in
from boxwright.evaluation.splits import Laid, Splits, UnsettledError
from boxwright.packing.kernels import MANY_UNITS
from boxwright.packing.own import lay
from boxwright.packing.proofs import PROOFS
from boxwright.packing.question import Open, Packed, Refused
from boxwright.planning.engine import PACKERS
from boxwright.planning.finishing.plan_warnings import not_blocked
from boxwright.selection.effort import EFFORT
from boxwright.selection.multi import EFFORT_SHARE
from boxwright.selection.partition import MOST_SUBSETS, NO_PRICE

if TYPE_CHECKING:
    from collections.abc import Hashable

    from boxwright.domain.warning import PlanWarning
    from boxwright.evaluation.finished import Chosen
    from boxwright.evaluation.plain import Lot, PlainOrder
    from boxwright.evaluation.shelf import Load, Room, Shelf
    from boxwright.evaluation.variant import Variant
    from boxwright.packing.problem import Ints, Layout, Units
    from boxwright.packing.question import Answer
    from boxwright.selection.effort import Effort

MOST_LOTS = MOST_SUBSETS - 1
"""Orders that have more parts than this are planned: a plan does not weigh all their partitions."""
AT_FIRST = 3_000
"""Places that packing looks at before all proofs are asked, fewer than it looks at for three units in any mode."""
MOST_RANKED = 8
"""New masses of an order for which boxes are ranked at once; to rank them for more takes longer than a plan."""

Key = tuple[ProofStatus, tuple[tuple[str, int, bool], ...]]
"""What is proved, and of each parcel: box type, mass of the goods, and whether spaces next to heavy goods are not
blocked."""


@dataclass(frozen=True, slots=True)
class _Choice:
    """What a plan of an order chooses.

    Attributes
    ----------
    parcels : tuple of (Laid, int)
        Boxes as a plan lists them, each with what goes into it, and the volume of the spaces next to heavy goods that
        need blocking, in cubic um.
    proof : ProofStatus
        Whether every cheaper box is refused.
    """

    parcels: tuple[tuple[Laid, int], ...]
    proof: ProofStatus

    @property
    def key(self) -> Key:
        """What plans of the same figures share."""
        parcels = ((each.room.box.box_type_id, each.lot.load[0], loose_um3 > 0) for each, loose_um3 in self.parcels)
        return self.proof, tuple(parcels)

    @property
    def kinds(self) -> set[Hashable]:
        """What plans confirm: each kind of parcel, whatever its mass, and as many parcels."""
        kinds = {(each.room.box.box_type_id, loose_um3 > 0) for each, loose_um3 in self.parcels}
        return {(self.proof, len(self.parcels)), *kinds}

    @property
    def not_blocked(self) -> PlanWarning | None:
        """The warning that spaces next to heavy goods are not blocked, if there are any."""
        numbered = enumerate(self.parcels, start=1)
        found = [not_blocked(um3, number, each.room.box.box_type_id, None) for number, (each, um3) in numbered if um3]
        return gathered(found)[0] if found else None


class FewUnits(ShortWay[Key]):
    """The short way for a few units, with one variant."""

    def __init__(self, variant: Variant, shelf: Shelf) -> None:
        super().__init__(variant, shelf)
        catalog, policy = variant.catalog, variant.policy
        self._catalog = catalog
        self._part_effort = EFFORT[policy.mode].scaled(parts=EFFORT_SHARE)
        self._last: tuple[PlainOrder, _Choice | None] | None = None
        self._splits = policy.max_parcels is None and all(box.available is None for box in catalog.box_types)

    def outcome(self, asked: PlainOrder) -> OrderOutcome | None:
        """Return what becomes of an order of a few plain units; None where it has to be planned."""
        started_s = time.thread_time()
        choice = self._choice(asked)
        if choice is None and (new := self._unranked(asked)):
            self._strange += 1
            if self._repeats and len(new) <= MOST_RANKED and self._shelf.rank(asked.order, new):
                choice = self._choice(asked)
        else:
            self._familiar += 1
        self._last = asked, choice
        if choice is None:
            return None
        if (like := self._like.get(choice.key)) is not None:
            parcels = tuple(
                ParcelFigures(of.box_type_id, of.inner_um3, each.lot.volume_um3, of.handling_marks, of.outer_um3)
                for of, (each, _) in zip(like.parcels, choice.parcels, strict=True)
            )
            known = self._from(like, asked, parcels, choice.not_blocked, started_s)
            if known is not None:
                return known
        if not self._may_finish(choice.kinds):
            return None
        made = self._made(asked, choice, started_s)
        if made is not None and _serves_others(made):
            self._like.note(choice.key, made)
        return made

    def _made(self, asked: PlainOrder, choice: _Choice, started_s: float) -> OrderOutcome | None:
        """Return what the rest of a plan makes of a choice: of units that are alike each parcel takes the next ones."""
        firsts = [kind.first for kind in asked.kinds]
        parcels: list[Chosen] = []
        for each, _ in choice.parcels:
            members = asked.members(each.lot, firsts)
            firsts = [first + count for first, count in zip(firsts, each.lot.counts, strict=True)]
            layout = each.layout or self._laid(asked.units.take(members), each.room)
            if layout is None:
                return None
            parcels.append((each.room.box.box_type_id, members, layout))
        return self._finished(asked, parcels, choice.proof, started_s)

    def learn(self, asked: PlainOrder, planned: OrderOutcome) -> None:
        """Remember what became of an order of a few plain units that was planned."""
        if planned.status is not OrderStatus.PLANNED or not _few(asked):
            return
        ranked = self._shelf.learn(asked.order, {lot.load: asked.members(lot) for lot in asked.lots.values()})
        known = self._last if self._last is not None and self._last[0] is asked and not ranked else None
        if not self.open:
            return
        choice = self._choice(asked) if known is None else known[1]
        if choice is None or not may_be_copied([planned]):
            return
        loose = not_blocked_in(planned)
        chosen = [(each.room.box.box_type_id, each.lot.volume_um3) for each, _ in choice.parcels]
        stated = [(each.box_type_id, each.goods_um3) for each in planned.parcels]
        if (stated, loose, planned.proof) != (chosen, choice.not_blocked, choice.proof):
            self._open = False  # a rule that this way does not know: all orders are planned
            return
        if _serves_others(planned):
            self._like.note(choice.key, planned)
        if self._finishes:
            self._compare(self._made(asked, choice, time.thread_time()), planned, choice.kinds)

    def _choice(self, asked: PlainOrder) -> _Choice | None:
        """Return what a plan chooses; None where that is not settled here."""
        if not _few(asked):
            return None
        try:
            return self._settled(asked)
        except UnsettledError:
            return None

    def _unranked(self, asked: PlainOrder) -> dict[Load, Ints]:
        """Return the masses of an order for which boxes are not ranked, each with units of it."""
        lots = asked.lots.values() if _few(asked) else ()
        return {lot.load: asked.members(lot) for lot in lots if self._shelf.rooms(lot.load) is None}

    def _settled(self, asked: PlainOrder) -> _Choice | None:
        splits = Splits(asked, self._rooms, partial(self._lay_part, asked))
        rooms = asked.fitting(asked.whole, self._rooms(asked.whole))
        room, proof = next(rooms, None), ProofStatus.PROVED
        light = asked.whole.load[0] < self._limits.least_mg  # how the units lie is of no account
        while True:
            if room is not None and room.number <= splits.least:  # of equals one parcel, as a plan has it
                if light and asked.two_go_in(asked.whole, room):
                    return _Choice(((Laid(room, asked.whole, None), 0),), proof)
                answer = self._ask(asked, asked.whole, room, self._effort)
                if isinstance(answer, Packed):
                    return self._checked(asked, [Laid(room, asked.whole, answer.layout)], proof)
                proof = proof if isinstance(answer, Refused) else ProofStatus.OPEN
                room = next(rooms, None)
            elif splits.compared():
                continue
            elif not self._splits or splits.least == NO_PRICE:
                return None
            elif not splits.tell_more():
                # Where no box was found a plan asks again, with more effort, of those that stayed open.
                return None if proof is ProofStatus.OPEN else self._checked(asked, splits.parcels(), proof)

    def _rooms(self, lot: Lot) -> tuple[Room, ...]:
        """Return the boxes that bear some units, by rising price."""
        rooms = self._shelf.rooms(lot.load)
        if rooms is None:
            raise UnsettledError
        return rooms

    def _lay_part(self, asked: PlainOrder, lot: Lot, room: Room) -> Layout | None:
        """Lay a part of the units as a plan lays it; None where it is refused. One that stays open settles nothing."""
        answer = self._ask(asked, lot, room, self._part_effort)
        if isinstance(answer, Open):
            raise UnsettledError
        return answer.layout

    def _ask(self, asked: PlainOrder, lot: Lot, room: Room, effort: Effort) -> Answer:
        """Return the engine's answer to what a plan asks it, in the order that settles most the soonest.

        Of those that go into no room the proof of bars shows nearly all. Most others lie well after little effort: what
        is found then is what is found with more, and no proof refuses it.
        """
        several = sum(lot.counts) > 2  # all that the proofs of two units say is said
        question = effort.question(self._units(asked, lot), room.space, self._rules, proofs=several)
        if several:
            if (rule := PROOFS[Proof.BAR_RELAXATION](question)) is not None:
                return Refused(Proof.BAR_RELAXATION, rule)
            if (layout := lay(replace(question, effort=AT_FIRST))) is not None:
                return Packed(layout)
        return PACKERS[Engine.BOXWRIGHT].ask(question)

    @staticmethod
    def _units(asked: PlainOrder, lot: Lot) -> Units:
        return asked.units if lot.counts == asked.whole.counts else asked.units.take(asked.members(lot))

    def _checked(self, asked: PlainOrder, parcels: list[Laid], proof: ProofStatus) -> _Choice:
        """Return a choice whose layouts the independent check finds no fault with: a plan would say so."""
        found = []
        for each in parcels:
            room, lot, layout = each.room, each.lot, each.layout
            if layout is not None and self._wrong(asked, lot, room, layout):
                raise UnsettledError
            if lot.load[0] < self._limits.least_mg:
                um3 = 0
            elif layout is None:
                um3 = self._alone_um3(asked, room, lot)
            else:
                um3 = self._to_block_um3(room, layout)
            found.append((each, um3))
        return _Choice(tuple(found), proof)

    def _alone_um3(self, asked: PlainOrder, room: Room, lot: Lot) -> int:
        """Lay a heavy unit alone down; return the volume of the spaces next to it that need blocking."""
        um3 = self._laid_um3(self._units(asked, lot), room)
        if um3 is None:
            raise UnsettledError
        return um3

    def _wrong(self, asked: PlainOrder, lot: Lot, room: Room, layout: Layout) -> bool:
        """Whether the independent check finds fault with a layout."""
        placements = []
        units = asked.members(lot)[layout.units]
        for member, turn, corners in zip(
            units.tolist(), layout.orientations.tolist(), layout.corners_um.tolist(), strict=True
        ):
            line, index = asked.expansion.units[member]
            x, y, z, x2, y2, z2 = corners
            extents = x2 - x, y2 - y, z2 - z
            placements.append(Placement(line.line_id, index, x, y, z, *extents, orientation=ALL_ORIENTATIONS[turn]))
        return bool(wrong_layout(placements, room.box, asked.order, self._catalog, self._policy))


def _serves_others(outcome: OrderOutcome) -> bool:
    """Whether an outcome holds for other units of the masses in the same boxes."""
    return may_be_copied([outcome]) and all(each.code != WarningCode.MOSTLY_EMPTY for each in outcome.warnings)


def _few(asked: PlainOrder) -> bool:
    """Whether a plan of an order weighs all its partitions, and packs its units with the effort of few."""
    return asked.count < MANY_UNITS and asked.lot_count <= MOST_LOTS
