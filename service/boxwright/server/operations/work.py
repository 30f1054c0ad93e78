"""What an operation does, in a planning process that yields to all others."""

import datetime
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from google.longrunning import operations_pb2
from google.protobuf.message import Message

from boxwright.design import design, judge
from boxwright.evaluation.evaluate import trials_of
from boxwright.evaluation.run import Run
from boxwright.orders.batches import list_batches
from boxwright.server.answers.dataset import Dataset
from boxwright.server.api.faults import packed
from boxwright.server.operations.answers import design_to_wire, evaluation_to_wire
from boxwright.server.operations.questions import read_design, read_evaluation, settled
from boxwright.stop import Stop
from boxwright.store import OperationKind
from boxwright.v1 import evaluation_service_pb2 as messages

SAID_EVERY_S = 0.2
"""How often it is said how far an operation is, in seconds."""


def settled_request(kind: str, request: bytes, dataset: Dataset, today: datetime.date, stop: Stop) -> bytes:
    """Return what is stored of a request for an operation; raises as ``read_evaluation`` and ``read_design`` do."""
    if kind == OperationKind.EVALUATE:
        evaluation = messages.EvaluateCatalogsRequest.FromString(request)
        return settled(evaluation, read_evaluation(evaluation, dataset, today, stop).lane).SerializeToString()
    wished = messages.DesignCatalogRequest.FromString(request)
    return settled(wished, read_design(wished, dataset, today, stop).lane).SerializeToString()


def outcome_of(
    kind: str, request: bytes, dataset: Dataset, today: datetime.date, say: Callable[[bytes], None]
) -> bytes:
    """Return the bytes of an Operation that is done.

    Parameters
    ----------
    kind : str
        One of ``OperationKind``.
    request : bytes
        As ``settled_request`` gives it.
    dataset : Dataset
        Catalogs and data.
    today : date
        The ship date where the request has none.
    say : callable
        Gets the stage, how many of its orders are done and how many there are, as a list in JSON.

    Raises
    ------
    BoxwrightError
        As reading the request, evaluating and designing do.
    """

    @contextmanager
    def progress(what: str, total: int, of: str = "orders") -> Iterator[Callable[[int], None]]:
        done, said_s = 0, 0.0

        def count(newly: int) -> None:
            nonlocal done, said_s
            done += newly
            if time.monotonic() - said_s > SAID_EVERY_S:
                said_s = time.monotonic()
                say(json.dumps([what.lower(), done, total]).encode())

        count(0)
        yield count
        said_s = 0.0
        count(0)

    answer: Message
    if kind == OperationKind.EVALUATE:
        job = read_evaluation(messages.EvaluateCatalogsRequest.FromString(request), dataset, today)
        trials = trials_of(job.catalogs, job.policy, job.lane, job.profiles)
        with (
            progress("planning", len(job.orders)) as planned,
            Run(trials, lambda: list_batches(job.orders), workers=1, progress=planned) as run,
        ):
            answer = evaluation_to_wire(run.evaluation(), job, dataset.materials)
    else:
        asked = read_design(messages.DesignCatalogRequest.FromString(request), dataset, today)
        answer = design_to_wire(
            judge(design(**asked._asdict(), progress=progress), progress=progress), dataset.materials
        )
    return bytes(operations_pb2.Operation(done=True, response=packed(answer)).SerializeToString())
