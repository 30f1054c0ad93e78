"""Reloads certificates and tokens when their files or rows change, and when the operator asks."""

import asyncio
import contextlib
import logging
from typing import Any, Protocol

from boxwright.errors import BoxwrightError
from boxwright.server.logs import log
from boxwright.server.metrics import Metrics

LOOK_EVERY_S = 1.0
"""Seconds between two checks of files and rows, so that a revoked token is refused within a second."""


class Watched(Protocol):
    """A source in files or in the store. ``seen`` is the content in use; None before the first."""

    seen: Any

    def read(self) -> Any:
        """Return the current content; raises BoxwrightError."""

    def take(self, content: Any) -> None:
        """Use what ``read`` returned; on InvalidInputError nothing changes."""


class Watch:
    """Checks files or rows at intervals, and goes on after any fault. ``what`` names them in metrics and log."""

    def __init__(self, what: str, watched: Watched, metrics: Metrics) -> None:
        self._what, self._watched = what, watched
        self._failing = metrics.access_failing.labels(what)
        self._failing.set(watched.seen is None)
        self._forced = asyncio.Event()
        self._tried: object = watched.seen

    def ask(self) -> None:
        """Reload now, even if nothing changed."""
        self._forced.set()

    async def run(self) -> None:
        """Check until cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._forced.wait(), LOOK_EVERY_S)
            forced = self._forced.is_set()
            self._forced.clear()
            with contextlib.suppress(RuntimeError):  # no thread can be started now
                await asyncio.to_thread(self.look, forced)

    def look(self, forced: bool = False) -> None:
        """Reload if the content changed or a reload is ``forced``. A faulty content is tried again once it changes."""
        fault: Exception | None = None
        try:
            found = self._watched.read()
        except Exception as error:  # catches any error, since otherwise the watch would end unnoticed
            fault, found = error, repr(error)
        if found == self._tried and not forced:
            return
        self._tried = found
        try:
            if fault is not None:
                raise fault
            self._watched.take(found)
        except Exception as error:
            internal = not isinstance(error, BoxwrightError)
            facts = {"faults": (repr(error) if internal else str(error)).splitlines()}
            log(logging.ERROR, f"{self._what} not reloaded: the earlier ones stay in use", facts, exc_info=internal)
            self._failing.set(1)
        else:
            log(logging.INFO, f"{self._what} reloaded")
            self._failing.set(0)
