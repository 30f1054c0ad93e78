"""Where a number comes from, and what an answer was computed with."""

from boxwright.catalog import Materials
from boxwright.domain.box import Catalog
from boxwright.server.wire.names import catalog_name
from boxwright.v1 import provenance_pb2


def source_to_wire(
    citation: str,
    *,
    verified: bool,
    url: str = "",
    year: str = "",
    region: str = "",
    boundary: str = "",
    licence: str = "",
    data_quality: str = "",
) -> provenance_pb2.Source:
    """Return the message of a source; a year that is not one number is left out."""
    return provenance_pb2.Source(
        citation=citation,
        url=url,
        year=int(year) if year.isdecimal() else 0,
        region=region,
        boundary=boundary,
        licence=licence,
        data_quality=data_quality,
        verified=verified,
    )


def versions_to_wire(materials: Materials, catalog: Catalog | None = None) -> provenance_pb2.Versions:
    """Return the versions of the data, and of a loaded catalog where one is meant."""
    versions = provenance_pb2.Versions(data_version=materials.version, data_hash=materials.content_hash)
    if catalog is not None:
        versions.catalog = catalog_name(catalog.catalog_id)
        versions.catalog_version = catalog.version
        versions.catalog_hash = catalog.content_hash
    return versions
