"""Through which airport or port a way across the sky or the sea leads."""

from collections.abc import Iterable

from boxwright.catalog.places import Places
from boxwright.domain.place import LocatedPlace, Place, PlacePrecision
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.routing.airports import airports, airports_of
from boxwright.routing.great_circle import great_circle_km
from boxwright.routing.locate import airport_of, port_of
from boxwright.routing.ports import ports, served_countries

PORT_CODE = 5
"""Characters of a UN/LOCODE, with which the name of a port begins."""


def apart_km(start: LocatedPlace, end: LocatedPlace) -> float:
    """Return the great-circle distance of two located places in km."""
    return great_circle_km(start.latitude, start.longitude, end.latitude, end.longitude)


def air_gateway(place: Place, located: LocatedPlace, places: Places) -> tuple[LocatedPlace, str]:
    """Return the airport that a place is flown from or to, and how it was chosen.

    The one that the place names. Else the nearest of the large cargo airports of its country, within the distance that
    ``routing.toml`` states (at any, where only the country is known); else the nearest airport of the country; else the
    nearest that one can drive to.

    Raises
    ------
    InvalidInputError
        If the airport named is unknown, or none can be driven to.
    """
    if place.airport_code:
        return airport_of(place), "airport as given"
    own = airports_of(located.country_code)
    cargo = [each for each in own if each.name[:3] in places.cargo_airports]
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
    return nearest, "nearest airport that can be driven to"


def sea_gateway(place: Place, located: LocatedPlace, places: Places) -> tuple[LocatedPlace, str]:
    """Return the port that a place is shipped from or to, and how it was chosen.

    The one that the place names. Else the nearest that one can drive to and whose liner services join it to at least as
    many countries as ``routing.toml`` states; where there is none, the one with the most.

    Raises
    ------
    InvalidInputError
        If the port named is unknown, or there is no such port.
    """
    if place.un_locode:
        return port_of(place, places), "port as given"
    least = places.rules["port_countries"]
    served = served_countries()
    reachable = [
        each
        for each in _reachable(located, ports(places.port_positions).values(), places)
        if served.get(each.name[:PORT_CODE], 0) > 0
    ]
    most = max((served[each.name[:PORT_CODE]] for each in reachable), default=0)
    nearest = _nearest(located, [each for each in reachable if served[each.name[:PORT_CODE]] >= min(least, most)])
    if nearest is None:
        raise _none("un_locode", "port with liner services", located)
    return nearest, f"nearest port with liner services to {min(least, most)} countries or more"


def _reachable(located: LocatedPlace, candidates: Iterable[LocatedPlace], places: Places) -> list[LocatedPlace]:
    return [each for each in candidates if places.joined(located.country_code, each.country_code)]


def _nearest(located: LocatedPlace, candidates: Iterable[LocatedPlace]) -> LocatedPlace | None:
    """Return the nearest, of equally near ones (to 100 m) the first by name."""
    return min(candidates, key=lambda each: (round(apart_km(located, each), 1), each.name), default=None)


def _none(field: str, what: str, located: LocatedPlace) -> InvalidInputError:
    rule = f"must be given: no {what} can be driven to from {located.name}"
    return InvalidInputError([FieldViolation(field, rule)])
