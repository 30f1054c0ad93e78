"""Airports with an IATA code: data of the package airportsdata (MIT licence)."""

from functools import cache
from importlib.metadata import version

from boxwright.domain.place import LocatedPlace, PlacePrecision
from boxwright.errors import missing_extra
from boxwright.routing.great_circle import degrees_of, great_circle_km, unit_vector


@cache
def airports() -> dict[str, LocatedPlace]:
    """Return every airport that has an IATA and an ICAO code, by IATA code."""
    try:
        import airportsdata  # imported here: it loads thousands of airports
    except ModuleNotFoundError:
        raise missing_extra("", "airports, and places without a postal code, need airportsdata", "routing") from None

    data_set = f"airportsdata {version('airportsdata')}"
    return {
        code: LocatedPlace(
            f"{code} {airport['name']}",
            airport["country"],
            PlacePrecision.AIRPORT,
            airport["lat"],
            airport["lon"],
            0.0,
            data_set,
        )
        for code, airport in sorted(airportsdata.load("IATA").items())
        if airport["icao"]
    }


@cache
def airports_of(country: str) -> tuple[LocatedPlace, ...]:
    """Return the airports of a country, by code."""
    return tuple(airport for airport in airports().values() if airport.country_code == country)


@cache
def middle_of(country: str) -> LocatedPlace | None:
    """Return the middle of a country's airports, on the sphere; None for a country without any.

    It locates a place if only its country is known. Airports are where people live, which the middle of the area
    need not be. ``spread_km`` is the distance of the farthest airport.
    """
    known = airports_of(country)
    if not known:
        return None
    x = y = z = 0.0
    for airport in known:
        towards = unit_vector(airport.latitude, airport.longitude)
        x, y, z = x + towards[0], y + towards[1], z + towards[2]
    # Rounded to hundredths of a degree, a kilometre, since finer digits differ between machines.
    latitude, longitude = degrees_of(x, y, z, 2)
    spread = max(great_circle_km(latitude, longitude, airport.latitude, airport.longitude) for airport in known)
    name = f"{country} (middle of {len(known)} airports)"
    return LocatedPlace(
        name, country, PlacePrecision.COUNTRY, latitude, longitude, float(round(spread)), known[0].data_set
    )
