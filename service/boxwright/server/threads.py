"""Planning in threads of the door's own process: kernels release the interpreter lock, all other code takes turns."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from boxwright.errors import CpuCeilingError
from boxwright.server.desk import Desk
from boxwright.server.fair_queue import CallKind
from boxwright.server.memory import give_back, resident_bytes
from boxwright.server.settings import available_cores
from boxwright.server.workers import SMALL_JOB_S, SPARE, Job, Workers
from boxwright.stop import Stop

if TYPE_CHECKING:
    from collections.abc import Callable

    from boxwright.server.metrics import Metrics
    from boxwright.server.shelf import Shelf

Answer = TypeVar("Answer")

LOOK_AGAIN_S = 0.05
"""How often an idle thread looks whether what waits may begin, in seconds."""


class Threads(Workers):
    """Threads that plan.

    Parameters
    ----------
    threads : int
        Jobs that run at once; 0 is as many as cores that this process may use.
    max_waiting_s : float
        Longest time that a single job may wait, in seconds.
    desk : Desk, optional
        Answers what is asked; without one, callables alone are taken.
    max_cpu_s : float, optional
        Most CPU time of one job; see ``Stop``. Default: no limit.
    stall_s, metrics
        As for ``Workers``.
    """

    def __init__(
        self,
        threads: int,
        max_waiting_s: float,
        desk: Desk | None = None,
        *,
        max_cpu_s: float | None = None,
        stall_s: float = 10.0,
        metrics: Metrics | None = None,
    ) -> None:
        super().__init__(threads or available_cores(), max_waiting_s, stall_s=stall_s, metrics=metrics)
        self._desk = desk
        self._max_cpu_s = max_cpu_s
        self._closed = threading.Event()
        self._threads = [
            threading.Thread(target=self._plan, name=f"plan-{number}", daemon=True)
            for number in range(self.at_once + SPARE)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def alive(self) -> bool:
        """Whether at least one place is not stuck."""
        return self.stuck < self.at_once

    async def start(self) -> None:
        """Load the kernels in one of the threads."""
        if self._desk is not None:
            await self.run(self._desk.warm_up, limited=False)

    async def prepare(self, shelf: Shelf) -> Callable[[], None]:
        """Make a desk for another shelf; return what puts it in place."""
        return partial(setattr, self, "_desk", Desk(shelf, self._metrics))

    async def run(
        self,
        work: Callable[[], Answer],
        *,
        caller: str = "",
        kind: CallKind = CallKind.SINGLE,
        limited: bool = True,
        effort_s: float = SMALL_JOB_S,
        deadline_s: float = math.inf,
        stop: Stop | None = None,
    ) -> Answer:
        """Return what a callable returns in a thread; see ``Workers``."""
        future = asyncio.get_running_loop().create_future()
        job = Job(caller, kind, future, limited, effort_s, deadline_s, work, stop=stop or Stop())
        answer: Answer = await self._answered(job)
        return answer

    def _wake(self) -> None:
        self._changed.notify()

    def _next(self) -> Job | None:
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
                    job.begin(thread_clock())
                    self._took_up(job)
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
                answer = self._done(job)
            except BaseException as error:
                failed = error
            with self._changed:
                self._settle(job, ended=job.stop.ended or not job.limited)
            if isinstance(job.stop.why, CpuCeilingError):
                self._metrics.ceilings.labels("error" if failed else "plan").inc()
            job.tell(answer, failed)
            del job, answer, failed
            give_back(before_bytes)

    def _done(self, job: Job) -> Any:
        """Do a job under its limits."""
        job.stop.limit(job.asked.answer_by_s if job.asked else None, self._max_cpu_s if job.limited else None)
        if job.asked is None:
            assert job.work is not None
            return job.work()
        desk = self._desk  # another may take its place meanwhile
        assert desk is not None
        return desk.answer(job.asked)

    def close(self) -> None:
        """Drop what still waits, and end what is under way."""
        with self._changed:
            self._closed.set()
            for job in self._admission.drain():
                job.future.cancel()
            for job in self._admission.running:
                job.stop.cancel()
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
