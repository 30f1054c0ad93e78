"""Reads outcomes, which state how the parcels of a plan were packed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from unicodedata import category

from boxwright import units
from boxwright.contract.names import read_name
from boxwright.findings import Findings
from boxwright.v1 import (
    box_type_pb2,
    catalog_pb2,
    geometry_pb2,
    order_pb2,
    outcome_pb2,
    packing_service_pb2,
    parcel_pb2,
    plan_pb2,
)

MAX_STATION, MAX_NOTE, MAX_OTHER_BOX = 200, 1_000, 200
"""Maximum number of characters of a string in an outcome, as in the contract."""

REASONS = outcome_pb2.OverrideReason
UNSTATED, OTHER = outcome_pb2.OVERRIDE_REASON_UNSPECIFIED, outcome_pb2.OVERRIDE_REASON_OTHER


def _label(reason: outcome_pb2.OverrideReason.ValueType) -> str:
    return "unstated" if reason == UNSTATED else REASONS.Name(reason).removeprefix("OVERRIDE_REASON_").lower()


OVERRIDES = tuple(map(_label, REASONS.values()))
"""Reasons for not packing a parcel as planned, as metrics name them."""


@dataclass(frozen=True)
class ReadParcel:
    """A parcel as shipped and, if it was planned, as planned.

    ``box_type_id`` is empty for a box outside the catalog, and ``reason`` if the parcel was packed as planned.
    """

    box_type_id: str
    reason: str
    measured_g: float | None
    measured_mm: tuple[float, float, float] | None
    planned: parcel_pb2.Parcel | None

    @property
    def overridden(self) -> bool:
        """True if the parcel was not packed as planned."""
        return bool(self.reason)


@dataclass(frozen=True)
class ReadOutcome:
    """The shipped parcels and the parcels of a plan."""

    parcels: tuple[ReadParcel, ...]
    planned: tuple[parcel_pb2.Parcel, ...]

    @property
    def overridden(self) -> bool:
        """True if any parcel was not packed as planned."""
        return len(self.parcels) != len(self.planned) or any(parcel.overridden for parcel in self.parcels)


def check_outcome(request: packing_service_pb2.RecordOutcomeRequest, found: Findings) -> None:
    """Note faults of an outcome that do not depend on its plan."""
    if not request.HasField("outcome"):
        found.add("outcome", "is required")
        return
    outcome = request.outcome
    at = found.at("outcome")
    read_name(outcome.plan, "plans/{plan}", at, "plan")
    if not outcome.parcels:
        at.add("parcels", "is required")
    if len(outcome.station) > MAX_STATION or not outcome.station.isprintable():
        at.add("station", f"must have at most {MAX_STATION} characters and no control characters")
    if outcome.HasField("pack_time"):
        try:
            outcome.pack_time.ToDatetime()
        except (ValueError, OverflowError):
            at.add("pack_time", "must be a time from year 1 to 9999")
    for index, parcel in enumerate(outcome.parcels):
        _check_parcel(parcel, at.at(f"parcels[{index}]"))
    seen: set[str] = set()
    for index, line in enumerate(outcome.measured_lines):
        here = at.at(f"measured_lines[{index}]")
        if line.line_id in seen:
            here.add("line_id", f"must be unique, {line.line_id!r} is repeated")
        seen.add(line.line_id)
        if line.HasField("dimensions"):
            _check_lengths(line.dimensions, here.at("dimensions"))
        elif not line.HasField("mass_g"):
            here.add("dimensions", "is required unless mass_g is given")
        if line.HasField("mass_g") and (rule := units.mass_rule(line.mass_g)):
            here.add("mass_g", rule)


def _check_lengths(size: geometry_pb2.Dimensions, found: Findings) -> None:
    for name in ("length_mm", "width_mm", "height_mm"):
        if rule := units.length_rule(getattr(size, name)):
            found.add(name, rule)


def _check_parcel(parcel: outcome_pb2.ShippedParcel, found: Findings) -> None:
    if not parcel.box_type_id and not parcel.other_box:
        found.add("box_type_id", "is required unless other_box is given")
    if parcel.box_type_id and parcel.other_box:
        found.add("other_box", "must not be given with box_type_id")
    if len(parcel.other_box) > MAX_OTHER_BOX or not parcel.other_box.isprintable():
        found.add("other_box", f"must have at most {MAX_OTHER_BOX} characters and no control characters")
    if parcel.HasField("measured_gross_g") and (rule := units.mass_rule(parcel.measured_gross_g, zero=False)):
        found.add("measured_gross_g", rule)
    if parcel.HasField("measured_outer"):
        _check_lengths(parcel.measured_outer, found.at("measured_outer"))
    if parcel.open and parcel.other_box:
        found.add("open", "must not be given with other_box, since planning needs a box type of the catalog")
    if parcel.override_reason not in REASONS.values():
        found.add("override_reason", f"must be a known value, got {parcel.override_reason}")
    if len(parcel.override_note) > MAX_NOTE:
        found.add("override_note", f"must have at most {MAX_NOTE:,} characters, got {len(parcel.override_note):,}")
    if any(letter != "\n" and category(letter) == "Cc" for letter in parcel.override_note.replace("\r\n", "\n")):
        found.add("override_note", "must hold no control characters except line breaks")
    if parcel.override_reason == OTHER and not parcel.override_note.strip():
        found.add("override_note", "is required for OVERRIDE_REASON_OTHER")


def read_outcome(
    outcome: outcome_pb2.Outcome, plan: plan_pb2.Plan, catalog: catalog_pb2.Catalog, found: Findings
) -> ReadOutcome:
    """Return a valid outcome with its plan, after noting contradictions between them."""
    before = len(found)
    boxes = {box.box_type_id: box for box in catalog.box_types}
    known = _units(plan.unpacked).union(*(_units(parcel.placements) for parcel in plan.parcels))
    seen: set[int] = set()
    shipped: set[tuple[str, int]] = set()
    parcels = []
    for index, parcel in enumerate(outcome.parcels):
        at = found.at(f"parcels[{index}]")
        planned = _planned(parcel, plan, seen, at)
        if planned is None and not parcel.HasField("parcel_index") and not parcel.units and not parcel.open:
            index_rule = "a planned parcel needs its parcel_index, even if it is 0"
            at.add("units", f"is required for a parcel that was not planned; {index_rule}")
        for place, unit in enumerate(parcel.units):
            which = unit.line_id, unit.unit_index
            if which not in known:
                at.add(f"units[{place}]", f"must be a unit of the plan, got {unit.line_id!r} {unit.unit_index}")
            elif which in shipped:
                at.add(f"units[{place}]", f"must be in one parcel, got {unit.line_id!r} {unit.unit_index} in two")
            shipped.add(which)
        if planned is None or parcel.box_type_id != planned.box_type_id:
            if parcel.box_type_id and parcel.box_type_id not in boxes:
                rule = f"must be a box type of the plan's catalog, got {parcel.box_type_id!r}"
                at.unknown("box_type_id", f"{rule}: name other boxes in other_box")
            if planned is not None and parcel.override_reason == UNSTATED:
                at.add("override_reason", f"is required, since the planned box is {planned.box_type_id!r}")
        _check_mass(parcel, boxes.get(parcel.box_type_id), at)
        if not parcel.open:  # the outcome of the next plan counts an open parcel
            parcels.append(read_parcel(parcel, planned))
    if len(found) == before:
        _check_whole(outcome, plan, seen, shipped, found)
    return ReadOutcome(tuple(parcels), tuple(plan.parcels))


def _units(stated: Iterable[Any]) -> set[tuple[str, int]]:
    return {(unit.line_id, unit.unit_index) for unit in stated}


def _check_whole(
    outcome: outcome_pb2.Outcome, plan: plan_pb2.Plan, seen: set[int], shipped: set[tuple[str, int]], found: Findings
) -> None:
    """Note planned parcels that an outcome leaves out; recorded later, they would replace the others."""
    for place, index in enumerate(outcome.not_shipped):
        if not 0 <= index < len(plan.parcels) or index in outcome.not_shipped[:place]:
            found.add(f"not_shipped[{place}]", f"must be a parcel of the plan, listed once, got {index}")
        elif index in seen:
            found.add(f"not_shipped[{place}]", f"must not be listed in parcels too, got {index}")
    forgotten = [
        str(index)
        for index, parcel in enumerate(plan.parcels)
        if index not in seen and index not in outcome.not_shipped and not _units(parcel.placements) <= shipped
    ]
    if forgotten:
        rule = f"must include parcel_index {', '.join(forgotten)} of the plan: record an outcome when all are closed"
        remedy = "List parcels that were not shipped in not_shipped, and their units in the parcels that hold them"
        found.add("parcels", f"{rule}. {remedy}")


def next_pack(
    outcome: outcome_pb2.Outcome, plan: plan_pb2.Plan, lines: Iterable[order_pb2.OrderLine], found: Findings
) -> packing_service_pb2.NextPack | None:
    """Return lines and started parcels for a request to pack the rest of a plan.

    ``outcome`` must be valid; ``lines`` are those of the stored order. Measured lines that are not among them are
    noted. The result is None if no parcel is open and no line was measured.
    """
    begun = [parcel for parcel in outcome.parcels if parcel.open]
    if not begun and not outcome.measured_lines:
        return None
    closed = set[tuple[str, int]]()
    for parcel in outcome.parcels:
        if not parcel.open:
            closed |= _units(parcel.units or plan.parcels[parcel.parcel_index].placements)
    measured = {line.line_id: (index, line) for index, line in enumerate(outcome.measured_lines)}
    answer, numbers = packing_service_pb2.NextPack(), dict[tuple[str, int], int]()
    for line in lines:
        _, size = measured.pop(line.line_id, (0, None))
        left = [unit for unit in range(line.quantity) if (line.line_id, unit) not in closed]
        numbers |= {(line.line_id, unit): number for number, unit in enumerate(left)}
        if not left:
            continue
        corrected = answer.lines.add()
        corrected.CopyFrom(line)
        corrected.quantity = len(left)
        if size is not None:
            corrected.dimension_status = order_pb2.DIMENSION_STATUS_MEASURED
            if size.HasField("dimensions"):
                shape = corrected.soft_goods if corrected.HasField("soft_goods") else corrected.cuboid
                shape.dimensions.CopyFrom(size.dimensions)
            if size.HasField("mass_g"):
                corrected.mass_g = size.mass_g
    for index, _ in measured.values():
        found.add(f"measured_lines[{index}].line_id", "must be a line of the plan's order")
    for number, parcel in enumerate(begun, 1):
        planned = plan.parcels[parcel.parcel_index] if parcel.HasField("parcel_index") else parcel_pb2.Parcel()
        started = answer.started_parcels.add(box_type_id=parcel.box_type_id)
        started.started_parcel_id = planned.started_parcel_id or f"parcel-{number}"
        for unit in parcel.units:
            started.placements.add(line_id=unit.line_id, unit_index=numbers[unit.line_id, unit.unit_index])
    return answer


def _check_mass(parcel: outcome_pb2.ShippedParcel, box: box_type_pb2.BoxType | None, found: Findings) -> None:
    """Note a parcel that weighs less than half its empty box, probably since its mass is in another unit than g."""
    least_g = box.tare_g / 2 if box is not None else 0.0
    if parcel.HasField("measured_gross_g") and parcel.measured_gross_g < least_g:
        rule = f"must be {least_g:g} or more, half the tare of {parcel.box_type_id!r}, got {parcel.measured_gross_g:g}"
        found.add("measured_gross_g", f"{rule}: is it in g?")


def _planned(
    parcel: outcome_pb2.ShippedParcel, plan: plan_pb2.Plan, seen: set[int], found: Findings
) -> parcel_pb2.Parcel | None:
    """Return the plan of a shipped parcel, or None if it was not planned or after noting a wrong index."""
    if not parcel.HasField("parcel_index"):
        return None
    index = parcel.parcel_index
    if not 0 <= index < len(plan.parcels):
        rule = {0: "be unset, since the plan has no parcels", 1: "be 0, a parcel of the plan"}
        some = f"be 0 to {len(plan.parcels) - 1}, a parcel of the plan"
        found.add("parcel_index", f"must {rule.get(len(plan.parcels), some)}, got {index}")
        return None
    if index in seen:
        found.add("parcel_index", f"must be unique, {index} is repeated")
    seen.add(index)
    return plan.parcels[index]


def read_parcel(parcel: outcome_pb2.ShippedParcel, planned: parcel_pb2.Parcel | None) -> ReadParcel:
    """Return a parcel as shipped and as planned."""
    same = planned is not None and (not parcel.units or _units(parcel.units) == _units(planned.placements))
    reason = "" if parcel.override_reason == UNSTATED and same else _label(parcel.override_reason)
    outer = parcel.measured_outer
    return ReadParcel(
        parcel.box_type_id,
        reason,
        parcel.measured_gross_g if parcel.HasField("measured_gross_g") else None,
        (outer.length_mm, outer.width_mm, outer.height_mm) if parcel.HasField("measured_outer") else None,
        planned,
    )
