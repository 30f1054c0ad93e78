"""Checks that every unit is in one parcel, as declared and with its group, or is unpacked with a reason."""

from collections import defaultdict
from collections.abc import Iterator
from functools import partial

from boxwright import units
from boxwright.checking.case import ParcelCase, Premises, Size, envelope_of, unturned
from boxwright.checking.protection import inner_box_of
from boxwright.checking.reading import listed
from boxwright.checking.violation import PlanViolation, ViolationKind, mm
from boxwright.domain.order import ALL_ORIENTATIONS, DimensionStatus, Item, Order, Orientation, SoftGoods
from boxwright.domain.plan import Parcel, Placement, Plan, PlanStatus, UnpackedReason, UnpackedUnit, without_positions
from boxwright.stop import NEVER, Stop

_LIMIT_UM = units.to_um(units.MAX_LENGTH_MM)
UnitId = tuple[str, int]


class UnitAccount:
    """The account of an order's units, each of which must be placed once or listed as unpacked once.

    Only the first placement of a unit is checked further, so the order bounds the work, whatever the plan contains.
    """

    def __init__(self, order: Order, stop: Stop = NEVER) -> None:
        self.stop = stop
        self.lines = {line.line_id: line for line in order.lines}
        self.placed: dict[UnitId, int] = {}
        self.unpacked: set[UnitId] = set()
        self.violations: list[PlanViolation] = []

    def place(self, placement: object, parcel_index: int) -> Item | None:
        """Enter a placement; return its line, or None if the placement is not to be checked further."""
        line = self._line(placement, Placement, parcel_index)
        if line is None or not isinstance(placement, Placement):
            return None
        unit = (placement.line_id, placement.unit_index)
        if unit in self.placed:
            detail = f"is placed again, after parcel {self.placed[unit]}"
            if line.quantity > 1:
                detail += f"; units of a line differ by unit_index, 0 to {line.quantity - 1}"
            self._note(ViolationKind.DUPLICATE_UNIT, detail, parcel_index, unit)
            return None
        self.placed[unit] = parcel_index
        if line.dimension_status is DimensionStatus.MISSING:
            detail = "has no dimensions, so its position cannot be checked"
            self._note(ViolationKind.MISSING_DIMENSIONS, detail, parcel_index, unit)
            return None
        return line

    def close(self, plan: Plan, *, allow_partial: bool) -> None:
        """Enter the unpacked units of a plan, and compare the account with the order and the plan's status."""
        for entry in listed(plan.unpacked):
            self.stop.look()
            if self._line(entry, UnpackedUnit, None) is None or not isinstance(entry, UnpackedUnit):
                continue
            unit = (entry.line_id, entry.unit_index)
            if unit in self.unpacked:
                self._note(ViolationKind.DUPLICATE_UNIT, "is listed as unpacked twice", None, unit)
            elif unit in self.placed:
                detail = f"is listed as unpacked, but placed in parcel {self.placed[unit]}"
                self._note(ViolationKind.PACKED_AND_UNPACKED, detail, None, unit)
            self.unpacked.add(unit)
            if entry.reason not in tuple(UnpackedReason):
                self._note(
                    ViolationKind.NO_REASON, f"reason must be a known code, got {entry.reason!r:.80}", None, unit
                )
            elif not isinstance(entry.message, str) or not entry.message.strip():
                self._note(ViolationKind.NO_REASON, "message must name a rule, got an empty one", None, unit)
        missing = 0
        for line in self.lines.values():
            self.stop.look()
            for index in range(line.quantity):
                unit = (line.line_id, index)
                if unit not in self.placed:
                    missing += 1
                    if unit not in self.unpacked:
                        self._note(ViolationKind.LOST_UNIT, "is neither placed nor listed as unpacked", None, unit)
        if missing and not allow_partial:
            detail = f"{missing} units are not placed, which only allow_partial permits"
            self._note(ViolationKind.PARTIAL_NOT_ALLOWED, detail)
        incomplete = PlanStatus.PARTIAL if self.placed else PlanStatus.NONE
        status = incomplete if missing else PlanStatus.COMPLETE
        if plan.status != status:
            counts = f"{len(self.placed)} units are placed and {missing} are not"
            detail = f"status must be {status}, since {counts}, got {plan.status!s:.80}"
            self._note(ViolationKind.WRONG_STATUS, detail)

    def _line(self, entry: object, kind: type[Placement | UnpackedUnit], parcel_index: int | None) -> Item | None:
        """Return the line of the unit that an entry names, or None after recording why there is no such unit."""
        if not isinstance(entry, kind):
            self._note(ViolationKind.MALFORMED, f"must be a {kind.__name__}, got {entry!r:.80}", parcel_index)
            return None
        line = self.lines.get(entry.line_id) if isinstance(entry.line_id, str) else None
        if line is None:
            self._note(ViolationKind.UNKNOWN_LINE, f"the order has no line {entry.line_id!r:.80}", parcel_index)
            return None
        index = entry.unit_index
        if type(index) is not int or not 0 <= index < line.quantity:
            detail = f"unit index must be from 0 to {line.quantity - 1}, got {index!r:.80}"
            self._note(ViolationKind.UNKNOWN_UNIT, f"line {line.line_id!r}: {detail}", parcel_index)
            return None
        return line

    def _note(
        self, kind: ViolationKind, detail: str, parcel_index: int | None = None, unit: UnitId | None = None
    ) -> None:
        self.violations.append(PlanViolation(kind, detail, parcel_index, *(unit or (None, None))))


