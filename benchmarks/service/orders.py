"""The orders that are sent: small ones of real baskets, and large ones drawn from the products of those."""

import random
from pathlib import Path

from benchmarks import datasets
from benchmarks.attacks.orders import CATALOG, line
from boxwright import Order
from boxwright.v1 import order_pb2
from boxwright.v1.packing_service_pb2 import PackRequest

LARGE_UNITS = 500
SEED = 7


def small_orders(folder: Path, name: str) -> list[PackRequest]:
    """Return one of the sets of ``datasets`` as requests."""
    return [_request(order) for order in datasets.load(folder, name).orders]


def large_orders(folder: Path, count: int) -> list[PackRequest]:
    """Return orders of 500 units, one a line, drawn from the products of the baskets with a seed."""
    draw = random.Random(SEED)
    pool = [each for order in datasets.load(folder, "olist_mix").orders for each in order.lines]
    found = []
    for number in range(count):
        request = PackRequest(catalog=CATALOG, order=order_pb2.Order(order_id=f"large-{number}"))
        request.policy.allow_partial = True
        for unit, each in enumerate(draw.choices(pool, k=LARGE_UNITS)):
            line(request.order, f"l{unit}", 1, (each.length_mm, each.width_mm, each.height_mm), each.mass_g)
        found.append(request)
    return found


def _request(order: Order) -> PackRequest:
    request = PackRequest(catalog=CATALOG, order=order_pb2.Order(order_id=order.order_id))
    request.policy.allow_partial = True
    for each in order.lines:
        line(request.order, each.line_id, each.quantity, (each.length_mm, each.width_mm, each.height_mm), each.mass_g)
    return request
