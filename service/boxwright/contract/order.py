"""Orders and their lines."""

from boxwright.contract.enums import FRAGILITY_CLASS
from boxwright.contract.json import json_object, read_stated
from boxwright.contract.message import sent
from boxwright.contract.names import read_name
from boxwright.domain.fields import id_rules
from boxwright.domain.order import (
    MAX_UNITS_PER_ORDER,
    DimensionStatus,
    Fragility,
    Item,
    Order,
)
from boxwright.domain.property_cap import PropertyAmount
from boxwright.domain.sales_packaging import MaterialMass, SalesPackaging
from boxwright.domain.soft_goods import SoftGoods
from boxwright.findings import Findings
from boxwright.v1 import order_pb2

EDGES = ("length_mm", "width_mm", "height_mm")
PATHS = {shape: {edge: f"{shape}.dimensions.{edge}" for edge in EDGES} for shape in ("cuboid", "soft_goods")}
"""Where ``OrderLine`` has the edges of an ``Item``, by shape."""


def read_order(
    message: order_pb2.Order, found: Findings, max_units: int, where: str = "on this server"
) -> Order | None:
    """Return the order of a message, or None after noting every finding.

    Parameters
    ----------
    message : Order
        As sent.
    found : Findings
        Collects what is wrong, at the order's path.
    max_units : int
        Most units over all lines that the server takes.
    where : str, optional
        Whose limit that is, in words.
    """
    before = len(found)
    lines = [read_line(line, found.at(f"lines[{index}]")) for index, line in enumerate(message.lines)]
    units = sum(max(line.quantity, 0) for line in message.lines)
    if MAX_UNITS_PER_ORDER >= units > max_units:
        found.limit("lines", f"must hold at most {max_units} units {where}, got {units}")
    # Order looks at the lines' identifiers and units only, so that its own rules speak even where lines are broken.
    stand_ins = [
        item or _stand_in(line, index) for index, (item, line) in enumerate(zip(lines, message.lines, strict=True))
    ]
    order = found.attempt(Order, message.order_id, tuple(stand_ins))
    return order if len(found) == before else None


def _stand_in(line: order_pb2.OrderLine, index: int) -> Item:
    """Return a harmless line with the identifier and quantity of a broken one."""
    name = f"broken line {index}" if any(id_rules("", line.line_id)) else line.line_id
    return Item(name, max(line.quantity, 1), 1, 1, 1, 0)


def order_of_json(data: bytes) -> Order:
    """Return the order that JSON of ``boxwright.v1.Order`` states.

    Raises
    ------
    InvalidInputError
        With every broken rule, each field by its path, such as ``lines[2].cuboid.dimensions.length_mm``.
    """
    return read_stated(
        json_object(data), order_pb2.Order, lambda message, found: read_order(message, found, MAX_UNITS_PER_ORDER)
    )


def read_line(line: order_pb2.OrderLine, found: Findings) -> Item | None:
    """Return the order line of a message, or None after noting every finding, at the line's path."""
    before = len(found)
    shape = line.WhichOneof("shape")
    given = {"mass_g": 0.0, **sent(line, found)}
    missing = given.get("dimension_status") is DimensionStatus.MISSING
    if shape is None and not missing:
        found.add("cuboid", "is required, unless dimension_status is DIMENSION_STATUS_MISSING")
    if not line.HasField("mass_g"):
        found.add("mass_g", "is required, even if it is 0")
    edges = line.soft_goods.dimensions if shape == "soft_goods" else line.cuboid.dimensions
    # A line without its shape gets harmless edges, so that the rules of the other fields still speak.
    known = shape is not None or missing
    given |= {edge: getattr(edges, edge) if known else 1.0 for edge in EDGES}
    if line.HasField("fragility"):
        given["fragility"] = _read_fragility(line.fragility, found.at("fragility"))
    if line.property_amounts:
        given["property_amounts"] = _read_amounts(line, found)
    if shape == "soft_goods":
        given["soft_goods"] = found.at("soft_goods").attempt(SoftGoods, **sent(line.soft_goods, found))
    if line.HasField("sales_packaging"):
        given["sales_packaging"] = _read_sales_packaging(line.sales_packaging, found.at("sales_packaging"))
    item = found.at("", PATHS.get(shape or "cuboid")).attempt(Item, **given)
    return item if len(found) == before else None


def _read_sales_packaging(message: order_pb2.SalesPackaging, found: Findings) -> SalesPackaging | None:
    masses = []
    for index, each in enumerate(message.materials):
        at = found.at(f"materials[{index}]")
        named = read_name(each.material, "materials/{material}", at, "material")
        with at:
            masses.append(MaterialMass(named[0] if named else "unknown", each.mass_g))
    cushion = ""
    if message.cushion_material:
        named = read_name(message.cushion_material, "materials/{material}", found, "cushion_material")
        cushion = named[0] if named else ""
    made = found.at("", lambda field: field.replace("material_id", "material"))
    return made.attempt(SalesPackaging, message.cushion_mm, cushion, tuple(masses))


def _read_amounts(line: order_pb2.OrderLine, found: Findings) -> tuple[PropertyAmount, ...]:
    amounts = []
    for index, each in enumerate(line.property_amounts):
        with found.at(f"property_amounts[{index}]"):
            amounts.append(PropertyAmount(each.property, each.amount))
    return tuple(amounts)


def _read_fragility(message: order_pb2.Fragility, found: Findings) -> Fragility | None:
    level = message.g_level if message.HasField("g_level") else None
    known = None
    if message.fragility_class:
        known = FRAGILITY_CLASS.read(message.fragility_class, found, "fragility_class")
        if known is None:
            return None
    return found.at("", lambda field: "" if field == "fragility" else field).attempt(Fragility, known, level)
