"""Catalogs."""

from dataclasses import replace

from boxwright.catalog import Materials
from boxwright.catalog.shipped import is_shipped_catalog
from boxwright.domain.box import Catalog
from boxwright.domain.dunnage import Dunnage
from boxwright.domain.source_grade import weakest
from boxwright.domain.warning import PlanWarning, WarningCode, gathered
from boxwright.findings import Findings
from boxwright.server.wire.box_type import box_type_to_wire, read_box_type
from boxwright.server.wire.dunnage import dunnage_to_wire, read_dunnage
from boxwright.server.wire.names import catalog_name
from boxwright.server.wire.source import source_to_wire
from boxwright.v1 import catalog_pb2

MOST_CAUTIONS = 64
"""Catalogs whose warnings are kept at hand; past it all are forgotten, and found again as they come."""

_CAUTIONS: dict[int, tuple[Catalog, tuple[PlanWarning, ...]]] = {}
"""By the identity of a catalog, which is held so that no other takes it: equal ones may differ in what they warn of."""

MAX_BOX_TYPES = 10_000
"""Most box types of a catalog in a request, as the contract says."""


def read_catalog(message: catalog_pb2.Catalog, materials: Materials, found: Findings) -> Catalog | None:
    """Return the catalog of a message, or None after noting every finding."""
    before = len(found)
    if len(message.box_types) > MAX_BOX_TYPES:
        found.limit("box_types", f"must hold at most {MAX_BOX_TYPES} box types, got {len(message.box_types)}")
        return None
    boxes = [
        read_box_type(box, materials, found.at(f"box_types[{index}]")) for index, box in enumerate(message.box_types)
    ]
    dunnage = [
        read_dunnage(each, materials, found.at(f"dunnage[{index}]")) for index, each in enumerate(message.dunnage)
    ]
    currencies: dict[str, str] = {}
    for index, box in enumerate(message.box_types):
        prices = [("price", box.price)] if box.HasField("price") else []
        prices += [(f"price_tiers[{place}].price", each.price) for place, each in enumerate(box.price_tiers)]
        for field, price in prices:
            currencies.setdefault(price.currency_code, f"box_types[{index}].{field}.currency_code")
    for index, one in enumerate(message.dunnage):
        if one.HasField("price_per_kg"):
            currencies.setdefault(one.price_per_kg.currency_code, f"dunnage[{index}].price_per_kg.currency_code")
    if len(currencies) > 1:
        first, *others = currencies
        for other in others:
            rule = f"must be {first!r} as in the rest of the request, got {other!r}"
            found.add(currencies[other], rule)
    if len(found) > before:
        return None
    return found.attempt(
        Catalog,
        message.catalog_id,
        tuple(box for box in boxes if box is not None),
        version=message.version,
        dunnage=tuple(each for each in dunnage if each is not None) or _default_dunnage(materials),
        currency=next(iter(currencies), ""),
        name=message.display_name,
        source=message.source.citation,
        purchase_quantity=message.purchase_quantity,
    )


def _default_dunnage(materials: Materials) -> tuple[Dunnage, ...]:
    """Return what a catalog without a list of its own stocks, as a catalog file does."""
    return tuple(materials.dunnage_of(each) for each in materials.default_dunnage)


def catalog_warnings(catalog: Catalog) -> list[PlanWarning]:
    """Return what deserves a look in a catalog that is valid, box by box."""
    warnings = []
    for index, box in enumerate(catalog.box_types):
        field = f"box_types[{index}]"
        if box.outer_assumed:
            what = "the outer size is read as the inner"
            warnings.append(_warning(WarningCode.OUTER_SIZE_UNKNOWN, f"{field}.outer", box.box_type_id, what))
        if not box.material_id:
            what = "footprints lack its material"
            warnings.append(_warning(WarningCode.MATERIAL_UNKNOWN, f"{field}.material", box.box_type_id, what))
        if box.price_minor is None and not box.price_tiers:
            what = "packaging cost stays unknown"
            warnings.append(_warning(WarningCode.PRICE_UNKNOWN, f"{field}.price", box.box_type_id, what))
    return warnings


def plan_cautions(catalog: Catalog) -> tuple[PlanWarning, ...]:
    """Return what plans with a caller's own catalog warn of; a price that lacks they show as a cost not known."""
    known = _CAUTIONS.get(id(catalog))
    if known is None:
        if len(_CAUTIONS) >= MOST_CAUTIONS:
            _CAUTIONS.clear()
        known = _CAUTIONS[id(catalog)] = catalog, _cautions(catalog)
    return known[1]


def _cautions(catalog: Catalog) -> tuple[PlanWarning, ...]:
    if all(box.material_id and not box.outer_assumed for box in catalog.box_types) or is_shipped_catalog(catalog):
        return ()
    found = [each for each in catalog_warnings(catalog) if each.code != WarningCode.PRICE_UNKNOWN]
    return gathered(replace(each, field=f"catalog.{each.field}") for each in found)


def _warning(code: WarningCode, field: str, box_type_id: str, what: str) -> PlanWarning:
    return PlanWarning(code, field, f"box type {box_type_id!r}: not given, {what}")


def catalog_to_wire(catalog: Catalog, materials: Materials, *, loaded: bool) -> catalog_pb2.Catalog:
    """Return the message of a catalog with all that is in it; ``loaded`` ones have resource names."""
    catalog_id = catalog.catalog_id if loaded else ""
    return catalog_pb2.Catalog(
        name=catalog_name(catalog_id) if loaded else "",
        catalog_id=catalog.catalog_id,
        version=catalog.version,
        display_name=catalog.name,
        hash=catalog.content_hash,
        box_types=[box_type_to_wire(box, catalog_id, catalog.currency, materials) for box in catalog.box_types],
        dunnage=[dunnage_to_wire(each, catalog_id, catalog.currency) for each in catalog.dunnage],
        source=source_to_wire(
            catalog.source,
            read_in_source=all(box.read_in_source for box in catalog.box_types),
            grade=weakest(box.source_grade for box in catalog.box_types),
        )
        if catalog.source
        else None,
        purchase_quantity=catalog.purchase_quantity,
    )
