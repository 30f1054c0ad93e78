"""Measures answers to deadlines that are too short for the search, and the delay of these answers.

Calls use HTTP, so that no client timeout ends them. A refused caller waits for the stated time before its next order.
"""

import argparse
import http.client
import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from google.protobuf import json_format

from benchmarks.markdown import table
from benchmarks.service.orders import PACK, drawn_orders
from benchmarks.service.served import Loaded, loaded
from boxwright.planning.finishing.finish_time import finish_time_s
from boxwright.server.answers.dataset import Dataset
from boxwright.server.answers.pack_request import read_pack_request
from boxwright.server.metrics import Metrics
from boxwright.server.settings import Settings
from boxwright.server.workers.methods import Methods, warm_up
from boxwright.server.workers.work import Work
from boxwright.stop import Stop
from boxwright.v1.packing_service_pb2 import PackRequest

UNITS, LIMITS_MS = (100, 200, 400, 800), (20, 50, 100, 200, 500)
SEED = 11


def drawn(chosen: argparse.Namespace) -> dict[int, list[PackRequest]]:
    """Return orders by their number of units."""
    draw = random.Random(SEED)
    return {units: drawn_orders(chosen.data, units, chosen.repeats, draw) for units in UNITS}


def run(chosen: argparse.Namespace) -> None:
    """Print the answers to deadlines, with one call in flight and with a saturated server."""
    orders = drawn(chosen)
    calls = [
        (units, limit_ms, json_format.MessageToJson(each, indent=None).encode())
        for number in range(chosen.repeats)
        for units in UNITS
        for limit_ms in LIMITS_MS
        for each in [orders[units][number]]
    ]
    random.Random(SEED).shuffle(calls)
    with loaded(chosen.data, workers=chosen.workers) as server:
        for in_flight in (1, 2 * chosen.workers):
            begun, begun_there = time.process_time(), server.cpu_s()
            with ThreadPoolExecutor(in_flight) as pool:
                came = list(pool.map(lambda call: _sent(server, *call), calls))
            print(f"\n{in_flight} in flight, {len(calls)} calls;", end=" ")
            print(f"CPU {server.cpu_s() - begun_there:.1f} s of the server, {time.process_time() - begun:.1f} s here\n")
            print(_told(came))


def _sent(server: Loaded, units: int, limit_ms: int, body: bytes) -> tuple[int, int, str, float]:
    connection = http.client.HTTPConnection(server.server.http_address)
    connection.connect()
    begun = time.perf_counter()
    connection.request("POST", PACK, body, {"Content-Type": "application/json", "Connect-Timeout-Ms": str(limit_ms)})
    came = connection.getresponse().read()
    over_ms = (time.perf_counter() - begun) * 1_000 - limit_ms
    connection.close()
    answer = json.loads(came)
    if "plan" in answer:
        return units, limit_ms, "cut" if answer["plan"].get("cutShort") else "whole", over_ms
    if answer["code"] == "resource_exhausted":
        time.sleep(_retry_s(answer))
        return units, limit_ms, "refused", over_ms
    if answer["code"] != "deadline_exceeded":
        raise RuntimeError(came.decode())
    return units, limit_ms, "late", over_ms


def _retry_s(refusal: dict[str, Any]) -> float:
    return max(float(each["debug"].get("retryDelay", "0s").removesuffix("s")) for each in refusal["details"])


def _told(came: list[tuple[int, int, str, float]]) -> str:
    lines = []
    for limit_ms in LIMITS_MS:
        of_limit = [each for each in came if each[1] == limit_ms]
        lines.append(_line(f"{limit_ms} ms", of_limit))
    lines.append(_line("all", came))
    titles = ["deadline", "calls", "whole", "cut", "no plan", "refused", "over p50 ms", "over p99 ms", "max"]
    return table(titles, lines)


def _line(name: str, came: list[tuple[int, int, str, float]]) -> list[str]:
    how = Counter(each[2] for each in came)
    over = sorted(each[3] for each in came)
    last = over[min(len(over) - 1, int(0.99 * len(over)))]
    figures = [f"{over[len(over) // 2]:.1f}", f"{last:.1f}", f"{over[-1]:.1f}"]
    return [name, str(len(came)), *(str(how[each]) for each in ("whole", "cut", "late", "refused")), *figures]


def finish_times(chosen: argparse.Namespace) -> None:
    """Print the measured and the expected CPU time of orders without any search."""
    dataset = Dataset.load(Settings())
    warm_up()
    methods = Methods(dataset, Metrics())
    at: list[float] = []
    begins = Stop.arm

    def noted(stop: Stop) -> None:
        begins(stop)
        at.append(time.thread_time())

    Stop.arm = noted  # type: ignore[method-assign] # the search begins there
    try:
        print(table(["units", "CPU ms p50", "max", "expected"], _finished(methods, dataset, drawn(chosen), at)))
    finally:
        Stop.arm = begins  # type: ignore[method-assign]


def _finished(
    methods: Methods, dataset: Dataset, orders: dict[int, list[PackRequest]], at: list[float]
) -> Iterator[list[str]]:
    for units, requests in orders.items():
        taken = []
        for request in requests:
            request.policy.max_effort = 1
            methods.answer(Work("Pack", request.SerializeToString()))
            taken.append((time.thread_time() - at[-1]) * 1_000)
        jobs = [read_pack_request(each, dataset, datetime.now(UTC).date()) for each in requests]
        expected = [finish_time_s(job.task.order, job.task.catalog, empty_spaces=job.empty_spaces) for job in jobs]
        ordered = sorted(taken)
        figures = ordered[len(ordered) // 2], ordered[-1], max(expected) * 1_000
        yield [str(units), *(f"{each:.1f}" for each in figures)]
