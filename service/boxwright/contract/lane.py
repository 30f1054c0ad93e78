"""Lanes: places, legs, how legs were derived, carrier service, ship date."""

import datetime

from boxwright.catalog import Materials
from boxwright.contract import carriage  # noqa: F401  # its codec of price tables
from boxwright.contract.message import Codec
from boxwright.contract.names import read_name
from boxwright.domain.lane import Lane, Leg
from boxwright.domain.place import Place
from boxwright.findings import Findings
from boxwright.shipping import biller_of
from boxwright.v1 import lane_pb2

PLACE = Codec(lane_pb2.Place, Place)
LEG = Codec(lane_pb2.Leg, Leg)
LANE = Codec(lane_pb2.Lane, Lane)


def read_lane(
    message: lane_pb2.Lane,
    materials: Materials,
    today: datetime.date,
    found: Findings,
    service_found: Findings | None = None,
) -> Lane | None:
    """Return the lane of a message, its ship date settled, or None after noting every finding.

    ``service_found`` is the view at the path of what states the carrier service, where the lane does not.
    """
    before = len(found)
    for index, leg in enumerate(message.legs):
        if leg.HasField("derivation"):
            found.add(f"legs[{index}].derivation", "must be absent: it is only in answers")
    given = LANE.attributes(message, found, carrier_service="")
    if not message.HasField("ship_date"):
        given["ship_date"] = today
    if name := message.carrier_service:
        at = found if service_found is None else service_found
        service = find_service(name, given.get("ship_date"), materials, at, "carrier_service", message.zone)
        given["carrier_service"] = service or ""
    lane: Lane | None = LANE.make(found, before, given)
    return lane


def find_service(
    name: str, day: datetime.date | None, materials: Materials, found: Findings, field: str, zone: str
) -> str | None:
    """Return the identifier of a carrier service that has a rule in force on a day, or None after noting why not."""
    parts = read_name(name, "carriers/{carrier}/services/{service}", found, field)
    if parts is None:
        return None
    service = "/".join(parts)
    if service not in {rule.service_id for rule in materials.carrier_rules}:
        found.unknown(field, f"names no carrier service, got {name!r}")
        return None
    if day is not None:
        refused = Findings()
        refused.attempt(biller_of, service, day, materials, zone)
        for fault in refused.violations:
            found.add(field, f"needs lane.zone, which {fault.rule}" if fault.field == "zone" else fault.rule)
        return None if refused else service
    return service
