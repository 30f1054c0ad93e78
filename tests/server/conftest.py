"""One live server in a process of its own for all tests of this folder, and messages to send to it."""

import runpy
from pathlib import Path

import grpc
import pytest
from google.protobuf import json_format

from boxwright.catalog import load_materials
from boxwright.catalog.folder import materials_folder
from boxwright.catalog.loader import read_materials
from boxwright.server.access.auth import CALLING
from boxwright.server.answers import dataset as datasets
from boxwright.server.answers.dataset import Dataset
from boxwright.server.settings import Settings
from boxwright.v1 import packing_service_pb2
from boxwright.v1.packing_service_pb2_grpc import PackingServiceStub

ROOT = Path(__file__).parents[2]
RUNNING = runpy.run_path(str(ROOT / "tests" / "interop" / "running_server.py"))

BOOK = {
    "line_id": "book",
    "quantity": 2,
    "cuboid": {"dimensions": {"length_mm": 210, "width_mm": 148, "height_mm": 25}},
    "mass_g": 400,
}


@pytest.fixture(scope="session", autouse=True)
def data_read_once():
    """Read the shipped data once for all servers and shelves of this process; other folders are read as ever."""
    shipped = materials_folder()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            datasets, "read_materials", lambda at: load_materials(at) if at == shipped else read_materials(at)
        )
        yield


@pytest.fixture(autouse=True)
def nobody_calls():
    """Leave no caller that a test has set to the tests after it, which run in the same context."""
    before = CALLING.set(None)
    yield
    CALLING.reset(before)


@pytest.fixture(scope="session")
def live(tmp_path_factory):
    """A server with a default catalog, a store and small limits, in a process of its own."""
    store = f"sqlite:///{tmp_path_factory.mktemp('store')}/plans.db"
    limits = {"max_orders_per_batch": 20, "max_drawn_units": 10, "max_orders_per_stream": 4}
    with RUNNING["running_server"](
        limits=limits, default_catalog="china-post", store=store, max_units_per_order=500
    ) as server:
        yield server


@pytest.fixture(scope="session")
def channel(live):
    """A channel to the live server."""
    with grpc.insecure_channel(live.address) as opened:
        yield opened


@pytest.fixture(scope="session")
def packing(channel):
    """A stub of the live PackingService."""
    return PackingServiceStub(channel)


@pytest.fixture(scope="session")
def dataset():
    """What a server with a default catalog has loaded."""
    return Dataset.load(Settings(default_catalog="china-post"))


@pytest.fixture
def tokens_file(tmp_path):
    """Where tokens are kept."""
    return tmp_path / "tokens.json"


@pytest.fixture
def pack_request():
    """A small order that its catalog takes."""
    return pack_request_of({"catalog": "catalogs/china-post", "order": {"order_id": "o", "lines": [BOOK]}})


def pack_request_of(data):
    """Return the PackRequest that plain data describes."""
    return json_format.ParseDict(data, packing_service_pb2.PackRequest())
