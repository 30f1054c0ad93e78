"""Asks a server whether it serves: for container health checks, ``python -m boxwright.server.health [host:port]``."""

import os
import sys
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

DEFAULT_TARGET = "127.0.0.1:50051"


def probe(target: str, *, service: str = "", timeout_s: float = 2.0) -> bool:
    """Return whether the server at a target says SERVING.

    Parameters
    ----------
    target : str
        Host and port.
    service : str, optional
        Full name of one service. Default: the server as a whole.
    timeout_s : float, optional
        How long to wait for the answer, in seconds. Default 2.
    """
    with grpc.insecure_channel(target) as channel:
        try:
            stub: Any = health_pb2_grpc.HealthStub(channel)
            answer = stub.Check(health_pb2.HealthCheckRequest(service=service), timeout=timeout_s)
        except grpc.RpcError:
            return False
    return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


def local_target(address: str) -> str:
    """Return where a server that listens on an address is reached from the same machine."""
    host, _, port = address.rpartition(":")
    return f"127.0.0.1:{port}" if host in ("0.0.0.0", "[::]", "") else address


if __name__ == "__main__":
    default = local_target(os.environ.get("BOXWRIGHT_ADDRESS", DEFAULT_TARGET))
    target = sys.argv[1] if len(sys.argv) > 1 else default
    serving = probe(target)
    print(f"{target} {'SERVING' if serving else 'NOT_SERVING'}")
    sys.exit(0 if serving else 1)
