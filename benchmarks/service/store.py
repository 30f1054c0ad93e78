"""Measures the cost of a store: CPU time of an order with and without storing, in turns.

    python -m benchmarks.service store

Two servers with the same code and settings differ by up to 15 %, which is as much as a store costs. So stored plans are
compared with plans that are not stored, at the same server and over several starts.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import grpc
import grpc.aio

from benchmarks.markdown import table
from benchmarks.service.orders import small_order
from benchmarks.service.served import Loaded, loaded
from boxwright.store import opened
from boxwright.v1.packing_service_pb2_grpc import PackingServiceStub

ROUNDS, TURNS = 5, 3
ORDERS = 300
AT_ONCE = (1, 16)
GOAL_MS = 0.3


async def _send(server: Loaded, orders: int, at_once: int, *, persist: bool) -> tuple[float, float]:
    """Send orders; return CPU time of the server and elapsed time per order, in ms."""
    async with grpc.aio.insecure_channel(server.server.address) as channel:
        stub, left = PackingServiceStub(channel), iter(range(orders))
        message = small_order()
        message.persist = persist

        async def station() -> None:
            for _ in left:
                await stub.Pack(message)

        begun, cpu_s = time.perf_counter(), server.cpu_s()
        await asyncio.gather(*(station() for _ in range(at_once)))
        return (server.cpu_s() - cpu_s) * 1_000 / orders, (time.perf_counter() - begun) * 1_000 / orders


def run(chosen: argparse.Namespace) -> None:
    """Measure, and print a table."""
    taken: dict[int, list[tuple[float, float, float]]] = {each: [] for each in AT_ONCE}
    sizes = None
    for _ in range(ROUNDS):
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            store = chosen.store or f"sqlite:///{folder}/plans.db"
            without = stack.enter_context(loaded(chosen.data))
            storing = stack.enter_context(loaded(chosen.data, store=store))
            for server, persist in ((without, False), (storing, False), (storing, True)):
                asyncio.run(_send(server, ORDERS, 1, persist=persist))  # what is loaded late is there from now on
            for at_once in AT_ONCE:
                turns = [[0.0, 0.0, 0.0] for _ in range(TURNS)]
                for turn in turns:
                    turn[0], _ = asyncio.run(_send(without, ORDERS, at_once, persist=False))
                    turn[1], _ = asyncio.run(_send(storing, ORDERS, at_once, persist=False))
                    turn[2], _ = asyncio.run(_send(storing, ORDERS, at_once, persist=True))
                plain, asked_not, kept = (statistics.median(each) for each in zip(*turns, strict=True))
                taken[at_once].append((plain, asked_not, kept))
            with opened(store) as archive:
                sizes = archive.read.sizes()
    print(f"CPU ms an order, medians of {ROUNDS} starts of both servers (least and most)\n")
    titles = ["orders at once", "no store", "store, plan not stored", "plan stored"]
    lines = []
    for at_once, rows in taken.items():
        columns = [*zip(*rows, strict=True), [kept - asked_not for _, asked_not, kept in rows]]
        lines.append([str(at_once), *map(_spread, columns)])
    print(table([*titles, f"stored less not stored (goal {GOAL_MS:g})"], lines))
    assert sizes is not None  # there are rounds
    print(f"{sizes.plan_bytes / sizes.plans:,.0f} bytes a plan of two books, request and plan as they are stored.")


def _spread(figures: Sequence[float]) -> str:
    return f"{statistics.median(figures):.2f} ({min(figures):.2f} to {max(figures):.2f})"
