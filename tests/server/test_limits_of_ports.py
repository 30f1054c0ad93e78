"""A server with a read-only file system."""

import json
from pathlib import Path

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from tests.interop.running_server import START, running_server

from .live_calls import ask

ROOT = Path(__file__).parents[2]
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


def test_a_server_that_can_write_nowhere_answers_every_call():
    """Only /dev/shm is writable, as in every container."""
    with running_server(NOWHERE + START, workers="1", default_catalog="china-post") as server:
        requests = sorted((ROOT / "docs" / "requests").glob("*.json"))
        codes = {}
        for file in requests:
            service, method = file.stem.split(".")[:2]
            codes[file.stem], _, _ = ask(server.http_address, f"/boxwright.v1.{service}/{method}", file.read_bytes())
        toml = (ROOT / "materials" / "catalogs" / "china-post.toml").read_text(encoding="utf-8")
        judged = {"toml": toml.replace("china-post", "other", 1), "validateOnly": True}
        code, _, body = ask(server.http_address, "/boxwright.v1.CatalogService/CreateCatalog", judged)
        with grpc.insecure_channel(server.address) as channel:
            assert health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=20).status == 1
        assert (code, json.loads(body)["catalog_id"]) == (200, "other")
        assert 500 not in codes.values(), codes
