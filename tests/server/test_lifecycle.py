"""A server from start to stop: health, reflection, admin port, log, drain, and ports that are taken."""

import json
import runpy
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path

import grpc
import pytest
from grpc_reflection.v1alpha import reflection_pb2

from boxwright.server import probe, reflection
from boxwright.server.health import local_target
from boxwright.server.lifecycle import SERVICES
from boxwright.v1 import packing_service_pb2
from boxwright.v1.packing_service_pb2_grpc import PackingServiceStub

INTEROP = Path(__file__).parents[1] / "interop" / "running_server.py"
RUNNING = runpy.run_path(str(INTEROP))


def read(address, path):
    """Return status and body of a page of the admin port."""
    try:
        with urllib.request.urlopen(f"http://{address}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


@pytest.mark.parametrize("service", ["", *SERVICES])
def test_health_says_serving_for_the_server_and_each_service(live, service):
    """The probe, the whole server and every service of the contract."""
    assert probe(live.address, service=service)


def test_health_of_nobody_is_not_serving():
    """An unknown service and a closed port are not serving."""
    assert not probe("127.0.0.1:1", timeout_s=0.5)


def test_the_probe_ends_with_0_or_1(live):
    """``python -m boxwright.server.health`` is a container's health check."""
    command = [sys.executable, "-m", "boxwright.server.health"]
    assert subprocess.run([*command, live.address], check=False, capture_output=True).returncode == 0
    assert subprocess.run([*command, "127.0.0.1:1"], check=False, capture_output=True).returncode == 1


@pytest.mark.parametrize(
    ("address", "target"),
    [("0.0.0.0:5", "127.0.0.1:5"), ("[::]:5", "127.0.0.1:5"), ("127.0.0.1:5", "127.0.0.1:5"), ("h:5", "h:5")],
)
def test_a_server_on_all_interfaces_is_probed_on_this_machine(address, target):
    """A wildcard address is no address to call."""
    assert local_target(address) == target


@pytest.mark.parametrize("version", ["v1", "v1alpha"])
def test_reflection_lists_and_describes_the_services(channel, version):
    """Tools find the contract, health and reflection itself, by the new and the old name of reflection."""
    service = f"grpc.reflection.{version}.ServerReflection"
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
    names = {each.name for each in listed.list_services_response.service}
    assert names == {*SERVICES, "grpc.health.v1.Health", *reflection.NAMES}
    assert contract.file_descriptor_response.file_descriptor_proto
    assert f"grpc.reflection.{version}".encode() in itself.file_descriptor_response.file_descriptor_proto[0]


def test_the_admin_port_has_metrics_and_health(live, channel, pack_request):
    """A plan shows in /metrics; /healthz is 200; other pages are not there."""
    PackingServiceStub(channel).Pack(pack_request, timeout=20)
    status, text = read(live.admin_address, "/metrics")
    assert status == 200
    assert 'boxwright_rpc_duration_seconds_bucket{code="OK",le="0.001",method="PackingService/Pack"}' in text
    assert 'boxwright_plans_total{purpose="shipment",status="complete"}' in text
    assert "boxwright_ready 1.0" in text
    assert read(live.admin_address, "/healthz") == (200, "SERVING\n")
    assert read(live.admin_address, "/")[0] == 404


def test_each_call_is_one_json_line_of_the_log(live, channel):
    """Method, code, time and peer are fields; an error has its sentence."""
    with pytest.raises(grpc.RpcError):
        PackingServiceStub(channel).Pack(packing_service_pb2.PackRequest(), timeout=20)
    for _ in range(200):
        lines = [json.loads(line) for line in list(live.log) if line.startswith("{")]
        calls = [line for line in lines if line.get("code") == "INVALID_ARGUMENT" and "3 fields" in line["error"]]
        if calls:
            break
        threading.Event().wait(0.05)
    assert calls[-1]["message"] == "PackingService/Pack"
    assert calls[-1]["ms"] > 0
    assert calls[-1]["peer"].startswith("ipv4:")


@pytest.mark.parametrize("setting", ["address", "admin_address"])
def test_a_taken_port_is_a_clear_error_and_no_second_server(live, setting):
    """A second server on the same port does not start, and says why."""
    taken = {"address": live.address, "admin_address": live.admin_address}[setting]
    script = (
        "from boxwright.server import ServerStartError, Settings, serve\n"
        f"settings = Settings(**{{'address': '127.0.0.1:0', 'admin_address': '127.0.0.1:0', '{setting}': '{taken}'}})\n"
        "try:\n    serve(settings)\nexcept ServerStartError as error:\n    print(error)\n"
    )
    run = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, timeout=60)
    assert run.stdout.startswith(f"cannot listen on {taken} ({setting})")


def test_a_stopping_server_ends_its_calls_and_then_itself():
    """After SIGTERM a stream under way still gets its answer, and the process ends with 0."""
    with RUNNING["running_server"](grace_s=20) as server, grpc.insecure_channel(server.address) as channel:
        first, second = threading.Event(), threading.Event()
        order = packing_service_pb2.StreamPackRequest(correlation_id="1")
        line = order.pack.request.order.lines.add(line_id="a", quantity=1, mass_g=5)
        order.pack.request.order.order_id = "o"
        edges = line.cuboid.dimensions
        edges.length_mm = edges.width_mm = edges.height_mm = 50

        def sent():
            setup = packing_service_pb2.StreamPackRequest(correlation_id="0")
            setup.setup.SetInParent()
            yield setup
            first.wait(20)
            yield order
            second.wait(20)

        answers = PackingServiceStub(channel).StreamPack(sent(), timeout=30)
        assert next(answers).WhichOneof("message") == "accepted"
        server.process.send_signal(signal.SIGTERM)
        threading.Event().wait(0.5)
        first.set()
        assert next(answers).WhichOneof("message") == "result"
        second.set()
        assert list(answers) == []
        assert server.process.wait(timeout=30) == 0
    assert json.loads(server.log[-1])["message"] == "stopped"
