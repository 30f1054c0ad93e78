"""FootprintService: grams CO2e of a parcel that needs no packing."""

import dataclasses
import datetime
import math
from functools import partial
from typing import Any

from boxwright import units
from boxwright.domain.box_component import box_component
from boxwright.domain.carrier import ChargeableWeight
from boxwright.domain.factor import Component
from boxwright.domain.footprint import Allocation, Footprint, PackagingComponent
from boxwright.domain.lane import Lane
from boxwright.errors import InvalidInputError, MissingFactorError
from boxwright.footprint import estimate
from boxwright.routing import derivation_warnings, derive
from boxwright.server.break_even import estimate_break_even
from boxwright.server.findings import Findings
from boxwright.server.shelf import Shelf
from boxwright.server.wire.chargeable import chargeable_to_wire
from boxwright.server.wire.dates import date_to_wire
from boxwright.server.wire.footprint import (
    footprint_to_wire,
    read_allocations,
    read_packaging,
)
from boxwright.server.wire.lane import leg_to_wire, read_lane
from boxwright.server.wire.names import read_name
from boxwright.server.wire.profiles import check_vehicles, read_profiles, read_services
from boxwright.server.wire.source import versions_to_wire
from boxwright.server.workers import Workers
from boxwright.shipping import chargeable_weight
from boxwright.v1 import footprint_service_pb2 as messages
from boxwright.v1 import provenance_pb2
from boxwright.v1.footprint_service_pb2_grpc import FootprintServiceServicer


class FootprintService(FootprintServiceServicer):
    """Reads a parcel and adds up its lines.

    Parameters
    ----------
    shelf : Shelf
        Catalogs and data.
    workers : Workers
        Threads.
    """

    def __init__(self, shelf: Shelf, workers: Workers) -> None:
        self._shelf = shelf
        self._workers = workers

    async def EstimateFootprint(
        self, request: messages.EstimateFootprintRequest, context: Any
    ) -> messages.EstimateFootprintResponse:
        """Estimate one parcel under several profiles and allocations side by side."""
        today = datetime.datetime.now(datetime.UTC).date()
        return await self._workers.run(partial(estimate_footprint, request, self._shelf, today))

    async def EstimateBreakEven(
        self, request: messages.EstimateBreakEvenRequest, context: Any
    ) -> messages.EstimateBreakEvenResponse:
        """State after how many trips a reusable box emits less than boxes used once."""
        return await self._workers.run(partial(estimate_break_even, request, self._shelf))


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
    found = Findings()
    if not request.HasField("net_g"):
        found.invalid("net_g", "is required (0 is an empty parcel)")
    elif rule := units.mass_rule(request.net_g):
        found.invalid("net_g", rule)
    packaging, outer_um, catalog = _read_box(request, shelf, found)
    for index, part in enumerate(request.packaging):
        read = read_packaging(part, shelf.materials, found.at(f"packaging[{index}]"))
        packaging += [] if read is None else [read]
    lane = read_lane(request.lane, shelf.materials, today, found.at("lane"))
    profiles = read_profiles(request.accounting_profiles, shelf, found)
    allocations = read_allocations(request.allocations, request.lane.carrier_service, found)
    services = read_services(
        request.carrier_services, lane.ship_date if lane else None, request.lane.zone, shelf, found
    )
    if lane is not None:
        lane = _derived(dataclasses.replace(lane, include_volume_share=Allocation.VOLUME_SHARE in allocations), found)
        check_vehicles(lane, profiles, shelf, found.at("lane"))
    if outer_um is None and Allocation.VOLUME_SHARE in allocations:
        found.invalid("outer", "is required by ALLOCATION_VOLUME_SHARE, unless box_type gives it")
    if outer_um is None and (services or request.lane.carrier_service):
        found.invalid("outer", "is required where a carrier service is named, unless box_type gives it")
    found.raise_any()
    assert lane is not None  # None has noted a finding, raised above
    tare_mg = sum(part.mass_mg for part in packaging)
    gross_mg = units.to_mg(request.net_g) + tare_mg
    asked = ([lane.carrier_service] if lane.carrier_service else []) + [
        each for each in services if each != lane.carrier_service
    ]
    billed = [
        chargeable_weight(outer_um, gross_mg, each, lane.ship_date or today, shelf.materials, lane.zone)
        for each in asked
        if outer_um is not None
    ]
    footprints = [
        _estimate(request, packaging, gross_mg, billed, outer_um, lane, profile, allocation, shelf)
        for profile in profiles
        for allocation in allocations
    ]
    shown = {part.component for part in packaging}
    return messages.EstimateFootprintResponse(
        footprints=[footprint_to_wire(each, shown, shelf.materials) for each in footprints],
        chargeable_weights=[chargeable_to_wire(each) for each in billed],
        tare_g=units.to_g(tare_mg),
        gross_g=units.to_g(gross_mg),
        ship_date=date_to_wire(lane.ship_date),
        versions=versions_to_wire(shelf.materials, shelf.catalogs.get(catalog)),
        warnings=_warnings(lane, billed),
        derived_legs=[leg_to_wire(leg) for leg in lane.legs if leg.derivation is not None],
    )


