"""CatalogService: reads what plans are made of, and writes catalogs."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from google.protobuf import empty_pb2, field_mask_pb2
from google.protobuf.message import Message

from boxwright.contract.masks import Tree, keep, read_mask
from boxwright.contract.names import ids_in
from boxwright.errors import FieldViolation, UnknownResourceError
from boxwright.findings import Findings
from boxwright.server.access.auth import may_see
from boxwright.server.caller import caller, deadline_of
from boxwright.server.catalog_writes import Call, CatalogWrites
from boxwright.server.current import Current
from boxwright.server.keeping import Keeping
from boxwright.server.offers import name_of
from boxwright.server.paging import page
from boxwright.server.reloading import Reloader
from boxwright.server.repeats import RepeatableCall, Repeats
from boxwright.server.workers.pool import Workers
from boxwright.store import AnswerRecord
from boxwright.v1 import (
    accounting_profile_pb2,
    carrier_pb2,
    catalog_pb2,
    market_pb2,
    material_pb2,
    site_pb2,
)
from boxwright.v1 import catalog_service_pb2 as messages
from boxwright.v1.catalog_service_pb2_grpc import CatalogServiceServicer

Entry = TypeVar("Entry", bound=Message)
Response = TypeVar("Response", bound=Message)
Written = TypeVar("Written", catalog_pb2.Catalog, empty_pb2.Empty)


class CatalogService(CatalogServiceServicer):
    """Answers from what is loaded, and writes catalogs.

    Parameters
    ----------
    current : Current
        Catalogs and data.
    workers : Workers
        Judge catalogs.
    keeping : Keeping
        The store, if there is one.
    reloader : Reloader
        Serves what was written.
    """

    def __init__(self, current: Current, workers: Workers, keeping: Keeping, reloader: Reloader) -> None:
        self._current = current
        self._keeping = keeping
        self._writes = CatalogWrites(keeping, current, workers, reloader)
        count = partial(keeping.metrics.count_repeat, "CatalogService")
        self._repeats = Repeats(0, 0, keeping, count)

    async def ListCatalogs(self, request: messages.ListCatalogsRequest, context: Any) -> messages.ListCatalogsResponse:
        """List the loaded catalogs without what is in them."""
        return self._listed(
            messages.ListCatalogsResponse, self._current.offers.catalogs, request, "box_types", "dunnage", "warnings"
        )

    async def GetCatalog(self, request: messages.GetCatalogRequest, context: Any) -> catalog_pb2.Catalog:
        """Read one catalog with all that is in it, as it is or as it was in a revision."""
        if "@" in request.name:
            revision = await self._writes.revision(request.name, _call("GetCatalog", context))
            return _masked(revision, _tree(revision, request.read_mask))
        return _got(self._current.offers.catalogs, request, "catalogs/{catalog}")

    async def CreateCatalog(self, request: messages.CreateCatalogRequest, context: Any) -> catalog_pb2.Catalog:
        """Write a new catalog."""
        return await self._written("CreateCatalog", self._writes.create, request, catalog_pb2.Catalog, context)

    async def UpdateCatalog(self, request: messages.UpdateCatalogRequest, context: Any) -> catalog_pb2.Catalog:
        """Write a catalog in place of another."""
        return await self._written("UpdateCatalog", self._writes.update, request, catalog_pb2.Catalog, context)

    async def DeleteCatalog(self, request: messages.DeleteCatalogRequest, context: Any) -> empty_pb2.Empty:
        """Delete a catalog."""
        return await self._written("DeleteCatalog", self._writes.delete, request, empty_pb2.Empty, context)

    async def ListCatalogRevisions(
        self, request: messages.ListCatalogRevisionsRequest, context: Any
    ) -> messages.ListCatalogRevisionsResponse:
        """List the revisions of a catalog that was written over the wire."""
        return await self._writes.revisions(request)

    async def ListMaterials(
        self, request: messages.ListMaterialsRequest, context: Any
    ) -> messages.ListMaterialsResponse:
        """List packaging materials."""
        return self._listed(messages.ListMaterialsResponse, self._current.offers.materials, request)

    async def GetMaterial(self, request: messages.GetMaterialRequest, context: Any) -> material_pb2.Material:
        """Read one packaging material."""
        return _got(self._current.offers.materials, request, "materials/{material}")

    async def ListAccountingProfiles(
        self, request: messages.ListAccountingProfilesRequest, context: Any
    ) -> messages.ListAccountingProfilesResponse:
        """List accounting profiles without their coverage."""
        return self._listed(messages.ListAccountingProfilesResponse, self._current.offers.profiles, request, "coverage")

    async def GetAccountingProfile(
        self, request: messages.GetAccountingProfileRequest, context: Any
    ) -> accounting_profile_pb2.AccountingProfile:
        """Read one accounting profile with its coverage."""
        return _got(self._current.offers.profiles, request, "accountingProfiles/{profile}@{version}")

    async def ListCarriers(self, request: messages.ListCarriersRequest, context: Any) -> messages.ListCarriersResponse:
        """List carriers with their services and billing rules."""
        return self._listed(messages.ListCarriersResponse, self._current.offers.carriers, request)

    async def GetCarrier(self, request: messages.GetCarrierRequest, context: Any) -> carrier_pb2.Carrier:
        """Read one carrier."""
        return _got(self._current.offers.carriers, request, "carriers/{carrier}")

    async def ListMarkets(self, request: messages.ListMarketsRequest, context: Any) -> messages.ListMarketsResponse:
        """List markets with their rules."""
        return self._listed(messages.ListMarketsResponse, self._current.offers.markets, request)

    async def GetMarket(self, request: messages.GetMarketRequest, context: Any) -> market_pb2.Market:
        """Read one market."""
        return _got(self._current.offers.markets, request, "markets/{market}")

    async def ListSites(self, request: messages.ListSitesRequest, context: Any) -> messages.ListSitesResponse:
        """List the sites that requests of this caller may name."""
        return self._listed(messages.ListSitesResponse, self._sites(), request)

    async def GetSite(self, request: messages.GetSiteRequest, context: Any) -> site_pb2.Site:
        """Read one site."""
        return _got(self._sites(), request, "sites/{site}")

    async def _written(
        self,
        method: str,
        write: Callable[[Any, Call, RepeatableCall | None], Awaitable[Written]],
        request: Any,
        kind: type[Written],
        context: Any,
    ) -> Written:
        """Return what a write answers, or has answered to the same call before."""
        call = _call(method, context)
        repeated = RepeatableCall.of(call.who, method, request, self._keeping.secret)

        async def restore(record: AnswerRecord) -> Written:
            return kind.FromString(record.answer)

        return await self._repeats.answer(repeated, partial(write, request, call, repeated), restore)

    def _sites(self) -> list[site_pb2.Site]:
        """Return the sites that this caller may know of: for a token that is limited to some there are no others."""
        return [site for site in self._current.offers.sites if may_see(site.name.removeprefix("sites/"))]

    def _listed(
        self, kind: Callable[..., Response], entries: Sequence[Entry], request: Any, *left_out: str
    ) -> Response:
        """Return a page of entries, the first field of its kind, without heavy fields unless the mask names them."""
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
            of=dataset.content_hash,
            shown=lambda entry: _masked(entry, tree),
            most_bytes=dataset.settings.max_answer_bytes,
        )
        found.raise_any()
        answer = kind(next_page_token=token, total_size=len(entries), versions=self._current.offers.versions)
        getattr(answer, answer.DESCRIPTOR.fields[0].name).extend(shown)
        return answer


def _call(method: str, context: Any) -> Call:
    return Call(caller(context), method, deadline_of(context))


def _got(entries: Sequence[Entry], request: Any, pattern: str) -> Entry:
    """Return the entry that a request names, with the fields that its mask keeps."""
    ids_in(request.name, pattern)
    entry = next((entry for entry in entries if name_of(entry) == request.name), None)
    if entry is None:
        known = ", ".join(sorted(map(name_of, entries))) or "none"
        rule = f"names nothing here, got {request.name!r:.120}; there are {known}"
        raise UnknownResourceError([FieldViolation("name", rule)])
    return _masked(entry, _tree(entry, getattr(request, "read_mask", None)))


def _tree(entry: Message, mask: field_mask_pb2.FieldMask | None) -> Tree:
    found = Findings()
    tree = read_mask(mask or field_mask_pb2.FieldMask(), entry.DESCRIPTOR, found)
    found.raise_any()
    return tree


def _masked(entry: Entry, tree: Tree) -> Entry:
    if not tree:
        return entry
    kept = type(entry)()
    kept.CopyFrom(entry)
    keep(kept, tree)
    return kept
