"""One StreamPack, with a planner that the test controls."""

import asyncio
from contextlib import aclosing

import pytest
from google.rpc import code_pb2

from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.server.api.faults import StreamEndedError
from boxwright.server.api.stream import PackStream
from boxwright.v1.packing_service_pb2 import PackResponse, StreamPackOrder, StreamPackRequest


class Planner:
    """Answers with the order's id once answers are allowed; the order ``bad`` fails."""

    def __init__(self):
        self.seen = []
        self.most_at_once = 0
        self.answers = asyncio.Event()
        self._now = 0

    async def __call__(self, request):
        """Wait until answers are allowed, then answer."""
        self.seen.append(request)
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            await self.answers.wait()
            if request.order.order_id == "bad":
                raise InvalidInputError([FieldViolation("order", "is bad")])
            answer = PackResponse()
            answer.plan.order_id = request.order.order_id
            return answer
        finally:
            self._now -= 1


def order(correlation_id, order_id=None):
    """Return a message that sends an order."""
    message = StreamPackRequest(correlation_id=correlation_id)
    message.pack.request.order.order_id = order_id or correlation_id
    return message


def run(*messages, open_gate=True):
    """Return the planner and the answers to successive messages."""

    async def scene():
        planner = Planner()
        if open_gate:
            planner.answers.set()

        async def sent():
            for message in messages:
                yield message
                for _ in range(5):
                    await asyncio.sleep(0)
            planner.answers.set()

        return planner, [answer async for answer in PackStream(planner, 4).answers(sent())]

    return asyncio.run(scene())


def kinds(answers):
    """Return the kind of each answer by correlation id."""
    return {answer.correlation_id: answer.WhichOneof("message") for answer in answers}


def test_every_order_gets_its_answer_and_a_bad_one_does_not_end_the_stream():
    """Results carry the correlation id of their order; a failed order gets an error."""
    _, answers = run(order("1"), order("2", "bad"), order("3"))
    assert kinds(answers) == {"1": "result", "2": "error", "3": "result"}
    assert all(answer.result.plan.order_id == answer.correlation_id for answer in answers if answer.HasField("result"))


@pytest.mark.parametrize(
    "message",
    [
        StreamPackRequest(correlation_id="x"),  # no message
        StreamPackRequest(correlation_id="x", pack=StreamPackOrder()),  # no request
        order("", "o"),  # no correlation id
        order("x" * 65),
    ],
)
def test_a_bad_message_is_answered_and_the_stream_goes_on(message):
    """A malformed message gets an error, and the next order a plan."""
    _, (error, result) = run(message, order("good"))
    assert (error.correlation_id, error.error.code) == (message.correlation_id, code_pb2.INVALID_ARGUMENT)
    assert result.result.plan.order_id == "good"


def test_defaults_hold_for_orders_sent_after_them():
    """A setup applies to later orders only."""
    setup = StreamPackRequest(correlation_id="s")
    setup.setup.defaults.catalog = "catalogs/c"
    planner, answers = run(order("before"), setup, order("after"))
    assert kinds(answers)["s"] == "accepted"
    assert {seen.order.order_id: seen.catalog for seen in planner.seen} == {"before": "", "after": "catalogs/c"}


def test_a_setup_with_an_order_is_refused_and_the_old_one_holds():
    """Defaults must not have an order."""
    good, bad = StreamPackRequest(correlation_id="g"), StreamPackRequest(correlation_id="b")
    good.setup.defaults.catalog = "catalogs/c"
    bad.setup.defaults.order.order_id = "o"
    planner, answers = run(good, bad, order("1"))
    assert kinds(answers) == {"g": "accepted", "b": "error", "1": "result"}
    assert planner.seen[0].catalog == "catalogs/c"


def test_an_id_is_unique_while_its_order_is_under_way_and_free_afterwards():
    """An id is refused while its order runs and accepted afterwards."""
    _, answers = run(order("1"), order("1"), open_gate=False)
    assert sorted(answer.WhichOneof("message") for answer in answers) == ["error", "result"]
    _, answers = run(order("1"), order("1"))
    assert [answer.WhichOneof("message") for answer in answers] == ["result", "result"]


def test_no_more_orders_are_under_way_than_allowed():
    """At the limit the stream is not read."""

    async def scene():
        planner = Planner()
        waiting = PackStream(planner, 2)

        async def sent():
            for number in range(6):
                yield order(str(number))

        async def release():
            for _ in range(30):
                await asyncio.sleep(0)
            planner.answers.set()

        releasing = asyncio.ensure_future(release())
        answers = [answer async for answer in waiting.answers(sent())]
        await releasing
        return planner.most_at_once, len(answers)

    assert asyncio.run(scene()) == (2, 6)


def test_a_stopping_server_answers_the_orders_it_took_and_ends_the_stream():
    """Orders under way are answered; a stream without orders ends at once."""

    async def scene(*messages):
        planner, came = Planner(), []
        stream = PackStream(planner, 4)

        async def sent():
            for message in messages:
                yield message
            await asyncio.Event().wait()

        async def listen():
            async for answer in stream.answers(sent()):
                came.append(answer)  # noqa: PERF401 - a comprehension would lose what came before the error

        async def stop_server():
            await asyncio.sleep(0.01)
            stream.stop()
            await asyncio.sleep(0.01)
            planner.answers.set()

        with pytest.raises(StreamEndedError):
            await asyncio.gather(listen(), stop_server())
        return kinds(came)

    assert asyncio.run(scene(order("1"))) == {"1": "result"}
    assert asyncio.run(scene()) == {}


def test_an_order_that_is_taken_as_its_caller_leaves_is_given_up():
    """An order that starts while the caller leaves is cancelled."""

    async def talk():
        under_way = []

        async def plan(request, *_):
            under_way.append(request)
            try:
                await asyncio.sleep(3_600)
            finally:
                under_way.pop()

        async def requests():
            asyncio.get_running_loop().call_soon(reading.cancel)
            yield order("a")
            await asyncio.sleep(3_600)

        async with aclosing(PackStream(plan, 4).answers(requests())) as answers:
            reading = asyncio.ensure_future(anext(answers))
            await asyncio.wait([reading])
        for _ in range(10):
            await asyncio.sleep(0)
        return len(under_way)

    assert asyncio.run(talk()) == 0
