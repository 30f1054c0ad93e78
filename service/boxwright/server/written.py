"""Catalogs that were written over the wire, as the store has them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from boxwright.catalog import Materials
from boxwright.domain.box import Catalog
from boxwright.server.deflated import packed, unpacked
from boxwright.server.sent_catalog import catalog_of
from boxwright.store import VersionRecord
from boxwright.v1 import catalog_pb2
from boxwright.v1 import catalog_service_pb2 as messages

if TYPE_CHECKING:
    from boxwright.store.reader import Reader

HASH_DIGITS = 12
"""Digits of the content hash in an etag."""


@dataclass(frozen=True)
class Written:
    """What the store holds of catalogs at one time.

    Attributes
    ----------
    versions : tuple of VersionRecord
        Those that hold, one of each catalog.
    newest : mapping of str to int
        Number of the newest version of each catalog, those that were deleted included.
    unread : bool
        Whether the store could not be read: what it holds is not known.
    """

    versions: tuple[VersionRecord, ...] = ()
    newest: Mapping[str, int] = field(default_factory=dict)
    unread: bool = False

    @classmethod
    def read(cls, kept: "Reader") -> "Written":
        """Read what a store holds by now.

        Raises
        ------
        StoreError
            If it cannot be read.
        """
        newest = kept.versions.newest()  # first: what is written meanwhile is read with the next look
        return cls(tuple(kept.versions.current()), newest)


def content_of(source: messages.ValidateCatalogRequest) -> bytes:
    """Return what is stored of a catalog as it was sent, without what the service itself says of it."""
    kept = messages.ValidateCatalogRequest()
    kept.CopyFrom(source)
    kept.DiscardUnknownFields()  # nobody has measured them
    if kept.WhichOneof("source") == "catalog":
        for name in ("name", "hash", "etag", "revision", "revision_create_time"):
            kept.catalog.ClearField(name)
    return packed(kept.SerializeToString(deterministic=True))


def source_of(version: VersionRecord) -> messages.ValidateCatalogRequest:
    """Return a catalog as it was sent."""
    return messages.ValidateCatalogRequest.FromString(unpacked(version.content))


def read_version(version: VersionRecord, materials: Materials) -> Catalog:
    """Return the catalog of a version, read with data of now.

    Raises
    ------
    InvalidInputError
        With every rule that it breaks with them.
    """
    return catalog_of(source_of(version), materials)


def etag_of(version: VersionRecord) -> str:
    """Return the etag of a catalog whose current version this is."""
    return f"{version.revision}-{version.catalog_hash.removeprefix('sha256:')[:HASH_DIGITS]}"


def stamp_current(message: catalog_pb2.Catalog, version: VersionRecord) -> None:
    """Write into the message of a catalog which version it is, and its etag."""
    stamp_version(message, version)
    message.name = f"catalogs/{version.catalog_id}"
    message.etag = etag_of(version)


def stamp_version(message: catalog_pb2.Catalog, version: VersionRecord) -> None:
    """Write into a message which version it is."""
    message.name = f"catalogs/{version.catalog_id}@{version.revision}"
    message.revision = version.revision
    message.revision_create_time.FromMicroseconds(version.create_us)
