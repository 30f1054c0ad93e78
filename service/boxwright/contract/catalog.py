"""Catalogs."""

from boxwright.catalog import Materials
from boxwright.contract.box_type import box_type_to_wire, read_box_type
from boxwright.contract.dunnage import dunnage_to_wire, read_dunnage
from boxwright.contract.message import Codec
from boxwright.contract.names import catalog_name
from boxwright.contract.source import source_of
from boxwright.contract.values import currencies_in
from boxwright.domain.box import Catalog
from boxwright.domain.dunnage import Dunnage
from boxwright.domain.source_grade import weakest
from boxwright.findings import Findings
from boxwright.v1 import catalog_pb2

CATALOG = Codec(catalog_pb2.Catalog, Catalog)


def read_catalog(message: catalog_pb2.Catalog, materials: Materials, found: Findings) -> Catalog | None:
    """Return the catalog of a message, or None after noting every finding."""
    before = len(found)
    boxes = [
        read_box_type(box, materials, found.at(f"box_types[{index}]")) for index, box in enumerate(message.box_types)
    ]
    dunnage = [
        read_dunnage(each, materials, found.at(f"dunnage[{index}]")) for index, each in enumerate(message.dunnage)
    ]
    currencies: dict[str, list[str]] = {}
    for path, currency in currencies_in(message):
        currencies.setdefault(currency, []).append(path)
    if len(currencies) > 1:
        most = max(currencies, key=lambda currency: len(currencies[currency]))  # the odd one is named
        for other in [currency for currency in currencies if currency != most]:
            found.add(currencies[other][0], f"must be {most!r} as in the rest of the request, got {other!r}")
    if len(found) > before:
        return None
    catalog: Catalog | None = CATALOG.read(
        message,
        found,
        box_types=tuple(filter(None, boxes)),
        dunnage=tuple(filter(None, dunnage)) or _default_dunnage(materials),
        currency=next(iter(currencies), ""),
    )
    return catalog


def _default_dunnage(materials: Materials) -> tuple[Dunnage, ...]:
    """Return what a catalog without a list of its own stocks, as a catalog file does."""
    return tuple(materials.dunnage_of(name) for name in materials.default_dunnage)


def catalog_to_wire(catalog: Catalog, materials: Materials, *, loaded: bool) -> catalog_pb2.Catalog:
    """Return the message of a catalog with all that is in it; ``loaded`` ones have resource names."""
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
