"""Grams of CO2e: packaging and transport of a parcel under one accounting profile and allocation.

Uses catalog, domain and units; does not depend on how a parcel was packed.
"""

from boxwright.footprint.breaking_even import BreakEven, BreakEvenOutcome, break_even, trips_to_break_even
from boxwright.footprint.compare import difference
from boxwright.footprint.lane_rules import flight_warnings, idle_way_warnings, lane_rules
from boxwright.footprint.mass_data import PartData, data_of_box, data_of_dunnage
from boxwright.footprint.rates import Rates, estimate, offered_allocations, rates_of
from boxwright.footprint.totals import total
from boxwright.footprint.transport import NO_LEGS, adjusted_km

__all__ = [
    "NO_LEGS",
    "BreakEven",
    "BreakEvenOutcome",
    "PartData",
    "Rates",
    "adjusted_km",
    "break_even",
    "data_of_box",
    "data_of_dunnage",
    "difference",
    "estimate",
    "flight_warnings",
    "idle_way_warnings",
    "lane_rules",
    "offered_allocations",
    "rates_of",
    "total",
    "trips_to_break_even",
]
