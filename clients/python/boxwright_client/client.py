"""The blocking client."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

import grpc
from google.longrunning import operations_pb2
from google.longrunning.operations_pb2_grpc import OperationsStub

from boxwright_client.access import File, credentials_from, metadata_with
from boxwright_client.channel import Credentials, channel
from boxwright_client.errors import UnavailableError, error_of_call
from boxwright_client.operations import Away, Result, call_s, result_of, until_of, wait_request
from boxwright_client.requests import mask
from boxwright_client.retrying import Attempts, check_attempts
from boxwright_client.v1 import (
    accounting_profile_pb2,
    carrier_pb2,
    catalog_pb2,
    market_pb2,
    material_pb2,
    plan_pb2,
    site_pb2,
)
from boxwright_client.v1 import catalog_service_pb2 as catalogs
from boxwright_client.v1 import evaluation_service_pb2 as evaluations
from boxwright_client.v1 import footprint_service_pb2 as footprints
from boxwright_client.v1 import packing_service_pb2 as packing
from boxwright_client.v1.catalog_service_pb2_grpc import CatalogServiceStub
from boxwright_client.v1.evaluation_service_pb2_grpc import EvaluationServiceStub
from boxwright_client.v1.footprint_service_pb2_grpc import FootprintServiceStub
from boxwright_client.v1.packing_service_pb2_grpc import PackingServiceStub

Answer = TypeVar("Answer")

BATCH_FACTOR = 6
"""Factor on the deadline for batches and writes of catalogs."""


def catalog_source(catalog: catalog_pb2.Catalog | str) -> dict[str, Any]:
    """Return the field of a request for a catalog's message or TOML text."""
    return {"toml": catalog} if isinstance(catalog, str) else {"catalog": catalog}


def time_for(timeout_s: float | None, usual_s: float) -> float:
    """Return the deadline of a call in seconds, ``usual_s`` if it is None; raises ValueError unless it is above 0."""
    found_s = usual_s if timeout_s is None else timeout_s
    if not found_s > 0:
        raise ValueError(f"timeout_s must be above 0 s, got {found_s:g}")
    return found_s


