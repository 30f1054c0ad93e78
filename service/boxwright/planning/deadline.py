"""The time by which an order has to be answered: the search ends early enough to finish the best plan so far.

Whoever reads the order says how long finishing takes (``leave_time``). Where there is no plan by then, or finishing it
takes longer than was left, DeadlineError says so in time.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from boxwright.errors import DeadlineError
from boxwright.fuse import Fuse, arm, under
from boxwright.planning.ceiling import begun_ceiling, thread_clock_s
from boxwright.planning.watch import WATCH, Watched

LEAST_WAIT_S = 0.001
"""Least time between two looks at the clocks, in seconds."""

MOST_SLOWNESS = 10.0
"""How many times as long as on an idle machine finishing is expected to take at most."""


class _Deadline:
    """When what runs under a fuse is to end, in seconds of the monotonic clock; earlier by a ceiling of CPU time."""

    def __init__(self, answer_by_s: float, fuse: Fuse, ceiling: Watched | None) -> None:
        self.finish_cpu_s = 0.0
        self.searching = False
        self._answer_by_s = answer_by_s
        self._fuse = fuse
        self._ceiling = ceiling
        self._clock_s = thread_clock_s()
        self._begun_s, self._begun_cpu_s = time.monotonic(), self._clock_s()

    def look(self) -> float:
        """End what is to end; return for how long nothing is to be done, in seconds."""
        within_s = self._look_at_time()
        return within_s if self._ceiling is None else min(within_s, self._ceiling.look())

    def left_s(self) -> float:
        """Return for how long the answer may still take."""
        return self._answer_by_s - time.monotonic()

    def _look_at_time(self) -> float:
        now = time.monotonic()
        if now >= self._answer_by_s:
            self._fuse.blow(DeadlineError("the deadline of the call came before there was a plan"))
            return float("inf")
        if not self.searching:  # before, there is nothing that could be finished
            return self._answer_by_s - now
        left_s = self._answer_by_s - now - self.finish_cpu_s * self._slowness(now)
        if left_s > 0 and not self._fuse.ended:
            return max(left_s / 2, LEAST_WAIT_S)
        if not self._fuse.ended:
            self._fuse.spend(DeadlineError("the deadline of the call leaves no time to finish a plan"))
        return self._answer_by_s - now

    def _slowness(self, now: float) -> float:
        """Return how much more time passes than this thread computes: others take turns with it."""
        computed_s, passed_s = self._clock_s() - self._begun_cpu_s, now - self._begun_s
        return 1.0 if computed_s < LEAST_WAIT_S else min(max(passed_s / computed_s, 1.0), MOST_SLOWNESS)


_RUNNING: ContextVar[_Deadline | None] = ContextVar("deadline", default=None)


@contextmanager
def deadline(answer_by_s: float, fuse: Fuse, max_cpu_s: float | None = None) -> Iterator[Fuse]:
    """Let what this thread plans be answered by some time.

    Parameters
    ----------
    answer_by_s : float
        When the answer has to be there, on the monotonic clock, in seconds.
    fuse : Fuse
        Ends the planning; it may be blown from elsewhere as well.
    max_cpu_s : float, optional
        A ceiling of CPU time that holds as well. Default: none.
    """
    limit = _Deadline(answer_by_s, fuse, None if max_cpu_s is None else begun_ceiling(max_cpu_s, fuse))
    token = _RUNNING.set(limit)
    try:
        with WATCH.watching(limit, limit.look()), under(fuse):
            yield fuse
    finally:
        _RUNNING.reset(token)


def leave_time(seconds: float) -> None:
    """End the search of this thread so much before its deadline that so many seconds of CPU are left.

    Without a deadline nothing is done.
    """
    limit = _RUNNING.get()
    if limit is not None:
        limit.finish_cpu_s = seconds


def time_left_s() -> float:
    """Return for how long the answer of this thread may still take, in seconds; infinity without a deadline."""
    limit = _RUNNING.get()
    return float("inf") if limit is None else limit.left_s()


def search_begins() -> None:
    """Let the search of this thread be ended from now on, by its deadline or its ``max_effort``."""
    arm()
    limit = _RUNNING.get()
    if limit is not None:
        limit.searching = True
        WATCH.look_within(limit.look())
