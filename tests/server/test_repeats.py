"""Calls with a request_id are safe to repeat."""

import asyncio

import pytest

from boxwright.errors import InvalidInputError
from boxwright.server.api.faults import RequestIdReusedError
from boxwright.server.api.repeats import RepeatableCall, Repeats
from boxwright.store import AnswerTakenError
from boxwright.v1.packing_service_pb2 import Drawing, PackRequest, PackResponse


class Maker:
    """Makes answers and counts them."""

    def __init__(self, *, fails=0, size=1):
        self.made = 0
        self._fails = fails
        self._size = size

    async def __call__(self):
        """Return a new answer, or fail."""
        self.made += 1
        await asyncio.sleep(0)
        if self.made <= self._fails:
            raise ValueError("fails")
        return PackResponse(drawings=[Drawing(step=self.made, svg="x" * self._size)])


def request(request_id="id-1", order_id="o"):
    """Return a request."""
    message = PackRequest(request_id=request_id)
    message.order.order_id = order_id
    return message


def call(message, caller="caller"):
    """Return the call of a request."""
    return RepeatableCall.of(caller, "Pack", message, "")


def run(*asked, make, repeats=None):
    """Return the steps of the answers to successive requests."""

    async def scene():
        kept = repeats or Repeats(10, 10_000)
        answers = []
        for message in asked:
            answers.append(await kept.answer(call(message), make))
            await asyncio.sleep(0)
        return [answer.drawings[0].step for answer in answers]

    return asyncio.run(scene())


def test_the_same_request_gets_the_first_answer_again():
    """The answer is made once."""
    make = Maker()
    assert run(request(), request(), make=make) == [1, 1]
    assert make.made == 1


def test_requests_without_an_id_are_made_each_time():
    """Without an id nothing is remembered."""
    assert run(request(""), request(""), make=Maker()) == [1, 2]


def test_another_payload_under_the_same_id_is_an_error():
    """Another payload gets neither the old nor a new answer."""
    with pytest.raises(RequestIdReusedError, match="id-1"):
        run(request(), request(order_id="other"), make=Maker())


def test_the_error_of_the_first_call_is_not_that_of_those_who_wait():
    """If the first call fails, one waiting call makes the answer for all."""
    make = Maker(fails=1)

    async def scene():
        repeats = Repeats(10, 10_000)
        given = await asyncio.gather(*(repeats.answer(call(request()), make) for _ in range(3)), return_exceptions=True)
        return given, len(repeats._kept)

    (first, *others), kept = asyncio.run(scene())
    assert isinstance(first, ValueError)
    assert [answer.drawings[0].step for answer in others] == [2, 2]
    assert (make.made, kept) == (2, 1)


def test_a_failure_is_not_remembered():
    """A repeat after an error tries again."""
    make = Maker(fails=1)

    async def scene():
        repeats = Repeats(10, 10_000)
        with pytest.raises(ValueError, match="fails"):
            await repeats.answer(call(request(), "c"), make)
        await asyncio.sleep(0)
        return await repeats.answer(call(request(), "c"), make)

    assert asyncio.run(scene()).drawings[0].step == 2


@pytest.mark.parametrize("repeats", [Repeats(2, 10_000), Repeats(10, 260)])
def test_the_oldest_answer_is_forgotten_first(repeats):
    """Past the limit on answers or bytes the oldest is made again."""
    asked = [request("a"), request("b"), request("c"), request("c"), request("a")]
    assert run(*asked, make=Maker(size=100), repeats=repeats) == [1, 2, 3, 3, 4]


def test_another_caller_may_use_the_same_id():
    """Ids belong to their caller."""

    async def scene():
        repeats, make = Repeats(10, 10_000), Maker()
        first = await repeats.answer(call(request(), "a"), make)
        second = await repeats.answer(call(request(order_id="other"), "b"), make)
        return first.drawings[0].step, second.drawings[0].step

    assert asyncio.run(scene()) == (1, 2)


