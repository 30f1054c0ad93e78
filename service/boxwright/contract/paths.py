"""Paths of planning's fields as a PackRequest calls them."""

import re
from typing import Any

from boxwright.contract.lane import LANE
from boxwright.contract.order import line_path
from boxwright.contract.policy import POLICY
from boxwright.domain.order import Order
from boxwright.findings import renamed

WIRE_NAMES = {
    "lines": "order.lines",
    "profiles": "accounting_profiles",
    "alternatives": "alternative_count",
    "lane.destination_country": "lane.destination.country_code",
}
"""Paths of planning that the request calls otherwise."""
_ENTRY = re.compile(r"\w+\[\d+\]")
_LINE = re.compile(r"lines\[(\d+)\]\.(.+)")


def of_contract(path: str, kind: Any) -> str:
    """Return a path without the names that are not of the contract, which a caller chose: ``?`` stands for the first.

    Parameters
    ----------
    path : str
        Such as ``order.lines[0].mass_g``.
    kind : Descriptor
        Of the request.
    """
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
    """Return the path in a PackRequest of a field of planning, with the shape of the order line where it names one."""
    head, _, rest = field.partition(".")
    codec: Any = {"policy": POLICY, "lane": LANE}.get(head) if field not in WIRE_NAMES else None
    return f"{head}.{codec.path(rest)}" if codec and rest else renamed(order_path(field, order), WIRE_NAMES)


def order_path(field: str, order: Order | None) -> str:
    """Return the path in the contract's Order of a field of planning; one of anything else as it is."""
    line = _LINE.fullmatch(field)
    if line is None or order is None:
        return field
    shape = "cuboid" if order.lines[int(line[1])].soft_goods is None else "soft_goods"
    return f"lines[{line[1]}].{line_path(shape, line[2])}"
