"""The orders that are sent: two books, real baskets, and large orders of their products."""

from dataclasses import replace
from pathlib import Path
from random import Random

from benchmarks import datasets
from boxwright import Item, Order
from boxwright.v1.order_pb2 import Order as WireOrder
from boxwright.v1.packing_service_pb2 import PackRequest
from boxwright.v1.policy_pb2 import Policy

PACK = "/boxwright.v1.PackingService/Pack"
PARTLY = Policy(allow_partial=True)


def small_order() -> PackRequest:
    """Return an order of two books."""
    return _request(Order("small", [Item("book", 2, 210, 148, 25, 400)]))


def small_orders(folder: Path, name: str) -> list[PackRequest]:
    """Return one of the sets of ``datasets`` as requests."""
    return [_request(order, PARTLY) for order in datasets.load(folder, name).orders]


def drawn_orders(folder: Path, units: int, count: int, draw: Random) -> list[PackRequest]:
    """Return random orders of the products of the baskets, one unit a line."""
    pool = [line for order in datasets.load(folder, "olist_mix").orders for line in order.lines]
    found = []
    for number in range(count):
        drawn = enumerate(draw.choices(pool, k=units))
        lines = [replace(line, line_id=f"l{unit}", quantity=1) for unit, line in drawn]
        found.append(_request(Order(f"{units}-{number}", lines), PARTLY))
    return found


def _request(order: Order, policy: Policy | None = None) -> PackRequest:
    request = PackRequest(catalog="catalogs/eu-stock", order=WireOrder(order_id=order.order_id), policy=policy)
    for line in order.lines:
        added = request.order.lines.add(line_id=line.line_id, quantity=line.quantity, mass_g=line.mass_g)
        size = added.cuboid.dimensions
        size.length_mm, size.width_mm, size.height_mm = line.length_mm, line.width_mm, line.height_mm
    return request
