"""One StreamPack, with planning replaced by a stand-in that the test steers."""

import asyncio
from contextlib import aclosing

import pytest
from google.protobuf import duration_pb2
from google.rpc import code_pb2

from boxwright.errors import FieldViolation, InvalidInputError, SearchEndedError
from boxwright.server.api.faults import StreamEndedError
from boxwright.server.api.stream import PackStream
from boxwright.v1.packing_service_pb2 import PackResponse, StreamPackOrder, StreamPackRequest


class Planner:
    """Answers with the order's id once the test lets it; order ``bad`` fails."""

    def __init__(self):
        self.seen = []
        self.most_at_once = 0
        self.gate = asyncio.Event()
        self._now = 0

    async def improve(self, request, stop, better):
        """Hand over a plan from another thread, then one more for each turn of the gate, until the search is ended."""
        answer = PackResponse()
        answer.plan.order_id = request.order.order_id
        if request.order.order_id == "late":
            while not stop.ended:
                await asyncio.sleep(0)
            raise SearchEndedError("the search was ended before there was a plan")
        await asyncio.to_thread(better, answer)
        while not stop.ended and not self.gate.is_set():
            await asyncio.sleep(0)
        answer.plan.cut_short = stop.ended
        return answer

    async def __call__(self, request, stop=None, better=None):
        """Wait for the gate, then answer; with a stop, as ``improve``."""
        if stop is not None:
            return await self.improve(request, stop, better)
        self.seen.append(request)
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            await self.gate.wait()
            if request.order.order_id == "bad":
                raise InvalidInputError([FieldViolation("order", "is bad")])
            answer = PackResponse()
            answer.plan.order_id = request.order.order_id
            return answer
        finally:
            self._now -= 1


def order(correlation_id, order_id=None, **fields):
    """Return a message that sends an order."""
    message = StreamPackRequest(correlation_id=correlation_id, pack=StreamPackOrder(**fields))
    message.pack.request.order.order_id = order_id or correlation_id
    return message


def with_alternatives(message):
    """Return a message whose order asks for an alternative."""
    message.pack.request.alternative_count = 1
    return message


def stop(correlation_id, target):
    """Return a message that stops an order."""
    message = StreamPackRequest(correlation_id=correlation_id)
    message.stop.correlation_id = target
    return message


def run(*messages, most=4, open_gate=True, patience=0.0):
    """Return the planner and the answers to messages, sent one after another."""

    async def scene():
        planner = Planner()
        if open_gate:
            planner.gate.set()

        async def sent():
            for message in messages:
                yield message
                for _ in range(5):
                    await asyncio.sleep(0)
            await asyncio.sleep(patience)
            planner.gate.set()

        return planner, [answer async for answer in PackStream(planner, most).answers(sent())]

    return asyncio.run(scene())


def kinds(answers):
    """Return what each answer is, by correlation id."""
    return {answer.correlation_id: answer.WhichOneof("message") for answer in answers}


def test_every_order_gets_its_answer():
    """Results carry the correlation id of their order."""
    _, answers = run(order("1"), order("2"))
    assert {answer.correlation_id: answer.result.plan.order_id for answer in answers} == {"1": "1", "2": "2"}


def test_one_bad_order_does_not_end_the_stream():
    """The bad one gets an error, the next one a plan."""
    _, answers = run(order("1", "bad"), order("2"))
    assert kinds(answers) == {"1": "error", "2": "result"}


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (StreamPackRequest(correlation_id="x"), code_pb2.INVALID_ARGUMENT),  # says nothing
        (StreamPackRequest(correlation_id="x", pack=StreamPackOrder()), code_pb2.INVALID_ARGUMENT),  # no request
        (order("", "o"), code_pb2.INVALID_ARGUMENT),  # no correlation id
        (order("x" * 65), code_pb2.INVALID_ARGUMENT),
        (order("x", fuse=duration_pb2.Duration()), code_pb2.INVALID_ARGUMENT),  # no time at all
        (order("x", fuse=duration_pb2.Duration(seconds=-1)), code_pb2.INVALID_ARGUMENT),
        (order("x", fuse=duration_pb2.Duration(seconds=3_600, nanos=1)), code_pb2.INVALID_ARGUMENT),
        (order("x", fuse=duration_pb2.Duration(seconds=2**62)), code_pb2.INVALID_ARGUMENT),
        (with_alternatives(order("x", send_improvements=True)), code_pb2.INVALID_ARGUMENT),
        (stop("x", "nobody"), code_pb2.NOT_FOUND),
    ],
)
def test_a_bad_message_is_answered_and_the_stream_goes_on(message, code):
    """Each gets an error of its own; an order after it is planned."""
    _, (error, result) = run(message, order("good"))
    assert (error.correlation_id, error.error.code) == (message.correlation_id, code)
    assert result.result.plan.order_id == "good"


def test_defaults_hold_for_orders_sent_after_them():
    """A setup is accepted, and shapes later orders but not earlier ones."""
    setup = StreamPackRequest(correlation_id="s")
    setup.setup.defaults.catalog = "catalogs/c"
    planner, answers = run(order("before"), setup, order("after"))
    assert kinds(answers)["s"] == "accepted"
    assert {each.order.order_id: each.catalog for each in planner.seen} == {"before": "", "after": "catalogs/c"}


def test_a_setup_with_an_order_is_refused_and_the_old_one_holds():
    """Defaults must not hold an order."""
    good, bad = StreamPackRequest(correlation_id="g"), StreamPackRequest(correlation_id="b")
    good.setup.defaults.catalog = "catalogs/c"
    bad.setup.defaults.order.order_id = "o"
    planner, answers = run(good, bad, order("1"))
    assert kinds(answers) == {"g": "accepted", "b": "error", "1": "result"}
    assert planner.seen[0].catalog == "catalogs/c"


