"""Catalogs that are written over the wire: judged, kept, and served before the answer; and what they were before."""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from google.protobuf import empty_pb2

from boxwright.contract.names import catalog_name, ids_in, site_name
from boxwright.domain.site import NAME_RULE, is_name
from boxwright.errors import FieldViolation, InvalidInputError, UnknownResourceError
from boxwright.findings import Findings
from boxwright.server.asked import Asked
from boxwright.server.caller import answer_by
from boxwright.server.current import Current
from boxwright.server.deflated import unpacked
from boxwright.server.keeping import Keeping
from boxwright.server.paging import page
from boxwright.server.reloading import Reloader
from boxwright.server.repeats import RepeatableCall
from boxwright.server.workers.pool import Workers
from boxwright.server.written import (
    CatalogExistsError,
    CatalogInUseError,
    CatalogReadOnlyError,
    EtagMismatchError,
    content_of,
    etag_of,
    source_of,
    stamp_current,
    stamp_version,
)
from boxwright.store import CatalogBusyError, Entry, StoreError, VersionRecord, VersionTakenError
from boxwright.v1 import catalog_pb2
from boxwright.v1 import catalog_service_pb2 as messages

Answer = TypeVar("Answer", catalog_pb2.Catalog, empty_pb2.Empty)

TRIES = 5
"""How often a write is tried anew where others write the same catalog meanwhile."""

BY_HASH = "sha256:"

Decide = Callable[[VersionRecord | None], tuple[VersionRecord | None, Answer]]
"""From the newest revision of a catalog to the one to write, None where nothing is to be, and the answer."""


@dataclass(frozen=True)
class Call:
    """Who calls what, and until when there is time."""

    who: str
    method: str
    deadline_s: float


