"""Limits on messages and connections of a live server."""

import json
import queue
import socket
import struct
import time

import grpc
import pytest

from boxwright.server import lifecycle
from boxwright.v1 import packing_service_pb2 as messages

from .frozen import ACK, FRAME_HEAD, PREFACE, SETTINGS, frame
from .here import packing_here, server_here
from .live_calls import BOOK, ask, request
from .test_http_app import READ, exchange, observer, served  # noqa: F401 - the fixture of a port

LIST = "/boxwright.v1.CatalogService/ListCatalogs"
MOST_BYTES = 4_096
MAX_CONCURRENT_STREAMS = 3
PATIENCE_S = 30


@pytest.fixture(scope="module")
def hasty():
    """A server with a limit of 1 s for handshakes and idle connections, and of 4 KiB for requests."""
    with pytest.MonkeyPatch.context() as soon:
        soon.setattr(lifecycle, "IDLE_CONNECTION_MS", 1_000)
        soon.setattr(lifecycle, "HANDSHAKE_MS", 1_000)
        with server_here(max_message_bytes=MOST_BYTES) as server:
            yield server


def connected(server):
    """Open a connection to the gRPC port."""
    host, port = server.address.split(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE_S)


def settings_of(connection):
    """Start HTTP/2 on a connection; return the server's settings."""
    connection.sendall(PREFACE + frame(SETTINGS, 0, 0, b""))
    head = connection.recv(FRAME_HEAD, socket.MSG_WAITALL)
    content = connection.recv(int.from_bytes(head[:3]), socket.MSG_WAITALL)
    assert head[3] == SETTINGS
    connection.sendall(frame(SETTINGS, ACK, 0, b""))
    return dict(struct.iter_unpack(">HI", content))


def is_ended(connection):
    """Return whether the server closes a connection before the test times out."""
    try:
        while connection.recv(65_536):
            pass
    except TimeoutError:
        return False
    except ConnectionError:
        pass
    return True


@pytest.mark.parametrize("method", [LIST, "/boxwright.v1.PackingService/Pack"])
def test_a_call_that_ends_without_its_message_is_refused(channel, method):
    """An empty answer would read as a plan without parcels."""
    with pytest.raises(grpc.RpcError) as caught:
        channel.stream_unary(method)(iter(()), timeout=PATIENCE_S)
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT


def test_a_client_opens_another_connection_in_time_and_its_stream_goes_on():
    """An old connection closes, its stream goes on, and new calls use another connection."""
    with packing_here(connection_age_s=1) as (server, stub), connected(server) as connection:
        settings_of(connection)
        assert is_ended(connection)  # before the idle timeout
        asked = queue.SimpleQueue()
        answers = stub.StreamPack(iter(asked.get, None), timeout=10 * PATIENCE_S)

        def plan_over_the_stream(correlation_id):
            message = messages.StreamPackRequest(correlation_id=correlation_id)
            message.pack.request.CopyFrom(request(BOOK))
            asked.put(message)
            return next(answers).WhichOneof("message")

        assert plan_over_the_stream("before") == "result"
        for _ in range(10 * PATIENCE_S):
            stub.Pack(request(BOOK), timeout=PATIENCE_S)
            if len(peers := peers_of(server)) > 1:
                break
            time.sleep(0.1)
        assert len(peers) > 1
        assert plan_over_the_stream("after") == "result"
        asked.put(None)
        assert list(answers) == []
        assert answers.code() is grpc.StatusCode.OK


def peers_of(server):
    """Return the peers of the calls in the log."""
    lines = [json.loads(each) for each in list(server.log) if each.startswith("{")]
    return {line["peer"] for line in lines if line["message"] == "PackingService/Pack"}


def test_a_request_past_the_limit_of_bytes_is_refused_at_each_port(hasty):
    """Both ports refuse a request past the limit; one within it is read."""
    with grpc.insecure_channel(hasty.address) as channel:
        for size, code in ((MOST_BYTES, "INVALID_ARGUMENT"), (MOST_BYTES + 1, "RESOURCE_EXHAUSTED")):
            with pytest.raises(grpc.RpcError) as refused:
                channel.unary_unary(LIST)(b"\xff" * size, timeout=20)
            assert refused.value.code().name == code
    for size, status in ((MOST_BYTES, 400), (MOST_BYTES + 1, 413)):
        assert ask(hasty.http_address, LIST, b" " * size)[0] == status
