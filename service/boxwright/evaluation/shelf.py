"""The boxes that may take units of some mass, by rising price: what one order found serves the next ones.

Where boxes are rigid and nothing wraps, fills or blocks, the price of a box with some units in it depends on their mass
alone, and so does whether the box bears them. Orders of many sizes have few masses, so that boxes are ranked once for
each mass, and not for each order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from boxwright.domain.policy import Engine
from boxwright.evaluation.learned import Learned
from boxwright.packing.problem import Space
from boxwright.planning.model import OrderModel
from boxwright.planning.request import Request
from boxwright.planning.task import Task
from boxwright.selection.model import Price
from boxwright.selection.partition import as_number
from boxwright.selection.single import Candidate, lowest_first

if TYPE_CHECKING:
    from boxwright.domain.box import BoxType
    from boxwright.domain.order import Order
    from boxwright.evaluation.variant import Variant
    from boxwright.packing.problem import Ints

MOST_KINDS = 20_000
"""Masses that are remembered, each with the boxes that such units may go into."""

Load = tuple[int, bool]
"""Mass of some units in mg, and whether they are several."""
Ranked = tuple[tuple[int, Space, Price], ...]
"""Of each room by rising price: position of its box type in the catalog, space and price."""


@dataclass(frozen=True, slots=True)
class Room:
    """What a box type offers units of a mass.

    Attributes
    ----------
    box, space, price : BoxType, Space, Price
        The type, its usable inside, and what a parcel of such units in it comes to.
    number : int
        The price as one number: ``selection.partition.as_number``.
    low_um, middle_um, high_um : int
        Edges of the space by length.
    volume_um3 : float
        Most that envelopes may take.
    """

    box: BoxType
    space: Space
    price: Price
    number: int
    low_um: int
    middle_um: int
    high_um: int
    volume_um3: float

    @classmethod
    def of(cls, box: BoxType, space: Space, price: Price) -> Room:
        """Return the room of a space."""
        low, middle, high = sorted(space.edges_um)
        volume = min(space.volume_limit_um3, low * middle * high)
        return cls(box, space, price, as_number(price), low, middle, high, volume)

    def may_take(self, low_um: int, middle_um: int, high_um: int, volume_um3: int) -> bool:
        """Whether edges, the shortest first, and volume leave open that goods go in as they may be turned."""
        return (
            low_um <= self.low_um
            and middle_um <= self.middle_um
            and high_um <= self.high_um
            and volume_um3 <= self.volume_um3
        )


class Shelf:
    """The boxes of one variant, ranked for each mass that comes more than once.

    Parameters
    ----------
    variant : Variant
        What orders are tried with.
    profiles : tuple of str or None
        As in ``boxwright.planning.plan``.

    Attributes
    ----------
    open : bool
        Whether mass alone ranks the boxes; once it is False, it stays so.
    """

    def __init__(self, variant: Variant, profiles: tuple[str, ...] | None) -> None:
        self._variant, self._profiles = variant, profiles
        self._seen: Learned[Load, tuple[Room, ...] | None] = Learned(MOST_KINDS)
        policy, boxes = variant.policy, variant.catalog.box_types
        unbounded = policy.engine is Engine.BOXWRIGHT and policy.max_effort is None  # no plan is cut
        self.open = unbounded and all(not box.flexible and box.compartments is None for box in boxes)
        self._last: tuple[Order, OrderModel | None] | None = None
        self._known: dict[str, Room] = {}

    def rooms(self, load: Load) -> tuple[Room, ...] | None:
        """Return the boxes that bear a load, by rising price; None where they are not ranked."""
        return self._seen.get(load)

    def largest_first(self) -> list[Room]:
        """Return a room of each box type, by falling volume: no mass changes its edges. None while one is unknown."""
        if len(self._known) < len(self._variant.catalog.box_types):
            return []
        return sorted(self._known.values(), key=lambda room: (-room.box.inner_volume_um3, room.box.box_type_id))

    def rank(self, order: Order, loads: dict[Load, Ints]) -> bool:
        """Rank the boxes for loads of an order, each with units of it; return whether they are ranked for all."""
        model = self.model(order)
        if model is None:
            return False
        for load, members in loads.items():
            try:
                rooms = tuple(_rooms(lowest_first(model, members, model.box_types())))
            except Exception:  # a plan of the order says what is wrong
                return False
            self._seen.note(load, rooms)
            self._keep(rooms)
        return True

    def learn(self, order: Order, loads: dict[Load, Ints]) -> bool:
        """Note the loads of an order that was planned whole, and rank boxes for those seen before.

        Of many masses that come once, to rank the boxes would cost more than it saves. Returns whether any are ranked.
        """
        again = {load: units for load, units in loads.items() if load in self._seen and self._seen.get(load) is None}
        for load in loads:
            if load not in self._seen:
                self._seen.note(load, None)
        return bool(again) and self.rank(order, again)

    def news(self) -> dict[Load, Ranked | None]:
        """Return the loads noted since this was asked last, with the boxes ranked for them: the first time, all."""
        places = {box.box_type_id: place for place, box in enumerate(self._variant.catalog.box_types)}
        return {
            load: None
            if rooms is None
            else tuple((places[room.box.box_type_id], room.space, room.price) for room in rooms)
            for load, rooms in self._seen.news().items()
        }

    def hear(self, news: dict[Load, Ranked | None]) -> None:
        """Note what the shelf of the same variant noted in another process."""
        boxes = self._variant.catalog.box_types
        for load, ranked in news.items():
            if ranked is not None:
                rooms = tuple(Room.of(boxes[place], space, price) for place, space, price in ranked)
                self._seen.hear(load, rooms)
                self._keep(rooms)
            elif load not in self._seen:
                self._seen.hear(load, None)

    def _keep(self, rooms: Iterable[Room]) -> None:
        """Keep the first room of each box type."""
        for room in rooms:
            self._known.setdefault(room.box.box_type_id, room)

    def model(self, order: Order) -> OrderModel | None:
        """Return the model of an order; None where it cannot be planned.

        None, too, where more than mass decides: then the shelf is closed.
        """
        if self._last is None or self._last[0] is not order:
            self._last = order, self._model(order) if self.open else None
        return self._last[1]

    def _model(self, order: Order) -> OrderModel | None:
        made = self._variant
        try:
            task = Task(order, made.catalog, made.policy, made.lane, self._profiles, lower_steps=False)
            request = Request.resolve(task)
            model = OrderModel(request, request.expansion)
        except Exception:  # a plan of the order says what is wrong
            return None
        bare = model.packaging.always_bare and len(model.variants()) == 1
        self.open = bare and len(model.expansion.units) == order.unit_count
        return model if self.open else None


def _rooms(candidates: list[Candidate]) -> Iterator[Room]:
    """Yield what the candidates of some units offer, but for those that do not bear or take them whatever their edges.

    A candidate that only encloses what it becomes, or of which units have several forms, has no place here.
    """
    for each in candidates:
        (units,) = each.shapes.units
        space = each.space(units)
        if each.forbidden() is None and units.packed_mg <= space.mass_limit_mg:
            yield Room.of(each.box, space, each.price)
