"""What a live server says of messages that it cannot read or refuses, and what its log keeps of them."""

import threading
import urllib.error
import urllib.request

import grpc
import pytest
from google.rpc import code_pb2, error_details_pb2
from grpc_status import rpc_status

from boxwright.server.lifecycle import SERVICES
from boxwright.v1 import (
    catalog_service_pb2,
    evaluation_service_pb2,
    footprint_service_pb2,
    packing_service_pb2,
)
from boxwright.v1.packing_service_pb2 import PackRequest, StreamPackOrder, StreamPackRequest, StreamPackResponse

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


def reason(error):
    """Return the reason in the details of an error."""
    (info,) = (
        detail for detail in rpc_status.from_call(error).details if detail.Is(error_details_pb2.ErrorInfo.DESCRIPTOR)
    )
    return error_details_pb2.ErrorInfo.FromString(info.value).reason


@pytest.mark.parametrize("method", METHODS)
def test_a_malformed_message_is_the_callers_fault(channel, method):
    """Every method refuses bytes that are no message of the contract, with a reason."""
    with pytest.raises(grpc.RpcError) as caught:
        channel.unary_unary(method)(MALFORMED, timeout=20)
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert reason(caught.value) == "INVALID_FIELDS"


def test_a_compressed_message_is_refused_unread(live, pack_request):
    """A few kilobytes could expand to thousands of times as many before anything counts them."""
    with grpc.insecure_channel(live.address, compression=grpc.Compression.Gzip) as packing:
        call = packing.unary_unary(PACK)
        with pytest.raises(grpc.RpcError) as caught:
            call(pack_request.SerializeToString(), timeout=20)
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_a_malformed_message_does_not_end_a_stream(channel, pack_request):
    """It is answered as an error without a correlation id, and the orders after it are planned."""
    good = StreamPackRequest(correlation_id="a", pack=StreamPackOrder(request=pack_request)).SerializeToString()
    stream = channel.stream_stream(STREAM, response_deserializer=StreamPackResponse.FromString)
    answers = {each.correlation_id: each for each in stream(iter([MALFORMED, good, MALFORMED]), timeout=20)}
    assert answers.keys() == {"", "a"}
    assert answers[""].error.code == code_pb2.INVALID_ARGUMENT
    assert answers["a"].WhichOneof("message") == "result"


def refused_unread(live):
    """Return how many orders were refused because their message could not be read."""
    with urllib.request.urlopen(f"http://{live.admin_address}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    wanted = 'boxwright_refused_orders_total{purpose="unread",reason="invalid_fields"}'
    return sum(float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(wanted))


def test_an_order_that_cannot_be_read_counts_as_refused(live, channel):
    """Bytes that do not decode over gRPC, alone or in a stream, and JSON with an unknown field; other calls do not."""
    before = refused_unread(live)
    for method in (PACK, f"/{SERVICES[0]}/CheckPlan"):
        with pytest.raises(grpc.RpcError):
            channel.unary_unary(method)(MALFORMED, timeout=20)
    list(channel.stream_stream(STREAM)(iter([MALFORMED]), timeout=20))
    misspelt = urllib.request.Request(
        f"http://{live.http_address}{PACK}", b'{"ordr": {}}', {"Content-Type": "application/json"}
    )
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(misspelt, timeout=10)
    caught.value.close()
    assert refused_unread(live) == before + 3


def test_the_log_of_a_refusal_has_ids_and_paths_and_no_values(live, channel, pack_request):
    """A call can be followed by its ids; lines, sizes and rules stay out, and nothing forges a line."""
    pack_request.order.order_id = "order-7\nforged"
    pack_request.request_id = "call-8"
    pack_request.order.lines[0].line_id = "secret-line"
    pack_request.order.lines[0].cuboid.dimensions.length_mm = -77.125
    with pytest.raises(grpc.RpcError):
        channel.unary_unary(PACK)(pack_request.SerializeToString(), timeout=20)
    for _ in range(200):
        lines = [line for line in list(live.log) if "call-8" in line]
        if lines:
            break
        threading.Event().wait(0.05)
    (line,) = lines
    for part in (
        '"order_id": "order-7\\\\nforged"',
        '"reason": "invalid_fields"',
        "lines[0].cuboid.dimensions.length_mm",
    ):
        assert part in line
    assert not [each for each in live.log if "77.125" in each or "secret-line" in each]


def test_a_request_that_is_long_is_read_like_any_other(channel, pack_request):
    """Reading in a thread of its own changes nothing of the answer."""
    short = channel.unary_unary(PACK)(pack_request.SerializeToString(), timeout=20)
    unknown = PackRequest.FromString(pack_request.SerializeToString()).SerializeToString() + b"\xfa\x3f\x80\x80\x20"
    long = channel.unary_unary(PACK)(unknown + bytes(512 * 1024), timeout=20)
    assert len(long) == len(short)
