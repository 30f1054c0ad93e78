"""Loads a server with five times its capacity: orders planned, and the cost of refusals."""

import argparse
import math
import os
import time
from dataclasses import dataclass

from benchmarks.markdown import table
from benchmarks.service.served import Came, Loaded, loaded, machine_cpu_s

TIMES = 5.0
"""Ratio of orders sent to the capacity."""
DEADLINE_S, MEASURED_S = 2.0, 10.0
"""Deadline of callers, and time to measure the capacity, in seconds."""
BEFORE_S, IDLE_S, CLIENTS = 1.0, 2.0, 2
"""Seconds to recover after the load, seconds of idle observation, and number of clients."""
REFUSALS_A_SECOND = 400
"""Rate while the cost of a refusal is measured, far below the capacity."""
FULL = """
from boxwright.server import Settings, serve
from boxwright.server.workers import admission
admission.MOST_WAITING = 0
serve(Settings.from_environment())
"""
"""Starts a server without a queue, which refuses every order."""


@dataclass(frozen=True)
class Overload:
    """The results of the load, and the CPU time of the machine by process, in seconds."""

    came: list[Came]
    seconds: float
    server_s: float
    others_s: float

    def count(self, code: str) -> int:
        """Number of orders that ended with a code."""
        return sum(each.count("small", code) for each in self.came)

    def worst(self, code: str, name: str) -> float:
        """The worst figure of any client for calls that ended with a code."""
        return max(
            (each.figure("small", name, code) for each in self.came if each.count("small", code)), default=math.nan
        )

    @property
    def clients_s(self) -> float:
        """CPU time of the clients."""
        return sum(each.cpu_s for each in self.came)


def run(chosen: argparse.Namespace) -> None:
    """Measure the capacity, overload the server, and account for the CPU time."""
    with loaded(chosen.data, workers=chosen.workers) as server:
        server.client(seconds=2, in_flight=chosen.workers)
        calm, order_s = _capacity(server, chosen)
        memory_mib = server.memory_mib()
        over, peaks = _overload(server, chosen, TIMES * calm.count("small") / calm.seconds)
        time.sleep(BEFORE_S)
        after = server.client(seconds=min(5, chosen.seconds), in_flight=chosen.workers)
    refusal_s, empty_s = _refusal_s(chosen)
    _print_orders(calm, over)
    _print_cpu(over, order_s, refusal_s, empty_s)
    print(f"Memory: {memory_mib:.0f} MiB before, at most {max(peaks):.0f}, {peaks[-1]:.0f} at the end.")
    before, then = (each.figure("small", "p50_ms") for each in (calm, after))
    print(f"An order takes {before:.1f} ms (p50) before the load and {then:.1f} ms from {BEFORE_S:g} s after it on.")


def _overload(server: Loaded, chosen: argparse.Namespace, rate: float) -> tuple[Overload, list[float]]:
    """Send orders at a rate; return the results and the memory of the server."""
    terms = {"seconds": chosen.seconds, "rate": rate / CLIENTS, "deadline_s": DEADLINE_S}
    clients = server.begin(*({**terms, "seed": number} for number in range(CLIENTS)))
    begun, server_s, machine_s, held = time.perf_counter(), server.cpu_s(), machine_cpu_s(), []
    while time.perf_counter() - begun < chosen.seconds:
        time.sleep(0.5)
        held.append(server.memory_mib())
    came = [server.end(each) for each in clients]  # which wait for the answers to all that was sent
    seconds = time.perf_counter() - begun
    server_s, machine_s = server.cpu_s() - server_s, machine_cpu_s() - machine_s
    others_s = max(0.0, machine_s - server_s - sum(each.cpu_s for each in came))
    return Overload(came, seconds, server_s, others_s), held


def _capacity(server: Loaded, chosen: argparse.Namespace) -> tuple[Came, float]:
    """Return the results of a client that keeps all workers busy, and the CPU time of an order."""
    before_s = server.cpu_s()
    came = server.client(seconds=min(MEASURED_S, chosen.seconds), in_flight=chosen.workers)
    return came, (server.cpu_s() - before_s) / came.count("small")


def _refusal_s(chosen: argparse.Namespace) -> tuple[float, float]:
    """Return the CPU time of a refused order and of an empty call, in seconds."""
    with loaded(chosen.data, start=FULL, workers=chosen.workers) as server:
        server.client(seconds=1, rate=REFUSALS_A_SECOND)
        idle_s = server.cpu_s()
        time.sleep(IDLE_S)
        idle_s = (server.cpu_s() - idle_s) / IDLE_S
        found = []
        for what in ("small", "health"):
            before_s = server.cpu_s()
            came = server.client(
                seconds=min(MEASURED_S, chosen.seconds), rate=REFUSALS_A_SECOND, health_only=what == "health"
            )
            used_s = server.cpu_s() - before_s - idle_s * came.seconds
            if came.count("small", "OK"):
                raise RuntimeError("a server that is to refuse every order has planned one")
            found.append(used_s / sum(int(each["count"]) for each in came.came.values()))
        return found[0], found[1]


def _print_orders(calm: Came, over: Overload) -> None:
    sent = sum(each.sent["small"] for each in over.came)
    count = calm.count("small")
    ms = (f"{calm.figure('small', figure):.1f}" for figure in ("p50_ms", "p99_ms"))
    lines = [["planned before", str(count), f"{count / calm.seconds:.0f}", "", *ms]]
    for name, code in (("planned", "OK"), ("refused", "RESOURCE_EXHAUSTED"), ("too late", "DEADLINE_EXCEEDED")):
        count = over.count(code)
        ms = (f"{over.worst(code, figure):.1f}" for figure in ("p50_ms", "p99_ms"))
        lines.append([name, str(count), f"{count / over.seconds:.0f}", f"{count / sent:.0%}", *ms])
    print(table(["", "orders", "a second", "share", "p50 ms", "p99 ms"], lines))


def _print_cpu(over: Overload, order_s: float, refusal_s: float, empty_s: float) -> None:
    cores, refused, planned = len(os.sched_getaffinity(0)), over.count("RESOURCE_EXHAUSTED"), over.count("OK")
    left_s = cores * over.seconds - over.clients_s - over.others_s - refused * refusal_s
    print(
        f"\n{over.seconds:.0f} s on {cores} cores. Server {over.server_s:.1f} s of CPU, clients {over.clients_s:.1f} s,"
        f" other processes {over.others_s:.1f} s, refusals {refused * refusal_s:.1f} s: {refusal_s * 1e3:.3f} ms each"
        f", and {empty_s * 1e3:.3f} ms for a health check, which is as good as an empty call."
    )
    print(
        f"What others and refusals leave is {left_s:.1f} s. An order takes {order_s * 1e3:.2f} ms of the server's CPU,"
        f" so it would do for {left_s / order_s:.0f} orders; planned were {planned * order_s / left_s:.0%} of them"
        " (goal: 80 %)."
    )
