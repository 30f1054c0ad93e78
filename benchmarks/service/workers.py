"""Measures the cost of a server beyond ``plan``, and the gain of a second process.

Server and client are separate processes. Compared runs take turns, so that ratios hold on a busy machine.
"""

import argparse
import gc
import http.client
import multiprocessing
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

import grpc
from google.protobuf import json_format

from benchmarks.markdown import table
from benchmarks.service.orders import PACK, small_orders
from benchmarks.service.served import Loaded, loaded
from boxwright.planning import plan
from boxwright.server.answers.dataset import Dataset
from boxwright.server.answers.pack_request import PackJob, read_pack_request
from boxwright.server.settings import Settings
from boxwright.server.workers.methods import warm_up
from boxwright.v1.packing_service_pb2 import PackRequest

ROUNDS, ORDERS = 5, 300
"""Number of turns of each kind, and maximum number of orders in a turn."""

ONE_CORE = "1, on one core"
KINDS = {"1": "1", ONE_CORE: "1", "2": "2"}
"""The settings ``workers`` that are compared. A server of a single process may use other cores, if not restricted."""

PLANS = {"plan() in 1": 1, "plan() in 2": 2}
"""Number of processes that plan at once without a server: two show the greatest gain that the second core can give."""

PASSES = {"olist_mix": 2, "olist": 4}
"""Number of times that each set is planned in a turn of 10 s: whole sets, so that all kinds have the same orders."""
TURN_S = 10.0
Planning = Callable[[str, int, int], tuple[float, float]]
"""Plans a set a number of times in each of several processes at once; returns orders a second in total, and CPU seconds
of an order."""
TITLES = ("workers", "orders a second", "to one", "to one on one core", "cores", "CPU ms an order", "to one", "client")


def plan_job(job: PackJob) -> None:
    """Plan an order as the server does."""
    task = job.task
    asked = task.order, task.catalog, task.policy, task.lane, task.profiles
    plan(*asked, materials=task.materials, explain=job.explain)


def over_planning(chosen: argparse.Namespace) -> None:
    """Print the CPU of Pack beyond that of ``plan`` for the same orders, over gRPC and HTTP."""
    requests = small_orders(chosen.data, "olist")[:ORDERS]
    dataset = Dataset.load(Settings())
    jobs = [read_pack_request(each, dataset, datetime.now(UTC).date()) for each in requests]
    warm_up()

    def planned() -> None:
        for job in jobs:
            plan_job(job)

    rows: dict[str, list[tuple[float, float]]] = {"gRPC": [], "HTTP": []}
    alone: list[float] = []
    with (
        loaded(chosen.data, workers=1) as server,
        grpc.insecure_channel(server.server.address) as channel,
        closing(http.client.HTTPConnection(server.server.http_address)) as connection,
    ):
        senders = {"gRPC": _over_grpc(channel, requests), "HTTP": _over_http(connection, requests)}
        for send in senders.values():
            send()
        planned()
        for _ in range(ROUNDS):
            begun = time.process_time()
            planned()
            alone.append(time.process_time() - begun)
            for interface, send in senders.items():
                begun, begun_there = time.process_time(), server.cpu_s()
                send()
                rows[interface].append((server.cpu_s() - begun_there, time.process_time() - begun))
    ms = 1_000 / len(requests)
    of_plan = statistics.median(alone) * ms
    lines = []
    for interface, taken in rows.items():
        of_server, of_client = (statistics.median(each) * ms for each in zip(*taken, strict=True))
        lines.append(
            [interface, f"{of_plan:.2f}", f"{of_server:.2f}", f"{of_server - of_plan:.2f}", f"{of_client:.2f}"]
        )
    print(f"CPU ms an order, {len(requests)} orders of `olist` one after another, median of {ROUNDS} turns\n")
    print(table(["interface", "plan()", "server", "more", "client"], lines))


def _over_grpc(channel: grpc.Channel, requests: Sequence[PackRequest]) -> Callable[[], None]:
    bodies = [each.SerializeToString() for each in requests]
    call = channel.unary_unary(PACK)

    def send() -> None:
        for each in bodies:
            call(each, timeout=60)

    return send


def _over_http(connection: http.client.HTTPConnection, requests: Sequence[PackRequest]) -> Callable[[], None]:
    bodies = [json_format.MessageToJson(each, indent=None).encode() for each in requests]

    def send() -> None:
        for each in bodies:
            connection.request("POST", PACK, each, {"Content-Type": "application/json"})
            connection.getresponse().read()

    return send


