"""Checks that each unit is in one parcel, as declared and with its group, or unpacked with a reason."""

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
    """The account of an order's units: each must be placed once, or listed as unpacked once.

    Only the first placement of a unit is checked further, so the order bounds the work, whatever the plan holds.
    """

    def __init__(self, order: Order, stop: Stop = NEVER) -> None:
        self.stop = stop
        self.lines = {line.line_id: line for line in order.lines}
        self.placed: dict[UnitId, int] = {}
        self.unpacked: set[UnitId] = set()
        self.violations: list[PlanViolation] = []

    def place(self, placement: object, parcel_index: int) -> Item | None:
        """Enter a placement; return its line if it is to be checked further."""
        line = self._line(placement, Placement, parcel_index)
        if line is None or not isinstance(placement, Placement):
            return None
        unit = (placement.line_id, placement.unit_index)
        if unit in self.placed:
            detail = f"placed again, first in parcel {self.placed[unit]}"
            if line.quantity > 1:
                detail += f"; units of a line differ by unit_index, 0 to {line.quantity - 1}"
            self._note(ViolationKind.DUPLICATE_UNIT, detail, parcel_index, unit)
            return None
        self.placed[unit] = parcel_index
        if line.dimension_status is DimensionStatus.MISSING:
            detail = "its dimensions are missing, so its position cannot be checked"
            self._note(ViolationKind.MISSING_DIMENSIONS, detail, parcel_index, unit)
            return None
        return line

    def close(self, plan: Plan, *, allow_partial: bool) -> None:
        """Enter the unpacked units, and compare the account with the order and the status."""
        for entry in listed(plan.unpacked):
            self.stop.look()
            if self._line(entry, UnpackedUnit, None) is None or not isinstance(entry, UnpackedUnit):
                continue
            unit = (entry.line_id, entry.unit_index)
            if unit in self.unpacked:
                self._note(ViolationKind.DUPLICATE_UNIT, "listed as unpacked again", None, unit)
            elif unit in self.placed:
                detail = f"listed as unpacked, but placed in parcel {self.placed[unit]}"
                self._note(ViolationKind.PACKED_AND_UNPACKED, detail, None, unit)
            self.unpacked.add(unit)
            if entry.reason not in tuple(UnpackedReason):
                self._note(ViolationKind.NO_REASON, f"reason {entry.reason!r:.80} is unknown", None, unit)
            elif not isinstance(entry.message, str) or not entry.message.strip():
                self._note(ViolationKind.NO_REASON, "message does not name a rule", None, unit)
        missing = 0
        for line in self.lines.values():
            self.stop.look()
            for index in range(line.quantity):
                unit = (line.line_id, index)
                if unit not in self.placed:
                    missing += 1
                    if unit not in self.unpacked:
                        self._note(ViolationKind.LOST_UNIT, "neither placed nor listed as unpacked", None, unit)
        if missing and not allow_partial:
            detail = f"{missing} units are not placed; allow_partial would permit this"
            self._note(ViolationKind.PARTIAL_NOT_ALLOWED, detail)
        incomplete = PlanStatus.PARTIAL if self.placed else PlanStatus.NONE
        status = incomplete if missing else PlanStatus.COMPLETE
        if plan.status != status:
            detail = f"status is {plan.status!s:.80}, but {len(self.placed)} units are placed and {missing} are not"
            self._note(ViolationKind.WRONG_STATUS, detail)

    def _line(self, entry: object, kind: type[Placement | UnpackedUnit], parcel_index: int | None) -> Item | None:
        """Return the line of the unit that an entry names; if there is none, record a violation."""
        if not isinstance(entry, kind):
            self._note(ViolationKind.MALFORMED, f"{entry!r:.80} is no {kind.__name__}", parcel_index)
            return None
        line = self.lines.get(entry.line_id) if isinstance(entry.line_id, str) else None
        if line is None:
            self._note(ViolationKind.UNKNOWN_LINE, f"the order has no line {entry.line_id!r:.80}", parcel_index)
            return None
        index = entry.unit_index
        if type(index) is not int or not 0 <= index < line.quantity:
            detail = f"unit index {index!r:.80} is not from 0 to {line.quantity - 1}"
            self._note(ViolationKind.UNKNOWN_UNIT, f"line {line.line_id!r}: {detail}", parcel_index)
            return None
        return line

    def _note(
        self, kind: ViolationKind, detail: str, parcel_index: int | None = None, unit: UnitId | None = None
    ) -> None:
        self.violations.append(PlanViolation(kind, detail, parcel_index, *(unit or (None, None))))


