"""CatalogService: lists the data behind plans, and writes catalogs. A written catalog is served before the answer."""

import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from google.protobuf import empty_pb2, field_mask_pb2
from google.protobuf.message import Message

from boxwright.contract.masks import Tree, keep, read_mask
from boxwright.contract.names import catalog_name, ids_in, site_name
from boxwright.domain.site import NAME_RULE, is_name
from boxwright.errors import FieldViolation, InvalidInputError, UnknownResourceError
from boxwright.findings import Findings
from boxwright.server.access.auth import answer_by, caller, deadline_of, may_see
from boxwright.server.api.faults import CatalogExistsError, CatalogInUseError, CatalogReadOnlyError, EtagMismatchError
from boxwright.server.api.paging import page
from boxwright.server.api.repeats import RepeatableCall, Repeats
from boxwright.server.reloading import Current, Reloader, name_of
from boxwright.server.stored.keeping import Keeping
from boxwright.server.stored.plan_record import unpacked
from boxwright.server.stored.written import content_of, etag_of, source_of, stamp_current, stamp_version
from boxwright.server.workers.pool import Workers
from boxwright.server.workers.work import Work
from boxwright.store import AnswerRecord, CatalogBusyError, Entry, StoreError, VersionRecord, VersionTakenError
from boxwright.v1 import catalog_pb2, site_pb2
from boxwright.v1 import catalog_service_pb2 as messages
from boxwright.v1.catalog_service_pb2_grpc import CatalogServiceServicer

Listed = TypeVar("Listed", bound=Message)
Response = TypeVar("Response", bound=Message)
Answer = TypeVar("Answer", catalog_pb2.Catalog, empty_pb2.Empty)

TRIES = 5
"""Number of attempts at a write while other callers write the same catalog."""

BY_HASH = "sha256:"

Decided = tuple[VersionRecord | None, Answer]
"""The revision to write (None if nothing changes) and the answer."""

Decide = Callable[[VersionRecord | None], Decided[Answer]]
"""A function that decides from the newest revision of a catalog."""


def _read(kind: Callable[..., Any], pattern: str, offered: str, *left_out: str) -> tuple[Any, Any]:
    """Return a list method, which leaves heavy fields out, and a get method for one kind of resource."""

    async def list_(self: "CatalogService", request: Any, context: Any) -> Any:
        return self._listed(kind, getattr(self._current.offers, offered), request, *left_out)

    async def get(self: "CatalogService", request: Any, context: Any) -> Any:
        return _got(getattr(self._current.offers, offered), request, pattern)

    return list_, get


