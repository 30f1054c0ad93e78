"""Reads and resolves a PackRequest."""

import dataclasses
import datetime
from dataclasses import dataclass, field
from functools import partial

from google.protobuf import field_mask_pb2

from boxwright.compliance import Verdict, verdicts
from boxwright.contract.footprint import read_allocations
from boxwright.contract.lane import read_lane
from boxwright.contract.masks import Tree, asks_for, names, read_mask, station_tree
from boxwright.contract.names import market_name, profile_name, read_name
from boxwright.contract.order import read_order
from boxwright.contract.plan import PlanView
from boxwright.contract.policy import read_policy
from boxwright.contract.stated_plan import read_started_parcels
from boxwright.domain.carrier import ChargeableWeight
from boxwright.domain.footprint import Allocation
from boxwright.domain.lane import Lane
from boxwright.domain.order import ECHOED
from boxwright.domain.plan import Parcel, Plan
from boxwright.domain.policy import Policy
from boxwright.findings import Findings
from boxwright.planning import MAX_ALTERNATIVES, Task, bench_words
from boxwright.server.answers.dataset import Dataset
from boxwright.server.answers.named import (
    CatalogChoice,
    at_site,
    check_vehicles,
    find_profile,
    most_units,
    read_catalog_source,
    read_profiles,
    read_services,
)
from boxwright.server.metrics import INLINE, PURPOSES
from boxwright.shipping import chargeable_weight
from boxwright.stop import Stop
from boxwright.v1 import packing_service_pb2

EMPTY_SPACES = "plan.parcels.empty_spaces"
SMALLEST_CHANGES = "plan.certificate.refused_candidates.smallest_change"
"""Paths that are left out unless the read mask names them."""


@dataclass(frozen=True)
class PackJob:
    """A PackRequest after reading: everything that a plan and its answer depend on."""

    task: Task
    """Task to plan, with the catalog as available and the ship date settled."""
    catalog: CatalogChoice
    allocations: tuple[Allocation, ...]
    """Allocations of the footprints to show."""
    carrier_services: tuple[str, ...]
    """Services to state chargeable weight for, in addition to that of the lane."""
    purpose: str
    """Metric label of the purpose."""
    mask: Tree
    """Fields of the answer to make; an empty tree means all."""
    drawings: bool
    empty_spaces: bool
    alternatives: int
    explain: bool
    """True to find the smallest changes that make refused boxes fit."""
    baseline: str | None = None
    """Box type to compare the plan with. Empty: the smallest by volume. None: no comparison."""
    markets: tuple[str, ...] = ()
    """Ids of the markets under whose rules verdicts are given."""
    read_mask: field_mask_pb2.FieldMask = field(default_factory=field_mask_pb2.FieldMask)
    """The read mask as sent; some parts are left out unless it names them."""
    resolved: packing_service_pb2.PackRequest = field(default_factory=packing_service_pb2.PackRequest)
    """The request with the defaults of its site."""

    @property
    def site_label(self) -> str:
        """Metric label of the site; empty if the request names none."""
        return self.resolved.site.removeprefix("sites/")

    @property
    def catalog_label(self) -> str:
        """Metric label of the catalog."""
        return self.catalog.published.catalog_id if self.catalog.loaded else INLINE

    @property
    def ship_date(self) -> datetime.date | None:
        """Day on which the parcels leave."""
        return self.task.lane.ship_date if self.task.lane else None

    def bills(self, parcel: Parcel) -> list[ChargeableWeight]:
        """Return the chargeable weights of a parcel: the lane's service first, then the others of the request."""
        billed = [] if parcel.chargeable is None else [parcel.chargeable]
        lane = self.task.lane
        for service in self.carrier_services:
            if lane and lane.ship_date and service not in {bill.service_id for bill in billed}:
                terms = service, lane.ship_date, self.task.materials, lane.zone
                billed.append(chargeable_weight(parcel.outer_um, parcel.gross_mg, *terms))
        return billed

    def verdicts(self, plan: Plan) -> tuple[Verdict, ...]:
        """Return the verdicts of the request's markets on a plan; empty without markets."""
        return verdicts(
            plan,
            self.task.catalog,
            self.markets,
            destination=self.task.lane.destination_territory if self.task.lane else "",
            ship_date=self.ship_date,
            reuse_system=self.resolved.reuse_system,
            materials=self.task.materials,
        )

    def view(self, place: str = "plan") -> PlanView:
        """Return the extra parts to show in a plan's message; ``place`` is the plan's path in the answer."""
        basis = self.task.policy.emissions_basis
        has_mask = bool(self.read_mask.paths)  # saves time, since most requests have no mask
        words = has_mask and asks_for(self.read_mask, f"{place}.parcels.bench")
        return PlanView(
            catalog=self.catalog.published,
            loaded=self.catalog.loaded,
            materials=self.task.materials,
            objectives=self.task.policy.ranking,
            allocations=self.allocations,
            bills=self.bills,
            basis_allocation=basis.allocation if basis else Allocation.MASS,
            warnings=self.catalog.warnings,
            order=self.task.order,
            echoed=[
                name for name in ECHOED if has_mask and asks_for(self.read_mask, f"{place}.parcels.placements.{name}")
            ],
            bench=partial(bench_words, task=self.task) if words else None,
            verdicts=self.verdicts if self.markets else None,
            site=self.resolved.site,
            stop=self.task.stop,
        )


