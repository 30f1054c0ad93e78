"""Planning processes with real kills: what breaks in one is answered with an error, and nothing else is lost."""

import asyncio
import contextlib
import json
import os
import re
import runpy
import signal
import threading
import urllib.request
from pathlib import Path

import grpc
import pytest

from boxwright.errors import BoxwrightError
from boxwright.server.asked import Asked
from boxwright.server.desk import Desk
from boxwright.server.faults import status_of
from boxwright.server.health import probe
from boxwright.server.metrics import Metrics
from boxwright.server.processes.crew import Processes
from boxwright.server.processes.loader import Loader
from boxwright.server.processes.team import Team
from boxwright.server.settings import Settings
from boxwright.server.shelf import Shelf
from boxwright.v1 import packing_service_pb2, policy_pb2
from boxwright.v1.packing_service_pb2_grpc import PackingServiceStub
from boxwright_client.errors import error_of_call

RELOADED = 'boxwright_planning_restarts_total{why="loading"}'
LOST = 'boxwright_refused_orders_total{purpose="shipment",reason="planning_lost"}'

RUNNING = runpy.run_path(str(Path(__file__).parents[1] / "interop" / "running_server.py"))

pytestmark = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="processes are found in /proc")


def children(pid):
    """Return the processes that a process has started and that are no zombies, by id."""
    found = []
    for each in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, parent = each.read_text().rpartition(")")[2].split()[:2]
            if int(parent) == pid and state != "Z":
                found.append(int(each.parent.name))
    return sorted(found)


def template_of(server):
    """Return the process that planning processes are copies of."""
    (found,) = children(server.process.pid)
    return found