def read_units(case: ParcelCase, account: UnitAccount) -> Iterator[PlanViolation]:
    """Enter the units of a parcel in the account and in its case, and yield the units that are not as declared.

    A placement whose numbers do not make a cuboid is reported and not entered.
    """
    for step, placement in enumerate(listed(case.parcel.placements), 1):
        account.stop.look()
        line = account.place(placement, case.index)
        if line is None or not isinstance(placement, Placement):
            continue
        corner, (length, width, height) = placement.corner_um, placement.extent_um
        kept = (placement.half_gap_um, placement.wall_margin_um)
        numbers = (*corner, length, width, height, *kept)
        if (
            set(map(type, numbers)) != {int}
            or min(numbers) < -_LIMIT_UM
            or max(numbers) > _LIMIT_UM
            or min(length, width, height) <= 0
            or min(kept) < 0
        ):
            detail = f"corner, extents, half-gap and margin must be whole um in range, got {numbers!r:.200}"
            unit = (placement.line_id, placement.unit_index)
            yield PlanViolation(ViolationKind.INVALID_NUMBER, detail, case.index, *unit)
            continue
        inner = inner_box_of(case, placement, line) if placement.inner_box_type_id else None
        item = line if inner is None else inner.carton
        envelope = envelope_of(len(case.envelopes), step, placement, item, inner)
        case.envelopes.append(envelope)
        for kind, detail in _not_as_declared(placement, item, envelope.extents_um):
            yield case.broken(kind, detail, envelope)


def _not_as_declared(placement: Placement, item: Item, extents_um: Size) -> Iterator[tuple[ViolationKind, str]]:
    orientation, half_gap_um = placement.orientation, placement.half_gap_um
    if orientation not in item.orientations:
        allowed = ", ".join(item.orientations)
        yield ViolationKind.ORIENTATION_NOT_ALLOWED, f"orientation must be one of {allowed}, got {orientation!s:.80}"
        if orientation not in ALL_ORIENTATIONS:
            return
    turned = orientation if type(orientation) is Orientation else Orientation(orientation)
    if item.soft_goods is not None:
        shape_um = unturned(turned, extents_um, half_gap_um)
        yield from _wrong_shape(item.edges_um, item.soft_goods, placement.folds, shape_um)
        return
    if type(placement.folds) is not int or placement.folds != 0:
        yield ViolationKind.WRONG_SHAPE, f"folds must be 0 for a rigid unit, got {placement.folds!r:.20}"
    length, width, height = turned.rotate(*item.edges_um)
    both = 2 * half_gap_um
    expected = (length + both, width + both, height + both)
    if extents_um != expected:
        cushioned = f" with a half-gap of {mm(half_gap_um)} on each side" if half_gap_um else ""
        detail = f"extents must be {mm(*expected)} as {orientation!s}{cushioned}, got {mm(*extents_um)}"
        yield ViolationKind.WRONG_EXTENTS, detail


def _wrong_shape(flat_um: Size, soft: SoftGoods, folds: object, shape_um: Size) -> Iterator[tuple[ViolationKind, str]]:
    """Yield the errors in the shape of soft goods; ``flat_um`` is their unfolded size without pressure."""
    if type(folds) is not int or not 0 <= folds <= soft.max_folds:
        yield ViolationKind.WRONG_SHAPE, f"folds must be from 0 to {soft.max_folds}, got {folds!r:.20}"
        return
    sides = [flat_um[0], flat_um[1]]
    for _ in range(folds):
        longer = 0 if sides[0] >= sides[1] else 1
        sides[longer] -= sides[longer] // 2
    layers = 2**folds
    if [*shape_um[:2]] != sides:
        detail = f"must be {mm(*sides)} long and wide, folded {folds} times, got {mm(*shape_um[:2])}"
        yield ViolationKind.WRONG_EXTENTS, detail
    least = flat_um[2] if soft.min_thickness_um is None else soft.min_thickness_um
    if not least * layers <= shape_um[2] <= flat_um[2] * layers:
        limits = f"{mm(least * layers)} to {mm(flat_um[2] * layers)}"
        detail = f"must be {limits} thick, folded {folds} times, got {mm(shape_um[2])}"
        yield ViolationKind.WRONG_SHAPE, detail


