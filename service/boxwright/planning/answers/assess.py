"""What a packing made by anyone weighs, bills and emits: figures for given boxes and placements, without a search."""

import dataclasses
from collections.abc import Sequence

from boxwright.domain.order import ALL_ORIENTATIONS
from boxwright.domain.own_container import box_of
from boxwright.domain.plan import Parcel, Placement, Plan, PlanStatus, UnpackedUnit
from boxwright.planning.finishing.finish import finish_parcel
from boxwright.planning.model import OrderModel
from boxwright.planning.parts.expansion import packed_of
from boxwright.planning.parts.pricing import plan_footprints
from boxwright.planning.request import Request
from boxwright.planning.task import Task


def assess(task: Task, parcels: Sequence[Parcel], unpacked: Sequence[UnpackedUnit]) -> Plan:
    """Return the plan of given parcels with its figures computed; nothing is proved and nothing is judged.

    Parameters
    ----------
    task : Task
        What the packing is of.
    parcels : sequence of Parcel
        Boxes of the catalog and units of the order that have dimensions, each once, those of a line all in inner boxes
        of one type that take them, or all in none; of each parcel only box type, cushioning and placements are read, of
        each placement the unit, its inner box, corner, extents and orientation. Empty spaces are passed on as stated.
    unpacked : sequence of UnpackedUnit
        Units that stayed out, as stated.

    Raises
    ------
    InvalidInputError
        As ``plan`` does for names that cannot be found.
    """
    catalog = task.catalog
    placed = [each for parcel in parcels for each in parcel.placements]
    inner = {each.line_id: each.inner_box_type_id for each in placed if each.inner_box_type_id}
    request = Request.resolve(task).in_inner_boxes(inner)
    model = OrderModel(request, request.expansion)
    finished = tuple(_finished(model, parcel) for parcel in parcels)
    whole = len(placed) == task.order.unit_count and not unpacked
    status = PlanStatus.COMPLETE if whole else PlanStatus.PARTIAL
    return Plan(
        order_id=task.order.order_id,
        status=status if finished else PlanStatus.NONE,
        parcels=finished,
        unpacked=tuple(unpacked),
        footprints=plan_footprints(finished, task.stop),
        catalog_id=catalog.catalog_id,
        catalog_version=catalog.version,
        catalog_hash=catalog.content_hash,
        data_version=task.materials.version,
        data_hash=task.materials.content_hash,
        ship_date=request.ship_date,
        derived_legs=request.derived_legs,
    )


def _finished(model: OrderModel, parcel: Parcel) -> Parcel:
    """Return a parcel with its figures, and with its units turned as stated."""
    # The stand-in of a unit in its own container is as large as it is placed.
    sized = dataclasses.replace(parcel, outer_um=parcel.placements[0].extent_um)
    turned = [_turned(model, each) for each in parcel.placements]
    packed = packed_of(turned, box_of(sized, model.request.catalog), model.expansion.members)
    finished = finish_parcel(model, dataclasses.replace(packed, cushioning_id=parcel.cushioning_id))
    said = {(each.line_id, each.unit_index): each.orientation for each in parcel.placements}
    return dataclasses.replace(
        finished,
        placements=tuple(
            dataclasses.replace(each, orientation=said[each.line_id, each.unit_index]) for each in finished.placements
        ),
        empty_spaces=parcel.empty_spaces,
        started_parcel_id=parcel.started_parcel_id,
    )


def _turned(model: OrderModel, placed: Placement) -> Placement:
    """Return a placement as it is turned where the goods lie in their inner box as the planner lays them there."""
    inner = model.expansion.inner_boxes.get(placed.line_id)
    if inner is None:
        return placed
    around = 2 * placed.half_gap_um
    fitting = (
        each
        for each in (placed.orientation, *ALL_ORIENTATIONS)
        if tuple(edge + around for edge in each.rotate(*inner.edges_um)) == placed.extent_um
    )
    return dataclasses.replace(placed, orientation=next(fitting, placed.orientation))
