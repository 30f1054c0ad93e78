"""FootprintService: grams CO2e of a parcel that needs no packing."""

import datetime
import itertools
from collections.abc import Iterable, Sequence
from typing import Any

from google.protobuf.message import Message

from boxwright import units
from boxwright.contract.chargeable import chargeable_to_wire
from boxwright.contract.dates import date_to_wire
from boxwright.contract.footprint import footprint_to_wire
from boxwright.contract.lane import LEG
from boxwright.contract.source import versions_to_wire
from boxwright.contract.warning import warnings_to_wire
from boxwright.domain.carrier import ChargeableWeight
from boxwright.domain.factor import AccountingProfile, Component
from boxwright.domain.footprint import Allocation, Footprint
from boxwright.domain.lack import MissingFactorError
from boxwright.domain.warning import PlanWarning, WarningCode, gathered
from boxwright.findings import Findings
from boxwright.footprint import estimate, flight_warnings, idle_way_warnings
from boxwright.routing import derivation_warnings
from boxwright.server.asked import Asked
from boxwright.server.caller import answer_by, caller, deadline_of
from boxwright.server.estimate_request import EstimateJob, read_estimate
from boxwright.server.shelf import Shelf
from boxwright.server.workers import Workers
from boxwright.shipping import offered_elsewhere
from boxwright.v1 import footprint_pb2
from boxwright.v1 import footprint_service_pb2 as messages
from boxwright.v1.footprint_service_pb2_grpc import FootprintServiceServicer


class FootprintService(FootprintServiceServicer):
    """Has parcels read and their lines added up.

    Parameters
    ----------
    workers : Workers
        Threads or processes.
    """

    def __init__(self, workers: Workers) -> None:
        self._workers = workers

    # Bytes, not messages: they are sent as a worker made them.
    async def EstimateFootprint(  # type: ignore[override] # see above
        self, request: messages.EstimateFootprintRequest, context: Any
    ) -> bytes:
        """Estimate one parcel under several profiles and allocations side by side."""
        return await self._asked("EstimateFootprint", request, context)

    async def _asked(self, method: str, request: Message, context: Any) -> bytes:
        deadline_s = deadline_of(context)
        asked = Asked(method, request.SerializeToString(), answer_by(deadline_s))
        return (await self._workers.ask(asked, caller=caller(context), deadline_s=deadline_s)).data


def estimate_footprint(
    request: messages.EstimateFootprintRequest, shelf: Shelf, today: datetime.date
) -> messages.EstimateFootprintResponse:
    """Return the footprints of the parcel that a request describes.

    Raises
    ------
    InvalidInputError
        Or one of its kinds, with every finding.
    MissingFactorError
        If a profile lacks a factor and the request does not accept that.
    """
    job = read_estimate(request, shelf, today, Findings())
    footprints = [
        _estimate(request, job, profile, allocation, shelf)
        for profile in job.profiles
        for allocation in job.allocations
    ]
    return messages.EstimateFootprintResponse(
        footprints=_shown(footprints, job, shelf),
        **_parcel(job, shelf),
        warnings=warnings_to_wire(_warnings(job, shelf), loaded=True),
        derived_legs=[LEG(leg) for leg in job.lane.legs if leg.derivation is not None],
    )


def _parcel(job: EstimateJob, shelf: Shelf) -> dict[str, Any]:
    """Return the fields that both answers have: what the parcel weighs and bills, and what that was computed with."""
    return {
        "chargeable_weights": [chargeable_to_wire(each) for each in job.billed],
        "tare_g": units.to_g(job.tare_mg),
        "gross_g": units.to_g(job.gross_mg),
        "ship_date": date_to_wire(job.lane.ship_date),
        "versions": versions_to_wire(shelf.materials, shelf.catalogs.get(job.catalog_id)),
    }


def _shown(footprints: Iterable[Footprint], job: EstimateJob, shelf: Shelf) -> list[footprint_pb2.Footprint]:
    shown = {part.component for part in job.packaging}
    return [footprint_to_wire(each, shown, shelf.materials) for each in footprints]


def _estimate(
    request: messages.EstimateFootprintRequest, job: EstimateJob, profile_id: str, allocation: Allocation, shelf: Shelf
) -> Footprint:
    """Return the footprint under one profile and allocation.

    Transport that no leg was given for makes the footprint incomplete, but is no factor that the profile lacks.
    """
    made = estimate(
        job.packaging,
        job.gross_mg,
        job.chargeable,
        job.lane,
        shelf.materials.profile(profile_id),
        allocation,
        shelf.materials,
        job.outer_um3,
        job.data,
    )
    lacking = [each for each in made.lacks if job.lane.legs or each.component is not Component.TRANSPORT]
    if lacking and not request.accept_incomplete_footprint:
        raise MissingFactorError(made.profile_id, lacking)
    return made


def _profiles(job: EstimateJob, shelf: Shelf) -> list[AccountingProfile]:
    """Return the profiles of a job."""
    return [shelf.materials.profile(profile_id) for profile_id in job.profiles]


def _warnings(job: EstimateJob, shelf: Shelf) -> tuple[PlanWarning, ...]:
    lane = job.lane
    of_legs = (
        derivation_warnings(lane, shelf.materials),
        flight_warnings(lane, _profiles(job, shelf)),
        idle_way_warnings(lane),
    )
    of_way = itertools.chain(*of_legs) if lane.legs else [_no_transport()]
    return gathered([*_rule_warnings(job.billed), *_elsewhere(job, shelf), *of_way])


def _elsewhere(job: EstimateJob, shelf: Shelf) -> list[PlanWarning]:
    """Return which carrier services are offered elsewhere than the lane goes."""
    day = job.lane.ship_date
    rules = [shelf.materials.carrier_rule(each.service_id, day) for each in job.billed] if day is not None else []
    texts = [text for rule in rules if (text := offered_elsewhere(rule, job.lane))]
    return [PlanWarning(WarningCode.CARRIER_ELSEWHERE, "carrier_services", text) for text in texts]


def _no_transport() -> PlanWarning:
    return PlanWarning(WarningCode.NO_TRANSPORT, "lane.legs", "no legs are given, so no transport is counted")


def _rule_warnings(billed: Sequence[ChargeableWeight]) -> list[PlanWarning]:
    return [
        PlanWarning(
            WarningCode.UNVERIFIED_CARRIER_RULE,
            "carrier_services",
            f"the billing rule of {each.service_id} was not read in its source",
        )
        for each in billed
        if not each.read_in_source
    ] + [
        PlanWarning(
            WarningCode.UNVERIFIED_SURCHARGE,
            "carrier_services",
            f"surcharge {flag.surcharge_id!r} of {each.service_id!r} is unverified, as is what it bills at least",
        )
        for each in billed
        for flag in each.surcharges
        if not flag.read_in_source
    ]
