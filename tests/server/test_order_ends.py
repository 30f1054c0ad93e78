"""Orders inside batches and streams are counted by outcome, audited and logged."""

import asyncio
import logging

import pytest

from boxwright.server.access.auth import CALLING, Principal, Scope
from boxwright.server.api.faults import PlanningLostError
from boxwright.server.api.packing import BatchAnswer, PackingService
from boxwright.server.audit import CALLED
from boxwright.server.metrics import Metrics
from boxwright.server.reloading import Current
from boxwright.server.workers.admission import OverloadedError
from boxwright.server.workers.methods import Methods
from boxwright.store import StoreUnreachableError
from boxwright.v1 import packing_service_pb2 as messages

from .live_calls import BOOK, request
from .planning_here import Context, PlanningHere


class Failing(Methods):
    """Plans orders, apart from those named after an error."""

    def __init__(self, dataset, metrics, errors):
        super().__init__(dataset, metrics)
        self._errors = errors

    def answer(self, asked):
        """Return a plan, or raise the error."""
        order_id = messages.PackRequest.FromString(asked.request).order.order_id
        if order_id in self._errors:
            raise self._errors[order_id]
        return super().answer(asked)


ERRORS = {
    "fault": ZeroDivisionError("nobody expected this"),
    "lost": PlanningLostError("ended"),
    "overloaded": OverloadedError("too much", 1, "full"),
    "store": StoreUnreachableError("away"),
}


def orders():
    """Return an order per error, one that is planned, and one that breaks a rule."""
    found = [request(BOOK, catalog="catalogs/china-post") for _ in (*ERRORS, "good", "wrong")]
    for message, order_id in zip(found, (*ERRORS, "good", "wrong"), strict=True):
        message.order.order_id = order_id
    found[-1].order.lines[0].quantity = 0
    return found


async def in_a_batch(service):
    """Have the orders planned in a batch."""
    answer = messages.BatchPackResponse.FromString(
        await service.BatchPack(messages.BatchPackRequest(requests=orders()), Context())
    )
    assert (answer.planned_count, answer.error_count) == (1, 5)


async def in_a_stream(service):
    """Have the orders planned on a stream."""

    async def asked():
        for order in orders():
            message = messages.StreamPackRequest(correlation_id=order.order.order_id)
            message.pack.request.CopyFrom(order)
            yield message
        yield messages.StreamPackRequest(correlation_id="no order")

    async for _ in service.StreamPack(asked(), Context()):
        pass


@pytest.mark.parametrize(("kind", "calling"), [("batch", in_a_batch), ("stream", in_a_stream)])
def test_each_order_is_counted_by_how_it_ends(dataset, caplog, kind, calling):
    """The call itself succeeds; an unexpected error is logged with its traceback."""
    metrics = Metrics()

    async def scene():
        workers = PlanningHere(Failing(dataset, metrics, ERRORS))
        await calling(PackingService(workers, Current(dataset), metrics))

    with caplog.at_level(logging.ERROR, "boxwright.server"):
        asyncio.run(scene())
    (family,) = (family for family in metrics.registry.collect() if family.name == "boxwright_answered_orders")
    ends = {
        sample.labels["reason"]: sample.value
        for sample in family.samples
        if sample.labels["kind"] == kind and sample.name.endswith("_total") and sample.value
    }
    reasons = ("planned", "internal", "planning_lost", "overloaded", "store_unreachable", "invalid_fields")
    assert ends == dict.fromkeys(reasons, 1)
    (said,) = (record for record in caplog.records if record.getMessage() == "an internal error of the service")
    assert said.exc_info[0] is ZeroDivisionError


def test_an_order_that_meets_a_fault_is_a_refused_order(dataset):
    """An unexpected error counts too."""
    metrics = Metrics()
    service = PackingService(PlanningHere(Failing(dataset, metrics, ERRORS)), Current(dataset), metrics)
    with pytest.raises(ZeroDivisionError):
        asyncio.run(service.Pack(orders()[0], Context()))
    assert refused_in(metrics, "internal") == 1


def refused_in(metrics, reason):
    """Return the number of refused shipments with a reason."""
    labels = {"purpose": "shipment", "reason": reason}
    return metrics.registry.get_sample_value("boxwright_refused_orders_total", labels)


