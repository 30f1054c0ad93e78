"""Messages of warnings, violations and unpacked units, and the request paths of their fields."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from boxwright.contract.enums import UNPACKED_REASON
from boxwright.contract.lane import LANE
from boxwright.contract.order import line_path
from boxwright.contract.policy import POLICY
from boxwright.contract.values import dimensions_to_wire
from boxwright.domain.order import Order
from boxwright.domain.plan import UnpackedReason, UnpackedUnit
from boxwright.domain.warning import PlanWarning
from boxwright.errors import printable
from boxwright.findings import renamed
from boxwright.v1 import constraint_pb2, errors_pb2, placement_pb2, provenance_pb2

if TYPE_CHECKING:
    from boxwright.checking import PlanViolation  # it loads the checker, which loads the engine

WIRE_NAMES = {
    "lines": "order.lines",
    "profiles": "accounting_profiles",
    "alternatives": "alternative_count",
    "lane.destination_country": "lane.destination.country_code",
}
"""Request paths by planning path, where they differ."""
MAX_LISTED = 50
"""Maximum number of entries in the detail of an error, as in the contract."""

_ENTRY = re.compile(r"\w+\[\d+\]")
_LINE = re.compile(r"lines\[(\d+)\]\.(.+)")


def of_contract(path: str, kind: Any) -> str:
    """Return a path in a message; ``?`` replaces the first name that the contract lacks and all names after it."""
    known: list[str] = []
    for part in path.split(".") if path else ():
        name = part.partition("[")[0]
        if kind is None or not (name in kind.fields_by_name or name in kind.oneofs_by_name):
            return ".".join((*known, "?"))
        known.append(part if _ENTRY.fullmatch(part) else name)
        field = kind.fields_by_name.get(name)
        kind = None if field is None else field.message_type
    return ".".join(known)


def wire_path(field: str, order: Order | None = None) -> str:
    """Return the PackRequest path of a planning path; the paths of order lines include the shape."""
    head, _, rest = field.partition(".")
    codec: Any = {"policy": POLICY, "lane": LANE}.get(head) if field not in WIRE_NAMES else None
    return f"{head}.{codec.path(rest)}" if codec and rest else renamed(order_path(field, order), WIRE_NAMES)


def order_path(field: str, order: Order | None) -> str:
    """Return the path in an Order of a planning path about a line; other paths unchanged."""
    line = _LINE.fullmatch(field)
    if line is None or order is None:
        return field
    shape = "cuboid" if order.lines[int(line[1])].soft_goods is None else "soft_goods"
    return f"lines[{line[1]}].{line_path(shape, line[2])}"


def warnings_to_wire(
    warnings: Iterable[PlanWarning], *, loaded: bool, path: str = "", order: Order | None = None
) -> list[provenance_pb2.Warning]:
    """Return the messages of warnings; ``path`` is a prefix of their fields.

    If the catalog is ``loaded``, warnings about its boxes name the field ``catalog``.
    """
    made = []
    for warning in warnings:
        head, dot, rest = warning.field.partition(".")
        of_catalog = "catalog" if loaded else f"inline_catalog{dot}{rest}"
        field = wire_path(of_catalog if head == "catalog" else warning.field, order)
        field = f"{path}.{field}" if path and field else field
        made.append(
            provenance_pb2.Warning(code=warning.code, field=field, message=warning.message, count=warning.count)
        )
    return made


def violation_to_wire(violation: PlanViolation) -> constraint_pb2.Violation:
    """Return the message of a rule that a plan breaks."""
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


def causes(
    unpacked: Sequence[UnpackedUnit],
) -> Counter[tuple[str, UnpackedReason, str, tuple[int, int, int] | None]]:
    """Return the number of unpacked units by line, reason, rule and required inner size."""
    return Counter((unit.line_id, unit.reason, unit.message, unit.required_inner_um) for unit in unpacked)


def incomplete_to_wire(order_id: str, unpacked: Sequence[UnpackedUnit]) -> errors_pb2.IncompletePlanDetail:
    """Return the error detail of an order with unpacked units."""
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
