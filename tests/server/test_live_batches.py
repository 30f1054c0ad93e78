"""Batches and streams of a live PackingService in another process."""

from google.rpc import code_pb2

from boxwright.v1 import packing_service_pb2 as messages
from boxwright.v1 import plan_pb2

from .live_calls import BOOK, MUG, SKI, bad_fields, failure, request


def test_a_batch_keeps_its_order_and_gives_each_order_its_own_status(packing):
    """Good, bad, too long, with an id of its own: results stand where their requests stood."""
    batch = messages.BatchPackRequest(
        requests=[
            request(BOOK),
            request({**BOOK, "quantity": 0}),
            request(SKI),
            request(BOOK, request_id="x"),
            request(MUG),
        ]
    )
    batch.defaults.catalog = "catalogs/china-post"
    for index, each in enumerate(batch.requests):
        each.order.order_id = f"order-{index}"
    answer = packing.BatchPack(batch, timeout=60)
    assert [each.order_id for each in answer.results] == [f"order-{index}" for index in range(5)]
    assert [each.error.code for each in answer.results] == [
        code_pb2.OK,
        code_pb2.INVALID_ARGUMENT,
        code_pb2.FAILED_PRECONDITION,
        code_pb2.INVALID_ARGUMENT,
        code_pb2.OK,
    ]
    assert (answer.planned_count, answer.error_count) == (2, 3)
    assert answer.results[0].response.plan.versions.catalog == "catalogs/china-post"


def test_a_malformed_batch_fails_as_a_whole(packing):
    """No requests, too many, or an order in the defaults."""
    empty = messages.BatchPackRequest()
    large = messages.BatchPackRequest(requests=[request(BOOK)] * 21)
    shared = messages.BatchPackRequest(requests=[request(BOOK)], defaults=request(BOOK))
    fields = [bad_fields(failure(packing.BatchPack, each)[1]) for each in (empty, large, shared)]
    assert fields == [["requests"], ["requests"], ["defaults.order"]]


def test_a_stream_plans_orders_and_survives_a_bad_one(packing):
    """Setup, good, bad and good again over one connection."""
    setup = messages.StreamPackRequest(correlation_id="setup")
    setup.setup.defaults.read_mask.paths.append("plan.order_id")
    sent = [setup]
    for correlation_id, line in (("1", BOOK), ("2", {**BOOK, "mass_g": -1}), ("3", MUG)):
        message = messages.StreamPackRequest(correlation_id=correlation_id)
        message.pack.request.CopyFrom(request(line))
        sent.append(message)
    answers = {each.correlation_id: each for each in packing.StreamPack(iter(sent), timeout=60)}
    assert {name: each.WhichOneof("message") for name, each in answers.items()} == {
        "setup": "accepted",
        "1": "result",
        "2": "error",
        "3": "result",
    }
    assert answers["1"].result == messages.PackResponse(plan=plan_pb2.Plan(order_id="o"))


def test_a_stream_sends_plans_as_they_are_found(packing):
    """The first plan comes as an improvement, and the last one once more as the result."""
    message = messages.StreamPackRequest(correlation_id="1")
    message.pack.request.CopyFrom(request(BOOK))
    message.pack.send_improvements = True
    message.pack.fuse.seconds = 60
    answers = list(packing.StreamPack(iter([message]), timeout=60))
    assert [each.WhichOneof("message") for each in answers] == ["improvement", "result"]
    assert answers[0].improvement.plan.canonical_hash == answers[1].result.plan.canonical_hash
    assert not answers[1].result.plan.cut_short
