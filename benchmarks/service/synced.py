"""Traces a server: it must sync the log of SQLite before it sends the answer that names a plan.

python -m benchmarks.service synced
"""

import argparse
import json
import os
import re
import signal
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from google.protobuf import json_format

from benchmarks.service.orders import PACK, small_order
from interop.running_server import RunningServer, running_server

CALLS = "pwrite64,fdatasync,fsync,sendto,sendmsg,write"
_ENDED = re.compile(r"^\d+ +(?:<\.\.\. )?(?P<call>\w+)")


def traced() -> list[str]:
    """Return the calls to the log of SQLite and the answer of a server that stores a plan, in order.

    ``write`` is a write to the log, ``sync`` its sync, ``answer`` the name of the plan on its way to the caller.
    """
    with tempfile.TemporaryDirectory() as folder:
        store = f"sqlite:///{folder}/plans.db"
        with running_server(store=store) as server:
            _pack(server)  # the tables are made, and the log is there
            trace = Path(folder) / "trace"
            command = ["strace", "-f", "-y", "-s", "65536", "-e", f"trace={CALLS}", "-o", str(trace)]
            with subprocess.Popen(
                [*command, "-p", str(server.process.pid)], stderr=subprocess.PIPE, text=True
            ) as tracer:
                assert tracer.stderr is not None
                said = tracer.stderr.readline()
                if "attached" not in said:
                    raise RuntimeError(f"strace cannot trace here: {said.strip()}")
                time.sleep(0.5)  # so that all threads are traced
                name = _pack(server)
                tracer.send_signal(signal.SIGINT)
                tracer.wait(30)
            text = trace.read_text(errors="replace")
    return events_of(text, name)


def _pack(server: RunningServer) -> str:
    order = small_order()
    order.persist = True
    body = json.dumps(json_format.MessageToDict(order)).encode()
    request = urllib.request.Request(f"http://{server.http_address}{PACK}", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return str(json.loads(answer.read())["plan"]["name"])


_SENT = re.compile(r"(?:sendto|sendmsg|write)\(\d+<(?!/|pipe:)")
"""A call that sends something through a socket; lines of the log go elsewhere."""


def events_of(text: str, name: str) -> list[str]:
    """Return the events of a trace, in the order in which the calls ended."""
    found, begun = [], {}
    for line in text.splitlines():
        thread, rest = line.split(maxsplit=1)  # strace pads the number of a thread to five places
        if rest.rstrip().endswith("<unfinished ...>"):
            begun[thread] = rest
            if name in rest and _SENT.match(rest):
                found.append("answer")
            continue
        ended = _ENDED.match(line)
        whole = begun.pop(thread, "") + rest if "resumed>" in rest else rest
        if ended is None:
            continue
        if "plans.db-wal" in whole and ended["call"] == "pwrite64":
            found.append("write")
        elif "plans.db-wal" in whole and ended["call"] in ("fdatasync", "fsync") and rest.rstrip().endswith("= 0"):
            found.append("sync")
        elif name in rest and _SENT.match(rest):
            found.append("answer")
    return found


def is_synced_first(events: list[str]) -> bool:
    """Whether the log was synced between the last write to it and the answer."""
    before = events[: events.index("answer")]
    return "write" in before and before[-1] == "sync"


def run(chosen: argparse.Namespace) -> None:
    """Trace a server, and print whether the sync or the answer came first."""
    if os.name != "posix":
        raise SystemExit("strace runs on Linux")
    events = traced()
    print(f"{', '.join(events)}: synced first: {is_synced_first(events)}")
