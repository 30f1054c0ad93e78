"""Box types."""

from typing import Any

from boxwright.catalog import Materials
from boxwright.catalog.boxes import read_box
from boxwright.domain.box import BoxType, Opening
from boxwright.domain.price import PriceTier
from boxwright.findings import Findings
from boxwright.server.wire.dunnage import optional_float
from boxwright.server.wire.enums import BOX_STYLE, OPENING
from boxwright.server.wire.geometry import dimensions_to_wire
from boxwright.server.wire.money import price_to_wire, read_price
from boxwright.server.wire.names import box_type_name, material_name, read_name
from boxwright.server.wire.property_cap import cap_to_wire, read_caps
from boxwright.server.wire.source import read_grade, source_to_wire
from boxwright.v1 import box_type_pb2

WIRE_NAMES = {
    **{
        f"{side}_{edge}_mm": f"{side}.{edge}_mm"
        for side in ("inner", "outer")
        for edge in ("length", "width", "height")
    },
    "board_id": "board.board_id",
    "flute": "board.flute",
    "grade": "board.grade",
    "grammage_g_per_m2": "board.grammage_g_per_m2",
    "caliper_mm": "board.caliper_mm",
    "edge_crush_kn_per_m": "board.edge_crush_kn_per_m",
    "recycled_content": "board.recycled_content",
    "material_id": "material",
    "price_minor": "price",
    "trips": "reuse.trips",
    "trips_counted": "reuse.trips_counted",
    "washing_factor_id": "reuse.washing_factor_id",
    "return_distance_km": "reuse.return_distance_km",
    "idle_share": "reuse.idle_share",
    "name": "display_name",
}
"""Fields of the domain's ``BoxType`` that have another path in the message."""


def read_box_type(message: box_type_pb2.BoxType, materials: Materials, found: Findings) -> BoxType | None:
    """Return the box type of a message, or None after noting every finding; size and tare are derived if absent."""
    before = len(found)
    _refuse_later_fields(message, found)
    given: dict[str, Any] = {"box_type_id": message.box_type_id, "name": message.display_name, "note": message.note}
    style = BOX_STYLE.read(message.style, found, "style")
    opening = OPENING.read(message.opening, found, "opening", Opening.TOP)
    if not message.HasField("inner"):
        found.add("inner", "is required")
    for side in ("inner", "outer"):
        if message.HasField(side):
            given |= {f"{side}_{edge}_mm": getattr(getattr(message, side), f"{edge}_mm") for edge in _EDGES}
    for field in ("tare_g", "max_gross_g", "max_net_g", "blank_g"):
        if message.HasField(field):
            given[field] = getattr(message, field)
    described = {each.name for each, _ in message.board.ListFields()}
    given |= {own: getattr(message.board, field) for field, own in _BOARD_FIELDS.items() if field in described}
    if message.HasField("available"):
        given["available"] = message.available
    if message.material and (parts := read_name(message.material, "materials/{material}", found, "material")):
        given["material_id"] = parts[0]
    if message.board.board_id:
        given["board_id"] = message.board.board_id
    if message.HasField("price") and (price := read_price(message.price, found, "price")) is not None:
        given["price_minor"] = price
    given["price_tiers"] = _read_tiers(message, found)
    given["property_caps"] = read_caps(message.property_caps, found)
    given["minimum_order_quantity"] = message.minimum_order_quantity
    given["tare_weighed"] = message.tare_weighed
    if message.HasField("reuse"):
        given["trips"] = message.reuse.trips
        for field in ("washing_factor_id", "return_distance_km", "idle_share", "trips_counted"):
            given[field] = getattr(message.reuse, field)
    if message.published_size == box_type_pb2.PUBLISHED_SIZE_OUTER:
        given["size_basis"] = "outer"
    if message.HasField("source"):
        given |= {"source": message.source.citation, "read_in_source": message.source.read_in_source}
        given["source_grade"] = read_grade(message.source, found.at("source")).value
    if len(found) > before or style is None or opening is None:
        return None
    faults = Findings()
    box = read_box(given | {"style": style, "opening": opening}, materials, faults)
    found.at("", WIRE_NAMES).extend(faults.violations)
    return box


