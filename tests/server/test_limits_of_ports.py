"""Limits of the ports, over the network: heads, connections, and a server that can write nowhere."""

import contextlib
import json
import runpy
import socket
import time
import urllib.error
import urllib.request
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

ROOT = Path(__file__).parents[2]
RUNNING = runpy.run_path(str(ROOT / "tests" / "interop" / "running_server.py"))
FEW_FILES = """
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, (300, 300))
"""
NOWHERE = """
import os, sys, tempfile
def forbid(event, arguments):
    if event == "open":
        path, _, flags = arguments
        writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if writes and not isinstance(path, int) and not str(path).startswith("/dev/"):
            raise OSError(30, "Read-only file system", str(path))
    makes = event in ("os.mkdir", "os.rename", "os.link", "os.symlink", "tempfile.mkdtemp", "tempfile.mkstemp")
    if makes and not str(arguments[0]).startswith("/dev/shm/"):
        raise OSError(30, "Read-only file system")
sys.dont_write_bytecode = True
sys.addaudithook(forbid)
"""


@pytest.fixture(scope="module")
def confined():
    """A server that may have few files, and can write none."""
    with RUNNING["running_server"](
        FEW_FILES + NOWHERE + RUNNING["START"], workers="1", default_catalog="china-post"
    ) as server:
        yield server


def test_idle_connections_over_grpc_leave_the_other_doors_their_files(confined):
    """One more than may be is closed, and probes and calls over HTTP go on."""
    with contextlib.ExitStack() as held:
        host, port = confined.address.split(":")
        opened = [held.enter_context(socket.create_connection((host, int(port)), timeout=20)) for _ in range(280)]
        until_s = time.monotonic() + 30
        while sum(map(ended, opened)) < 280 - 150:
            assert time.monotonic() < until_s
            time.sleep(0.05)
        for address, page in ((confined.admin_address, "/livez"), (confined.http_address, "/v1/catalogs")):
            with urllib.request.urlopen(f"http://{address}{page}", timeout=20) as answer:
                assert answer.status == 200


def ended(connection):
    """Whether the other side has closed a connection."""
    connection.setblocking(False)
    try:
        while connection.recv(1_000):
            pass
    except BlockingIOError:
        return False
    except ConnectionError:
        pass
    return True


def test_a_server_that_can_write_nowhere_answers_every_call(confined):
    """But in ``/dev/shm``, which every container has: a read-only root needs no volume."""
    requests = sorted((ROOT / "docs" / "requests").glob("*.json"))
    codes = {}
    for file in requests:
        service, method = file.stem.split(".")[:2]
        codes[file.stem] = posted(confined.http_address, service, method, file.read_bytes())
    toml = (ROOT / "materials" / "catalogs" / "china-post.toml").read_text(encoding="utf-8")
    judged = {"toml": toml.replace("china-post", "other", 1), "validateOnly": True}
    code, body = posted(confined.http_address, "CatalogService", "CreateCatalog", json.dumps(judged).encode())
    with grpc.insecure_channel(confined.address) as channel:
        assert health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=20).status == 1
    assert (code, json.loads(body)["catalog_id"]) == (200, "other")
    assert not {name: each for name, each in codes.items() if each[0] == 500}


def posted(address, service, method, body, **headers):
    """Return status and body of a call."""
    given = {"Content-Type": "application/json", **headers}
    asking = urllib.request.Request(f"http://{address}/boxwright.v1.{service}/{method}", body, given)
    try:
        with urllib.request.urlopen(asking, timeout=60) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()
