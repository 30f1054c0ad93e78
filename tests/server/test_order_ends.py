"""Orders inside batches and streams: each is counted by how it ends, and a fault of the service is logged."""

import asyncio
import logging

import pytest

from boxwright.server.asked import Asked
from boxwright.server.current import Current
from boxwright.server.desk import Desk
from boxwright.server.metrics import Metrics
from boxwright.server.overloaded import ShedError
from boxwright.server.packing_service import PackingService
from boxwright.server.processes.lost import PlanningLostError
from boxwright.server.threads import Threads
from boxwright.store import StoreUnreachableError
from boxwright.v1 import packing_service_pb2 as messages

from .live_calls import BOOK, request


class Failing(Desk):
    """Plans orders, but for those that are named for an error."""

    def __init__(self, shelf, metrics, errors):
        super().__init__(shelf, metrics)
        self._errors = errors

    def answer(self, asked):
        """Return a plan, or raise the error."""
        order_id = messages.PackRequest.FromString(asked.request).order.order_id
        if order_id in self._errors:
            raise self._errors[order_id]
        return super().answer(asked)


class Context:
    """A call."""

    def peer(self):
        """Return who calls."""
        return "ipv4:127.0.0.1:1"

    def time_remaining(self):
        """Return none: it has no deadline."""


ERRORS = {
    "fault": ZeroDivisionError("nobody expected this"),
    "lost": PlanningLostError("ended"),
    "shed": ShedError("too much", "waiting_time", 1),
    "store": StoreUnreachableError("away"),
}


def orders():
    """Return an order for each error, one that is planned, and one that breaks a rule."""
    found = [request(BOOK, catalog="catalogs/china-post") for _ in (*ERRORS, "good", "wrong")]
    for each, order_id in zip(found, (*ERRORS, "good", "wrong"), strict=True):
        each.order.order_id = order_id
    found[-1].order.lines[0].quantity = 0
    return found


async def in_a_batch(service):
    """Have the orders planned in a batch."""
    answer = messages.BatchPackResponse.FromString(
        await service.BatchPack(messages.BatchPackRequest(requests=orders()), Context())
    )
    assert (answer.planned_count, answer.error_count) == (1, 5)


async def in_a_stream(service):
    """Have them planned on a stream, half of them as they are found."""

    async def asked():
        for number, each in enumerate(orders()):
            message = messages.StreamPackRequest(correlation_id=each.order.order_id)
            message.pack.request.CopyFrom(each)
            message.pack.send_improvements = number % 2 == 0
            yield message
        yield messages.StreamPackRequest(correlation_id="no order")

    async for _ in service.StreamPack(asked(), Context()):
        pass


@pytest.mark.parametrize(("kind", "calling"), [("batch", in_a_batch), ("stream", in_a_stream)])
def test_each_order_is_counted_by_how_it_ends(shelf, caplog, kind, calling):
    """The call itself ends well; what nobody expected is in the log with its traceback."""
    metrics = Metrics()

    async def scene():
        workers = Threads(1, 60, Failing(shelf, metrics, ERRORS))
        try:
            await calling(PackingService(workers, Current(shelf), metrics))
        finally:
            workers.close()

    with caplog.at_level(logging.ERROR, "boxwright.server"):
        asyncio.run(scene())
    (family,) = (each for each in metrics.registry.collect() if each.name == "boxwright_answered_orders")
    ends = {
        each.labels["reason"]: each.value
        for each in family.samples
        if each.labels["kind"] == kind and each.name.endswith("_total") and each.value
    }
    reasons = ("planned", "internal", "planning_lost", "overloaded", "store_unreachable", "invalid_fields")
    assert ends == dict.fromkeys(reasons, 1)
    (said,) = (each for each in caplog.records if each.getMessage() == "a fault of the service")
    assert said.exc_info[0] is ZeroDivisionError


def test_an_order_that_meets_a_fault_is_a_refused_order(shelf, monkeypatch):
    """Also where the error is none of those that are foreseen."""
    metrics = Metrics()
    desk = Desk(shelf, metrics)
    monkeypatch.setattr("boxwright.server.pack.read_pack_request", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        desk.answer(Asked("Pack", request(BOOK, catalog="catalogs/china-post").SerializeToString()))
    labels = {"purpose": "shipment", "reason": "internal"}
    assert metrics.registry.get_sample_value("boxwright_refused_orders_total", labels) == 1
