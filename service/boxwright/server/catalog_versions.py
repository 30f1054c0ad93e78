"""Versions of catalogs, on their way out."""

from boxwright.contract.names import catalog_name, read_name
from boxwright.findings import Findings
from boxwright.server.catalog_writes import Call, CatalogWrites
from boxwright.server.current import Current
from boxwright.server.deflated import unpacked
from boxwright.server.keeping import Keeping
from boxwright.server.paging import page
from boxwright.server.written import stamp_version
from boxwright.v1 import catalog_pb2
from boxwright.v1 import catalog_service_pb2 as messages

BY_HASH = "sha256:"


class CatalogVersions:
    """Reads versions from the store.

    Parameters
    ----------
    keeping : Keeping
        The store, if there is one.
    writes : CatalogWrites
        Reads what was written.
    current : Current
        Catalogs by now.
    """

    def __init__(self, keeping: Keeping, writes: CatalogWrites, current: Current) -> None:
        self._keeping = keeping
        self._writes = writes
        self._current = current

    async def get(self, name: str, call: Call) -> catalog_pb2.Catalog:
        """Return a version by its name: a revision, or a content hash as plans state it.

        Raises
        ------
        StoreOffError, StoreError
            If there is no store, or it fails.
        InvalidInputError
            If the name is none; UnknownResourceError if it names nothing.
        """
        store = self._keeping.store
        found = Findings()
        parts = read_name(name, "catalogs/{catalog}@{version}", found, "name")
        found.raise_any()
        assert parts is not None  # else it has noted a finding
        catalog_id, _, version = parts[0].rpartition("@")
        if version.startswith(BY_HASH):
            kept = await self._keeping.read(store.read.catalog, version)
            if kept is not None and kept.catalog_id == catalog_id:
                message = catalog_pb2.Catalog.FromString(unpacked(kept.content))
                message.name = name
                return message
        for each in await self._keeping.read(store.read.versions.of, catalog_id):
            if version in (str(each.revision), each.catalog_hash):
                whole = await self._keeping.read(store.read.versions.one, catalog_id, each.revision)
                if whole is None:  # deleted since
                    break
                message = await self._writes.read(whole, call)
                stamp_version(message, whole)
                return message
        found.unknown("name", f"names no version that is kept, got {name!r:.160}; {self._kept(catalog_id)}")
        found.raise_any()
        raise AssertionError  # never reached: there is a finding

    def _kept(self, catalog_id: str) -> str:
        """Return where versions of a catalog are to be found."""
        shelf, name = self._current.shelf, catalog_name(catalog_id)[:80]
        if catalog_id not in shelf.catalogs or catalog_id in shelf.versions:
            return f"ListCatalogVersions lists those of {name}"
        kept = "others are kept for stored plans alone, by their hash"
        return f"{name} comes from a file: its one version that is served has no name but this, and {kept}"

    async def list(self, request: messages.ListCatalogVersionsRequest) -> messages.ListCatalogVersionsResponse:
        """Return a page of the versions of a catalog, newest first.

        Raises
        ------
        StoreOffError, StoreError
            If there is no store, or it fails.
        InvalidInputError
            If the request breaks a rule; UnknownResourceError if there never was such a catalog.
        """
        store = self._keeping.store
        found = Findings()
        parts = read_name(request.parent, "catalogs/{catalog}", found, "parent")
        found.raise_any()
        assert parts is not None  # else it has noted a finding
        versions = await self._keeping.read(store.read.versions.of, parts[0])
        if not versions and parts[0] not in self._current.shelf.catalogs:
            found.unknown("parent", f"names no catalog that is kept, got {request.parent!r:.120}")
        newest = versions[0].revision if versions else 0
        shown, token = page(versions, request, found, of=str(newest))
        found.raise_any()
        answer = messages.ListCatalogVersionsResponse(next_page_token=token, total_size=len(versions))
        for each in shown:
            message = answer.catalogs.add(catalog_id=each.catalog_id, version=each.version, hash=each.catalog_hash)
            stamp_version(message, each)
        return answer
