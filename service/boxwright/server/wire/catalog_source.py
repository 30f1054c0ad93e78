"""Which catalog a request plans with: a loaded one, one sent along, or the default; and what of it is at hand."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from boxwright.domain.box import Catalog
from boxwright.domain.warning import PlanWarning, WarningCode, gathered
from boxwright.findings import Findings
from boxwright.server.inline_catalogs import content_key
from boxwright.server.shelf import Shelf
from boxwright.server.wire.catalog import catalog_warnings, read_catalog
from boxwright.server.wire.names import read_name
from boxwright.v1 import catalog_pb2, packing_service_pb2


@dataclass(frozen=True)
class CatalogChoice:
    """The catalog of a request.

    Attributes
    ----------
    published : Catalog
        As loaded or sent.
    at_hand : Catalog
        The same with the site's availability; what is planned with.
    loaded : bool
        Whether the server loaded it: then it has a resource name.
    warnings : tuple of PlanWarning
        What a catalog that was sent along leaves open.
    """

    published: Catalog
    at_hand: Catalog
    loaded: bool
    warnings: tuple[PlanWarning, ...] = ()


def read_catalog_source(
    name: str, inline: catalog_pb2.Catalog | None, shelf: Shelf, found: Findings
) -> CatalogChoice | None:
    """Return the catalog that a request names or holds, or None after noting why there is none."""
    if inline is not None:
        catalog = read_inline_catalog(inline, shelf, found.at("inline_catalog"))
        if catalog is None:
            return None
        # A plan shows a missing price as a cost that is not known.
        told = [
            replace(each, field=f"catalog.{each.field}")
            for each in catalog_warnings(inline)
            if each.code != WarningCode.PRICE_UNKNOWN
        ]
        return CatalogChoice(catalog, catalog, loaded=False, warnings=gathered(told))
    if not name and not shelf.settings.default_catalog:
        known = ", ".join(f"catalogs/{each}" for each in shelf.catalogs)
        found.add("catalog", f"is required on this server, which has no default: one of {known}, or inline_catalog")
        return None
    if not name:
        catalog = shelf.catalogs[shelf.settings.default_catalog]
        return CatalogChoice(catalog, catalog, loaded=True)
    parts = read_name(name, "catalogs/{catalog}", found, "catalog")
    if parts is None:
        return None
    if parts[0] not in shelf.catalogs:
        known = ", ".join(f"catalogs/{each}" for each in shelf.catalogs)
        found.unknown("catalog", f"must be one of {known}, got {name!r}")
        return None
    catalog = shelf.catalogs[parts[0]]
    return CatalogChoice(catalog, catalog, loaded=True)


def read_inline_catalog(message: catalog_pb2.Catalog, shelf: Shelf, found: Findings) -> Catalog | None:
    """Return the catalog of a message, or None after noting every finding; one that came lately is not read again."""
    key, size = content_key(message)
    catalog = shelf.inline.find(key)
    if catalog is None:
        catalog = read_catalog(message, shelf.materials, found)
        if catalog is not None:
            shelf.inline.keep(key, catalog, size)
    return catalog


def read_availability(
    entries: Iterable[packing_service_pb2.BoxAvailability], choice: CatalogChoice, found: Findings
) -> CatalogChoice:
    """Return the choice with the site's availability in place of the catalog's."""
    quantities: dict[str, int | None] = {}
    known = {box.box_type_id for box in choice.published.box_types}
    for index, entry in enumerate(entries):
        at = found.at(f"availability[{index}]")
        if entry.box_type_id not in known:
            catalog_id = choice.published.catalog_id
            at.unknown("box_type_id", f"must be a box type of catalog {catalog_id!r}, got {entry.box_type_id!r}")
        elif entry.box_type_id in quantities:
            at.add("box_type_id", f"must not repeat, {entry.box_type_id!r} does")
        if entry.quantity < 0:
            at.add("quantity", f"must be 0 or more, got {entry.quantity}")
        quantities[entry.box_type_id] = entry.quantity if entry.HasField("quantity") else None
    if not quantities or len(found):
        return choice
    boxes = tuple(
        replace(box, available=quantities[box.box_type_id]) if box.box_type_id in quantities else box
        for box in choice.published.box_types
    )
    return replace(choice, at_hand=replace(choice.published, box_types=boxes))
