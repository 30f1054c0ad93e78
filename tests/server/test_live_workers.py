"""Processes of a live server: signals, secrets, and cleanup."""

import contextlib
import json
import os
import signal
import threading
from pathlib import Path

import grpc
import pytest
from tests.interop.running_server import running_server

from boxwright.v1.packing_service_pb2_grpc import PackingServiceStub

from .live_calls import wait_until
from .test_workers import long_order, small_order

SECRETS = {"order_id_key": "never-shown-secret-1", "link_key": "never-shown-secret-2"}

pytestmark = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="processes are found in /proc")


def children(pid):
    """Return the ids of a process's children that run."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
            if int(parent) == pid and state != "Z":
                found.append(int(stat.parent.name))
    return sorted(found)


def forkserver_of(pid):
    """Return the process that a server's workers are forked from."""
    return next(child for child in children(pid) if b"forkserver" in Path(f"/proc/{child}/cmdline").read_bytes())


def workers_of(server):
    """Return the workers of a server."""
    return children(forkserver_of(server.process.pid))


@pytest.fixture(scope="module")
def crew():
    """A server with two workers, and a stub."""
    with (
        running_server(workers=2, **SECRETS) as server,
        grpc.insecure_channel(server.address) as channel,
    ):
        assert len(workers_of(server)) == 2
        yield server, PackingServiceStub(channel)


def test_no_secret_is_an_argument_of_a_process(crew):
    """Arguments are visible to every user of the machine."""
    server, _ = crew
    pids = [server.process.pid, *children(server.process.pid), *workers_of(server)]
    assert len(pids) >= 4
    assert b"never-shown" not in b"".join(Path(f"/proc/{pid}/cmdline").read_bytes() for pid in pids)


def test_signals_of_a_terminal_or_a_service_manager_end_no_worker(crew):
    """Such signals reach all processes, and only the server handles them."""
    server, stub = crew
    pids = [*children(server.process.pid), *workers_of(server)]
    for sent in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        for pid in pids[1:]:
            os.kill(pid, sent)
    assert all(stub.Pack(small_order(number), timeout=60).plan.parcels for number in range(4))
    assert set(workers_of(server)) <= set(pids)


def test_without_the_process_that_workers_are_copies_of_another_is_started(crew):
    """Workers go on without their fork server, and a new one replaces a lost worker."""
    server, stub = crew
    first, copies = forkserver_of(server.process.pid), workers_of(server)
    os.kill(first, signal.SIGKILL)
    assert stub.Pack(small_order(1), timeout=60).plan.parcels
    os.kill(copies[0], signal.SIGKILL)
    wait_until(lambda: forkserver_of(server.process.pid) != first and len(workers_of(server)) == 1)
    assert all(stub.Pack(small_order(number), timeout=60).plan.parcels for number in range(4))


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGKILL])
def test_no_process_outlives_its_server(sent):
    """Workers end with a stopped or killed server, and the log says that the call was cut."""
    with (
        running_server(workers=1, grace_s=0.2) as server,
        grpc.insecure_channel(server.address) as channel,
    ):
        call = PackingServiceStub(channel).Pack.future(long_order(), timeout=120)
        threading.Event().wait(0.5)
        pids = [*children(server.process.pid), *workers_of(server)]
        server.process.send_signal(sent)
        status = server.process.wait(timeout=60)
        wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids))
        assert call.exception() is not None
    if sent == signal.SIGKILL:
        assert status == -sent
        return
    assert status == 0
    said = [json.loads(line) for line in server.log if line.startswith("{")]
    (cut,) = [line for line in said if line["message"] == "PackingService/Pack"]
    assert cut["code"] == call.code().name
    assert cut["ended"]
    assert said[-1]["cut_calls"] == 1
