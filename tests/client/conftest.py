"""A live server in its own process, and a stand-in that fails as the test wants, each over gRPC and HTTP."""

import importlib.util
import runpy
from pathlib import Path

import pytest

HERE = Path(__file__).parent
RUNNING = runpy.run_path(str(HERE.parent / "interop" / "running_server.py"))
STAND_IN = runpy.run_path(str(HERE / "stand_in.py"))


@pytest.fixture(scope="session")
def live(tmp_path_factory):
    """A Boxwright server with a default catalog, which stores plans if the extra for it is installed."""
    settings = {"default_catalog": "china-post", "workers": "1"}
    if importlib.util.find_spec("sqlalchemy"):
        settings["store"] = f"sqlite:///{tmp_path_factory.mktemp('store') / 'plans.db'}"
    with RUNNING["running_server"](**settings) as server:
        yield server


@pytest.fixture(scope="session")
def targets(live):
    """The address and options of a client for each protocol of the live server."""
    return {"grpc": live.address, "http": f"http://{live.http_address}"}


@pytest.fixture
def restarting():
    """A stand-in that accepts no calls for half a second."""
    with STAND_IN["running"](late_s=0.5) as behaviour:
        yield behaviour


@pytest.fixture
def stand_in():
    """A server other than Boxwright, in this process."""
    with STAND_IN["running"]() as behaviour:
        behaviour.retry_info, behaviour.reason = STAND_IN["retry_info"], STAND_IN["reason"]
        yield behaviour