class CatalogWrites:
    """Writes catalogs, and reads their revisions.

    Each method raises StoreOffError or StoreError where there is no store, or it fails; InvalidInputError where the
    request or its catalog breaks rules, UnknownResourceError where it names nothing; and the errors of ``written``.

    Parameters
    ----------
    keeping : Keeping
        The store, if there is one.
    current : Current
        What is served.
    workers : Workers
        Judge catalogs.
    reloader : Reloader
        Serves what was written.
    """

    def __init__(self, keeping: Keeping, current: Current, workers: Workers, reloader: Reloader) -> None:
        self._keeping = keeping
        self._current = current
        self._workers = workers
        self._reloader = reloader

    async def create(
        self, request: messages.CreateCatalogRequest, call: Call, repeated: RepeatableCall | None
    ) -> catalog_pb2.Catalog:
        """Write a new catalog; return it as it is served."""
        source = messages.CreateCatalogRequest()
        source.CopyFrom(request)
        judged = await self._sent(source, request, call)

        def decide(last: VersionRecord | None) -> tuple[VersionRecord | None, catalog_pb2.Catalog]:
            self._check_absent(judged.catalog_id, last)
            return _next(last, source, judged)

        return await self._write(judged.catalog_id, decide, request, repeated)

    async def update(
        self, request: messages.UpdateCatalogRequest, call: Call, repeated: RepeatableCall | None
    ) -> catalog_pb2.Catalog:
        """Write a catalog in place of another; return it as it is served."""
        source, etag = await self._update_of(request)
        judged = await self._sent(source, request, call)
        name = judged.catalog_id

        def decide(last: VersionRecord | None) -> tuple[VersionRecord | None, catalog_pb2.Catalog]:
            if not request.allow_missing or (last is not None and not last.deleted):
                self._check_there(name, last, "toml" if request.HasField("toml") else "catalog.catalog_id")
                _check_etag(etag, last)
            else:
                self._check_absent(name, last)
            self._check_boxes(judged)
            return _next(last, source, judged)

        return await self._write(name, decide, request, repeated)

    async def delete(
        self, request: messages.DeleteCatalogRequest, call: Call, repeated: RepeatableCall | None
    ) -> empty_pb2.Empty:
        """Delete a catalog."""
        name = ids_in(request.name, "catalogs/{catalog}")[0]

        def decide(last: VersionRecord | None) -> tuple[VersionRecord | None, empty_pb2.Empty]:
            self._check_there(name, last, "name")
            _check_etag(request.etag, last)
            self._check_unused(name)
            assert last is not None  # checked above
            return VersionRecord(name, last.revision + 1, _now_us(), True, "", "", b""), empty_pb2.Empty()

        return await self._write(name, decide, request, repeated)

    async def revision(self, name: str, call: Call) -> catalog_pb2.Catalog:
        """Return a revision by its name, with a number or the content hash that plans state, as data of now read it."""
        store = self._keeping.store
        catalog_id, _, wanted = ids_in(name, "catalogs/{catalog}@{revision}")[0].rpartition("@")
        if wanted.startswith(BY_HASH):
            kept = await self._keeping.read(store.read.catalog, wanted)
            if kept is not None and kept.catalog_id == catalog_id:
                message = catalog_pb2.Catalog.FromString(unpacked(kept.content))
                message.name = name
                return message
        for version in await self._keeping.read(store.read.versions.of, catalog_id):
            if wanted in (str(version.revision), version.catalog_hash):
                whole = await self._keeping.read(store.read.versions.one, catalog_id, version.revision)
                if whole is None:  # deleted since
                    break
                message = await self._judged(source_of(whole), call)
                stamp_version(message, whole)
                return message
        served = self._current.dataset.catalogs
        from_file = catalog_id in served and catalog_id not in self._current.dataset.versions
        why = "it comes from a file: only what stored plans need is kept, by its hash" if from_file else "list them"
        raise _unknown("name", f"names no revision that is kept, got {name!r:.160}; {why}")

    async def revisions(self, request: messages.ListCatalogRevisionsRequest) -> messages.ListCatalogRevisionsResponse:
        """Return a page of the revisions of a catalog, newest first."""
        store = self._keeping.store
        name = ids_in(request.parent, "catalogs/{catalog}", "parent")[0]
        versions = await self._keeping.read(store.read.versions.of, name)
        if not versions and name not in self._current.dataset.catalogs:
            raise _unknown("parent", f"names no catalog that is kept, got {request.parent!r:.120}")
        found = Findings()
        shown, token = page(versions, request, found, of=str(versions[0].revision if versions else 0))
        found.raise_any()
        answer = messages.ListCatalogRevisionsResponse(next_page_token=token, total_size=len(versions))
        for version in shown:
            message = answer.catalogs.add(catalog_id=name, version=version.version, hash=version.catalog_hash)
            stamp_version(message, version)
        return answer

    async def _update_of(self, request: messages.UpdateCatalogRequest) -> tuple[messages.CreateCatalogRequest, str]:
        """Return what an update is to write, with fields that its mask leaves as they were sent last; and its etag."""
        source = messages.CreateCatalogRequest()
        if request.HasField("toml"):
            source.toml = request.toml
        elif request.HasField("catalog"):
            source.catalog.CopyFrom(request.catalog)
        found = Findings()
        stated = {etag for etag in (request.etag, request.catalog.etag) if etag}
        if len(stated) > 1:
            rule = f"must be that of the catalog, {request.catalog.etag!r:.80}, or empty, got {request.etag!r:.80}"
            found.add("etag", rule)
        etag, mask = "".join(stated), request.update_mask
        if mask.paths and list(mask.paths) != ["*"]:
            if not request.HasField("catalog") or not mask.IsValidForDescriptor(catalog_pb2.Catalog.DESCRIPTOR):
                found.add("update_mask", f"must name fields of catalog, got {', '.join(mask.paths)!r:.120}")
            found.raise_any()
            last = await self._keeping.read(self._keeping.store.read.versions.last, request.catalog.catalog_id)
            if last is not None and not last.deleted:
                source = source_of(last)
                if source.HasField("toml"):
                    found.add("update_mask", "must be absent: the catalog was last sent as TOML")
                mask.MergeMessage(request.catalog, source.catalog, True, True)
                etag = etag or etag_of(last)  # so that nobody writes meanwhile
        found.raise_any()
        return source, etag

    async def _sent(self, source: messages.CreateCatalogRequest, request: Any, call: Call) -> catalog_pb2.Catalog:
        """Return a catalog that was sent as it is read, of a name that may be written."""
        if not request.validate_only:
            _ = self._keeping.store
        judged = await self._judged(source, call)
        if not is_name(judged.catalog_id):
            field = f"{source.WhichOneof('source')}.catalog_id"
            raise InvalidInputError([FieldViolation(field, f"{NAME_RULE}; got {judged.catalog_id!r:.120}")])
        return judged

    async def _judged(self, source: messages.CreateCatalogRequest, call: Call) -> catalog_pb2.Catalog:
        """Return a catalog as it is read, by a worker."""
        asked = Asked("ReadCatalog", source.SerializeToString(), answer_by(call.deadline_s))
        answered = await self._workers.ask(asked, caller=call.who, deadline_s=call.deadline_s)
        return catalog_pb2.Catalog.FromString(answered.data)

    async def _write(
        self, catalog_id: str, decide: Decide[Answer], request: Any, call: RepeatableCall | None
    ) -> Answer:
        """Keep a revision, with the answer for who repeats the call, and serve it; return the answer."""
        only_validated = getattr(request, "validate_only", False)
        if only_validated and not self._keeping.on:
            return decide(None)[1]
        store = self._keeping.store
        for _ in range(TRIES):
            last = await self._keeping.read(store.read.versions.last, catalog_id)
            version, answer = decide(last)
            if only_validated:
                return answer
            if version is None:
                if call is not None:
                    with contextlib.suppress(StoreError):  # a repeated call would change nothing either
                        await self._keeping.write(Entry(answer=call.record(answer=answer)), must=False)
                return answer
            record = None if call is None else call.record(answer=answer)
            try:
                await self._keeping.write(Entry(version=version, answer=record))
            except VersionTakenError:
                continue
            await self._reloader.take_up(catalog_id, version.revision)
            return answer
        raise CatalogBusyError(f"others write {catalog_name(catalog_id)} all the time; it was not written")

    def _is_file(self, catalog_id: str) -> bool:
        files = self._reloader.files
        return catalog_id in files.shipped or catalog_id in files.own

    def _check_absent(self, catalog_id: str, last: VersionRecord | None) -> None:
        if last is not None and not last.deleted:
            raise CatalogExistsError(f"{catalog_name(catalog_id)} exists: UpdateCatalog replaces it")
        if self._is_file(catalog_id):
            raise CatalogExistsError(
                f"{catalog_name(catalog_id)} exists and comes from a file: take another identifier"
            )

    def _check_there(self, catalog_id: str, last: VersionRecord | None, field: str) -> None:
        if last is not None and not last.deleted:
            return
        if self._is_file(catalog_id):
            rule = "comes from a file and is read-only here: change the file, or write a catalog of another identifier"
            raise CatalogReadOnlyError(f"{catalog_name(catalog_id)} {rule}")
        raise _unknown(field, f"names no catalog that was written over the wire, got {catalog_id!r:.120}")

    def _check_unused(self, catalog_id: str) -> None:
        files = self._reloader.files
        users = [site_name(site.site_id) for site in files.sites if site.catalog_id == catalog_id]
        if files.settings.default_catalog == catalog_id:
            users.append("the setting default_catalog")
        if users:
            raise CatalogInUseError(f"{catalog_name(catalog_id)} is in use by {', '.join(users[:10])}")

    def _check_boxes(self, judged: catalog_pb2.Catalog) -> None:
        boxes = {box.box_type_id for box in judged.box_types}
        lacking = [
            f"{counted.box_type_id!r} of {site_name(site.site_id)}"
            for site in self._reloader.files.sites
            if site.catalog_id == judged.catalog_id
            for counted in site.availability
            if counted.box_type_id not in boxes
        ]
        if lacking:
            rule = "box types are in use, and the new revision lacks them"
            raise CatalogInUseError(f"{catalog_name(judged.catalog_id)}: {rule}: {', '.join(lacking[:10])}")


