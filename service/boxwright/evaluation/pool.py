"""Tasks over worker processes: results in the order of the tasks, and a worker that is lost costs its task a retry.

Processes, not threads: the kernels release the interpreter's lock, but the Python round them does not. They are
spawned, not forked, since a fork copies the state of threads that it does not have. Each does one task after the other,
so that it is known which one a lost worker was at; an executor of the standard library gives up all of them. The next
task waits where it will be done, so that no worker waits for this process.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import queue
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from boxwright.errors import BoxwrightError

MOST_TRIES = 3
"""How often a task is tried: one that takes three workers with it would take any."""
_EACH = 2
"""Tasks that a worker has: one at work, and the next."""
_AHEAD = 4
"""Tasks for each worker that may be at work or done before their turn: so much is held in memory."""

_COLLECT_AFTER = 200_000
"""New objects after which cycles are looked for, in place of the interpreter's 700."""

_GONE = (EOFError, OSError)
"""What a pipe raises whose other end is gone: in the middle of a message it is no more than an OSError."""

Task = TypeVar("Task")
Answer = TypeVar("Answer")
TaskIn = TypeVar("TaskIn", contravariant=True)
AnswerOut = TypeVar("AnswerOut", covariant=True)


Done: TypeAlias = Callable[[Iterator[Task]], Iterator[Answer]]
"""Gives the results of tasks, in their order."""


class LostWorkerError(BoxwrightError):
    """A task ended every worker process that tried it."""


class Job(Protocol[TaskIn, AnswerOut]):
    """What workers do; picklable. What it keeps between tasks is each worker's own."""

    def __call__(self, task: TaskIn, /) -> AnswerOut:
        """Return the result of a task."""
        ...


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_order(
    job: Job[Task, Answer], tasks: Iterator[Task], workers: int, lost: Callable[[str], None] | None = None
) -> Iterator[Answer]:
    """Yield the result of each task, in the order of the tasks.

    Parameters
    ----------
    job : Job
        What to do with a task.
    tasks : iterator
        Picklable; each is taken when a worker has time for it.
    workers : int
        Processes; 1 stays in this one.
    lost : callable, optional
        Called with a sentence on each worker that was lost.

    Raises
    ------
    LostWorkerError
        If a task ended ``MOST_TRIES`` workers.
    """
    with team(job, workers, lost) as done:
        yield from done(tasks)


@contextlib.contextmanager
def team(
    job: Job[Task, Answer], workers: int, lost: Callable[[str], None] | None = None
) -> Iterator[Done[Task, Answer]]:
    """Hold the processes of ``in_order`` for tasks that come one run after the other; each run ends before the next.

    Yields what gives the results of tasks, in their order.
    """
    with _seldom_collected():
        if workers == 1:
            yield lambda tasks: map(job, tasks)
            return
        crew = _Team(job, workers, lost)
        try:
            yield crew.results
        finally:
            crew.end()


@dataclass(eq=False)
class _Worker:
    """A process, the pipe to it, and the numbers of the tasks that it has, the first at work."""

    process: Any
    pipe: Connection
    numbers: list[int] = field(default_factory=list)


