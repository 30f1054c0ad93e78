"""A batch at its deadline: plans that are there and an error for each other order, not the loss of all."""

import asyncio
import time

import pytest

from boxwright.server.asked import Answered
from boxwright.server.caller import JSON_S_PER_BYTE, SENDING_S
from boxwright.server.current import Current
from boxwright.server.http.call import Call
from boxwright.server.metrics import Metrics
from boxwright.server.packing_service import SENDING_S_PER_ORDER, PackingService
from boxwright.server.threads import Threads
from boxwright.v1 import packing_service_pb2 as messages

from .live_calls import BOOK, request

PLAN = messages.PackResponse()
PLAN.plan.order_id = "o" * 200_000


class Planning(Threads):
    """Takes some time for each order, and all that there is from a number of orders on."""

    def __init__(self, orders):
        super().__init__(1, 60)
        self.orders, self.asked = orders, []

    async def ask(self, asked, **_):
        """Return a long plan, or raise at the time by which it has to be there."""
        self.asked.append(asked.answer_by_s)
        if len(self.asked) > self.orders:
            await asyncio.sleep(asked.answer_by_s - time.monotonic())
        return Answered(PLAN.SerializeToString())


def planned(shelf, orders, planning, context):
    """Return the answer to a batch, and the metrics."""
    metrics = Metrics()

    async def scene():
        service = PackingService(planning, Current(shelf), metrics)
        batch = messages.BatchPackRequest(requests=[request(BOOK, catalog="catalogs/china-post")] * orders)
        batch.defaults.site = "hall"
        return messages.BatchPackResponse.FromString(await service.BatchPack(batch, context))

    try:
        return asyncio.run(scene()), metrics
    finally:
        planning.close()


def counted(metrics, name, **labels):
    """Return a sample; None where there is none."""
    return metrics.registry.get_sample_value(name, labels)


def test_orders_that_are_not_begun_by_the_deadline_are_refused_without_work(shelf):
    """Each by itself, counted as any other order; the plans that there are, are answered."""
    planning = Planning(3)
    answer, metrics = planned(shelf, 300, planning, Call("127.0.0.1", 1, 3.0))
    begun = len(planning.asked)
    assert (answer.planned_count, answer.error_count) == (begun, 300 - begun)
    assert begun == 3 + 2 * planning.at_once  # those under way at the deadline
    late = [each for each in answer.results if each.HasField("error")]
    assert all("DEADLINE_BEFORE_PLAN" in str(each.error) and each.order_id for each in late)
    name, reason = "boxwright_answered_orders_total", "deadline_before_plan"
    assert counted(metrics, name, kind="batch", reason=reason) == 300 - begun
    assert counted(metrics, "boxwright_refused_orders_total", purpose="shipment", reason=reason) == 300 - begun


@pytest.mark.parametrize("s_per_byte", [0.0, JSON_S_PER_BYTE])
def test_a_long_answer_has_time_to_be_written(shelf, s_per_byte):
    """The more of it there is, the sooner the orders that are left must be planned."""
    context = Call("127.0.0.1", 1, 60.0)
    context.sending_s_per_byte = s_per_byte
    until_s = time.monotonic() + 60
    planning = Planning(50)
    answer, _ = planned(shelf, 50, planning, context)
    assert answer.planned_count == 50
    spare_s = SENDING_S + 50 * SENDING_S_PER_ORDER
    # Two orders are under way while the last is begun, so what is written by then is that of the others.
    written = [max(0, number + 1 - 2 * planning.at_once) * PLAN.ByteSize() for number in range(50)]
    slack_s = time.monotonic() + 60 - until_s
    for by_s, size in zip(planning.asked, written, strict=True):
        assert by_s <= until_s + slack_s - spare_s - size * s_per_byte
    if not s_per_byte:
        assert len(set(planning.asked)) == 1
