"""Locates places, and chooses the airports and ports that serve them."""

from collections.abc import Iterable

from boxwright.catalog.places import Places
from boxwright.domain.place import LocatedPlace, Place, PlacePrecision
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.routing.airports import airports, airports_of, middle_of
from boxwright.routing.great_circle import great_circle_km
from boxwright.routing.ports import data_set as port_data_set
from boxwright.routing.ports import ports, served_countries
from boxwright.routing.postal import region_of


def locate(place: Place, places: Places) -> LocatedPlace:
    """Return the point of a place, by the first of postal code, port, airport and country that it states.

    InvalidInputError, with the field and the available data, if the place cannot be located.
    """
    if place.postal_code:
        return _by_postal_code(place, places)
    if place.un_locode:
        return port_of(place, places)
    if place.airport_code:
        return airport_of(place)
    middle = middle_of(place.country_code)
    if middle is None:
        raise _unknown(
            "country_code", f"must be a country with airports, got {place.country_code!r}: give a postal_code instead"
        )
    return middle


def port_of(place: Place, places: Places) -> LocatedPlace:
    """Return the port that a place names; InvalidInputError if it is unknown."""
    known = ports(places.port_positions)
    found = known.get(place.un_locode)
    if found is None:
        rule = f"must be one of {len(known):,} ports of {port_data_set()}, got {place.un_locode!r}"
        raise _unknown("un_locode", f"{rule}; an inland place is located by its postal_code")
    return found


def airport_of(place: Place) -> LocatedPlace:
    """Return the airport that a place names; InvalidInputError if it is unknown."""
    found = airports().get(place.airport_code)
    if found is None:
        one = next(iter(airports().values()))
        rule = f"must be one of {len(airports()):,} IATA codes of {one.data_set}, got {place.airport_code!r}"
        raise _unknown("airport_code", rule)
    return found


def _by_postal_code(place: Place, places: Places) -> LocatedPlace:
    country, region = place.country_code, region_of(place.country_code, place.postal_code)
    found = places.regions.get((country, region))
    if found is None:
        known = sum(code == country for code, _ in places.regions)
        what = f"{known:,} regions of {country} are known" if known else f"no postal codes of {country} are known"
        rule = f"must lie in a region of {places.postal_data_set}, got {place.postal_code!r}; {what}"
        raise _unknown("postal_code", f"{rule}. Leave it empty to locate the place by port, airport or country")
    return LocatedPlace(
        f"{country} {region}",
        country,
        PlacePrecision.POSTAL_REGION,
        found.latitude,
        found.longitude,
        float(found.spread_km),
        places.postal_data_set,
    )


def _unknown(field: str, rule: str) -> InvalidInputError:
    return InvalidInputError([FieldViolation(field, rule)])


PORT_CODE = 5
"""Length of a UN/LOCODE, with which the name of a port begins."""


def apart_km(start: LocatedPlace, end: LocatedPlace) -> float:
    """Return the great-circle distance of two located places in km."""
    return great_circle_km(start.latitude, start.longitude, end.latitude, end.longitude)


def air_gateway(place: Place, located: LocatedPlace, places: Places) -> tuple[LocatedPlace, str]:
    """Return the airport that serves a place, and how it was chosen.

    In this order: the airport that the place names; the nearest cargo airport of its country, within the distance that
    ``routing.toml`` states unless only the country is known; the nearest airport of the country; the nearest airport
    that a road reaches. InvalidInputError if the named airport is unknown, or a road reaches none.
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
        raise _unknown("airport_code", f"must be given: no airport can be reached by road from {located.name}")
    return nearest, "nearest airport that a road reaches"


def sea_gateway(place: Place, located: LocatedPlace, places: Places) -> tuple[LocatedPlace, str]:
    """Return the port that serves a place, and how it was chosen.

    It is the port that the place names; otherwise the nearest that a road reaches and whose liner services call at the
    number of countries that ``routing.toml`` states. If no port reaches that number, the highest number found is
    required instead. InvalidInputError if the named port is unknown, or a road reaches none with liner services.
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
        rule = f"must be given: no port with liner services can be reached by road from {located.name}"
        raise _unknown("un_locode", rule)
    return nearest, f"nearest port with liner services to {min(least, most)} countries or more"


def _reachable(located: LocatedPlace, candidates: Iterable[LocatedPlace], places: Places) -> list[LocatedPlace]:
    return [gate for gate in candidates if places.joined(located.country_code, gate.country_code)]


def _nearest(located: LocatedPlace, candidates: Iterable[LocatedPlace]) -> LocatedPlace | None:
    """Return the nearest candidate, by name if distances are equal to 100 m; None without candidates."""
    return min(candidates, key=lambda gate: (round(apart_km(located, gate), 1), gate.name), default=None)
