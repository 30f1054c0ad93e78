"""Plans made from the positions that other engines return, for the independent check."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boxwright import Catalog, Item, Order, Orientation, Parcel, Placement, Plan
from boxwright.domain.factor import Component
from boxwright.domain.footprint import PackagingComponent
from boxwright.domain.order import ALL_ORIENTATIONS
from boxwright.domain.plan import PlanStatus, UnpackedReason, UnpackedUnit

Triple = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Placed:
    """A unit in a box: its id, lowest corner and extents along x, y, z in um."""

    line_id: str
    unit_index: int
    corner_um: Triple
    extent_um: Triple


Box = tuple[str, Sequence[Placed]]
"""Box type and its units."""


def plan_of(order: Order, catalog: Catalog, boxes: Sequence[Box]) -> Plan:
    """Return the plan with the unchanged positions of an engine.

    Units that the engine left out are listed as unpacked. The pack sequence is from the bottom up.
    """
    lines = {line.line_id: line for line in order.lines}
    parcels = tuple(_parcel(catalog, lines, box_type_id, placed) for box_type_id, placed in boxes)
    seen = {(unit.line_id, unit.unit_index) for _, placed in boxes for unit in placed}
    unpacked = tuple(
        UnpackedUnit(line.line_id, index, UnpackedReason.NOT_FOUND_WITHIN_EFFORT, "left out by the engine")
        for line in order.lines
        for index in range(line.quantity)
        if (line.line_id, index) not in seen
    )
    status = PlanStatus.COMPLETE if not unpacked else PlanStatus.PARTIAL if parcels else PlanStatus.NONE
    return Plan(order.order_id, status, parcels, unpacked)


def _parcel(catalog: Catalog, lines: Mapping[str, Item], box_type_id: str, placed: Sequence[Placed]) -> Parcel:
    box = catalog.box_type(box_type_id)
    return Parcel(
        box_type_id=box_type_id,
        placements=tuple(
            _placement(lines[unit.line_id], unit) for unit in sorted(placed, key=lambda unit: unit.corner_um[::-1])
        ),
        packaging=(PackagingComponent(Component.BOX, box.material_id, box.tare_mg, box.trips),),
        net_mg=sum(lines[unit.line_id].mass_mg for unit in placed),
        inner_um=box.inner_um,
        inner_volume_um3=box.inner_volume_um3,
        goods_volume_um3=sum(math.prod(lines[unit.line_id].edges_um) for unit in placed),
        outer_um=box.outer_um,
    )


def _placement(line: Item, unit: Placed) -> Placement:
    orientation = orientation_of(line, unit.extent_um)
    return Placement(unit.line_id, unit.unit_index, *unit.corner_um, *unit.extent_um, orientation)


def orientation_of(line: Item, extent_um: Triple) -> Orientation:
    """Return an orientation with these extents, preferably an allowed one; ``LWH`` if there is none."""
    fitting = [turn for turn in (*line.orientations, *ALL_ORIENTATIONS) if turn.rotate(*line.edges_um) == extent_um]
    return fitting[0] if fitting else Orientation.LWH
