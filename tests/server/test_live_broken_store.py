"""A live server with a locked, missing, damaged, absent or emptied store still plans."""

import contextlib
import json
import sqlite3
import uuid

import grpc
import pytest

from boxwright.v1 import packing_service_pb2 as messages

from .here import packing_here
from .live_calls import BOOK, failure, reason, request, samples
from .live_operations import Calls, evaluation
from .live_stores import break_corrupt, break_gone, break_locked, break_tables, rows, serving


def test_a_server_without_a_store_refuses_calls_that_need_one():
    """Calls that need a store are refused with STORE_OFF; plans are made."""
    with packing_here() as (server, packing), grpc.insecure_channel(server.address) as channel:
        calls = [(Calls(channel).evaluations.EvaluateCatalogs, evaluation(1))]
        asked = {"GetPlan": messages.GetPlanRequest(), "ListPlans": messages.ListPlansRequest()}
        asked |= {"RecordOutcome": messages.RecordOutcomeRequest(), "Pack": request(BOOK, persist=True)}
        for method, message in (*calls, *((getattr(packing, name), message) for name, message in asked.items())):
            code, status = failure(method, message)
            assert (code, reason(status)) == (grpc.StatusCode.FAILED_PRECONDITION, "STORE_OFF"), method
        assert packing.Pack(request(BOOK, request_id="r"), timeout=20).plan.name == ""


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (break_locked, "STORE_LOCKED"),
        (break_gone, "STORE_UNREACHABLE"),
        (break_corrupt, "STORE_CORRUPT"),
        (break_tables, "STORE_CORRUPT"),
    ],
)
def test_a_broken_store_keeps_no_plan_from_its_station(tmp_path, damage, why):
    """A request to persist gets an error; other plans are answered without a name."""
    # On a busy machine a slow write would be reported as STORE_LOCKED, so the other cases wait 60 s. A lock is awaited
    # for three quarters of that time.
    given = {"persist_plans": "true", "store_wait_s": 2 if damage is break_locked else 60}
    with contextlib.ExitStack() as stack, serving(tmp_path, **given) as (server, packing, path):
        assert packing.Pack(request(BOOK), timeout=20).plan.name
        damage(path, stack)
        code, status = failure(packing.Pack, request(BOOK, persist=True))
        assert (code, reason(status)) == (grpc.StatusCode.UNAVAILABLE, why)
        for given in ({}, {"request_id": "r"}, {"persist": False}):
            answer = packing.Pack(request(BOOK, **given), timeout=20)
            assert answer.plan.parcels
            assert not answer.plan.name
        assert samples(server, "boxwright_store_up") == {"boxwright_store_up": 0}
        counted = samples(server, "boxwright_store_errors_total")
        (errors,) = [item for item in counted.items() if item[1]]
        assert errors[0] == f'boxwright_store_errors_total{{reason="{why.lower()}",what="write"}}'
        said = [json.loads(line) for line in server.log if '"the store failed"' in line]
        assert [line["reason"] for line in said] == [why.lower()]


def test_a_repeated_batch_gets_the_rest_of_its_plans(tmp_path):
    """A repeat plans the orders that failed, and keeps the earlier answers."""
    asked = messages.BatchPackRequest(request_id="b")
    asked.requests.extend([request(BOOK), request(BOOK, persist=True), request(BOOK)])
    asked.requests[2].order.lines[0].mass_g = -1
    with serving(tmp_path) as (_, packing, path):
        with contextlib.ExitStack() as stack:
            break_locked(path, stack)
            first = packing.BatchPack(asked, timeout=60)
        codes = [result.error.code if result.HasField("error") else 0 for result in first.results]
        assert codes == [0, grpc.StatusCode.UNAVAILABLE.value[0], grpc.StatusCode.INVALID_ARGUMENT.value[0]]
        second = packing.BatchPack(asked, timeout=60)
        assert (second.planned_count, second.error_count) == (2, 1)
        assert second.results[1].response.plan.name.startswith("plans/")
        assert [second.results[at] for at in (0, 2)] == [first.results[at] for at in (0, 2)]
        assert packing.BatchPack(asked, timeout=60) == second
        assert len(rows(path, "SELECT plan_id FROM plans")) == 1


