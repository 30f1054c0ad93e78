"""What a lane asks to be counted in vain: hubs of one leg, radiative forcing without a flight."""

from collections.abc import Iterator

from boxwright.domain.lane import Lane, TransportMode
from boxwright.domain.warning import PlanWarning, WarningCode


def idle_way_warnings(lane: Lane | None) -> Iterator[PlanWarning]:
    """Yield what a lane, its legs derived, asks to be counted and has none of."""
    if lane is None:
        return
    if lane.include_hubs and len(lane.legs) == 1:
        text = "hubs are not counted: one stands between each two legs, and the lane has one leg"
        yield PlanWarning(WarningCode.HUBS_NOT_COUNTED, "lane.include_hubs", text)
    if lane.include_radiative_forcing and lane.legs and all(leg.mode is not TransportMode.AIR for leg in lane.legs):
        text = "radiative forcing is not counted: no leg of the lane is flown"
        yield PlanWarning(WarningCode.RADIATIVE_FORCING_NOT_COUNTED, "lane.include_radiative_forcing", text)
