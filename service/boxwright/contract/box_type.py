"""Box types."""

from collections.abc import Iterable
from typing import Any

from boxwright import units
from boxwright.catalog import Materials, derived_fields
from boxwright.catalog.boxes import read_box
from boxwright.contract.enums import BOX_STYLE
from boxwright.contract.message import Writer, paths, sent
from boxwright.contract.money import price_to_wire, read_price
from boxwright.contract.names import box_type_name, read_name
from boxwright.contract.property_cap import read_caps
from boxwright.contract.source import check_texts, read_grade
from boxwright.domain.box import BoxType
from boxwright.domain.compartments import Compartments
from boxwright.domain.fields import shown
from boxwright.domain.material import Board
from boxwright.domain.price import PriceTier
from boxwright.findings import Findings
from boxwright.v1 import box_type_pb2

PATHS = paths(box_type_pb2.BoxType, BoxType)
"""Fields of the domain's ``BoxType`` that have another path in the message."""


def read_box_type(message: box_type_pb2.BoxType, materials: Materials, found: Findings) -> BoxType | None:
    """Return the box type of a message, or None after noting every finding; size and tare are derived if absent."""
    before = len(found)
    board = {field.name: value for field, value in message.board.ListFields()}
    if message.board.board_id:
        board = _read_named(message.board, materials)
    given: dict[str, Any] = {**sent(message, found, "name", "style", "material", "derived"), **board}
    given["name"] = given.pop("display_name")
    style = BOX_STYLE.read(message.style, found, "style")
    if not message.HasField("inner"):
        found.add("inner", "is required")
    for side in ("inner", "outer"):
        if message.HasField(side):
            given |= {f"{side}_{edge}": value for edge, value in sent(getattr(message, side), found).items()}
    if message.material and (parts := read_name(message.material, "materials/{material}", found, "material")):
        given["material_id"] = parts[0]
    if message.HasField("price") and (price := read_price(message.price, found, "price")) is not None:
        given["price_minor"] = price
    given["price_tiers"] = _read_tiers(message, found)
    given["property_caps"] = read_caps(message.property_caps, found)
    if message.HasField("compartments"):
        given["compartments"] = {"columns_mm": (), "rows_mm": (), **sent(message.compartments, found)}
    given |= sent(message.reuse, found) if message.HasField("reuse") else {}
    if message.published_size == box_type_pb2.PUBLISHED_SIZE_OUTER:
        given["size_basis"] = "outer"
    if message.HasField("source"):
        check_texts(message.source, found.at("source"))
        given |= {"source": message.source.citation, "read_in_source": message.source.read_in_source}
        given["source_grade"] = read_grade(message.source, found.at("source")).value
    stated = _take_derived(message, given, found)
    if len(found) > before or style is None:
        return None
    faults = Findings()
    box = read_box(given | {"style": style}, materials, faults)
    found.at("", PATHS).extend(faults.violations)
    if box is not None:
        _check_derived(box, stated, found)
    return None if len(found) > before else box


def _take_derived(message: box_type_pb2.BoxType, given: dict[str, Any], found: Findings) -> dict[str, dict[str, float]]:
    """Take out what a message names as derived; return it as sent, by field."""
    stated = {}
    present = {field.name for field, _ in message.ListFields()}
    for index, field in enumerate(message.derived):
        if field not in DERIVED:
            found.add(f"derived[{index}]", f"must be one of {', '.join(DERIVED)}, got {shown(field)}")
        elif field in message.derived[:index]:
            found.add(f"derived[{index}]", f"must be named once, got {field} again")
        elif field in present:
            stated[field] = {name: given.pop(name) for name in _EDGES.get(field, (field,))}
            for name, value in stated[field].items():
                if rule := (units.length_rule if field in _EDGES else units.mass_rule)(value):
                    found.add(PATHS.get(name, name), rule)
    if {"inner", "outer"} <= stated.keys():
        found.add("derived", "must not name inner and outer: neither follows from the other")
    return stated


def _check_derived(box: BoxType, stated: dict[str, dict[str, float]], found: Findings) -> None:
    """Note each value that is not what follows from the others."""
    for field, values in stated.items():
        follows = [getattr(box, name) for name in values]
        if follows != [units.to_g(units.to_mg(each)) for each in values.values()]:  # snapped as the box type is
            unset = "" if field == "inner" else " or unset"
            rule = f"must be what follows from the other fields, {_edges(follows)},{unset} while derived names it"
            found.add(field, f"{rule}, got {_edges(values.values())}")


def _edges(values: Iterable[float | None]) -> str:
    return " x ".join("nothing" if each is None else f"{each:.15g}" for each in values)


def _read_named(message: box_type_pb2.Board, materials: Materials) -> dict[str, Any]:
    """Return the identifier of a board and the box's own figures; what an answer shows of that board is none."""
    known = next((BOARD(each) for each in materials.boards if each.board_id == message.board_id), box_type_pb2.Board())
    of_board = {field.name: value for field, value in known.ListFields()}
    own = {field.name: value for field, value in message.ListFields() if of_board.get(field.name) != value}
    return own | {"board_id": message.board_id}


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


DERIVED = ("inner", "outer", "tare_g", "blank_g")
_EDGES = {side: tuple(f"{side}_{edge}_mm" for edge in ("length", "width", "height")) for side in ("inner", "outer")}

COMPARTMENTS = Writer(box_type_pb2.Compartments, Compartments)
BOX_TYPE = Writer(box_type_pb2.BoxType, BoxType, "price_tiers", "reuse")
BOARD = Writer(box_type_pb2.Board, Board)
OWN_BOARD = Writer(box_type_pb2.Board, BoxType, "board_id")
REUSE = Writer(box_type_pb2.Reuse, BoxType)


def box_type_to_wire(box: BoxType, catalog_id: str, currency: str, materials: Materials) -> box_type_pb2.BoxType:
    """Return the message of a box type; ``catalog_id`` is empty for a catalog that was sent along."""
    board = box_type_pb2.Board()
    if box.board_id:
        board = BOARD(materials.board(box.board_id))
    board.MergeFrom(OWN_BOARD(box))
    return BOX_TYPE(
        box,
        name=box_type_name(catalog_id, box.box_type_id) if catalog_id else "",
        published_size=_PUBLISHED[box.size_basis],
        price=price_to_wire(box.price_minor, currency),
        price_tiers=[
            box_type_pb2.PriceTier(min_quantity=each.min_quantity, price=price_to_wire(each.price_minor, currency))
            for each in box.price_tiers
        ],
        board=board if board.ListFields() else None,
        derived=derived_fields(box, materials),
        reuse=REUSE(box) if box.trips > 1 or box.reuse is not None else None,
    )


_PUBLISHED = {"inner": box_type_pb2.PUBLISHED_SIZE_INNER, "outer": box_type_pb2.PUBLISHED_SIZE_OUTER}