def read_units(case: ParcelCase, account: UnitAccount) -> Iterator[PlanViolation]:
    """Enter the units of a parcel in the account and in its case, and yield those that are not as declared.

    Placements whose numbers do not make a cuboid are reported and skipped.
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
            detail = f"corner, extents, half-gap and margin {numbers!r:.200} must be whole um in range"
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
        yield ViolationKind.ORIENTATION_NOT_ALLOWED, f"{orientation!s:.80} is not one of {allowed}"
        if orientation not in ALL_ORIENTATIONS:
            return
    turned = orientation if type(orientation) is Orientation else Orientation(orientation)
    if item.soft_goods is not None:
        shape_um = unturned(turned, extents_um, half_gap_um)
        yield from _wrong_shape(item.edges_um, item.soft_goods, placement.folds, shape_um)
        return
    if type(placement.folds) is not int or placement.folds != 0:
        yield ViolationKind.WRONG_SHAPE, f"folded {placement.folds!r:.20} times, and it is rigid"
    length, width, height = turned.rotate(*item.edges_um)
    both = 2 * half_gap_um
    expected = (length + both, width + both, height + both)
    if extents_um != expected:
        cushioned = f" with a half-gap of {mm(half_gap_um)} on each side" if half_gap_um else ""
        detail = f"extents {mm(*extents_um)}, but the goods take {mm(*expected)} as {orientation!s}{cushioned}"
        yield ViolationKind.WRONG_EXTENTS, detail


def _wrong_shape(flat_um: Size, soft: SoftGoods, folds: object, shape_um: Size) -> Iterator[tuple[ViolationKind, str]]:
    """Yield the errors in the shape of soft goods; ``flat_um`` is their size lying flat and without pressure."""
    if type(folds) is not int or not 0 <= folds <= soft.max_folds:
        yield ViolationKind.WRONG_SHAPE, f"folded {folds!r:.20} times, at most {soft.max_folds} allowed"
        return
    sides = [flat_um[0], flat_um[1]]
    for _ in range(folds):
        longer = 0 if sides[0] >= sides[1] else 1
        sides[longer] -= sides[longer] // 2
    layers = 2**folds
    if [*shape_um[:2]] != sides:
        detail = f"{mm(*shape_um[:2])} long and wide, must be {mm(*sides)}, folded {folds} times"
        yield ViolationKind.WRONG_EXTENTS, detail
    least = flat_um[2] if soft.min_thickness_um is None else soft.min_thickness_um
    if not least * layers <= shape_um[2] <= flat_um[2] * layers:
        limits = f"from {mm(least * layers)} to {mm(flat_um[2] * layers)}"
        detail = f"{mm(shape_um[2])} thick, must be {limits}, folded {folds} times"
        yield ViolationKind.WRONG_SHAPE, detail


def moved(premises: Premises) -> Iterator[PlanViolation]:
    """Yield started parcels that are missing, and parcels that differ from the started ones that they name.

    The units of a started parcel must come first in the pack sequence, in their order and place. Without positions,
    they only need to be in the parcel.
    """
    given_by_id = {each.started_parcel_id: each for each in premises.started}
    seen: set[str] = set()
    broken = partial(PlanViolation, ViolationKind.STARTED_PARCEL)
    for index, parcel in enumerate(listed(premises.plan.parcels)):
        if not isinstance(parcel, Parcel) or parcel.started_parcel_id == "":
            continue
        name = parcel.started_parcel_id
        given = given_by_id.get(name) if isinstance(name, str) else None
        if given is None:
            yield broken(f"started_parcel_id {name!r:.80} is not a started parcel", index)
            continue
        if name in seen:
            yield broken(f"another parcel has started_parcel_id {name!r:.80} too", index)
        seen.add(name)
        if parcel.box_type_id != given.box_type_id:
            started_in = f"parcel {name!r:.80} was started in {given.box_type_id!r:.80}"
            yield broken(f"box type is {parcel.box_type_id!r:.80}, {started_in}", index)
        there = [_position(unit) for unit in listed(parcel.placements)]
        by_name = without_positions(given.placements)
        named = {repr(position[:1]) for position in there} if by_name else set()  # ids may be unhashable
        for step, unit in enumerate(given.placements):
            position = _position(unit)
            stays = repr(position[:1]) in named if by_name else there[step : step + 1] == [position]
            if not stays:
                where = "" if by_name else f" at step {step + 1}"
                detail = f"must stay in started parcel {name!r:.80}{where}, where it was"
                yield broken(detail, index, unit.line_id, unit.unit_index)
    for started in premises.started:
        if started.placements and started.started_parcel_id not in seen:
            yield broken(f"started parcel {started.started_parcel_id!r:.80} is not in the plan", None)


def _position(unit: object) -> tuple[object, ...]:
    """Return the id of a unit, then its position in um, orientation and shape."""
    if not isinstance(unit, Placement):
        return ()
    where = (unit.corner_um, unit.extent_um, unit.orientation, unit.half_gap_um, unit.folds, unit.wall_margin_um)
    return (unit.line_id, unit.unit_index), *where


def wrong_groups(account: UnitAccount, *, whole: bool) -> Iterator[PlanViolation]:
    """Yield keep-together groups in several parcels, and parcels with several keep-apart groups.

    With ``whole``, units in no parcel count as being elsewhere.
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