def test_a_stopped_order_ends_with_cancelled():
    """The stop is accepted, the order gets an error, the other one goes on."""
    _, answers = run(order("1"), order("2"), stop("s", "1"), open_gate=False)
    assert kinds(answers) == {"s": "accepted", "1": "error", "2": "result"}
    assert next(answer.error.code for answer in answers if answer.correlation_id == "1") == code_pb2.CANCELLED


def test_an_id_is_unique_while_its_order_is_under_way_and_free_afterwards():
    """The second of two is refused while the first runs, and taken once it is answered."""
    _, answers = run(order("1"), order("1"), open_gate=False)
    assert sorted(answer.WhichOneof("message") for answer in answers) == ["error", "result"]
    _, answers = run(order("1"), order("1"))
    assert [answer.WhichOneof("message") for answer in answers] == ["result", "result"]


def test_no_more_orders_are_under_way_than_allowed():
    """The stream reads no further until one is answered."""

    async def scene():
        planner = Planner()
        waiting = PackStream(planner, 2)

        async def sent():
            for number in range(6):
                yield order(str(number))

        async def release():
            for _ in range(30):
                await asyncio.sleep(0)
            planner.gate.set()

        releasing = asyncio.ensure_future(release())
        answers = [answer async for answer in waiting.answers(sent())]
        await releasing
        return planner.most_at_once, len(answers)

    assert asyncio.run(scene()) == (2, 6)


def test_improvements_come_before_the_result():
    """A caller that asks for them gets each plan as it is found, and the last one as the result."""
    _, answers = run(order("1", send_improvements=True))
    assert [answer.WhichOneof("message") for answer in answers] == ["improvement", "result"]
    assert not answers[-1].result.plan.cut_short


def test_a_fuse_ends_the_search_and_the_plan_says_so():
    """Without a word from the caller the best plan comes once the fuse has burnt down; improvements were not asked."""
    _, answers = run(order("1", fuse=duration_pb2.Duration(nanos=1_000_000)), open_gate=False, patience=0.2)
    assert [answer.WhichOneof("message") for answer in answers] == ["result"]
    assert answers[0].result.plan.cut_short


def test_a_stop_brings_the_best_plan_so_far():
    """With improvements a stopped order is answered with what was found, cut short."""
    _, answers = run(order("1", send_improvements=True), stop("s", "1"), open_gate=False, patience=0.2)
    assert kinds(answers) == {"s": "accepted", "1": "result"}
    assert answers[-1].result.plan.cut_short


def test_a_fuse_before_any_plan_is_an_error():
    """Where nothing was found yet the answer is CANCELLED, and the stream goes on."""
    _, answers = run(order("1", "late", fuse=duration_pb2.Duration(nanos=1_000_000)), order("2"))
    assert kinds(answers) == {"1": "error", "2": "result"}
    assert next(answer.error.code for answer in answers if answer.correlation_id == "1") == code_pb2.CANCELLED


def endings(*messages, open_gate=True, end=None, **limits):
    """Return the answers of a stream that the server ends, and why it ended; the caller goes on sending for ever."""

    async def scene():
        planner = Planner()
        if open_gate:
            planner.gate.set()

        async def sent():
            for message in messages:
                yield message
            await asyncio.Event().wait()

        stream, came = PackStream(planner, 4, **limits), []

        async def listen():
            async for answer in stream.answers(sent()):
                came.append(answer)  # noqa: PERF401 - a comprehension would lose what came before the error

        with pytest.raises(StreamEndedError) as raised:
            await asyncio.gather(listen(), *([end(stream, planner)] if end else []))
        return came, raised.value.why

    return asyncio.run(scene())


def test_an_idle_stream_ends():
    """After its last answer nothing comes for a while, and the server ends it; the order is answered."""
    answers, why = endings(order("1"), idle_s=0.05)
    assert (kinds(answers), why) == ({"1": "result"}, "idle")


def test_a_stream_with_an_order_under_way_is_not_idle():
    """However long the order takes, its answer comes before the stream ends."""

    async def release(_, planner):
        await asyncio.sleep(0.3)
        planner.gate.set()

    answers, why = endings(order("1"), open_gate=False, end=release, idle_s=0.05)
    assert (kinds(answers), why) == ({"1": "result"}, "idle")


def test_a_stream_of_great_age_ends():
    """An order under way is answered first; it is read no further."""

    async def release(_, planner):
        await asyncio.sleep(0.3)
        planner.gate.set()

    answers, why = endings(order("1"), open_gate=False, end=release, age_s=0.05)
    assert (kinds(answers), why) == ({"1": "result"}, "age")


def test_a_stopping_server_ends_an_idle_stream_at_once():
    """No limit of idleness has to pass."""

    async def stop_server(stream, _):
        await asyncio.sleep(0.01)
        stream.end("stop")

    assert endings(end=stop_server) == ([], "stop")


def test_a_stopping_server_answers_what_it_took():
    """The order under way gets its answer, then the stream ends."""

    async def stop_server(stream, planner):
        await asyncio.sleep(0.01)
        stream.end("stop")
        await asyncio.sleep(0.01)
        planner.gate.set()

    answers, why = endings(order("1"), open_gate=False, end=stop_server)
    assert (kinds(answers), why) == ({"1": "result"}, "stop")


def test_an_order_that_is_taken_as_its_caller_leaves_is_given_up():
    """In the very moment in which it is taken: nobody would wait for its plan."""

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
