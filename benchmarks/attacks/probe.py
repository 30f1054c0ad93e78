"""Asks a server for one thing over and over, until its own standard input ends; then prints what it saw as JSON.

python -m benchmarks.attacks.probe health|order HOST:PORT
"""

import json
import sys
import threading
import time
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from benchmarks.attacks.orders import small_order
from boxwright.v1.packing_service_pb2_grpc import PackingServiceStub

EVERY_S = {"health": 0.01, "order": 0.05}
PATIENCE_S = 30.0


def main(what: str, target: str) -> None:
    """Ask until standard input ends."""
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    taken_ms, failed = [], 0
    with grpc.insecure_channel(target) as channel:
        health: Any = health_pb2_grpc.HealthStub(channel)
        packing = PackingServiceStub(channel)
        request = small_order()
        while not ended.is_set():
            begun = time.perf_counter()
            try:
                if what == "health":
                    answer = health.Check(health_pb2.HealthCheckRequest(), timeout=PATIENCE_S)
                    good = answer.status == health_pb2.HealthCheckResponse.SERVING
                else:
                    packing.Pack(request, timeout=PATIENCE_S)
                    good = True
            except grpc.RpcError:
                good = False
            failed += not good
            taken_ms.append((time.perf_counter() - begun) * 1_000)
            ended.wait(EVERY_S[what])
    print(json.dumps({"taken_ms": taken_ms, "failed": failed}))


if __name__ == "__main__":
    main(*sys.argv[1:])
