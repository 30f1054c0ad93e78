"""A planning process: answers one question after another, and ends with the server."""

from __future__ import annotations

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
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from boxwright.errors import BoxwrightError
from boxwright.server.asked import Asked
from boxwright.server.logs import configure_logs, level_now, set_level
from boxwright.server.memory import give_back, resident_bytes
from boxwright.server.workers.failures import WorkerFaultError
from boxwright.server.workers.handed import key_of, read_shelf
from boxwright.server.workers.noted import NotedMetrics
from boxwright.stop import Stop

if TYPE_CHECKING:
    from boxwright.server.workers.methods import Methods

LENGTH = struct.Struct("<Q")
"""Before each message between server and process: its bytes."""

SWITCH_S = 0.001
"""How long one thread holds the interpreter while another wants it, in seconds: the one that ends a search does."""

SHORT_S = 0.005
"""An answer that is there sooner has taken too little memory to look after it, in seconds."""

FULL = 0.75
"""Share of the memory that a process may take beyond what it began with, from which another is to take its place."""


def packed(message: tuple[Any, ...]) -> bytes:
    """Return a message as it goes from process to process."""
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return LENGTH.pack(len(data)) + data


def main(connection: socket.socket, flags: Any, content: bytes) -> None:
    """Answer until the server closes the connection.

    Parameters
    ----------
    connection : socket
        Over which questions come and answers go.
    flags : int64, (2,)
        Shared with the server: those of the stop of what is under way.
    content : bytes
        What is planned with, as ``packed_shelf`` makes it.
    """
    # Loaded already in what this is a copy of; the server itself does not load them.
    from boxwright.server.workers.methods import Methods
    from boxwright.server.workers.preload import SHIPPED

    faulthandler.enable()
    sys.setswitchinterval(SWITCH_S)
    threading.Thread(target=_end_with_server, name="server", daemon=True).start()
    dataset = read_shelf(content, {key_of(SHIPPED): SHIPPED})
    configure_logs(dataset.settings.log_format, dataset.settings.log_level)
    metrics = NotedMetrics()
    process = _Process(connection, np.frombuffer(flags, np.int64), Methods(dataset, metrics), metrics)
    process.say("started")
    process.work(dataset.settings.max_worker_bytes)


def _end_with_server() -> None:
    """End at once, whatever is under way, when the server is gone."""
    server = multiprocessing.parent_process()
    assert server is not None
    server.join()
    os._exit(0)


class _Process:
    """What the process talks, plans and counts with."""

    def __init__(
        self,
        connection: socket.socket,
        flags: np.ndarray[Any, np.dtype[np.int64]],
        methods: Methods,
        metrics: NotedMetrics,
    ) -> None:
        self._connection, self._flags, self._methods, self._metrics = connection, flags, methods, metrics

    def say(self, what: str, *told: Any) -> None:
        """Send a message, with what was counted since the last one."""
        self._connection.sendall(packed((what, self._metrics.take(), *told)))

    def work(self, max_bytes: int) -> None:
        """Answer what is asked, and say so once earlier answers left too little memory for another."""
        first_bytes = held_bytes = resident_bytes()
        with suppress(ConnectionError), self._connection.makefile("rb") as file:
            while (message := _received(file)) is not None:
                begun_s = time.monotonic()
                self._answer(*message)
                del message
                if time.monotonic() - begun_s > SHORT_S:
                    held_bytes = give_back(held_bytes)
                    if held_bytes - first_bytes > FULL * (max_bytes - first_bytes) > 0:
                        self.say("full")

    def _answer(
        self, method: str, request: bytes, answer_by_s: float | None, keep: bool, max_cpu_s: float, level: int
    ) -> None:
        if level != level_now():
            set_level(level)
        stop = Stop(answer_by_s, max_cpu_s)
        stop.share(self._flags)
        outcome: Any
        try:
            outcome = self._methods.answer(Asked(method, request, answer_by_s, keep, stop, partial(self.say, "better")))
        except BoxwrightError as error:
            outcome = error
        except BaseException as error:
            outcome = WorkerFaultError("".join(traceback.format_exception(error)))
        self.say("answer", outcome, stop.phases)


def _received(file: BinaryIO) -> Any:
    """Return the next message; None once the server has closed the connection."""
    head = file.read(LENGTH.size)
    return pickle.loads(file.read(*LENGTH.unpack(head))) if len(head) == LENGTH.size else None
