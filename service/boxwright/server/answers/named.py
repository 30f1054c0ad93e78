"""Looks up the resources that a request names: profiles, carrier services, a catalog, and a site with its defaults."""

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
"""Maximum number of profiles and of services in a request, as the contract says."""


def read_profiles(names: Sequence[str], dataset: Dataset, found: Findings) -> tuple[str, ...]:
    """Return the versioned ids of the accounting profiles in a request, or without any that of the server's default."""
    if len(names) > MAX_PROFILES:
        found.add("accounting_profiles", f"must hold at most {MAX_PROFILES} profiles, got {len(names)}")
    if not names:
        return (dataset.materials.profile(dataset.settings.default_profile).profile_id,)
    ids: list[str] = []
    for index, name in enumerate(names):
        field = f"accounting_profiles[{index}]"
        profile_id = find_profile(name, dataset, found, field)
        if profile_id in ids:
            found.add(field, f"must be unique, {name!r} is repeated")
        if profile_id is not None:
            ids.append(profile_id)
    return tuple(ids)


def find_profile(name: str, dataset: Dataset, found: Findings, field: str) -> str | None:
    """Return the versioned id of an accounting profile, or None after noting that it does not exist."""
    parts = read_name(name, "accountingProfiles/{profile}@{version}", found, field)
    if parts is None:
        return None
    profile = Findings().attempt(dataset.materials.profile, parts[0])
    if profile is None:
        known = ", ".join(profile_name(known.profile_id) for known in dataset.materials.profiles)
        found.unknown(field, f"must be one of {known}, got {name!r}")
        return None
    return profile.profile_id


def read_services(
    names: Sequence[str], day: datetime.date | None, zone: str, dataset: Dataset, found: Findings
) -> tuple[str, ...]:
    """Return the ids of the carrier services in a request; the answer states their chargeable weights."""
    if len(names) > MAX_SERVICES:
        found.add("carrier_services", f"must hold at most {MAX_SERVICES} services, got {len(names)}")
    read = [
        find_service(name, day, dataset.materials, found, f"carrier_services[{index}]", zone)
        for index, name in enumerate(names)
    ]
    return tuple(service for service in read if service is not None)


def check_vehicles(lane: Lane, profile_ids: Sequence[str], dataset: Dataset, found: Findings) -> None:
    """Note vehicles that no profile has or that belong to another mode, and missing factors and densities.

    A vehicle that only some profiles have counts as missing in the others.
    """
    profiles = [dataset.materials.profile(profile_id) for profile_id in profile_ids]
    known = sorted(
        {VAN} | {factor.subject for profile in profiles for factor in profile.factors if factor.unit == TONNE_KM}
    )
    unknown = {f"lane.legs[{index}].vehicle": leg.vehicle for index, leg in enumerate(lane.legs)}
    unknown = {path: vehicle for path, vehicle in unknown.items() if vehicle not in known}
    for fault in lane_rules(lane, profiles, dataset.materials):
        field = fault.field.removeprefix("lane.")
        if fault.field in unknown:
            found.unknown(field, f"must be one of {', '.join(known)}, got {unknown[fault.field]!r}")
        else:
            found.add(field, fault.rule)


@dataclass(frozen=True)
class CatalogChoice:
    """The catalog to plan a request with."""

    published: Catalog
    """The catalog as loaded or as sent."""
    at_hand: Catalog
    """The catalog to plan with, after availability is applied."""
    loaded: bool
    """True if the server loaded the catalog, so that it has a resource name."""
    warnings: tuple[PlanWarning, ...] = ()
    """Warnings about a catalog that is not shipped with Boxwright."""


def read_catalog_source(
    message: packing_service_pb2.PackRequest, dataset: Dataset, found: Findings
) -> CatalogChoice | None:
    """Return the named or inline catalog of a request with its availability, or None after noting its faults."""
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
            at.add("box_type_id", f"must be unique, {name!r} is repeated")
        if entry.quantity < 0:
            at.add("quantity", f"must be 0 or more, got {entry.quantity}")
        quantities[name] = entry.quantity if entry.HasField("quantity") else None
    if quantities and len(found) == before:
        at_hand = catalog.stocked(quantities)
    return CatalogChoice(catalog, at_hand, not message.HasField("inline_catalog"), plan_cautions(catalog))


