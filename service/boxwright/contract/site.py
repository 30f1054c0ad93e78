"""Sites."""

from boxwright.contract import lane  # noqa: F401  # its codec of places
from boxwright.contract.message import Codec
from boxwright.contract.names import site_name
from boxwright.domain.site import BoxAvailability, Site
from boxwright.v1 import packing_service_pb2, site_pb2

AVAILABILITY = Codec(packing_service_pb2.BoxAvailability, BoxAvailability)
SITE = Codec(site_pb2.Site, Site)


def site_to_wire(site: Site) -> site_pb2.Site:
    """Return the message of a site."""
    return SITE(site, name=site_name(site.site_id))