def two_to_one(chosen: argparse.Namespace) -> None:
    """Print orders per second and CPU per order by number of processes.

    New servers start in each round: two of the same code and settings differ by up to 15 % as long as they run.
    """
    turns = (len(KINDS) + len(PLANS)) * ROUNDS * len(PASSES)
    share = chosen.seconds / (turns * TURN_S)
    passes = {name: max(1, round(most * share)) for name, most in PASSES.items()}
    orders = {name: len(small_orders(chosen.data, name)) * count for name, count in passes.items()}
    taken: dict[str, dict[str, list[tuple[float, float, float]]]] = {
        name: {kind: [] for kind in (*KINDS, *PLANS)} for name in PASSES
    }
    for _ in range(ROUNDS):
        with ExitStack() as stack:
            servers = {kind: stack.enter_context(loaded(chosen.data, workers=of)) for kind, of in KINDS.items()}
            servers[ONE_CORE].hold_to_one_core()
            for server in servers.values():
                server.client(set="olist", orders=ORDERS, in_flight=8)  # what is loaded late is there from now on
            for name in PASSES:
                for kind, server in servers.items():
                    taken[name][kind].append(_turn(server, name, orders[name]))
        with _alone(chosen.data, tuple(PASSES), max(PLANS.values())) as planning:
            for name in PASSES:
                for kind, processes in PLANS.items():
                    taken[name][kind].append((*planning(name, passes[name], processes), 0.0))
    for name in PASSES:
        print(f"\n`{name}`, 8 in flight, median of {ROUNDS} starts with a turn of {orders[name]:,} orders each\n")
        print(table(TITLES, [*_rows(taken[name], KINDS, "1"), *_rows(taken[name], PLANS, "plan() in 1")]))


def _turn(server: Loaded, name: str, orders: int) -> tuple[float, float, float]:
    """Send a number of orders of a set; return orders a second, and CPU seconds of an order of server and client."""
    begun_s = server.cpu_s()
    came = server.client(set=name, orders=orders, in_flight=8)
    count = came.count("small")
    return count / came.seconds, (server.cpu_s() - begun_s) / count, came.cpu_s / count


def _rows(taken: dict[str, list[tuple[float, float, float]]], kinds: Iterable[str], first: str) -> Iterator[list[str]]:
    """Yield a row for each kind, compared with the first kind."""
    medians = {kind: [statistics.median(column) for column in zip(*taken[kind], strict=True)] for kind in kinds}
    one, on_one_core = medians[first], medians.get(ONE_CORE)
    for kind, (rate, cpu_s, client_s) in medians.items():
        yield [
            kind,
            f"{rate:.0f}",
            f"{rate / one[0]:.2f}",
            f"{rate / on_one_core[0]:.2f}" if on_one_core else "-",
            f"{rate * cpu_s:.2f}",
            f"{cpu_s * 1e3:.2f}",
            f"{cpu_s / one[1]:.2f}" if one[1] else "-",  # the system counts CPU time in steps of 10 ms
            f"{client_s * 1e3:.2f}",
        ]


@contextmanager
def _alone(data: Path, names: Sequence[str], processes: int) -> Iterator[Planning]:
    """Start processes that plan these sets without a server; yield when they are ready."""
    context = multiprocessing.get_context("spawn")
    links = []

    def turn(name: str, passes: int, at_once: int) -> tuple[float, float]:
        for link in links[:at_once]:
            link.send((name, passes))
        taken = [link.recv() for link in links[:at_once]]
        return sum(1 / seconds for seconds, _ in taken), statistics.fmean(cpu_s for _, cpu_s in taken)

    with ExitStack() as stack:
        for _ in range(processes):
            ours, theirs = context.Pipe()
            process = context.Process(target=_plan_when_asked, args=(theirs, data, names), daemon=True)
            process.start()
            stack.callback(process.join)
            stack.callback(ours.send, None)
            links.append(ours)
        for link in links:
            link.recv()
        yield turn


def _plan_when_asked(link: Connection, data: Path, names: Sequence[str]) -> None:
    """Plan whole sets as often as each message says; answer with seconds and CPU seconds of an order."""
    dataset, today = Dataset.load(Settings()), datetime.now(UTC).date()
    jobs = {name: [read_pack_request(order, dataset, today) for order in small_orders(data, name)] for name in names}
    warm_up()
    gc.collect()
    gc.freeze()  # as planning processes do
    link.send(None)
    while (asked := link.recv()) is not None:
        name, passes = asked
        begun, begun_cpu = time.perf_counter(), time.process_time()
        for job in jobs[name] * passes:
            plan_job(job)
        orders = len(jobs[name]) * passes
        link.send(((time.perf_counter() - begun) / orders, (time.process_time() - begun_cpu) / orders))
