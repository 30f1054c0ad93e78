"""Paths of planning's fields as a PackRequest calls them."""

import re
from typing import Any

from boxwright.contract.policy import PATHS as POLICY_PATHS
from boxwright.domain.order import Order
from boxwright.findings import renamed

WIRE_NAMES = {
    "lines": "order.lines",
    "profiles": "accounting_profiles",
    "alternatives": "alternative_count",
    "policy.emissions_basis.profile_id": "policy.emissions_basis.accounting_profile",
    **{f"policy.{own}": f"policy.{path}" for own, path in POLICY_PATHS.items()},
    "lane.destination_country": "lane.destination.country_code",
}
"""Paths of planning that the request calls otherwise."""
_ENTRY = re.compile(r"\w+\[\d+\]")
_EDGE = re.compile(r"lines\[(\d+)\]\.((?:length|width|height)_mm)")


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
    return renamed(order_path(field, order), WIRE_NAMES)


def order_path(field: str, order: Order | None) -> str:
    """Return the path in the contract's Order of a field of planning; one of anything else as it is."""
    if not field.startswith("lines["):
        return field
    if order is not None and (edge := _EDGE.fullmatch(field)):
        shape = "cuboid" if order.lines[int(edge[1])].soft_goods is None else "soft_goods"
        return f"lines[{edge[1]}].{shape}.dimensions.{edge[2]}"
    return field.replace("material_id", "material") if ".sales_packaging." in field else field
