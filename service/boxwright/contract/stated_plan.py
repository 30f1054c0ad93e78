"""Reads the plans and the started parcels in messages."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from boxwright.contract.footprint import read_footprint
from boxwright.contract.lane import CARRIAGE_PRICE, CHARGEABLE
from boxwright.contract.message import Codec, Fields
from boxwright.contract.plan import PARCEL, PLACEMENT, PLAN, UNPACKED
from boxwright.contract.stated_figures import FACTS
from boxwright.domain.footprint import Footprint
from boxwright.domain.order import ALL_ORIENTATIONS, MAX_FOLDS, MAX_UNITS_PER_ORDER, Item, Order, Orientation, folded_um
from boxwright.domain.plan import Parcel, Placement, Plan, StartedParcel, UnpackedUnit
from boxwright.findings import Findings
from boxwright.v1 import footprint_pb2, parcel_pb2, placement_pb2, plan_pb2

FACTS_OF_PARCEL = Codec(
    parcel_pb2.Parcel,
    Parcel,
    *(field.name for field in parcel_pb2.Parcel.DESCRIPTOR.fields if field.name not in FACTS["Parcel"]),
)


@dataclass(frozen=True)
class StatedPlan:
    """The unchecked facts of a packing in a message."""

    parcels: tuple[Parcel, ...]
    unpacked: tuple[UnpackedUnit, ...]


def read_stated_plan(message: plan_pb2.Plan, order: Order | None, found: Findings) -> StatedPlan | None:
    """Return the facts of a plan, or None after noting every unreadable field.

    Orientations that are not stated follow from ``order``, which is None if it is invalid. Unknown units and boxes and
    impossible lengths are left to the check.
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
        parcels.append(FACTS_OF_PARCEL.read(parcel, at, placements=read_placements(parcel.placements, lines, at)))
    unpacked = [
        UNPACKED.read(unit, found.at(f"unpacked[{index}]"), message=unit.message or "not stated")
        for index, unit in enumerate(message.unpacked)
    ]
    return StatedPlan(tuple(filter(None, parcels)), tuple(filter(None, unpacked))) if len(found) == before else None


def read_placements(
    messages: Sequence[placement_pb2.Placement], lines: dict[str, Item], found: Findings
) -> tuple[Placement, ...]:
    """Return the placements of a parcel in pack sequence: by step, or as listed if no placement has a step."""
    numbered = list(enumerate(messages))
    steps = [placement.step for placement in messages]
    if any(steps):
        if sorted(steps) != list(range(1, len(steps) + 1)):
            found.add("placements", f"must have the steps 1 to {len(steps)}, or no steps")
        numbered.sort(key=lambda entry: entry[1].step)
    placed = (_read_placement(placement, lines, found.at(f"placements[{place}]")) for place, placement in numbered)
    return tuple(filter(None, placed))


def _read_placement(message: placement_pb2.Placement, lines: dict[str, Item], found: Findings) -> Placement | None:
    """Return the placement of a message; an orientation that is not stated follows from the extents."""
    if message.inner_box_type_id and not message.orientation:
        found.add("orientation", "is required with inner_box_type_id, since the extents are those of the inner box")
    placed: Placement | None = PLACEMENT.read(message, found)
    if placed is None or message.orientation:
        return placed
    bare = [edge - 2 * placed.half_gap_um for edge in placed.extent_um]
    return replace(placed, orientation=_from_extents(bare, placed.folds, lines.get(placed.line_id)))


def _from_extents(bare_um: Sequence[int], folds: int, line: Item | None) -> Orientation:
    """Return an orientation that matches extents without half-gaps, if possible an allowed one; LWH if none matches."""
    if line is None:
        return Orientation.LWH
    x, y, z = bare_um
    sides, edges = 3, line.edges_um
    if line.soft_goods is not None:  # the thickness of soft goods depends on how far they are pressed
        sides, edges = 2, folded_um(edges, min(max(folds, 0), MAX_FOLDS))
    fitting = [
        orientation
        for orientation in (*line.orientations, *ALL_ORIENTATIONS)
        if orientation.edges_of(x, y, z)[:sides] == edges[:sides]
    ]
    return fitting[0] if fitting else Orientation.LWH


def read_whole_plan(message: plan_pb2.Plan, found: Findings) -> Plan | None:
    """Return a plan with its figures as stated, or None after noting every finding.

    Certificate, warnings and details of chargeable weights are left out.
    """
    stated = read_stated_plan(message, None, found)
    if stated is None:
        return None
    parcels = [
        replace(facts, **_figures(parcel, found.at(f"parcels[{at}]")))
        for at, (facts, parcel) in enumerate(zip(stated.parcels, message.parcels, strict=True))
    ]
    versions = message.versions
    plan: Plan | None = PLAN.read(
        message,
        found,
        parcels=tuple(parcels),
        unpacked=stated.unpacked,
        footprints=_footprints(message.footprints, found),
        catalog_id=versions.catalog.removeprefix("catalogs/"),
        catalog_version=versions.catalog_version,
        catalog_hash=versions.catalog_hash,
        data_version=versions.data_version,
        data_hash=versions.data_hash,
    )
    return plan


def _figures(message: parcel_pb2.Parcel, found: Findings) -> Fields:
    others: Fields = {"footprints": _footprints(message.footprints, found)}
    if message.chargeable_weights:
        others["chargeable"] = CHARGEABLE.read(message.chargeable_weights[0], found.at("chargeable_weights[0]"))
    if message.HasField("carriage_price"):
        others["carriage_price"] = CARRIAGE_PRICE.read(
            message.carriage_price,
            found.at("carriage_price"),
            currency=message.carriage_price.total.currency_code,
        )
    return PARCEL.attributes(message, found, **others)


def _footprints(messages: Sequence[footprint_pb2.Footprint], found: Findings) -> tuple[Footprint, ...]:
    read = (read_footprint(footprint, found.at(f"footprints[{at}]")) for at, footprint in enumerate(messages))
    return tuple(filter(None, read))


def read_started_parcels(
    messages: Sequence[placement_pb2.StartedParcel], order: Order | None, found: Findings
) -> tuple[StartedParcel, ...]:
    """Return the started parcels of a request; planning checks their packing."""
    placed = sum(len(message.placements) for message in messages)
    if placed > MAX_UNITS_PER_ORDER:
        found.limit("started_parcels", f"must hold at most {MAX_UNITS_PER_ORDER:,} placements in all, got {placed:,}")
        return ()
    lines = {} if order is None else {line.line_id: line for line in order.lines}
    started = []
    for index, message in enumerate(messages):
        at = found.at(f"started_parcels[{index}]")
        placements = read_placements(message.placements, lines, at)
        with at:
            started.append(StartedParcel(message.started_parcel_id, message.box_type_id, placements))
    return tuple(started)
