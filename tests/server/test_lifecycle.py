"""A server from start to stop: health, reflection, admin port, log, drain and taken ports."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection, reflection_pb2
from tests.interop.running_server import running_server

from boxwright.server.lifecycle import SERVICES
from boxwright.server.start_checks import ServerStartError
from boxwright.v1 import packing_service_pb2
from boxwright.v1.packing_service_pb2_grpc import PackingServiceStub
from boxwright_client.errors import error_of_call

from .here import server_here
from .live_calls import BOOK, ask, request, wait_until


def is_serving(server, service=""):
    """Return whether gRPC health says SERVING."""
    with grpc.insecure_channel(server.address) as channel:
        answer = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(service=service), timeout=10)
    return answer.status == health_pb2.HealthCheckResponse.SERVING


@pytest.mark.parametrize("service", ["", *SERVICES])
def test_health_says_serving_for_the_server_and_each_service(live, service):
    """Health over gRPC covers the whole server and every service of the contract."""
    assert is_serving(live, service)


def test_the_probe_ends_with_0_or_1(live):
    """The container's probe exits with 0 or 1, and asks wildcard addresses on this machine."""
    command = [sys.executable, "-m", "boxwright.server.health"]
    port = live.admin_address.rpartition(":")[2]
    for address, code in ((live.admin_address, 0), (f"0.0.0.0:{port}", 0), (f"[::]:{port}", 0), ("127.0.0.1:1", 1)):
        environment = {**os.environ, "BOXWRIGHT_ADMIN_ADDRESS": address}
        assert subprocess.run(command, check=False, capture_output=True, env=environment).returncode == code


def test_reflection_lists_and_describes_the_services(channel):
    """Reflection lists and describes the contract, health and itself."""
    service = reflection.SERVICE_NAME
    ask = channel.stream_stream(
        f"/{service}/ServerReflectionInfo",
        request_serializer=reflection_pb2.ServerReflectionRequest.SerializeToString,
        response_deserializer=reflection_pb2.ServerReflectionResponse.FromString,
    )
    asked = [
        reflection_pb2.ServerReflectionRequest(list_services=""),
        reflection_pb2.ServerReflectionRequest(file_containing_symbol="boxwright.v1.PackRequest"),
        reflection_pb2.ServerReflectionRequest(file_containing_symbol=service),
    ]
    listed, contract, itself = ask(iter(asked), timeout=10)
    names = {service.name for service in listed.list_services_response.service}
    assert names == {*SERVICES, "grpc.health.v1.Health", service}
    assert contract.file_descriptor_response.file_descriptor_proto
    assert b"grpc.reflection.v1alpha" in itself.file_descriptor_response.file_descriptor_proto[0]


@pytest.mark.parametrize("setting", ["address", "admin_address"])
def test_a_taken_port_is_a_clear_error_and_no_second_server(live, setting):
    """A second server on the port does not start; the error names port and setting."""
    taken = getattr(live, setting)
    with pytest.raises(ServerStartError) as refused, server_here(**{setting: taken}):
        pass
    assert f"{taken} ({setting})" in str(refused.value)


def stream_order(correlation_id, units, **fields):
    """Return a stream message with an order of equal units."""
    line = {**BOOK, "quantity": units, "mass_g": 5}
    line["cuboid"] = {"dimensions": {"length_mm": 53, "width_mm": 47, "height_mm": 41}}
    message = packing_service_pb2.StreamPackRequest(correlation_id=correlation_id)
    message.pack.request.CopyFrom(request(line, catalog="catalogs/china-post", **fields))
    return message


def test_a_stopping_server_answers_what_is_under_way_and_then_ends():
    """After SIGTERM a stream still gets the answer to the order it sent, then ends; the process ends with 0."""
    with (
        running_server(grace_s=600, workers=1) as server,
        grpc.insecure_channel(server.address) as channel,
    ):
        hold = threading.Event()
        long_order = stream_order("1", 400, policy={"mode": "SOLVING_MODE_THOROUGH"})

        def sent():
            yield stream_order("0", 1)
            yield long_order
            hold.wait(60)

        answers = PackingServiceStub(channel).StreamPack(sent(), timeout=120)
        assert next(answers).correlation_id == "0"
        time.sleep(0.2)  # time for the long order, which follows on the same connection
        server.process.send_signal(signal.SIGTERM)
        assert next(answers).WhichOneof("message") == "result"
        with pytest.raises(grpc.RpcError) as ended:
            next(answers)
        hold.set()
        assert ended.value.code() is grpc.StatusCode.UNAVAILABLE
        assert error_of_call(ended.value).reason == "STREAM_ENDED"
        assert server.process.wait(timeout=60) == 0
    assert json.loads(server.log[-1])["message"] == "stopped"


def test_a_server_takes_calls_while_others_learn_that_it_stops():
    """During the drain delay health says NOT_SERVING and new connections are answered."""
    with running_server(workers="1", drain_delay_s=600) as server:
        server.process.send_signal(signal.SIGTERM)
        try:
            wait_until(lambda: ask(server.admin_address, "/healthz")[0] == 503)
            assert not is_serving(server)
            with grpc.insecure_channel(server.address) as channel:
                order = stream_order("1", 1).pack.request
                assert PackingServiceStub(channel).Pack(order, timeout=60).plan.parcels
        finally:
            server.process.kill()


def test_idle_streams_do_not_hold_a_stop_up():
    """An idle stream ends at once when the server stops."""
    with contextlib.ExitStack() as stack:
        serving = stack.enter_context(contextlib.ExitStack())
        server = serving.enter_context(server_here(grace_s=600))
        channel = stack.enter_context(grpc.insecure_channel(server.address))
        hold = threading.Event()

        def sent():
            setup = packing_service_pb2.StreamPackRequest(correlation_id="0")
            setup.setup.SetInParent()
            yield setup
            hold.wait(120)

        answers = PackingServiceStub(channel).StreamPack(sent(), timeout=120)
        assert next(answers).WhichOneof("message") == "accepted"
        serving.close()
        with pytest.raises(grpc.RpcError) as ended:
            list(answers)
        hold.set()
        assert error_of_call(ended.value).reason == "STREAM_ENDED"


HELD = """
import asyncio
import threading
import time
from boxwright.server import Settings, lifecycle, serve

class Held(lifecycle.Server):
    async def start(self):
        await super().start()
        asyncio.get_running_loop().run_in_executor(None, threading.Event().wait)

lifecycle.Server = Held
serve(Settings.from_environment())
"""
"""A server whose event loop has a thread that never ends."""


def test_a_thread_of_the_event_loop_does_not_keep_the_process():
    """After SIGTERM the process exits with 0 although a thread hangs."""
    with running_server(start=HELD, workers="1", grace_s=0.2) as server:
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(timeout=60) == 0


def test_a_server_opens_as_many_connections_as_the_system_lets_it():
    """The soft limit on open files, often 1,024, is raised to the hard one."""
    script = (
        "import resource\nfrom boxwright.server.machine import raise_descriptor_limit\n"
        "most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (256, most))\n"
        "raise_descriptor_limit()\nassert resource.getrlimit(resource.RLIMIT_NOFILE) == (most, most)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_a_server_loads_neither_the_planner_nor_traces_that_are_off():
    """Only workers load kernels; otherwise start time and memory would double."""
    code = (
        "import sys; from boxwright.server import Settings; from boxwright.server.lifecycle import Server;"
        "Server(Settings(workers='1'));"
        "loaded = [name for name in sys.modules if name.partition('.')[0] in ('numba', 'opentelemetry')];"
        "assert not loaded, loaded"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
