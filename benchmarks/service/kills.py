"""Kills servers, looks for the plans that they named, and measures the time until the next server plans.

python -m benchmarks.service kills --times 50
python -m benchmarks.service kills --store postgresql://user@host/database
python -m benchmarks.service restart
"""

import argparse
import asyncio
import itertools
import os
import sqlite3
import tempfile
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from random import Random

import grpc
import grpc.aio

from benchmarks.service.orders import small_order
from boxwright.store import opened
from boxwright.v1.packing_service_pb2_grpc import PackingServiceStub
from interop.running_server import RunningServer, running_server

IN_FLIGHT = 16
LOAD_S = (0.1, 1.0)
"""Range of the time until a server is killed, in seconds."""
STARTS, GOAL_S = 5, 3


@dataclass
class Kills:
    """Number of kills, of plans named before them, and of named plans that are not stored."""

    times: int = 0
    named: int = 0
    lost: int = 0


def kill_often(store: str, times: int, seed: int = 1) -> Kills:
    """Load a server with orders to store and kill it, repeatedly; return the result.

    Parameters
    ----------
    store : str
        URL of the store.
    times : int
        Number of kills.
    seed : int, optional
        Seed of the times of the kills.
    """
    found, draw = Kills(), Random(seed)
    for _ in range(times):
        named: list[str] = []
        with running_server(store=store, default_catalog="eu-stock") as server:
            asyncio.run(_load_and_kill(server, named, draw.uniform(*LOAD_S)))
        with opened(store) as archive:
            found.lost += sum(archive.read.plan(name.removeprefix("plans/")) is None for name in named)
        found.times += 1
        found.named += len(named)
    return found


async def _load_and_kill(server: RunningServer, named: list[str], seconds: float) -> None:
    """Send orders until the server is killed; collect the names of the plans in its answers."""
    async with grpc.aio.insecure_channel(server.address) as channel:
        stub, numbers = PackingServiceStub(channel), itertools.count()

        async def station() -> None:
            while True:
                order = small_order()
                order.order.order_id = f"order-{next(numbers)}"
                order.persist = True
                order.request_id = str(uuid.uuid4())
                named.append((await stub.Pack(order)).plan.name)

        stations = [asyncio.ensure_future(station()) for _ in range(IN_FLIGHT)]
        while not named:
            await asyncio.sleep(0.01)
        await asyncio.sleep(seconds)
        server.process.kill()
        server.process.wait()
        await asyncio.gather(*stations, return_exceptions=True)


def is_sound(path: Path) -> bool:
    """Whether SQLite finds nothing wrong with a file."""
    connection = sqlite3.connect(path)
    try:
        return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    finally:
        connection.close()


def run(chosen: argparse.Namespace) -> None:
    """Kill a server as often as chosen, and print what was lost."""
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plans.db"
        found = kill_often(chosen.store or f"sqlite:///{path}", chosen.times)
        sound = "" if chosen.store else f", the file is {'sound' if is_sound(path) else 'DAMAGED'}"
    print(
        f"{found.times} kills under load in {time.perf_counter() - begun:.0f} s: {found.named:,} plans were named,"
        f" {found.lost:,} of them are lost{sound}."
    )
    if found.lost:
        raise SystemExit(1)


def restart(chosen: argparse.Namespace) -> None:
    """Start a server, plan an order and kill it, repeatedly; the first time is not counted.

    It compiles the modules, as an installation does.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    taken_s = []
    for _ in range(STARTS + 1):
        begun = time.perf_counter()
        with (
            running_server(workers=chosen.workers, store=chosen.store) as server,
            grpc.insecure_channel(server.address) as channel,
        ):
            PackingServiceStub(channel).Pack(small_order(), timeout=60)
            taken_s.append(time.perf_counter() - begun)
            server.process.kill()
    said = ", ".join(f"{seconds:.2f}" for seconds in taken_s[1:])
    print(f"From the start to the first plan, after kill -9: {said} s (goal: {GOAL_S}).")