def moved(premises: Premises) -> Iterator[PlanViolation]:
    """Yield started parcels that are missing, and parcels that differ from the started parcels that they name.

    The units of a started parcel must come first in the pack sequence, in the same order and places. Units without
    positions only need to be in the parcel.
    """
    given_by_id = {started.started_parcel_id: started for started in premises.started}
    seen: set[str] = set()
    broken = partial(PlanViolation, ViolationKind.STARTED_PARCEL)
    for index, parcel in enumerate(listed(premises.plan.parcels)):
        if not isinstance(parcel, Parcel) or parcel.started_parcel_id == "":
            continue
        name = parcel.started_parcel_id
        given = given_by_id.get(name) if isinstance(name, str) else None
        if given is None:
            yield broken(f"started_parcel_id must name a started parcel, got {name!r:.80}", index)
            continue
        if name in seen:
            yield broken(f"started_parcel_id must be unique, {name!r:.80} is repeated", index)
        seen.add(name)
        if parcel.box_type_id != given.box_type_id:
            must = f"must be {given.box_type_id!r:.80}, as in started parcel {name!r:.80}"
            yield broken(f"box type {must}, got {parcel.box_type_id!r:.80}", index)
        there = [_position(unit) for unit in listed(parcel.placements)]
        by_name = without_positions(given.placements)
        named = {repr(position[:1]) for position in there} if by_name else set()  # ids may be unhashable
        for step, unit in enumerate(given.placements):
            position = _position(unit)
            stays = repr(position[:1]) in named if by_name else there[step : step + 1] == [position]
            if not stays:
                where = "" if by_name else f" at step {step + 1}"
                detail = f"must stay where it was in started parcel {name!r:.80}{where}"
                yield broken(detail, index, unit.line_id, unit.unit_index)
    for started in premises.started:
        if started.placements and started.started_parcel_id not in seen:
            yield broken(f"started parcel {started.started_parcel_id!r:.80} is not in the plan", None)


def _position(unit: object) -> tuple[object, ...]:
    """Return the id of a unit, followed by its position in um, orientation and shape."""
    if not isinstance(unit, Placement):
        return ()
    where = (unit.corner_um, unit.extent_um, unit.orientation, unit.half_gap_um, unit.folds, unit.wall_margin_um)
    return (unit.line_id, unit.unit_index), *where


def wrong_groups(account: UnitAccount, *, whole: bool) -> Iterator[PlanViolation]:
    """Yield keep-together groups in several parcels, and parcels with several keep-apart groups.

    With ``whole``, a group is also split if only some of its units are in a parcel.
    """
    together: dict[str, dict[int | None, UnitId]] = defaultdict(dict)
    apart: dict[int, dict[str, UnitId]] = defaultdict(dict)
    for line in account.lines.values():
        account.stop.look()
        for index in range(line.quantity) if line.keep_together_group or line.keep_apart_group else ():
            unit = (line.line_id, index)
            parcel = account.placed.get(unit)
            if line.keep_together_group and (whole or parcel is not None):
                together[line.keep_together_group].setdefault(parcel, unit)
            if line.keep_apart_group and parcel is not None:
                apart[parcel].setdefault(line.keep_apart_group, unit)
    for group, where in together.items():
        if len(where) > 1:
            (one, unit), (other, second) = list(where.items())[:2]
            places = " and ".join("in no parcel" if index is None else f"in parcel {index}" for index in (one, other))
            detail = f"units of keep-together group {group!r} are {places}"
            yield PlanViolation(ViolationKind.GROUP_SPLIT, detail, None, *unit, other_unit=second)
    for holder, groups in apart.items():
        if len(groups) > 1:
            (name, unit), (beside, second) = list(groups.items())[:2]
            detail = f"holds units of keep-apart groups {name!r} and {beside!r}"
            yield PlanViolation(ViolationKind.GROUPS_MIXED, detail, holder, *unit, other_unit=second)
