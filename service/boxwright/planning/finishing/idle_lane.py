"""What a lane says that changes nothing in a plan: told, so that nobody takes it for counted."""

from collections.abc import Iterator

from boxwright.domain.warning import PlanWarning, WarningCode
from boxwright.footprint import idle_way_warnings
from boxwright.planning.request import Request


def idle_warnings(request: Request) -> Iterator[PlanWarning]:
    """Yield what the lane asks for in vain: hubs of one leg, forcing without a flight, a zone that nothing has."""
    lane = request.lane
    if lane is None:
        return
    yield from idle_way_warnings(lane)
    if lane.zone and request.biller is None:
        text = f"zone {lane.zone!r} changes nothing: the lane names no carrier service"
        yield PlanWarning(WarningCode.IDLE_ZONE, "lane.zone", text)
    elif lane.zone and request.biller is not None and request.pricer is None:
        rule = request.biller.rule
        if not any(band.zones for band in rule.bands):
            where = f"{rule.service_id!r} bills alike in all, and no price table is given"
            yield PlanWarning(WarningCode.IDLE_ZONE, "lane.zone", f"zone {lane.zone!r} changes nothing: {where}")
