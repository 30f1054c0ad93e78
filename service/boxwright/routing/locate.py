"""Locates places."""

from boxwright.catalog.places import Places
from boxwright.domain.place import LocatedPlace, Place, PlacePrecision
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.routing.airports import airports, middle_of
from boxwright.routing.ports import data_set as port_data_set
from boxwright.routing.ports import ports
from boxwright.routing.postal import region_of


def locate(place: Place, places: Places) -> LocatedPlace:
    """Return the point of a place, by the first of postal code, port, airport and country that it states.

    Parameters
    ----------
    place : Place
        At least its country.
    places : Places
        Regions of postal codes, and corrected positions of ports.

    Raises
    ------
    InvalidInputError
        If the place cannot be located; names the field and the data that is available.
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
            "country_code", f"must have airports to be located by, got {place.country_code!r}: give a postal_code"
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
