"""Metrics of a live server: load, refusals and repeated calls."""

import contextlib
import os
import signal
import uuid
from pathlib import Path

import pytest

from boxwright.v1 import packing_service_pb2 as messages

from .here import packing_here
from .live_calls import BOOK, ask, failure, request, samples


@pytest.fixture
def stored(tmp_path):
    """A server with a store for one test, whose counts start at 0, and its stub."""
    with packing_here(store=f"sqlite:///{tmp_path}/plans.db") as made:
        yield made


def test_calls_that_come_again_are_counted_by_where_their_answer_was():
    """Repeats are counted by source, and the order is planned once."""
    message = request(BOOK, request_id=str(uuid.uuid4()))
    with packing_here() as (server, packing):
        for _ in range(3):
            packing.Pack(message, timeout=20)
        seen = samples(server)
    assert seen['boxwright_repeated_calls_total{method="PackingService/Pack",source="memory"}'] == 2
    assert seen['boxwright_plans_total{purpose="shipment",status="complete"}'] == 1


def test_each_refusal_is_counted_under_its_reason(stored):
    """Calls count by method and reason, other HTTP requests by status."""
    server, packing = stored
    failure(packing.Pack, request(BOOK, catalog="catalogs/none"))
    for path, sort in (("/boxwright.v1.PackingService/Pack", "text/plain"), ("/nothing", "application/json")):
        ask(server.http_address, path, b"{}", Content_Type=sort)
    seen = samples(server)
    assert seen['boxwright_rpc_errors_total{method="PackingService/Pack",reason="resource_not_found"}'] == 1
    assert seen['boxwright_http_refusals_total{status="415"}'] == 1
    assert seen['boxwright_http_refusals_total{status="404"}'] == 1


def test_how_full_the_server_is_can_be_read():
    """Workers, their memory, waits and the delay of the event loop have metrics."""
    with packing_here(workers=1) as (server, packing):
        packing.Pack(request(BOOK), timeout=20)
        seen = samples(server)
    assert (seen["boxwright_workers"], seen["boxwright_workers_busy"]) == (1, 0)
    assert seen["boxwright_workers_memory_bytes"] > 0
    assert seen['boxwright_order_wait_seconds_count{size="small"}'] == 1
    assert seen['boxwright_orders_waiting{size="large"}'] == 0
    assert "boxwright_loop_delay_seconds_count" in seen
    assert "boxwright_store_up" not in seen


def test_what_is_read_from_the_store_is_timed_and_what_fails_is_counted(stored, tmp_path):
    """A read is timed, and a read without the file is a counted error."""
    server, packing = stored
    name = packing.Pack(request(BOOK, persist=True), timeout=20).plan.name
    before = samples(server)["boxwright_store_read_seconds_count"]
    packing.GetPlan(messages.GetPlanRequest(name=name), timeout=20)
    assert samples(server)["boxwright_store_read_seconds_count"] == before + 1
    (tmp_path / "plans.db").unlink()
    failure(packing.GetPlan, messages.GetPlanRequest(name=name))
    assert samples(server)['boxwright_store_errors_total{reason="store_unreachable",what="read"}'] == 1


def test_metrics_are_answered_while_postgresql_does_not_answer(postgresql):
    """A hanging database does not delay a scrape."""
    with packing_here(store=postgresql.make_database("hanging")) as (server, packing):
        packing.Pack(request(BOOK, persist=True), timeout=20)
        with halted(postgresql):
            seen = samples(server)
        assert (seen["boxwright_store_up"], seen["boxwright_ready"]) == (1, 1)


@contextlib.contextmanager
def halted(postgresql):
    """Stop all processes of PostgreSQL during the block."""

    def send(number):
        pid = postgresql.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        for process in (pid, *map(int, children)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, number)

    send(signal.SIGSTOP)
    try:
        yield
    finally:
        send(signal.SIGCONT)