def _next(
    last: VersionRecord | None, source: messages.CreateCatalogRequest, judged: catalog_pb2.Catalog
) -> tuple[VersionRecord | None, catalog_pb2.Catalog]:
    """Return the revision after the last one, None where it says the same, and the message of what then holds."""
    content = content_of(source)
    answer = catalog_pb2.Catalog()
    answer.CopyFrom(judged)
    for box in answer.box_types:
        box.name = f"{catalog_name(judged.catalog_id)}/boxTypes/{box.box_type_id}"
    for dunnage in answer.dunnage:
        dunnage.name = f"{catalog_name(judged.catalog_id)}/dunnage/{dunnage.dunnage_id}"
    if last is not None and not last.deleted and last.content == content:
        stamp_current(answer, last)
        return None, answer
    revision = last.revision + 1 if last else 1
    version = VersionRecord(judged.catalog_id, revision, _now_us(), False, judged.version, judged.hash, content)
    stamp_current(answer, version)
    return version, answer


def _unknown(field: str, rule: str) -> UnknownResourceError:
    return UnknownResourceError([FieldViolation(field, rule)])


def _check_etag(etag: str, last: VersionRecord | None) -> None:
    if etag and last is not None and etag != etag_of(last):
        name = catalog_name(last.catalog_id)
        raise EtagMismatchError(
            f"{name} was written since it was read: its etag is {etag_of(last)!r}, got {etag!r:.80}"
        )


def _now_us() -> int:
    return time.time_ns() // 1_000
