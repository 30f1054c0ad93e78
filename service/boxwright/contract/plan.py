"""Builds the messages of plans and parcels in answers."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from google.protobuf import timestamp_pb2

from boxwright.catalog import Materials
from boxwright.compliance import Verdict
from boxwright.contract.canonical import canonical_hash
from boxwright.contract.data import VERDICT
from boxwright.contract.enums import BOX_STYLE, OPENING
from boxwright.contract.faults import warnings_to_wire
from boxwright.contract.footprint import footprint_to_wire
from boxwright.contract.lane import chargeable_to_wire
from boxwright.contract.masks import ALL, Tree, kept
from boxwright.contract.message import Codec, Fields
from boxwright.contract.names import box_type_name, catalog_name
from boxwright.contract.objective import certificate_to_wire, objective_values, shipping_total
from boxwright.contract.values import dimensions_to_wire, money_to_wire, source_of
from boxwright.domain.bench import BenchWords
from boxwright.domain.box import Catalog
from boxwright.domain.carrier import ChargeableWeight
from boxwright.domain.factor import Component
from boxwright.domain.footprint import Allocation, Footprint
from boxwright.domain.order import Order
from boxwright.domain.plan import EmptySpace, Parcel, Placement, Plan, UnpackedUnit
from boxwright.domain.policy import Objective
from boxwright.domain.strength import BoxGrade
from boxwright.domain.warning import PlanWarning
from boxwright.shipping.objective_figures import carbon_cost_minor, packaging_cost_minor, price_minor
from boxwright.stop import NEVER, Stop
from boxwright.v1 import (
    bench_pb2,
    footprint_pb2,
    geometry_pb2,
    parcel_pb2,
    placement_pb2,
    plan_pb2,
    provenance_pb2,
    strength_pb2,
)

POINT = Codec(parcel_pb2.Point, EmptySpace)
SPACE = Codec(
    parcel_pb2.EmptySpace,
    EmptySpace,
    inside={"corner": POINT, "dimensions": Codec(geometry_pb2.Dimensions, EmptySpace)},
)
PLACEMENT = Codec(placement_pb2.Placement, Placement)
BENCH = Codec(bench_pb2.BenchWords, BenchWords)
BOX_GRADE = Codec(
    strength_pb2.BoxGrade, BoxGrade, also=lambda grade: {"source": source_of(grade, read_in_source=grade.binding)}
)
PARCEL = Codec(parcel_pb2.Parcel, Parcel, "placements", "inner", "chargeable_weights", "footprints")
UNPACKED = Codec(plan_pb2.UnpackedUnit, UnpackedUnit)
VERSIONS = Codec(provenance_pb2.Versions, Plan, "engine_version")
PLAN = Codec(plan_pb2.Plan, Plan, "parcels", "certificate", "footprints", "warnings", "carriage_price")

Echoes = Mapping[str, Mapping[str, str]]
"""Fields of order lines that placements repeat, by line id."""

Known = dict[int, footprint_pb2.Footprint]
"""Complete footprint messages by the id() of their object, since the parcel of a plan may share its footprints."""


@dataclass(frozen=True)
class PlanView:
    """Data that the message of a plan needs besides the plan."""

    catalog: Catalog
    loaded: bool
    """True if the server loaded the catalog, which then has a resource name."""
    materials: Materials
    """Data with factors and billing rules."""
    objectives: Sequence[Objective]
    """Objectives in the order of the policy."""
    allocations: Sequence[Allocation]
    """Allocations whose footprints are in the message."""
    bills: Callable[[Parcel], Sequence[ChargeableWeight]]
    """Returns the chargeable weights of a parcel, that of the lane's carrier service first."""
    basis_allocation: Allocation = Allocation.MASS
    """Allocation of the emissions objective, which uses the first profile."""
    warnings: Sequence[PlanWarning] = ()
    """Warnings about the request, which come before those of the plan."""
    order: Order | None = None
    """Order of the plan; paths of warnings contain the shapes of its lines."""
    echoed: Sequence[str] = ()
    """Fields of order lines that placements repeat."""
    bench: Callable[[Plan], Sequence[BenchWords]] | None = None
    """Returns packing instructions for the parcels of a plan. Default: none are requested."""
    verdicts: Callable[[Plan], Sequence[Verdict]] | None = None
    """Returns the verdicts on a plan under the rules of markets. Default: there are no markets."""
    site: str = ""
    """Resource name of the site in the request. Default: none."""
    stop: Stop = NEVER
    """Stop that ends making the message."""

    @property
    def shows_texts(self) -> bool:
        """True if the message has descriptions and codes of the order."""
        return bool(self.echoed) or self.bench is not None

    def echoes(self) -> dict[str, dict[str, str]]:
        """Return, by line id, the fields of order lines that placements repeat."""
        if self.order is None:
            return {}
        return {line.line_id: {name: getattr(line, name) for name in self.echoed} for line in self.order.lines}


