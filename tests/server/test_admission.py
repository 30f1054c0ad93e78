"""The queue of orders: turns, waits and refusals."""

import asyncio
import time

import pytest

from boxwright.server.workers import admission
from boxwright.server.workers.admission import (
    Admission,
    OverloadedError,
    is_large,
)
from boxwright.v1 import policy_pb2
from boxwright.v1.packing_service_pb2 import PackRequest


def with_places(count):
    """Return an admission with some free places."""
    made = Admission(count)
    for number in range(count):
        made.give(number)
    return made


class Orders:
    """Orders of callers that hold their places until the test ends them."""

    def __init__(self, places):
        self.places, self.begun, self.ends, self.tasks = places, [], {}, {}

    async def send(self, name, caller="a", **given):
        """Send an order; return once it has begun or waits."""
        self.tasks[name] = asyncio.create_task(self._run(name, caller, given))
        await settled()

    async def _run(self, name, caller, given):
        place = await self.places.take(caller, **given)
        self.begun.append(name)
        self.ends[name] = asyncio.Event()
        await self.ends[name].wait()
        self.places.give(place)

    async def end(self, name):
        """End an order that has begun."""
        self.ends[name].set()
        await settled()

    async def end_all(self):
        """End all orders in the order in which they begin, and return that order."""
        ended = 0
        while ended < len(self.begun):
            await self.end(self.begun[ended])
            ended += 1
        return self.begun


async def settled():
    """Let pending tasks of the event loop run."""
    for _ in range(5):
        await asyncio.sleep(0)


def in_turn(places, *sent, leave=()):
    """Send orders (name, caller, large) while the first is under way; return the order in which they began."""

    async def scene():
        orders = Orders(places)
        for name, caller, large in sent:
            await orders.send(name, caller, large=large)
        for name in leave:
            orders.tasks[name].cancel()
        await settled()
        return await orders.end_all()

    return asyncio.run(asyncio.wait_for(scene(), 60))


def small(names, callers):
    """Return small orders of callers."""
    return [(name, caller, False) for name, caller in zip(names, callers, strict=True)]


def test_callers_take_turns():
    """A caller with many orders delays another caller by one of them at most."""
    assert in_turn(with_places(1), *small("012345", "aaaabc")) == list("014523")


@pytest.mark.parametrize(("leave", "turns"), [("1", "02453"), ("4", "01523"), ("123", "045")])
def test_a_caller_that_leaves_delays_no_other(leave, turns):
    """Orders of callers that leave are skipped."""
    assert in_turn(with_places(1), *small("012345", "aaaabc"), leave=leave) == list(turns)


def test_of_two_places_large_orders_leave_one():
    """A small order overtakes large ones; the next large one starts when a large one ends."""
    sent = [("L1", "a", True), ("L2", "a", True), ("s1", "a", False), ("s2", "a", False)]

    async def scene():
        orders = Orders(with_places(2))
        for name, caller, large in sent:
            await orders.send(name, caller, large=large)
        assert orders.begun == ["L1", "s1"]
        await orders.end("s1")
        await orders.end("s2")
        assert orders.begun == ["L1", "s1", "s2"]
        await orders.end("L1")
        return orders.begun

    assert asyncio.run(scene()) == ["L1", "s1", "s2", "L2"]


def test_at_one_place_both_sizes_take_turns():
    """Neither size starves the other."""
    sent = [("s0", "a", False), *((f"s{n}", "a", False) for n in (1, 2, 3)), ("L1", "b", True), ("L2", "b", True)]
    assert in_turn(with_places(1), *sent) == ["s0", "L1", "s1", "L2", "s2", "s3"]


def test_a_place_that_is_handed_to_who_has_just_left_goes_to_the_next():
    """A place handed to a caller that has just left goes to the next order."""

    async def scene():
        places = with_places(1)
        place = await places.take("a")
        leaving, staying = (asyncio.create_task(places.take(caller)) for caller in "bc")
        await settled()
        places.give(place)
        leaving.cancel()
        return await staying

    assert asyncio.run(scene()) == 0


