"""Limits on messages and connections of a live server."""

import json
import queue

import grpc
import pytest

from boxwright.v1 import packing_service_pb2 as messages

from .here import packing_here, server_here
from .live_calls import BOOK, ask, request, wait_until

LIST = "/boxwright.v1.CatalogService/ListCatalogs"
MOST_BYTES = 4_096
PATIENCE_S = 30


@pytest.mark.parametrize("method", [LIST, "/boxwright.v1.PackingService/Pack"])
def test_a_call_that_ends_without_its_message_is_refused(channel, method):
    """An empty answer would read as a plan without parcels."""
    with pytest.raises(grpc.RpcError) as caught:
        channel.stream_unary(method)(iter(()), timeout=PATIENCE_S)
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT


def test_a_client_opens_another_connection_in_time_and_its_stream_goes_on():
    """An old connection closes, its stream goes on, and new calls use another connection."""
    with packing_here(connection_age_s=1) as (server, stub):
        asked = queue.SimpleQueue()
        answers = stub.StreamPack(iter(asked.get, None), timeout=10 * PATIENCE_S)

        def plan_over_the_stream(correlation_id):
            message = messages.StreamPackRequest(correlation_id=correlation_id)
            message.pack.request.CopyFrom(request(BOOK))
            asked.put(message)
            return next(answers).WhichOneof("message")

        assert plan_over_the_stream("before") == "result"

        def peers():
            stub.Pack(request(BOOK), timeout=PATIENCE_S)
            lines = [json.loads(line) for line in list(server.log)]
            return {line["peer"] for line in lines if line["message"] == "PackingService/Pack"}

        wait_until(lambda: len(peers()) > 1)
        assert plan_over_the_stream("after") == "result"
        asked.put(None)
        assert list(answers) == []
        assert answers.code() is grpc.StatusCode.OK


def test_a_request_past_the_limit_of_bytes_is_refused_at_each_port():
    """Both ports refuse a request past the limit; one within it is read."""
    with server_here(max_message_bytes=MOST_BYTES) as server, grpc.insecure_channel(server.address) as channel:
        for size, code in ((MOST_BYTES, "INVALID_ARGUMENT"), (MOST_BYTES + 1, "RESOURCE_EXHAUSTED")):
            with pytest.raises(grpc.RpcError) as refused:
                channel.unary_unary(LIST)(b"\xff" * size, timeout=20)
            assert refused.value.code().name == code
        for size, status in ((MOST_BYTES, 400), (MOST_BYTES + 1, 413)):
            assert ask(server.http_address, LIST, b" " * size)[0] == status
