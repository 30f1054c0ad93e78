"""Units: every ordered one is in exactly one parcel, or unpacked with a reason."""

from boxwright.checking.listed import listed
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.domain.order import DimensionStatus, Item, Order
from boxwright.domain.plan import Parcel, Placement, Plan, PlanStatus, UnpackedReason, UnpackedUnit
from boxwright.stop import NEVER, Stop

UnitId = tuple[str, int]
Judged = list[tuple[int, Placement, Item]]
"""Placements that name an ordered unit for the first time, each with its step (from 1) and line, in pack sequence."""


class UnitAccount:
    """The book of an order's units: each is entered once, as placed or as unpacked.

    Only the first placement of each ordered unit is judged further, so that the work is bounded by the order, which
    is limited, and not by the plan.

    Parameters
    ----------
    order : Order
        Whose units are counted.
    stop : Stop, optional
        Ends the check. Default: nothing does.
    """

    def __init__(self, order: Order, stop: Stop = NEVER) -> None:
        self.stop = stop
        self.lines = {line.line_id: line for line in order.lines}
        self.placed: dict[UnitId, int] = {}
        self.unpacked: set[UnitId] = set()
        self.violations: list[PlanViolation] = []

    def enter_parcel(self, index: int, parcel: Parcel) -> Judged:
        """Enter the placements of a parcel; return those to be judged further."""
        judged: Judged = []
        for step, placement in enumerate(listed(parcel.placements), 1):
            self.stop.look()
            if not isinstance(placement, Placement):
                self._note(ViolationKind.MALFORMED, f"a placement is {placement!r:.80}", index)
                continue
            line = self._line(placement, index)
            if line is None:
                continue
            unit = (placement.line_id, placement.unit_index)
            if unit in self.placed:
                detail = f"placed again, first in parcel {self.placed[unit]}"
                if line.quantity > 1:
                    detail += f"; units of a line differ by unit_index, 0 to {line.quantity - 1}"
                self._note(ViolationKind.DUPLICATE_UNIT, detail, index, unit)
                continue
            self.placed[unit] = index
            if line.dimension_status is DimensionStatus.MISSING:
                detail = "its dimensions are missing, so that no one knows what space it takes"
                self._note(ViolationKind.MISSING_DIMENSIONS, detail, index, unit)
                continue
            judged.append((step, placement, line))
        return judged

    def enter_unpacked(self, plan: Plan) -> None:
        """Enter the units that the plan lists as unpacked."""
        for entry in listed(plan.unpacked):
            self.stop.look()
            if not isinstance(entry, UnpackedUnit):
                self._note(ViolationKind.MALFORMED, f"an unpacked unit is {entry!r:.80}")
                continue
            if self._line(entry, None) is None:
                continue
            unit = (entry.line_id, entry.unit_index)
            if unit in self.unpacked:
                self._note(ViolationKind.DUPLICATE_UNIT, "listed as unpacked again", None, unit)
            elif unit in self.placed:
                detail = f"listed as unpacked, and placed in parcel {self.placed[unit]}"
                self._note(ViolationKind.PACKED_AND_UNPACKED, detail, None, unit)
            self.unpacked.add(unit)
            if entry.reason not in tuple(UnpackedReason):
                self._note(ViolationKind.NO_REASON, f"reason {entry.reason!r:.80} is unknown", None, unit)
            elif not isinstance(entry.rule, str) or not entry.rule.strip():
                self._note(ViolationKind.NO_REASON, "the rule that bound is not named", None, unit)

    def close(self, plan: Plan, *, allow_partial: bool) -> None:
        """Compare the book with the order, and the plan's status with the book."""
        missing = 0
        for line in self.lines.values():
            self.stop.look()
            for index in range(line.quantity):
                unit = (line.line_id, index)
                if unit not in self.placed:
                    missing += 1
                    if unit not in self.unpacked:
                        self._note(ViolationKind.LOST_UNIT, "neither placed nor listed as unpacked", None, unit)
        status = PlanStatus.COMPLETE
        if missing:
            status = PlanStatus.PARTIAL if self.placed else PlanStatus.NONE
            if not allow_partial:
                stay = "unit stays" if missing == 1 else "units stay"
                detail = f"{missing} {stay} out and the policy does not allow a partial plan"
                self._note(ViolationKind.PARTIAL_NOT_ALLOWED, detail)
        if plan.status != status:
            detail = f"says {plan.status!s:.80}, but {len(self.placed)} units are placed and {missing} are not"
            self._note(ViolationKind.WRONG_STATUS, detail)

    def _line(self, entry: Placement | UnpackedUnit, parcel_index: int | None) -> Item | None:
        line = self.lines.get(entry.line_id) if isinstance(entry.line_id, str) else None
        if line is None:
            detail = f"the order has no line {entry.line_id!r:.80}"
            self._note(ViolationKind.UNKNOWN_LINE, detail, parcel_index)
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
        line_id, unit_index = unit or (None, None)
        self.violations.append(PlanViolation(kind, detail, parcel_index, line_id, unit_index))