class _Team(Generic[Task, Answer]):
    """The workers of a job, what they have, and what is done."""

    def __init__(self, job: Job[Task, Answer], size: int, lost: Callable[[str], None] | None) -> None:
        self._job, self._size, self._lost = job, size, lost
        self._workers: list[_Worker] = []
        self._tasks: dict[int, Task] = {}
        self._tries: dict[int, int] = {}
        self._waiting: list[int] = []
        self._done: dict[int, Answer] = {}

    def results(self, tasks: Iterator[Task]) -> Iterator[Answer]:
        """Yield the results in order."""
        taken, given, more = 0, 0, True
        while more or self._tasks or self._done:
            while more and self._room():
                try:
                    self._tasks[taken] = next(tasks)
                except StopIteration:
                    more = False
                    break
                self._waiting.append(taken)
                taken += 1
                self._hand_out()
            self._hand_out()
            if given in self._done:
                yield self._done.pop(given)
                given += 1
            elif any(each.numbers for each in self._workers):
                self._listen()

    @property
    def _free(self) -> int:
        """How many tasks the workers can take, those that are not started yet included."""
        return _EACH * self._size - sum(len(each.numbers) for each in self._workers)

    def _room(self) -> bool:
        """Whether a task is wanted: for each that a worker can take, and one at hand for the next that is done."""
        return len(self._waiting) <= self._free and len(self._tasks) + len(self._done) < _AHEAD * self._size

    def _hand_out(self) -> None:
        """Give waiting tasks to the workers that have the fewest, the earliest first."""
        self._waiting.sort()
        while self._waiting and self._free:
            worker = min(self._workers, key=lambda each: len(each.numbers), default=None)
            if worker is None or (worker.numbers and len(self._workers) < self._size):
                worker = self._start()
            worker.numbers.append(number := self._waiting.pop(0))
            try:
                worker.pipe.send(self._tasks[number])
            except (BrokenPipeError, ConnectionResetError):
                self._bury(worker)

    def _start(self) -> _Worker:
        """Start a worker; an interrupt from the keyboard, which goes to all processes, is for this one alone."""
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, self._job), daemon=True)
        worker = _Worker(process, ours)
        with _no_interrupt():
            process.start()
            self._workers.append(worker)  # so that it is ended with the others
        theirs.close()
        return worker

    def _listen(self) -> None:
        """Wait until a worker has done its task or is lost."""
        ready = wait([each.pipe for each in self._workers if each.numbers])
        for worker in [each for each in self._workers if each.pipe in ready]:
            try:
                failed, answer = worker.pipe.recv()
            except _GONE:
                self._bury(worker)
                continue
            if failed:
                raise answer
            number = worker.numbers.pop(0)
            self._done[number] = answer
            del self._tasks[number]
            self._tries.pop(number, None)

    def _bury(self, worker: _Worker) -> None:
        """Take a lost worker out, and have its tasks tried again: the one that it was at may be what ended it."""
        worker.process.join()
        worker.pipe.close()
        self._workers.remove(worker)
        number = worker.numbers[0]
        tries = self._tries[number] = self._tries.get(number, 0) + 1
        how = _ended(worker.process.exitcode)
        if tries == MOST_TRIES:
            which = f"{MOST_TRIES} worker processes in a row, the last of which {how}"
            raise LostWorkerError(f"task {number + 1} ended {which}; too little memory is the usual reason")
        self._waiting += worker.numbers
        if self._lost is not None:
            self._lost(f"a worker process {how}; its orders are planned again")

    def end(self) -> None:
        """End all workers."""
        for worker in self._workers:
            worker.process.kill()
        for worker in self._workers:
            worker.process.join()
            worker.pipe.close()


def _ended(exit_code: int) -> str:
    """Return how a process ended."""
    return f"was ended by signal {-exit_code}" if exit_code < 0 else f"ended with exit code {exit_code}"


@contextlib.contextmanager
def _seldom_collected() -> Iterator[None]:
    """Look for cycles of objects less often: what a job learned is much to look through, and hardly any are made."""
    before = gc.get_threshold()
    gc.set_threshold(_COLLECT_AFTER, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextlib.contextmanager
def _no_interrupt() -> Iterator[None]:
    """Hold back an interrupt until the end; a process that is started meanwhile never gets one."""
    resource_tracker.ensure_running()  # where that starts it, it lets interrupts through again
    caught: list[int] = []
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if hasattr(signal, "pthread_sigmask") else None
    ours = threading.current_thread() is threading.main_thread()
    # Another thread of this process may take the signal, whatever this one blocks.
    before = signal.signal(signal.SIGINT, lambda number, _: caught.append(number)) if ours else None
    try:
        yield
    finally:
        if mask is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        if ours:
            signal.signal(signal.SIGINT, before)
    if caught:
        raise KeyboardInterrupt


def _serve(pipe: Connection, job: Job[Any, Any]) -> None:
    """Do tasks until the other end of the pipe is gone."""
    with contextlib.suppress(*_GONE), _seldom_collected():
        for task in _received(pipe):
            try:
                answer = False, job(task)
            except Exception as error:  # it is raised where the results are awaited
                answer = True, error
            pipe.send(answer)


def _received(pipe: Connection) -> Iterator[Any]:
    """Yield what comes through a pipe until the other end is gone; the next is taken in while this one is at work."""
    arrived: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def receive() -> None:
        try:
            while True:
                arrived.put(pipe.recv())
        except _GONE:
            pass
        finally:
            arrived.put(None)

    threading.Thread(target=receive, daemon=True).start()
    yield from iter(arrived.get, None)
