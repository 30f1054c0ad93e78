"""The process in which an operation runs: at the lowest priority, so that whoever plans orders comes first.

What it is to do comes as a pickle on its standard input, which stays open as long as the server lives. How far it is
goes to its standard output, a line of JSON each time; the last one is the length of the outcome, which follows it.
"""

import contextlib
import datetime
import json
import logging
import os
import pickle
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from google.longrunning import operations_pb2
from google.protobuf.message import Message

from boxwright.catalog import load_materials
from boxwright.design import design, judge
from boxwright.evaluation.evaluate import trials_of
from boxwright.evaluation.run import Run
from boxwright.orders.batches import list_batches
from boxwright.server.faults import is_ours, packed, status_of
from boxwright.server.logs import configure_logs, log
from boxwright.server.operations.answers import design_to_wire, evaluation_to_wire
from boxwright.server.operations.questions import read_design, read_evaluation
from boxwright.server.workers.failures import PlanningLostError
from boxwright.server.workers.handed import key_of, read_shelf
from boxwright.store import OperationKind
from boxwright.v1 import evaluation_service_pb2 as messages

SAID_EVERY_S = 0.2
"""How often a process says how far it is, in seconds."""

Progress = Callable[[str, int, int], None]
"""Hears the stage, how many of its orders are done, and how many there are."""


def main() -> None:
    """Run the operation that comes."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2"):  # they are for the server
        signal.signal(signal.Signals[name], signal.SIG_IGN)
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is none of our lines
    _give_way()
    kind, request, dataset, log_format, log_level = pickle.load(sys.stdin.buffer)
    threading.Thread(target=_end_with_server, daemon=True).start()
    configure_logs(log_format, log_level)

    def say(*said: object) -> None:
        out.write(json.dumps(said).encode() + b"\n")
        out.flush()

    try:
        outcome = operations_pb2.Operation(done=True, response=packed(_answer(kind, request, dataset, say)))
    except Exception as error:
        if is_ours(error):
            log(logging.ERROR, "a fault of the service in an operation", {"kind": kind}, exc_info=True)
        outcome = operations_pb2.Operation(done=True, error=status_of(error))
    data = outcome.SerializeToString()
    say(len(data))
    out.write(data)
    out.flush()


def _give_way() -> None:
    """Take processor time that nobody else wants, and be the first to go where memory runs out."""
    os.nice(19)
    if hasattr(os, "SCHED_IDLE"):
        with contextlib.suppress(OSError):  # not allowed everywhere
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    with contextlib.suppress(OSError):  # elsewhere than on Linux
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def _end_with_server() -> None:
    """End this process, whatever it does, once the server has gone."""
    sys.stdin.buffer.read(1)
    os._exit(1)


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
        dataset = read_shelf(content, {key_of(materials): materials})
    except KeyError:
        rule = "the files of its data have changed since the server read them: reload it, and ask once more"
        raise PlanningLostError(rule) from None
    today = datetime.datetime.now(datetime.UTC).date()
    if kind == OperationKind.EVALUATE:
        job = read_evaluation(messages.EvaluateCatalogsRequest.FromString(request), dataset, today)
        trials = trials_of(job.catalogs, job.policy, job.lane, job.profiles)
        with (
            _counting(say)("planning", len(job.orders)) as progress,
            Run(trials, lambda: list_batches(job.orders), workers=1, progress=progress) as run,
        ):
            evaluation = run.evaluation()
        return evaluation_to_wire(evaluation, job, dataset.materials)
    asked = read_design(messages.DesignCatalogRequest.FromString(request), dataset, today)
    counting = _counting(say)
    made = design(
        asked.orders,
        asked.wishes,
        asked.policy,
        asked.lane,
        asked.profiles,
        today=asked.today,
        keep=asked.keep,
        also=asked.also,
        dunnage=asked.dunnage,
        progress=counting,
    )
    return design_to_wire(judge(made, progress=counting), dataset.materials)


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


if __name__ == "__main__":
    main()
