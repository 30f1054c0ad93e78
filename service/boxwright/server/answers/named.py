"""What a request names: accounting profiles, carrier services, its catalog, and a site that states what it does not."""

import datetime
import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from boxwright.catalog import plan_cautions
from boxwright.contract.catalog import read_catalog
from boxwright.contract.data import AVAILABILITY
from boxwright.contract.lane import PLACE, find_service
from boxwright.contract.names import catalog_name, profile_name, read_name, service_name, site_name
from boxwright.domain.box import Catalog
from boxwright.domain.factor import TONNE_KM
from boxwright.domain.lane import VAN, Lane
from boxwright.domain.site import Site
from boxwright.domain.warning import PlanWarning
from boxwright.findings import Findings
from boxwright.footprint import lane_rules
from boxwright.server.answers.dataset import Dataset
from boxwright.store import CatalogsUnreadError
from boxwright.v1 import catalog_pb2, packing_service_pb2

MAX_PROFILES = 10
MAX_SERVICES = 20
"""Most of each in a request, as the contract says."""


def read_profiles(names: Sequence[str], dataset: Dataset, found: Findings) -> tuple[str, ...]:
    """Return the ids of the accounting profiles asked for, versions resolved; empty is the server's default."""
    if len(names) > MAX_PROFILES:
        found.add("accounting_profiles", f"must hold at most {MAX_PROFILES} profiles, got {len(names)}")
    if not names:
        return (dataset.materials.profile(dataset.settings.default_profile).profile_id,)
    ids: list[str] = []
    for index, name in enumerate(names):
        field = f"accounting_profiles[{index}]"
        profile_id = find_profile(name, dataset, found, field)
        if profile_id in ids:
            found.add(field, f"must not repeat, {name!r} does")
        if profile_id is not None:
            ids.append(profile_id)
    return tuple(ids)


def find_profile(name: str, dataset: Dataset, found: Findings, field: str) -> str | None:
    """Return the id of an accounting profile with its version, or None after noting why there is none."""
    parts = read_name(name, "accountingProfiles/{profile}@{version}", found, field)
    if parts is None:
        return None
    profile = Findings().attempt(dataset.materials.profile, parts[0])
    if profile is None:
        known = ", ".join(profile_name(each.profile_id) for each in dataset.materials.profiles)
        found.unknown(field, f"must be one of {known}, got {name!r}")
        return None
    return profile.profile_id


def read_services(
    names: Sequence[str], day: datetime.date | None, zone: str, dataset: Dataset, found: Findings
) -> tuple[str, ...]:
    """Return the ids of the carrier services to state chargeable weight for."""
    if len(names) > MAX_SERVICES:
        found.add("carrier_services", f"must hold at most {MAX_SERVICES} services, got {len(names)}")
    read = [
        find_service(name, day, dataset.materials, found, f"carrier_services[{index}]", zone)
        for index, name in enumerate(names)
    ]
    return tuple(each for each in read if each is not None)


def check_vehicles(lane: Lane, profile_ids: Sequence[str], dataset: Dataset, found: Findings) -> None:
    """Note a class of vehicle that no profile asked for knows or of another mode, a factor or density that lacks.

    A class that some profiles know is missing in the others.
    """
    profiles = [dataset.materials.profile(each) for each in profile_ids]
    known = sorted(
        {VAN} | {factor.subject for profile in profiles for factor in profile.factors if factor.unit == TONNE_KM}
    )
    unknown = {f"lane.legs[{index}].vehicle": leg.vehicle for index, leg in enumerate(lane.legs)}
    unknown = {path: vehicle for path, vehicle in unknown.items() if vehicle not in known}
    for each in lane_rules(lane, profiles, dataset.materials):
        field = each.field.removeprefix("lane.")
        if each.field in unknown:
            found.unknown(field, f"must be one of {', '.join(known)}, got {unknown[each.field]!r}")
        else:
            found.add(field, each.rule)


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


MOST_NAMED = 10
"""Most sites that an error lists; of more, those with the nearest names."""


def at_site(
    message: packing_service_pb2.PackRequest, dataset: Dataset, found: Findings
) -> tuple[Site | None, packing_service_pb2.PackRequest]:
    """Return the site of a request, None where it has none, and the request with what it takes from it."""
    site = _site(message.site, dataset, found) if message.site else None
    if site is None:
        return None, message
    whole = packing_service_pb2.PackRequest()
    whole.CopyFrom(message)
    # An empty name of a catalog, as templates of JSON send it, states none.
    if site.catalog_id and not (whole.catalog or whole.HasField("inline_catalog")):
        whole.catalog = catalog_name(site.catalog_id)
    if site.availability and whole.catalog == catalog_name(site.catalog_id):
        stated = {each.box_type_id for each in whole.availability}
        whole.availability.extend(
            AVAILABILITY(at_hand) for at_hand in site.availability if at_hand.box_type_id not in stated
        )
    for name in ("lifting_profile", "handling_profile"):
        if getattr(site, name) and not getattr(whole.policy, name):
            setattr(whole.policy, name, getattr(site, name))
    if site.max_parcels is not None and not whole.policy.HasField("max_parcels"):
        whole.policy.max_parcels = site.max_parcels
    if not whole.accounting_profiles:
        whole.accounting_profiles.extend(map(profile_name, site.accounting_profiles))
    if whole.HasField("lane"):
        if site.carrier_service and not whole.lane.carrier_service:
            whole.lane.carrier_service = service_name(site.carrier_service)
        if site.origin is not None and not whole.lane.HasField("origin"):
            whole.lane.origin.CopyFrom(PLACE(site.origin))
    return site, whole


def most_units(site: Site | None, dataset: Dataset) -> tuple[int, str]:
    """Return the most units of one order, and whose limit that is in words."""
    most = dataset.settings.max_units_per_order
    if site is None or site.max_units_per_order is None or site.max_units_per_order >= most:
        return most, "on this server"
    return site.max_units_per_order, f"at {site_name(site.site_id)}"


def _site(name: str, dataset: Dataset, found: Findings) -> Site | None:
    """Return the site of a resource name, or None after noting which there are: of many those with a name like it."""
    parts = read_name(name, "sites/{site}", found, "site")
    if parts is None:
        return None
    site, sites = dataset.sites.get(parts[0]), dataset.sites
    if site is None:
        if not sites:
            rule = "must be empty on this server, which has no sites"
        elif len(sites) <= MOST_NAMED:
            rule = f"must be one of {', '.join(map(site_name, sites))}"
        else:
            near = difflib.get_close_matches(parts[0][:100], list(sites), MOST_NAMED)
            like = f", such as {', '.join(map(site_name, near))}" if near else "; ListSites lists them"
            rule = f"must be one of the {len(sites)} sites of this server{like}"
        found.unknown("site", f"{rule}, got {name!r:.120}")
    return site