def answered(metrics, kind, reason):
    """Return the number of orders of a kind of call with this outcome."""
    return metrics.registry.get_sample_value("boxwright_answered_orders_total", {"kind": kind, "reason": reason})


def served(dataset, metrics, calling):
    """Call a service as a known caller."""

    async def scene():
        workers = PlanningHere(Methods(dataset, metrics))
        service = PackingService(workers, Current(dataset), metrics)
        CALLED.set({"peer": "ipv4:127.0.0.1:1", "who": "token:hall", "request_id": "whole"})
        CALLING.set(Principal("token:hall", frozenset(Scope)))
        await calling(service)

    asyncio.run(scene())


def lines(caplog, message):
    """Return the fields of log lines with a message."""
    return [record.facts for record in caplog.records if record.getMessage() == message]


def with_ids(many=1, **fields):
    """Return orders with a request_id, which batches and streams refuse."""
    found = [request(BOOK, catalog="catalogs/china-post", request_id=f"r{number}", **fields) for number in range(many)]
    for number, message in enumerate(found):
        message.order.order_id = f"o{number}"
    return found


def test_orders_that_their_batch_refuses_are_counted_audited_and_logged(dataset, caplog):
    """The service counts them, since no worker sees them."""
    metrics, many = Metrics(), 5

    async def calling(service):
        await service.BatchPack(messages.BatchPackRequest(requests=with_ids(many)), Context())
        assert CALLED.get()["refused_orders"] == many

    with caplog.at_level(logging.INFO):
        served(dataset, metrics, calling)
    assert answered(metrics, "batch", "invalid_fields") == refused_in(metrics, "invalid_fields") == many
    audits = lines(caplog, "audit")
    assert [audit["order_id"] for audit in audits] == [f"o{number}" for number in range(many)]
    assert {(audit["what"], audit["who"], audit["reason"]) for audit in audits} == {
        ("PackingService/BatchPack", "token:hall", "invalid_fields")
    }
    first, *rest = lines(caplog, "refused order of PackingService/BatchPack")
    assert len(rest) == many - 1
    assert first == {
        "code": "INVALID_ARGUMENT",
        "reason": "invalid_fields",
        "fields": ["request_id"],
        "peer": "ipv4:127.0.0.1:1",
        "who": "token:hall",
        "request_id": "r0",
        "order_id": "o0",
    }


def test_orders_that_find_no_room_in_an_answer_are_refused_orders(dataset, caplog, monkeypatch):
    """Orders past the answer limit count, planned or not."""
    metrics = Metrics()
    monkeypatch.setattr("boxwright.server.api.packing.BatchAnswer", lambda orders, _: BatchAnswer(orders, 3_000))
    orders = [request(BOOK, catalog="catalogs/china-post") for _ in range(20)]

    async def calling(service):
        await service.BatchPack(messages.BatchPackRequest(requests=orders), Context())

    with caplog.at_level(logging.INFO, "boxwright.audit"):
        served(dataset, metrics, calling)
    refused = answered(metrics, "batch", "limit_exceeded")
    assert 1 < refused < 20
    assert refused_in(metrics, "limit_exceeded") == refused
    assert len([line for line in lines(caplog, "audit") if line.get("reason") == "limit_exceeded"]) == refused


def test_an_order_that_its_stream_does_not_take_is_counted_audited_and_logged(dataset, caplog):
    """A message without an order does not count."""
    metrics = Metrics()

    async def calling(service):
        async def asked():
            message = messages.StreamPackRequest(correlation_id="1")
            message.pack.request.CopyFrom(with_ids(site="sites/dallas")[0])
            yield message
            yield messages.StreamPackRequest(correlation_id="no order")

        kinds = [answer.WhichOneof("message") async for answer in service.StreamPack(asked(), Context())]
        assert kinds == ["error", "error"]

    with caplog.at_level(logging.INFO):
        served(dataset, metrics, calling)
    assert answered(metrics, "stream", "invalid_fields") == refused_in(metrics, "invalid_fields") == 1
    (audited,) = lines(caplog, "audit")
    assert (audited["what"], audited["order_id"], audited["site"]) == (
        "PackingService/StreamPack",
        "o0",
        "sites/dallas",
    )
    (line,) = lines(caplog, "refused order of PackingService/StreamPack")
    assert line["fields"] == ["pack.request.request_id"]