def _read_tiers(message: box_type_pb2.BoxType, found: Findings) -> tuple[PriceTier, ...]:
    tiers = []
    for index, each in enumerate(message.price_tiers):
        at = found.at(f"price_tiers[{index}]")
        if not each.HasField("price"):
            at.add("price", "is required")
        elif (price := read_price(each.price, at, "price")) is not None:
            with at:
                tiers.append(PriceTier(each.min_quantity, price))
    return tuple(tiers)


_EDGES = ("length", "width", "height")
_BOARD_FIELDS = {
    "flute": "flute",
    "grade": "grade",
    "grammage_g_per_m2": "grammage_g_per_m2",
    "caliper_mm": "caliper_mm",
    "edge_crush_kn_per_m": "edge_crush_kn_per_m",
    "recycled_content": "recycled_content",
}
"""Fields of a board that a box type may give itself, with the domain's name of each."""


def _refuse_later_fields(message: box_type_pb2.BoxType, found: Findings) -> None:
    if message.HasField("board"):
        for field, _ in message.board.ListFields() if message.board.board_id else ():
            if field.name != "board_id":
                found.add(f"board.{field.name}", "must be unset where board_id is given")


def box_type_to_wire(box: BoxType, catalog_id: str, currency: str, materials: Materials) -> box_type_pb2.BoxType:
    """Return the message of a box type; ``catalog_id`` is empty for a catalog that was sent along."""
    message = box_type_pb2.BoxType(
        name=box_type_name(catalog_id, box.box_type_id) if catalog_id else "",
        box_type_id=box.box_type_id,
        display_name=box.name,
        style=BOX_STYLE.to_wire(box.style),
        opening=OPENING.to_wire(box.opening),
        inner=dimensions_to_wire(box.inner_um),
        outer=dimensions_to_wire(box.outer_um),
        published_size=_PUBLISHED[box.size_basis],
        tare_g=box.tare_g,
        max_gross_g=box.max_gross_g,
        max_net_g=box.max_net_g,
        material=material_name(box.material_id),
        price=price_to_wire(box.price_minor, currency),
        price_tiers=[
            box_type_pb2.PriceTier(min_quantity=each.min_quantity, price=price_to_wire(each.price_minor, currency))
            for each in box.price_tiers
        ],
        minimum_order_quantity=box.minimum_order_quantity,
        property_caps=[cap_to_wire(each) for each in box.property_caps],
        available=box.available,
        source=source_to_wire(box.source, read_in_source=box.read_in_source, grade=box.source_grade)
        if box.source
        else None,
        note=box.note,
        tare_weighed=box.tare_weighed,
    )
    if box.blank_g is not None:
        message.blank_g = box.blank_g
    if box.board_id:
        board = materials.board(box.board_id)
        message.board.CopyFrom(
            box_type_pb2.Board(
                board_id=board.board_id,
                grade=board.grade,
                flute=board.flute,
                grammage_g_per_m2=float(board.grammage_g_per_m2),
                caliper_mm=float(board.caliper_mm),
                edge_crush_kn_per_m=optional_float(board.edge_crush_kn_per_m),
            )
        )
    for field, own in _BOARD_FIELDS.items():
        if (value := getattr(box, own)) not in ("", None):
            setattr(message.board, field, value)
    if box.trips > 1 or box.reuse is not None:
        message.reuse.CopyFrom(
            box_type_pb2.Reuse(
                trips=box.trips,
                washing_factor_id=box.washing_factor_id,
                return_distance_km=box.return_distance_km,
                idle_share=box.idle_share,
                trips_counted=box.trips_counted,
            )
        )
    return message


_PUBLISHED = {"inner": box_type_pb2.PUBLISHED_SIZE_INNER, "outer": box_type_pb2.PUBLISHED_SIZE_OUTER}
