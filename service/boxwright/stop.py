"""Ends planning: at a deadline, at a limit of CPU time or effort, or because the caller has left.

One ``Stop`` is passed as an argument to everything that makes an answer. Python loops call ``look`` and kernels read
``flag``, at least every 5 ms. A ``Stop`` changes a result only by cutting the search short, which the plan then
states. No other planning code reads a clock.
"""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from math import inf

import numpy as np

from boxwright.errors import CpuCeilingError, DeadlineError, FieldViolation, InvalidInputError, SearchEndedError

Flags = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
Phase = tuple[str, int, int]
"""Name, start and end of a phase by the monotonic clock, in nanoseconds."""

SEARCH_SHARE = 0.75
"""Share of the CPU limit that the search may use; the rest is for finishing and checking the best plan."""
MOST_SLOWNESS = 10.0
"""Largest factor by which finishing is expected to be slower than on an idle machine."""
LEAST_WAIT_S = 0.001
"""Minimum time between two reads of the clocks, and between two reads of the flag for code that cannot read it."""
MOST_PHASES = 64
"""Maximum number of recorded phases, since alternatives search many times."""


class Stop:
    """Ends planning; its methods may be called from any thread.

    ``end`` ends the search: the best plan so far is finished, checked and returned with ``cut_short`` set; without one
    an error says why. ``cancel`` ends everything with an error. A deadline ends the search ``finish_s`` early and
    everything when it comes; a limit of CPU time ends the search at three quarters.

    Parameters
    ----------
    answer_by_s : float, optional
        Deadline by ``time.monotonic``, in seconds. Default: none.
    cpu_s : float, optional
        Limit of the planning thread's CPU time from its first look, in seconds; InvalidInputError unless above 0. On
        macOS and Windows elapsed time counts. Default: no limit.

    Attributes
    ----------
    flag : int64, (1,)
        0 until the running work has to end; kernels read it.
    finish_s : float
        Expected CPU time to finish the best plan, in seconds; 0 until the order is read.
    effort_used : int
        Steps of the last search, one per ``look``. A search limited to this effort gives the same plan.
    phases : list of Phase
        Phases recorded by ``phase``, for traces.
    """

    def __init__(self, answer_by_s: float | None = None, cpu_s: float | None = None) -> None:
        self.limit(answer_by_s, cpu_s)
        self._flags: Flags = np.zeros(2, dtype=np.int64)  # [search ends, everything ends]
        self.flag = self._flags[:1]
        self.finish_s, self.effort_used = 0.0, 0
        self.phases: list[Phase] = []
        self._whys: list[SearchEndedError | None] = [None, None]
        self._steps = self._cut_at = 0
        self._most_steps, self._max_effort, self._armed = inf, inf, False
        self._clock_s: Callable[[], float] | None = None

    def limit(self, answer_by_s: float | None, cpu_s: float | None) -> None:
        """Set both limits before the first look; parameters and errors are those of the constructor."""
        if cpu_s is not None and not (type(cpu_s) in (int, float) and 0 < cpu_s <= sys.float_info.max):
            raise InvalidInputError([FieldViolation("cpu_s", f"must be a number above 0, got {cpu_s!r:.80}")])
        self._answer_by_s, self._cpu_s = (inf if given is None else given for given in (answer_by_s, cpu_s))
        self._limited = min(self._answer_by_s, self._cpu_s) < inf
        self.due_s = -inf if self._limited else inf  # next read of the clocks

    def share(self, flags: Flags) -> None:
        """Move the flags, int64 (2,), to memory shared with another process; flags set in either stay set."""
        flags |= self._flags
        self._flags, self.flag = flags, flags[:1]

    def end(self, why: SearchEndedError | None = None) -> None:
        """End the search within milliseconds; ``why`` is raised if there is no plan to finish."""
        self._whys[0] = self._whys[0] or why
        self._flags[0] = 1

    def cancel(self, why: SearchEndedError | None = None) -> None:
        """End everything within milliseconds with the error ``why``."""
        self._whys[1] = self._whys[1] or why
        self._flags[:] = 1

    @property
    def ended(self) -> bool:
        """True once the search has to end."""
        return bool(self._flags[0])

    @property
    def cancelled(self) -> bool:
        """True once everything has to end."""
        return bool(self._flags[1])

    @property
    def why(self) -> SearchEndedError:
        """The error that says why work has to end."""
        ended = "was ended" if self.ended else f"reached its max_effort of {self._max_effort}"
        why = self._whys[1] if self.cancelled else self._whys[0]
        return why or SearchEndedError(f"the search {ended} before there was a plan")

    @property
    def left_s(self) -> float:
        """Seconds until the deadline; infinity without one."""
        return self._answer_by_s - time.monotonic()

    def look(self) -> None:
        """Count a step; raise a SearchEndedError if the running work has to end.

        Every loop whose length grows with the order calls this, and so does the caller of a kernel.
        """
        self._steps += 1
        if time.monotonic() >= self.due_s:
            self.check_clocks()
        if self.flag[0] or self._steps >= self._most_steps:
            self._cut_at = self._cut_at or self._steps
            raise type(self.why)(*self.why.args)

    @contextmanager
    def search(self, max_effort: int | None = None, *, goes_on: bool = False) -> Iterator[None]:
        """Count the steps of the block and watch the clocks. With ``goes_on`` the count continues from the last block.

        The block ends after ``max_effort`` steps once there is a plan to finish (``arm``).
        """
        self._max_effort = inf if max_effort is None else max_effort
        self._steps, self._cut_at = (self.effort_used if goes_on else 0), 0
        self._most_steps = self._max_effort if goes_on else inf
        try:
            with self.timed():
                yield
        finally:
            self._most_steps, self.effort_used = inf, self._cut_at or self._steps

    def timed(self, end: Callable[[], None] | None = None) -> AbstractContextManager[None]:
        """Let a thread read the clocks during the block, and call ``end`` for code that cannot read the flag."""
        return _TIMER.watching(self, end) if self._limited or end is not None else nullcontext()

    def arm(self) -> None:
        """Let effort and deadline end the search from now on, since there is a plan to finish."""
        self._armed, self._most_steps = True, self._max_effort
        with self.timed():
            pass  # the next read of the clocks may be due sooner now

    @contextmanager
    def finishing(self) -> Iterator[None]:
        """Let the block run although the search has ended, without counting steps; ``cancel`` still ends it."""
        before = self._steps, self._most_steps, self.flag
        self._most_steps, self.flag = inf, self._flags[1:]
        try:
            yield
        finally:
            self._steps, self._most_steps, self.flag = before

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Record the block as a phase."""
        begun_ns = time.monotonic_ns()
        try:
            yield
        finally:
            self.phases.append((name, begun_ns, time.monotonic_ns()))
            del self.phases[MOST_PHASES:]

    def check_clocks(self) -> None:
        """End work whose limit has come, and set the time of the next check.

        CPU time grows no faster than elapsed time, so that check cannot be too late.
        """
        now_s = time.monotonic()
        if self._clock_s is None:
            self._begun_s, clock_s = now_s, _thread_clock_s()
            self._begun_cpu_s, self._clock_s = clock_s(), clock_s
        used_s = self._clock_s() - self._begun_cpu_s
        left_s, cpu_left_s = self._answer_by_s - now_s, self._cpu_s - used_s
        waits_s = [left_s, cpu_left_s]
        spent = f"the order reached the limit of {self._cpu_s:g} s of CPU time before there was a plan"
        if left_s <= 0:
            self.cancel(DeadlineError("the deadline of the call came before there was a plan"))
        elif cpu_left_s <= 0:
            self.cancel(CpuCeilingError(spent))
        if not self.ended:
            # On a busy machine more time passes than this thread computes.
            slowness = 1.0 if used_s < LEAST_WAIT_S else max((now_s - self._begun_s) / used_s, 1.0)
            search_s = left_s - (self.finish_s * min(slowness, MOST_SLOWNESS) if self._armed else 0.0)
            search_cpu_s = self._cpu_s * SEARCH_SHARE - used_s
            if search_s <= 0:
                self.end(DeadlineError("the deadline of the call leaves no time to finish a plan"))
            elif search_cpu_s <= 0:
                self.end(CpuCeilingError(spent))
            waits_s += [search_s / 2, search_cpu_s]
        self.due_s = now_s + max(min(waits_s), LEAST_WAIT_S)


def _thread_clock_s() -> Callable[[], float]:
    """Return a clock of this thread's CPU time for any thread to read, or of elapsed time where there is none."""
    if hasattr(time, "pthread_getcpuclockid"):
        return partial(time.clock_gettime, time.pthread_getcpuclockid(threading.get_ident()))
    return time.monotonic


