"""What a lane asks of accounting profiles that they do not have."""

from collections.abc import Sequence

from boxwright.catalog.materials import Materials
from boxwright.domain.factor import TONNE_KM, AccountingProfile
from boxwright.domain.footprint import Allocation
from boxwright.domain.lane import VAN, Lane, Leg
from boxwright.errors import FieldViolation
from boxwright.findings import Findings
from boxwright.footprint.freight import mg_per_load
from boxwright.footprint.transport import vehicle_of


def lane_rules(
    lane: Lane | None, profiles: Sequence[AccountingProfile], materials: Materials, *, by_volume: bool = False
) -> list[FieldViolation]:
    """Return the rules that a lane breaks under profiles, by path from the request.

    A vehicle that no profile knows is a slip; one that some profile lacks is missing there, and shown so. A factor must
    be a row of every profile. A vehicle travels by the mode of its leg. A share by volume needs a mean density of every
    leg under every profile.

    Parameters
    ----------
    lane : Lane or None
        Legs as given or derived.
    profiles : sequence of AccountingProfile
        All that footprints are stated under.
    materials : Materials
        Holds the mean densities.
    by_volume : bool
        Whether a share by volume is asked for in addition to what the lane says.
    """
    broken: list[FieldViolation] = []
    for index, leg in enumerate(lane.legs if lane else ()):
        found = Findings(f"lane.legs[{index}]")
        _leg_rules(leg, lane, profiles, found)
        if not found and (by_volume or (lane is not None and lane.include_volume_share)):
            for each in profiles:
                with found:
                    mg_per_load(Allocation.VOLUME_SHARE, leg, vehicle_of(leg, each, lane), each.profile_id, materials)
        broken += dict.fromkeys(found.violations)
    return broken


def _leg_rules(leg: Leg, lane: Lane | None, profiles: Sequence[AccountingProfile], found: Findings) -> None:
    if leg.vehicle and leg.vehicle != VAN and profiles:
        known = {each.subject for profile in profiles for each in profile.factors if each.unit == TONNE_KM}
        if leg.vehicle not in known:
            found.add("vehicle", f"must be known to a profile, none has {leg.vehicle!r}")
    for profile in profiles:
        found.attempt(vehicle_of, leg, profile, lane)