def _loaded_catalog(name: str, dataset: Dataset, found: Findings) -> Catalog | None:
    parts = read_name(name, "catalogs/{catalog}", found, "catalog") if name else ("",)
    if parts is None:
        return None
    catalog = dataset.catalogs.get(parts[0])
    if catalog is None:
        if dataset.lacks.unread:
            raise CatalogsUnreadError(CatalogsUnreadError.public_message)
        if (why := dataset.lacks.left_out.get(parts[0])) is not None:
            rule = f"names a catalog that was written over the API and breaks rules of the present data: {why}"
            found.add("catalog", rule)
            return None
        served, mark, _ = parts[0].rpartition("@")
        if mark and served in dataset.catalogs:
            found.add(
                "catalog",
                f"must name a catalog without a version, got {name!r:.120}: orders are planned with the served version,"
                f" {catalog_name(served)}; to plan with another, read it by GetCatalog and send it as inline_catalog",
            )
            return None
        known = ", ".join(map(catalog_name, dataset.catalogs))
        if name:
            found.unknown("catalog", f"must be one of {known}, got {name!r}")
        else:
            found.add("catalog", f"is required on this server, which has no default: one of {known}, or inline_catalog")
    return catalog


def read_inline_catalog(message: catalog_pb2.Catalog, dataset: Dataset, found: Findings) -> Catalog | None:
    """Return the catalog in a message, or None after noting its faults; recent ones are remembered."""
    return dataset.inline.read(message, (), found, lambda: read_catalog(message, dataset.materials, found))


MOST_NAMED = 10
"""Maximum number of sites that an error lists in full; with more, it lists only sites with similar names."""


def at_site(
    message: packing_service_pb2.PackRequest, dataset: Dataset, found: Findings
) -> tuple[Site | None, packing_service_pb2.PackRequest]:
    """Return the site of a request, None if it has none, and the request completed with the site's defaults."""
    site = _site(message.site, dataset, found) if message.site else None
    if site is None:
        return None, message
    filled = packing_service_pb2.PackRequest()
    filled.CopyFrom(message)
    # JSON templates send an empty name if they have no catalog.
    if site.catalog_id and not (filled.catalog or filled.HasField("inline_catalog")):
        filled.catalog = catalog_name(site.catalog_id)
    if site.availability and filled.catalog == catalog_name(site.catalog_id):
        stated = {entry.box_type_id for entry in filled.availability}
        filled.availability.extend(
            AVAILABILITY(at_hand) for at_hand in site.availability if at_hand.box_type_id not in stated
        )
    for name in ("lifting_profile", "handling_profile"):
        if getattr(site, name) and not getattr(filled.policy, name):
            setattr(filled.policy, name, getattr(site, name))
    if site.max_parcels is not None and not filled.policy.HasField("max_parcels"):
        filled.policy.max_parcels = site.max_parcels
    if not filled.accounting_profiles:
        filled.accounting_profiles.extend(map(profile_name, site.accounting_profiles))
    if filled.HasField("lane"):
        if site.carrier_service and not filled.lane.carrier_service:
            filled.lane.carrier_service = service_name(site.carrier_service)
        if site.origin is not None and not filled.lane.HasField("origin"):
            filled.lane.origin.CopyFrom(PLACE(site.origin))
    return site, filled


def most_units(site: Site | None, dataset: Dataset) -> tuple[int, str]:
    """Return the maximum number of units of one order, and a phrase that says where this limit applies."""
    most = dataset.settings.max_units_per_order
    if site is None or site.max_units_per_order is None or site.max_units_per_order >= most:
        return most, "on this server"
    return site.max_units_per_order, f"at {site_name(site.site_id)}"


def _site(name: str, dataset: Dataset, found: Findings) -> Site | None:
    """Return the site of a resource name, or None after noting the existing sites."""
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