def cpu_s(pid):
    """Return the CPU time of a process, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wait_until(holds):
    """Wait until something holds."""
    for _ in range(1_200):
        with contextlib.suppress(OSError, ValueError):
            if holds():
                return
        threading.Event().wait(0.05)
    raise AssertionError("it never came about")


def metric(server, pattern):
    """Return the sum of the samples that begin with a pattern."""
    with urllib.request.urlopen(f"http://{server.admin_address}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    return sum(float(line.rpartition(" ")[2]) for line in text.splitlines() if re.match(pattern, line))


def long_order():
    """Return a request that takes far longer than any test waits."""
    message = packing_service_pb2.PackRequest(catalog="catalogs/eu-stock")
    message.order.order_id = "long"
    message.policy.mode = policy_pb2.SOLVING_MODE_THOROUGH
    for number in range(200):
        line = message.order.lines.add(line_id=f"line {number}", quantity=5, mass_g=100 + number)
        edges = line.cuboid.dimensions
        edges.length_mm, edges.width_mm, edges.height_mm = 41 + number % 83, 37 + number % 61, 29 + number % 47
    return message


def small_order(number):
    """Return a request that is soon answered, with a plan or, where it is for a long unit, with an error."""
    message = packing_service_pb2.PackRequest(catalog="catalogs/eu-stock")
    message.order.order_id = str(number)
    for kind in range(number % 4 + 1):
        line = message.order.lines.add(line_id=f"line {kind}", quantity=number % 3 + 1, mass_g=100 + number)
        edges = line.cuboid.dimensions
        edges.length_mm, edges.width_mm, edges.height_mm = 90 + 9 * number, 60 + number, 20 + 5 * kind
    return message


SECRETS = {"order_id_key": "never-shown-secret-1", "link_key": "never-shown-secret-2"}


@pytest.fixture(scope="module")
def started():
    """A server with two planning processes and a spare one, a stub, and what it logged by then."""
    with (
        RUNNING["running_server"](workers=2, stall_s=1, max_waiting_s=60, **SECRETS) as server,
        grpc.insecure_channel(server.address) as channel,
    ):
        wait_until(lambda: len(children(template_of(server))) == 3)
        yield server, PackingServiceStub(channel), list(server.log)


@pytest.fixture
def crew(started):
    """The server and its stub."""
    return started[:2]


def busy_one(server):
    """Return the process that plans, of those that might; others use no time meanwhile."""
    pids = children(template_of(server))
    before = {pid: cpu_s(pid) for pid in pids}
    wait_until(lambda: any(cpu_s(pid) - before[pid] > 0.1 for pid in pids))
    return max(pids, key=lambda pid: cpu_s(pid) - before[pid])


@pytest.mark.parametrize(
    ("sent", "why"),
    [(signal.SIGKILL, "crash"), (signal.SIGSEGV, "crash"), (signal.SIGSTOP, "stuck")],
    ids=["killed", "a fault in machine code", "does not get on"],
)
def test_an_order_whose_process_breaks_is_an_error_and_nothing_else_is_lost(crew, sent, why):
    """Its caller learns the reason, orders beside it are planned, and a new process takes the place."""
    server, stub = crew
    wait_until(lambda: len(children(template_of(server))) == 3)
    before = metric(server, f'boxwright_planning_restarts_total{{why="{why}"}}')
    refused = metric(server, LOST)
    lost = stub.Pack.future(long_order(), timeout=120)
    broken = busy_one(server)
    beside = [stub.Pack.future(small_order(number), timeout=60) for number in range(20)]
    os.kill(broken, sent)
    assert lost.exception().code() is grpc.StatusCode.INTERNAL
    assert error_of_call(lost.exception()).reason == "PLANNING_LOST"
    assert metric(server, LOST) == refused + 1
    assert all(each.result().plan.parcels for each in beside)
    assert probe(server.address)
    wait_until(lambda: len(children(template_of(server))) == 3)
    assert broken not in children(template_of(server))
    wait_until(lambda: metric(server, f'boxwright_planning_restarts_total{{why="{why}"}}') == before + 1)
    assert all(stub.Pack(small_order(number), timeout=60).plan.parcels for number in range(4))


def test_no_secret_is_an_argument_of_a_process(crew):
    """Everybody on the machine sees how processes were started: settings with secrets travel otherwise."""
    server, _ = crew
    pids = [server.process.pid, template_of(server), *children(template_of(server))]
    assert len(pids) == 5
    started_with = b"".join(Path(f"/proc/{pid}/cmdline").read_bytes() for pid in pids)
    assert b"boxwright" in started_with
    assert b"never-shown" not in started_with


def test_signals_of_a_terminal_or_a_service_manager_end_no_planning_process(crew):
    """Ctrl-C and the end of a service reach all its processes: the door sees to the others."""
    server, stub = crew
    pids = [template_of(server), *children(template_of(server))]
    for sent in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        for pid in pids:
            os.kill(pid, sent)
    assert all(stub.Pack(small_order(number), timeout=60).plan.parcels for number in range(4))
    assert [template_of(server), *children(template_of(server))] == pids


def test_without_the_process_that_loads_another_is_started(crew):
    """Its copies end with it, orders under way are errors, and soon all are planned again."""
    server, stub = crew
    first, copies = template_of(server), children(template_of(server))
    before = metric(server, RELOADED)
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in copies))
    assert stub.Pack(small_order(1), timeout=60).plan.parcels
    wait_until(lambda: len(children(template_of(server))) == 3)
    assert template_of(server) != first
    assert metric(server, RELOADED) == before + 1
    said = [json.loads(line) for line in server.log if line.startswith("{")]
    assert "SIGKILL" in [line.get("ended") for line in said if line.get("pid") == first]


@pytest.mark.long
def test_a_process_that_loads_and_does_not_get_on_is_begun_anew(crew):
    """Stopped, it copies itself no more, so that no copy could be begun anew: health says so until another is there."""
    server, stub = crew
    first = template_of(server)
    before = metric(server, RELOADED)
    os.kill(first, signal.SIGSTOP)
    for pid in children(first):
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: metric(server, "boxwright_ready") == 0)
    wait_until(lambda: metric(server, "boxwright_ready") == metric(server, "boxwright_planning_alive") == 1)
    wait_until(lambda: len(children(template_of(server))) == 3)
    assert template_of(server) != first
    assert metric(server, RELOADED) == before + 1
    assert stub.Pack(small_order(1), timeout=60).plan.parcels


def test_planning_counts_as_alive_while_it_loads(started):
    """Loading takes longer than what counts as standing still, here and on slow machines: nobody is to restart it."""
    assert not [line for line in started[2] if '"level": "ERROR"' in line]


@pytest.mark.parametrize("loading", [True, False])
def test_planning_without_a_process_counts_as_alive_as_long_as_it_loads(loading, monkeypatch):
    """Without a process that plans, only loading tells a slow start from one that does not get on."""
    monkeypatch.setattr(Loader, "loading", property(lambda _: loading))
    monkeypatch.setattr(Team, "start", lambda _: asyncio.sleep(60))
    settings = Settings(stall_s=1)

    async def scene():
        crew = Processes(1, Shelf.load(settings), Metrics())
        starting = asyncio.ensure_future(crew.start())
        await asyncio.sleep(1.5)
        alive = crew.alive
        starting.cancel()
        crew.close()
        return alive

    assert asyncio.run(scene()) is loading


def answered(stub, request):
    """Return the bytes of an answer or of the status of an error, but for the time when a plan was made."""
    call = stub.Pack.future(request, timeout=60)
    if call.exception() is not None:
        return dict(call.trailing_metadata())["grpc-status-details-bin"]
    return without_time(call.result())


def answered_here(desk, request):
    """Return the same of a desk in this process."""
    answer = packing_service_pb2.PackResponse()
    try:
        answer.ParseFromString(desk.answer(Asked("Pack", request.SerializeToString())).data)
    except BoxwrightError as error:
        return status_of(error, trailer=True).SerializeToString()
    return without_time(answer)


def without_time(answer):
    """Return the bytes of an answer without the time when it was made."""
    answer.plan.ClearField("create_time")
    return answer.SerializeToString(deterministic=True)


def test_answers_are_those_of_a_thread_byte_for_byte(crew):
    """Plans, refusals with all that they state, and cut plans: only the time of making differs."""
    _, stub = crew
    desk = Desk(Shelf.load(Settings()), Metrics())
    for number in range(0, 200, 20):
        request = small_order(number)
        if number % 3 == 0:
            request.read_mask.paths.append("*")
        assert answered(stub, request) == answered_here(desk, request)


def test_an_order_that_takes_too_much_memory_is_an_error():
    """Past the limit its process is ended; the reason says that the order would take as much again."""
    with (
        RUNNING["running_server"](workers=1, max_worker_bytes=64 << 20) as server,
        grpc.insecure_channel(server.address) as channel,
    ):
        stub = PackingServiceStub(channel)
        with pytest.raises(grpc.RpcError) as refused:
            stub.Pack(long_order(), timeout=120)
        assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert error_of_call(refused.value).reason == "MEMORY_CEILING"
        assert metric(server, 'boxwright_refused_orders_total{purpose="shipment",reason="memory_ceiling"}') == 1
        wait_until(lambda: metric(server, 'boxwright_planning_restarts_total{why="memory"}') == 1)
        wait_until(lambda: len(children(template_of(server))) == 2)


def end_under_load(server, stub, sent):
    """End a server that plans, by a signal; return its status and the call, once all its processes are gone."""
    call = stub.Pack.future(long_order(), timeout=120)
    busy_one(server)
    pids = [template_of(server), *children(template_of(server))]
    server.process.send_signal(sent)
    status = server.process.wait(timeout=60)
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids))
    assert call.exception() is not None
    return status, call


def test_no_process_outlives_a_server_that_is_stopped():
    """Whatever its processes do; the line of the call says that it was cut."""
    with (
        RUNNING["running_server"](workers=1, grace_s=0.2) as server,
        grpc.insecure_channel(server.address) as channel,
    ):
        status, call = end_under_load(server, PackingServiceStub(channel), signal.SIGTERM)
    assert status == 0
    said = [json.loads(line) for line in server.log if line.startswith("{")]
    (cut,) = [line for line in said if line["message"] == "PackingService/Pack"]
    assert cut["code"] == call.code().name
    assert cut["ended"]
    assert said[-1]["cut_calls"] == 1


@pytest.mark.long
def test_no_process_outlives_a_server_that_is_killed(crew):
    """The last test of this file: the server is that of the others."""
    assert end_under_load(*crew, signal.SIGKILL)[0] == -signal.SIGKILL
