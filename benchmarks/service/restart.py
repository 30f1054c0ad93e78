"""How long a server takes from its start until it has planned an order, after the one before was killed."""

import argparse
import os
import time

import grpc

from benchmarks.attacks.orders import small_order
from benchmarks.attacks.server import attacked_server
from boxwright.v1.packing_service_pb2_grpc import PackingServiceStub

TIMES, GOAL_S = 5, 3


def run(chosen: argparse.Namespace) -> None:
    """Start a server, have an order planned, kill it, over and over; the first time is not counted.

    Modules are compiled by then, as an installation does it, wherever the environment keeps Python from writing that.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    taken_s = []
    for _ in range(TIMES + 1):
        begun = time.perf_counter()
        with (
            attacked_server(workers=chosen.workers, store=chosen.store) as server,
            grpc.insecure_channel(server.target) as channel,
        ):
            PackingServiceStub(channel).Pack(small_order(), timeout=60)
            taken_s.append(time.perf_counter() - begun)
            server.process.kill()
    each = ", ".join(f"{seconds:.2f}" for seconds in taken_s[1:])
    print(f"From the start to the first plan, after kill -9: {each} s (goal: {GOAL_S}).")
