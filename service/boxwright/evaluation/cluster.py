"""Tasks over a Dask cluster, where one machine is not enough: as ``pool.team``, by workers that run already."""

from __future__ import annotations

import contextlib
import pickle
import threading
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from boxwright.errors import DataFileError, FieldViolation, missing_extra
from boxwright.evaluation.pool import MOST_TRIES, Answer, Done, Job, LostWorkerError, Task

_AHEAD = 4
"""Tasks for each thread of the cluster that may be at work or done before their turn."""
_WAIT_S = 20
_here = threading.local()


class Cluster:
    """Spreads tasks over the workers of a Dask scheduler; each of their threads has its own copy of the job.

    Parameters
    ----------
    address : str
        Of the scheduler, such as ``tcp://10.0.0.5:8786``. Its workers need this version of Boxwright.
    """

    def __init__(self, address: str) -> None:
        try:
            import distributed  # noqa: F401  # said now, not when the first task is due
        except ImportError:
            raise missing_extra("--cluster", "a cluster needs Dask", "dask") from None
        self._address = address

    @contextlib.contextmanager
    def team(
        self, job: Job[Task, Answer], workers: int, lost: Callable[[str], None] | None = None
    ) -> Iterator[Done[Task, Answer]]:
        """Hold a connection for tasks that come one run after the other; see ``pool.team``.

        Dask gives the task of a lost worker to another, so ``workers`` and ``lost`` mean nothing here.

        Raises
        ------
        DataFileError
            If nothing answers at the address.
        LostWorkerError
            If a task ended ``MOST_TRIES`` workers.
        """
        import dask
        from distributed import Client
        from distributed.scheduler import KilledWorker

        name, content = uuid.uuid4().hex, pickle.dumps(job, pickle.HIGHEST_PROTOCOL)
        with dask.config.set({"distributed.scheduler.allowed-failures": MOST_TRIES - 1}):
            try:
                client: Any = Client(  # type: ignore[no-untyped-call]  # Dask has no types here
                    self._address, timeout=_WAIT_S, set_as_default=False
                )
            except OSError as error:
                rule = FieldViolation("", f"no Dask scheduler answers: {error}")
                raise DataFileError(f"--cluster {self._address}", [rule]) from None

        def done(tasks: Iterator[Task]) -> Iterator[Answer]:
            running: deque[Any] = deque()
            for task in tasks:
                running.append(client.submit(_done, name, content, task, pure=False))
                if len(running) >= _AHEAD * max(1, sum(client.nthreads().values())):
                    yield _result(running.popleft(), KilledWorker)
            while running:
                yield _result(running.popleft(), KilledWorker)

        with client:
            yield done


def _result(future: Any, killed: type[Exception]) -> Any:
    try:
        return future.result()
    except killed as error:
        raise LostWorkerError(f"a task ended every worker that tried it: {error}") from None


def _done(name: str, content: bytes, task: Any) -> Any:
    """Do a task with this thread's copy of a job."""
    if getattr(_here, "name", None) != name:
        _here.name, _here.job = name, pickle.loads(content)
    return _here.job(task)
