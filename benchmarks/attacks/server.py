"""The server that is attacked: a process of its own, looked at from outside."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

START = "from boxwright.server import Settings, serve; serve(Settings.from_environment())"
MIB = 1024 * 1024
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class AttackedServer:
    """Where a server listens, and its process. Attackers come over IPv4, others over IPv6: so they are two callers."""

    port: int
    http_port: int
    admin_port: int
    process: "subprocess.Popen[str]"

    @property
    def target(self) -> str:
        """Address for attackers."""
        return f"127.0.0.1:{self.port}"

    @property
    def target_of_others(self) -> str:
        """Address for everyone else."""
        return f"[::1]:{self.port}"

    def cpu_s(self) -> float:
        """CPU time of the process so far, in seconds."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND

    def forget_peak(self) -> None:
        """Let the greatest memory count from now on."""
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def memory_mib(self, which: str) -> float:
        """Resident memory in MiB: ``VmRSS`` now, ``VmHWM`` at its greatest."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(f"{which}:"):
                return int(line.split()[1]) * 1024 / MIB
        raise ValueError(f"{which} is not known")

    @property
    def running(self) -> bool:
        """Whether the process has not ended."""
        return self.process.poll() is None

    def stop(self, patience_s: float) -> str:
        """Send SIGTERM; say how long the end took."""
        begun = time.perf_counter()
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(patience_s)
        except subprocess.TimeoutExpired:
            return f"runs {patience_s:.0f} s after SIGTERM"
        return f"ended with {code} after {time.perf_counter() - begun:.1f} s"

    def wait_until_idle(self, most_s: float) -> bool:
        """Wait until the process has used next to no CPU for half a second; return whether it came to that."""
        until = time.perf_counter() + most_s
        while self.running and time.perf_counter() < until:
            before = self.cpu_s()
            time.sleep(0.5)
            # Two probes alone take a few hundredths of a second in half a second.
            if not self.running or self.cpu_s() - before < IDLE_CPU_S:
                return True
        return not self.running


IDLE_CPU_S = 0.2
"""CPU time in half a second below which nothing but the probes keeps a server busy."""


@contextmanager
def attacked_server(soft_files: int = 0, start: str = START, **settings: object) -> Iterator[AttackedServer]:
    """Start a server, under a soft limit of open files unless it is 0, wait until it serves, and kill it at the end."""
    free = {"address": "[::]:0", "http_address": "127.0.0.1:0", "admin_address": "127.0.0.1:0"}
    given = {**free, "allow_unauthenticated": True, "log_format": "json", "workers": 2, **settings}
    environment = {**os.environ, **{f"BOXWRIGHT_{name.upper()}": str(value) for name, value in given.items()}}
    command = [sys.executable, "-c", start]
    if soft_files:
        command = ["sh", "-c", f'ulimit -S -n {soft_files}; exec "$@"', "sh", *command]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True, encoding="utf-8") as process:
        try:
            ports = _wait(process)
            threading.Thread(target=_drop, args=(process,), daemon=True).start()
            yield AttackedServer(*ports, process)
        finally:
            process.kill()


def _wait(process: "subprocess.Popen[str]") -> tuple[int, int, int]:
    assert process.stderr is not None  # it was asked for
    ports = (0, 0, 0)
    for line in process.stderr:
        entry = json.loads(line) if line.startswith("{") else {}
        if "grpc_port" in entry:
            ports = (entry["grpc_port"], entry["http_port"], entry["admin_port"])
        if entry.get("message") == "serving":
            return ports
    raise RuntimeError("the server did not start")


def _drop(process: "subprocess.Popen[str]") -> None:
    """Read the log on, or the server stops when the pipe is full."""
    assert process.stderr is not None  # it was asked for
    for _ in process.stderr:
        pass
