"""The most CPU time that one order may take: what an order costs then has a limit that no input can pass.

Counted effort bounds every search already, so that the answer is the same at any load; the ceiling is for what was
not foreseen. It counts the time of the planning thread alone, so that a busy machine ends no order early.
"""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from boxwright.domain.fields import is_number, shown
from boxwright.errors import CpuCeilingError, FieldViolation, InvalidInputError
from boxwright.fuse import Fuse, under
from boxwright.planning.watch import WATCH, Watched

SEARCH_SHARE = 0.75
"""Part of the ceiling that the search may take; the rest is for finishing and checking the best plan so far."""


@dataclass
class _Watched:
    """A thread's clock, and what ends when, in seconds of that clock."""

    clock_s: Callable[[], float]
    search_until_s: float
    until_s: float
    cpu_seconds: float
    fuse: Fuse

    def look(self) -> float:
        """End what is to end; return for how long nothing is to be done, in seconds."""
        now = self.clock_s()
        if now < self.search_until_s:
            return self.search_until_s - now
        why = CpuCeilingError(f"the order reached its ceiling of {self.cpu_seconds:g} s of CPU before there was a plan")
        if now >= self.until_s:
            self.fuse.blow(why)
            return float("inf")
        if not self.fuse.ended:
            self.fuse.spend(why)
        return self.until_s - now


@contextmanager
def cpu_ceiling(cpu_seconds: float, fuse: Fuse | None = None) -> Iterator[Fuse]:
    """Let what this thread plans take so much CPU time and no more.

    A search is ended at three quarters of it, and the best plan so far is finished, checked and returned with
    ``cut_short`` set. Where there is none, or the rest is too little for the check, CpuCeilingError is raised. Each
    ``with`` counts from its own begin. Where the system does not show one thread's CPU time to another (macOS,
    Windows), the time that passes counts instead.

    Parameters
    ----------
    cpu_seconds : float
        The ceiling in seconds of CPU time, above 0.
    fuse : Fuse, optional
        Ends the planning as well when it is blown, from whatever thread. Default one of its own, which is yielded.

    Raises
    ------
    InvalidInputError
        If ``cpu_seconds`` is not a number above 0.
    """
    fuse = fuse or Fuse()
    # A thread takes no more CPU than time passes.
    with WATCH.watching(begun_ceiling(cpu_seconds, fuse), cpu_seconds * SEARCH_SHARE), under(fuse):
        yield fuse


def begun_ceiling(cpu_seconds: float, fuse: Fuse) -> Watched:
    """Return what ends a fuse once this thread has taken so much CPU time from now on; see ``cpu_ceiling``."""
    if not is_number(cpu_seconds, 0, sys.float_info.max) or cpu_seconds == 0:
        raise InvalidInputError([FieldViolation("cpu_seconds", f"must be a number above 0, got {shown(cpu_seconds)}")])
    clock_s = thread_clock_s()
    now = clock_s()
    return _Watched(clock_s, now + cpu_seconds * SEARCH_SHARE, now + cpu_seconds, cpu_seconds, fuse)


def thread_clock_s() -> Callable[[], float]:
    """Return what tells this thread's CPU time to any thread; where the system does not, the time that passes."""
    if hasattr(time, "pthread_getcpuclockid"):
        return partial(time.clock_gettime, time.pthread_getcpuclockid(threading.get_ident()))
    return time.monotonic
