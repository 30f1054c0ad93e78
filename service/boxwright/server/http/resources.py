"""Which GET path reads which resource, as ``google.api.http`` declares it in the contract."""

import json
import re
from collections.abc import Sequence

from google.api import annotations_pb2
from google.longrunning import operations_pb2

from boxwright.v1 import catalog_service_pb2, packing_service_pb2

READS = {
    method.GetOptions().Extensions[annotations_pb2.http].get: method
    for service in (
        catalog_service_pb2.DESCRIPTOR.services_by_name["CatalogService"],
        packing_service_pb2.DESCRIPTOR.services_by_name["PackingService"],
        operations_pb2.DESCRIPTOR.services_by_name["Operations"],
    )
    for method in service.methods
    if method.GetOptions().Extensions[annotations_pb2.http].get
}
"""Path, such as ``/v1/{name=catalogs/*}``, and the method that answers it."""


def _pattern(path: str) -> re.Pattern[str]:
    """Return what a path looks like, with the fields of the request that it holds as groups."""
    named = re.sub(r"\{(\w+)=(.*?)\}", r"(?P<\1>\2)", path.replace("*", "[^/]+"))
    return re.compile(named.replace("[^/]+[^/]+", ".+"))


_PATTERNS = [(_pattern(path), method) for path, method in READS.items()]


def asked(path: str, query: Sequence[tuple[str, str]]) -> tuple[str, bytes] | None:
    """Return the method that a GET asks and its request in JSON; None where there is no such resource.

    A field that is given twice stands there twice, so that the reader refuses it.

    Parameters
    ----------
    path : str
        Such as ``/v1/catalogs/hall``.
    query : sequence of (str, str)
        Fields of the request, such as ``pageSize``.
    """
    for pattern, method in _PATTERNS:
        if found := pattern.fullmatch(path):
            given = (*query, *found.groupdict().items())
            content = ",".join(f"{json.dumps(key)}:{json.dumps(value)}" for key, value in given)
            return f"{method.containing_service.full_name}/{method.name}", f"{{{content}}}".encode()
    return None
