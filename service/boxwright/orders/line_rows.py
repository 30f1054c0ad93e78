"""Orders as rows of an order file: what the readers of this room make the same orders of."""

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from boxwright.domain.order import ALL_ORIENTATIONS, Item, Order
from boxwright.orders.dates import DATE_COLUMN
from boxwright.orders.fields import LINE_FIELDS
from boxwright.orders.rows import BOX_USED, COLUMNS

SHIPPED_COLUMNS = (*COLUMNS, BOX_USED, DATE_COLUMN)
"""Columns of orders with the boxes that they left in, and the day."""


def order_rows(order: Order) -> Iterator[dict[str, Any]]:
    """Yield a row for each line: values by column, the absent ones left out; with the boxes that the order left in."""
    boxes = {BOX_USED: ";".join(order.boxes_used)} if order.boxes_used else {}
    for item in order.lines:
        yield {"order_id": order.order_id, **_values(item), **boxes}


def shipped_rows(order: Order, day: datetime.date) -> Iterator[dict[str, Any]]:
    """Yield the rows of an order that left on a day."""
    for row in order_rows(order):
        yield {**row, DATE_COLUMN: day.isoformat()}


def _values(item: Item) -> Mapping[str, Any]:
    """Return the fields of a line that say something: 0 does, an empty text and a flag that is off do not."""
    found = {}
    for field in LINE_FIELDS:
        holder: Any = getattr(item, field.inside) if field.inside else item
        value: Any = None if holder is None else getattr(holder, field.json_key)
        if field.name == "property_amounts":
            value = {each.property: each.amount for each in item.property_amounts}
        elif field.name == "sales_packaging_materials" and item.sales_packaging is not None:
            value = {each.material_id: each.mass_g for each in item.sales_packaging.materials}
        if value is None or value is False or value in ("", (), {}) or value == ALL_ORIENTATIONS:
            continue
        found[field.name] = value
    return found
