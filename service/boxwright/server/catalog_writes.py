"""Catalogs that are written over the wire: judged, kept, and served before the answer."""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from google.protobuf import empty_pb2

from boxwright.contract.names import catalog_name, read_name, site_name
from boxwright.domain.site import NAME_RULE, is_name
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.findings import Findings
from boxwright.server.asked import Asked
from boxwright.server.caller import answer_by
from boxwright.server.catalog_faults import (
    CatalogExistsError,
    CatalogInUseError,
    CatalogReadOnlyError,
    EtagMismatchError,
)
from boxwright.server.current import Current
from boxwright.server.effort import VALIDATE_S_PER_BYTE
from boxwright.server.keeping import Keeping
from boxwright.server.reloading import Reloader
from boxwright.server.repeats import RepeatableCall
from boxwright.server.workers import Workers
from boxwright.server.written import content_of, etag_of, source_of, stamp_current
from boxwright.store import CatalogBusyError, Entry, StoreError, VersionRecord, VersionTakenError
from boxwright.v1 import catalog_pb2
from boxwright.v1 import catalog_service_pb2 as messages

Answer = TypeVar("Answer", catalog_pb2.Catalog, empty_pb2.Empty)

TRIES = 5
"""How often a write is tried anew where others write the same catalog meanwhile."""

Decide = Callable[[VersionRecord | None], tuple[VersionRecord | None, Answer]]
"""From the newest version of a catalog to the one to write, None where nothing is to be, and the answer."""


@dataclass(frozen=True)
class Call:
    """Who calls what, and until when there is time."""

    who: str
    method: str
    deadline_s: float


