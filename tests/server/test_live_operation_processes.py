"""Operations of servers with their own stores: privacy, ownership, and lost processes."""

import contextlib
import datetime as dt
import os
import signal
import sqlite3
from pathlib import Path

import grpc
import pytest
from google.longrunning import operations_pb2
from tests.interop.running_server import running_server

from boxwright.server.access.auth import Scope
from boxwright.server.access.tokens import new_token, written
from boxwright.server.operations import runner
from boxwright.server.operations.questions import settled
from boxwright.server.operations.runner import STATES
from boxwright.server.stored.plan_record import unpacked
from boxwright.v1 import evaluation_service_pb2 as messages

from .here import server_here
from .live_calls import BOOK, failure, reason, request, wait_until
from .live_operations import Calls, evaluation, result_of, state_of
from .test_live_workers import children

LONG = {"count": 500, "units": 120}
"""Size of an operation that takes minutes."""


def running(server_pid):
    """Return the processes of a server that run operations; they have the lowest priority."""
    pids = [pid for child in children(server_pid) for pid in children(child)]
    return [pid for pid in pids if os.getpriority(os.PRIO_PROCESS, pid) == 19]


def has_ended(pid):
    """Return whether a process no longer runs."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True


@contextlib.contextmanager
def serving(store, running=server_here, **given):
    """A server with a store, and its stubs."""
    with running(store=store, **given) as server, grpc.insecure_channel(server.address) as channel:
        yield server, Calls(channel)


@pytest.fixture(scope="module")
def one(tmp_path_factory):
    """The store of a server in this process, and its stubs."""
    store = f"sqlite:///{tmp_path_factory.mktemp('store')}/plans.db"
    with serving(store, default_catalog="eu-stock") as (_, calls):
        yield store, calls


@pytest.fixture
def store(tmp_path):
    """The URL of a store in a file."""
    return f"sqlite:///{tmp_path}/plans.db"


on_linux = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes as Linux shows them")


@on_linux
def test_orders_are_planned_while_an_operation_runs_at_the_lowest_priority(one):
    """Pack is answered meanwhile; the stored request names no order and is erased at the end."""
    store, calls = one

    def stored(name):
        with contextlib.closing(sqlite3.connect(store.removeprefix("sqlite:///"))) as connection:
            found = connection.execute("SELECT request FROM operations WHERE operation_id = ?", [name.split("/")[1]])
            return found.fetchone()[0]

    name = calls.evaluations.EvaluateCatalogs(evaluation(**LONG), timeout=30).name
    waiting = calls.evaluations.EvaluateCatalogs(evaluation(3), timeout=30).name
    calls.running(name)
    (pid,) = running(os.getpid())
    assert os.getpriority(os.PRIO_PROCESS, pid) == 19
    assert os.sched_getscheduler(pid) in (os.SCHED_IDLE, os.SCHED_OTHER)
    assert calls.packing.Pack(request(BOOK), timeout=60).plan.parcels
    assert state_of(calls.get(waiting)).state == STATES["waiting"]
    kept = messages.EvaluateCatalogsRequest.FromString(unpacked(stored(waiting)))
    assert [order.lines[0].mass_g for order in kept.orders.inline_orders.orders] == [300, 300, 300]
    assert b"secret" not in kept.SerializeToString()
    deleting = operations_pb2.DeleteOperationRequest(name=name)
    code, status = failure(calls.operations.DeleteOperation, deleting)
    assert (code, reason(status)) == (grpc.StatusCode.FAILED_PRECONDITION, "OPERATION_NOT_DONE")
    calls.cancel(waiting)
    assert stored(waiting) == b""
    calls.cancel(name)
    ended = calls.ended(name)
    assert state_of(ended).state == STATES["cancelled"]
    assert reason(ended.error) == "CANCELLED"
    wait_until(lambda: has_ended(pid))
    calls.operations.DeleteOperation(deleting, timeout=20)
    gone = operations_pb2.GetOperationRequest(name=name)
    assert failure(calls.operations.GetOperation, gone)[0] is grpc.StatusCode.NOT_FOUND


def test_what_is_stored_has_no_field_that_this_version_does_not_know():
    """A field of a later contract may hold private texts."""
    asked = evaluation(1)
    asked.orders.inline_orders.orders[0].MergeFromString(b"\xba\x3e\x05later")  # unknown field 999
    assert b"later" in asked.SerializeToString()
    assert b"later" not in settled(asked, None).SerializeToString()


@pytest.mark.long
@on_linux
def test_a_process_that_ends_costs_its_operation_alone(one):
    """The operation fails, and the next one runs."""
    _, calls = one
    name = calls.evaluations.EvaluateCatalogs(evaluation(**LONG), timeout=30).name
    calls.running(name)
    os.kill(running(os.getpid())[0], signal.SIGKILL)
    ended = calls.ended(name)
    assert state_of(ended).state == STATES["failed"]
    assert reason(ended.error) == "PLANNING_LOST"
    assert result_of(calls.ended(calls.evaluations.EvaluateCatalogs(evaluation(1), timeout=30).name)).order_count == 1


@pytest.mark.long
@on_linux
def test_an_operation_outlives_the_ends_of_its_servers(store, monkeypatch):
    """Another server restarts it after a kill; a clean stop does not count as an attempt."""
    with serving(store, running_server, workers="1") as (server, calls):
        name = calls.evaluations.EvaluateCatalogs(evaluation(60, units=8), timeout=60).name
        calls.running(name)
        (pid,) = running(server.process.pid)
        server.process.kill()
        wait_until(lambda: has_ended(pid))
    monkeypatch.setattr(runner, "LEASE_S", 1.0)
    with serving(store) as (_, calls):
        (pid,) = wait_until(lambda: running(os.getpid()))
        assert state_of(calls.get(name)).attempt_count == 2
    wait_until(lambda: has_ended(pid))
    with serving(store) as (_, calls):
        operation = calls.ended(name)
        assert result_of(operation).order_count == 60
        assert state_of(operation).attempt_count == 2  # the attempt of the stopped server is not counted


@pytest.mark.long
@on_linux
def test_of_two_replicas_one_runs_an_operation_and_the_other_takes_it_over(postgresql, monkeypatch):
    """Only one replica runs it at a time, and cancelling ends it there."""
    url = postgresql.make_database("operations")
    with serving(url, running_server, workers="1") as (holder, first):
        name = first.evaluations.EvaluateCatalogs(evaluation(**LONG), timeout=60).name
        first.running(name)
        with serving(url) as (_, calls):
            assert state_of(calls.get(name)).stage == "planning"
            assert (len(running(holder.process.pid)), running(os.getpid())) == (1, [])
            holder.process.kill()
            monkeypatch.setattr(runner, "LEASE_S", 1.0)
            wait_until(lambda: running(os.getpid()))
            assert state_of(calls.get(name)).attempt_count == 2
            calls.cancel(name)
            assert state_of(calls.ended(name)).state == STATES["cancelled"]
            wait_until(lambda: not running(os.getpid()))


def test_each_caller_has_operations_of_its_own(store, tmp_path):
    """Other callers cannot read or list them, and the scope pack cannot start one."""
    now, texts, made = dt.datetime.now(dt.UTC), {}, []
    for name, scope in (("analyst", Scope.CATALOGS), ("other", Scope.CATALOGS), ("station", Scope.PACK)):
        texts[name], token = new_token(name, [scope], (), now, None)
        made.append(token)
    texts["analyst of a site"], token = new_token("analyst", [Scope.CATALOGS], ("leeds",), now, None)
    file = tmp_path / "tokens.json"
    file.write_text(written([*made, token]))

    def asking(name):
        return {"timeout": 60, "metadata": (("authorization", f"Bearer {texts[name]}"),)}

    with serving(store, tokens_file=file) as (_, calls):
        begin, listing = calls.evaluations.EvaluateCatalogs, operations_pb2.ListOperationsRequest()
        with pytest.raises(grpc.RpcError) as caught:
            begin(evaluation(1), **asking("station"))
        assert caught.value.code() is grpc.StatusCode.PERMISSION_DENIED
        own = begin(evaluation(1, request_id="same"), **asking("analyst")).name
        assert begin(evaluation(1, request_id="same"), **asking("other")).name != own
        asked = operations_pb2.GetOperationRequest(name=own)
        assert calls.operations.GetOperation(asked, **asking("analyst")).name == own
        for stranger in ("other", "analyst of a site"):
            with pytest.raises(grpc.RpcError) as caught:
                calls.operations.GetOperation(asked, **asking(stranger))
            assert caught.value.code() is grpc.StatusCode.NOT_FOUND
        listed = calls.operations.ListOperations(listing, **asking("other")).operations
        assert own not in [operation.name for operation in listed]
        assert len(listed) == 1
