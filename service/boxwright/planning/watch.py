"""Looks at limits of time while others plan: one thread does, and each loop that plans where that one is late.

A thread that wants the interpreter may wait for it for a second where another one gives it up and takes it back within
the interval of switching, as short kernels do: whoever waits is woken each time, and finds it taken.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from boxwright.fuse import look_too

SHORTEST_WAIT_S = 0.001
"""Least time between two looks."""

LATE_S = 0.004
"""How late the thread that looks may be before a loop looks in its place: most often it has its turn in time."""


class Watched(Protocol):
    """What the watch looks at."""

    def look(self) -> float:
        """End what is to end; return for how long nothing is to be done, in seconds, and no longer than that."""


class Watch:
    """Looks at the clocks of all that plan under a limit."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._watched: list[Watched] = []
        self._looks_at_s = float("inf")
        self._thread: threading.Thread | None = None

    @contextmanager
    def watching(self, each: Watched, within_s: float) -> Iterator[None]:
        """Look at something for a time, for the first time within so many seconds."""
        with self._changed:
            if self._thread is None or not self._thread.is_alive():  # none is after a fork
                self._thread = threading.Thread(target=self._run, name="limits", daemon=True)
                self._thread.start()
            self._watched.append(each)
            self._look_by(within_s)
        try:
            yield
        finally:
            # Under the lock: the clock of a thread must not be read once the thread has ended.
            with self._changed:
                self._watched.remove(each)

    def look_within(self, seconds: float) -> None:
        """Look at all within so many seconds."""
        with self._changed:
            self._look_by(seconds)

    def look_if_late(self) -> None:
        """Look at all, in the thread that calls, if that is overdue: every loop that plans asks for it."""
        if time.monotonic() >= self._looks_at_s + LATE_S:
            with self._changed:
                self._look()

    def _look_by(self, seconds: float) -> None:
        until_s = time.monotonic() + seconds
        if until_s < self._looks_at_s:  # most are not due before the next look, which sees them
            self._looks_at_s = until_s
            self._changed.notify()

    def _look(self) -> float:
        # A thread takes no more CPU than time passes, so none is past its ceiling before this wait ends.
        wait_s = max(min((each.look() for each in self._watched), default=float("inf")), SHORTEST_WAIT_S)
        self._looks_at_s = time.monotonic() + wait_s
        return wait_s

    def _run(self) -> None:
        with self._changed:
            while True:
                wait_s = self._look()
                self._changed.wait(None if wait_s == float("inf") else wait_s)


WATCH = Watch()
"""That of this process."""

look_too(WATCH.look_if_late)
