"""A live server in a process of its own, and a stand-in that fails as the test wants."""

import runpy
from concurrent import futures
from pathlib import Path

import grpc
import pytest

from boxwright.v1 import packing_service_pb2
from boxwright.v1.packing_service_pb2_grpc import PackingServiceServicer, add_PackingServiceServicer_to_server

RUNNING = runpy.run_path(str(Path(__file__).parents[1] / "interop" / "running_server.py"))


@pytest.fixture(scope="session")
def live():
    """A Boxwright server with a default catalog."""
    with RUNNING["running_server"](default_catalog="china-post") as server:
        yield server


class StandIn(PackingServiceServicer):
    """Fails its first calls with a code, then answers; remembers the deadlines and metadata of its calls."""

    def __init__(self):
        self.failures = 0
        self.code = grpc.StatusCode.UNAVAILABLE
        self.remaining_s = []
        self.metadata = []
        self.port = 0

    def Pack(self, request, context):  # noqa: N802 - the contract's name
        """Fail or answer."""
        self.remaining_s.append(context.time_remaining())
        self.metadata.append(dict(context.invocation_metadata()))
        if len(self.remaining_s) <= self.failures:
            context.abort(self.code, "not now")
        return packing_service_pb2.PackResponse()

    def BatchPack(self, request, context):  # noqa: N802 - the contract's name
        """Answer."""
        self.remaining_s.append(context.time_remaining())
        return packing_service_pb2.BatchPackResponse()

    StreamPack = CheckPlan = RecordOutcome = GetPlan = ListPlans = Pack


@pytest.fixture
def stand_in():
    """A server that is no Boxwright, in this process."""
    server = grpc.server(futures.ThreadPoolExecutor(2))
    behaviour = StandIn()
    add_PackingServiceServicer_to_server(behaviour, server)
    behaviour.port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield behaviour
    server.stop(None).wait()
