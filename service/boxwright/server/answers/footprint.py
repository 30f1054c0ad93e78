"""EstimateFootprint: grams of CO2e of a parcel that is not planned here."""

import dataclasses
import datetime
import itertools
import math
from collections.abc import Iterator, Sequence

from boxwright import units
from boxwright.contract.data import versions_to_wire
from boxwright.contract.faults import warnings_to_wire
from boxwright.contract.footprint import footprint_to_wire, read_allocations, read_packaging
from boxwright.contract.lane import LEG, chargeable_to_wire, read_lane
from boxwright.contract.names import read_name
from boxwright.contract.values import date_to_wire
from boxwright.domain.box import BoxType, box_component
from boxwright.domain.carrier import ChargeableWeight
from boxwright.domain.factor import Component
from boxwright.domain.footprint import Allocation
from boxwright.domain.lack import MissingFactorError
from boxwright.domain.lane import Lane
from boxwright.domain.warning import PlanWarning, WarningCode, gathered
from boxwright.findings import Findings
from boxwright.footprint import data_of_box, estimate, flight_warnings, idle_way_warnings
from boxwright.routing import derivation_warnings, derive
from boxwright.server.answers.dataset import Dataset
from boxwright.server.answers.named import check_vehicles, read_profiles, read_services
from boxwright.shipping import chargeable_weight, offered_elsewhere
from boxwright.v1 import footprint_service_pb2 as messages
from boxwright.v1 import geometry_pb2


def estimate_footprint(
    request: messages.EstimateFootprintRequest, dataset: Dataset, today: datetime.date
) -> messages.EstimateFootprintResponse:
    """Return the footprints of the parcel in a request; ``today`` is the default ship date.

    Raises InvalidInputError or one of its subclasses with every finding, and MissingFactorError if a profile lacks a
    factor and the request does not accept incomplete footprints.
    """
    found, materials = Findings(), dataset.materials
    if not request.HasField("net_g"):
        found.add("net_g", "is required (0 is an empty parcel)")
    elif rule := units.mass_rule(request.net_g):
        found.add("net_g", rule)
    box, catalog_id = _read_box(request.box_type, dataset, found)
    if request.box_type and request.HasField("outer"):
        found.add("outer", "must not be set together with box_type")
    outer_um = _read_outer(request.outer, found) if request.HasField("outer") else None
    outer_um = box.outer_um if box is not None else outer_um
    packaging = [] if box is None else [box_component(box)]
    for index, part in enumerate(request.packaging):
        if (read := read_packaging(part, materials, found.at(f"packaging[{index}]"))) is not None:
            packaging.append(read)
    lane = read_lane(request.lane, materials, today, found.at("lane"))
    profile_ids = read_profiles(request.accounting_profiles, dataset, found)
    allocations = read_allocations(request.allocations, request.lane.carrier_service, found)
    day = lane.ship_date if lane else None
    services = read_services(request.carrier_services, day, request.lane.zone, dataset, found)
    if lane is not None:
        lane = dataclasses.replace(lane, include_volume_share=Allocation.VOLUME_SHARE in allocations)
        lane = found.attempt(derive, lane, materials) or lane
        check_vehicles(lane, profile_ids, dataset, found.at("lane"))
    if not request.box_type and not request.HasField("outer"):
        if Allocation.VOLUME_SHARE in allocations:
            found.add("outer", "is required by ALLOCATION_VOLUME_SHARE, unless box_type gives it")
        if services or request.lane.carrier_service:
            found.add("outer", "is required where a carrier service is named, unless box_type gives it")
    found.raise_any()
    assert lane is not None  # otherwise a finding was raised above

    tare_mg = sum(part.mass_mg for part in packaging)
    gross_mg = units.to_mg(request.net_g) + tare_mg
    of_lane = (lane.carrier_service,) if lane.carrier_service else ()
    billed = [
        chargeable_weight(outer_um, gross_mg, service, lane.ship_date or today, materials, lane.zone)
        for service in dict.fromkeys((*of_lane, *services))
        if outer_um is not None
    ]
    profiles = [materials.profile(profile_id) for profile_id in profile_ids]
    footprints = [
        estimate(
            packaging,
            gross_mg,
            billed[0] if of_lane else None,
            lane,
            profile,
            allocation,
            materials,
            None if outer_um is None else math.prod(outer_um),
            () if box is None else (data_of_box(box, materials),),
        )
        for profile, allocation in itertools.product(profiles, allocations)
    ]
    for made in footprints if not request.accept_incomplete_footprint else ():
        # Without legs transport is missing in the footprint, although no factor is missing in the profile.
        lacking = [lack for lack in made.lacks if lane.legs or lack.component is not Component.TRANSPORT]
        if lacking:
            raise MissingFactorError(made.profile_id, lacking)

    if lane.legs:
        of_way = [*derivation_warnings(lane, materials), *flight_warnings(lane, profiles), *idle_way_warnings(lane)]
    else:
        of_way = [PlanWarning(WarningCode.NO_TRANSPORT, "lane.legs", "no legs are given, so transport is not counted")]
    shown = {part.component for part in packaging}
    return messages.EstimateFootprintResponse(
        footprints=[footprint_to_wire(made, shown, materials) for made in footprints],
        chargeable_weights=[chargeable_to_wire(weight) for weight in billed],
        tare_g=units.to_g(tare_mg),
        gross_g=units.to_g(gross_mg),
        ship_date=date_to_wire(lane.ship_date),
        versions=versions_to_wire(materials, dataset.catalogs.get(catalog_id)),
        warnings=warnings_to_wire(gathered([*_carrier_warnings(billed, lane, dataset), *of_way]), loaded=True),
        derived_legs=[LEG(leg) for leg in lane.legs if leg.derivation is not None],
    )


