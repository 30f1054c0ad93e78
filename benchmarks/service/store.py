"""What a store costs: CPU time of all processes of the server for an order, without a store and with one, in turns.

python -m benchmarks.service store
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import grpc
import grpc.aio

from benchmarks.attacks.orders import small_order
from benchmarks.service.served import Loaded, loaded
from boxwright.server.plan_archive import opened
from boxwright.v1.packing_service_pb2_grpc import PackingServiceStub

ROUNDS = 3
ORDERS = 300
AT_ONCE = (1, 16)
GOAL_MS = 0.3


async def _send(server: Loaded, orders: int, at_once: int, *, persist: bool) -> tuple[float, float]:
    """Send orders; return CPU time of the server and time that passed for each, in ms."""
    async with grpc.aio.insecure_channel(server.server.target) as channel:
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
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        store = chosen.store or f"sqlite:///{folder}/plans.db"
        without = stack.enter_context(loaded(chosen.data))
        storing = stack.enter_context(loaded(chosen.data, store=store))
        print(f"| orders at once | CPU ms without | CPU ms with | difference (goal {GOAL_MS:g}) |")
        print("|---|---|---|---|")
        for at_once in AT_ONCE:
            figures: list[tuple[float, float]] = []
            for _ in range(ROUNDS + 1):
                plain, _ = asyncio.run(_send(without, ORDERS, at_once, persist=False))
                kept, _ = asyncio.run(_send(storing, ORDERS, at_once, persist=True))
                figures.append((plain, kept))
            plain = statistics.median(each[0] for each in figures[1:])
            kept = statistics.median(each[1] for each in figures[1:])
            print(f"| {at_once} | {plain:.2f} | {kept:.2f} | {kept - plain:.2f} |", flush=True)
        with opened(store) as archive:
            sizes = archive.read.sizes()
    print(f"{sizes.plan_bytes / sizes.plans:,.0f} bytes a plan of two books, request and plan as they are stored.")
