"""Which catalog a request plans with: a loaded one, one sent along, or the default; and what of it is at hand."""

from dataclasses import dataclass

from boxwright.catalog import plan_cautions
from boxwright.contract.catalog import read_catalog
from boxwright.contract.names import catalog_name, read_name
from boxwright.domain.box import Catalog
from boxwright.domain.warning import PlanWarning
from boxwright.findings import Findings
from boxwright.server.answers.dataset import Dataset
from boxwright.store import CatalogsUnreadError
from boxwright.v1 import catalog_pb2, packing_service_pb2


@dataclass(frozen=True)
class CatalogChoice:
    """The catalog of a request."""

    published: Catalog
    """As loaded or sent."""
    at_hand: Catalog
    """The same with the site's availability; what is planned with."""
    loaded: bool
    """Whether the server loaded it: then it has a resource name."""
    warnings: tuple[PlanWarning, ...] = ()
    """What a catalog that does not come with the software leaves open."""


def read_catalog_source(
    message: packing_service_pb2.PackRequest, dataset: Dataset, found: Findings
) -> CatalogChoice | None:
    """Return the catalog that a request names or holds, with its availability, or None after noting why not."""
    if message.HasField("inline_catalog"):
        catalog = read_inline_catalog(message.inline_catalog, dataset, found.at("inline_catalog"))
    else:
        catalog = _loaded_catalog(message.catalog or dataset.default_name, dataset, found)
    if catalog is None:
        return None
    at_hand, before = catalog, len(found)
    quantities: dict[str, int | None] = {}
    known = {box.box_type_id for box in catalog.box_types}
    for index, entry in enumerate(message.availability):
        at, name = found.at(f"availability[{index}]"), entry.box_type_id
        if name not in known:
            at.unknown("box_type_id", f"must be a box type of catalog {catalog.catalog_id!r}, got {name!r}")
        elif name in quantities:
            at.add("box_type_id", f"must not repeat, {name!r} does")
        if entry.quantity < 0:
            at.add("quantity", f"must be 0 or more, got {entry.quantity}")
        quantities[name] = entry.quantity if entry.HasField("quantity") else None
    if quantities and len(found) == before:
        at_hand = catalog.stocked(quantities)
    return CatalogChoice(catalog, at_hand, not message.HasField("inline_catalog"), plan_cautions(catalog))


def _loaded_catalog(name: str, dataset: Dataset, found: Findings) -> Catalog | None:
    """Return the loaded catalog of a resource name, or None after noting why there is none."""
    parts = read_name(name, "catalogs/{catalog}", found, "catalog") if name else ("",)
    if parts is None:
        return None
    catalog = dataset.catalogs.get(parts[0])
    if catalog is None:
        if dataset.lacks.unread:
            raise CatalogsUnreadError(CatalogsUnreadError.told)
        if (why := dataset.lacks.left_out.get(parts[0])) is not None:
            rule = f"names a catalog that was written over the wire and breaks rules of the data of now: {why}"
            found.add("catalog", rule)
            return None
        served, mark, _ = parts[0].rpartition("@")
        if mark and served in dataset.catalogs:
            found.add(
                "catalog",
                f"must name a catalog, not a version of it, got {name!r:.120}: orders are planned with the version that"
                f" is served, {catalog_name(served)}; another can be sent as inline_catalog, as GetCatalog reads it",
            )
            return None
        known = ", ".join(map(catalog_name, dataset.catalogs))
        if name:
            found.unknown("catalog", f"must be one of {known}, got {name!r}")
        else:
            found.add("catalog", f"is required on this server, which has no default: one of {known}, or inline_catalog")
    return catalog


def read_inline_catalog(message: catalog_pb2.Catalog, dataset: Dataset, found: Findings) -> Catalog | None:
    """Return the catalog of a message, or None after noting every finding; one that came lately is not read again."""
    return dataset.inline.read(message, (), found, lambda: read_catalog(message, dataset.materials, found))
