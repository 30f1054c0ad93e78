"""Flights whose class was taken by distance alone, or by a rule of our own."""

from collections.abc import Iterable

from boxwright.domain.factor import AccountingProfile, FlightEnds
from boxwright.domain.lane import Lane
from boxwright.domain.warning import PlanWarning, WarningCode
from boxwright.footprint.flight_class import flight_class, flights


def flight_warnings(lane: Lane | None, profiles: Iterable[AccountingProfile]) -> list[PlanWarning]:
    """Return a warning for each flight whose class rests on a guess.

    Its countries are not known, and other ones would have another factor; or the rule is the maintainers' own.
    """
    if lane is None:
        return []
    found = []
    alone = flights(lane) == 1
    remedy = "state the countries where the way begins and ends, or its vehicle" if alone else "state its vehicle"
    for profile in profiles:
        for index, leg in enumerate(lane.legs):
            chosen = flight_class(leg, profile, lane)
            if chosen is None or not chosen.guessed:
                continue
            rule = chosen.rule
            text = f"the flight of {leg.distance_km:,g} km counts as {rule.vehicle} under {profile.profile_id}"
            if rule.ends is FlightEnds.UNKNOWN:
                text += f" by its distance alone; it may be {' or '.join(sorted(chosen.others))}: {remedy}"
            else:
                text += f", {rule.note}"
            found.append(PlanWarning(WarningCode.FLIGHT_CLASS_ASSUMED, f"lane.legs[{index}]", text))
    return found
