"""What a request for a footprint asks for."""

import dataclasses
import datetime
import math
from dataclasses import dataclass

from boxwright import units
from boxwright.contract.footprint import read_allocations, read_packaging
from boxwright.contract.lane import read_lane
from boxwright.contract.names import read_name
from boxwright.domain.box_component import box_component
from boxwright.domain.carrier import ChargeableWeight
from boxwright.domain.footprint import Allocation, PackagingComponent
from boxwright.domain.lane import Lane
from boxwright.findings import Findings
from boxwright.footprint import PartData, data_of_box
from boxwright.routing import derive
from boxwright.server.accounting_profiles import check_vehicles, read_profiles, read_services
from boxwright.server.shelf import Shelf
from boxwright.shipping import chargeable_weight
from boxwright.v1 import footprint_service_pb2 as messages


@dataclass(frozen=True)
class EstimateJob:
    """A parcel, its way, and the accounts to state it under.

    Attributes
    ----------
    packaging : tuple of PackagingComponent
        Box and all other packaging.
    gross_mg : int
        Goods and packaging in mg.
    outer_um : tuple of int or None
        Outer size in um; None where nothing gives it.
    lane : Lane
        Its legs derived where it asks for that, its ship date settled.
    billed : tuple of ChargeableWeight
        The lane's service first.
    profiles : tuple of str
        Accounting profiles, versions resolved.
    allocations : tuple of Allocation
        How transport is shared out.
    catalog_id : str
        Catalog that the box is from; empty for none.
    data : tuple of PartData
        What the mass of the box stands on; all else is as the request states it.
    """

    packaging: tuple[PackagingComponent, ...]
    gross_mg: int
    outer_um: tuple[int, int, int] | None
    lane: Lane
    billed: tuple[ChargeableWeight, ...]
    profiles: tuple[str, ...]
    allocations: tuple[Allocation, ...]
    catalog_id: str
    data: tuple[PartData, ...]

    @property
    def tare_mg(self) -> int:
        """Mass of the packaging in mg."""
        return sum(part.mass_mg for part in self.packaging)

    @property
    def chargeable(self) -> ChargeableWeight | None:
        """What the lane's service bills; None without one."""
        return self.billed[0] if self.lane.carrier_service else None

    @property
    def outer_um3(self) -> int | None:
        """Outer volume in cubic um; None where nothing gives it."""
        return None if self.outer_um is None else math.prod(self.outer_um)


def read_estimate(
    request: messages.EstimateFootprintRequest, shelf: Shelf, today: datetime.date, found: Findings
) -> EstimateJob:
    """Return what a request asks for.

    Parameters
    ----------
    request : EstimateFootprintRequest
        As sent.
    shelf : Shelf
        Catalogs and data.
    today : datetime.date
        The ship date where the request has none.
    found : Findings
        Collects what is wrong, at the request's path.

    Raises
    ------
    InvalidInputError
        Or one of its kinds, with every finding.
    """
    if not request.HasField("net_g"):
        found.add("net_g", "is required (0 is an empty parcel)")
    elif rule := units.mass_rule(request.net_g):
        found.add("net_g", rule)
    packaging, outer_um, catalog, data = _read_box(request, shelf, found)
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
        lane = dataclasses.replace(lane, include_volume_share=Allocation.VOLUME_SHARE in allocations)
        lane = found.attempt(derive, lane, shelf.materials) or lane
        check_vehicles(lane, profiles, shelf, found.at("lane"))
    if outer_um is None and Allocation.VOLUME_SHARE in allocations:
        found.add("outer", "is required by ALLOCATION_VOLUME_SHARE, unless box_type gives it")
    if outer_um is None and (services or request.lane.carrier_service):
        found.add("outer", "is required where a carrier service is named, unless box_type gives it")
    found.raise_any()
    assert lane is not None  # None has noted a finding, raised above
    gross_mg = units.to_mg(request.net_g) + sum(part.mass_mg for part in packaging)
    asked = ([lane.carrier_service] if lane.carrier_service else []) + [
        each for each in services if each != lane.carrier_service
    ]
    billed = [
        chargeable_weight(outer_um, gross_mg, each, lane.ship_date or today, shelf.materials, lane.zone)
        for each in asked
        if outer_um is not None
    ]
    return EstimateJob(tuple(packaging), gross_mg, outer_um, lane, tuple(billed), profiles, allocations, catalog, data)


def _read_box(
    request: messages.EstimateFootprintRequest, shelf: Shelf, found: Findings
) -> tuple[list[PackagingComponent], tuple[int, int, int] | None, str, tuple[PartData, ...]]:
    """Return the box as packaging, the outer size in um, the id of the box's catalog, and what its mass stands on."""
    if request.box_type and request.HasField("outer"):
        found.add("outer", "must not be set together with box_type")
    if request.box_type:
        parts = read_name(request.box_type, "catalogs/{catalog}/boxTypes/{box_type}", found, "box_type")
        if parts is None:
            return [], (1, 1, 1), "", ()
        catalog = shelf.catalogs.get(parts[0])
        box = next((each for each in catalog.box_types if each.box_type_id == parts[1]), None) if catalog else None
        if box is None:
            found.unknown("box_type", f"names no box type of a loaded catalog, got {request.box_type!r}")
            return [], (1, 1, 1), "", ()
        return [box_component(box)], box.outer_um, parts[0], (data_of_box(box, shelf.materials),)
    if not request.HasField("outer"):
        return [], None, "", ()
    edges = {name: getattr(request.outer, name) for name in ("length_mm", "width_mm", "height_mm")}
    rules = {name: rule for name, value in edges.items() if (rule := units.length_rule(value))}
    for name, rule in rules.items():
        found.add(f"outer.{name}", rule)
    if rules:
        return [], (1, 1, 1), "", ()
    length, width, height = (units.to_um(value) for value in edges.values())
    return [], (length, width, height), "", ()
