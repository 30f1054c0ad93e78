"""What the checker finds, as messages."""

from boxwright.checking import PlanViolation
from boxwright.v1 import constraint_pb2, placement_pb2


def violation_to_wire(violation: PlanViolation) -> constraint_pb2.Violation:
    """Return the message of a broken rule of a plan."""
    units = [(violation.line_id, violation.unit_index or 0)] if violation.line_id is not None else []
    if violation.other_unit is not None:
        units.append(violation.other_unit)
    return constraint_pb2.Violation(
        constraint=constraint_pb2.Constraint.Value(f"CONSTRAINT_{violation.constraint.upper()}"),
        code=violation.kind.value.upper(),
        message=violation.detail,
        parcel_index=violation.parcel_index,
        units=[placement_pb2.UnitRef(line_id=line_id, unit_index=index) for line_id, index in units],
        step=violation.step,
    )
