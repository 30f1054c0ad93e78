"""The clients begin, await, list and end operations."""

import asyncio
from pathlib import Path

import grpc
import pytest
from google.longrunning import operations_pb2
from google.protobuf import json_format

from boxwright.v1 import evaluation_service_pb2 as messages
from boxwright_client import AsyncClient, Client, ServiceError, UnavailableError
from boxwright_client import operations as waiting

ROOT = Path(__file__).parents[2]
EVALUATION = (ROOT / "docs" / "requests" / "EvaluationService.EvaluateCatalogs.json").read_text(encoding="utf-8")
DESIGN = (ROOT / "docs" / "requests" / "EvaluationService.DesignCatalog.json").read_text(encoding="utf-8")


def test_a_client_gets_the_result(targets):
    """The operation can then be read, listed and deleted."""
    pytest.importorskip("sqlalchemy")
    request = json_format.Parse(EVALUATION, messages.EvaluateCatalogsRequest())
    with Client(targets["http"], timeout_s=60) as client:
        begun = client.evaluate_catalogs(request)
        result = client.wait(begun, messages.EvaluateCatalogsResponse)
        assert [evaluation.complete_order_count for evaluation in result.evaluations] == [1, 1]
        assert client.get_operation(begun.name).done
        assert begun.name in [operation.name for operation in client.list_operations()]
        client.delete_operation(begun.name)
        assert begun.name not in [operation.name for operation in client.list_operations()]


def test_the_client_for_asyncio_does_the_same(targets):
    """Waiting ends with the error of a cancelled operation, and with TypeError for another kind of result."""
    pytest.importorskip("sqlalchemy")

    async def play():
        request = json_format.Parse(DESIGN, messages.DesignCatalogRequest())
        async with AsyncClient(targets["grpc"], timeout_s=60) as client:
            begun = await client.design_catalog(request)
            with pytest.raises(TimeoutError):
                await client.wait(begun, messages.DesignCatalogResponse, timeout_s=0)
            result = await client.wait(begun, messages.DesignCatalogResponse)
            assert [design.size_count for design in result.designs] == [1, 2]
            with pytest.raises(TypeError):
                await client.wait(begun, messages.EvaluateCatalogsResponse)
            _, _, second = [await client.design_catalog(request) for _ in range(3)]  # it waits for the others
            await client.cancel_operation(second.name)
            with pytest.raises(ServiceError) as caught:
                await client.wait(second, messages.DesignCatalogResponse)
            assert caught.value.reason == "CANCELLED"
            assert (await client.get_operation(second.name)).done
            listed = [operation.name async for operation in client.list_operations()]
            assert {begun.name, second.name} <= set(listed)
            await client.delete_operation(second.name)

    asyncio.run(play())


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_who_waits_asks_a_server_again_that_was_away(monkeypatch, kind):
    """Waiting survives a restart of the server; a server that stays down is an error."""
    left = []
    done = operations_pb2.Operation(name="operations/a", done=True)
    done.response.Pack(messages.EvaluateCatalogsResponse(order_count=7))

    def call(*_):
        if left:
            raise left.pop()
        return done

    async def awaited(*_):
        return call()

    monkeypatch.setattr(kind, "_call", awaited if kind is AsyncClient else call)
    monkeypatch.setattr(waiting, "PAUSE_S", 0.01)

    async def waited():
        left[:] = [UnavailableError(grpc.StatusCode.UNAVAILABLE, "away", {}) for _ in range(3)]
        found = kind("127.0.0.1:1").wait(operations_pb2.Operation(name="operations/a"))
        return await found if kind is AsyncClient else found

    assert asyncio.run(waited()).order_count == 7
    monkeypatch.setattr(waiting, "AWAY_S", -1.0)
    with pytest.raises(UnavailableError):
        asyncio.run(waited())


def test_a_result_of_no_known_kind_is_an_error():
    """A result of a later version is a TypeError."""
    done = operations_pb2.Operation(name="operations/a", done=True)
    done.response.type_url = "type.googleapis.com/boxwright.v9.Nothing"
    with Client("127.0.0.1:1") as client, pytest.raises(TypeError):
        client.wait(done)
