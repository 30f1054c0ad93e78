"""What a server holds while it is attacked, and whether it says that it serves."""

import contextlib
import http.client
import ssl
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from benchmarks.hostile.asking import channel
from benchmarks.hostile.target import Target

EVERY_S = 0.2
PATIENCE_S = 10.0
KIB = 1024


@dataclass(frozen=True)
class Held:
    """What a server holds at one time: memory of its doors and of all its processes in MiB, files, threads."""

    doors_mib: float
    all_mib: float
    files: int
    threads: int
    processes: int


def held_by(target: Target) -> Held:
    """Return what a server holds."""
    doors = target.process.pid
    processes = [doors, *_below(doors)]
    sizes = [_status(each, "VmRSS") for each in processes]
    return Held(
        sizes[0] / KIB,
        sum(sizes) / KIB,
        len(list(Path(f"/proc/{doors}/fd").iterdir())),
        _status(doors, "Threads"),
        len(processes),
    )


def _below(pid: int) -> list[int]:
    """Return the processes that a process has started, and those that these have."""
    found: list[int] = []
    with contextlib.suppress(OSError):  # one that has ended meanwhile
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return [each for pid in found for each in (pid, *_below(pid))]


def _status(pid: int, name: str) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1])
    return 0


def cpu_s(target: Target) -> tuple[float, float]:
    """Return the CPU time of the process that listens so far, and that of all others of the server, in seconds."""
    doors = target.process.pid
    return _cpu_s(doors), sum(map(_cpu_s, _below(doors)))


def _cpu_s(pid: int) -> float:
    with contextlib.suppress(OSError):  # one that has ended meanwhile
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / 100
    return 0.0


@dataclass
class Health:
    """Asks for health at the gRPC door and at the admin port until it is stopped, from another address than attackers.

    Attributes
    ----------
    asked, failed : int
        How often, and how often the answer was not that it serves, or came too late.
    longest_s : float
        The longest that an answer took.
    most_mib, most_files, most_threads : float, int, int
        The most that was held at any time: memory of all processes in MiB, files and threads of the doors.
    faults : list of str
        What failed.
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
        """Ask no more."""
        self._ended.set()
        self._thread.join(3 * PATIENCE_S)

    def _run(self) -> None:
        context = self.target.context() if self.target.authority else None
        with channel(self.target) as opened:
            stub: Any = health_pb2_grpc.HealthStub(opened)
            while not self._ended.wait(EVERY_S):
                self._note("gRPC", lambda: stub.Check(health_pb2.HealthCheckRequest(), timeout=PATIENCE_S).status == 1)
                for path in ("/livez", "/healthz"):
                    self._note(path, lambda path=path: _probe(self.target.admin_port, path, context) == 200)
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


def _probe(port: int, path: str, context: ssl.SSLContext | None) -> int:
    given: dict[str, Any] = {"timeout": PATIENCE_S, "source_address": ("127.0.0.2", 0)}
    if context is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, **given)
    else:
        connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, **given)
    with contextlib.closing(connection):
        connection.request("GET", path, headers={"Connection": "close"})
        return connection.getresponse().status