def _read_box(
    request: messages.EstimateFootprintRequest, shelf: Shelf, found: Findings
) -> tuple[list[PackagingComponent], tuple[int, int, int] | None, str]:
    """Return the box as packaging, the outer size in um, and the id of the catalog that the box is from."""
    if request.box_type and request.HasField("outer"):
        found.invalid("outer", "must not be set together with box_type")
    if request.box_type:
        parts = read_name(request.box_type, "catalogs/{catalog}/boxTypes/{box_type}", found, "box_type")
        if parts is None:
            return [], (1, 1, 1), ""
        catalog = shelf.catalogs.get(parts[0])
        box = next((each for each in catalog.box_types if each.box_type_id == parts[1]), None) if catalog else None
        if box is None:
            found.unknown("box_type", f"names no box type of a loaded catalog, got {request.box_type!r}")
            return [], (1, 1, 1), ""
        return [box_component(box)], box.outer_um, parts[0]
    if not request.HasField("outer"):
        return [], None, ""
    edges = {name: getattr(request.outer, name) for name in ("length_mm", "width_mm", "height_mm")}
    rules = {name: rule for name, value in edges.items() if (rule := units.length_rule(value))}
    for name, rule in rules.items():
        found.invalid(f"outer.{name}", rule)
    if rules:
        return [], (1, 1, 1), ""
    length, width, height = (units.to_um(value) for value in edges.values())
    return [], (length, width, height), ""


def _estimate(
    request: messages.EstimateFootprintRequest,
    packaging: list[PackagingComponent],
    gross_mg: int,
    billed: list[ChargeableWeight],
    outer_um: tuple[int, int, int] | None,
    lane: Lane,
    profile_id: str,
    allocation: Allocation,
    shelf: Shelf,
) -> Footprint:
    """Return the footprint under one profile and allocation.

    Transport that no leg was given for makes the footprint incomplete, but is no factor that the profile lacks.
    """
    try:
        made = estimate(
            packaging,
            gross_mg,
            billed[0] if lane.carrier_service else None,
            lane,
            shelf.materials.profile(profile_id),
            allocation,
            shelf.materials,
            None if outer_um is None else math.prod(outer_um),
        )
    except InvalidInputError as error:
        found = Findings()
        found.absorb(error)
        found.raise_any()
        raise
    lacking = [each for each in made.missing if lane.legs or not each.startswith(Component.TRANSPORT.value)]
    if lacking and not request.accept_incomplete_footprint:
        raise MissingFactorError(made.profile_id, lacking)
    return made


def _derived(lane: Lane, found: Findings) -> Lane:
    """Return the lane with its legs derived where it asks for that; as it is after noting why they cannot be."""
    try:
        return derive(lane)
    except InvalidInputError as error:
        found.absorb(error)
        return lane


def _warnings(lane: Lane, billed: list[ChargeableWeight]) -> list[provenance_pb2.Warning]:
    warnings = [
        provenance_pb2.Warning(
            code="UNVERIFIED_CARRIER_RULE",
            message=f"the billing rule of {each.service_id} was not read in its source",
        )
        for each in billed
        if not each.verified
    ]
    warnings += [provenance_pb2.Warning(message=text, field="lane") for text in derivation_warnings(lane)]
    if not lane.legs:
        warnings.append(
            provenance_pb2.Warning(
                code="NO_TRANSPORT", field="lane.legs", message="no legs are given, so no transport is counted"
            )
        )
    return warnings
