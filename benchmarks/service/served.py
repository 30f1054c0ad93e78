"""A server under load and its clients, as separate processes observed from outside."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import MIB, TICKS_A_SECOND, cpu_s, family, open_files, threads
from interop.running_server import START, RunningServer, running_server


@dataclass(frozen=True)
class Came:
    """The results of a client.

    Attributes
    ----------
    seconds, cpu_s : float
        Length of the run and CPU time of the client.
    came : dict
        Figures count, p50_ms, p99_ms and max_ms by kind and code.
    sent : dict
        Number of orders sent, by kind.
    """

    seconds: float
    cpu_s: float
    came: dict[tuple[str, str], dict[str, float]]
    sent: dict[str, int]

    def count(self, what: str, code: str = "OK") -> int:
        """Number of calls that ended with a code."""
        return int(self.came.get((what, code), {}).get("count", 0))

    def figure(self, what: str, name: str, code: str = "OK") -> float:
        """Return a figure of the calls that ended with a code; nan if there are none."""
        return self.came.get((what, code), {}).get(name, float("nan"))


class Loaded:
    """A server and the resources of all its processes.

    Parameters
    ----------
    server : RunningServer
        The process that listens.
    data : Path
        Folder of the order sets.
    """

    def __init__(self, server: RunningServer, data: Path) -> None:
        self.server = server
        self._data = data

    def client(self, **options: object) -> Came:
        """Run a client to its end; the options are those of ``client``, by name."""
        return self.end(*self.begin(options))

    def begin(self, *clients: Mapping[str, object]) -> "list[subprocess.Popen[str]]":
        """Let clients begin together, once all are ready."""
        started = [self._start(options) for options in clients]
        for client in started:
            assert client.stdout is not None  # it was asked for
            client.stdout.readline()
        for client in started:
            assert client.stdin is not None  # so was this
            client.stdin.write("\n")
            client.stdin.flush()
        return started

    def _start(self, options: Mapping[str, object]) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "benchmarks.service.client"]
        for name, value in {"target": self.server.address, "data": self._data, **options}.items():
            flag = f"--{name.replace('_', '-')}"
            if value is not False:
                command += [flag] if value is True else [flag, str(value)]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    @staticmethod
    def end(client: "subprocess.Popen[str]") -> Came:
        """Wait for a client; return its results."""
        said = json.loads(client.communicate()[0])
        came = {(figures.pop("what"), figures.pop("code")): figures for figures in said["came"]}
        return Came(said["seconds"], said["cpu_s"], came, said["sent"])

    @property
    def processes(self) -> list[int]:
        """The server's process and those that it has started."""
        return family(self.server.process.pid)

    def hold_to_one_core(self) -> None:
        """Restrict the server and the processes that it starts to one of its allowed cores."""
        core = min(os.sched_getaffinity(self.server.process.pid))
        for process in self.processes:
            for thread in Path(f"/proc/{process}/task").iterdir():
                os.sched_setaffinity(int(thread.name), {core})

    def cpu_s(self) -> float:
        """CPU time so far, ended processes included, in seconds."""
        return sum(map(cpu_s, self.processes))

    def memory_mib(self) -> float:
        """Resident memory in MiB; shared pages are divided among the processes."""
        total = 0
        for process in self.processes:
            rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
            total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
        return total * 1024 / MIB

    def open_files(self) -> int:
        """Open files of all processes."""
        return sum(map(open_files, self.processes))

    def threads(self) -> int:
        """Threads of all processes."""
        return sum(map(threads, self.processes))


def machine_cpu_s() -> float:
    """CPU time of all processes of the machine so far, in seconds."""
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    idle = int(fields[3]) + int(fields[4])
    return (sum(map(int, fields[:8])) - idle) / TICKS_A_SECOND


@contextmanager
def loaded(data: Path, start: str = START, **settings: object) -> Iterator[Loaded]:
    """Start a server, by default with two workers, and stop it at the end."""
    with running_server(start, **{"workers": 2, **settings}) as server:
        yield Loaded(server, data)
