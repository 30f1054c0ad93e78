"""Runs tasks in processes of this machine or on a Dask cluster; results keep the order of the tasks.

Both run the same function through the ``concurrent.futures`` interface, and survive the loss of a worker.
"""

from __future__ import annotations

import contextlib
import itertools
import multiprocessing
import os
import pickle
import signal
import tempfile
import threading
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any, Generic, TypeAlias, TypeVar

from boxwright.errors import BoxwrightError, DataFileError, FieldViolation, missing_extra

MOST_TRIES = 3
"""Maximum number of tries of a task: after three lost workers, the task is considered their cause."""
_AHEAD = 4
"""Maximum number of tasks per worker that run or are done and not yet yielded; this bounds memory."""
_METHOD = "spawn"
_WAIT_S = 20
"""Time limit for a scheduler to answer, in s."""

Task = TypeVar("Task")
Answer = TypeVar("Answer")
Job: TypeAlias = Callable[[Task], Answer]
"""The function that workers run; picklable. Each worker has its own copy, so state is not shared."""
Done: TypeAlias = Callable[[Iterator[Task]], Iterator[Answer]]
"""Yields the results of tasks, in order."""
_here = threading.local()


class LostWorkerError(BoxwrightError):
    """A task ended every worker that tried it."""


def cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_order(
    job: Job[Task, Answer], tasks: Iterator[Task], workers: int, lost: Callable[[str], None] | None = None
) -> Iterator[Answer]:
    """Yield the result of each task, in order; parameters and errors are those of ``team``."""
    with team(job, workers, lost) as done:
        yield from done(tasks)


@contextlib.contextmanager
def team(
    job: Job[Task, Answer], workers: int, lost: Callable[[str], None] | None = None, cluster: str = ""
) -> Iterator[Done[Task, Answer]]:
    """Keep workers for several runs of tasks; a run must end before the next begins.

    Yields a function that maps tasks to results, in order. A task is taken when a worker is free.

    Parameters
    ----------
    job : Job
        The function to run on each task.
    workers : int
        Number of processes; 1 runs in this process.
    lost : callable, optional
        Called with a sentence whenever a worker is lost.
    cluster : str, optional
        Address of a Dask scheduler, such as ``tcp://10.0.0.5:8786``, whose workers run the tasks. Default none.

    Raises
    ------
    UnsupportedError, DataFileError
        If the extra ``dask`` is not installed, or no scheduler answers.
    LostWorkerError
        If a task ended ``MOST_TRIES`` workers.
    """
    if workers == 1 and not cluster:
        yield lambda tasks: map(job, tasks)
        return
    with _cluster(cluster) if cluster else _processes(workers) as (start, width, folder):
        yield _Team(job, start, width, folder, lost).results


class _Team(Generic[Task, Answer]):
    """An executor with its job and number of workers; if a folder is given, results come as files in it."""

    def __init__(
        self,
        job: Job[Task, Answer],
        start: Callable[[], Executor],
        width: int,
        folder: str | None,
        lost: Callable[[str], None] | None,
    ) -> None:
        self._job = uuid.uuid4().hex, pickle.dumps(job, pickle.HIGHEST_PROTOCOL)
        self._start, self._width, self._folder, self._lost = start, width, folder, lost
        self._executor = start()

    def results(self, tasks: Iterator[Task]) -> Iterator[Answer]:
        running: deque[tuple[Task, Future[Any] | None, int]] = deque()  # (task, its future, number of failed tries)
        while True:
            running.extend((task, None, 0) for task in itertools.islice(tasks, _AHEAD * self._width - len(running)))
            if not running:
                return
            try:
                for place, (task, future, tries) in enumerate(running):
                    running[place] = task, future or self._submitted(task), tries
                answer = running[0][1].result()  # type: ignore[union-attr]  # all are submitted
            except BrokenExecutor:
                # A lost worker ends the executor and all running tasks; which task was the cause is unknown.
                running = deque(
                    (task, future, tries)
                    if future is not None and future.done() and future.exception() is None
                    else (task, None, tries + 1)
                    for task, future, tries in running
                )
                if any(tries == MOST_TRIES for *_, tries in running):
                    what = f"{MOST_TRIES} worker processes in a row were lost at the same tasks"
                    raise LostWorkerError(f"{what}; too little memory is the usual reason") from None
                self._executor = self._start()
                if self._lost is not None:
                    self._lost("a worker process was lost; its orders are planned again")
                continue
            running.popleft()
            if self._folder is not None:
                path = Path(answer)
                answer = pickle.loads(path.read_bytes())  # written by our own worker
                path.unlink()
            yield answer

    def _submitted(self, task: Task) -> Future[Any]:
        """Submit a task. This may start a process, which must not inherit interrupts from the keyboard."""
        resource_tracker.ensure_running()  # started now, since a process inherits the signal mask
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if hasattr(signal, "pthread_sigmask") else None
        try:
            return self._executor.submit(_done, self._folder, *self._job, task)
        finally:
            if mask is not None:
                signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _done(folder: str | None, name: str, job: bytes, task: Any) -> Any:
    """Run a task with this thread's copy of the job; return the result, or the path of the file that holds it."""
    if getattr(_here, "name", None) != name:
        _here.name, _here.job = name, pickle.loads(job)
    answer = _here.job(task)
    if folder is None:
        return answer
    path = Path(folder, uuid.uuid4().hex)
    path.write_bytes(pickle.dumps(answer, pickle.HIGHEST_PROTOCOL))
    return str(path)


@contextlib.contextmanager
def _processes(width: int) -> Iterator[tuple[Callable[[], Executor], int, str]]:
    """Yield a function that starts a new set of processes, their number, and a folder for results.

    Processes are spawned: a forked process would copy locks of threads that do not exist in it. Results are files,
    since a process that is lost while it sends its answer would block the executor.
    """
    others = multiprocessing.active_children()

    def end() -> None:
        for process in multiprocessing.active_children():
            if process not in others:
                process.kill()
                process.join()

    def start() -> Executor:
        end()
        return ProcessPoolExecutor(width, multiprocessing.get_context(_METHOD), _end_with_parent)

    with tempfile.TemporaryDirectory(prefix="boxwright-") as folder:
        try:
            yield start, width, folder
        finally:
            end()


def _end_with_parent() -> None:
    """Ignore interrupts in this process, and end it when its parent ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        if (parent := multiprocessing.parent_process()) is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextlib.contextmanager
def _cluster(address: str) -> Iterator[tuple[Callable[[], Executor], int, None]]:
    """Yield a function that returns the executor of a Dask cluster, and the number of its threads."""
    try:
        from distributed import Client
        from distributed.scheduler import KilledWorker
    except ImportError:
        raise missing_extra("--cluster", "a cluster needs Dask", "dask") from None
    try:
        client: Any = Client(address, timeout=_WAIT_S, set_as_default=False)  # type: ignore[no-untyped-call]  # no types
    except OSError as error:
        rule = FieldViolation("", f"no Dask scheduler answers: {error}")
        raise DataFileError(f"--cluster {address}", [rule]) from None
    with client:
        try:
            yield lambda: client.get_executor(pure=False), max(1, sum(client.nthreads().values())), None
        except KilledWorker as error:  # the scheduler retried the task on several workers
            raise LostWorkerError(f"a task ended every worker that tried it: {error}") from None
