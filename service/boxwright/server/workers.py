"""Those who plan, behind an admission that says no before many wait: what threads and processes have in common.

Whoever waits for a job may give it up at any time: one that still waits is dropped, one under way ends by its stop. So
does one that has spent the CPU time that a job may take, and one whose time to answer has come.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import threading
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from boxwright.errors import DeadlineError
from boxwright.server.admission import Admission
from boxwright.server.fair_queue import CallKind, lane_of
from boxwright.server.metrics import Metrics
from boxwright.server.metrics.work import LANE_NAMES
from boxwright.server.overloaded import ShedError
from boxwright.server.traced import TRACED, Trace
from boxwright.stop import Stop

if TYPE_CHECKING:
    from collections.abc import Callable

    from boxwright.server.asked import Answered, Asked
    from boxwright.server.shelf import Shelf

Answer = TypeVar("Answer")

LEAST_PROGRESS_S = 0.001
"""CPU time that must be spent on a job within the time after which its worker counts as stuck, in seconds."""

LATE_S = 0.002
"""How long after its time a job may still be answered by who plans it; then the door answers, in seconds."""

SPARE = 1
"""Workers more than places, for small orders while large ones have all places."""

SMALL_JOB_S = 0.002
"""What a job that is not estimated is taken to need, in seconds of CPU."""


class WaitedInVainError(DeadlineError):
    """The time by which an order was to be answered came before a worker had it."""


@dataclass(eq=False)
class Job:
    """One piece of work, from its caller through the queue to who does it, and back.

    Attributes
    ----------
    work : callable or None
        What a thread is to do.
    asked : Asked or None
        What a worker is to answer.
    abandoned : bool
        Whether nobody waits for it any more although it is under way.
    stop : Stop
        Ends it, and notes what it went through.
    """

    caller: str
    kind: CallKind
    future: asyncio.Future[Any]
    limited: bool
    effort_s: float
    deadline_s: float
    work: Callable[[], Any] | None = None
    asked: Asked | None = None
    came_s: float = 0.0
    wait_s: float = 0.0
    begun_s: float = 0.0
    stop: Stop = field(default_factory=Stop)
    clock: Callable[[], float] = time.monotonic
    seen_cpu_s: float = 0.0
    progress_at_s: float = 0.0
    blown_at_s: float | None = None
    abandoned: bool = False

    def begin(self, clock: Callable[[], float]) -> None:
        """Note where the clock of CPU time stands of the thread or process that takes the job up."""
        self.clock = clock
        self.seen_cpu_s = clock()
        self.progress_at_s = time.monotonic()

    def is_stuck(self, stall_s: float) -> bool:
        """Whether the job does not end although it has to, or nothing is done for it; to be asked now and then."""
        now_s, cpu_s = time.monotonic(), self.clock()
        if self.stop.cancelled:
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


class Workers(ABC):
    """Takes jobs, refuses those that would wait too long, and hands them to threads or processes in turn.

    Parameters
    ----------
    at_once : int
        How many jobs are under way at once. Small ones have ``SPARE`` workers more while large ones have all these.
    max_waiting_s : float
        Longest time that a single job may wait, in seconds.
    stall_s : float, optional
        How long a job may go on after it has to end, or nothing be done for it, before it is stuck. Default 10 s.
    metrics : Metrics, optional
        Where abandoned and refused jobs are counted.
    """

    def __init__(
        self, at_once: int, max_waiting_s: float, *, stall_s: float = 10.0, metrics: Metrics | None = None
    ) -> None:
        self.at_once = at_once
        self._stall_s = stall_s
        self._metrics = metrics or Metrics()
        self._waits = [self._metrics.order_wait.labels(name) for name in LANE_NAMES]
        self._admission: Admission[Job] = Admission(at_once, max_waiting_s, spare=SPARE)
        self._changed = threading.Condition()

    @property
    def waiting(self) -> int:
        """Jobs that nobody has taken up yet."""
        return len(self._admission)

    @property
    def ready(self) -> int:
        """How many threads or processes are there, busy or not."""
        return self.at_once + SPARE

    @property
    def busy(self) -> int:
        """How many jobs are under way."""
        return len(self._admission.running)

    @property
    def stuck(self) -> int:
        """Jobs that go on although they have to end, or for which nothing is done; to be asked now and then."""
        return sum(job.is_stuck(self._stall_s) for job in self._admission.running)

    @property
    @abstractmethod
    def alive(self) -> bool:
        """Whether planning gets on."""

    def waiting_in(self, lane: int) -> int:
        """Return how many jobs wait in a lane."""
        return self._admission.waiting(lane)

    def waiting_effort_s(self, lane: int) -> float:
        """Return what the jobs that wait in a lane are estimated to take, in seconds of CPU."""
        return self._admission.waiting_effort_s(lane)

    def running_in(self, lane: int) -> int:
        """Return how many jobs of a lane are under way."""
        return sum(lane_of(each.effort_s) == lane for each in self._admission.running)

    def running_effort_s(self, lane: int) -> float:
        """Return what the jobs of a lane that are under way are estimated to take, in seconds of CPU."""
        return sum(each.effort_s for each in self._admission.running if lane_of(each.effort_s) == lane)

    def longest_s(self) -> float:
        """Return for how long the job has been under way that has for longest, in seconds; 0 where none is."""
        now_s = time.monotonic()
        return max((now_s - each.begun_s for each in self._admission.running), default=0.0)

    def oldest_s(self) -> float:
        """Return how long the oldest job that waits has waited, in seconds."""
        with self._changed:
            return self._admission.oldest_s(time.monotonic())

    def shed(self) -> None:
        """Send away what has waited too long or waits in vain; to be called now and then."""
        with self._changed:
            away = self._admission.shed(time.monotonic())
        self._send_away(away)

    @abstractmethod
    async def start(self) -> None:
        """Load all that planning needs, and return once jobs are answered without a wait for that."""

    @abstractmethod
    async def prepare(self, shelf: Shelf) -> Callable[[], None]:
        """Make ready to plan with another shelf; return what has all jobs that begin from then on planned with it.

        Jobs under way end with what they began with.
        """

    async def ask(
        self,
        asked: Asked,
        *,
        caller: str = "",
        kind: CallKind = CallKind.SINGLE,
        effort_s: float = SMALL_JOB_S,
        deadline_s: float = math.inf,
    ) -> Answered:
        """Return the answer to what is asked.

        If the caller gives up, the job is dropped where it waits, and ends by its stop where it is under way.

        Parameters
        ----------
        asked : Asked
            What to answer.
        caller : str, optional
            Who asks: callers take turns.
        kind : CallKind, optional
            How it came. Single jobs are refused where they would wait too long; batches and streams limit themselves.
            Default: single.
        effort_s : float, optional
            Estimated CPU time, in seconds. Default: that of a small job.
        deadline_s : float, optional
            When the caller waits no longer, by the clock ``time.monotonic``. Default: never.

        Raises
        ------
        OverloadedError
            If the job is single and would wait too long, or in vain; also later, while it waits.
        CpuCeilingError, DeadlineError
            If the job spent its CPU time, or its time came, without an answer.
        """
        future = asyncio.get_running_loop().create_future()
        job = Job(caller, kind, future, True, effort_s, deadline_s, asked=asked, stop=asked.stop)
        answer: Answered = await self._answered(job)
        return answer

    @abstractmethod
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
        """Return what ``work`` returns, which a thread of this process does.

        It ends by ``stop`` where it looks at that. The CPU ceiling holds if it is ``limited``; the rest is as for
        ``ask``.
        """

    @abstractmethod
    def close(self) -> None:
        """Drop what still waits, and end what is under way."""

    @abstractmethod
    def join(self, timeout_s: float) -> int:
        """Wait for threads or processes to end once closed; return how many have not."""

    @abstractmethod
    def _wake(self) -> None:
        """Have somebody take up what waits; the lock is held."""

    def _begin(self, job: Job) -> bool:
        """Begin a job at once where that saves it the queue; return whether it has begun. The lock is held."""
        return False

    def _admit(self, job: Job) -> None:
        """Let a job in; the lock is held."""
        try:
            self._admission.admit(job, time.monotonic())
        except ShedError as error:
            self._metrics.refused.labels("orders", error.limit).inc()
            raise

    async def _answered(self, job: Job) -> Any:
        """Let a job in and return its answer."""
        trace = TRACED.get()
        with self._changed:
            if not self._begin(job):
                self._admit(job)
                self._wake()
        late = None
        if job.asked is not None and job.asked.answer_by_s is not None:
            late = asyncio.get_running_loop().call_at(job.asked.answer_by_s + LATE_S, self._end_late, job)
        try:
            return await job.future
        except asyncio.CancelledError:
            self._abandon(job)
            raise
        finally:
            if late is not None:
                late.cancel()
            if trace is not None:
                _show(job, trace)

    def _end_late(self, job: Job) -> None:
        """Answer a job whose time has come, in the place of who plans it or was to."""
        if not job.future.done():
            kind = WaitedInVainError if self._abandon(job) else DeadlineError
            job.hand_over(None, kind("the deadline of the call came before there was a plan"))

    def _took_up(self, job: Job) -> None:
        """Note how long a job has waited that is begun."""
        self._waits[lane_of(job.effort_s)].observe(job.begun_s - job.came_s)

    def _settle(self, job: Job, *, ended: bool) -> None:
        """Free the place of a job, and note time that was spent in vain; the lock is held."""
        now_s = time.monotonic()
        self._admission.done(job, now_s, ended=ended)
        if job.abandoned:
            self._metrics.abandoned_work.labels(job.kind.value).inc(now_s - job.begun_s)

    def _send_away(self, away: list[tuple[Job, ShedError]]) -> None:
        for job, error in away:
            self._metrics.refused.labels("orders", error.limit).inc()
            job.tell(None, error)

    def _abandon(self, job: Job) -> bool:
        """Drop a job where it waits, or have it end by its stop; return whether it waited."""
        with self._changed:
            waited = self._admission.withdraw(job)
            running = job in self._admission.running
        job.abandoned = running
        if waited or running:
            self._metrics.abandoned.labels(job.kind.value, "waiting" if waited else "under_way").inc()
        if not waited:
            job.stop.cancel()
        return waited


def _show(job: Job, trace: Trace) -> None:
    """Add to a trace how long a job waited for a worker, and what the worker did."""
    now_ns, came_ns, begun_ns = time.monotonic_ns(), round(job.came_s * 1e9), round(job.begun_s * 1e9)
    trace.add("queue", came_ns, begun_ns or now_ns)
    if begun_ns:
        trace.add("worker", begun_ns, now_ns, job.stop.phases)