class Client:
    """Calls a Boxwright server.

    Parameters
    ----------
    target : str
        Host and port of gRPC, such as ``boxwright:50051``, or the URL of the HTTP port, such as
        ``http://boxwright:8080``. Calls, answers and errors are the same; streams need gRPC.
    timeout_s : float, optional
        Deadline of a call in seconds, including retries; each method has a parameter to override it. Default 10.
        BatchPack has six times that, StreamPack no deadline, since a station keeps it open.
    attempts : int, optional
        Most attempts of a call if the server is UNAVAILABLE or suggests a retry, 1 or more. Default: as many as the
        deadline allows, so that a call outlasts a restart of the server.
    credentials : grpc.ChannelCredentials or ssl.SSLContext, optional
        For a server behind TLS: the former for gRPC, the latter for ``https://``. Default: none. gRPC is then not
        encrypted, and ``https://`` trusts the system's certificates.
    metadata : sequence of (str, str), optional
        Sent with every call, such as a token for a proxy. Default: none.
    token : str, optional
        Token of this client. Default: none.
    ca : path, optional
        File of the authorities, in PEM, that the server's certificate comes from, in place of ``credentials``.
    certificate, key : path, optional
        Files of this client's certificate and key, in PEM, for servers that require them (mutual TLS).

    Every method raises a subclass of ``ServiceError``.
    """

    def __init__(
        self,
        target: str,
        *,
        timeout_s: float = 10.0,
        attempts: int | None = None,
        credentials: Credentials = None,
        metadata: Sequence[tuple[str, str]] = (),
        token: str = "",
        ca: File = None,
        certificate: File = None,
        key: File = None,
    ) -> None:
        check_attempts(attempts)
        self._attempts = attempts
        self._channel = channel(target, credentials or credentials_from(target, ca, certificate, key))
        self._timeout_s = timeout_s
        self._metadata = metadata_with(metadata, token)
        self._packing = PackingServiceStub(self._channel)
        self._catalogs = CatalogServiceStub(self._channel)
        self._footprints = FootprintServiceStub(self._channel)
        self._evaluations = EvaluationServiceStub(self._channel)
        self._operations = OperationsStub(self._channel)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._channel.close()

    def stream_pack(
        self, messages: Iterable[packing.StreamPackRequest], *, timeout_s: float | None = None
    ) -> Iterator[packing.StreamPackResponse]:
        """Plan orders over one connection; answers come when ready, with the ``correlation_id`` of their order."""
        try:
            yield from self._packing.StreamPack(iter(messages), timeout=timeout_s, metadata=self._metadata)
        except grpc.RpcError as error:
            raise error_of_call(error) from error

    def pack(self, request: packing.PackRequest, *, timeout_s: float | None = None) -> packing.PackResponse:
        """Plan one order."""
        return self._call(self._packing.Pack, request, timeout_s)

    def batch_pack(
        self, request: packing.BatchPackRequest, *, timeout_s: float | None = None
    ) -> packing.BatchPackResponse:
        """Plan many orders; ``error_of_status`` converts the error of a result to an exception."""
        return self._call(self._packing.BatchPack, request, time_for(timeout_s, BATCH_FACTOR * self._timeout_s))

    def check_plan(
        self, request: packing.CheckPlanRequest, *, timeout_s: float | None = None
    ) -> packing.CheckPlanResponse:
        """Check a packing."""
        return self._call(self._packing.CheckPlan, request, timeout_s)

    def record_outcome(
        self, request: packing.RecordOutcomeRequest, *, timeout_s: float | None = None
    ) -> packing.RecordOutcomeResponse:
        """Record the outcome of a stored plan; ``outcome_request`` makes the request."""
        return self._call(self._packing.RecordOutcome, request, timeout_s)

    def get_plan(self, name: str, *, read_mask: Iterable[str] = (), timeout_s: float | None = None) -> plan_pb2.Plan:
        """Read a stored plan ``plans/{plan}`` with its outcome, complete or only the fields named."""
        request = packing.GetPlanRequest(name=name, read_mask=mask(read_mask))
        return self._call(self._packing.GetPlan, request, timeout_s)

    def get_evidence(self, name: str, *, timeout_s: float | None = None) -> bytes:
        """Return the evidence bundle of a stored plan ``plans/{plan}``: a zip file for ``boxwright verify``."""
        return self._call(self._packing.GetEvidence, packing.GetEvidenceRequest(name=name), timeout_s).bundle

    def delete_plan(self, name: str, *, timeout_s: float | None = None) -> None:
        """Delete a stored plan ``plans/{plan}`` and its outcome."""
        self._call(self._packing.DeletePlan, packing.DeletePlanRequest(name=name), timeout_s)

    def list_plans(
        self,
        filter: str = "",  # noqa: A002  # the contract's name
        *,
        order_by: str = "",
        read_mask: Iterable[str] = (),
        timeout_s: float | None = None,
    ) -> Iterator[plan_pb2.Plan]:
        """Iterate over stored plans, newest first unless ordered otherwise; pages are read as needed.

        ``filter`` is an expression such as ``order_id = "A-1001"``. Without a read mask, plans come without parcels,
        certificate and footprints.
        """
        request = packing.ListPlansRequest(filter=filter, order_by=order_by, read_mask=mask(read_mask))
        return self._pages(self._packing.ListPlans, request, "plans", timeout_s)

    def estimate_footprint(
        self, request: footprints.EstimateFootprintRequest, *, timeout_s: float | None = None
    ) -> footprints.EstimateFootprintResponse:
        """Estimate the grams of CO2e of a parcel that needs no packing."""
        return self._call(self._footprints.EstimateFootprint, request, timeout_s)

    def get_catalog(self, name: str, *, timeout_s: float | None = None) -> catalog_pb2.Catalog:
        """Read a catalog ``catalogs/{catalog}`` with its contents."""
        return self._call(self._catalogs.GetCatalog, catalogs.GetCatalogRequest(name=name), timeout_s)

    def get_material(self, name: str, *, timeout_s: float | None = None) -> material_pb2.Material:
        """Read a material ``materials/{material}``."""
        return self._call(self._catalogs.GetMaterial, catalogs.GetMaterialRequest(name=name), timeout_s)

    def get_accounting_profile(
        self, name: str, *, timeout_s: float | None = None
    ) -> accounting_profile_pb2.AccountingProfile:
        """Read an accounting profile ``accountingProfiles/{profile}@{version}`` with its coverage."""
        return self._call(
            self._catalogs.GetAccountingProfile, catalogs.GetAccountingProfileRequest(name=name), timeout_s
        )

    def get_carrier(self, name: str, *, timeout_s: float | None = None) -> carrier_pb2.Carrier:
        """Read a carrier ``carriers/{carrier}``."""
        return self._call(self._catalogs.GetCarrier, catalogs.GetCarrierRequest(name=name), timeout_s)

    def get_market(self, name: str, *, timeout_s: float | None = None) -> market_pb2.Market:
        """Read a market ``markets/{market}``."""
        return self._call(self._catalogs.GetMarket, catalogs.GetMarketRequest(name=name), timeout_s)

    def get_site(self, name: str, *, timeout_s: float | None = None) -> site_pb2.Site:
        """Read a site ``sites/{site}``."""
        return self._call(self._catalogs.GetSite, catalogs.GetSiteRequest(name=name), timeout_s)

    def create_catalog(
        self,
        catalog: catalog_pb2.Catalog | str,
        *,
        request_id: str = "",
        validate_only: bool = False,
        timeout_s: float | None = None,
    ) -> catalog_pb2.Catalog:
        """Write a new catalog, given as a message or as TOML text, which is then served; the server needs a store.

        With ``validate_only`` it is only validated, which needs no store.
        """
        request = catalogs.CreateCatalogRequest(
            request_id=request_id, validate_only=validate_only, **catalog_source(catalog)
        )
        return self._call(self._catalogs.CreateCatalog, request, time_for(timeout_s, BATCH_FACTOR * self._timeout_s))

    def update_catalog(
        self,
        catalog: catalog_pb2.Catalog | str,
        *,
        etag: str = "",
        allow_missing: bool = False,
        request_id: str = "",
        validate_only: bool = False,
        timeout_s: float | None = None,
    ) -> catalog_pb2.Catalog:
        """Replace a catalog; ``etag``, or that of the catalog, must be the present one."""
        source = catalog_source(catalog)
        request = catalogs.UpdateCatalogRequest(
            etag=etag,
            allow_missing=allow_missing,
            request_id=request_id,
            validate_only=validate_only,
            **source,
        )
        return self._call(self._catalogs.UpdateCatalog, request, time_for(timeout_s, BATCH_FACTOR * self._timeout_s))

    def delete_catalog(
        self, name: str, *, etag: str = "", request_id: str = "", timeout_s: float | None = None
    ) -> None:
        """Delete a catalog ``catalogs/{catalog}`` that was written over the API."""
        request = catalogs.DeleteCatalogRequest(name=name, etag=etag, request_id=request_id)
        self._call(self._catalogs.DeleteCatalog, request, time_for(timeout_s, BATCH_FACTOR * self._timeout_s))

    def list_catalog_revisions(self, catalog: str, *, timeout_s: float | None = None) -> Iterator[catalog_pb2.Catalog]:
        """Iterate over the revisions of a catalog that was written over the API, newest first."""
        request = catalogs.ListCatalogRevisionsRequest(parent=catalog)
        return self._pages(self._catalogs.ListCatalogRevisions, request, "catalogs", timeout_s)

    def list_catalogs(self, *, timeout_s: float | None = None) -> Iterator[catalog_pb2.Catalog]:
        """Iterate over the catalogs, without their contents; pages are read as needed."""
        request = catalogs.ListCatalogsRequest()
        return self._pages(self._catalogs.ListCatalogs, request, "catalogs", timeout_s)

    def list_materials(self, *, timeout_s: float | None = None) -> Iterator[material_pb2.Material]:
        """Iterate over the materials; pages are read as needed."""
        request = catalogs.ListMaterialsRequest()
        return self._pages(self._catalogs.ListMaterials, request, "materials", timeout_s)

    def list_accounting_profiles(
        self, *, timeout_s: float | None = None
    ) -> Iterator[accounting_profile_pb2.AccountingProfile]:
        """Iterate over the accounting profiles, without coverage; pages are read as needed."""
        request = catalogs.ListAccountingProfilesRequest()
        return self._pages(self._catalogs.ListAccountingProfiles, request, "accounting_profiles", timeout_s)

    def list_carriers(self, *, timeout_s: float | None = None) -> Iterator[carrier_pb2.Carrier]:
        """Iterate over the carriers with their services and rules; pages are read as needed."""
        request = catalogs.ListCarriersRequest()
        return self._pages(self._catalogs.ListCarriers, request, "carriers", timeout_s)

    def list_markets(self, *, timeout_s: float | None = None) -> Iterator[market_pb2.Market]:
        """Iterate over the markets with their rules; pages are read as needed."""
        request = catalogs.ListMarketsRequest()
        return self._pages(self._catalogs.ListMarkets, request, "markets", timeout_s)

    def list_sites(self, *, timeout_s: float | None = None) -> Iterator[site_pb2.Site]:
        """Iterate over the sites; pages are read as needed."""
        return self._pages(self._catalogs.ListSites, catalogs.ListSitesRequest(), "sites", timeout_s)

    def evaluate_catalogs(
        self, request: evaluations.EvaluateCatalogsRequest, *, timeout_s: float | None = None
    ) -> operations_pb2.Operation:
        """Start an evaluation of catalogs on many orders; ``wait`` returns the result."""
        limit_s = time_for(timeout_s, BATCH_FACTOR * self._timeout_s)
        return self._call(self._evaluations.EvaluateCatalogs, request, limit_s)

    def design_catalog(
        self, request: evaluations.DesignCatalogRequest, *, timeout_s: float | None = None
    ) -> operations_pb2.Operation:
        """Start a search for the sizes that a catalog should have; ``wait`` returns the result."""
        limit_s = time_for(timeout_s, BATCH_FACTOR * self._timeout_s)
        return self._call(self._evaluations.DesignCatalog, request, limit_s)

    def wait(
        self, operation: operations_pb2.Operation, kind: type[Result] | None = None, *, timeout_s: float | None = None
    ) -> Result:
        """Wait until an operation has ended, and return its result, such as an ``EvaluateCatalogsResponse``.

        ``kind`` is the expected type of the result, otherwise a TypeError is raised; by default any type is accepted.
        Raises TimeoutError if the operation has not ended after ``timeout_s`` seconds (default: no limit); it goes on
        all the same. If the server is unavailable for less than five minutes, such as during a restart, waiting
        continues.
        """
        until_s = until_of(timeout_s)
        away = Away(until_s)
        while not operation.done:
            request = wait_request(operation, until_s)
            try:
                operation = self._call(self._operations.WaitOperation, request, call_s(until_s))
                away.back()
            except UnavailableError as error:
                time.sleep(away.pause_s(error))
        return result_of(operation, kind)

    def get_operation(self, name: str, *, timeout_s: float | None = None) -> operations_pb2.Operation:
        """Read an operation ``operations/{operation}``."""
        request = operations_pb2.GetOperationRequest(name=name)
        return self._call(self._operations.GetOperation, request, timeout_s)

    def list_operations(self, *, timeout_s: float | None = None) -> Iterator[operations_pb2.Operation]:
        """Iterate over the caller's operations, newest first, without results; pages are read as needed."""
        request = operations_pb2.ListOperationsRequest(name="operations")
        return self._pages(self._operations.ListOperations, request, "operations", timeout_s)

    def cancel_operation(self, name: str, *, timeout_s: float | None = None) -> None:
        """Cancel an operation ``operations/{operation}``; has no effect on one that has ended."""
        request = operations_pb2.CancelOperationRequest(name=name)
        self._call(self._operations.CancelOperation, request, timeout_s)

    def delete_operation(self, name: str, *, timeout_s: float | None = None) -> None:
        """Delete an operation ``operations/{operation}`` that has ended."""
        request = operations_pb2.DeleteOperationRequest(name=name)
        self._call(self._operations.DeleteOperation, request, timeout_s)

    def _call(self, method: Callable[..., Answer], request: Any, timeout_s: float | None) -> Answer:
        attempts = Attempts(self._attempts, time_for(timeout_s, self._timeout_s))
        while True:
            try:
                return method(request, timeout=attempts.left_s(), metadata=self._metadata)
            except grpc.RpcError as error:
                failed = error_of_call(error)
                wait_s = attempts.wait_s(failed)
                if wait_s is None:
                    raise failed from error
            time.sleep(wait_s)

    def _pages(self, method: Callable[..., Any], request: Any, field: str, timeout_s: float | None) -> Iterator[Any]:
        while True:
            answer = self._call(method, request, timeout_s)
            yield from getattr(answer, field)
            if not answer.next_page_token:
                return
            request.page_token = answer.next_page_token
