"""Refused requests do not stay in memory."""

import contextlib
import sys
import time
from pathlib import Path

import grpc
import pytest
from tests.interop.running_server import START, running_server

from boxwright.v1.packing_service_pb2 import PackRequest, StreamPackRequest

from .live_calls import ask

SERVICE = "/boxwright.v1.PackingService/"
MIB = 1 << 20
BODY_BYTES = 8 * MIB
WARM, TIMES, ROUNDS = 2, 6, 3
UNCOLLECTED = "import gc; gc.disable(); "
"""Start of a server without garbage collection, so that objects in a reference cycle stay in memory."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory of a process is read from /proc")


def memory_mib(pid):
    """Return the resident memory of a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def long_id():
    """Return a request that is refused for its order id."""
    request = PackRequest(catalog="catalogs/china-post")
    request.order.order_id = "a" * BODY_BYTES
    return request


def over_http(server, _):
    """Post the request as JSON."""
    body = b'{"order":{"order_id":"' + b"a" * BODY_BYTES + b'"}}'
    assert ask(server.http_address, f"{SERVICE}Pack", body)[0] == 400


def too_large(server, _):
    """Post a body past the limit."""
    assert ask(server.http_address, f"{SERVICE}Pack", b" " * (17 * MIB))[0] == 413


def over_grpc(_, channel):
    """Send the request over gRPC."""
    with pytest.raises(grpc.RpcError) as refused:
        channel.unary_unary(f"{SERVICE}Pack")(long_id().SerializeToString(), timeout=60)
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT


def on_a_stream(_, channel):
    """Send the request on a stream."""
    message = StreamPackRequest(correlation_id="1")
    message.pack.request.CopyFrom(long_id())
    (answer,) = channel.stream_stream(f"{SERVICE}StreamPack")(iter([message.SerializeToString()]), timeout=60)
    assert len(answer) < 10_000


@pytest.fixture(scope="module")
def uncollected():
    """A server without garbage collection, and a channel to it."""
    with (
        running_server(UNCOLLECTED + START, workers=1) as server,
        grpc.insecure_channel(server.address, [("grpc.max_send_message_length", -1)]) as channel,
    ):
        yield server, channel


@pytest.mark.parametrize("send", [over_http, too_large, over_grpc, on_a_stream])
def test_refused_requests_of_megabytes_are_not_kept(uncollected, send):
    """A reference cycle between an error and its frames would keep several copies of each."""
    server, channel = uncollected
    for _ in range(WARM):
        send(server, channel)
    grown = [more_mib(server, channel, send)]
    while min(grown) >= TIMES * BODY_BYTES / MIB / 2 and len(grown) < ROUNDS:  # the allocator may keep some
        grown.append(more_mib(server, channel, send))
    assert min(grown) < TIMES * BODY_BYTES / MIB / 2


def more_mib(server, channel, send):
    """Return the growth of the server's memory after some requests."""
    before = memory_mib(server.process.pid)
    for _ in range(TIMES):
        with contextlib.suppress(ConnectionError):  # the server closes before it has read the whole body
            send(server, channel)
    until_s = time.monotonic() + 10
    while (more := memory_mib(server.process.pid) - before) >= TIMES * BODY_BYTES / MIB / 2:
        if time.monotonic() > until_s:
            break
        time.sleep(0.1)
    return more
