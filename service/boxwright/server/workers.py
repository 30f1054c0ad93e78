"""The threads that plan: kernels release the interpreter lock, so as many threads as cores keep all of them busy.

Whoever waits for a job may give it up at any time: one that still waits is dropped, one under way ends by its fuse. So
does one that has spent the CPU time that a job may take.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from boxwright.errors import CpuCeilingError
from boxwright.fuse import Fuse, under
from boxwright.planning import cpu_ceiling
from boxwright.server.admission import Admission
from boxwright.server.fair_queue import CallKind
from boxwright.server.memory import give_back, resident_bytes
from boxwright.server.metrics import Metrics
from boxwright.server.overloaded import ShedError

if TYPE_CHECKING:
    from collections.abc import Callable

Answer = TypeVar("Answer")

LEAST_PROGRESS_S = 0.001
"""CPU time that a thread must spend on its job within the time after which it counts as stuck, in seconds."""


SPARE = 1
"""Threads more than places, for small orders while large ones have all places."""

LOOK_AGAIN_S = 0.05
"""How often an idle thread looks whether what waits may begin, in seconds."""

SMALL_JOB_S = 0.002
"""What a job that is not estimated is taken to need, in seconds of CPU."""


@dataclass(eq=False)
class _Job:
    """One piece of work, from its caller through the queue to a thread and back."""

    work: Callable[[], Any]
    caller: str
    kind: CallKind
    future: asyncio.Future[Any]
    limited: bool
    effort_s: float
    deadline_s: float
    came_s: float = 0.0
    wait_s: float = 0.0
    begun_s: float = 0.0
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

    def tell(self, answer: Any, error: BaseException | None) -> None:
        """Have the outcome handed over, from whatever thread."""
        # The loop is closed where the server ended without waiting: then nobody waits for the answer either.
        with contextlib.suppress(RuntimeError):
            self.future.get_loop().call_soon_threadsafe(self.hand_over, answer, error)

    def hand_over(self, answer: Any, error: BaseException | None) -> None:
        """Hand the outcome to whoever waits; runs in the event loop."""
        if self.future.done():
            return
        if error is None:
            self.future.set_result(answer)
        else:
            self.future.set_exception(error)


class Workers:
    """Planning threads behind an admission that says no before many wait.

    Parameters
    ----------
    threads : int
        Jobs that run at once; 0 is as many as cores that this process may use. Small jobs have ``SPARE`` threads more
        while large ones have all these.
    max_waiting_s : float
        Longest time that a single job may wait, in seconds.
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
        max_waiting_s: float,
        *,
        max_cpu_s: float | None = None,
        stall_s: float = 10.0,
        metrics: Metrics | None = None,
    ) -> None:
        self.threads = threads or available_cores()
        self._max_cpu_s = max_cpu_s
        self._stall_s = stall_s
        self._metrics = metrics or Metrics()
        self._admission: Admission[_Job] = Admission(self.threads, max_waiting_s, spare=SPARE)
        self._changed = threading.Condition()
        self._closed = threading.Event()
        self._threads = [
            threading.Thread(target=self._plan, name=f"plan-{number}", daemon=True)
            for number in range(self.threads + SPARE)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def waiting(self) -> int:
        """Jobs that no thread has taken up yet."""
        return len(self._admission)

    @property
    def busy(self) -> int:
        """Threads that work on a job."""
        return len(self._admission.running)

    @property
    def stuck(self) -> int:
        """Threads that go on although their job has to end, or do nothing; to be asked now and then."""
        return sum(job.is_stuck(self._stall_s) for job in self._admission.running)

    @property
    def alive(self) -> bool:
        """Whether at least one place is not stuck."""
        return self.stuck < self.threads

    def waiting_in(self, lane: int) -> int:
        """Return how many jobs wait in a lane."""
        return self._admission.waiting(lane)

    def waiting_effort_s(self, lane: int) -> float:
        """Return what the jobs that wait in a lane are estimated to take, in seconds of CPU."""
        return self._admission.waiting_effort_s(lane)

    def oldest_s(self) -> float:
        """Return how long the oldest job that waits has waited, in seconds."""
        with self._changed:
            return self._admission.oldest_s(time.monotonic())

    def shed(self) -> None:
        """Send away what has waited too long or waits in vain; to be called now and then."""
        with self._changed:
            away = self._admission.shed(time.monotonic())
        self._send_away(away)

    async def run(
        self,
        work: Callable[[], Answer],
        *,
        caller: str = "",
        kind: CallKind = CallKind.SINGLE,
        limited: bool = True,
        effort_s: float = SMALL_JOB_S,
        deadline_s: float = math.inf,
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
            How it came. Single jobs are refused where they would wait too long; batches and streams limit themselves.
            Default: single.
        limited : bool, optional
            Whether the CPU ceiling holds. Default True.
        effort_s : float, optional
            Estimated CPU time, in seconds. Default: that of a small job.
        deadline_s : float, optional
            When the caller waits no longer, by the clock ``time.monotonic``. Default: never.

        Raises
        ------
        OverloadedError
            If the job is single and would wait too long, or in vain; also later, while it waits.
        CpuCeilingError
            If the job spent its CPU time without an answer.
        """
        loop = asyncio.get_running_loop()
        job = _Job(work, caller, kind, loop.create_future(), limited, effort_s, deadline_s)
        with self._changed:
            try:
                self._admission.admit(job, time.monotonic())
            except ShedError as error:
                self._metrics.refused.labels("orders", error.limit).inc()
                raise
            self._changed.notify()
        try:
            answer: Answer = await job.future
        except asyncio.CancelledError:
            self._abandon(job)
            raise
        return answer

    def _send_away(self, away: list[tuple[_Job, ShedError]]) -> None:
        for job, error in away:
            self._metrics.refused.labels("orders", error.limit).inc()
            job.tell(None, error)

    def _abandon(self, job: _Job) -> None:
        with self._changed:
            waited = self._admission.withdraw(job)
            running = job in self._admission.running
        if waited or running:
            self._metrics.abandoned.labels(job.kind.value, "waiting" if waited else "under_way").inc()
        if not waited:
            job.fuse.blow()

    def _next(self) -> _Job | None:
        """Return the next job, once there is one that may begin; None once closed."""
        while True:
            with self._changed:
                while not (self._closed.is_set() or self._admission.can_take(time.monotonic())):
                    # An order that takes longer than it was to makes room for a small one, and nobody says when.
                    self._changed.wait(LOOK_AGAIN_S if len(self._admission) else None)
                if self._closed.is_set():
                    return None
                job, away = self._admission.take(time.monotonic())
                if job is not None:
                    job.begin()
                if self._admission.can_take(time.monotonic()):
                    self._changed.notify()
            self._send_away(away)
            if job is not None:
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
                self._admission.done(job, time.monotonic(), ended=job.fuse.ended or not job.limited)
            if isinstance(job.fuse.why, CpuCeilingError):
                self._metrics.ceilings.labels("error" if failed else "plan").inc()
            job.tell(answer, failed)
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
            for job in self._admission.drain():
                job.future.cancel()
            for job in self._admission.running:
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
