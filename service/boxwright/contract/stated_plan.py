"""Plans of others on their way in: boxes, placements and unpacked units as facts."""

from collections.abc import Sequence
from dataclasses import dataclass

from google.protobuf.message import Message

from boxwright import units
from boxwright.contract.enums import ORIENTATION, UNPACKED_REASON
from boxwright.domain.order import ALL_ORIENTATIONS, MAX_UNITS_PER_ORDER, Item, Order, Orientation
from boxwright.domain.plan import EmptySpace, Parcel, Placement, UnpackedUnit
from boxwright.domain.soft_goods import MAX_FOLDS, folded_um
from boxwright.findings import Findings
from boxwright.v1 import parcel_pb2, placement_pb2, plan_pb2


@dataclass(frozen=True)
class StatedPlan:
    """The facts of somebody's packing, as stated and not judged."""

    parcels: tuple[Parcel, ...]
    unpacked: tuple[UnpackedUnit, ...]


def read_stated_plan(message: plan_pb2.Plan, order: Order | None, found: Findings) -> StatedPlan | None:
    """Return the facts of a plan, or None after noting what keeps it from being read.

    Unknown units and boxes, and lengths that cannot be, are no findings: they are for the checker.

    Parameters
    ----------
    message : Plan
        As sent.
    order : Order or None
        Whose lines say which orientation follows from the extents; None where it is broken itself.
    found : Findings
        Collects what is wrong, at the plan's path.
    """
    before = len(found)
    placed = sum(len(parcel.placements) for parcel in message.parcels)
    if placed > MAX_UNITS_PER_ORDER:
        found.limit("parcels", f"must hold at most {MAX_UNITS_PER_ORDER:,} placements in all, got {placed:,}")
        return None
    lines = {} if order is None else {line.line_id: line for line in order.lines}
    parcels = []
    for index, parcel in enumerate(message.parcels):
        at = found.at(f"parcels[{index}]")
        placements = [
            read_placement(each, lines, at.at(f"placements[{place}]"))
            for place, each in in_sequence(parcel.placements, at)
        ]
        spaces = [_read_space(each, at.at(f"empty_spaces[{place}]")) for place, each in enumerate(parcel.empty_spaces)]
        parcels.append(
            Parcel(
                parcel.box_type_id,
                tuple(placements),
                empty_spaces=tuple(spaces) or None,
                ships_in_own_container=parcel.ships_in_own_container,
                started_parcel_id=parcel.started_parcel_id,
                cushioning_id=parcel.cushioning_id,
            )
        )
    unpacked = []
    for index, unit in enumerate(message.unpacked):
        found.stop.look()
        reason = UNPACKED_REASON.read(unit.reason, found, f"unpacked[{index}].reason")
        if reason is not None:
            unpacked.append(UnpackedUnit(unit.line_id, unit.unit_index, reason, unit.rule or reason.value))
    return StatedPlan(tuple(parcels), tuple(unpacked)) if len(found) == before else None


def _read_space(message: parcel_pb2.EmptySpace, found: Findings) -> EmptySpace:
    x, y, z = _um(message.corner, _LENGTHS[:3], found.at("corner"))
    length, width, height = _um(message.dimensions, _LENGTHS[3:6], found.at("dimensions"))
    return EmptySpace(x, y, z, length, width, height, message.needs_blocking)


def _um(message: Message, names: Sequence[str], found: Findings) -> list[int]:
    """Return lengths of a message in um, after noting those that are no length of anything."""
    values = [getattr(message, name) for name in names]
    for name, value in zip(names, values, strict=True):
        if not abs(value) <= units.MAX_STATED:  # nor is what is not a number
            found.add(name, f"must be a number from -{units.MAX_STATED:g} to {units.MAX_STATED:g}, got {value}")
    return [units.to_um(value) if abs(value) <= units.MAX_STATED else 0 for value in values]


_LENGTHS = ("x_mm", "y_mm", "z_mm", "length_mm", "width_mm", "height_mm")
_CARE = ("half_gap_mm", "wall_margin_mm")
Sequenced = list[tuple[int, placement_pb2.Placement]]


def in_sequence(placements: Sequence[placement_pb2.Placement], found: Findings) -> Sequenced:
    """Return placements with their places in the message, in pack sequence: by step, or as listed where all are 0."""
    numbered = list(enumerate(placements))
    steps = [each.step for each in placements]
    if not any(steps):
        return numbered
    if sorted(steps) != list(range(1, len(steps) + 1)):
        found.add("placements", f"must have steps 1 to {len(steps)}, each once, or none at all")
    return sorted(numbered, key=lambda each: each[1].step)


def read_placement(message: placement_pb2.Placement, lines: dict[str, Item], found: Findings) -> Placement:
    """Return the placement of a message; one without an orientation has that which its extents show."""
    orientation = None
    if message.orientation:
        orientation = ORIENTATION.read(message.orientation, found, "orientation")
    x, y, z, length, width, height = _um(message, _LENGTHS, found)
    half_gap, wall_margin = _um(message, _CARE, found)
    bare = [edge - 2 * half_gap for edge in (length, width, height)]
    if message.inner_box_type_id and not message.orientation:
        found.add("orientation", "is required with inner_box_type_id: the extents are those of the inner box")
    return Placement(
        line_id=message.line_id,
        unit_index=message.unit_index,
        x_um=x,
        y_um=y,
        z_um=z,
        length_um=length,
        width_um=width,
        height_um=height,
        orientation=orientation or _from_extents(bare, message.folds, lines.get(message.line_id)),
        half_gap_um=half_gap,
        folds=message.folds,
        wall_margin_um=wall_margin,
        compartment=message.compartment if message.HasField("compartment") else None,
        inner_box_type_id=message.inner_box_type_id,
    )


def _from_extents(bare_um: Sequence[int], folds: int, line: Item | None) -> Orientation:
    """Return the orientation that extents without half-gaps show, an allowed one for choice; LWH where none does."""
    if line is None:
        return Orientation.LWH
    x, y, z = bare_um
    sides, edges = 3, line.edges_um
    if line.soft_goods is not None:  # their thickness is what it is pressed to
        sides, edges = 2, folded_um(edges, min(max(folds, 0), MAX_FOLDS))
    fitting = [
        each for each in (*line.orientations, *ALL_ORIENTATIONS) if each.edges_of(x, y, z)[:sides] == edges[:sides]
    ]
    return fitting[0] if fitting else Orientation.LWH
