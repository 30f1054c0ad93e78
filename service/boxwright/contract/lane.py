"""Lanes: places, legs, how legs were derived, carrier service, ship date."""

import datetime
from typing import Any

from boxwright.catalog import Materials
from boxwright.contract.dates import read_date
from boxwright.contract.enums import TRANSPORT_MODE
from boxwright.contract.message import Writer, sent
from boxwright.contract.names import read_service
from boxwright.contract.price_table import read_price_table
from boxwright.domain.lane import Lane, Leg, LegDerivation
from boxwright.domain.place import LocatedPlace, Place
from boxwright.findings import Findings
from boxwright.shipping import biller_of
from boxwright.v1 import lane_pb2

MAX_LEGS = 50
"""Most legs of a lane, as the contract says."""

MAX_PRICE_TABLES = 20
"""Most price tables of a lane, as the contract says."""

PLACE = Writer(lane_pb2.LocatedPlace, LocatedPlace)
DERIVATION = Writer(lane_pb2.LegDerivation, LegDerivation)
LEG = Writer(lane_pb2.Leg, Leg)


def read_lane(
    message: lane_pb2.Lane,
    materials: Materials,
    today: datetime.date,
    found: Findings,
    service_found: Findings | None = None,
) -> Lane | None:
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
    service_found : Findings, optional
        The view at the path of what states the carrier service. Default: the lane does.
    """
    before = len(found)
    places: dict[str, Any] = {
        end: _read_place(getattr(message, end), found.at(end)) if message.HasField(end) else None
        for end in ("origin", "destination")
    }
    given = sent(message, found, "carrier_service")
    if len(message.legs) > MAX_LEGS:
        found.add("legs", f"must hold at most {MAX_LEGS} legs, got {len(message.legs)}")
    legs = [_read_leg(leg, found.at(f"legs[{index}]")) for index, leg in enumerate(message.legs)]
    day = read_date(message.ship_date, found, "ship_date") if message.HasField("ship_date") else today
    if len(message.price_tables) > MAX_PRICE_TABLES:
        found.add("price_tables", f"must hold at most {MAX_PRICE_TABLES}, got {len(message.price_tables)}")
    tables = [read_price_table(each, found.at(f"price_tables[{at}]")) for at, each in enumerate(message.price_tables)]
    service = ""
    if message.carrier_service:
        at = found if service_found is None else service_found
        service = find_service(message.carrier_service, day, materials, at, "carrier_service", message.zone) or ""
    # What a place broke has been said already.
    lane = (found if len(found) == before else Findings()).attempt(
        Lane,
        legs=tuple(leg for leg in legs if leg is not None),
        carrier_service=service,
        ship_date=day,
        price_tables=tuple(table for table in tables if table is not None),
        **places,
        **given,
    )
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
        refused = Findings()
        refused.attempt(biller_of, service, day, materials, zone)
        for each in refused.violations:
            found.add(field, f"needs lane.zone, which {each.rule}" if each.field == "zone" else each.rule)
        return None if refused else service
    return service


def _read_place(message: lane_pb2.Place, found: Findings) -> Place | None:
    if not message.country_code:
        found.add("country_code", "is required")
        return None
    return found.attempt(Place, **sent(message, found))


def _read_leg(message: lane_pb2.Leg, found: Findings) -> Leg | None:
    before = len(found)
    if message.HasField("derivation"):
        found.add("derivation", "must be absent: it is only in answers")
    if message.factor_id and message.vehicle:
        found.add("factor_id", "must not be set together with vehicle")
    mode = TRANSPORT_MODE.read(message.mode, found, "mode")
    given = sent(message, found, "mode")
    return None if mode is None or len(found) > before else found.attempt(Leg, mode, **given)
