"""Measures the CPU time of a small order by stage, from ``plan`` to the server, in turns."""

import argparse
import asyncio
import gc
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import grpc
import grpc.aio
import uvloop

from benchmarks.markdown import table
from benchmarks.service.orders import PACK, small_orders
from benchmarks.service.served import loaded
from benchmarks.service.workers import ORDERS, plan_job
from boxwright.server.answers.dataset import Dataset
from boxwright.server.answers.pack_request import PackJob, read_pack_request
from boxwright.server.metrics import NotedMetrics
from boxwright.server.settings import Settings
from boxwright.server.workers.methods import Methods, warm_up
from boxwright.server.workers.work import Work
from boxwright.server.workers.worker import process_cpu_s
from boxwright.v1.packing_service_pb2 import PackRequest

ROUNDS = 5
AGAIN, READ, FIRST, METHODS = "again", "read", "first", "methods"
EMPTY, PLANNER, LISTENER, CLIENT = "empty", "planner", "listener", "client"

Turn = Callable[[], dict[str, float]]
"""Sends or plans all orders; returns the CPU time of each stage, in seconds."""

METHOD = "/benchmarks.Empty/Call"
ANSWER = bytes(600)
"""Bytes of the same length as the answer to a small order."""


class _Alone:
    """Runs the work of a planning process in this process."""

    def __init__(self, bodies: Sequence[bytes]) -> None:
        self._bodies = bodies
        self._dataset = Dataset.load(Settings())
        self._metrics = NotedMetrics()
        self._methods = Methods(self._dataset, self._metrics)
        warm_up()
        self._jobs = [self._read(each) for each in bodies]
        gc.collect()
        gc.freeze()  # as planning processes do

    def _read(self, body: bytes) -> PackJob:
        return read_pack_request(PackRequest.FromString(body), self._dataset, datetime.now(UTC).date())

    def plan(self, number: int) -> None:
        """Plan an order once more."""
        plan_job(self._jobs[number])

    def again(self) -> dict[str, float]:
        """Plan orders again, with warm caches."""
        begun = time.process_time()
        for number in range(len(self._bodies)):
            self.plan(number)
        return {AGAIN: time.process_time() - begun}

    def first(self) -> dict[str, float]:
        """Read orders, and plan each for the first time."""
        taken = {READ: 0.0, FIRST: 0.0}
        for each in self._bodies:
            begun = time.process_time()
            job = self._read(each)
            read = time.process_time()
            plan_job(job)
            taken[READ] += read - begun
            taken[FIRST] += time.process_time() - read
        return taken

    def methods(self) -> dict[str, float]:
        """Answer requests from bytes to bytes."""
        begun = time.process_time()
        for each in self._bodies:
            self._methods.answer(Work("Pack", each))
            self._metrics.take()
        return {METHODS: time.process_time() - begun}


def serve_empty() -> None:
    """Serve an empty gRPC method, and print the port."""

    async def answer(_request: bytes, _context: object) -> bytes:
        return ANSWER

    async def serve() -> None:
        server = grpc.aio.server()
        _, service, method = METHOD.split("/")
        handlers = {method: grpc.unary_unary_rpc_method_handler(answer)}
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, handlers),))
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        print(port, flush=True)
        await server.wait_for_termination()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve())


@contextmanager
def _empty_calls(alone: _Alone, bodies: Sequence[bytes]) -> Iterator[Turn]:
    """Yield a turn of empty calls, with a plan between any two, as in a planning server."""
    command = [sys.executable, "-c", "from benchmarks.service.split import serve_empty; serve_empty()"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None  # it was asked for
            with grpc.insecure_channel(f"127.0.0.1:{server.stdout.readline().strip()}") as channel:
                call = channel.unary_unary(METHOD)

                def turn() -> dict[str, float]:
                    begun = process_cpu_s(server.pid)
                    for number, each in enumerate(bodies):
                        call(each)
                        alone.plan(number)
                    return {EMPTY: process_cpu_s(server.pid) - begun}

                yield turn
        finally:
            server.kill()


@contextmanager
def _orders_sent(chosen: argparse.Namespace, bodies: Sequence[bytes]) -> Iterator[Turn]:
    """Yield a turn of orders to a server that plans in one process."""
    with loaded(chosen.data, workers=1) as server, grpc.insecure_channel(server.server.address) as channel:
        call, (listener, *others) = channel.unary_unary(PACK), server.processes

        def cpu_s() -> tuple[float, float, float]:
            return process_cpu_s(listener), sum(map(process_cpu_s, others)), time.process_time()

        def turn() -> dict[str, float]:
            begun = cpu_s()
            for each in bodies:
                call(each, timeout=60)
            taken = (until - since for since, until in zip(begun, cpu_s(), strict=True))
            return dict(zip((LISTENER, PLANNER, CLIENT), taken, strict=True))

        yield turn


def run(chosen: argparse.Namespace) -> None:
    """Print the table."""
    bodies = [each.SerializeToString() for each in small_orders(chosen.data, "olist")[:ORDERS]]
    alone = _Alone(bodies)
    taken: dict[str, list[float]] = defaultdict(list)
    with _empty_calls(alone, bodies) as empty, _orders_sent(chosen, bodies) as sent:
        turns = alone.again, alone.first, alone.methods, empty, sent
        for number in range(ROUNDS + 1):
            for turn in turns:
                for name, seconds in turn().items():
                    if number:  # the first is for warming up
                        taken[name].append(seconds * 1_000 / len(bodies))
    ms = {name: statistics.median(each) for name, each in taken.items()}
    answer = ms[METHODS] - ms[READ] - ms[FIRST]
    lines = (
        ("`plan()` of orders planned before (the goal refers to these)", ms[AGAIN]),
        ("`plan()` of orders just read", ms[FIRST]),
        ("reading a request", ms[READ]),
        ("metering the plan and making the answer", answer),
        ("planning process beyond these three: limits, sockets, metrics, cold caches", ms[PLANNER] - ms[METHODS]),
        ("an empty call of gRPC, between plans", ms[EMPTY]),
        ("listener beyond an empty call", ms[LISTENER] - ms[EMPTY]),
        ("**server in all**", ms[PLANNER] + ms[LISTENER]),
        ("**more than `plan()`**", ms[PLANNER] + ms[LISTENER] - ms[AGAIN]),
        ("client", ms[CLIENT]),
    )
    print(f"CPU ms an order over gRPC, {len(bodies)} orders of `olist` one after another, median of {ROUNDS} turns\n")
    print(table(["part", "CPU ms", "to `plan()`"], [[what, f"{x:.2f}", f"{x / ms[AGAIN]:.2f}"] for what, x in lines]))