def _read_box(name: str, dataset: Dataset, found: Findings) -> tuple[BoxType | None, str]:
    parts = read_name(name, "catalogs/{catalog}/boxTypes/{box_type}", found, "box_type") if name else None
    if parts is None:
        return None, ""
    catalog = dataset.catalogs.get(parts[0])
    box = next((box for box in catalog.box_types if box.box_type_id == parts[1]), None) if catalog else None
    if box is None:
        found.unknown("box_type", f"must name a box type of a loaded catalog, got {name!r}")
    return box, parts[0]


def _read_outer(outer: geometry_pb2.Dimensions, found: Findings) -> tuple[int, int, int] | None:
    before = len(found)
    for name in ("length_mm", "width_mm", "height_mm"):
        if rule := units.length_rule(getattr(outer, name)):
            found.add(f"outer.{name}", rule)
    if len(found) > before:
        return None
    return units.to_um(outer.length_mm), units.to_um(outer.width_mm), units.to_um(outer.height_mm)


def _carrier_warnings(billed: Sequence[ChargeableWeight], lane: Lane, dataset: Dataset) -> Iterator[PlanWarning]:
    """Yield warnings about unverified billing rules and about services that are not offered on the lane."""

    def warning(code: WarningCode, text: str) -> PlanWarning:
        return PlanWarning(code, "carrier_services", text)

    for bill in billed:
        service = bill.service_id
        if not bill.read_in_source:
            text = f"the billing rule of {service} has not been checked against its source"
            yield warning(WarningCode.UNVERIFIED_CARRIER_RULE, text)
        for surcharge in bill.surcharges:
            if not surcharge.read_in_source:
                text = f"surcharge {surcharge.surcharge_id!r} of {service!r} is unverified, as is its minimum weight"
                yield warning(WarningCode.UNVERIFIED_SURCHARGE, text)
        if lane.ship_date is not None and (
            text := offered_elsewhere(dataset.materials.carrier_rule(service, lane.ship_date), lane)
        ):
            yield warning(WarningCode.CARRIER_ELSEWHERE, text)