class CatalogService(CatalogServiceServicer):
    """Answers from the current dataset. Workers validate catalogs; the reloader serves written ones."""

    def __init__(self, current: Current, workers: Workers, keeping: Keeping, reloader: Reloader) -> None:
        self._current, self._workers, self._keeping, self._reloader = current, workers, keeping, reloader
        self._repeats = Repeats(0, 0, keeping, partial(keeping.metrics.count_repeat, "CatalogService"))

    async def ListCatalogs(self, request: messages.ListCatalogsRequest, context: Any) -> messages.ListCatalogsResponse:
        """List the loaded catalogs without their contents."""
        return self._listed(
            messages.ListCatalogsResponse, self._current.offers.catalogs, request, "box_types", "dunnage", "warnings"
        )

    async def GetCatalog(self, request: messages.GetCatalogRequest, context: Any) -> catalog_pb2.Catalog:
        """Read one catalog with its contents, as served or as of a revision."""
        if "@" in request.name:
            revision = await self._revision(request.name, context)
            return _masked(revision, _tree(revision, request.read_mask))
        return _got(self._current.offers.catalogs, request, "catalogs/{catalog}")

    ListMaterials, GetMaterial = _read(messages.ListMaterialsResponse, "materials/{material}", "materials")
    ListAccountingProfiles, GetAccountingProfile = _read(
        messages.ListAccountingProfilesResponse, "accountingProfiles/{profile}@{version}", "profiles", "coverage"
    )
    ListCarriers, GetCarrier = _read(messages.ListCarriersResponse, "carriers/{carrier}", "carriers")
    ListMarkets, GetMarket = _read(messages.ListMarketsResponse, "markets/{market}", "markets")

    async def ListSites(self, request: messages.ListSitesRequest, context: Any) -> messages.ListSitesResponse:
        """List the sites that the caller may use."""
        return self._listed(messages.ListSitesResponse, self._sites(), request)

    async def GetSite(self, request: messages.GetSiteRequest, context: Any) -> site_pb2.Site:
        """Read one site."""
        return _got(self._sites(), request, "sites/{site}")

    async def CreateCatalog(self, request: messages.CreateCatalogRequest, context: Any) -> catalog_pb2.Catalog:
        """Write a new catalog; return it as served."""

        async def write(call: RepeatableCall | None) -> catalog_pb2.Catalog:
            validated = await self._sent(request, request, context)

            def decide(last: VersionRecord | None) -> Decided[catalog_pb2.Catalog]:
                self._check_absent(validated.catalog_id, last)
                return _next(last, request, validated)

            return await self._keep(validated.catalog_id, decide, request, call)

        return await self._once("CreateCatalog", write, request, catalog_pb2.Catalog, context)

    async def UpdateCatalog(self, request: messages.UpdateCatalogRequest, context: Any) -> catalog_pb2.Catalog:
        """Replace a catalog; return it as served."""

        async def write(call: RepeatableCall | None) -> catalog_pb2.Catalog:
            source = messages.CreateCatalogRequest()
            if request.HasField("toml"):
                source.toml = request.toml
            elif request.HasField("catalog"):
                source.catalog.CopyFrom(request.catalog)
            validated = await self._sent(source, request, context)
            name = validated.catalog_id

            def decide(last: VersionRecord | None) -> Decided[catalog_pb2.Catalog]:
                if not request.allow_missing or _holds(last):
                    self._check_there(name, last, "toml" if request.HasField("toml") else "catalog.catalog_id")
                    _check_etag(request.etag, last)
                    _check_etag(request.catalog.etag, last)
                else:
                    self._check_absent(name, last)
                self._check_boxes(validated)
                return _next(last, source, validated)

            return await self._keep(name, decide, request, call)

        return await self._once("UpdateCatalog", write, request, catalog_pb2.Catalog, context)

    async def DeleteCatalog(self, request: messages.DeleteCatalogRequest, context: Any) -> empty_pb2.Empty:
        """Delete a catalog."""
        name = ids_in(request.name, "catalogs/{catalog}")[0]

        def decide(last: VersionRecord | None) -> Decided[empty_pb2.Empty]:
            self._check_there(name, last, "name")
            _check_etag(request.etag, last)
            users = [site_name(site.site_id) for site in self._reloader.files.sites if site.catalog_id == name]
            if self._reloader.files.settings.default_catalog == name:
                users.append("the setting default_catalog")
            if users:
                raise CatalogInUseError(f"{catalog_name(name)} is in use by {', '.join(users[:10])}")
            assert last is not None  # checked above
            return VersionRecord(name, last.revision + 1, _now_us(), True, "", "", b""), empty_pb2.Empty()

        async def write(call: RepeatableCall | None) -> empty_pb2.Empty:
            return await self._keep(name, decide, request, call)

        return await self._once("DeleteCatalog", write, request, empty_pb2.Empty, context)

    async def ListCatalogRevisions(
        self, request: messages.ListCatalogRevisionsRequest, context: Any
    ) -> messages.ListCatalogRevisionsResponse:
        """List the revisions of a catalog that was written over the API, newest first."""
        store = self._keeping.store
        name = ids_in(request.parent, "catalogs/{catalog}", "parent")[0]
        versions = await self._keeping.read(store.read.versions.of, name)
        if not versions and name not in self._current.dataset.catalogs:
            raise _unknown("parent", f"must name a stored catalog, got {request.parent!r:.120}")
        found = Findings()
        shown, token = page(versions, request, found)
        found.raise_any()
        answer = messages.ListCatalogRevisionsResponse(next_page_token=token, total_size=len(versions))
        for version in shown:
            message = answer.catalogs.add(catalog_id=name, version=version.version, hash=version.catalog_hash)
            stamp_version(message, version)
        return answer

    async def _revision(self, name: str, context: Any) -> catalog_pb2.Catalog:
        """Return a revision by its number or content hash, read with the present data."""
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
                record = await self._keeping.read(store.read.versions.one, catalog_id, version.revision)
                if record is None:  # deleted meanwhile
                    break
                message = await self._validated(source_of(record), context)
                stamp_version(message, record)
                return message
        served = self._current.dataset.catalogs
        from_file = catalog_id in served and catalog_id not in self._current.dataset.versions
        why = "it comes from a file: only its versions in stored plans are kept" if from_file else "list them"
        raise _unknown("name", f"must name a stored revision, got {name!r:.160}; {why}")

    async def _sent(self, source: messages.CreateCatalogRequest, request: Any, context: Any) -> catalog_pb2.Catalog:
        """Return a sent catalog after validation; its name must be one that may be written."""
        if not request.validate_only:
            _ = self._keeping.store
        validated = await self._validated(source, context)
        if not is_name(validated.catalog_id):
            field = f"{source.WhichOneof('source')}.catalog_id"
            raise InvalidInputError([FieldViolation(field, f"{NAME_RULE}; got {validated.catalog_id!r:.120}")])
        return validated

    async def _validated(self, source: messages.CreateCatalogRequest, context: Any) -> catalog_pb2.Catalog:
        deadline_s = deadline_of(context)
        work = Work("ReadCatalog", source.SerializeToString(), answer_by(deadline_s))
        answered = await self._workers.ask(work, caller=caller(context), deadline_s=deadline_s)
        return catalog_pb2.Catalog.FromString(answered.data)

    async def _once(
        self,
        method: str,
        write: Callable[[RepeatableCall | None], Awaitable[Answer]],
        request: Any,
        kind: type[Answer],
        context: Any,
    ) -> Answer:
        """Return the answer of a write, or the earlier answer if the call is a repeat."""
        call = RepeatableCall.of(caller(context), method, request, self._keeping.secret)

        async def restore(record: AnswerRecord) -> Answer:
            return kind.FromString(record.answer)

        return await self._repeats.answer(call, lambda: write(call), restore)

    async def _keep(self, catalog_id: str, decide: Decide[Answer], request: Any, call: RepeatableCall | None) -> Answer:
        """Store a revision together with the answer for repeated calls, serve it, and return the answer."""
        only_validated = getattr(request, "validate_only", False)
        if only_validated and not self._keeping.on:
            return decide(None)[1]
        store = self._keeping.store
        for _ in range(TRIES):
            version, answer = decide(await self._keeping.read(store.read.versions.last, catalog_id))
            if only_validated:
                return answer
            record = None if call is None else call.record(answer=answer)
            if version is None:
                if record is not None:
                    with contextlib.suppress(StoreError):  # a repeated call would also change nothing
                        await self._keeping.write(Entry(answer=record), must=False)
                return answer
            try:
                await self._keeping.write(Entry(version=version, answer=record))
            except VersionTakenError:
                continue
            await self._reloader.take_up(catalog_id, version.revision)
            return answer
        raise CatalogBusyError(
            f"{catalog_name(catalog_id)} was not written, since other callers keep writing it: try again later"
        )

    def _is_file(self, catalog_id: str) -> bool:
        return catalog_id in self._reloader.files.catalogs

    def _check_absent(self, catalog_id: str, last: VersionRecord | None) -> None:
        if _holds(last):
            raise CatalogExistsError(f"{catalog_name(catalog_id)} exists: UpdateCatalog replaces it")
        if self._is_file(catalog_id):
            rule = "exists and comes from a file: choose another identifier"
            raise CatalogExistsError(f"{catalog_name(catalog_id)} {rule}")

    def _check_there(self, catalog_id: str, last: VersionRecord | None, field: str) -> None:
        if _holds(last):
            return
        if self._is_file(catalog_id):
            rule = "comes from a file and is read-only here: change the file, or use another identifier"
            raise CatalogReadOnlyError(f"{catalog_name(catalog_id)} {rule}")
        raise _unknown(field, f"must name a catalog that was written over the API, got {catalog_id!r:.120}")

    def _check_boxes(self, validated: catalog_pb2.Catalog) -> None:
        boxes = {box.box_type_id for box in validated.box_types}
        lacking = [
            f"{counted.box_type_id!r} of {site_name(site.site_id)}"
            for site in self._reloader.files.sites
            if site.catalog_id == validated.catalog_id
            for counted in site.availability
            if counted.box_type_id not in boxes
        ]
        if lacking:
            rule = "sites use box types that are missing in the new revision"
            raise CatalogInUseError(f"{catalog_name(validated.catalog_id)}: {rule}: {', '.join(lacking[:10])}")

    def _sites(self) -> list[site_pb2.Site]:
        return [site for site in self._current.offers.sites if may_see(site.name.removeprefix("sites/"))]

    def _listed(
        self, kind: Callable[..., Response], entries: Sequence[Listed], request: Any, *left_out: str
    ) -> Response:
        """Return a page of entries, without heavy fields unless the mask names them."""
        tree: Tree = {}
        if left_out and entries and request.read_mask.paths:
            tree = _tree(entries[0], request.read_mask)
        elif left_out and entries:
            tree = {field.name: {} for field in entries[0].DESCRIPTOR.fields if field.name not in left_out}
        found, dataset = Findings(), self._current.dataset
        shown, token = page(
            entries,
            request,
            found,
            shown=lambda entry: _masked(entry, tree),
            most_bytes=dataset.settings.max_answer_bytes,
        )
        found.raise_any()
        answer = kind(next_page_token=token, total_size=len(entries), versions=self._current.offers.versions)
        getattr(answer, answer.DESCRIPTOR.fields[0].name).extend(shown)
        return answer


