"""Flights whose class was taken by distance alone, or by a rule of our own."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from boxwright.domain.air_class import FlightEnds
from boxwright.domain.warning import PlanWarning, WarningCode
from boxwright.footprint.transport import air_class_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from boxwright.domain.factor import AccountingProfile
    from boxwright.domain.lane import Lane

KNOWN_ENDS = (FlightEnds.DOMESTIC, FlightEnds.TO_FROM, FlightEnds.ELSEWHERE)


def flight_warnings(lane: Lane | None, profiles: Iterable[AccountingProfile]) -> list[PlanWarning]:
    """Return a warning for each flight whose class rests on a guess.

    Its countries are not known, and other ones would have another factor; or the rule is the maintainers' own.
    """
    found = []
    for profile in profiles:
        for index, leg in enumerate(lane.legs if lane else ()):
            rule = air_class_of(leg, profile, lane)
            if rule is None:
                continue
            what = f"leg {index}, {leg.distance_km:g} km by air under {profile.profile_id}, counts as {rule.vehicle}"
            others = {rule.vehicle}
            if rule.ends is FlightEnds.UNKNOWN:
                distance = Fraction(str(leg.distance_km))
                others |= {each.vehicle for ends in KNOWN_ENDS if (each := profile.air_class(distance, ends))}
            if len({_values(profile, vehicle) for vehicle in others}) > 1:
                names = ", ".join(sorted(others - {rule.vehicle}))
                text = f"{what} by its distance alone, it may be {names}: give the lane's countries, or name a vehicle"
            elif not rule.verified and rule.note:
                text = f"{what}: {rule.note}"
            else:
                continue
            found.append(PlanWarning(WarningCode.FLIGHT_CLASS_ASSUMED, f"lane.legs[{index}]", text))
    return found


def _values(profile: AccountingProfile, vehicle: str) -> frozenset[tuple[str, str]]:
    return frozenset((each.stage.value, str(each.value)) for each in profile.factors if each.subject == vehicle)
