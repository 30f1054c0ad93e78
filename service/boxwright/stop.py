"""When planning stops: by a deadline, a limit of CPU time, counted effort, or whoever no longer waits for it.

One ``Stop`` goes with one answer, as an argument, through all that makes it. Loops in Python call ``look``, kernels
look at ``flag``; no stretch between two looks is meant to take more than 5 ms. Results never depend on it otherwise:
effort is counted, and a plan that was cut says so. Nothing else that plans reads a clock.
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
"""Name, begin and end on the monotonic clock of the machine, in nanoseconds."""

SEARCH_SHARE = 0.75
"""Part of the CPU time that the search may take; the rest is for finishing and checking the best plan so far."""
MOST_SLOWNESS = 10.0
"""How many times as long as on an idle machine finishing is expected to take at most."""
LEAST_WAIT_S = 0.001
"""Least time between two looks at the clocks, and that between two at the flag for what cannot look itself."""
MOST_PHASES = 64
"""Phases that are noted: looking for alternatives searches many times."""


class Stop:
    """Ends what is planned; may be told to from any thread, at any time.

    There are two ends. The first is that of the search: the best plan so far is finished, checked and returned with
    ``cut_short`` set; where there is none, an error says why. At the second all ends, with that error. A deadline ends
    the search ``finish_s`` before it, and all when it comes; a limit of CPU time ends the search at three quarters.

    Parameters
    ----------
    answer_by_s : float, optional
        When the answer has to be there, on the clock ``time.monotonic``, in seconds. Default: no deadline.
    cpu_s : float, optional
        Most CPU time, in seconds; InvalidInputError if it is not a number above 0. It is that of the thread that plans,
        from its first look, so that a busy machine ends nothing early; where the system does not show one thread's
        time to another (macOS, Windows), the time that passes counts. Default: no limit.

    Attributes
    ----------
    flag : int64, (1,)
        Where kernels look: 0 until what runs now is to end.
    finish_s : float
        CPU time that finishing the best plan takes, in seconds; 0 until whoever reads the order tells.
    effort_used : int
        Steps of the last search, one for each look: cut after so many, it finds the same again.
    phases : list of Phase
        What ``phase`` noted, for traces.
    """

    def __init__(self, answer_by_s: float | None = None, cpu_s: float | None = None) -> None:
        self.limit(answer_by_s, cpu_s)
        self._flags: Flags = np.zeros(2, dtype=np.int64)  # whether the search is to end, and whether all is
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
        self._answer_by_s, self._cpu_s = (inf if each is None else each for each in (answer_by_s, cpu_s))
        self._limited = min(self._answer_by_s, self._cpu_s) < inf
        self.due_s = -inf if self._limited else inf  # when the clocks are looked at next

    def share(self, flags: Flags) -> None:
        """Keep the flags, int64 (2,), in memory that another process may write to, beside what is set there."""
        flags |= self._flags
        self._flags, self.flag = flags, flags[:1]

    def end(self, why: SearchEndedError | None = None) -> None:
        """End the search within milliseconds; ``why`` is raised where there is no plan to finish."""
        self._whys[0] = self._whys[0] or why
        self._flags[0] = 1

    def cancel(self, why: SearchEndedError | None = None) -> None:
        """End all within milliseconds, with an error that says why: nobody waits for a plan."""
        self._whys[1] = self._whys[1] or why
        self._flags[:] = 1

    @property
    def ended(self) -> bool:
        """Whether the search is to end."""
        return bool(self._flags[0])

    @property
    def cancelled(self) -> bool:
        """Whether all is to end."""
        return bool(self._flags[1])

    @property
    def why(self) -> SearchEndedError:
        """Why what is to end ends."""
        ended = "was ended" if self.ended else f"reached its max_effort of {self._max_effort}"
        why = self._whys[1] if self.cancelled else self._whys[0]
        return why or SearchEndedError(f"the search {ended} before there was a plan")

    @property
    def left_s(self) -> float:
        """For how long the answer may still take, in seconds; infinity without a deadline."""
        return self._answer_by_s - time.monotonic()

    def look(self) -> None:
        """Count a step; raise the SearchEndedError that says why, if what runs now is to end.

        Every loop whose length grows with the order calls this, and whoever called a kernel once it returns.
        """
        self._steps += 1
        if time.monotonic() >= self.due_s:
            self.check_clocks()
        if self.flag[0] or self._steps >= self._most_steps:
            self._cut_at = self._cut_at or self._steps
            raise type(self.why)(*self.why.args)

    @contextmanager
    def search(self, max_effort: int | None = None, *, goes_on: bool = False) -> Iterator[None]:
        """Count the steps of what runs inside, ``timed``; where it ``goes_on``, with those of the search before.

        It ends after ``max_effort`` of them, once there is something to finish (``arm``).
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
        """Have a thread look at the clocks while kernels run inside, and call ``end`` for what sees no flag."""
        return _TIMER.watching(self, end) if self._limited or end is not None else nullcontext()

    def arm(self) -> None:
        """Let effort and deadline end the search from now on: what there is can be finished."""
        self._armed, self._most_steps = True, self._max_effort
        with self.timed():
            pass  # it may be due sooner now

    @contextmanager
    def finishing(self) -> Iterator[None]:
        """Let what follows a search go on although that has ended, uncounted; it still ends with all."""
        before = self._steps, self._most_steps, self.flag
        self._most_steps, self.flag = inf, self._flags[1:]
        try:
            yield
        finally:
            self._steps, self._most_steps, self.flag = before

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Note what runs inside as a phase of this name."""
        begun_ns = time.monotonic_ns()
        try:
            yield
        finally:
            self.phases.append((name, begun_ns, time.monotonic_ns()))
            del self.phases[MOST_PHASES:]

    def check_clocks(self) -> None:
        """End what is to end by now, and note when to look again: a thread takes no more CPU than time passes."""
        now_s = time.monotonic()
        if self._clock_s is None:
            self._begun_s, clock_s = now_s, _thread_clock_s()
            self._begun_cpu_s, self._clock_s = clock_s(), clock_s
        used_s = self._clock_s() - self._begun_cpu_s
        left_s, cpu_left_s = self._answer_by_s - now_s, self._cpu_s - used_s
        waits_s = [left_s, cpu_left_s]
        spent = f"the order reached its ceiling of {self._cpu_s:g} s of CPU before there was a plan"
        if left_s <= 0:
            self.cancel(DeadlineError("the deadline of the call came before there was a plan"))
        elif cpu_left_s <= 0:
            self.cancel(CpuCeilingError(spent))
        if not self.ended:
            # Others take turns with this thread: more time passes than it computes.
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
    """Return what tells this thread's CPU time to any thread; where the system does not, the time that passes."""
    if hasattr(time, "pthread_getcpuclockid"):
        return partial(time.clock_gettime, time.pthread_getcpuclockid(threading.get_ident()))
    return time.monotonic


class _Timer:
    """The thread of this process that looks at the clocks while kernels run."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._watched: list[tuple[Stop, Callable[[], None] | None]] = []
        self._wakes_s = inf
        self._thread = threading.Thread()

    @contextmanager
    def watching(self, stop: Stop, end: Callable[[], None] | None) -> Iterator[None]:
        stop.check_clocks()  # here: its CPU time is that of the thread that plans
        with self._changed:
            if not self._thread.is_alive():  # nor is it after a fork
                self._thread = threading.Thread(target=self._run, name="limits", daemon=True)
                self._thread.start()
            self._watched.append((stop, end))
            if end is not None or stop.due_s < self._wakes_s:  # else the next look sees it in time
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
"""Ends nothing: the default where there is no answer to wait for."""
