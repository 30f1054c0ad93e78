"""Warnings, on their way out."""

from collections.abc import Iterable

from boxwright.domain.warning import PlanWarning
from boxwright.server.wire.paths import wire_path
from boxwright.v1 import provenance_pb2


def warnings_to_wire(warnings: Iterable[PlanWarning], *, loaded: bool, path: str = "") -> list[provenance_pb2.Warning]:
    """Return the messages of warnings.

    Parameters
    ----------
    warnings : iterable of PlanWarning
        With the paths of planning.
    loaded : bool
        Whether the catalog is one that the server loaded: then the request names it and has no field of its boxes.
    path : str, optional
        Path of the message in the request that planning's paths are below. Default: the request itself.
    """
    return [
        provenance_pb2.Warning(
            message=each.text, code=each.code, field=_field(each.field, loaded, path), count=each.count
        )
        for each in warnings
    ]


def _field(field: str, loaded: bool, path: str) -> str:
    if field.partition(".")[0] == "catalog":
        field = "catalog" if loaded else f"inline_{field}"
    field = wire_path(field)
    return f"{path}.{field}" if path and field else field
