"""What an attack costs a server, and whom it holds up."""

import json
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass

from benchmarks.attacks.attack import Attack
from benchmarks.attacks.server import AttackedServer, attacked_server

MOST_S = 120.0
"""How long an attack may keep a server busy after it has ended, in seconds."""


@dataclass(frozen=True)
class Seen:
    """What a probe saw."""

    count: int
    failed: int
    p50_ms: float
    max_ms: float


@dataclass(frozen=True)
class Cost:
    """What an attack cost."""

    cpu_s: float
    memory_mib: float
    health: Seen
    order: Seen
    outcome: str


class Probe:
    """A process that asks the server for one thing over and over."""

    def __init__(self, what: str, server: AttackedServer) -> None:
        command = [sys.executable, "-m", "benchmarks.attacks.probe", what, server.target_of_others]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def seen(self) -> Seen:
        """End it; return what it saw."""
        said = json.loads(self._process.communicate()[0])
        taken_ms = said["taken_ms"] or [0.0]
        return Seen(len(taken_ms), said["failed"], statistics.median(taken_ms), max(taken_ms))


def cost_of(attack: Attack) -> Cost:
    """Return what an attack costs a new server."""
    with attacked_server(attack.soft_files, **attack.settings) as server:
        probes = [Probe(what, server) for what in ("health", "order")]
        server.wait_until_idle(10)
        time.sleep(1)
        server.forget_peak()
        idle_mib, begun_cpu_s = server.memory_mib("VmRSS"), server.cpu_s()
        outcome = attack.run(server)
        if server.running and not server.wait_until_idle(MOST_S):
            outcome += f"; busy {MOST_S:.0f} s later"
        cpu_s, peak_mib = (
            (server.cpu_s() - begun_cpu_s, server.memory_mib("VmHWM")) if server.running else (0.0, idle_mib)
        )
        health, order = (probe.seen() for probe in probes)
    return Cost(cpu_s, peak_mib - idle_mib, health, order, outcome)
