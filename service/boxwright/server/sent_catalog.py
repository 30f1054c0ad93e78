"""A catalog that was sent to be judged or written: as a message or as the text of a file."""

from boxwright.catalog import Materials, load_catalog_text
from boxwright.contract.catalog import read_catalog
from boxwright.domain.box import Catalog
from boxwright.findings import Findings
from boxwright.stop import NEVER, Stop
from boxwright.v1 import catalog_service_pb2 as messages


def catalog_of(request: messages.ValidateCatalogRequest, materials: Materials, stop: Stop = NEVER) -> Catalog:
    """Return the catalog that a request holds.

    Raises
    ------
    InvalidInputError
        With every rule that it breaks.
    """
    if request.WhichOneof("source") == "toml":
        return load_catalog_text(request.toml, materials=materials)
    found = Findings(stop=stop)
    read = read_catalog(request.catalog, materials, found)
    found.raise_any()
    assert read is not None  # None has noted a finding, raised above
    return read
