"""The short way for orders with units that fit no box, where the policy allows no partial plan: nothing ships.

Whether a unit alone fits a box is a matter of edges, mass and volume, and the rule that a plan states of one that fits
none is a matter of its edges and of the boxes, in the same words (``planning/unpacked/misfit.py``). Orders are planned
where more decides: units that some box would take by size, and boxes that do not bear a unit or may not be used.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from boxwright.domain.plan import UnpackedReason, UnpackedUnit
from boxwright.domain.policy import Objective, Plausibility
from boxwright.evaluation.outcome import OrderOutcome, OrderStatus
from boxwright.evaluation.short_way import ShortWay
from boxwright.evaluation.trial import not_packed
from boxwright.packing.kernels import MANY_UNITS
from boxwright.planning.unpacked.misfit import extents_of, lacks_words, misfit_words, nearest, turned_words
from boxwright.selection.partition import MOST_SUBSETS
from boxwright.shipping.prices import UNPRICED_MINOR

if TYPE_CHECKING:
    from boxwright.evaluation.plain import PlainOrder
    from boxwright.evaluation.shelf import Room, Shelf
    from boxwright.evaluation.variant import Variant


class Misfits(ShortWay[bool]):
    """The short way for orders with units that fit no box, with one variant."""

    def __init__(self, variant: Variant, shelf: Shelf) -> None:
        super().__init__(variant, shelf)
        boxes, policy = variant.catalog.box_types, variant.policy
        self._open = not policy.allow_partial
        self._unlimited = policy.max_parcels is None and all(box.available is None for box in boxes)
        self._priced = Objective.SHIPPING_COST in policy.objectives
        self._cheapest = policy.ranking[0] is Objective.SHIPPING_COST

    def outcome(self, asked: PlainOrder) -> OrderOutcome | None:
        """Return what becomes of an order with units that fit no box; None where it has to be planned."""
        started_s = time.thread_time()
        out = self._out(asked)
        if not out or not self._may_finish([_kind(asked, out)]):
            return None
        return not_packed(asked.order, out, time.thread_time() - started_s)

    def learn(self, asked: PlainOrder, planned: OrderOutcome) -> None:
        """Compare what is made here with what became of an order that was planned."""
        out = self._out(asked) if self._finishes and planned.status is not OrderStatus.PLANNED else ()
        if out:
            self._compare(not_packed(asked.order, out, 0.0), planned, [_kind(asked, out)])

    def _out(self, asked: PlainOrder) -> tuple[UnpackedUnit, ...]:
        """Return the units that fit no box, in a plan's order; none where that is not settled."""
        if self._policy.plausibility is not Plausibility.OFF and asked.doubtful:
            return ()
        out: list[UnpackedUnit] = []
        for number, kind in enumerate(asked.kinds):
            rooms = self._shelf.rooms((kind.mass_mg, False))
            if rooms is None:
                return ()
            alone = asked.lot(tuple(int(at == number) for at in range(len(asked.kinds))))
            room = next(asked.fitting(alone, rooms), None)
            if room is not None:
                if not self._packs(asked, room):
                    return ()
                continue
            for member in range(kind.first, kind.first + kind.count):
                rule = self._rule(asked, member)
                if rule is None:
                    return ()
                line, index = asked.expansion.units[member]
                needs = extents_of(asked.units.edges_um[member], asked.units.masks[member])[0]
                out.append(UnpackedUnit(line.line_id, index, UnpackedReason.DOES_NOT_FIT_ANY_BOX, rule, needs))
        return tuple(sorted(out, key=lambda unit: (unit.line_id, unit.unit_index)))

    def _packs(self, asked: PlainOrder, room: Room) -> bool:
        """Whether a plan surely packs units that fit a box alone, the cheapest of which is known, with the others.

        It raises nothing of their parcels, either: a parcel that has no price is refused, where parcels are chosen by
        price, and of few units the cheapest plan has none if each has one alone.
        """
        if not self._unlimited or asked.count >= MANY_UNITS:
            return False
        if not self._priced:
            return True
        return self._cheapest and asked.lot_count < MOST_SUBSETS and room.price[0] < UNPRICED_MINOR

    def _rule(self, asked: PlainOrder, member: int) -> str | None:
        """Return the rule that a plan states of a unit that fits no box; None where more than its edges decides."""
        rooms = self._shelf.largest_first()
        if not rooms:
            return None
        edges_um = asked.units.edges_um[member]
        place, lack = nearest(extents_of(edges_um, asked.units.masks[member]), [room.space.edges_um for room in rooms])
        if not any(lack):
            return None
        lacks = lacks_words(rooms[place].box.box_type_id, lack, only=self._only)
        return f"{misfit_words(turned_words(edges_um.tolist()), len(rooms))}; {lacks}"


def _kind(asked: PlainOrder, out: tuple[UnpackedUnit, ...]) -> tuple[bool, bool]:
    """Return what a plan confirms: whether the units are several, and whether some of them fit a box."""
    return asked.count > 1, len(out) < asked.count
