"""Legs from places: where they are, through which airports and ports, and how far.

Uses catalog, domain and two data sets of others: airports (airportsdata) and ports with the seas between (searoute).
"""

from boxwright.routing.derive import check_places, derivation_warnings, derive

__all__ = ["check_places", "derivation_warnings", "derive"]
