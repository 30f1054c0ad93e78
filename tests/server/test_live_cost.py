"""A live server refuses what is too costly, over every call and both doors, and says what to reduce."""

import json
import re
import urllib.error
import urllib.request

import grpc
import pytest
from google.protobuf import json_format
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from boxwright.v1 import packing_service_pb2 as messages
from boxwright.v1.packing_service_pb2_grpc import PackingServiceStub

from .costly_orders import CATALOG, mixed
from .here import server_here
from .live_calls import BOOK, request


@pytest.fixture(scope="module")
def frugal():
    """A server that grants half a second to an order."""
    with server_here(max_estimated_s=0.5) as server:
        yield server


@pytest.fixture(scope="module")
def packing_frugally(frugal):
    """A stub of it."""
    with grpc.insecure_channel(frugal.address) as channel:
        yield PackingServiceStub(channel)


def costly():
    """An order of which ten times as much is estimated."""
    return mixed(1_000, thorough=True)


def said_of(status):
    """Return the reason and the fields of a status."""
    info, broken = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
    for detail in status.details:
        detail.Unpack(info) or detail.Unpack(broken)
    return info.reason, {each.field for each in broken.field_violations}


def test_a_single_order_is_refused_with_reason_and_fields(packing_frugally):
    """INVALID_ARGUMENT and COST_LIMIT: the lines and the mode are what to reduce."""
    with pytest.raises(grpc.RpcError) as refused:
        packing_frugally.Pack(costly(), timeout=20)
    status = rpc_status.from_call(refused.value)
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert said_of(status) == ("COST_LIMIT", {"order.lines", "policy.mode"})


def test_in_a_batch_only_the_costly_order_is_refused(packing_frugally):
    """The others are planned."""
    asked = messages.BatchPackRequest(requests=[costly(), request(BOOK, catalog=CATALOG)])
    answer = packing_frugally.BatchPack(asked, timeout=60)
    assert said_of(answer.results[0].error)[0] == "COST_LIMIT"
    assert answer.results[1].response.plan.parcels


def test_on_a_stream_more_costly_orders_than_may_be_under_way_are_refused_one_by_one(packing_frugally):
    """Each refusal frees its place, with a fuse and without one."""
    sent = [messages.StreamPackRequest(correlation_id=str(number)) for number in range(40)]
    for number, each in enumerate(sent):
        each.pack.request.CopyFrom(costly())
        each.pack.send_improvements = number % 2 == 1
    answers = list(packing_frugally.StreamPack(iter(sent), timeout=60))
    assert sorted(int(each.correlation_id) for each in answers) == list(range(40))
    assert {said_of(each.error)[0] for each in answers} == {"COST_LIMIT"}


def test_over_http_as_well_and_all_are_counted(frugal):
    """The body of the error has the reason; the metric counts each order that was refused."""
    request = urllib.request.Request(
        f"http://{frugal.http_address}/boxwright.v1.PackingService/Pack",
        json_format.MessageToJson(costly()).encode(),
        {"Content-Type": "application/json"},
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=20)
    with refused.value:
        assert refused.value.code == 400
        assert json.load(refused.value)["details"][0]["debug"]["reason"] == "COST_LIMIT"
    with urllib.request.urlopen(f"http://{frugal.admin_address}/metrics", timeout=10) as answer:
        counted = re.search(
            r'refused_orders_total\{purpose="shipment",reason="cost_limit"\} (\d+)', answer.read().decode()
        )
    assert int(counted[1]) >= 1
