"""Great circles on the Earth as a sphere."""

import math

EARTH_RADIUS_KM = 6371.0088
"""Mean radius R1 of the Earth: H. Moritz, Geodetic Reference System 1980, Journal of Geodesy 74 (2000), 128-133."""


def great_circle_km(latitude_a: float, longitude_a: float, latitude_b: float, longitude_b: float) -> float:
    """Return the great-circle distance in km of two points in degrees, by the haversine formula.

    ``2 R asin(sqrt(sin²(Δφ/2) + cos φa cos φb sin²(Δλ/2)))`` (R. W. Sinnott, Virtues of the Haversine, Sky and
    Telescope 68 (1984), 159), with the Earth as a sphere of its mean radius: within 0.6 % of the ellipsoid.
    """
    phi_a, phi_b = math.radians(latitude_a), math.radians(latitude_b)
    half_phi = (phi_b - phi_a) / 2
    half_lambda = math.radians(longitude_b - longitude_a) / 2
    chord = math.sin(half_phi) ** 2 + math.cos(phi_a) * math.cos(phi_b) * math.sin(half_lambda) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, chord)))


def point_along(start: tuple[float, float], end: tuple[float, float], share: float) -> tuple[float, float]:
    """Return the point at a share, 0 to 1, of the great circle between two points in degrees, to about a metre.

    By spherical linear interpolation of the two points' vectors: ``(sin((1 - f) d) A + sin(f d) B) / sin d``. Equal or
    opposite points have no unique great circle; the result is then the start.
    """
    apart = great_circle_km(*start, *end) / EARTH_RADIUS_KM
    if math.sin(apart) < 1e-12:
        return start
    first, second = (math.sin((1 - share) * apart) / math.sin(apart), math.sin(share * apart) / math.sin(apart))
    x, y, z = (first * a + second * b for a, b in zip(unit_vector(*start), unit_vector(*end), strict=True))
    # Rounded to a metre, since finer digits differ between machines.
    return degrees_of(x, y, z, 5)


def unit_vector(latitude: float, longitude: float) -> tuple[float, float, float]:
    """Return the unit vector to a point given in degrees."""
    phi, lam = math.radians(latitude), math.radians(longitude)
    return math.cos(phi) * math.cos(lam), math.cos(phi) * math.sin(lam), math.sin(phi)


def degrees_of(x: float, y: float, z: float, decimals: int) -> tuple[float, float]:
    """Return latitude and longitude of the point that a vector points to, in degrees, rounded."""
    latitude, longitude = math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x))
    return round(latitude, decimals), round(longitude, decimals)