def _got(entries: Sequence[Listed], request: Any, pattern: str) -> Listed:
    ids_in(request.name, pattern)
    entry = next((entry for entry in entries if name_of(entry) == request.name), None)
    if entry is None:
        known = ", ".join(sorted(map(name_of, entries))) or "none"
        raise _unknown("name", f"must name an existing resource, got {request.name!r:.120}; known: {known}")
    return _masked(entry, _tree(entry, getattr(request, "read_mask", None)))


def _tree(entry: Message, mask: field_mask_pb2.FieldMask | None) -> Tree:
    found = Findings()
    tree = read_mask(mask or field_mask_pb2.FieldMask(), entry.DESCRIPTOR, found)
    found.raise_any()
    return tree


def _masked(entry: Listed, tree: Tree) -> Listed:
    if not tree:
        return entry
    kept = type(entry)()
    kept.CopyFrom(entry)
    keep(kept, tree)
    return kept


def _next(
    last: VersionRecord | None, source: messages.CreateCatalogRequest, validated: catalog_pb2.Catalog
) -> Decided[catalog_pb2.Catalog]:
    """Return the next revision, None if nothing changes, and the catalog's message after the write."""
    content = content_of(source)
    answer, name = catalog_pb2.Catalog(), catalog_name(validated.catalog_id)
    answer.CopyFrom(validated)
    for box in answer.box_types:
        box.name = f"{name}/boxTypes/{box.box_type_id}"
    for dunnage in answer.dunnage:
        dunnage.name = f"{name}/dunnage/{dunnage.dunnage_id}"
    if last is not None and _holds(last) and last.content == content:
        stamp_current(answer, last)
        return None, answer
    revision = last.revision + 1 if last else 1
    version = VersionRecord(
        validated.catalog_id, revision, _now_us(), False, validated.version, validated.hash, content
    )
    stamp_current(answer, version)
    return version, answer


def _holds(last: VersionRecord | None) -> bool:
    return last is not None and not last.deleted


def _unknown(field: str, rule: str) -> UnknownResourceError:
    return UnknownResourceError([FieldViolation(field, rule)])


def _check_etag(etag: str, last: VersionRecord | None) -> None:
    if etag and last is not None and etag != etag_of(last):
        name = catalog_name(last.catalog_id)
        raise EtagMismatchError(
            f"{name} was written after it was read: its etag is {etag_of(last)!r}, got {etag!r:.80}; read it again"
        )


def _now_us() -> int:
    return time.time_ns() // 1_000