def refused(places, orders=1, **given):
    """Send orders that cannot begin; return the error of the last."""

    async def scene():
        places.remove(0)
        tasks = [asyncio.create_task(places.take("a", **given)) for _ in range(orders)]
        with pytest.raises(OverloadedError) as error:
            await tasks[-1]
        for task in tasks:
            task.cancel()
        return error.value

    return asyncio.run(scene())


def test_a_place_is_kept_when_the_caller_who_is_next_leaves_in_the_same_turn_of_the_loop():
    """A place stays free if the next caller is cancelled in the same step of the loop, and no timer fails."""

    async def scene():
        places = with_places(1)
        failed = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: failed.append(context))
        place = await places.take("a")
        leaving = [asyncio.create_task(places.take("b", most_wait_s=0.01)) for _ in range(2)]
        await settled()
        time.sleep(0.02)  # so that the timers are due in the step of the loop in which the first call ends
        leaving[0].cancel()
        places.give(place)
        leaving[1].cancel()
        await settled()
        return failed, await places.take("c")

    assert asyncio.run(scene()) == ([], 0)


def test_an_order_is_refused_that_has_waited_too_long():
    """An order past the longest wait is refused with a retry time and leaves the queue."""
    places = with_places(1)
    error = refused(places, most_wait_s=0.01)
    assert error.limit == "age"
    assert error.retry_after_s > 0
    assert places.waiting(large=False) == 0


def test_where_as_many_wait_as_may_one_more_is_refused(monkeypatch):
    """The queue is limited in all and per caller."""
    for name in ("MOST_WAITING", "MOST_WAITING_PER_CALLER"):
        with monkeypatch.context() as patch:
            patch.setattr(admission, name, 2)
            assert refused(with_places(1), orders=3).limit == "full"


def test_an_order_is_refused_before_its_deadline_where_no_plan_would_be_made_in_time():
    """A waiting order is refused before its deadline; with a free place it starts however near that is."""

    async def scene():
        places = with_places(1)
        place = await places.take("a", deadline_s=time.monotonic() + 0.001)
        late = asyncio.create_task(places.take("a", deadline_s=time.monotonic() + 0.05))
        in_time = asyncio.create_task(places.take("a", deadline_s=time.monotonic() + 60))
        with pytest.raises(OverloadedError) as error:
            await late
        places.give(place)
        return error.value.limit, await in_time

    assert asyncio.run(scene()) == ("deadline", 0)


def test_a_place_that_is_taken_out_is_handed_out_no_more():
    """A removed place is not handed out, whether it was held or free."""

    async def scene():
        places = with_places(2)
        held = await places.take("a")
        places.remove(1 - held)
        places.remove(held)
        waiting = asyncio.create_task(places.take("a"))
        await settled()
        assert not waiting.done()
        places.give("new")
        return await waiting

    assert asyncio.run(scene()) == "new"


def order(units, lines, **given):
    """Return a request with some lines of some units."""
    request = PackRequest(**given)
    for number in range(lines):
        request.order.lines.add(line_id=str(number), quantity=units)
    return request


def test_an_order_is_large_by_its_units_and_lines():
    """Size counts units times lines; the mode thorough and alternatives multiply it."""
    thorough = {"policy": policy_pb2.Policy(mode=policy_pb2.SOLVING_MODE_THOROUGH)}
    assert [is_large(order(*sizes)) for sizes in ((5, 5), (300, 1), (500, 1), (10, 10))] == [False, False, True, True]
    assert [is_large(order(5, 5, **given)) for given in ({}, thorough)] == [False, True]
    assert is_large(order(5, 5), alternatives=3)


def test_callers_that_are_sent_away_together_do_not_return_together():
    """The retry time is spread around the stated one."""
    after_s = {OverloadedError("full", 2.0).retry_after_s for _ in range(5)}
    assert len(after_s) > 1
    assert 1 <= min(after_s) <= max(after_s) <= 3
