"""Where the CPU time of a whole answer goes, from the bytes of a request to those of its answer; what a server spends.

    python -m benchmarks.answer --data DIR [--set olist ...] [--orders N] [--py3dbp N]

Real orders, ``eu-stock``, 500 km by road, dunnage as the catalog has it, under one, two (the default) and three
profiles. All is taken in turn, block by block of orders, in one run, after some that are not counted: so ratios hold on
a busy machine, where milliseconds do not. Prints two Markdown tables: means by stage, and wholes next to a bare plan
(no dunnage, no lane, no profile), py3dbp and an empty gRPC call. CPU of the server is that of its process, all threads.
"""

import argparse
import contextlib
import dataclasses
import datetime
import runpy
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import grpc
import numpy as np
from grpc_health.v1 import health_pb2, health_pb2_grpc

from benchmarks import datasets
from boxwright import Catalog, Lane, Leg, Order, Plan, Policy, check, plan
from boxwright.domain.incomplete import IncompletePlanError
from boxwright.errors import EngineError
from boxwright.export import canonical_hash
from boxwright.packing.own import warm_up
from boxwright.planning.finding.boxes import find_boxes
from boxwright.planning.finishing.checked import checked
from boxwright.planning.finishing.finish import finish_plan
from boxwright.planning.model import OrderModel
from boxwright.planning.parts.expansion import Expansion
from boxwright.planning.request import Request
from boxwright.planning.unpacked.triage import triage
from boxwright.server.pack_request import read_pack_request
from boxwright.server.settings import Settings
from boxwright.server.shelf import Shelf
from boxwright.server.wire.plan import plan_to_wire
from boxwright.v1 import lane_pb2
from boxwright.v1 import packing_service_pb2 as messages
from boxwright.v1.packing_service_pb2_grpc import PackingServiceStub
from boxwright_client import leg, line, pack_request

Given = ParamSpec("Given")
Answer = TypeVar("Answer")

RUNNING = runpy.run_path(str(Path(__file__).parents[1] / "tests" / "interop" / "running_server.py"))
SETS = ("olist", "olist_single_all")
CATALOG = "eu-stock"
PROFILES = ("uk-desnz@2025", "us-epa@2025", "fr-ademe@2024")
COUNTS = (1, 2, 3)
STAGES = ("parse", "resolve", "search", "finish", "of which footprint", "check", "hash", "wire")
ROAD = Lane(legs=[Leg("road", 500)])
EMPTY = dict.fromkeys(("void_fill_id", "tape_id", "label_id", "blocking_id"), "none")
BARE, FULL = Policy(allow_partial=True, **EMPTY), Policy(allow_partial=True)
PY3DBP = Policy(allow_partial=True, engine="py3dbp", support_ratio=0, mode="fast", **EMPTY)
DAY = datetime.date(2026, 7, 1)
BLOCK = 25
"""Orders that one thing is done to before the next is."""
LARGE_UNITS = 300
"""Units of the order whose check is timed by itself."""


class Times:
    """CPU milliseconds by name, one figure an order."""

    def __init__(self) -> None:
        self.ms: dict[str, list[float]] = {}

    def take(self, name: str, work: Callable[Given, Answer], *given: Given.args, **named: Given.kwargs) -> Answer:
        """Do some work, note what this thread spends on it, and return what it returns."""
        started = time.thread_time_ns()
        answer = work(*given, **named)
        self.note(name, time.thread_time_ns() - started)
        return answer

    def note(self, name: str, ns: int) -> None:
        """Note a figure."""
        self.ms.setdefault(name, []).append(ns / 1e6)

    def mean(self, name: str) -> float:
        """Mean of a name."""
        return float(np.mean(self.ms[name]))

    def row(self, name: str, base: str) -> str:
        """Return the cells of a name: mean, p50, p99, and its mean over that of another name."""
        p50, p99 = np.quantile(self.ms[name], [0.5, 0.99])
        return f"{name} | {self.mean(name):.3f} | {p50:.3f} | {p99:.3f} | {self.mean(name) / self.mean(base):.2f}"


def request_of(order: Order, count: int) -> messages.PackRequest:
    """Return the request for an order under so many profiles."""
    lines = [
        line(each.line_id, each.length_mm, each.width_mm, each.height_mm, each.mass_g, quantity=each.quantity)
        for each in order.lines
    ]
    names = [f"accountingProfiles/{name}" for name in PROFILES[:count]]
    road = leg(lane_pb2.TRANSPORT_MODE_ROAD, 500)
    request = pack_request(order.order_id, lines, catalog=f"catalogs/{CATALOG}", legs=[road], accounting_profiles=names)
    request.policy.allow_partial = True
    return request


def stages(times: Times, order: Order, count: int, shelf: Shelf) -> None:
    """Take an answer step by step."""
    data = request_of(order, count).SerializeToString()
    parse, resolve_, search, finish, footprint, check_, hash_, wire = (f"{count} {stage}" for stage in STAGES)
    job = times.take(parse, lambda: read_pack_request(messages.PackRequest.FromString(data), shelf, DAY))
    request = times.take(resolve_, Request.resolve, job.task)

    def searched() -> Any:
        model = OrderModel(request, Expansion.of(request.order))
        packable, unpacked = triage(model)
        return model, find_boxes(model, packable, None) if len(packable) else None, unpacked

    model, found, unpacked = times.take(search, searched)
    made = times.take(finish, finish_plan, model, found, unpacked)
    parts = [
        (each.box, each.members, parcel.outer_um, parcel.packaging, parcel.gross_mg)
        for each, parcel in zip(found.parcels if found else (), made.parcels, strict=True)
        if each.box.ours
    ]
    times.take(footprint, lambda: [model.parts.accounts.footprints(*each) for each in parts])
    times.take(check_, checked, made, request, empty_spaces=False)
    times.take(hash_, canonical_hash, made)
    times.take(wire, lambda: plan_to_wire(made, job.view(), job.mask["plan"]).SerializeToString())