def plan_to_wire(plan: Plan, view: PlanView, tree: Tree = ALL) -> plan_pb2.Plan:
    """Return the message of a plan, with the fields of ``plan_fields``."""
    return plan_pb2.Plan(**plan_fields(plan, view, tree))


def plan_fields(plan: Plan, view: PlanView, tree: Tree = ALL) -> Fields:
    """Return the fields of a plan's message, without ``create_time``."""
    components = {part.component for parcel in plan.parcels for part in parcel.packaging}
    known: Known = {}
    currency, decide = view.catalog.currency, view.verdicts
    found = {"verdicts": lambda below: [VERDICT.fields(verdict, below) for verdict in decide(plan)]} if decide else {}
    return PLAN.fields(
        plan,
        tree,
        **found,
        warnings=warnings_to_wire((*view.warnings, *plan.warnings), loaded=view.loaded, order=view.order),
        parcels=lambda below: _parcels(plan, view, below, known),
        certificate=lambda below: certificate_to_wire(plan.certificate, view.catalog, below),
        footprints=lambda below: _footprints(plan.footprints, components, view, below, known),
        versions=lambda below: _versions(plan, view, below),
        objective_values=lambda below: kept(
            objective_values(plan, view.catalog, view.objectives, view.materials, view.basis_allocation), below
        ),
        canonical_hash=lambda _: canonical_hash(plan),
        site=view.site,
        packaging_price=lambda below: kept(money_to_wire(packaging_cost_minor(plan, view.catalog), currency), below),
        carriage_price=lambda below: kept(shipping_total(plan), below),
        carbon_cost=lambda below: kept(money_to_wire(carbon_cost_minor(plan), currency), below),
    )


def _versions(plan: Plan, view: PlanView, tree: Tree) -> Fields:
    engine, _, version = plan.engine_version.partition(" ")
    catalog = catalog_name(plan.catalog_id) if view.loaded else ""
    return VERSIONS.fields(plan, tree, catalog=catalog, engine=engine, engine_version=version)


def _footprints(
    footprints: Sequence[Footprint], components: Collection[Component], view: PlanView, tree: Tree, known: Known
) -> list[footprint_pb2.Footprint]:
    made = []
    for footprint in footprints:
        if footprint.allocation in view.allocations:
            message = None if tree else known.get(id(footprint))
            if message is None:
                message = footprint_to_wire(footprint, components, view.materials, tree)
                if not tree:
                    known[id(footprint)] = message
            made.append(message)
    return made


def now() -> timestamp_pb2.Timestamp:
    """Return the present time."""
    time = timestamp_pb2.Timestamp()
    time.GetCurrentTime()
    return time


def _parcels(plan: Plan, view: PlanView, tree: Tree, known: Known) -> list[Fields]:
    words = view.bench(plan) if view.bench else [None] * len(plan.parcels)
    echoes = view.echoes() if view.echoed else {}
    parcels = enumerate(zip(plan.parcels, words, strict=True))
    return [_parcel(index, parcel, bench, echoes, view, tree, known) for index, (parcel, bench) in parcels]


def _parcel(
    index: int, parcel: Parcel, words: BenchWords | None, echoes: Echoes, view: PlanView, tree: Tree, known: Known
) -> Fields:
    view.stop.look()
    components = {part.component for part in parcel.packaging}
    currency, price = view.catalog.currency, parcel.carriage_price
    others: dict[str, Any] = {
        "parcel_index": index,
        "placements": lambda below: [
            PLACEMENT.fields(placement, below, step=step, **echoes.get(placement.line_id, {}))
            for step, placement in enumerate(parcel.placements, start=1)
        ],
        "chargeable_weights": lambda below: [
            chargeable_to_wire(bill, price.currency if price else "", below) for bill in view.bills(parcel)
        ],
        "footprints": lambda below: _footprints(parcel.footprints, components, view, below, known),
        "packaging_price": lambda below: kept(money_to_wire(price_minor(parcel, view.catalog), currency), below),
        "carbon_cost": lambda below: kept(money_to_wire(parcel.carbon_cost_minor, currency), below),
    }
    if words is not None:
        others["bench"] = lambda below: BENCH.fields(words, below)
    if not parcel.ships_in_own_container:
        box = view.catalog.box_type(parcel.box_type_id)
        others |= {
            "box_type": box_type_name(view.catalog.catalog_id, parcel.box_type_id) if view.loaded else "",
            "style": BOX_STYLE.to_wire(box.style),
            "opening": OPENING.to_wire(box.opening),
            "inner": lambda below: kept(dimensions_to_wire(parcel.inner_um), below),
        }
    return PARCEL.fields(parcel, tree, **others)
