"""A server in a separate process, for tests, benchmarks, pages and transcripts."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

START = """
from boxwright.server import Settings, serve
settings = Settings.from_environment()
vars(settings).update(LIMITS)
serve(settings)
"""


@dataclass(frozen=True)
class RunningServer:
    """The addresses of a server, its process, and its log so far."""

    address: str
    admin_address: str
    http_address: str
    process: "subprocess.Popen[str]"
    log: list[str]


@contextmanager
def running_server(
    start: str = START, limits: Mapping[str, float] | None = None, **settings: object
) -> Iterator[RunningServer]:
    """Start a server on free ports, wait until it serves, and stop it at the end.

    Parameters
    ----------
    start : str, optional
        Code that the process runs. Default: a server with the settings of its environment.
    limits : mapping of str to float, optional
        Constants of the settings to change. Default: none.
    settings
        Settings by name, put into the environment.
    """
    given = {
        **dict.fromkeys(("address", "admin_address", "http_address"), "127.0.0.1:0"),
        "log_format": "json",
        **settings,
    }
    environment = {**os.environ, **{f"BOXWRIGHT_{name.upper()}": str(value) for name, value in given.items()}}
    process = subprocess.Popen(
        [sys.executable, "-c", f"LIMITS = {limits or {}}\n{start}"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    said: list[str] = []
    with process:  # at its end this waits for the process and closes the pipe
        try:
            server = _wait(process, said)
            # Reading must continue, or the server stops when the pipe is full.
            reader = threading.Thread(target=said.extend, args=(process.stdout,), daemon=True)
            reader.start()
            try:
                yield server
            finally:
                process.send_signal(signal.SIGTERM)
                reader.join(timeout=60)
        finally:
            process.kill()


def _wait(process: "subprocess.Popen[str]", said: list[str]) -> RunningServer:
    """Read the log until the server logs that it serves."""
    ports = {}
    for line in process.stdout:
        said.append(line)
        if not line.startswith("{"):
            continue
        entry = json.loads(line)
        ports |= {name: entry[name] for name in ("grpc_port", "admin_port", "http_port") if name in entry}
        if entry["message"] == "serving":
            addresses = (f"127.0.0.1:{ports.get(name, 0)}" for name in ("grpc_port", "admin_port", "http_port"))
            return RunningServer(*addresses, process, said)
    raise RuntimeError(f"the server did not start:\n{''.join(said)}")
