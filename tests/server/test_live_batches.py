"""Batches of a live PackingService."""

from google.rpc import code_pb2

from boxwright.v1 import packing_service_pb2 as messages

from .live_calls import BOOK, MUG, SKI, bad_fields, failure, request


def test_a_batch_keeps_its_order_and_gives_each_order_its_own_status(packing):
    """Results follow their requests, each with its own plan or status."""
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
    for index, message in enumerate(batch.requests):
        message.order.order_id = f"order-{index}"
    answer = packing.BatchPack(batch, timeout=60)
    assert [result.order_id for result in answer.results] == [f"order-{index}" for index in range(5)]
    assert [result.error.code for result in answer.results] == [
        code_pb2.OK,
        code_pb2.INVALID_ARGUMENT,
        code_pb2.FAILED_PRECONDITION,
        code_pb2.INVALID_ARGUMENT,
        code_pb2.OK,
    ]
    assert (answer.planned_count, answer.error_count) == (2, 3)
    assert answer.results[0].response.plan.versions.catalog == "catalogs/china-post"


def test_a_malformed_batch_fails_as_a_whole(packing):
    """An empty batch, too many requests, and defaults with an order are refused."""
    empty = messages.BatchPackRequest()
    large = messages.BatchPackRequest(requests=[request(BOOK)] * 21)
    shared = messages.BatchPackRequest(requests=[request(BOOK)], defaults=request(BOOK))
    fields = [bad_fields(failure(packing.BatchPack, batch)[1]) for batch in (empty, large, shared)]
    assert fields == [["requests"], ["requests"], ["defaults.order"]]
