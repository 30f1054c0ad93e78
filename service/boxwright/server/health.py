"""Asks a server whether it serves: for container health checks, ``python -m boxwright.server.health [host:port]``."""

import contextlib
import http.client
import os
import ssl
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

DEFAULT_TARGET, DEFAULT_ADMIN = "127.0.0.1:50051", "127.0.0.1:9464"


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


def probe_admin(target: str, certificate: str, *, timeout_s: float = 2.0) -> bool:
    """Return whether a server whose doors are encrypted says SERVING, at its admin port, which asks for no credential.

    Parameters
    ----------
    target : str
        Host and port of the admin port.
    certificate : str
        File of the certificate that it must show, whoever signed it and whatever name is in it.
    timeout_s : float, optional
        How long to wait for the answer, in seconds. Default 2.
    """
    host, _, port = target.rpartition(":")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    try:
        context.load_verify_locations(cadata=Path(certificate).read_text(encoding="ascii"))
        connection = http.client.HTTPSConnection(host.strip("[]"), int(port), timeout=timeout_s, context=context)
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, ValueError, http.client.HTTPException):
        return False


def check(arguments: list[str], environment: Mapping[str, str]) -> tuple[str, bool]:
    """Return which server was asked, and whether it serves: one that is named, else that of these settings."""
    address, admin, certificate = addresses(environment)
    if certificate:
        target = arguments[0] if arguments else local_target(admin)
        return target, probe_admin(target, certificate)
    target = arguments[0] if arguments else local_target(address)
    return target, probe(target)


def addresses(environment: Mapping[str, str]) -> tuple[str, str, str]:
    """Return ``address``, ``admin_address`` and ``tls_certificate`` of the server with this environment.

    They are read without a look at the other settings: a probe starts every few seconds, and judges nothing. A settings
    file that cannot be read says nothing, as a server with it does not start.
    """
    config, values = environment.get("BOXWRIGHT_CONFIG", ""), {}
    if config:
        with contextlib.suppress(OSError, ValueError):
            values = tomllib.loads(Path(config).read_text(encoding="utf-8"))
    certificate = str(values.get("tls_certificate", ""))
    return (
        environment.get("BOXWRIGHT_ADDRESS", str(values.get("address", DEFAULT_TARGET))),
        environment.get("BOXWRIGHT_ADMIN_ADDRESS", str(values.get("admin_address", DEFAULT_ADMIN))),
        environment.get("BOXWRIGHT_TLS_CERTIFICATE", certificate and str(Path(config).parent / certificate)),
    )


if __name__ == "__main__":
    target, serving = check(sys.argv[1:], os.environ)
    print(f"{target} {'SERVING' if serving else 'NOT_SERVING'}")
    sys.exit(0 if serving else 1)
