"""CatalogService: reads what plans are made of, and writes catalogs."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, NoReturn, TypeVar

from google.protobuf import empty_pb2, field_mask_pb2
from google.protobuf.message import Message

from boxwright.contract.box_type import box_type_to_wire
from boxwright.contract.dunnage import dunnage_to_wire
from boxwright.contract.masks import Tree, keep, read_mask
from boxwright.contract.names import read_name
from boxwright.contract.source import versions_to_wire
from boxwright.domain.box import Catalog
from boxwright.findings import Findings
from boxwright.server.access.gate import may_see
from boxwright.server.asked import Asked
from boxwright.server.caller import answer_by, caller, deadline_of
from boxwright.server.catalog_versions import CatalogVersions
from boxwright.server.catalog_writes import Call, CatalogWrites
from boxwright.server.current import Current
from boxwright.server.effort import VALIDATE_S_PER_BYTE
from boxwright.server.keeping import Keeping
from boxwright.server.offers import Offers, name_of
from boxwright.server.paging import page
from boxwright.server.reloading import Reloader
from boxwright.server.repeats import RepeatableCall, Repeats
from boxwright.server.shelf import Shelf
from boxwright.server.workers import Workers
from boxwright.store import AnswerRecord
from boxwright.v1 import (
    accounting_profile_pb2,
    box_type_pb2,
    carrier_pb2,
    catalog_pb2,
    dunnage_pb2,
    market_pb2,
    material_pb2,
    provenance_pb2,
    site_pb2,
)
from boxwright.v1 import catalog_service_pb2 as messages
from boxwright.v1.catalog_service_pb2_grpc import CatalogServiceServicer

Entry = TypeVar("Entry", bound=Message)
Response = TypeVar("Response", bound=Message)


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
        self._workers = workers
        self._keeping = keeping
        self._writes = CatalogWrites(keeping, current, workers, reloader)
        self._versions = CatalogVersions(keeping, self._writes, current)
        count = partial(keeping.metrics.count_repeat, "CatalogService")
        self._repeats = Repeats(0, 0, keeping, count)

    @property
    def _offers(self) -> Offers:
        return self._current.offers

    @property
    def _shelf(self) -> Shelf:
        return self._current.shelf

    async def ListCatalogs(self, request: messages.ListCatalogsRequest, context: Any) -> messages.ListCatalogsResponse:
        """List the loaded catalogs without what is in them."""
        return self._listed(messages.ListCatalogsResponse, self._offers.catalogs, request, "box_types", "dunnage")

    async def GetCatalog(self, request: messages.GetCatalogRequest, context: Any) -> catalog_pb2.Catalog:
        """Read one catalog with all that is in it, as it is or as it was in a version."""
        if "@" in request.name:
            version = await self._versions.get(request.name, _call("GetCatalog", context))
            return _masked(version, _tree(version, request.read_mask))
        return _got(self._offers.catalogs, request.name, "catalogs/{catalog}", request.read_mask)

    async def CreateCatalog(self, request: messages.CreateCatalogRequest, context: Any) -> catalog_pb2.Catalog:
        """Write a new catalog."""
        return await self._written("CreateCatalog", request, context, self._writes.create, catalog_pb2.Catalog)

    async def UpdateCatalog(self, request: messages.UpdateCatalogRequest, context: Any) -> catalog_pb2.Catalog:
        """Write a catalog in place of another."""
        return await self._written("UpdateCatalog", request, context, self._writes.update, catalog_pb2.Catalog)

    async def DeleteCatalog(self, request: messages.DeleteCatalogRequest, context: Any) -> empty_pb2.Empty:
        """Delete a catalog."""
        return await self._written("DeleteCatalog", request, context, self._writes.delete, empty_pb2.Empty)

    async def _written(
        self, method: str, request: Any, context: Any, write: Callable[..., Awaitable[Response]], kind: type[Response]
    ) -> Response:
        call = _call(method, context)
        repeated = RepeatableCall.of(call.who, method, request, self._keeping.secret)

        async def restore(record: AnswerRecord) -> Response:
            return kind.FromString(record.answer)

        return await self._repeats.answer(repeated, lambda: write(request, call, repeated), restore)

    async def ListCatalogVersions(
        self, request: messages.ListCatalogVersionsRequest, context: Any
    ) -> messages.ListCatalogVersionsResponse:
        """List the versions of a catalog that was written over the wire."""
        return await self._versions.list(request)

    async def ListBoxTypes(self, request: messages.ListBoxTypesRequest, context: Any) -> messages.ListBoxTypesResponse:
        """List the box types of a catalog."""
        catalog = self._catalog(request.parent)
        versions = versions_to_wire(self._shelf.materials, catalog)
        return self._listed(
            messages.ListBoxTypesResponse, sorted(self._box_types(catalog), key=name_of), request, versions=versions
        )

    async def GetBoxType(self, request: messages.GetBoxTypeRequest, context: Any) -> box_type_pb2.BoxType:
        """Read one box type."""
        pattern = "catalogs/{catalog}/boxTypes/{box_type}"
        return _got(self._box_types(self._catalog(request.name, pattern, "name")), request.name, pattern)

    async def ListDunnage(self, request: messages.ListDunnageRequest, context: Any) -> messages.ListDunnageResponse:
        """List the dunnage of a catalog."""
        catalog = self._catalog(request.parent)
        versions = versions_to_wire(self._shelf.materials, catalog)
        return self._listed(
            messages.ListDunnageResponse, sorted(self._dunnage(catalog), key=name_of), request, versions=versions
        )

    async def GetDunnage(self, request: messages.GetDunnageRequest, context: Any) -> dunnage_pb2.Dunnage:
        """Read one kind of dunnage."""
        pattern = "catalogs/{catalog}/dunnage/{dunnage}"
        return _got(self._dunnage(self._catalog(request.name, pattern, "name")), request.name, pattern)

    async def ListMaterials(
        self, request: messages.ListMaterialsRequest, context: Any
    ) -> messages.ListMaterialsResponse:
        """List packaging materials."""
        return self._listed(messages.ListMaterialsResponse, self._offers.materials, request)

    async def GetMaterial(self, request: messages.GetMaterialRequest, context: Any) -> material_pb2.Material:
        """Read one packaging material."""
        return _got(self._offers.materials, request.name, "materials/{material}")

    async def ListAccountingProfiles(
        self, request: messages.ListAccountingProfilesRequest, context: Any
    ) -> messages.ListAccountingProfilesResponse:
        """List accounting profiles without their coverage."""
        return self._listed(messages.ListAccountingProfilesResponse, self._offers.profiles, request, "coverage")

    async def GetAccountingProfile(
        self, request: messages.GetAccountingProfileRequest, context: Any
    ) -> accounting_profile_pb2.AccountingProfile:
        """Read one accounting profile with its coverage."""
        return _got(self._offers.profiles, request.name, "accountingProfiles/{profile}@{version}", request.read_mask)

    async def ListCarriers(self, request: messages.ListCarriersRequest, context: Any) -> messages.ListCarriersResponse:
        """List carriers with their services and billing rules."""
        return self._listed(messages.ListCarriersResponse, self._offers.carriers, request)

    async def GetCarrier(self, request: messages.GetCarrierRequest, context: Any) -> carrier_pb2.Carrier:
        """Read one carrier."""
        return _got(self._offers.carriers, request.name, "carriers/{carrier}")

    async def ListMarkets(self, request: messages.ListMarketsRequest, context: Any) -> messages.ListMarketsResponse:
        """List markets with their rules."""
        return self._listed(messages.ListMarketsResponse, self._offers.markets, request)

    async def GetMarket(self, request: messages.GetMarketRequest, context: Any) -> market_pb2.Market:
        """Read one market."""
        return _got(self._offers.markets, request.name, "markets/{market}")

    async def ListSites(self, request: messages.ListSitesRequest, context: Any) -> messages.ListSitesResponse:
        """List the sites that requests of this caller may name."""
        return self._listed(messages.ListSitesResponse, self._sites(), request)

    async def GetSite(self, request: messages.GetSiteRequest, context: Any) -> site_pb2.Site:
        """Read one site."""
        return _got(self._sites(), request.name, "sites/{site}")

    async def ValidateCatalog(  # type: ignore[override] # bytes, which are sent as a worker made them
        self, request: messages.ValidateCatalogRequest, context: Any
    ) -> bytes:
        """Judge a catalog without storing it; return the bytes of a ValidateCatalogResponse."""
        effort_s, deadline_s = request.ByteSize() * VALIDATE_S_PER_BYTE, deadline_of(context)
        asked = Asked("ValidateCatalog", request.SerializeToString(), answer_by(deadline_s))
        who = caller(context)
        return (await self._workers.ask(asked, caller=who, effort_s=effort_s, deadline_s=deadline_s)).data

    def _catalog(self, name: str, pattern: str = "catalogs/{catalog}", field: str = "parent") -> Catalog:
        """Return the catalog that a resource name begins with."""
        catalog_id = _ids(name, pattern, field)[0]
        if catalog_id not in self._shelf.catalogs:
            _not_found(field, name, [each.name for each in self._offers.catalogs])
        return self._shelf.catalogs[catalog_id]

    def _box_types(self, catalog: Catalog) -> list[box_type_pb2.BoxType]:
        return [
            box_type_to_wire(box, catalog.catalog_id, catalog.currency, self._shelf.materials)
            for box in catalog.box_types
        ]

    def _dunnage(self, catalog: Catalog) -> list[dunnage_pb2.Dunnage]:
        return [dunnage_to_wire(each, catalog.catalog_id) for each in catalog.dunnage]

    def _sites(self) -> list[site_pb2.Site]:
        """Return the sites that this caller may know of: for a token that is limited to some there are no others."""
        return [each for each in self._offers.sites if may_see(each.name.removeprefix("sites/"))]

    def _listed(
        self,
        kind: Callable[..., Response],
        entries: Sequence[Entry],
        request: Any,
        *left_out: str,
        versions: provenance_pb2.Versions | None = None,
    ) -> Response:
        """Return a page of entries, the first field of its kind, without heavy fields unless the mask names them."""
        found = Findings()
        tree: Tree = {}
        if left_out and entries and request.read_mask.paths:
            tree = _tree(entries[0], request.read_mask)
        elif left_out and entries:
            tree = {each.name: {} for each in entries[0].DESCRIPTOR.fields if each.name not in left_out}
        shown, token = page(
            entries,
            request,
            found,
            of=self._shelf.content_hash,
            shown=lambda entry: _masked(entry, tree),
            most_bytes=self._shelf.settings.max_answer_bytes,
        )
        found.raise_any()
        answer = kind(next_page_token=token, total_size=len(entries), versions=versions or self._offers.versions)
        getattr(answer, answer.DESCRIPTOR.fields[0].name).extend(shown)
        return answer


def _call(method: str, context: Any) -> Call:
    return Call(caller(context), method, deadline_of(context))


def _ids(name: str, pattern: str, field: str = "name") -> tuple[str, ...]:
    """Return the identifiers in a resource name that a request is about."""
    found = Findings()
    parts = read_name(name, pattern, found, field)
    found.raise_any()
    assert parts is not None  # None has noted a finding, raised above
    return parts


def _not_found(field: str, name: str, known: Sequence[str]) -> NoReturn:
    found = Findings()
    found.unknown(field, f"names nothing here, got {name!r:.120}; there are {', '.join(sorted(known)) or 'none'}")
    found.raise_any()
    raise AssertionError  # never reached: there is a finding


def _got(entries: Sequence[Entry], name: str, pattern: str, mask: field_mask_pb2.FieldMask | None = None) -> Entry:
    """Return the entry of a name, with the fields that the mask keeps."""
    _ids(name, pattern)
    entry = next((each for each in entries if name_of(each) == name), None)
    if entry is None:
        _not_found("name", name, list(map(name_of, entries)))
    return _masked(entry, _tree(entry, mask))


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
