"""Reads catalogs that were written over the API, and converts them to and from their stored form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from boxwright.catalog import Materials, catalog_warnings, load_catalog_text
from boxwright.contract.catalog import catalog_to_wire, read_catalog
from boxwright.contract.faults import warnings_to_wire
from boxwright.domain.box import Catalog
from boxwright.findings import Findings
from boxwright.server.stored.plan_record import packed, unpacked
from boxwright.stop import NEVER, Stop
from boxwright.store import VersionRecord
from boxwright.v1 import catalog_pb2
from boxwright.v1 import catalog_service_pb2 as messages

if TYPE_CHECKING:
    from boxwright.store.reader import Reader

MAX_TOML_BYTES = 4 * 1024 * 1024
"""Maximum length of a catalog's TOML text, in bytes, as the contract says."""

HASH_DIGITS = 12
"""Number of digits of the content hash in an etag."""


@dataclass(frozen=True)
class Written:
    """Catalogs in the store at one time."""

    versions: tuple[VersionRecord, ...] = ()
    """The current version of each catalog."""
    newest: Mapping[str, int] = field(default_factory=dict)
    """Newest revision of each catalog, including deleted ones."""
    unread: bool = False
    """True if the store could not be read."""

    @classmethod
    def read(cls, kept: "Reader") -> "Written":
        """Read the catalogs of a store; raises StoreError."""
        newest = kept.versions.newest()  # read first, so that a later write shows as a change at the next check
        return cls(tuple(kept.versions.current()), newest)


def catalog_of(source: messages.CreateCatalogRequest, materials: Materials, stop: Stop = NEVER) -> Catalog:
    """Return the catalog in a message or in TOML text.

    Raises InvalidInputError with every rule that it breaks, under the fields that were sent.
    """
    found = Findings(stop=stop)
    read = None
    if source.HasField("catalog"):
        read = read_catalog(source.catalog, materials, found.at("catalog"))
    elif not source.HasField("toml"):
        found.add("", "must hold catalog or toml")
    elif (size := len(source.toml.encode())) > MAX_TOML_BYTES:
        found.limit("toml", f"must have at most {MAX_TOML_BYTES} bytes, got {size}")
    else:
        read = found.at("toml").attempt(load_catalog_text, source.toml, materials=materials)
    found.raise_any()
    assert read is not None  # otherwise a finding was raised above
    return read


def validated(source: messages.CreateCatalogRequest, materials: Materials, stop: Stop) -> catalog_pb2.Catalog:
    """Return a catalog as read, with derived sizes, tares, hash and warnings."""
    return shown(catalog_of(source, materials, stop), materials, loaded=False)


def shown(catalog: Catalog, materials: Materials, *, loaded: bool) -> catalog_pb2.Catalog:
    """Return the message of a catalog with its warnings. With ``loaded`` it has resource names, since it is served."""
    message = catalog_to_wire(catalog, materials, loaded=loaded)
    message.warnings.extend(warnings_to_wire(catalog_warnings(catalog), loaded=False))
    return message


def content_of(source: messages.CreateCatalogRequest) -> bytes:
    """Return the stored form of a sent catalog, without fields that the service sets."""
    kept = messages.CreateCatalogRequest()
    kept.CopyFrom(source)
    kept.ClearField("request_id")
    kept.ClearField("validate_only")
    kept.DiscardUnknownFields()  # unknown fields may have any size
    if kept.WhichOneof("source") == "catalog":
        for name in ("name", "hash", "etag", "revision", "revision_create_time", "warnings"):
            kept.catalog.ClearField(name)
    return packed(kept.SerializeToString(deterministic=True))


def source_of(version: VersionRecord) -> messages.CreateCatalogRequest:
    """Return a catalog as it was sent."""
    return messages.CreateCatalogRequest.FromString(unpacked(version.content))


def etag_of(version: VersionRecord) -> str:
    """Return the etag of a catalog's current version."""
    return f"{version.revision}-{version.catalog_hash.removeprefix('sha256:')[:HASH_DIGITS]}"


def stamp_current(message: catalog_pb2.Catalog, version: VersionRecord) -> None:
    """Set the name, revision and etag of a catalog's current version in its message."""
    stamp_version(message, version)
    message.name = f"catalogs/{version.catalog_id}"
    message.etag = etag_of(version)


def stamp_version(message: catalog_pb2.Catalog, version: VersionRecord) -> None:
    """Set name, revision and time of a version in a message."""
    message.name = f"catalogs/{version.catalog_id}@{version.revision}"
    message.revision = version.revision
    message.revision_create_time.FromMicroseconds(version.create_us)
