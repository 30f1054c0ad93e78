"""The attacked servers: start, resources and health."""

import contextlib
import datetime as dt
import http.client
import runpy
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from benchmarks.processes import cpu_s, family, open_files, resident_mib, threads
from boxwright.server.access.auth import Scope
from boxwright.server.access.tokens import Token, new_token, written
from interop.running_server import START, RunningServer, running_server

AUTHORITY = Path(__file__).parents[2] / "tests" / "server" / "authority.py"
EVERY_S = 0.2
PATIENCE_S = 10.0
QUIET = f"import os; os.environ.setdefault('GRPC_VERBOSITY', 'NONE'); {START}"
"""Starts a server with its own log, as ``boxwright serve`` does."""
USUAL: Mapping[str, object] = {"default_catalog": "china-post", "workers": 1, "grace_s": 5}


@dataclass(frozen=True)
class Target:
    """A server.

    Attributes
    ----------
    server : RunningServer
        Its addresses, its process and its log.
    authority : bytes
        Certificate of the authority that signed the server's; empty if the server does not use TLS.
    tokens : mapping of str to str
        Tokens by kind, such as ``pack`` or ``revoked``; empty if the server needs none.
    """

    server: RunningServer
    authority: bytes = b""
    tokens: Mapping[str, str] = field(default_factory=dict)

    def context(self) -> ssl.SSLContext:
        """Return a TLS context that trusts the server."""
        return ssl.create_default_context(cadata=self.authority.decode())

    def channel(self) -> grpc.Channel:
        """Return a channel over a connection of its own."""
        options = [("grpc.use_local_subchannel_pool", 1), ("grpc.max_send_message_length", -1)]
        options += [("grpc.max_receive_message_length", -1), ("grpc.max_metadata_size", 1 << 20)]
        if self.authority:
            return grpc.secure_channel(self.server.address, grpc.ssl_channel_credentials(self.authority), options)
        return grpc.insecure_channel(self.server.address, options)


@contextmanager
def opened(folder: Path) -> Iterator[Target]:
    """Start an open server with a store."""
    with running_server(QUIET, store=f"sqlite:///{folder / 'plans.db'}", **USUAL) as server:
        yield Target(server)


@contextmanager
def secured(folder: Path) -> Iterator[Target]:
    """Start a server with TLS and tokens."""
    authority = runpy.run_path(str(AUTHORITY))["Authority"](folder)
    pair, file = authority.sign("shown"), folder / "tokens.json"
    tokens = _make_tokens(file)
    given = {"tls_certificate": pair.certificate, "tls_key": pair.key, "tokens_file": file}
    with running_server(QUIET, **given, **USUAL) as server:
        yield Target(server, authority.certificate.read_bytes(), tokens)


def _make_tokens(file: Path) -> dict[str, str]:
    """Write a file of tokens; return the tokens by name, and invalid ones."""
    now, day = dt.datetime.now(dt.UTC), dt.timedelta(days=1)
    texts: dict[str, str] = {}
    kept: list[Token] = []
    for name, scope, expires in (
        *(("pack", Scope.PACK, None), ("read", Scope.READ, None), ("admin", Scope.ADMIN, None)),
        *(("expired", Scope.PACK, now - day), ("revoked", Scope.PACK, None)),
    ):
        texts[name], token = new_token(name, [scope], (), now - 2 * day, expires)
        kept.append(replace(token, revoked=now - day) if name == "revoked" else token)
    texts["of another server"], _ = new_token("pack", [Scope.PACK], (), now, None)
    file.write_text(written(kept), encoding="utf-8")
    file.chmod(0o600)
    return texts


@dataclass(frozen=True)
class Held:
    """The resources of a server: memory of its listener and of all its processes in MiB, files, threads."""

    listener_mib: float
    all_mib: float
    files: int
    threads: int
    processes: int


def held_by(target: Target) -> Held:
    """Return the resources of a server."""
    listener, *others = family(target.server.process.pid)
    listener_mib = resident_mib(listener)
    all_mib = listener_mib + sum(map(resident_mib, others))
    return Held(listener_mib, all_mib, open_files(listener), threads(listener), 1 + len(others))


def used_s(target: Target) -> tuple[float, float]:
    """Return the CPU time of the listener, and that of all other processes of the server, in seconds."""
    listener, *others = family(target.server.process.pid)
    return cpu_s(listener), sum(map(cpu_s, others))


@dataclass
class Health:
    """Checks health over gRPC and at the admin port until it is stopped, from another address than the attackers.

    Attributes
    ----------
    asked, failed : int
        Number of checks, and of those whose answer was late or was not that the server serves.
    longest_s : float
        The longest time of an answer.
    most_mib, most_files, most_threads : float, int, int
        Peaks: memory of all processes in MiB, files and threads of the listener.
    faults : list of str
        Descriptions of the failures.
    """

    target: Target
    asked: int = 0
    failed: int = 0
    longest_s: float = 0.0
    most_mib: float = 0.0
    most_files: int = 0
    most_threads: int = 0
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop checking."""
        self._ended.set()
        self._thread.join(3 * PATIENCE_S)

    def _run(self) -> None:
        context = self.target.context() if self.target.authority else None
        address = self.target.server.admin_address
        with self.target.channel() as channel:
            stub: Any = health_pb2_grpc.HealthStub(channel)
            while not self._ended.wait(EVERY_S):
                self._note("gRPC", lambda: stub.Check(health_pb2.HealthCheckRequest(), timeout=PATIENCE_S).status == 1)
                for path in ("/livez", "/healthz"):
                    self._note(path, lambda path=path: _probe(address, path, context) == 200)
                held = held_by(self.target)
                self.most_mib = max(self.most_mib, held.all_mib)
                self.most_files = max(self.most_files, held.files)
                self.most_threads = max(self.most_threads, held.threads)

    def _note(self, what: str, ask: Any) -> None:
        begun_s = time.monotonic()
        try:
            good, why = ask(), "does not serve"
        except (grpc.RpcError, OSError, http.client.HTTPException) as error:
            good, why = False, f"{type(error).__name__}: {error}"[:200]
        self.asked += 1
        self.failed += not good
        if not good:
            self.faults.append(f"{what}: {why}")
        self.longest_s = max(self.longest_s, time.monotonic() - begun_s)


def _probe(address: str, path: str, context: ssl.SSLContext | None) -> int:
    given: dict[str, Any] = {"timeout": PATIENCE_S, "source_address": ("127.0.0.2", 0)}
    if context is None:
        connection = http.client.HTTPConnection(address, **given)
    else:
        connection = http.client.HTTPSConnection(address, context=context, **given)
    with contextlib.closing(connection):
        connection.request("GET", path, headers={"Connection": "close"})
        return connection.getresponse().status
