"""Checks a lane against accounting profiles: broken rules, and warnings."""

from collections.abc import Iterable, Iterator, Sequence

from boxwright.catalog.materials import Materials
from boxwright.domain.factor import TONNE_KM, AccountingProfile, FlightEnds
from boxwright.domain.footprint import Allocation
from boxwright.domain.lane import VAN, Lane, TransportMode
from boxwright.domain.warning import PlanWarning, WarningCode
from boxwright.errors import FieldViolation
from boxwright.findings import Findings
from boxwright.footprint.flights import flight_class, flights
from boxwright.footprint.transport import mg_per_load, vehicle_of


def lane_rules(
    lane: Lane | None, profiles: Sequence[AccountingProfile], materials: Materials, *, by_volume: bool = False
) -> list[FieldViolation]:
    """Return the rules that a lane breaks under profiles, by field path of the request.

    A vehicle must be known to at least one profile; where another lacks it, the footprint is incomplete. A factor must
    be a row of every profile. A vehicle must travel by the mode of its leg. With ``by_volume``, or if the lane requests
    shares by volume, every leg needs a mean density under every profile.
    """
    broken: list[FieldViolation] = []
    known = {row.subject for profile in profiles for row in profile.factors if row.unit == TONNE_KM}
    for index, leg in enumerate(lane.legs if lane else ()):
        found = Findings(f"lane.legs[{index}]")
        if leg.vehicle and leg.vehicle != VAN and profiles and leg.vehicle not in known:
            found.add("vehicle", f"must be a transport class of a profile, got {leg.vehicle!r}")
        for profile in profiles:
            found.attempt(vehicle_of, leg, profile, lane)
        if not found and (by_volume or (lane is not None and lane.include_volume_share)):
            for profile in profiles:
                with found:
                    vehicle = vehicle_of(leg, profile, lane)
                    mg_per_load(Allocation.VOLUME_SHARE, leg, vehicle, profile.profile_id, materials)
        broken += dict.fromkeys(found.violations)
    return broken


def flight_warnings(lane: Lane | None, profiles: Iterable[AccountingProfile]) -> list[PlanWarning]:
    """Return a warning for each flight of guessed class: its countries are unknown, or the rule is the maintainers'."""
    if lane is None:
        return []
    found = []
    alone = flights(lane) == 1
    remedy = "state the countries where the route begins and ends, or its vehicle" if alone else "state its vehicle"
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


def idle_way_warnings(lane: Lane | None) -> Iterator[PlanWarning]:
    """Yield a warning if hubs or radiative forcing are requested and the legs have none."""
    if lane is None:
        return
    if lane.include_hubs and len(lane.legs) == 1:
        text = "hubs are not counted: they stand between legs, and the lane has one leg"
        yield PlanWarning(WarningCode.HUBS_NOT_COUNTED, "lane.include_hubs", text)
    if lane.include_radiative_forcing and lane.legs and all(leg.mode is not TransportMode.AIR for leg in lane.legs):
        text = "radiative forcing is not counted: no leg of the lane is flown"
        yield PlanWarning(WarningCode.RADIATIVE_FORCING_NOT_COUNTED, "lane.include_radiative_forcing", text)
