"""Catalogs and sites through the client; the same over gRPC and HTTP, sync and async."""

import asyncio

import pytest

from boxwright.v1 import box_type_pb2, catalog_pb2, geometry_pb2
from boxwright_client import AsyncClient, Client, ServiceError, line, pack_request

BOOK = line("book", 210, 148, 25, 400)
BOX = box_type_pb2.BoxType(
    box_type_id="S",
    style=box_type_pb2.BOX_STYLE_RSC_0201,
    inner=geometry_pb2.Dimensions(length_mm=300, width_mm=200, height_mm=150),
    tare_g=90,
)


@pytest.fixture(params=["grpc", "http"])
def target(targets, request):
    """The target of a server with a store, per protocol."""
    pytest.importorskip("sqlalchemy")
    return targets[request.param]


def test_a_catalog_is_written_planned_with_and_deleted(target):
    """A catalog is created, updated and deleted, each time by its etag."""
    with Client(target) as client:
        made = client.create_catalog(catalog_pb2.Catalog(catalog_id="client", box_types=[BOX]))
        assert client.pack(pack_request("o", [BOOK], catalog=made.name)).plan.parcels[0].box_type_id == "S"
        made.display_name = "mine"
        changed = client.update_catalog(made)
        with pytest.raises(ServiceError) as caught:
            client.update_catalog(made)
        assert caught.value.reason == "ETAG_MISMATCH"
        assert [revision.revision for revision in client.list_catalog_revisions(made.name)][:2] == [
            changed.revision,
            made.revision,
        ]
        client.delete_catalog(made.name, etag=changed.etag)
        assert made.name not in [catalog.name for catalog in client.list_catalogs()]
        assert list(client.list_sites()) == []


def test_asyncio_has_the_same(target):
    """Async methods and lists return the same; a server without sites lists none."""

    async def run():
        async with AsyncClient(target) as client:
            catalog = catalog_pb2.Catalog(catalog_id="later", box_types=[BOX])
            made = await client.update_catalog(catalog, allow_missing=True)
            versions = [revision async for revision in client.list_catalog_revisions(made.name)]
            assert versions[0].hash == made.hash
            await client.delete_catalog(made.name)
            again = await client.create_catalog(catalog)
            await client.delete_catalog(again.name, etag=again.etag)
            assert [site async for site in client.list_sites()] == []
            with pytest.raises(ServiceError):
                await client.get_site("sites/a")
            with pytest.raises(ServiceError):
                await client.pack(pack_request("o", [BOOK], site="sites/a"))

    asyncio.run(run())
