"""Orders whose units are alike: they are planned once."""

import dataclasses
from collections.abc import Sequence

from boxwright.domain.order import ECHOED, Item, Order
from boxwright.evaluation.record import Record

_NAMES = {"line_id", *ECHOED}
"""What a line is called changes no figure of a plan."""
_FIELDS = tuple(each.name for each in dataclasses.fields(Item) if each.name not in _NAMES)


def signature(order: Order) -> tuple[str, ...]:
    """Return what two orders share that have the same units, whatever these are called and in whatever order.

    Boxes that they really left in are the last part of it, since a baseline may take them. They are written as a list,
    so that a name which holds a line break or looks like a line of goods is not taken for several names, or for goods.
    """
    lines = sorted(repr([getattr(line, name) for name in _FIELDS]) for line in order.lines)
    return (*lines, repr(sorted(order.boxes_used)))


def first_alike(orders: Sequence[Order]) -> list[int]:
    """Return for each order the position of the first order with the same units: its own, or an earlier one."""
    first: dict[tuple[str, ...], int] = {}
    return [first.setdefault(signature(order), index) for index, order in enumerate(orders)]


def may_be_copied(record: Record) -> bool:
    """Return whether a record names no line of its order, so that it holds for an order with other names."""
    return record["status"] == "planned" and not any(each["field"].startswith("lines") for each in record["warnings"])
