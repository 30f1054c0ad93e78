"""Derives legs from places: their positions, airports, ports and distances.

Uses catalog, domain and two external data sets: airports (airportsdata), and ports and shipping lanes (searoute).
"""

from boxwright.routing.derive import check_places, derivation_warnings, derive

__all__ = ["check_places", "derivation_warnings", "derive"]
