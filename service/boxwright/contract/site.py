"""Sites."""

from boxwright.contract.names import catalog_name, profile_name, service_name, site_name
from boxwright.domain.place import Place
from boxwright.domain.site import BoxAvailability, Site
from boxwright.v1 import lane_pb2, packing_service_pb2, site_pb2


def site_to_wire(site: Site) -> site_pb2.Site:
    """Return the message of a site."""
    return site_pb2.Site(
        name=site_name(site.site_id),
        site_id=site.site_id,
        display_name=site.name,
        catalog=catalog_name(site.catalog_id) if site.catalog_id else "",
        availability=map(availability_to_wire, site.availability),
        lifting_profile=site.lifting_profile,
        handling_profile=site.handling_profile,
        max_parcels=site.max_parcels,
        max_units_per_order=site.max_units_per_order,
        accounting_profiles=map(profile_name, site.accounting_profiles),
        carrier_service=service_name(site.carrier_service) if site.carrier_service else "",
        origin=origin_to_wire(site.origin) if site.origin else None,
    )


def availability_to_wire(at_hand: BoxAvailability) -> packing_service_pb2.BoxAvailability:
    """Return the message of how many boxes there are of a type."""
    return packing_service_pb2.BoxAvailability(box_type_id=at_hand.box_type_id, quantity=at_hand.quantity)


def origin_to_wire(place: Place) -> lane_pb2.Place:
    """Return the message of a place."""
    return lane_pb2.Place(
        country_code=place.country_code,
        postal_code=place.postal_code,
        un_locode=place.un_locode,
        airport_code=place.airport_code,
    )
