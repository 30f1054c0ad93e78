"""Reads orders and their lines."""

from functools import partial

from boxwright.contract.json import json_object, read_stated
from boxwright.contract.message import Codec
from boxwright.contract.values import EDGES
from boxwright.domain.fields import id_rule
from boxwright.domain.order import MAX_UNITS_PER_ORDER, DimensionStatus, Fragility, Item, Order
from boxwright.findings import Findings
from boxwright.v1 import order_pb2


def read_order(
    message: order_pb2.Order, found: Findings, max_units: int, where: str = "on this server"
) -> Order | None:
    """Return the order of a message, or None after noting every finding.

    ``max_units`` limits the units of all lines; errors state by ``where`` to what the limit applies.
    """
    before = len(found)
    lines = [read_line(line, found.at(f"lines[{index}]")) for index, line in enumerate(message.lines)]
    units = sum(max(line.quantity, 0) for line in message.lines)
    if MAX_UNITS_PER_ORDER >= units > max_units:
        found.limit("lines", f"must hold at most {max_units} units {where}, got {units}")
    # Rules of the whole order need only ids and quantities, so they are checked even if lines are broken.
    for index, (item, line) in enumerate(zip(lines, message.lines, strict=True)):
        if item is None:
            name = f"broken line {index}" if id_rule(line.line_id) else line.line_id
            lines[index] = Item(name, max(line.quantity, 1), 1, 1, 1, 0)
    order = found.attempt(Order, message.order_id, tuple(filter(None, lines)))
    return order if len(found) == before else None


def order_of_json(data: bytes) -> Order:
    """Return the order in JSON of ``boxwright.v1.Order``; raises InvalidInputError with every broken rule."""
    return read_stated(
        json_object(data), order_pb2.Order, lambda message, found: read_order(message, found, MAX_UNITS_PER_ORDER)
    )


def read_line(line: order_pb2.OrderLine, found: Findings) -> Item | None:
    """Return the order line of a message, or None after noting every finding."""
    before = len(found)
    shape = line.WhichOneof("shape")
    given = LINE.attributes(line, found)
    known = shape is not None or given.get("dimension_status") is DimensionStatus.MISSING
    if not known:
        found.add("cuboid", "is required unless soft_goods is given or dimension_status is DIMENSION_STATUS_MISSING")
    edges = line.soft_goods.dimensions if shape == "soft_goods" else line.cuboid.dimensions
    # A line without a shape gets valid edges, so that its other fields are still checked.
    given |= {edge: getattr(edges, edge) if known else 1.0 for edge in EDGES}
    item: Item | None = LINE.make(found, len(found), given, partial(line_path, shape or "cuboid"))
    return item if len(found) == before else None


def line_path(shape: str, field: str) -> str:
    """Return the path in an order line of a path in ``Item``."""
    return f"{shape}.dimensions.{field}" if field in EDGES else LINE.path(field)


FRAGILITY = Codec(order_pb2.Fragility, Fragility)
FRAGILITY.paths["fragility"] = "", None  # name of rules of the domain about class and G-level together
LINE = Codec(order_pb2.OrderLine, Item)
