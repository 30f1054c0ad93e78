"""Plans and parcels on their way out."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from google.protobuf import timestamp_pb2

from boxwright.catalog import Materials
from boxwright.domain.box import Catalog
from boxwright.domain.carrier import ChargeableWeight
from boxwright.domain.factor import Component
from boxwright.domain.footprint import Allocation, Footprint
from boxwright.domain.order import Order
from boxwright.domain.plan import EmptySpace, Parcel, Placement, Plan, UnpackedUnit
from boxwright.domain.policy import Objective
from boxwright.domain.warning import PlanWarning
from boxwright.export import canonical_hash
from boxwright.fuse import look
from boxwright.planning.answers.figures import carbon_cost_minor, packaging_cost_minor, price_minor
from boxwright.server.wire.certificate import certificate_to_wire
from boxwright.server.wire.chargeable import chargeable_to_wire
from boxwright.server.wire.dates import date_to_wire
from boxwright.server.wire.enums import BOX_STYLE, HANDLING_MARK, OPENING, ORIENTATION, PLAN_STATUS, UNPACKED_REASON
from boxwright.server.wire.footprint import footprint_to_wire, packaging_to_wire
from boxwright.server.wire.geometry import dimensions_to_wire
from boxwright.server.wire.lane import leg_to_wire
from boxwright.server.wire.masks import ALL, Tree, build, kept
from boxwright.server.wire.money import price_to_wire
from boxwright.server.wire.names import box_type_name, catalog_name
from boxwright.server.wire.objective import UM3_PER_MM3, objective_values, shipping_total
from boxwright.server.wire.price_table import shipping_price_to_wire
from boxwright.server.wire.strength import box_grade_to_wire, stack_load_to_wire
from boxwright.server.wire.warning import warnings_to_wire
from boxwright.shipping import chargeable_weight
from boxwright.v1 import footprint_pb2, parcel_pb2, placement_pb2, plan_pb2, provenance_pb2


@dataclass(frozen=True)
class PlanView:
    """What a plan's message shows beside the plan itself.

    Attributes
    ----------
    catalog : Catalog
        The catalog that was planned with.
    loaded : bool
        Whether it has a resource name: the server loaded it and it was not sent along.
    materials : Materials
        Where factors and billing rules are looked up.
    objectives : sequence of Objective
        In the policy's order.
    allocations : sequence of Allocation
        Footprints to show.
    carrier_services : sequence of str
        Services to state chargeable weight for, beside the lane's.
    basis_allocation : Allocation
        Whose grams the objective emissions compares, of the first profile. Default by mass.
    zone : str
        Zone of the lane, for services that bill by zone.
    warnings : sequence of PlanWarning
        What the door noticed, put before the plan's own.
    order : Order, optional
        What was planned; its lines' shapes are part of the paths of warnings.
    """

    catalog: Catalog
    loaded: bool
    materials: Materials
    objectives: Sequence[Objective]
    allocations: Sequence[Allocation]
    carrier_services: Sequence[str] = ()
    basis_allocation: Allocation = Allocation.MASS
    zone: str = ""
    warnings: Sequence[PlanWarning] = ()
    order: Order | None = None


def plan_to_wire(plan: Plan, view: PlanView, tree: Tree = ALL) -> plan_pb2.Plan:
    """Return the message of a plan, without time of making and certificate of plans that were not searched for.

    Parameters
    ----------
    plan : Plan
        The plan.
    view : PlanView
        What the message shows beside it.
    tree : Tree, optional
        Fields to make. Default all.
    """
    components = {part.component for parcel in plan.parcels for part in parcel.packaging}
    currency = view.catalog.currency
    values = {
        "order_id": plan.order_id,
        "status": PLAN_STATUS.to_wire(plan.status),
        "unpacked": [unpacked_to_wire(unit) for unit in plan.unpacked],
        "ship_date": date_to_wire(plan.ship_date),
        "warnings": warnings_to_wire((*view.warnings, *plan.warnings), loaded=view.loaded, order=view.order),
        "cut_short": plan.cut_short,
    }
    makers: dict[str, Callable[[Tree], Any]] = {
        "parcels": lambda below: [_parcel(index, each, plan, view, below) for index, each in enumerate(plan.parcels)],
        "certificate": lambda below: certificate_to_wire(plan.certificate, view.catalog, below),
        "footprints": lambda below: _footprints(plan.footprints, components, view, below),
        "versions": lambda below: _versions(plan, view, below),
        "objective_values": lambda below: kept(
            objective_values(plan, view.catalog, view.objectives, view.materials, view.basis_allocation), below
        ),
        "canonical_hash": lambda _: canonical_hash(plan),
        "packaging_cost": lambda below: kept(price_to_wire(packaging_cost_minor(plan, view.catalog), currency), below),
        "derived_legs": lambda below: kept([leg_to_wire(each) for each in plan.derived_legs], below),
        "shipping_price": lambda below: kept(shipping_total(plan), below),
        "carbon_cost": lambda below: kept(price_to_wire(carbon_cost_minor(plan), currency), below),
    }
    return build(plan_pb2.Plan, tree, values, makers)


def _versions(plan: Plan, view: PlanView, tree: Tree) -> provenance_pb2.Versions:
    engine, _, engine_version = plan.engine_version.partition(" ")
    values = {
        "catalog": catalog_name(plan.catalog_id) if view.loaded else "",
        "catalog_version": plan.catalog_version,
        "catalog_hash": plan.catalog_hash,
        "data_version": plan.data_version,
        "data_hash": plan.data_hash,
        "engine": engine,
        "engine_version": engine_version,
    }
    return build(provenance_pb2.Versions, tree, values)


def _footprints(
    footprints: Sequence[Footprint], components: Collection[Component], view: PlanView, tree: Tree
) -> list[footprint_pb2.Footprint]:
    return [
        footprint_to_wire(each, components, view.materials, tree)
        for each in footprints
        if each.allocation in view.allocations
    ]


def stamp(message: plan_pb2.Plan) -> None:
    """Write the time of making into the message of a plan."""
    now = timestamp_pb2.Timestamp()
    now.GetCurrentTime()
    message.create_time.CopyFrom(now)


def _parcel(index: int, parcel: Parcel, plan: Plan, view: PlanView, tree: Tree) -> parcel_pb2.Parcel:
    look()
    components = {part.component for part in parcel.packaging}
    currency = view.catalog.currency
    bill_currency = parcel.shipping_price.currency if parcel.shipping_price else ""
    values: dict[str, Any] = {
        "parcel_index": index,
        "box_type_id": parcel.box_type_id,
        "outer": dimensions_to_wire(parcel.outer_um),
        "net_g": parcel.net_g,
        "tare_g": parcel.tare_g,
        "gross_g": parcel.gross_g,
        "empty_space_ratio": parcel.empty_space_ratio,
        "goods_volume_mm3": parcel.goods_volume_um3 / UM3_PER_MM3,
        "inner_volume_mm3": parcel.inner_volume_um3 / UM3_PER_MM3,
        "ships_in_own_container": parcel.ships_in_own_container,
        "started_parcel_id": parcel.started_parcel_id,
        "carbon_cost": price_to_wire(parcel.carbon_cost_minor, currency),
        "cushioning_id": parcel.cushioning_id,
        "handling_marks": [HANDLING_MARK.to_wire(each) for each in parcel.handling_marks],
    }
    makers: dict[str, Callable[[Tree], Any]] = {
        "placements": lambda below: [_placement(step, each, below) for step, each in enumerate(parcel.placements, 1)],
        "packaging": lambda below: [packaging_to_wire(part, below) for part in parcel.packaging],
        "chargeable_weights": lambda below: [
            chargeable_to_wire(each, bill_currency, below) for each in _billed(parcel, plan, view)
        ],
        "footprints": lambda below: _footprints(parcel.footprints, components, view, below),
        "packaging_cost": lambda below: kept(price_to_wire(price_minor(parcel, view.catalog), currency), below),
        "shipping_price": lambda below: kept(
            None if parcel.shipping_price is None else shipping_price_to_wire(parcel.shipping_price), below
        ),
        "empty_spaces": lambda below: kept([_empty_space(each) for each in parcel.empty_spaces or ()], below),
        "stack_load": lambda below: kept(stack_load_to_wire(parcel.stack_load), below),
        "box_grade": lambda below: kept(box_grade_to_wire(parcel.box_grade), below),
    }
    if not parcel.ships_in_own_container:
        box = view.catalog.box_type(parcel.box_type_id)
        values |= {
            "box_type": box_type_name(view.catalog.catalog_id, parcel.box_type_id) if view.loaded else "",
            "style": BOX_STYLE.to_wire(box.style),
            "opening": OPENING.to_wire(box.opening),
            "inner": dimensions_to_wire(parcel.inner_um),
        }
    return build(parcel_pb2.Parcel, tree, values, makers)


def _empty_space(space: EmptySpace) -> parcel_pb2.EmptySpace:
    return parcel_pb2.EmptySpace(
        corner=parcel_pb2.Point(x_mm=space.x_mm, y_mm=space.y_mm, z_mm=space.z_mm),
        dimensions=dimensions_to_wire(space.extent_um),
        volume_mm3=space.volume_um3 / UM3_PER_MM3,
        needs_blocking=space.needs_blocking,
    )


def _billed(parcel: Parcel, plan: Plan, view: PlanView) -> list[ChargeableWeight]:
    """Return what carriers bill: the lane's service first, then those asked for."""
    billed = [] if parcel.chargeable is None else [parcel.chargeable]
    for service in view.carrier_services:
        if plan.ship_date is not None and service not in {each.service_id for each in billed}:
            billed.append(
                chargeable_weight(parcel.outer_um, parcel.gross_mg, service, plan.ship_date, view.materials, view.zone)
            )
    return billed


def _placement(step: int, placement: Placement, tree: Tree) -> placement_pb2.Placement:
    look()
    values = {
        "line_id": placement.line_id,
        "unit_index": placement.unit_index,
        "x_mm": placement.x_mm,
        "y_mm": placement.y_mm,
        "z_mm": placement.z_mm,
        "length_mm": placement.length_mm,
        "width_mm": placement.width_mm,
        "height_mm": placement.height_mm,
        "orientation": ORIENTATION.to_wire(placement.orientation),
        "cushion_mm": placement.cushion_mm,
        "folds": placement.folds,
        "step": step,
    }
    return build(placement_pb2.Placement, tree, values)


def unpacked_to_wire(unit: UnpackedUnit) -> plan_pb2.UnpackedUnit:
    """Return the message of a unit that stayed out."""
    look()
    return plan_pb2.UnpackedUnit(
        line_id=unit.line_id,
        unit_index=unit.unit_index,
        reason=UNPACKED_REASON.to_wire(unit.reason),
        rule=unit.rule,
    )
