"""A live server refuses unreadable messages and logs them without values."""

import grpc
import pytest
from google.rpc import code_pb2

from boxwright.server.lifecycle import SERVICES
from boxwright.v1 import (
    catalog_service_pb2,
    evaluation_service_pb2,
    footprint_service_pb2,
    packing_service_pb2,
)
from boxwright.v1.packing_service_pb2 import PackRequest, StreamPackOrder, StreamPackRequest, StreamPackResponse
from boxwright_client.errors import error_of_call

from .live_calls import ask, samples, wait_until

MODULES = (packing_service_pb2, catalog_service_pb2, footprint_service_pb2, evaluation_service_pb2)
METHODS = [
    f"/{service.full_name}/{method.name}"
    for module in MODULES
    for service in module.DESCRIPTOR.services_by_name.values()
    for method in service.methods
    if not method.client_streaming
]
MALFORMED = b"\xff\xff"
PACK, STREAM = (f"/{SERVICES[0]}/{name}" for name in ("Pack", "StreamPack"))


@pytest.mark.parametrize("method", METHODS)
def test_a_malformed_message_is_the_callers_fault(channel, method):
    """Every method answers undecodable bytes with INVALID_FIELDS."""
    with pytest.raises(grpc.RpcError) as caught:
        channel.unary_unary(method)(MALFORMED, timeout=20)
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert error_of_call(caught.value).reason == "INVALID_FIELDS"


def test_a_compressed_message_is_refused_unread(live, pack_request):
    """A small compressed message could expand a thousandfold."""
    with grpc.insecure_channel(live.address, compression=grpc.Compression.Gzip) as packing:
        call = packing.unary_unary(PACK)
        with pytest.raises(grpc.RpcError) as caught:
            call(pack_request.SerializeToString(), timeout=20)
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_a_malformed_message_does_not_end_a_stream(channel, pack_request):
    """It gets an error without a correlation id, and later orders are planned."""
    good = StreamPackRequest(correlation_id="a", pack=StreamPackOrder(request=pack_request)).SerializeToString()
    stream = channel.stream_stream(STREAM, response_deserializer=StreamPackResponse.FromString)
    answers = {answer.correlation_id: answer for answer in stream(iter([MALFORMED, good, MALFORMED]), timeout=20)}
    assert answers.keys() == {"", "a"}
    assert answers[""].error.code == code_pb2.INVALID_ARGUMENT
    assert answers["a"].WhichOneof("message") == "result"


def refused_unread(live):
    """Return how many orders were refused because their message could not be read."""
    return sum(samples(live, 'boxwright_refused_orders_total{purpose="unread",reason="invalid_fields"}').values())


def test_an_order_that_cannot_be_read_counts_as_refused(live, channel):
    """Unreadable orders count over gRPC, streams and HTTP; other unreadable calls do not."""
    before = refused_unread(live)
    for method in (PACK, f"/{SERVICES[0]}/CheckPlan"):
        with pytest.raises(grpc.RpcError):
            channel.unary_unary(method)(MALFORMED, timeout=20)
    list(channel.stream_stream(STREAM)(iter([MALFORMED]), timeout=20))
    assert ask(live.http_address, PACK, {"ordr": {}})[0] == 400
    assert refused_unread(live) == before + 3


def test_the_log_of_a_refusal_has_ids_and_paths_and_no_values(live, channel, pack_request):
    """The line has ids and field paths, no values, and cannot be forged."""
    pack_request.order.order_id = "order-7\nforged"
    pack_request.request_id = "call-8"
    pack_request.order.lines[0].line_id = "secret-line"
    pack_request.order.lines[0].cuboid.dimensions.length_mm = -77.125
    with pytest.raises(grpc.RpcError):
        channel.unary_unary(PACK)(pack_request.SerializeToString(), timeout=20)
    (line,) = wait_until(lambda: [line for line in list(live.log) if "call-8" in line])
    for part in (
        '"order_id": "order-7\\\\nforged"',
        '"reason": "invalid_fields"',
        "lines[0].cuboid.dimensions.length_mm",
    ):
        assert part in line
    assert not [line for line in live.log if "77.125" in line or "secret-line" in line]


def test_a_request_that_is_long_is_read_like_any_other(channel, pack_request):
    """A long request, which a thread parses, gets the same answer."""
    short = channel.unary_unary(PACK)(pack_request.SerializeToString(), timeout=20)
    unknown = PackRequest.FromString(pack_request.SerializeToString()).SerializeToString() + b"\xfa\x3f\x80\x80\x20"
    long = channel.unary_unary(PACK)(unknown + bytes(512 * 1024), timeout=20)
    assert len(long) == len(short)