def read_pack_request(
    message: packing_service_pb2.PackRequest, dataset: Dataset, today: datetime.date, stop: Stop | None = None
) -> PackJob:
    """Return the job that a request describes, with the defaults of its site.

    ``today`` is the default ship date; ``stop`` ends the reading and the job. Raises InvalidInputError or one of its
    subclasses, with every finding.
    """
    stop = stop or Stop()
    found = Findings(stop=stop)
    of_site = not message.lane.carrier_service
    site, message = at_site(message, dataset, found)
    markets = _read_markets(message, dataset, found)
    if not 0 <= message.alternative_count <= MAX_ALTERNATIVES:
        found.add("alternative_count", f"must be 0 to {MAX_ALTERNATIVES}, got {message.alternative_count}")
    if message.purpose not in PURPOSES:
        found.add("purpose", f"must be a known value, got {message.purpose}")
    if not message.HasField("order"):
        found.add("order", "is required")
    most, where = most_units(site, dataset)
    order = read_order(message.order, found.at("order"), most, where)
    # If the site is unknown, a missing catalog is not a second fault, since the site may have named one.
    has_source = bool(site or not message.site or message.catalog or message.HasField("inline_catalog"))
    catalog = read_catalog_source(message, dataset, found) if has_source else None

    def policy_of() -> Policy | None:
        return read_policy(message.policy, catalog.published if catalog else None, found.at("policy"))

    if catalog is not None and catalog.loaded:
        policy = dataset.remembered.read(message.policy, (catalog.published.catalog_id,), found, policy_of)
    else:
        policy = policy_of()
    started = read_started_parcels(message.started_parcels, order, found)
    profiles = read_profiles(message.accounting_profiles, dataset, found)
    allocations = read_allocations(message.allocations, message.lane.carrier_service, found)
    by_volume = Allocation.VOLUME_SHARE in allocations

    def lane_of() -> Lane | None:
        of_service = found.at("site") if of_site else None
        lane = read_lane(message.lane, dataset.materials, today, found.at("lane"), of_service)
        if lane is not None:
            lane = dataclasses.replace(lane, include_volume_share=by_volume)
            check_vehicles(lane, profiles, dataset, found.at("lane"))
        return lane

    lane = dataset.remembered.read(message.lane, (profiles, by_volume, today), found, lane_of)
    day = lane.ship_date if lane else None
    services = read_services(message.carrier_services, day, message.lane.zone, dataset, found)
    profiles = basis_first(policy, profiles, dataset, found)
    baseline = _read_baseline(message, catalog, found)
    mask = read_mask(message.read_mask, packing_service_pb2.PackResponse.DESCRIPTOR, found)
    if not message.read_mask.paths:
        mask = station_tree()
    drawings = names(mask, "drawings") if mask else "*" in message.read_mask.paths
    most = dataset.settings.max_drawn_units
    if drawings and order is not None and order.unit_count > most:
        found.limit("read_mask", f"must not name drawings for more than {most} units, got {order.unit_count}")
    found.raise_any()
    assert order is not None  # otherwise a finding was raised above, as for the next two
    assert catalog is not None
    assert policy is not None
    return PackJob(
        task=Task(order, catalog.at_hand, policy, lane, profiles, started, materials=dataset.materials, stop=stop),
        catalog=catalog,
        allocations=allocations,
        carrier_services=services,
        purpose=PURPOSES[message.purpose],
        mask=mask,
        drawings=drawings,
        empty_spaces=asks_for(message.read_mask, EMPTY_SPACES),
        alternatives=message.alternative_count,
        explain=asks_for(message.read_mask, SMALLEST_CHANGES),
        baseline=baseline,
        markets=markets,
        read_mask=message.read_mask,
        resolved=message,
    )


def _read_markets(message: packing_service_pb2.PackRequest, dataset: Dataset, found: Findings) -> tuple[str, ...]:
    known, ids = {market.market_id for market in dataset.materials.markets}, list[str]()
    for index, name in enumerate(message.markets):
        field = f"markets[{index}]"
        for market_id in read_name(name, "markets/{market}", found, field) or ():
            if market_id not in known:
                names = ", ".join(market_name(other) for other in sorted(known))
                found.unknown(field, f"must be one of {names}, got {name!r:.120}")
            elif market_id in ids:
                found.add(field, f"must be unique, {name!r} is repeated")
            ids.append(market_id)
    if message.reuse_system and not message.markets:
        found.add("reuse_system", "must be empty unless markets are named")
    return tuple(ids)


def _read_baseline(
    message: packing_service_pb2.PackRequest, catalog: CatalogChoice | None, found: Findings
) -> str | None:
    """Return the box type to compare the plan with, empty for the smallest by volume; None for no comparison."""
    if not message.HasField("compare_with"):
        return None
    which = message.compare_with.WhichOneof("baseline")
    if message.started_parcels:
        found.add("compare_with", "must be absent where parcels are already started")
    if which == "box_type_id":
        name = message.compare_with.box_type_id
        if catalog and name not in {box.box_type_id for box in catalog.at_hand.box_types}:
            found.unknown("compare_with.box_type_id", f"must name a box type of the catalog, got {name!r}")
        return name
    if not message.compare_with.smallest_by_volume:
        found.add("compare_with", "must name a box type or set smallest_by_volume")
    return ""


def basis_first(policy: Policy | None, profiles: tuple[str, ...], dataset: Dataset, found: Findings) -> tuple[str, ...]:
    """Return the profiles, starting with the policy's emissions profile."""
    if policy is None or policy.emissions_basis is None:
        return profiles
    name = profile_name(policy.emissions_basis.profile_id)
    basis = find_profile(name, dataset, found, "policy.emissions_basis.accounting_profile")
    return profiles if basis is None else (basis, *(profile for profile in profiles if profile != basis))
