"""Measures the time until a cancelled call frees its core: over gRPC and HTTP, alone, in a batch and in a stream."""

import argparse
import http.client
import threading
import time
from collections.abc import Callable, Iterator

import grpc
from google.protobuf import json_format

from benchmarks.markdown import table
from benchmarks.service.deadlines import drawn
from benchmarks.service.orders import PACK
from benchmarks.service.served import Loaded, loaded
from boxwright.server.workers.worker import process_cpu_s
from boxwright.v1.packing_service_pb2 import BatchPackRequest, PackRequest, StreamPackOrder, StreamPackRequest
from boxwright.v1.packing_service_pb2_grpc import PackingServiceStub

UNITS, LEAVE_S = 800, 0.4
"""Units of an order, and seconds until a caller cancels."""
LOOK_S, LOOKS, IDLE_SHARE = 0.01, 100, 0.2
"""Interval of CPU samples in seconds, their number, and the share of a core below which it is free."""

GOAL_MS = 500

Leave = Callable[[], None]


def run(chosen: argparse.Namespace) -> None:
    """Start long calls, cancel them, and print when the server stops computing."""
    orders = drawn(chosen)[UNITS]
    ways: dict[str, Callable[[Loaded, PackRequest], Leave]] = {
        "Pack, gRPC": _unary,
        "BatchPack, gRPC": _batch,
        "StreamPack, gRPC": _stream,
        "Pack, HTTP": _http,
    }
    lines = []
    with loaded(chosen.data, workers=1) as server:
        for name, begin in ways.items():
            freed_ms = sorted(ms for order in orders if (ms := _freed_ms(server, begin, order)) is not None)
            shown = (f"{freed_ms[len(freed_ms) // 2]:.0f}", f"{freed_ms[-1]:.0f}") if freed_ms else ("-", "-")
            lines.append([name, str(len(freed_ms)), *shown])
    print(f"Orders of {UNITS} units, left after {LEAVE_S * 1e3:.0f} ms; looked at each {LOOK_S * 1e3:.0f} ms\n")
    print(table(["call", "under way when left", "core free after ms, p50", f"max (goal: {GOAL_MS})"], lines))


def _freed_ms(server: Loaded, begin: Callable[[Loaded, PackRequest], Leave], order: PackRequest) -> float | None:
    """Return the time from the cancellation to an idle server, in ms; None if it was idle before."""
    leave = begin(server, order)
    time.sleep(LEAVE_S - LOOK_S)
    before_s = _cpu_s(server)
    time.sleep(LOOK_S)
    if _cpu_s(server) - before_s < IDLE_SHARE * LOOK_S:
        leave()
        return None
    left, last_s = time.perf_counter(), _cpu_s(server)
    leave()
    for _ in range(LOOKS):
        begun = time.perf_counter()
        time.sleep(LOOK_S)
        now_s = _cpu_s(server)
        if now_s - last_s < IDLE_SHARE * (time.perf_counter() - begun):
            return (begun - left) * 1_000
        last_s = now_s
    return (time.perf_counter() - left) * 1_000


def _cpu_s(server: Loaded) -> float:
    """Return the CPU time of the server's running processes in seconds."""
    return sum(map(process_cpu_s, server.processes))


def _unary(server: Loaded, order: PackRequest) -> Leave:
    channel = grpc.insecure_channel(server.server.address)
    call = PackingServiceStub(channel).Pack.future(order, timeout=60)
    return lambda: (call.cancel(), channel.close())[1]


def _batch(server: Loaded, order: PackRequest) -> Leave:
    channel = grpc.insecure_channel(server.server.address)
    call = PackingServiceStub(channel).BatchPack.future(BatchPackRequest(requests=[order, order]), timeout=60)
    return lambda: (call.cancel(), channel.close())[1]


def _stream(server: Loaded, order: PackRequest) -> Leave:
    channel = grpc.insecure_channel(server.server.address)
    ends = threading.Event()

    def requests() -> Iterator[StreamPackRequest]:
        yield StreamPackRequest(correlation_id="long", pack=StreamPackOrder(request=order))
        ends.wait(60)

    call = PackingServiceStub(channel).StreamPack(requests(), timeout=60)

    def leave() -> None:
        call.cancel()
        ends.set()
        channel.close()

    return leave


def _http(server: Loaded, order: PackRequest) -> Leave:
    connection = http.client.HTTPConnection(server.server.http_address)
    body = json_format.MessageToJson(order, indent=None).encode()
    connection.request("POST", PACK, body, {"Content-Type": "application/json"})
    return connection.close
