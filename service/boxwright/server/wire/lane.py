"""Lanes: places, legs, carrier service, ship date."""

import datetime

from boxwright.catalog import Materials
from boxwright.domain.lane import Lane, Leg
from boxwright.errors import InvalidInputError
from boxwright.server.findings import Findings
from boxwright.server.wire.dates import read_date
from boxwright.server.wire.enums import DISTANCE_KIND, TRANSPORT_MODE
from boxwright.server.wire.names import read_service
from boxwright.shipping import biller_of
from boxwright.v1 import lane_pb2

MAX_LEGS = 50
"""Most legs of a lane, as the contract says."""

WIRE_NAMES = {"origin_country": "origin.country_code", "destination_country": "destination.country_code"}
"""Fields of the domain's ``Lane`` that have another path in the message."""


def read_lane(message: lane_pb2.Lane, materials: Materials, today: datetime.date, found: Findings) -> Lane | None:
    """Return the lane of a message, its ship date settled, or None after noting every finding.

    Parameters
    ----------
    message : Lane
        As sent.
    materials : Materials
        Where the carrier service is looked up.
    today : datetime.date
        The ship date where none is given.
    found : Findings
        Collects what is wrong, at the lane's path.
    """
    before = len(found)
    if message.derive_legs:
        found.unsupported("derive_legs")
    for field in ("origin", "destination"):
        if message.HasField(field) and not getattr(message, field).country_code:
            found.invalid(f"{field}.country_code", "is required")
    if len(message.legs) > MAX_LEGS:
        found.invalid("legs", f"must hold at most {MAX_LEGS} legs, got {len(message.legs)}")
    legs = [_read_leg(leg, found.at(f"legs[{index}]")) for index, leg in enumerate(message.legs)]
    day = read_date(message.ship_date, found, "ship_date") if message.HasField("ship_date") else today
    service = ""
    if message.carrier_service:
        service = find_service(message.carrier_service, day, materials, found, "carrier_service", message.zone) or ""
    try:
        lane = Lane(
            legs=tuple(leg for leg in legs if leg is not None),
            origin_country=message.origin.country_code,
            destination_country=message.destination.country_code,
            carrier_service=service,
            ship_date=day,
            zone=message.zone,
        )
    except InvalidInputError as error:
        found.absorb(error, WIRE_NAMES)
        return None
    return lane if len(found) == before else None


def find_service(
    name: str, day: datetime.date | None, materials: Materials, found: Findings, field: str, zone: str
) -> str | None:
    """Return the identifier of a carrier service that has a rule in force on a day, or None after noting why not."""
    service = read_service(name, found, field)
    if service is None:
        return None
    if service not in {rule.service_id for rule in materials.carrier_rules}:
        found.unknown(field, f"names no carrier service, got {name!r}")
        return None
    if day is not None:
        try:
            biller_of(service, day, materials, zone)
        except InvalidInputError as error:
            for violation in error.violations:
                at_zone = violation.field == "zone"
                found.invalid(field, f"needs lane.zone, which {violation.rule}" if at_zone else violation.rule)
            return None
    return service


def _read_leg(message: lane_pb2.Leg, found: Findings) -> Leg | None:
    before = len(found)
    if message.factor_id:
        found.unsupported("factor_id")
        if message.vehicle_class:
            found.invalid("factor_id", "must not be set together with vehicle_class")
    mode = TRANSPORT_MODE.read(message.mode, found, "mode")
    kind = None
    if message.distance_kind:
        kind = DISTANCE_KIND.read(message.distance_kind, found, "distance_kind")
    if mode is None:
        return None
    try:
        leg = Leg(mode, message.distance_km, kind, message.vehicle_class)
    except InvalidInputError as error:
        found.absorb(error, {"vehicle": "vehicle_class"})
        return None
    return leg if len(found) == before else None
