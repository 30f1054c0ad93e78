"""Why an order cannot be packed whole, as a detail of an error."""

from collections import Counter
from collections.abc import Sequence

from boxwright.contract.enums import UNPACKED_REASON
from boxwright.contract.geometry import dimensions_to_wire
from boxwright.domain.plan import UnpackedReason, UnpackedUnit
from boxwright.errors import printable
from boxwright.v1 import errors_pb2

MAX_LISTED = 50
"""Most entries of the detail of an error, as the contract says."""


def causes(
    unpacked: Sequence[UnpackedUnit],
) -> Counter[tuple[str, UnpackedReason, str, tuple[int, int, int] | None]]:
    """Return how many units stayed out by line, reason, rule and the inside that they need."""
    return Counter((unit.line_id, unit.reason, unit.message, unit.required_inner_um) for unit in unpacked)


def incomplete_to_wire(order_id: str, unpacked: Sequence[UnpackedUnit]) -> errors_pb2.IncompletePlanDetail:
    """Return the detail of an order whose units stayed out."""
    ordered = sorted(causes(unpacked).items(), key=lambda cause: (-cause[1], cause[0][0]))
    return errors_pb2.IncompletePlanDetail(
        order_id=printable(order_id),
        lines=[
            errors_pb2.UnpackedLine(
                line_id=printable(line_id),
                quantity=count,
                reason=UNPACKED_REASON.to_wire(reason),
                message=printable(rule),
                required_inner=dimensions_to_wire(required) if required else None,
            )
            for (line_id, reason, rule, required), count in ordered[:MAX_LISTED]
        ],
        unpacked_unit_count=len(unpacked),
        truncated=len(ordered) > MAX_LISTED,
    )
