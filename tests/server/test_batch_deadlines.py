"""A batch at its deadline: finished plans are answered, and every other order gets an error."""

import asyncio
import time

import pytest

from boxwright.server.access import auth
from boxwright.server.access.auth import SENDING_S, deadline_of
from boxwright.server.api import packing as packing_service
from boxwright.server.api.packing import PackingService
from boxwright.server.http import call
from boxwright.server.http.call import Call
from boxwright.server.metrics import Metrics
from boxwright.server.reloading import Current
from boxwright.server.workers.work import WorkResult
from boxwright.v1 import packing_service_pb2 as messages

from .live_calls import BOOK, request

PLAN = messages.PackResponse()
PLAN.plan.order_id = "o" * 200_000

DEADLINE_S = 600.0


class Clock:
    """The clock of the service, which stands still until it is moved."""

    def __init__(self):
        self.now_s = time.monotonic()

    def monotonic(self):
        """Return the time in seconds."""
        return self.now_s


class Planning:
    """Answers at once; the last of a number of orders uses up all the time."""

    at_once = 1

    def __init__(self, orders, clock):
        self._orders, self._clock, self.asked = orders, clock, []

    async def ask(self, asked, **_):
        """Return a long plan."""
        self.asked.append(asked.answer_by_s)
        if len(self.asked) == self._orders:
            self._clock.now_s += DEADLINE_S
        return WorkResult(PLAN.SerializeToString())


@pytest.fixture
def clock(monkeypatch):
    """The clock of the service."""
    made = Clock()
    for module in (packing_service, auth, call):
        monkeypatch.setattr(module, "time", made)
    return made


def planned(dataset, orders, planning, context):
    """Return the answer to a batch, and the metrics."""
    metrics = Metrics()

    async def scene():
        service = PackingService(planning, Current(dataset), metrics)
        batch = messages.BatchPackRequest(requests=[request(BOOK, catalog="catalogs/china-post")] * orders)
        batch.defaults.site = "hall"
        return messages.BatchPackResponse.FromString(await service.BatchPack(batch, context))

    return asyncio.run(scene()), metrics


def counted(metrics, name, **labels):
    """Return a sample; None if there is none."""
    return metrics.registry.get_sample_value(name, labels)


def test_orders_that_are_not_begun_by_the_deadline_are_refused_without_work(dataset, clock):
    """Late orders are refused and counted one by one; finished plans are answered."""
    planning = Planning(3, clock)
    answer, metrics = planned(dataset, 300, planning, Call("127.0.0.1", 1, DEADLINE_S))
    assert (answer.planned_count, answer.error_count, len(planning.asked)) == (3, 297, 3)
    late = [result for result in answer.results if result.HasField("error")]
    assert all("DEADLINE_BEFORE_PLAN" in str(result.error) and result.order_id for result in late)
    name, reason = "boxwright_answered_orders_total", "deadline_before_plan"
    assert counted(metrics, name, kind="batch", reason=reason) == 297
    assert counted(metrics, "boxwright_refused_orders_total", purpose="shipment", reason=reason) == 297


def test_the_answer_of_a_batch_has_time_to_be_sent(dataset, clock):
    """Orders must end 5 s before the deadline, or at three quarters of a short one."""
    for deadline_s, until_s in ((DEADLINE_S, DEADLINE_S - 5), (8, 6)):
        planning = Planning(0, clock)
        answer, _ = planned(dataset, 2, planning, Call("127.0.0.1", 1, deadline_s))
        assert answer.planned_count == 2
        assert planning.asked == [pytest.approx(clock.now_s + until_s - SENDING_S)] * 2


def test_a_pause_while_the_deadline_is_read_does_not_put_it_off(clock):
    """A process may lose its core between reading the remaining time and the clock."""

    class Context:
        def time_remaining(self):
            left_s = until_s - clock.now_s
            clock.now_s += 0.5
            return left_s

    until_s = clock.now_s + 10
    assert deadline_of(Context()) <= until_s
