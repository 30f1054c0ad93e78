"""The client's own stubs equal the server's where both are loaded, and suffice without the server."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVER, CLIENT = ROOT / "service" / "boxwright" / "v1", ROOT / "clients" / "python" / "boxwright_client" / "v1"
FIRST = """
import importlib, pkgutil, sys
import boxwright.v1
packages = sys.argv[1:]
for name in [module.name for module in pkgutil.iter_modules(boxwright.v1.__path__)]:
    one, other = (importlib.import_module(f"{package}.{name}") for package in packages)
    for kind_name, kind in vars(one).items():
        if hasattr(kind, "SerializeToString"):
            assert kind is getattr(other, kind_name), kind_name
"""
ALONE = """
import sys
for name in ("boxwright", "numpy", "numba"):
    sys.modules[name] = None
from boxwright_client import Client, line, pack_request
from boxwright_client.v1 import lane_pb2, packing_service_pb2_grpc
with Client("127.0.0.1:9"):
    print(len(pack_request("o", [line("mug", 120, 100, 100, 350)], catalog="catalogs/us-stock").order.lines))
"""


def project(folder):
    """Return the table ``project`` of a pyproject.toml."""
    return tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.mark.parametrize(
    ("protobuf", "order"),
    [
        ("upb", ("boxwright.v1", "boxwright_client.v1")),
        ("python", ("boxwright_client.v1", "boxwright.v1")),
    ],
)
def test_both_packages_in_one_process_have_the_same_messages(protobuf, order):
    """Each message is one class, whichever package is loaded first, with both of protobuf's implementations."""
    environment = os.environ | {"PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION": protobuf}
    subprocess.run([sys.executable, "-c", FIRST, *order], env=environment, check=True)


def test_the_client_works_without_the_server_numpy_and_numba():
    """A request can be made without any package of the server."""
    assert subprocess.run([sys.executable, "-c", ALONE], capture_output=True, check=True, text=True).stdout == "1\n"


def test_the_copy_has_every_stub_and_other_imports_only():
    """Names of files, messages and methods, which go over the wire, are those of the contract."""
    stubs = sorted(stub.name for stub in SERVER.glob("*_pb2*"))
    assert stubs == sorted(stub.name for stub in CLIENT.glob("*_pb2*"))
    for name in stubs:
        ours, theirs = ((folder / name).read_text("utf-8").splitlines() for folder in (SERVER, CLIENT))
        changed = [(one, other) for one, other in zip(ours, theirs, strict=True) if one != other]
        assert all(one.replace("boxwright.v1", "boxwright_client.v1") == other for one, other in changed), name
        assert all(one.startswith(("from boxwright.v1 import ", "_builder.Build")) for one, _ in changed), name


def test_both_distributions_have_one_version():
    """Stubs of two versions cannot be loaded together, so client and server require the same versions."""
    server, client = project(ROOT), project(ROOT / "clients" / "python")
    assert client["version"] == server["version"]
    assert client["requires-python"] == server["requires-python"]
    assert set(client["dependencies"]) <= set(server["dependencies"])
