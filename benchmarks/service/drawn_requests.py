"""Requests of all sizes and with all options that cost time, drawn with a seed."""

import math
import random

from benchmarks.attacks.orders import RSC
from boxwright import load_catalog
from boxwright.domain.dunnage import DunnageKind
from boxwright.server.pack_request import EMPTY_SPACES, SMALLEST_CHANGES
from boxwright.server.wire.dunnage import dunnage_to_wire
from boxwright.v1 import order_pb2, packing_service_pb2, policy_pb2

CATALOGS = ("eu-stock", "us-stock", "eu-webshop", "us-webshop", "china-post", "cn-webshop")
MODES = (policy_pb2.SOLVING_MODE_FAST, policy_pb2.SOLVING_MODE_BALANCED, policy_pb2.SOLVING_MODE_THOROUGH)
EDGES_MM = ((20, 90), (40, 200), (80, 380))
"""Least and most edge of the goods of small, middling and large orders by volume."""


def drawn_request(draw: random.Random, most_units: int = 600) -> packing_service_pb2.PackRequest:
    """Return the next request of a draw."""
    request = packing_service_pb2.PackRequest(order=order_pb2.Order(order_id="drawn"))
    request.policy.mode = draw.choices(MODES, (4, 5, 3))[0]
    request.policy.allow_partial = True
    units = round(math.exp(draw.uniform(0, math.log(most_units))))
    kinds = max(1, min(units, round(units ** draw.choice((0.0, 0.4, 0.8, 1.0, 1.0)))))
    soft, fragile = draw.random() < 0.2, draw.random() < 0.2
    least, most = draw.choice(EDGES_MM)
    for number in range(kinds):
        added = request.order.lines.add(line_id=f"l{number}", quantity=units // kinds + (number < units % kinds))
        edges = sorted((draw.randint(least, most) for _ in range(3)), reverse=True)
        if soft and draw.random() < 0.7:
            size = added.soft_goods.dimensions
            added.soft_goods.max_folds = draw.randint(0, 2)
            edges[2] = max(5, edges[2] // 6)
        else:
            size = added.cuboid.dimensions
            if fragile and draw.random() < 0.4:
                added.fragility.fragility_class = order_pb2.FRAGILITY_CLASS_FRAGILE
        size.length_mm, size.width_mm, size.height_mm = edges
        added.mass_g = round(math.prod(edges) / 1_000 * draw.uniform(0.1, 0.8), 1)
    _choose_boxes(request, draw, 3 * most)
    if fragile and request.HasField("inline_catalog"):
        _add_wraps(request, draw)
    _ask_for_more(request, draw)
    return request


def _choose_boxes(request: packing_service_pb2.PackRequest, draw: random.Random, most_mm: int) -> None:
    if draw.random() < 0.6:
        request.catalog = f"catalogs/{draw.choice(CATALOGS)}"
        return
    request.inline_catalog.catalog_id = "drawn"
    for number in range(round(math.exp(draw.uniform(0, math.log(150))))):
        box = request.inline_catalog.box_types.add(box_type_id=f"b{number}", style=RSC, tare_g=90)
        edges = sorted((draw.randint(most_mm // 5, most_mm) for _ in range(3)), reverse=True)
        box.inner.length_mm, box.inner.width_mm, box.inner.height_mm = edges


def _add_wraps(request: packing_service_pb2.PackRequest, draw: random.Random) -> None:
    """Add wraps to choose from, for goods that need one."""
    [wrap] = [each for each in load_catalog("eu-stock").dunnage if each.kind is DunnageKind.CUSHIONING]
    for number in range(draw.randint(1, 6)):
        added = dunnage_to_wire(wrap, "drawn")
        added.dunnage_id = f"wrap-{number}"
        request.inline_catalog.dunnage.append(added)
        request.policy.cushioning_ids.append(added.dunnage_id)


def _ask_for_more(request: packing_service_pb2.PackRequest, draw: random.Random) -> None:
    """Ask for options: for none in half the cases, else for each by chance."""
    if draw.random() < 0.5:
        return
    paths = ["plan", "alternatives"]
    if draw.random() < 0.5:
        paths.append(SMALLEST_CHANGES)
    if draw.random() < 0.5:
        paths.append(EMPTY_SPACES)
    if draw.random() < 0.3 and sum(line.quantity for line in request.order.lines) <= 200:
        paths.append("drawings")
    if draw.random() < 0.5:
        request.alternative_count = draw.choice((1, 3, 10))
    request.read_mask.paths.extend(paths)
