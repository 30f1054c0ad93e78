"""Judges a catalog without storing it."""

from boxwright.catalog import catalog_warnings
from boxwright.contract.catalog import catalog_to_wire
from boxwright.contract.warning import warnings_to_wire
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.findings import Findings
from boxwright.server.sent_catalog import catalog_of
from boxwright.server.shelf import Shelf
from boxwright.stop import NEVER, Stop
from boxwright.v1 import catalog_service_pb2 as messages

MAX_TOML_BYTES = 4 * 1024 * 1024
"""Longest catalog file, in bytes, as the contract says."""


def validate_catalog(
    request: messages.ValidateCatalogRequest, shelf: Shelf, stop: Stop = NEVER
) -> messages.ValidateCatalogResponse:
    """Return every fault of a catalog, or the catalog as read.

    Raises
    ------
    InvalidInputError
        If the request holds no catalog, or its text is too long.
    """
    found = Findings()
    source = request.WhichOneof("source")
    if source is None:
        found.add("", "must hold catalog or toml")
    if len(request.toml.encode()) > MAX_TOML_BYTES:
        found.limit("toml", f"must have at most {MAX_TOML_BYTES} bytes, got {len(request.toml.encode())}")
    found.raise_any()
    try:
        catalog = catalog_of(request, shelf.materials, stop)
    except InvalidInputError as error:
        return messages.ValidateCatalogResponse(faults=_faults(error.violations))
    message = catalog_to_wire(catalog, shelf.materials, loaded=False)
    return messages.ValidateCatalogResponse(
        valid=True,
        warnings=warnings_to_wire(catalog_warnings(catalog), loaded=False),
        catalog=message,
    )


def _faults(violations: tuple[FieldViolation, ...]) -> list[messages.CatalogFault]:
    return [messages.CatalogFault(field=each.field, rule=each.rule) for each in violations]