def test_a_server_starts_without_its_store(tmp_path):
    """A damaged file or a missing folder does not stop a server from planning."""
    (tmp_path / "plans.db").write_bytes(b"this is no database, and never was" * 200)
    with serving(tmp_path, persist_plans="true") as (_, packing, _):
        assert packing.Pack(request(BOOK), timeout=20).plan.parcels
        assert reason(failure(packing.Pack, request(BOOK, persist=True))[1]) == "STORE_CORRUPT"
    with serving(tmp_path / "nowhere") as (_, packing, _):
        assert packing.Pack(request(BOOK), timeout=20).plan.parcels
        assert reason(failure(packing.Pack, request(BOOK, persist=True))[1]) == "STORE_UNREACHABLE"


def test_a_server_of_postgresql_may_come_and_go(postgresql):
    """Replicas plan without their database, and store again once it is back."""
    url = postgresql.make_database("replicas")
    settings = {"store": url, "persist_plans": "true"}
    with packing_here(**settings) as (_, packing), packing_here(**settings) as (_, replica):
        message = request(BOOK, request_id=str(uuid.uuid4()))
        answer = packing.Pack(message, timeout=20)
        assert replica.Pack(message, timeout=20) == answer
        assert replica.GetPlan(messages.GetPlanRequest(name=answer.plan.name), timeout=20).parcels
        postgresql.stop()
        try:
            code, status = failure(packing.Pack, request(BOOK, persist=True))
            assert (code, reason(status)) == (grpc.StatusCode.UNAVAILABLE, "STORE_UNREACHABLE")
            assert not packing.Pack(request(BOOK), timeout=20).plan.name
        finally:
            postgresql.start()
        name = packing.Pack(request(BOOK, persist=True), timeout=20).plan.name
        assert replica.GetPlan(messages.GetPlanRequest(name=name), timeout=20).name == name
        assert replica.GetPlan(messages.GetPlanRequest(name=answer.plan.name), timeout=20).parcels
    assert postgresql.psql("SELECT count(*) FROM plans", "replicas").split()[2] == "2"


def delete(path, *names):
    """Delete plans, as retention or another server does."""
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA foreign_keys=ON")
        for name in names:
            connection.execute("DELETE FROM plans WHERE plan_id = ?", [name.removeprefix("plans/")])


def kept(path):
    """Return the names of the stored plans."""
    return {f"plans/{plan_id}" for (plan_id,) in rows(path, "SELECT plan_id FROM plans")}


def test_a_repeat_names_no_plan_that_is_deleted(tmp_path):
    """The order is planned and stored again, once; an answer without a stored plan is repeated."""
    asked = request(BOOK, request_id="stored", persist=True)
    other = request(BOOK, request_id="not stored", persist=False)
    with contextlib.ExitStack() as stack:
        server, packing, path = stack.enter_context(serving(tmp_path))
        first, plain = (packing.Pack(message, timeout=20) for message in (asked, other))
        delete(path, first.plan.name)
        again = packing.Pack(asked, timeout=20)
        assert kept(path) == {again.plan.name} != {first.plan.name}
        assert packing.GetPlan(messages.GetPlanRequest(name=again.plan.name), timeout=20).name == again.plan.name
        assert packing.Pack(asked, timeout=20) == again
        assert packing.Pack(other, timeout=20) == plain
        counted = samples(server, "boxwright_repeated_calls_total")
        assert sum(counted.values()) == 2
        stack.close()
        _, packing, path = stack.enter_context(serving(tmp_path))
        assert packing.Pack(asked, timeout=20) == again
        assert kept(path) == {again.plan.name}


def test_of_a_repeated_batch_only_the_deleted_plans_are_made_again(tmp_path):
    """Other plans keep their names, and refused orders stay refused."""
    asked = messages.BatchPackRequest(request_id="b")
    asked.requests.extend([request(BOOK, persist=True), request(BOOK, persist=True), request(BOOK)])
    asked.requests[2].order.lines[0].mass_g = -1
    with contextlib.ExitStack() as stack:
        _, packing, path = stack.enter_context(serving(tmp_path))
        first = packing.BatchPack(asked, timeout=60)
        names = [result.response.plan.name for result in first.results]
        delete(path, names[0])
        again = packing.BatchPack(asked, timeout=60)
        assert list(again.results[1:]) == list(first.results[1:])
        assert (again.planned_count, again.error_count) == (2, 1)
        assert kept(path) == {result.response.plan.name for result in again.results[:2]} != set(names[:2])
        assert packing.BatchPack(asked, timeout=60) == again