def whole(times: Times, order: Order, catalog: Catalog, count: int) -> None:
    """Take a plan from the door to its canonical hash."""

    def hashed() -> Plan:
        made = plan(order, catalog, FULL, ROAD, PROFILES[:count])
        canonical_hash(made)
        return made

    times.take(f"plan and hash, {named(count)}", hashed)


def py3dbp(times: Times, order: Order, catalog: Catalog) -> None:
    """Take py3dbp, behind our interface; where its answer fails our check, that counts all the same."""
    started = time.thread_time_ns()
    with contextlib.suppress(EngineError, IncompletePlanError):
        plan(order, catalog, PY3DBP, profiles=())
    times.note("py3dbp", time.thread_time_ns() - started)


def call(times: Times, name: str, work: Callable[..., object], message: object, pid: int) -> None:
    """Take what a server spends on a call."""
    clock = (~pid << 3) | 2  # of a process, by its number, as clock_getcpuclockid has it on Linux
    started = time.clock_gettime_ns(clock)
    work(message, timeout=60)
    times.note(name, time.clock_gettime_ns(clock) - started)


def named(count: int) -> str:
    """Return how many profiles, in words."""
    return f"{count} profile{'s' if count > 1 else ''}"


def blocks(orders: Sequence[Order]) -> list[Sequence[Order]]:
    """Return the orders in blocks."""
    return [orders[start : start + BLOCK] for start in range(0, len(orders), BLOCK)]


def block(times: Times, orders: Sequence[Order], catalog: Catalog, shelf: Shelf, server: Any, stubs: Any) -> None:
    """Take everything of some orders but py3dbp."""
    packing, health = stubs
    pid = server.process.pid
    for order in orders:
        times.take("bare plan", plan, order, catalog, BARE, profiles=())
    for _ in orders:
        call(times, "empty call", health.Check, health_pb2.HealthCheckRequest(), pid)
    for count in COUNTS:
        for order in orders:
            whole(times, order, catalog, count)
        for order in orders:
            stages(times, order, count, shelf)
        for order in orders:
            call(times, f"Pack, {named(count)}", packing.Pack, request_of(order, count), pid)


def large_check(times: Times, folder: Path, catalog: Catalog) -> None:
    """Take the check of one plan of many units by itself."""
    lines = [each for order in datasets.drawn(folder, "mid") for each in order.lines][:LARGE_UNITS]
    order = Order("large", [dataclasses.replace(each, line_id=f"{index}") for index, each in enumerate(lines)])
    made = plan(order, catalog, FULL, ROAD)
    for _ in range(20):
        times.take(f"check of {LARGE_UNITS} units", check, made, order, catalog, FULL, lane=ROAD)


def main(arguments: Sequence[str] | None = None, say: Callable[[str], None] = print) -> None:
    """Run the benchmark; see the module."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.answer", description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with the order sets")
    parser.add_argument("--set", action="append", choices=SETS, help="default: both")
    parser.add_argument("--orders", type=int, default=None, help="first N orders of each set; default: all")
    parser.add_argument("--py3dbp", type=int, default=100, help="py3dbp gets the first N orders; default: 100")
    chosen = parser.parse_args(arguments)
    warm_up()
    shelf = Shelf.load(Settings())
    catalog = shelf.catalogs[CATALOG]
    found: dict[str, Times] = {}
    with RUNNING["running_server"]() as server, grpc.insecure_channel(server.address) as channel:
        stubs = PackingServiceStub(channel), health_pb2_grpc.HealthStub(channel)
        for name in chosen.set or SETS:
            orders = datasets.load(chosen.data, name).orders[: chosen.orders]
            for taken in blocks(orders[:100]):
                block(Times(), taken, catalog, shelf, server, stubs)
            found[name] = times = Times()
            for taken in blocks(orders):
                block(times, taken, catalog, shelf, server, stubs)
                for order in taken[: max(0, chosen.py3dbp - len(times.ms.get("py3dbp", ())))]:
                    py3dbp(times, order, catalog)
            large_check(times, chosen.data, catalog)
    say("| set | profiles | " + " | ".join(STAGES) + " |\n" + "|---" * (2 + len(STAGES)) + "|")
    for name, times in found.items():
        for count in COUNTS:
            cells = " | ".join(f"{times.mean(f'{count} {stage}'):.3f}" for stage in STAGES)
            say(f"| {name} | {count} | {cells} |")
    say("\n| set | what | CPU ms mean | p50 | p99 | to the bare plan |\n|---|---|---|---|---|---|")
    wholes = [f"{what}, {named(count)}" for what in ("plan and hash", "Pack") for count in COUNTS]
    for name, times in found.items():
        for what in ("bare plan", *wholes, "empty call", "py3dbp", f"check of {LARGE_UNITS} units"):
            if what in times.ms:
                say(f"| {name} | {times.row(what, 'bare plan')} |")


if __name__ == "__main__":
    main()
