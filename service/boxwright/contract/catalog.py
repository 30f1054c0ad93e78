"""Messages of catalogs, box types and dunnage."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from boxwright import units
from boxwright.catalog import Materials, derived_fields
from boxwright.catalog.boxes import BOARD_FIGURES, read_box
from boxwright.catalog.catalogs import redefined
from boxwright.contract.message import Codec
from boxwright.contract.names import box_type_name, catalog_name, dunnage_name
from boxwright.contract.values import currencies_in, money_to_wire, source_of
from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.compartments import Compartments
from boxwright.domain.dunnage import Dunnage, DunnageKind
from boxwright.domain.fields import shown, too_wordy
from boxwright.domain.limits import MAX_NAME_LENGTH
from boxwright.domain.material import Board
from boxwright.domain.source_grade import SourceGrade, grade_rule, weakest
from boxwright.findings import Findings
from boxwright.v1 import box_type_pb2, catalog_pb2, dunnage_pb2, geometry_pb2

COMPARTMENTS = Codec(box_type_pb2.Compartments, Compartments)
BOARD = Codec(box_type_pb2.Board, Board)
OWN_BOARD = Codec(box_type_pb2.Board, BoxType, "board_id")
REUSE = Codec(box_type_pb2.Reuse, BoxType)
SIZES = {
    side: Codec(
        geometry_pb2.Dimensions,
        BoxType,
        length_mm=f"{side}_length_mm",
        width_mm=f"{side}_width_mm",
        height_mm=f"{side}_height_mm",
    )
    for side in ("inner", "outer")
}
BOX_TYPE = Codec(
    box_type_pb2.BoxType,
    BoxType,
    "reuse",
    inside={**SIZES, "board": Codec(box_type_pb2.Board, BoxType), "reuse": REUSE},
)


def read_box_type(message: box_type_pb2.BoxType, materials: Materials, found: Findings) -> BoxType | None:
    """Return the box type of a message, or None after noting every finding; an absent size or tare is derived."""
    before = len(found)
    grid: dict[str, Any] = {}
    if message.HasField("compartments"):
        lists = {"columns_mm": (), "rows_mm": ()}
        grid["compartments"] = lists | COMPARTMENTS.attributes(message.compartments, found.at("compartments"))
    given = BOX_TYPE.attributes(message, found, **grid)
    if message.board.board_id:  # in answers, figures of the board look like those of the box type
        known = next((BOARD(row) for row in materials.boards if row.board_id == message.board.board_id), None)
        for field in BOARD_FIGURES if known else ():
            if getattr(message.board, field) == getattr(known, field):
                given.pop(field, None)
    if not message.HasField("inner"):
        found.add("inner", "is required")
    if message.published_size == box_type_pb2.PUBLISHED_SIZE_OUTER:
        given["size_basis"] = "outer"
    stated = _take_derived(message, given, found)
    if len(found) > before:
        return None
    faults = Findings()
    box = read_box(given, materials, faults)
    found.at("", BOX_TYPE.path).extend(faults.violations)
    if box is not None:
        _check_derived(box, stated, found)
    return None if len(found) > before else box


def _take_derived(message: box_type_pb2.BoxType, given: dict[str, Any], found: Findings) -> dict[str, dict[str, float]]:
    """Return, by field, the stated values of derived fields; remove these from ``given``."""
    stated = {}
    present = {field.name for field, _ in message.ListFields()}
    for index, field in enumerate(message.derived):
        if field not in DERIVED:
            found.add(f"derived[{index}]", f"must be one of {', '.join(DERIVED)}, got {shown(field)}")
        elif field in message.derived[:index]:
            found.add(f"derived[{index}]", f"must be unique, {field} is repeated")
        elif field in present:
            stated[field] = {name: given.pop(name) for name in _EDGES.get(field, (field,))}
            for name, value in stated[field].items():
                if rule := (units.length_rule if field in _EDGES else units.mass_rule)(value):
                    found.add(BOX_TYPE.path(name), rule)
    if {"inner", "outer"} <= stated.keys():
        found.add("derived", "must not name both inner and outer, since neither follows from the other")
    return stated


def _check_derived(box: BoxType, stated: dict[str, dict[str, float]], found: Findings) -> None:
    """Note each stated value that does not follow from the other fields."""
    for field, values in stated.items():
        follows = [getattr(box, name) for name in values]
        if follows != [units.to_g(units.to_mg(value)) for value in values.values()]:  # rounded like a box type
            unset = "" if field == "inner" else " or be unset"
            rule = f"must be {_edges(follows)}, as follows from the other fields,{unset} if derived names it"
            found.add(field, f"{rule}, got {_edges(values.values())}")


def _edges(values: Iterable[float | None]) -> str:
    return " x ".join("nothing" if value is None else f"{value:.15g}" for value in values)


DERIVED = ("inner", "outer", "tare_g", "blank_g")
_EDGES = {side: tuple(f"{side}_{edge}_mm" for edge in ("length", "width", "height")) for side in ("inner", "outer")}


def box_type_to_wire(box: BoxType, catalog_id: str, currency: str, materials: Materials) -> box_type_pb2.BoxType:
    """Return the message of a box type; ``catalog_id`` is empty for an inline catalog."""
    board = box_type_pb2.Board()
    if box.board_id:
        board = BOARD(materials.board(box.board_id))
    board.MergeFrom(OWN_BOARD(box))
    return BOX_TYPE(
        box,
        name=box_type_name(catalog_id, box.box_type_id) if catalog_id else "",
        published_size=_PUBLISHED[box.size_basis],
        price=money_to_wire(box.price_minor, currency),
        price_tiers=[
            box_type_pb2.PriceTier(min_quantity=tier.min_quantity, price=money_to_wire(tier.price_minor, currency))
            for tier in box.price_tiers
        ],
        board=board if board.ListFields() else None,
        derived=derived_fields(box, materials),
        reuse=REUSE(box) if box.trips > 1 or box.reuse is not None else None,
    )


_PUBLISHED = {"inner": box_type_pb2.PUBLISHED_SIZE_INNER, "outer": box_type_pb2.PUBLISHED_SIZE_OUTER}

DUNNAGE = Codec(dunnage_pb2.Dunnage, Dunnage)


def read_dunnage(message: dunnage_pb2.Dunnage, materials: Materials, found: Findings) -> Dunnage | None:
    """Return the dunnage of a message, or None after noting every finding."""
    before = len(found)
    if rule := too_wordy(message.display_name, MAX_NAME_LENGTH):
        found.add("display_name", rule)
    given = DUNNAGE.attributes(message, found)
    # Without a source, the figures are the caller's own, which count as verified.
    read_in_source = message.source.read_in_source or not message.HasField("source")
    given |= {"read_in_source": read_in_source}
    if rule := grade_rule(given.get("source_grade", SourceGrade.OWN), read_in_source=read_in_source):
        found.add("source.source_grade", rule)
    material_id = given.setdefault("material_id", "")
    if material_id and material_id not in {material.material_id for material in materials.materials}:
        found.unknown("material", f"must name a known material, got {message.material!r}")
    if given.get("kind") is DunnageKind.TAPE:
        given.setdefault("seam_overlap_mm", Decimal(0))  # the contract's default
    read: Dunnage | None = DUNNAGE.make(found, before, given)
    if read is not None and (rule := redefined(read, materials.dunnage)):
        found.add("dunnage_id", rule)
    return read if len(found) == before else None


def dunnage_to_wire(dunnage: Dunnage, catalog_id: str, currency: str = "") -> dunnage_pb2.Dunnage:
    """Return the message of a dunnage; ``catalog_id`` is empty for an inline catalog."""
    return DUNNAGE(
        dunnage,
        name=dunnage_name(catalog_id, dunnage.dunnage_id) if catalog_id else "",
        price_per_kg=money_to_wire(dunnage.price_per_kg_minor, currency),
    )


CATALOG = Codec(catalog_pb2.Catalog, Catalog)


def read_catalog(message: catalog_pb2.Catalog, materials: Materials, found: Findings) -> Catalog | None:
    """Return the catalog of a message, or None after noting every finding."""
    before = len(found)
    boxes = [
        read_box_type(box, materials, found.at(f"box_types[{index}]")) for index, box in enumerate(message.box_types)
    ]
    dunnage = [
        read_dunnage(entry, materials, found.at(f"dunnage[{index}]")) for index, entry in enumerate(message.dunnage)
    ]
    currencies: dict[str, list[str]] = {}
    for path, currency in currencies_in(message):
        currencies.setdefault(currency, []).append(path)
    if len(currencies) > 1:
        # The error names the path of the less frequent currency.
        most = max(currencies, key=lambda currency: len(currencies[currency]))
        for other in [currency for currency in currencies if currency != most]:
            found.add(currencies[other][0], f"must be {most!r} as in the rest of the request, got {other!r}")
    if len(found) > before:
        return None
    stocked = tuple(filter(None, dunnage)) or tuple(map(materials.dunnage_of, materials.default_dunnage))
    catalog: Catalog | None = CATALOG.read(
        message,
        found,
        box_types=tuple(filter(None, boxes)),
        dunnage=stocked,
        currency=next(iter(currencies), ""),
    )
    return catalog


def catalog_to_wire(catalog: Catalog, materials: Materials, *, loaded: bool) -> catalog_pb2.Catalog:
    """Return the message of a catalog with its contents, with resource names if it is ``loaded``."""
    catalog_id = catalog.catalog_id if loaded else ""
    return CATALOG(
        catalog,
        name=catalog_name(catalog_id) if loaded else "",
        hash=catalog.content_hash,
        box_types=[box_type_to_wire(box, catalog_id, catalog.currency, materials) for box in catalog.box_types],
        dunnage=[dunnage_to_wire(dunnage, catalog_id, catalog.currency) for dunnage in catalog.dunnage],
        source=source_of(
            catalog,
            read_in_source=all(box.read_in_source for box in catalog.box_types),
            source_grade=weakest(box.source_grade for box in catalog.box_types),
        ),
    )
