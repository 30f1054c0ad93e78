"""The threads that plan: kernels release the interpreter lock, so as many threads as cores keep all of them busy.

Whoever waits for a job may give it up at any time: one that still waits is dropped, one under way ends by its fuse. So
does one that has spent the CPU time that a job may take.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from boxwright.errors import BoxwrightError, CpuCeilingError
from boxwright.fuse import Fuse, under
from boxwright.planning import cpu_ceiling
from boxwright.server.fair_queue import CallKind, FairQueue
from boxwright.server.memory import give_back, resident_bytes
from boxwright.server.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import Callable

Answer = TypeVar("Answer")

LEAST_PROGRESS_S = 0.001
"""CPU time that a thread must spend on its job within the time after which it counts as stuck, in seconds."""


class OverloadedError(BoxwrightError):
    """As many orders wait, or as many calls are open, as may.

    Attributes
    ----------
    retry_after_s : float
        When to try again, in seconds.
    """

    retry_after_s = 1.0


@dataclass(eq=False)
class _Job:
    """One piece of work, from its caller through the queue to a thread and back."""

    work: Callable[[], Any]
    caller: str
    kind: CallKind
    future: asyncio.Future[Any]
    limited: bool
    fuse: Fuse = field(default_factory=Fuse)
    clock: Callable[[], float] = time.monotonic
    seen_cpu_s: float = 0.0
    progress_at_s: float = 0.0
    blown_at_s: float | None = None

    def begin(self) -> None:
        """Note where the clock of the thread stands that takes the job up."""
        self.clock = thread_clock()
        self.seen_cpu_s = self.clock()
        self.progress_at_s = time.monotonic()

    def is_stuck(self, stall_s: float) -> bool:
        """Whether the job does not end although it has to, or its thread does nothing; to be asked now and then."""
        now_s, cpu_s = time.monotonic(), self.clock()
        if self.fuse.blown:
            self.blown_at_s = self.blown_at_s or now_s
            return now_s - self.blown_at_s > stall_s
        if cpu_s - self.seen_cpu_s >= LEAST_PROGRESS_S:
            self.seen_cpu_s, self.progress_at_s = cpu_s, now_s
        return now_s - self.progress_at_s > stall_s

    def hand_over(self, answer: Any, error: BaseException | None) -> None:
        """Hand the outcome to whoever waits; runs in the event loop."""
        if self.future.done():
            return
        if error is None:
            self.future.set_result(answer)
        else:
            self.future.set_exception(error)


class Workers:
    """Planning threads behind a fair queue that says no before it grows long.

    Parameters
    ----------
    threads : int
        Number of threads; 0 is as many as cores that this process may use.
    max_waiting : int
        Most single jobs that may wait.
    max_cpu_s : float, optional
        Most CPU time of one job; see ``boxwright.planning.cpu_ceiling``. Default: no limit.
    stall_s : float, optional
        How long a thread may go on after its job has to end, or do nothing, before it counts as stuck. Default 10 s.
    metrics : Metrics, optional
        Where abandoned and refused jobs are counted.
    """

    def __init__(
        self,
        threads: int,
        max_waiting: int,
        *,
        max_cpu_s: float | None = None,
        stall_s: float = 10.0,
        metrics: Metrics | None = None,
    ) -> None:
        self.threads = threads or available_cores()
        self._max_waiting = max_waiting
        self._max_cpu_s = max_cpu_s
        self._stall_s = stall_s
        self._metrics = metrics or Metrics()
        self._queue: FairQueue[_Job] = FairQueue()
        self._running: set[_Job] = set()
        self._changed = threading.Condition()
        self._closed = threading.Event()
        self._threads = [
            threading.Thread(target=self._plan, name=f"plan-{number}", daemon=True) for number in range(self.threads)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def waiting(self) -> int:
        """Jobs that no thread has taken up yet."""
        return max(0, len(self._queue) - self._idle)

    @property
    def busy(self) -> int:
        """Threads that work on a job."""
        return len(self._running)

    @property
    def stuck(self) -> int:
        """Threads that go on although their job has to end, or do nothing; to be asked now and then."""
        return sum(job.is_stuck(self._stall_s) for job in tuple(self._running))

    @property
    def alive(self) -> bool:
        """Whether at least one thread gets on."""
        return self.stuck < self.threads

    @property
    def _idle(self) -> int:
        return self.threads - len(self._running)

    async def run(
        self, work: Callable[[], Answer], *, caller: str = "", kind: CallKind = CallKind.SINGLE, limited: bool = True
    ) -> Answer:
        """Run a job in a thread and return its answer.

        If the caller gives up, the job is dropped where it waits, and ends by its fuse where it is under way.

        Parameters
        ----------
        work : callable
            What to do. It runs under a fuse of its own.
        caller : str, optional
            Who asks: callers take turns.
        kind : CallKind, optional
            How it came. Single jobs are refused where as many wait as may; batches and streams limit themselves.
            Default: single.
        limited : bool, optional
            Whether the CPU ceiling holds. Default True.

        Raises
        ------
        OverloadedError
            If the job is single and as many wait as may.
        CpuCeilingError
            If the job spent its CPU time without an answer.
        """
        loop = asyncio.get_running_loop()
        job = _Job(work, caller, kind, loop.create_future(), limited)
        with self._changed:
            if kind is CallKind.SINGLE and self._queue.count(kind) - self._idle >= self._max_waiting:
                self._make_room(caller)
            self._queue.push(caller, kind, job)
            self._changed.notify()
        try:
            answer: Answer = await job.future
        except asyncio.CancelledError:
            self._abandon(job)
            raise
        return answer

    def _make_room(self, caller: str) -> None:
        """Refuse the newest order of the caller with the most that wait; that is the new one, if nobody has more."""
        heaviest = self._queue.heaviest(CallKind.SINGLE)
        if self._queue.held(heaviest, CallKind.SINGLE) <= self._queue.held(caller, CallKind.SINGLE) + 1:
            self._metrics.refused.labels("orders", "all").inc()
            raise OverloadedError(f"{self._queue.count(CallKind.SINGLE)} orders are waiting, which is as many as may")
        self._metrics.refused.labels("orders", "share").inc()
        dropped = self._queue.drop_newest(heaviest, CallKind.SINGLE)
        error = OverloadedError("this caller has the most orders waiting, and no more may")
        dropped.hand_over(None, error)

    def _abandon(self, job: _Job) -> None:
        with self._changed:
            waited = self._queue.remove(job.caller, job.kind, job)
            running = job in self._running
        if waited or running:
            self._metrics.abandoned.labels(job.kind.value, "waiting" if waited else "under_way").inc()
        if not waited:
            job.fuse.blow()

    def _next(self) -> _Job | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closed.is_set() or len(self._queue))
            if self._closed.is_set():
                return None
            job = self._queue.pop()
            job.begin()
            self._running.add(job)
            return job

    def _plan(self) -> None:
        while (job := self._next()) is not None:
            answer: Any = None
            failed: BaseException | None = None
            before_bytes = resident_bytes()
            try:
                with self._held(job):
                    answer = job.work()
            except BaseException as error:
                failed = error
            with self._changed:
                self._running.remove(job)
            if isinstance(job.fuse.why, CpuCeilingError):
                self._metrics.ceilings.labels("error" if failed else "plan").inc()
            # The loop is closed where the server ended without waiting: then nobody waits for the answer either.
            with contextlib.suppress(RuntimeError):
                job.future.get_loop().call_soon_threadsafe(job.hand_over, answer, failed)
            del job, answer, failed
            give_back(before_bytes)

    def _held(self, job: _Job) -> contextlib.AbstractContextManager[object]:
        """Let a job run under its fuse, and under the ceiling of CPU time if it is limited."""
        if self._max_cpu_s is None or not job.limited:
            return under(job.fuse)
        return cpu_ceiling(self._max_cpu_s, job.fuse)

    def close(self) -> None:
        """Drop what still waits, and end what is under way."""
        with self._changed:
            self._closed.set()
            while len(self._queue):
                self._queue.pop().future.cancel()
            for job in tuple(self._running):
                job.fuse.blow()
            self._changed.notify_all()

    def join(self, timeout_s: float) -> int:
        """Wait for the threads to end once closed; return how many have not."""
        until = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        return sum(thread.is_alive() for thread in self._threads)


def thread_clock() -> Callable[[], float]:
    """Return a clock of the CPU time of this thread, in seconds, for any thread to read.

    Where the system has none it tells elapsed time.
    """
    if not hasattr(time, "pthread_getcpuclockid"):
        return time.monotonic
    clock = time.pthread_getcpuclockid(threading.get_ident())
    return lambda: time.clock_gettime(clock)


def available_cores() -> int:
    """Return the cores that this process may use, which is fewer than the machine has under an affinity mask."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
