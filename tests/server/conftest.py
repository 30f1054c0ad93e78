"""Fixtures of this folder: one live server in a separate process, and messages to send."""

import grpc
import pytest
from tests.interop.running_server import running_server

from boxwright.catalog import load_materials
from boxwright.catalog.folder import materials_folder
from boxwright.catalog.loader import read_materials
from boxwright.server.access.auth import CALLING
from boxwright.server.answers import dataset as datasets
from boxwright.server.answers.dataset import Dataset
from boxwright.server.settings import Settings
from boxwright.v1.packing_service_pb2_grpc import PackingServiceStub

from .live_calls import ORDER, pack_request_of


@pytest.fixture(scope="session", autouse=True)
def data_read_once():
    """Read the shipped data once for all servers of this process; other folders are read as usual."""
    shipped = materials_folder()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            datasets, "read_materials", lambda at: load_materials(at) if at == shipped else read_materials(at)
        )
        yield


@pytest.fixture(autouse=True)
def nobody_calls():
    """Reset the caller that a test has set, since later tests run in the same context."""
    before = CALLING.set(None)
    yield
    CALLING.reset(before)


@pytest.fixture(scope="session")
def live(tmp_path_factory):
    """A server in a separate process, with a default catalog, a store and small limits."""
    store = f"sqlite:///{tmp_path_factory.mktemp('store')}/plans.db"
    limits = {"max_orders_per_batch": 20, "max_drawn_units": 10, "max_orders_per_stream": 4}
    with running_server(limits=limits, default_catalog="china-post", store=store, max_units_per_order=500) as server:
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
    """The dataset of a server with a default catalog."""
    return Dataset.load(Settings(default_catalog="china-post"))


@pytest.fixture
def tokens_file(tmp_path):
    """Path of a file of tokens."""
    return tmp_path / "tokens.json"


@pytest.fixture
def pack_request():
    """A small order that fits its catalog."""
    return pack_request_of(ORDER)
