"""Limits of the ports, over the network: heads, connections, and a server that can write nowhere."""

import contextlib
import gzip
import json
import re
import runpy
import socket
import time
import urllib.error
import urllib.request
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from boxwright.server import observer as observer_room
from boxwright.server.http import admin, listen
from boxwright.server.lifecycle import CALLS_OF_A_CONNECTION, HANDSHAKE_MS, IDLE_CONNECTION_MS, MAX_HEAD_BYTES
from boxwright.server.settings import Settings

ROOT = Path(__file__).parents[2]
RUNNING = runpy.run_path(str(ROOT / "tests" / "interop" / "running_server.py"))
SET = Settings()
LIST = "/boxwright.v1.CatalogService/ListCatalogs"
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


def test_the_head_of_a_call_over_grpc_is_bounded(channel):
    """Metadata past the limit is refused before anything reads it; half of it is taken."""
    call = channel.unary_unary(LIST)
    call(b"", timeout=20, metadata=(("x", "a" * (MAX_HEAD_BYTES // 2)),))
    with pytest.raises(grpc.RpcError) as caught:
        call(b"", timeout=20, metadata=(("x", "a" * (2 * MAX_HEAD_BYTES)),))
    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


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


def test_a_small_body_that_unpacks_to_much_is_refused(live):
    """16 KB of gzip that would be 17 MB: no more is unpacked than a body may have."""
    bomb = gzip.compress(b" " * 17_000_000)
    assert len(bomb) < 20_000
    code, body = posted(live.http_address, "PackingService", "Pack", bomb, **{"Content-Encoding": "gzip"})
    assert (code, json.loads(body)["code"]) == (413, "resource_exhausted")


@pytest.mark.parametrize("opening", [b"[", b'{"order":', b'{"a":['])
def test_deep_json_is_refused(live, opening):
    """A thousand levels and a hundred thousand: neither takes the server with it."""
    for depth in (1_000, 100_000):
        code, body = posted(live.http_address, "PackingService", "Pack", opening * depth)
        assert (code, json.loads(body)["code"]) == (400, "invalid_argument")
    assert posted(live.http_address, "CatalogService", "ListCatalogs", b"{}")[0] == 200


def test_the_page_on_limits_states_the_limits():
    """Figures of the table are those of the code."""
    page = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
    table = page.partition("## Limits of the doors")[2].partition("\n## ")[0]
    stated = {
        "gRPC": (MAX_HEAD_BYTES // 1024, CALLS_OF_A_CONNECTION, HANDSHAKE_MS // 1_000, IDLE_CONNECTION_MS // 60_000),
        "HTTP": (listen.MAX_CONNECTIONS, listen.KEPT_OPEN_S, observer_room.MAX_CALLS),
        "admin": (admin.MAX_OPEN,),
        "settings": (SET.max_message_bytes >> 20, round(SET.stream_age_s / 3_600), SET.max_streams),
        "connections": (round(SET.connection_age_s / 60),),
    }
    for whose, figures in stated.items():
        for each in figures:
            assert re.search(rf"(?<!\d)(?<!\d,){each:,}(?!\d|,\d)", table), (whose, each)