class _Timer:
    """The thread of this process that reads the clocks while kernels run."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._watched: list[tuple[Stop, Callable[[], None] | None]] = []
        self._wakes_s = inf
        self._thread = threading.Thread()

    @contextmanager
    def watching(self, stop: Stop, end: Callable[[], None] | None) -> Iterator[None]:
        stop.check_clocks()  # in the planning thread, whose CPU time counts
        with self._changed:
            if not self._thread.is_alive():  # also after a fork
                self._thread = threading.Thread(target=self._run, name="limits", daemon=True)
                self._thread.start()
            self._watched.append((stop, end))
            if end is not None or stop.due_s < self._wakes_s:  # otherwise the next look is early enough
                self._changed.notify()
        try:
            yield
        finally:
            with self._changed:  # the clock of a thread must not be read once the thread has ended
                self._watched.remove((stop, end))

    def _run(self) -> None:
        with self._changed:
            while True:
                self._wakes_s = inf
                for stop, end in self._watched:
                    stop.check_clocks()
                    if end is not None and stop.flag[0]:
                        end()
                    until_s = stop.due_s if end is None else time.monotonic() + LEAST_WAIT_S
                    self._wakes_s = min(self._wakes_s, until_s)
                self._changed.wait(None if self._wakes_s == inf else max(self._wakes_s - time.monotonic(), 0))


_TIMER = _Timer()

NEVER = Stop()
"""A stop that never ends anything; the default."""
