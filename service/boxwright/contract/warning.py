"""Warnings, on their way out."""

from collections.abc import Iterable

from boxwright.contract.paths import wire_path
from boxwright.domain.order import Order
from boxwright.domain.warning import PlanWarning
from boxwright.v1 import provenance_pb2


def warnings_to_wire(
    warnings: Iterable[PlanWarning], *, loaded: bool, path: str = "", order: Order | None = None
) -> list[provenance_pb2.Warning]:
    """Return the messages of warnings.

    Parameters
    ----------
    warnings : iterable of PlanWarning
        With the paths of planning.
    loaded : bool
        Whether the catalog is one that the server loaded: then the request names it and has no field of its boxes.
    path : str, optional
        Path of the message in the request that planning's paths are below. Default: the request itself.
    order : Order, optional
        The order that the request holds, if any.
    """
    return [
        provenance_pb2.Warning(
            message=each.message, code=each.code, field=_field(each.field, loaded, path, order), count=each.count
        )
        for each in warnings
    ]


def _field(field: str, loaded: bool, path: str, order: Order | None) -> str:
    if field.partition(".")[0] == "catalog":
        field = "catalog" if loaded else f"inline_{field}"
    field = wire_path(field, order)
    return f"{path}.{field}" if path and field else field
