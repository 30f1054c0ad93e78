"""The process in which an operation runs: at the lowest priority, so that whoever plans orders comes first."""

import contextlib
import ctypes
import datetime
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from google.longrunning import operations_pb2
from google.protobuf.message import Message

from boxwright.catalog import load_materials
from boxwright.design import design
from boxwright.evaluation.evaluate import trials_of
from boxwright.evaluation.run import Run
from boxwright.orders.batches import list_batches
from boxwright.server.faults import is_ours, packed, status_of
from boxwright.server.logs import configure_logs, log
from boxwright.server.operations.answers import design_to_wire, evaluation_to_wire
from boxwright.server.operations.frames import frame, received
from boxwright.server.operations.questions import read_design, read_evaluation
from boxwright.server.shelf import Shelf
from boxwright.server.workers.failures import PlanningLostError
from boxwright.server.workers.handed import key_of, read_shelf
from boxwright.store import OperationKind
from boxwright.v1 import evaluation_service_pb2 as messages

NICE = 19
"""Niceness: the lowest priority that there is."""

SAID_EVERY_S = 0.2
"""How often a process says how far it is, in seconds."""

Progress = Callable[[str, int, int], None]
"""Hears the stage, how many of its orders are done, and how many there are."""


def main() -> None:
    """Run the operation that comes over a socket. Arguments: its descriptor, and the process id of the server."""
    server = socket.socket(fileno=int(sys.argv[1]))
    _end_with_parent(int(sys.argv[2]))
    _give_way()
    sent = received(server)
    if sent is None:
        return
    (kind, request, log_format, log_level), shelf = sent
    configure_logs(log_format, log_level)
    threading.Thread(target=_end_with_server, args=(server,), daemon=True).start()

    def say(stage: str, done: int, total: int) -> None:
        server.sendall(frame(("progress", stage, done, total)))

    try:
        outcome = operations_pb2.Operation(done=True, response=packed(_answer(kind, request, shelf, say)))
    except Exception as error:
        if is_ours(error):
            log(logging.ERROR, "a fault of the service in an operation", {"kind": kind}, exc_info=True)
        outcome = operations_pb2.Operation(done=True, error=status_of(error))
    server.sendall(frame(("ended",), outcome.SerializeToString()))


def _give_way() -> None:
    """Take processor time that nobody else wants, and be the first to go where memory runs out."""
    os.nice(NICE)
    if hasattr(os, "SCHED_IDLE"):
        with contextlib.suppress(OSError):  # not allowed everywhere
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    with contextlib.suppress(OSError):  # elsewhere than on Linux
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def _end_with_parent(parent: int) -> None:
    """Have the system end this process when its parent ends, where it can; the socket sees to it elsewhere."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
        if os.getppid() != parent:
            os._exit(0)


def _end_with_server(server: socket.socket) -> None:
    """End this process, whatever it does, once the server has gone."""
    with contextlib.suppress(OSError):
        server.recv(1)
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


def _answer(kind: str, request: bytes, content: bytes, say: Progress) -> Message:
    """Return the result of an operation.

    Raises
    ------
    BoxwrightError
        As reading the request, evaluating and designing do.
    """
    say("loading", 0, 0)
    materials = load_materials()
    try:
        shelf = read_shelf(content, {key_of(materials): materials})
    except KeyError:
        rule = "the files of its data have changed since the server read them: reload it, and ask once more"
        raise PlanningLostError(rule) from None
    today = datetime.datetime.now(datetime.UTC).date()
    if kind == OperationKind.EVALUATE:
        return _evaluated(messages.EvaluateCatalogsRequest.FromString(request), shelf, today, say)
    return _designed(messages.DesignCatalogRequest.FromString(request), shelf, today, say)


def _evaluated(
    request: messages.EvaluateCatalogsRequest, shelf: Shelf, today: datetime.date, say: Progress
) -> messages.EvaluateCatalogsResponse:
    job = read_evaluation(request, shelf, today)
    trials = trials_of(job.catalogs, job.policy, job.lane, job.profiles)
    with (
        _counting(say)("planning", len(job.orders)) as progress,
        Run(trials, lambda: list_batches(job.orders), workers=1, progress=progress) as run,
    ):
        evaluation = run.evaluation()
    return evaluation_to_wire(evaluation, job, shelf.materials)


def _designed(
    request: messages.DesignCatalogRequest, shelf: Shelf, today: datetime.date, say: Progress
) -> messages.DesignCatalogResponse:
    job = read_design(request, shelf, today)
    made = design(
        job.orders,
        job.wishes,
        job.policy,
        job.lane,
        job.profiles,
        today=job.today,
        keep=job.keep,
        also=job.also,
        dunnage=job.dunnage,
        progress=_counting(say),
    )
    return design_to_wire(made, shelf.materials)


def _counting(say: Progress) -> Callable[..., contextlib.AbstractContextManager[Callable[[int], None]]]:
    """Return what counts orders and says how many are done, some times a second."""

    @contextmanager
    def counting(what: str, total: int, of: str = "orders") -> Iterator[Callable[[int], None]]:
        done, said_s = 0, time.monotonic()
        say(what.lower(), 0, total)

        def count(newly: int) -> None:
            nonlocal done, said_s
            done += newly
            if time.monotonic() - said_s > SAID_EVERY_S:
                said_s = time.monotonic()
                say(what.lower(), done, total)

        yield count
        say(what.lower(), done, total)

    return counting
