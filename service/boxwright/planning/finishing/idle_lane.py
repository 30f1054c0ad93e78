"""What a lane says that changes nothing in a plan: told, so that nobody takes it for counted."""

from collections.abc import Iterator

from boxwright.domain.lane import TransportMode
from boxwright.domain.warning import PlanWarning, WarningCode
from boxwright.planning.request import Request


def idle_warnings(request: Request) -> Iterator[PlanWarning]:
    """Yield what the lane asks for in vain: hubs of one leg, forcing without a flight, a zone that nothing has."""
    lane = request.lane
    if lane is None:
        return
    if lane.include_hubs and len(lane.legs) == 1:
        text = "hubs are not counted: one stands between each two legs, and the lane has one leg"
        yield PlanWarning(WarningCode.HUBS_NOT_COUNTED, "lane.include_hubs", text)
    if lane.include_radiative_forcing and lane.legs and all(leg.mode is not TransportMode.AIR for leg in lane.legs):
        text = "radiative forcing is not counted: no leg of the lane is flown"
        yield PlanWarning(WarningCode.RADIATIVE_FORCING_NOT_COUNTED, "lane.include_radiative_forcing", text)
    if lane.zone and request.biller is None:
        text = f"zone {lane.zone!r} changes nothing: the lane names no carrier service"
        yield PlanWarning(WarningCode.IDLE_ZONE, "lane.zone", text)
    elif lane.zone and request.biller is not None and request.pricer is None:
        rule = request.biller.rule
        if not any(band.zones for band in rule.bands):
            where = f"{rule.service_id!r} bills alike in all, and no price table is given"
            yield PlanWarning(WarningCode.IDLE_ZONE, "lane.zone", f"zone {lane.zone!r} changes nothing: {where}")
