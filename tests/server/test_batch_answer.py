"""The answer of a batch: the bytes of its message, its limit, and the status of each order."""

import grpc
import pytest
from google.rpc import code_pb2, status_pb2

from boxwright.errors import LimitExceededError
from boxwright.server.api.packing import BatchAnswer
from boxwright.v1 import packing_service_pb2 as messages

from .here import packing_here
from .live_calls import BOOK, MUG, SKI, bad_fields, failure, request


def put(answer, index, order_id, *, failed=False):
    """Put the result of an order into an answer."""
    if failed:
        error = status_pb2.Status(code=code_pb2.FAILED_PRECONDITION, message="does not fit")
        answer.put_error(index, order_id, error)
        return
    made = messages.PackResponse()
    made.plan.order_id = order_id
    answer.put_plan(index, order_id, made.SerializeToString())


def test_the_bytes_are_those_of_the_message():
    """Results follow the order of the requests, whichever came first, and the counts agree."""
    answer = BatchAnswer(3, 10_000)
    put(answer, 2, "c" * 300)
    put(answer, 0, "a")
    put(answer, 1, "b", failed=True)
    read = messages.BatchPackResponse.FromString(answer.serialized())
    assert [result.order_id for result in read.results] == ["a", "b", "c" * 300]
    assert [result.response.plan.order_id for result in read.results] == ["a", "", "c" * 300]
    assert read.results[1].error.message == "does not fit"
    assert (read.planned_count, read.error_count) == (2, 1)


def test_a_full_answer_takes_errors_only():
    """A plan that does not fit is refused at read_mask; errors always fit."""
    answer = BatchAnswer(2, 10)
    answer.check_room()
    with pytest.raises(LimitExceededError) as refused:
        put(answer, 0, "a" * 20)
    assert [violation.field for violation in refused.value.violations] == ["read_mask"]
    put(answer, 0, "a", failed=True)
    with pytest.raises(LimitExceededError):
        answer.check_room()


def test_orders_past_the_size_of_an_answer_are_errors_and_none_is_lost():
    """A batch with all fields plans some orders and refuses the rest; a smaller mask fits them all."""
    asked = messages.BatchPackRequest()
    for number in range(12):
        asked.requests.append(request({**BOOK, "quantity": 1}, catalog="catalogs/eu-stock"))
        asked.requests[-1].order.order_id = str(number)
    with packing_here(max_answer_bytes=65_536) as (_, packing):
        small = packing.BatchPack(asked, timeout=30)
        asked.defaults.read_mask.paths.append("*")
        whole = packing.BatchPack(asked, timeout=30)
        alone = asked.requests[0]
        alone.order.lines[0].quantity = 100
        alone.read_mask.paths.append("*")
        with pytest.raises(grpc.RpcError, match="read_mask"):
            packing.Pack(alone, timeout=60)
    assert small.planned_count == 12
    assert [result.order_id for result in whole.results] == [str(number) for number in range(12)]
    assert 0 < whole.planned_count < 12
    assert whole.planned_count + whole.error_count == 12
    assert whole.ByteSize() < 100_000
    assert all("read_mask" in result.error.message for result in whole.results if result.HasField("error"))


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
