"""Orders that are estimated to take long."""

from boxwright.v1.box_type_pb2 import BOX_STYLE_RSC_0201
from boxwright.v1.packing_service_pb2 import PackRequest
from boxwright.v1.policy_pb2 import SOLVING_MODE_THOROUGH

CATALOG = "catalogs/eu-stock"


def mixed(units, *, thorough=False, everything=False):
    """Return an order of so many units, five of a kind; thorough, and with every option, where that is asked for."""
    request = PackRequest(catalog=CATALOG)
    request.order.order_id = f"mixed {units}"
    request.policy.allow_partial = True
    for number in range(units // 5):
        line = request.order.lines.add(line_id=f"line {number}", quantity=5, mass_g=100 + number)
        _put(line.cuboid.dimensions, 41 + number % 83, 37 + number % 61, 29 + number % 47)
    if thorough:
        request.policy.mode = SOLVING_MODE_THOROUGH
    if everything:
        request.read_mask.paths.append("*")
        request.alternative_count = 3
    return request


def many_boxes():
    """Return 50 units and 100 box types of its own, thorough, with every option, in about 5 kB."""
    request = mixed(50, thorough=True, everything=True)
    request.inline_catalog.catalog_id = "many"
    for number in range(100):
        box = request.inline_catalog.box_types.add(box_type_id=f"b{number}", style=BOX_STYLE_RSC_0201, tare_g=90)
        _put(box.inner, 150 + number, 140 + number, 120 + number)
    return request


def soft_goods():
    """Return 40 soft goods, thorough, with every option."""
    request = mixed(0, thorough=True, everything=True)
    for number in range(40):
        line = request.order.lines.add(line_id=f"s{number}", quantity=1, mass_g=200)
        _put(line.soft_goods.dimensions, 300 + number, 250 + number, 20 + number % 9)
        line.soft_goods.max_folds = 2
    return request


def _put(size, length_mm, width_mm, height_mm):
    size.length_mm, size.width_mm, size.height_mm = length_mm, width_mm, height_mm
