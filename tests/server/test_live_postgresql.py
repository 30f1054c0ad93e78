"""Texts that no database stores are refused alike in SQLite and PostgreSQL."""

import grpc
import pytest

from boxwright.v1 import catalog_service_pb2 as catalog_messages
from boxwright.v1 import packing_service_pb2 as messages
from boxwright.v1.catalog_service_pb2_grpc import CatalogServiceStub

from .here import packing_here
from .live_calls import BOOK, bad_fields, failure, page, reason, request, samples


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request, tmp_path):
    """The URL of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/plans.db"
    return request.getfixturevalue("postgresql").make_database(request.function.__name__)


def test_a_name_that_no_database_takes_names_nothing(store):
    """A name with NUL is NOT_FOUND and no fault of the store, which would raise an alert."""
    with packing_here(store=store) as (server, packing), grpc.insecure_channel(server.address) as channel:
        catalogs = CatalogServiceStub(channel)
        recorded = messages.RecordOutcomeRequest(request_id="r")
        recorded.outcome.plan = "plans/a\0b"
        recorded.outcome.parcels.add(other_box="crate")
        for method, message, field in (
            (packing.GetPlan, messages.GetPlanRequest(name="plans/a\0b"), "name"),
            (packing.RecordOutcome, recorded, "outcome.plan"),
            (packing.Pack, request(BOOK, catalog="catalogs/a\0b"), "catalog"),
            (catalogs.GetCatalog, catalog_messages.GetCatalogRequest(name="catalogs/a\0b"), "name"),
            (catalogs.GetCatalog, catalog_messages.GetCatalogRequest(name="catalogs/a\0b@1"), "name"),
            (
                catalogs.ListCatalogRevisions,
                catalog_messages.ListCatalogRevisionsRequest(parent="catalogs/a\0b"),
                "parent",
            ),
            (catalogs.DeleteCatalog, catalog_messages.DeleteCatalogRequest(name="catalogs/a\0b"), "name"),
        ):
            code, status = failure(method, message)
            assert (code, reason(status)) == (grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"), status
            assert bad_fields(status) == [field]
        for path in ("plans/a%00b", "v1/plans/a%00b"):
            assert page(server, path)[0] == 404
        assert not any(samples(server, "boxwright_store_errors_total").values())


def test_a_version_that_no_database_takes_is_refused(store):
    """A catalog version with NUL is refused at its field, and the store stays up."""
    with packing_here(store=store) as (server, packing), grpc.insecure_channel(server.address) as channel:
        catalogs = CatalogServiceStub(channel)
        packed = request(BOOK, persist=True)
        packed.ClearField("catalog")
        hall = catalogs.GetCatalog(catalog_messages.GetCatalogRequest(name="catalogs/china-post"))
        hall.catalog_id = "hall"
        hall.version = "1\0"
        packed.inline_catalog.CopyFrom(hall)
        for method, message, field in (
            (packing.Pack, packed, "inline_catalog.version"),
            (catalogs.CreateCatalog, catalog_messages.CreateCatalogRequest(catalog=hall), "catalog.version"),
        ):
            code, status = failure(method, message)
            assert (code, bad_fields(status)) == (grpc.StatusCode.INVALID_ARGUMENT, [field]), status
        packed.inline_catalog.version = "1"
        assert packing.Pack(packed).plan.name
        assert set(samples(server, "boxwright_store_up").values()) == {1}
