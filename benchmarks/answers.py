"""Plans of engines that are not ours, made of where each says that the units lie, for the independent check."""

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
    """One unit in a box: which one, its lowest corner and its extents along x, y, z in um."""

    line_id: str
    unit_index: int
    corner_um: Triple
    extent_um: Triple


Box = tuple[str, Sequence[Placed]]
"""Box type and what lies in it."""


def plan_of(order: Order, catalog: Catalog, boxes: Sequence[Box]) -> Plan:
    """Return the plan that says what an engine said, neither repaired nor moved.

    Units that the engine left out are listed as unpacked. Where the engine gives no pack sequence, units are listed
    from the bottom up.
    """
    lines = {line.line_id: line for line in order.lines}
    parcels = tuple(_parcel(catalog, lines, box_type_id, placed) for box_type_id, placed in boxes)
    seen = {(each.line_id, each.unit_index) for _, placed in boxes for each in placed}
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
            _placement(lines[each.line_id], each)
            for each in sorted(placed, key=lambda each: (each.corner_um[2], each.corner_um[1], each.corner_um[0]))
        ),
        packaging=(PackagingComponent(Component.BOX, box.material_id, box.tare_mg, box.trips),),
        net_mg=sum(lines[each.line_id].mass_mg for each in placed),
        inner_um=box.inner_um,
        inner_volume_um3=box.inner_volume_um3,
        goods_volume_um3=sum(_volume(lines[each.line_id].edges_um) for each in placed),
        outer_um=box.outer_um,
    )


def _placement(line: Item, each: Placed) -> Placement:
    orientation = orientation_of(line, each.extent_um)
    return Placement(each.line_id, each.unit_index, *each.corner_um, *each.extent_um, orientation)


def orientation_of(line: Item, extent_um: Triple) -> Orientation:
    """Return an orientation with those extents: an allowed one if any is, and ``LWH`` where none has them."""
    fitting = [each for each in (*line.orientations, *ALL_ORIENTATIONS) if each.rotate(*line.edges_um) == extent_um]
    return fitting[0] if fitting else Orientation.LWH


def _volume(edges_um: Triple) -> int:
    length, width, height = edges_um
    return length * width * height
