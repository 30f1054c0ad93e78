"""Zone and legs of each order, by its country or the first characters of its postal code."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from boxwright.domain.lane import Lane, Leg
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.lazy import cached_property

if TYPE_CHECKING:
    from boxwright.domain.order import Order

OTHERS = "*"
"""The destination for orders that match no other row."""


@dataclass(frozen=True)
class Destinations(Lane):
    """A lane whose zone and legs depend on the order's destination; without an order it has those of the first row."""

    rows: tuple[tuple[str, str, tuple[Leg, ...]], ...] = ()
    """Destination, zone and legs; no legs means those of the lane. A destination is a country as orders name it, such
    as ``AT``, optionally with a colon and the first characters of a postal code (``ES:07``), or ``OTHERS``. The longest
    match wins."""

    def of(self, order: Order) -> Lane:
        """Return the lane of an order; orders of one row share the same object.

        InvalidInputError if no row matches the destination of the order.
        """
        where, lanes = order.destination, self.lanes
        ends = range(len(where), len(order.country) - 1, -1)
        found = next((lane for end in ends if (lane := lanes.get(where[:end]))), lanes.get(OTHERS))
        if found is None:
            rule = f"has no row: add one for {order.country}, or {OTHERS} for all others" if where else "is not stated"
            raise InvalidInputError([FieldViolation("order.destination", rule)])
        return found

    @cached_property
    def lanes(self) -> dict[str, Lane]:
        """The lane of each row, by destination in capitals."""
        plain = Lane(**{field.name: getattr(self, field.name) for field in fields(Lane)})
        return {
            destination.upper(): replace(plain, zone=zone, legs=legs or plain.legs)
            for destination, zone, legs in self.rows
        }


def lanes_in(lane: Lane | None) -> dict[str, Lane | None]:
    """Return the possible lanes of a run by destination; a single lane has the empty text."""
    return {**lane.lanes} if isinstance(lane, Destinations) else {"": lane}


def lane_of(lane: Lane | None, order: Order) -> Lane | None:
    """Return the lane of an order, by destination where the lane has destinations."""
    return lane.of(order) if isinstance(lane, Destinations) else lane
