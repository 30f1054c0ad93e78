"""What a packing made by anyone weighs, bills and emits: figures for given boxes and placements, without a search."""

import dataclasses
from collections.abc import Sequence

from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.own_container import box_of
from boxwright.domain.plan import Parcel, Placement, Plan, PlanStatus, UnpackedUnit
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.planning.finishing.finish import finish_parcel
from boxwright.planning.model import OrderModel
from boxwright.planning.parts.accounts import plan_footprints
from boxwright.planning.parts.placed import packed_of
from boxwright.planning.request import Request
from boxwright.planning.task import Task
from boxwright.selection.model import PackedBox


def assess(task: Task, parcels: Sequence[Parcel], unpacked: Sequence[UnpackedUnit]) -> Plan:
    """Return the plan of given parcels with its figures computed; nothing is proved and nothing is judged.

    Parameters
    ----------
    task : Task
        What the packing is of.
    parcels : sequence of Parcel
        Boxes of the catalog and units of the order that have dimensions, each once; of each parcel only box type,
        cushioning and placements are read, of each placement the unit, its corner, extents and orientation. Empty
        spaces are passed on as stated.
    unpacked : sequence of UnpackedUnit
        Units that stayed out, as stated.

    Raises
    ------
    InvalidInputError
        As ``plan`` does for names that cannot be found.
    """
    catalog = task.catalog
    placed = [each for parcel in parcels for each in parcel.placements]
    request = Request.resolve(task).in_inner_boxes(_inner_boxes(placed))
    model = OrderModel(request, request.expansion)
    finished = tuple(
        dataclasses.replace(
            finish_parcel(model, _packed(model, parcel, catalog)),
            empty_spaces=parcel.empty_spaces,
            started_parcel_id=parcel.started_parcel_id,
        )
        for parcel in parcels
    )
    status = PlanStatus.PARTIAL if unpacked else PlanStatus.COMPLETE
    return Plan(
        order_id=task.order.order_id,
        status=status if finished else PlanStatus.NONE,
        parcels=finished,
        unpacked=tuple(unpacked),
        footprints=plan_footprints(finished),
        catalog_id=catalog.catalog_id,
        catalog_version=catalog.version,
        catalog_hash=catalog.content_hash,
        data_version=task.materials.version,
        data_hash=task.materials.content_hash,
        ship_date=request.ship_date,
        derived_legs=request.derived_legs,
    )


def _inner_boxes(placements: Sequence[Placement]) -> dict[str, str]:
    """Return the inner box type of each line whose units lie in inner boxes."""
    found: dict[str, str] = {}
    for each in placements:
        if each.inner_box_type_id:
            known = found.setdefault(each.line_id, each.inner_box_type_id)
            if known != each.inner_box_type_id:
                rule = f"must put all units of line {each.line_id!r} in inner boxes of one type, got {known!r} and"
                raise InvalidInputError([FieldViolation("plan", f"{rule} {each.inner_box_type_id!r}")])
    return found


def _packed(model: OrderModel, parcel: Parcel, catalog: Catalog) -> PackedBox:
    packed = packed_of(parcel.placements, _box(parcel, catalog), model.expansion.members)
    return dataclasses.replace(packed, cushioning_id=parcel.cushioning_id)


def _box(parcel: Parcel, catalog: Catalog) -> BoxType:
    """Return the box type, or the stand-in of a unit in its own container, as large as it is placed."""
    return box_of(dataclasses.replace(parcel, outer_um=parcel.placements[0].extent_um), catalog)
