"""Abandoned calls free a live server with one worker."""

import grpc
import pytest

from boxwright.v1 import packing_service_pb2
from boxwright.v1.packing_service_pb2_grpc import PackingServiceStub

from .here import server_here
from .live_calls import long_order, samples, wait_until


def metric(server, start):
    """Return the sum of the samples that begin with a text."""
    return sum(samples(server, start).values())


@pytest.fixture(scope="module")
def single():
    """A server with one worker."""
    with server_here(workers=1) as server:
        yield server


def pack(stub, **fields):
    """Send a single order."""
    return stub.Pack.future(long_order(**fields), timeout=60)


def batch(stub, **fields):
    """Send a batch."""
    return stub.BatchPack.future(
        packing_service_pb2.BatchPackRequest(requests=[long_order()] * 3, **fields), timeout=60
    )


def stream(stub):
    """Send orders over a stream."""
    messages = [packing_service_pb2.StreamPackRequest(correlation_id=str(number)) for number in range(3)]
    for message in messages:
        message.pack.request.CopyFrom(long_order())
    return stub.StreamPack(iter(messages), timeout=60)


@pytest.mark.parametrize(
    ("call", "fields", "given_up"),
    [
        (pack, {}, 1),
        (pack, {"request_id": "one"}, 1),
        (batch, {}, 2),
        (batch, {"request_id": "two"}, 2),
        (stream, {}, 3),
    ],
    ids=["pack", "pack with an id", "batch", "batch with an id", "stream"],
)
def test_a_call_that_is_given_up_leaves_nothing_behind(single, pack_request, call, fields, given_up):
    """Running orders end, waiting ones are dropped, and the next small order is planned."""
    before = metric(single, "boxwright_abandoned_orders_total")
    with grpc.insecure_channel(single.address) as channel:
        stub = PackingServiceStub(channel)
        sent = call(stub, **fields)
        busy, waiting = "boxwright_workers_busy", "boxwright_orders_waiting"
        wait_until(lambda: metric(single, busy) + metric(single, waiting) == given_up)
        sent.cancel()
        wait_until(lambda: metric(single, busy) == 0)
        assert metric(single, waiting) == 0
        assert metric(single, "boxwright_abandoned_orders_total") - before == given_up
        assert stub.Pack(pack_request, timeout=60).plan.parcels
