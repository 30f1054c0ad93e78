"""What a request takes from the site that it names: afterwards it reads as if its caller had stated all of it."""

import difflib

from boxwright.contract.data import AVAILABILITY
from boxwright.contract.lane import PLACE
from boxwright.contract.names import catalog_name, profile_name, read_name, service_name, site_name
from boxwright.domain.site import Site
from boxwright.findings import Findings
from boxwright.server.answers.dataset import Dataset
from boxwright.v1 import packing_service_pb2

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
