"""Five times as many orders as a server can plan: what it still plans, and what refusing the others costs it."""

import argparse
import os
import time

from benchmarks.service.served import Came, Loaded, loaded

TIMES = 5.0
"""Orders sent to those that can be planned."""
DEADLINE_S, MEASURED_S = 2.0, 10.0
"""What callers wait at most; how long the capacity is measured, in seconds."""
BEFORE_S, IDLE_S, CLIENTS = 1.0, 2.0, 2
"""How long after the load the server has to be as before; how long it is watched idle; clients that share the load."""
REFUSALS_A_SECOND = 400
"""While the cost of one is measured: far from what the server can do."""
FULL = """
from boxwright.server import Settings, serve
from boxwright.server.admission import Admission
Admission.wait_s = lambda self, item, now_s: 1e9 if item.caller else 0.0
serve(Settings.from_environment())
"""
"""Starts a server that takes every order to wait too long, and so does nothing but refuse."""


def run(chosen: argparse.Namespace) -> None:
    """Measure the capacity, overload the server, and account for the CPU time."""
    with loaded(chosen.data, workers=chosen.workers) as server:
        server.client(seconds=2, in_flight=chosen.workers)
        calm, order_s = _capacity(server, chosen)
        rate = calm.count("small") / calm.seconds
        memory_mib = server.memory_mib()
        before_s, begun = server.cpu_s(), time.perf_counter()
        terms = {"seconds": chosen.seconds, "rate": TIMES * rate / CLIENTS, "deadline_s": DEADLINE_S}
        clients = [server.start(seed=number, **terms) for number in range(CLIENTS)]
        peaks = [memory_mib]
        while time.perf_counter() - begun < chosen.seconds:
            time.sleep(0.5)
            peaks.append(server.memory_mib())
        came = [server.end(each) for each in clients]
        seconds, used_s = time.perf_counter() - begun, server.cpu_s() - before_s
        time.sleep(BEFORE_S)
        after = server.client(seconds=5, in_flight=1)
        before = calm.figure("small", "p50_ms")
    _print(calm, order_s, came, seconds, used_s, _refusal_s(chosen))
    print(f"Memory: {memory_mib:.0f} MiB before, at most {max(peaks):.0f}, {peaks[-1]:.0f} at the end.")
    print(
        f"{BEFORE_S:g} s after the load an order takes {after.figure('small', 'p50_ms'):.1f} ms (p50) one at a time;"
        f" {before:.1f} ms before, {chosen.workers} at a time."
    )


def _capacity(server: Loaded, chosen: argparse.Namespace) -> tuple[Came, float]:
    """Return what a client saw that keeps all workers busy, and the CPU time of the server for an order."""
    before_s = server.cpu_s()
    came = server.client(seconds=min(MEASURED_S, chosen.seconds), in_flight=chosen.workers)
    return came, (server.cpu_s() - before_s) / came.count("small")


def _refusal_s(chosen: argparse.Namespace) -> float:
    """Return the CPU time of a server for an order that is refused at once, in seconds."""
    with loaded(chosen.data, start=FULL, workers=chosen.workers) as server:
        server.client(seconds=1, rate=REFUSALS_A_SECOND)
        idle_s = server.cpu_s()
        time.sleep(IDLE_S)
        idle_s = (server.cpu_s() - idle_s) / IDLE_S
        before_s = server.cpu_s()
        came = server.client(seconds=min(MEASURED_S, chosen.seconds), rate=REFUSALS_A_SECOND)
        used_s = server.cpu_s() - before_s - idle_s * came.seconds
        return used_s / came.count("small", "RESOURCE_EXHAUSTED")


def _print(
    calm: Came,
    order_s: float,
    came: list[Came],
    seconds: float,
    used_s: float,
    refusal_s: float,
) -> None:
    planned = sum(each.count("small") for each in came)
    sent = sum(each.sent["small"] for each in came)
    refused = sum(each.count("small", "RESOURCE_EXHAUSTED") for each in came)
    late = sum(each.count("small", "DEADLINE_EXCEEDED") for each in came)
    client_s = sum(each.cpu_s for each in came)
    cores = len(os.sched_getaffinity(0))
    left_s = cores * seconds - client_s - refused * refusal_s
    print("| | orders | a second | share | p50 ms | p99 ms |\n|---|---|---|---|---|---|")
    print(
        f"| planned without overload | {calm.count('small')} | {calm.count('small') / calm.seconds:.0f} | | "
        f"{calm.figure('small', 'p50_ms'):.1f} | {calm.figure('small', 'p99_ms'):.1f} |"
    )
    for name, count, code in (
        ("planned", planned, "OK"),
        ("refused", refused, "RESOURCE_EXHAUSTED"),
        ("too late", late, "DEADLINE_EXCEEDED"),
    ):
        p50, p99 = (max(each.figure("small", figure, code) for each in came) for figure in ("p50_ms", "p99_ms"))
        print(f"| {name} | {count} | {count / seconds:.0f} | {count / sent:.0%} | {p50:.1f} | {p99:.1f} |")
    print(
        f"\n{sent} orders in {seconds:.0f} s on {cores} cores. Server {used_s:.1f} s of CPU, clients {client_s:.1f} s,"
        f" refusals {refused * refusal_s:.1f} s, {refusal_s * 1e3:.3f} ms each (goal: 0.25)."
    )
    print(
        f"What clients and refusals leave is {left_s:.1f} s. An order takes {order_s * 1e3:.2f} ms of the server's CPU,"
        f" so it would do for {left_s / order_s:.0f} orders; planned were {planned * order_s / left_s:.0%} of them"
        " (goal: 90 %)."
    )