class CatalogWrites:
    """Writes catalogs.

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
        """Write a new catalog; return it as it is served.

        Raises
        ------
        StoreOffError, StoreError
            If there is no store, or it fails.
        InvalidInputError
            If the catalog breaks rules.
        CatalogExistsError
            If there is one of its identifier.
        """
        source, judged = await self._sent(request, call)

        def decide(last: VersionRecord | None) -> tuple[VersionRecord | None, catalog_pb2.Catalog]:
            self._check_absent(judged.catalog_id, last)
            return _next(last, source, judged)

        return await self._write(judged.catalog_id, decide, repeated)

    async def update(
        self, request: messages.UpdateCatalogRequest, call: Call, repeated: RepeatableCall | None
    ) -> catalog_pb2.Catalog:
        """Write a catalog in place of another; return it as it is served.

        Raises
        ------
        StoreOffError, StoreError
            If there is no store, or it fails.
        InvalidInputError
            If the catalog breaks rules; UnknownResourceError if there is none to replace.
        CatalogReadOnlyError, CatalogInUseError, EtagMismatchError
            As their names say.
        """
        etag = _etag(request)
        source, judged = await self._sent(request, call)
        name = judged.catalog_id

        def decide(last: VersionRecord | None) -> tuple[VersionRecord | None, catalog_pb2.Catalog]:
            if not request.allow_missing or (last is not None and not last.deleted):
                self._check_there(name, last, "toml" if request.HasField("toml") else "catalog.catalog_id")
                _check_etag(etag, last)
            else:
                self._check_absent(name, last)
            self._check_boxes(judged)
            return _next(last, source, judged)

        return await self._write(name, decide, repeated)

    async def delete(
        self, request: messages.DeleteCatalogRequest, call: Call, repeated: RepeatableCall | None
    ) -> empty_pb2.Empty:
        """Delete a catalog.

        Raises
        ------
        StoreOffError, StoreError
            If there is no store, or it fails.
        InvalidInputError
            If the name is none; UnknownResourceError if it names nothing.
        CatalogReadOnlyError, CatalogInUseError, EtagMismatchError
            As their names say.
        """
        _ = self._keeping.store
        found = Findings()
        parts = read_name(request.name, "catalogs/{catalog}", found, "name")
        found.raise_any()
        assert parts is not None  # else it has noted a finding
        name = parts[0]

        def decide(last: VersionRecord | None) -> tuple[VersionRecord | None, empty_pb2.Empty]:
            self._check_there(name, last, "name")
            _check_etag(request.etag, last)
            self._check_unused(name)
            assert last is not None  # checked above
            return VersionRecord(name, last.revision + 1, _now_us(), True, "", "", b""), empty_pb2.Empty()

        return await self._write(name, decide, repeated)

    async def read(self, version: VersionRecord, call: Call) -> catalog_pb2.Catalog:
        """Return the catalog of a version, as data of now read it.

        Raises
        ------
        InvalidInputError
            With every rule that it breaks with them.
        """
        return await self._judged(source_of(version), call)

    async def _sent(
        self, request: messages.CreateCatalogRequest | messages.UpdateCatalogRequest, call: Call
    ) -> tuple[messages.ValidateCatalogRequest, catalog_pb2.Catalog]:
        """Return a catalog as it was sent and as it is read."""
        _ = self._keeping.store
        source = messages.ValidateCatalogRequest()
        if request.HasField("toml"):
            source.toml = request.toml
        elif request.HasField("catalog"):
            source.catalog.CopyFrom(request.catalog)
        judged = await self._judged(source, call)
        if not is_name(judged.catalog_id):
            field = "toml.catalog_id" if request.HasField("toml") else "catalog.catalog_id"
            raise InvalidInputError([FieldViolation(field, f"{NAME_RULE}; got {judged.catalog_id!r:.120}")])
        return source, judged

    async def _judged(self, source: messages.ValidateCatalogRequest, call: Call) -> catalog_pb2.Catalog:
        """Return a catalog as it is read, by a worker."""
        asked = Asked("ValidateCatalog", source.SerializeToString(), answer_by(call.deadline_s))
        effort_s = source.ByteSize() * VALIDATE_S_PER_BYTE
        data = (await self._workers.ask(asked, caller=call.who, effort_s=effort_s, deadline_s=call.deadline_s)).data
        answer = messages.ValidateCatalogResponse.FromString(data)
        if not answer.valid:
            place = source.WhichOneof("source")
            raise InvalidInputError([FieldViolation(f"{place}.{each.field}", each.rule) for each in answer.faults])
        return answer.catalog

    async def _write(self, catalog_id: str, decide: Decide[Answer], call: RepeatableCall | None) -> Answer:
        """Keep a version, with the answer for who repeats the call, and serve it; return the answer."""
        store = self._keeping.store
        for _ in range(TRIES):
            last = await self._keeping.read(store.read.versions.last, catalog_id)
            version, answer = decide(last)
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
        found = Findings()
        found.unknown(field, f"names no catalog that was written over the wire, got {catalog_id!r:.120}")
        found.raise_any()

    def _check_unused(self, catalog_id: str) -> None:
        files = self._reloader.files
        users = [site_name(each.site_id) for each in files.sites if each.catalog_id == catalog_id]
        if files.settings.default_catalog == catalog_id:
            users.append("the setting default_catalog")
        if users:
            raise CatalogInUseError(f"{catalog_name(catalog_id)} is in use by {', '.join(users[:10])}")

    def _check_boxes(self, judged: catalog_pb2.Catalog) -> None:
        boxes = {each.box_type_id for each in judged.box_types}
        lacking = [
            f"{each.box_type_id!r} of {site_name(site.site_id)}"
            for site in self._reloader.files.sites
            if site.catalog_id == judged.catalog_id
            for each in site.availability
            if each.box_type_id not in boxes
        ]
        if lacking:
            rule = "box types are in use, and the new version lacks them"
            raise CatalogInUseError(f"{catalog_name(judged.catalog_id)}: {rule}: {', '.join(lacking[:10])}")


def _next(
    last: VersionRecord | None, source: messages.ValidateCatalogRequest, judged: catalog_pb2.Catalog
) -> tuple[VersionRecord | None, catalog_pb2.Catalog]:
    """Return the version after the last one, None where it says the same, and the message of what then holds."""
    content = content_of(source)
    answer = catalog_pb2.Catalog()
    answer.CopyFrom(judged)
    for box in answer.box_types:
        box.name = f"{catalog_name(judged.catalog_id)}/boxTypes/{box.box_type_id}"
    for each in answer.dunnage:
        each.name = f"{catalog_name(judged.catalog_id)}/dunnage/{each.dunnage_id}"
    if last is not None and not last.deleted and last.content == content:
        stamp_current(answer, last)
        return None, answer
    revision = last.revision + 1 if last else 1
    version = VersionRecord(judged.catalog_id, revision, _now_us(), False, judged.version, judged.hash, content)
    stamp_current(answer, version)
    return version, answer


def _etag(request: messages.UpdateCatalogRequest) -> str:
    """Return the etag that a request states, itself or in its catalog."""
    stated = {each for each in (request.etag, request.catalog.etag) if each}
    if len(stated) > 1:
        rule = f"must be that of the catalog, {request.catalog.etag!r:.80}, or empty, got {request.etag!r:.80}"
        raise InvalidInputError([FieldViolation("etag", rule)])
    return stated.pop() if stated else ""


def _check_etag(etag: str, last: VersionRecord | None) -> None:
    if etag and last is not None and etag != etag_of(last):
        name = catalog_name(last.catalog_id)
        raise EtagMismatchError(
            f"{name} was written since it was read: its etag is {etag_of(last)!r}, got {etag!r:.80}"
        )


def _now_us() -> int:
    return time.time_ns() // 1_000
