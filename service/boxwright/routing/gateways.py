"""Chooses the airports and ports of a lane."""

from collections.abc import Iterable

from boxwright.catalog.places import Places
from boxwright.domain.place import LocatedPlace, Place, PlacePrecision
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.routing.airports import airports, airports_of
from boxwright.routing.great_circle import great_circle_km
from boxwright.routing.locate import airport_of, port_of
from boxwright.routing.ports import ports, served_countries

PORT_CODE = 5
"""Length of a UN/LOCODE, with which the name of a port begins."""


def apart_km(start: LocatedPlace, end: LocatedPlace) -> float:
    """Return the great-circle distance of two located places in km."""
    return great_circle_km(start.latitude, start.longitude, end.latitude, end.longitude)


def air_gateway(place: Place, located: LocatedPlace, places: Places) -> tuple[LocatedPlace, str]:
    """Return the airport that serves a place, and how it was chosen.

    In this order: the airport that the place names; the nearest cargo airport of its country, within the distance that
    ``routing.toml`` states unless only the country is known; the nearest airport of the country; the nearest airport
    that a road reaches.

    Raises
    ------
    InvalidInputError
        If the named airport is unknown, or a road reaches none.
    """
    if place.airport_code:
        return airport_of(place), "airport as given"
    own = airports_of(located.country_code)
    cargo = [airport for airport in own if airport.name[:3] in places.cargo_airports]
    near = _nearest(located, cargo)
    coarse = located.precision is PlacePrecision.COUNTRY
    if near is not None and (coarse or apart_km(located, near) <= places.rules["cargo_airport_within_km"]):
        return near, f"nearest cargo airport of {located.country_code}"
    nearest = _nearest(located, own)
    if nearest is not None:
        return nearest, f"nearest airport of {located.country_code}"
    nearest = _nearest(located, _reachable(located, airports().values(), places))
    if nearest is None:
        raise _none("airport_code", "airport", located)
    return nearest, "nearest airport that a road reaches"


def sea_gateway(place: Place, located: LocatedPlace, places: Places) -> tuple[LocatedPlace, str]:
    """Return the port that serves a place, and how it was chosen.

    It is the port that the place names; otherwise the nearest that a road reaches and whose liner services call at the
    number of countries that ``routing.toml`` states. If no port reaches that number, the highest number found is
    required instead.

    Raises
    ------
    InvalidInputError
        If the named port is unknown, or a road reaches none with liner services.
    """
    if place.un_locode:
        return port_of(place, places), "port as given"
    least = places.rules["port_countries"]
    served = served_countries()
    reachable = [
        port
        for port in _reachable(located, ports(places.port_positions).values(), places)
        if served.get(port.name[:PORT_CODE], 0) > 0
    ]
    most = max((served[port.name[:PORT_CODE]] for port in reachable), default=0)
    nearest = _nearest(located, [port for port in reachable if served[port.name[:PORT_CODE]] >= min(least, most)])
    if nearest is None:
        raise _none("un_locode", "port with liner services", located)
    return nearest, f"nearest port with liner services to {min(least, most)} countries or more"


def _reachable(located: LocatedPlace, candidates: Iterable[LocatedPlace], places: Places) -> list[LocatedPlace]:
    return [gate for gate in candidates if places.joined(located.country_code, gate.country_code)]


def _nearest(located: LocatedPlace, candidates: Iterable[LocatedPlace]) -> LocatedPlace | None:
    """Return the nearest candidate, by name if distances are equal to 100 m; None without candidates."""
    return min(candidates, key=lambda gate: (round(apart_km(located, gate), 1), gate.name), default=None)


def _none(field: str, what: str, located: LocatedPlace) -> InvalidInputError:
    rule = f"must be given: no {what} can be reached by road from {located.name}"
    return InvalidInputError([FieldViolation(field, rule)])
