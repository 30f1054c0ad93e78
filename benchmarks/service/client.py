"""A client that sends orders at a rate, or as fast as they are answered, and prints the results.

    python -m benchmarks.service.client --target HOST:PORT --data DIR --set olist_mix --seconds 10 --in-flight 4
    python -m benchmarks.service.client --target HOST:PORT --data DIR --set olist_mix --seconds 60 --rate 200

It prints when it is ready, starts at a line from its standard input, and prints its results and CPU time as a line of
JSON. With ``--orders`` it ends after that number. With ``--rate`` orders are sent at random times (a Poisson process)
without waiting for answers; a share of ``--large`` has 500 units. With ``--watch`` it checks health every 10 ms.
"""

import argparse
import asyncio
import json
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import grpc.aio

from benchmarks.service.orders import PACK, drawn_orders, small_orders

HEALTH = "/grpc.health.v1.Health/Check"
WATCH_S, CHANNELS = 0.01, 4
LARGE_UNITS, LARGE_KINDS, SEED = 500, 6, 7
"""Units, number and seed of the large orders."""


class Client:
    """Sends orders, and records times by kind and result.

    Parameters
    ----------
    chosen : argparse.Namespace
        The options.
    """

    def __init__(self, chosen: argparse.Namespace) -> None:
        self._chosen = chosen
        self._draw = random.Random(chosen.seed)
        self._bodies = {"small": [each.SerializeToString() for each in small_orders(chosen.data, chosen.set)]}
        if chosen.large:
            large = drawn_orders(chosen.data, LARGE_UNITS, LARGE_KINDS, random.Random(SEED))
            self._bodies["large"] = [order.SerializeToString() for order in large]
        self._taken_ms: dict[tuple[str, str], list[float]] = {}
        self._sent: Counter[str] = Counter()
        self._calls: list[Callable[..., Awaitable[bytes]]] = []
        self._next = 0

    async def run(self) -> dict[str, Any]:
        """Send orders for the chosen time, wait for the answers, and return the results."""
        options = [[("grpc.use_local_subchannel_pool", 1)]] * CHANNELS
        channels = [grpc.aio.insecure_channel(self._chosen.target, options=each) for each in options]
        self._calls = [channel.unary_unary(PACK) for channel in channels]
        self._check: Callable[..., Awaitable[bytes]] = channels[0].unary_unary(HEALTH)
        until = time.perf_counter() + self._chosen.seconds
        watching = asyncio.ensure_future(self._watch()) if self._chosen.watch else None
        begun, begun_cpu = time.perf_counter(), time.process_time()
        await (self._at_rate(until) if self._chosen.rate else self._as_fast_as_answered(until))
        seconds = time.perf_counter() - begun
        if watching is not None:
            watching.cancel()
        for channel in channels:
            await channel.close()
        return {
            "seconds": seconds,
            "cpu_s": time.process_time() - begun_cpu,
            "sent": dict(self._sent),
            "came": [{"what": what, "code": code, **_figures(ms)} for (what, code), ms in self._taken_ms.items()],
        }

    async def _at_rate(self, until: float) -> None:
        open_calls: set[asyncio.Task[None]] = set()
        at = time.perf_counter()
        while at < until:
            at += self._draw.expovariate(self._chosen.rate)
            await asyncio.sleep(at - time.perf_counter())
            what = "large" if self._draw.random() < self._chosen.large else "small"
            task = asyncio.ensure_future(self._one(what))
            open_calls.add(task)
            task.add_done_callback(open_calls.discard)
        await asyncio.gather(*open_calls)

    async def _as_fast_as_answered(self, until: float) -> None:
        most = self._chosen.orders

        async def station() -> None:
            while self._next < most if most else time.perf_counter() < until:
                await self._one("large" if self._draw.random() < self._chosen.large else "small")

        await asyncio.gather(*(station() for _ in range(self._chosen.in_flight)))

    async def _one(self, what: str) -> None:
        if self._chosen.health_only:
            await self._timed("health", self._check(b"", timeout=self._chosen.deadline_s))
            return
        self._next += 1
        self._sent[what] += 1
        body = self._bodies[what][self._next % len(self._bodies[what])]
        call = self._calls[self._next % len(self._calls)]
        await self._timed(what, call(body, timeout=self._chosen.deadline_s))

    async def _timed(self, what: str, call: Awaitable[bytes]) -> None:
        begun = time.perf_counter()
        code = "OK"
        try:
            await call
        except grpc.aio.AioRpcError as error:
            code = error.code().name
        self._taken_ms.setdefault((what, code), []).append((time.perf_counter() - begun) * 1_000)

    async def _watch(self) -> None:
        while True:
            await asyncio.gather(self._timed("health", self._check(b"", timeout=30)), asyncio.sleep(WATCH_S))


def _figures(taken_ms: list[float]) -> dict[str, float]:
    ordered = sorted(taken_ms)
    return {
        "count": len(ordered),
        "p50_ms": statistics.median(ordered),
        "p99_ms": ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))],
        "max_ms": ordered[-1],
    }


def options() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each option with its description."""
    yield "--target", {"required": True, "metavar": "HOST:PORT"}
    yield "--data", {"type": Path, "required": True, "metavar": "DIR", "help": "folder of the order sets"}
    yield "--set", {"default": "olist_mix", "help": "which orders are the small ones"}
    yield "--seconds", {"type": float, "default": 10.0}
    yield "--orders", {"type": int, "default": 0, "help": "how many to send, without a rate; 0: as many as time allows"}
    yield "--rate", {"type": float, "default": 0.0, "help": "orders a second; 0: as fast as they are answered"}
    yield "--in-flight", {"type": int, "default": 4, "help": "orders at once, without a rate"}
    yield "--large", {"type": float, "default": 0.0, "help": "share of orders of 500 units"}
    yield "--deadline-s", {"type": float, "default": 120.0}
    yield "--seed", {"type": int, "default": 1}
    yield "--health-only", {"action": "store_true", "help": "ask for health in the place of orders"}
    yield "--watch", {"action": "store_true", "help": "ask for health as well"}


def main() -> None:
    """Run the client; see the module."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.service.client", description=__doc__.split("\n")[0])
    for name, described in options():
        parser.add_argument(name, **described)
    client = Client(parser.parse_args())
    print("ready", flush=True)
    sys.stdin.readline()
    print(json.dumps(asyncio.run(client.run())))


if __name__ == "__main__":
    main()
