"""Orders to attack with, and the small one that must not suffer."""

from boxwright.v1 import box_type_pb2, catalog_pb2, order_pb2, packing_service_pb2, policy_pb2

CATALOG = "catalogs/eu-stock"
RSC = box_type_pb2.BOX_STYLE_RSC_0201
MOST_DRAWN = 200
"""Most units of which a server draws pictures, unless it is set otherwise."""
WITHOUT_DRAWINGS = (
    "plan",
    "alternatives",
    "comparison",
    "plan.parcels.empty_spaces",
    "plan.certificate.refused_candidates.smallest_change",
)


def line(order: order_pb2.Order, name: str, quantity: int, edges_mm: tuple[float, ...], mass_g: float) -> None:
    """Add a line to an order."""
    added = order.lines.add(line_id=name, quantity=quantity, mass_g=mass_g)
    size = added.cuboid.dimensions
    size.length_mm, size.width_mm, size.height_mm = edges_mm


def small_order() -> packing_service_pb2.PackRequest:
    """Return two books."""
    request = packing_service_pb2.PackRequest(catalog=CATALOG)
    request.order.order_id = "small"
    line(request.order, "book", 2, (210, 148, 25), 400)
    return request


def many_parcels(units: int) -> packing_service_pb2.PackRequest:
    """Return units of 5 kg in boxes of 30 kg: past 85 parcels the search once did not end."""
    request = packing_service_pb2.PackRequest(catalog=CATALOG, order=order_pb2.Order(order_id="many"))
    line(request.order, "a", units, (400, 300, 300), 5_000)
    request.policy.allow_partial = True
    for number in range(28):
        box = box_type_pb2.BoxType(box_type_id=f"box-{number}", max_gross_g=30_000, style=RSC, tare_g=300)
        box.inner.length_mm, box.inner.width_mm, box.inner.height_mm = (
            410 + 30 * number,
            310 + 20 * number,
            310 + 15 * number,
        )
        request.inline_catalog.box_types.append(box)
    request.inline_catalog.catalog_id = "attack"
    return request


def mixed(units: int, *, thorough: bool = False, everything: bool = False) -> packing_service_pb2.PackRequest:
    """Return an order of so many units, five of a kind."""
    request = packing_service_pb2.PackRequest(catalog=CATALOG, order=order_pb2.Order(order_id=f"mixed {units}"))
    request.policy.allow_partial = True
    for number in range(units // 5):
        edges_mm = (41 + number % 83, 37 + number % 61, 29 + number % 47)
        line(request.order, f"line {number}", 5, edges_mm, 100 + number)
    if thorough:
        request.policy.mode = policy_pb2.SOLVING_MODE_THOROUGH
    if everything:
        request.read_mask.paths.extend(("*",) if units <= MOST_DRAWN else WITHOUT_DRAWINGS)
        request.alternative_count = 3
    return request


def many_boxes() -> packing_service_pb2.PackRequest:
    """Return 50 units and 100 box types of its own, thorough, with every option, in about 5 kB."""
    request = mixed(50, thorough=True, everything=True)
    request.inline_catalog.CopyFrom(catalog_pb2.Catalog(catalog_id="attack"))
    for number in range(100):
        box = request.inline_catalog.box_types.add(box_type_id=f"b{number}", style=RSC, tare_g=90)
        box.inner.length_mm, box.inner.width_mm, box.inner.height_mm = 150 + number, 140 + number, 120 + number
    return request


def soft_goods() -> packing_service_pb2.PackRequest:
    """Return 40 soft goods, thorough, with every option."""
    request = mixed(0, thorough=True, everything=True)
    for number in range(40):
        added = request.order.lines.add(line_id=f"s{number}", quantity=1, mass_g=200)
        size = added.soft_goods.dimensions
        size.length_mm, size.width_mm, size.height_mm = 300 + number, 250 + number, 20 + number % 9
        added.soft_goods.max_folds = 2
    return request


def many_boxes_for_many_units(boxes: int, units: int) -> packing_service_pb2.PackRequest:
    """Return so many different units with a catalog of so many different box types: small once packed with gzip."""
    request = packing_service_pb2.PackRequest(order=order_pb2.Order(order_id="many"))
    request.inline_catalog.catalog_id = "attack"
    for number in range(boxes):
        box = request.inline_catalog.box_types.add(box_type_id=f"b{number}", style=RSC, tare_g=100)
        size = box.inner
        size.length_mm, size.width_mm, size.height_mm = 300 + number % 50, 200 + number % 40, 100 + number % 30
    for number in range(units):
        line(request.order, f"l{number}", 1, (20 + number % 50, 30 + number % 40, 40 + number % 30), 100)
    return request


def alone(units: int) -> packing_service_pb2.PackRequest:
    """Return units of 20 kg, each of which needs a parcel of its own, in about 100 bytes."""
    request = packing_service_pb2.PackRequest(catalog="catalogs/eu-webshop", order=order_pb2.Order(order_id="alone"))
    line(request.order, "a", units, (590, 390, 380), 20_000)
    request.policy.allow_partial = True
    return request


def grouped(units: int, group: str, size: int) -> packing_service_pb2.PackRequest:
    """Return different units in groups of a size; ``group`` is the field of a line that names them."""
    request = packing_service_pb2.PackRequest(catalog="catalogs/eu-webshop", order=order_pb2.Order(order_id=group))
    for number in range(units):
        line(request.order, f"l{number}", 1, (20 + number % 131, 20 + number % 127, 20 + number % 113), 1 + number)
        setattr(request.order.lines[-1], group, f"g{number // size}")
    return request