@pytest.mark.parametrize("request_id", ["x" * 65, "Ähre", "a\nb"])
def test_bad_ids_are_refused(request_id):
    """An id that is too long, not ASCII or not printable is refused."""
    with pytest.raises(InvalidInputError, match="request_id"):
        run(request(request_id), make=Maker())


def test_a_caller_that_gives_up_leaves_the_answer_to_its_repeat():
    """Cancelling the first call does not cancel the work while a repeat waits."""
    make = Maker()

    async def scene():
        repeats = Repeats(10, 10_000)
        first, second = (asyncio.ensure_future(repeats.answer(call(request(), "c"), make)) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        return (await second).drawings[0].step

    assert asyncio.run(scene()) == 1
    assert make.made == 1


def test_the_last_caller_that_gives_up_ends_the_work():
    """Without callers the work is cancelled; a later call makes and keeps the answer."""
    ended = []

    async def endless():
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    async def scene():
        repeats, make = Repeats(10, 10_000), Maker()
        callers = [asyncio.ensure_future(repeats.answer(call(request(), "c"), endless)) for _ in range(2)]
        await asyncio.sleep(0.001)
        callers[0].cancel()
        await asyncio.sleep(0.001)
        still_made = not ended
        callers[1].cancel()
        await asyncio.wait(callers)
        again = await repeats.answer(call(request(), "c"), make)
        kept = await repeats.answer(call(request(), "c"), make)
        return still_made, again.drawings[0].step, kept.drawings[0].step

    assert asyncio.run(scene()) == (True, 1, 1)
    assert ended == [True]


class Records:
    """Stored records of calls by key; each is stored once."""

    def __init__(self):
        self.kept = {}

    async def find(self, key, deadline_s):
        """Return the record of a call."""
        return self.kept.get(key)

    def making(self, of, answer, *, late=None):
        """Return a function that makes and stores an answer; with ``late`` a replica is faster."""

        async def make():
            if late is not None:
                self.kept.setdefault(of.key, of.record(answer=late))
            if of.key in self.kept:
                raise AnswerTakenError
            self.kept[of.key] = of.record(answer=answer)
            return answer

        return make


async def restored(record):
    """Return the answer of a record."""
    return PackResponse.FromString(record.answer)


FIRST, SECOND = (PackResponse(drawings=[Drawing(step=step)]) for step in (1, 2))


def test_a_stored_answer_is_given_again_by_another_server():
    """Another payload is refused, and a deleted answer is made again."""

    async def scene():
        records, asked = Records(), call(request())
        one, other = (Repeats(10, 10_000, records) for _ in range(2))
        assert await one.answer(asked, records.making(asked, FIRST), restored) == FIRST
        assert await other.answer(asked, records.making(asked, SECOND), restored) == FIRST
        with pytest.raises(RequestIdReusedError):
            await other.answer(call(request(order_id="other")), records.making(asked, SECOND), restored)
        records.kept.clear()
        assert await one.answer(asked, records.making(asked, SECOND), restored) == SECOND
        assert one._kept == other._kept == {}

    asyncio.run(scene())


def test_of_two_servers_at_once_the_answer_of_the_faster_counts():
    """The slower one returns the answer of the faster one."""

    async def scene():
        records, asked = Records(), call(request())
        make = records.making(asked, SECOND, late=FIRST)
        assert await Repeats(10, 10_000, records).answer(asked, make, restored) == FIRST

    asyncio.run(scene())


def test_what_is_stored_of_a_call_cannot_be_tried_out():
    """Key and digest depend on the operator's secret, so they cannot be guessed."""
    one, other = (RepeatableCall.of("a", "Pack", request(), secret) for secret in ("secret", "another"))
    assert len({one.key, other.key, one.digest, other.digest, call(request(), "a").key}) == 5
    assert one.part(1).key != one.part(2).key != one.key
