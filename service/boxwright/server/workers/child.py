"""The main loop of a worker process."""

from __future__ import annotations

import contextlib
import faulthandler
import multiprocessing
import os
import pickle
import socket
import struct
import sys
import threading
import time
import traceback
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from boxwright.errors import BoxwrightError
from boxwright.server.answers.dataset import Dataset
from boxwright.server.api.faults import WorkerFaultError
from boxwright.server.logs import configure_logs
from boxwright.server.machine import give_back, resident_bytes
from boxwright.server.metrics import NotedMetrics
from boxwright.server.workers.work import Work, WorkResult
from boxwright.stop import Flags, Phase, Stop

if TYPE_CHECKING:
    from boxwright.catalog import Materials
    from boxwright.server.workers.methods import Methods

LENGTH = struct.Struct("<Q")
"""Format of the length in bytes that precedes each message between server and worker."""

SWITCH_S = 0.001
"""Maximum time that a thread holds the interpreter, in seconds, so that the thread that ends a search gets its turn."""

SHORT_S = 0.005
"""Time of an answer in seconds below which memory is not checked after it."""

FULL = 0.75
"""Share of the memory above its initial memory that a worker may use; beyond it the worker is replaced."""


def packed(message: tuple[Any, ...]) -> bytes:
    """Return a message in the form sent between processes."""
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return LENGTH.pack(len(data)) + data


def packed_dataset(dataset: Dataset, *, with_materials: bool) -> bytes:
    """Return a dataset as bytes for a worker; ``with_materials`` takes ten times as long."""
    materials = dataset.materials if with_materials else dataset.materials.content_hash
    return pickle.dumps((materials, dataset.settings, dict(dataset.catalogs), dict(dataset.sites), dataset.lacks))


def read_dataset(content: bytes, shipped: Materials) -> Dataset:
    """Return the dataset in bytes, with the shipped materials if it holds none; raises ValueError if these differ."""
    materials, *others = pickle.loads(content)
    if materials == shipped.content_hash:
        materials = shipped
    elif isinstance(materials, str):
        raise ValueError("the shipped data have changed since this server was started: restart it")
    settings, catalogs, sites, lacks = others
    return Dataset(settings, materials, catalogs, sites, lacks)


def main(connection: socket.socket, flags: Any, content: bytes, *, yields: bool) -> None:
    """Answer requests over a connection until the server closes it.

    ``flags``, int64 (2,), are the stop flags of the work under way, shared with the server. ``content`` comes from
    ``packed_dataset``. With ``yields``, the worker uses only idle processor time.
    """
    # The preload process has loaded these imports already; the server does not load them.
    from boxwright.server.workers.methods import Methods
    from boxwright.server.workers.preload import SHIPPED

    faulthandler.enable()
    sys.setswitchinterval(SWITCH_S)
    threading.Thread(target=_end_with_server, name="server", daemon=True).start()
    if yields:
        _yield_to_others()
    dataset = read_dataset(content, SHIPPED)
    configure_logs(dataset.settings.log_format, dataset.settings.log_level)
    metrics = NotedMetrics()
    process = _Process(connection, np.frombuffer(flags, np.int64), Methods(dataset, metrics), metrics)
    process.send("started")
    process.work(dataset.settings.max_worker_bytes)


def _end_with_server() -> None:
    """Exit as soon as the server is gone."""
    server = multiprocessing.parent_process()
    assert server is not None
    server.join()
    os._exit(0)


def _yield_to_others() -> None:
    """Take the lowest priority, and be the first process killed when memory runs out."""
    os.nice(19)
    with contextlib.suppress(OSError, AttributeError):  # the call may be forbidden or unavailable
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    with contextlib.suppress(OSError):  # Linux only
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


class _Process:
    def __init__(self, connection: socket.socket, flags: Flags, methods: Methods, metrics: NotedMetrics) -> None:
        self._connection, self._flags, self._methods, self._metrics = connection, flags, methods, metrics

    def send(self, what: str, *values: Any) -> None:
        """Send a message with the metrics noted since the last one."""
        self._connection.sendall(packed((what, self._metrics.take(), *values)))

    def work(self, max_bytes: int) -> None:
        """Answer requests; report to the server when too little memory is left for another."""
        first_bytes = held_bytes = resident_bytes()
        with contextlib.suppress(ConnectionError), self._connection.makefile("rb") as file:
            while (message := _received(file)) is not None:
                begun_s, is_full = time.monotonic(), False
                outcome, phases = self._outcome(*message)
                del message
                if time.monotonic() - begun_s > SHORT_S:
                    held_bytes = give_back(held_bytes)
                    is_full = held_bytes - first_bytes > FULL * (max_bytes - first_bytes) > 0
                self.send("answer", outcome, phases, is_full)
                del outcome

    def _outcome(
        self, method: str, request: bytes, answer_by_s: float | None, keep: bool, max_cpu_s: float | None
    ) -> tuple[WorkResult | Exception, list[Phase]]:
        stop = Stop(answer_by_s, max_cpu_s)
        stop.share(self._flags)
        work = Work(method, request, answer_by_s, keep, stop, partial(self.send, "progress"))
        try:
            return self._methods.answer(work), stop.phases
        except BoxwrightError as error:
            return error, stop.phases
        except BaseException as error:
            return WorkerFaultError("".join(traceback.format_exception(error))), stop.phases


def _received(file: BinaryIO) -> Any:
    head = file.read(LENGTH.size)
    return pickle.loads(file.read(*LENGTH.unpack(head))) if len(head) == LENGTH.size else None
