"""Reloads certificates and tokens when their files change."""

import asyncio
import contextlib
import logging
from typing import Any, Protocol

from boxwright.errors import BoxwrightError
from boxwright.server.logs import log
from boxwright.server.metrics import Metrics

LOOK_EVERY_S = 1.0
"""Seconds between two checks of the files, so that a revoked token is refused within a second or two."""


class Watched(Protocol):
    """A source in files; ``seen`` is the content in use."""

    seen: Any

    def read(self) -> Any:
        """Return the current content; raises BoxwrightError."""

    def take(self, content: Any) -> None:
        """Use what ``read`` returned; on InvalidInputError nothing changes."""


class Watch:
    """Checks files at intervals, and goes on after any fault. ``what`` names their content in metrics and log."""

    def __init__(self, what: str, watched: Watched, metrics: Metrics) -> None:
        self._what, self._watched = what, watched
        self._failing = metrics.access_failing.labels(what)
        self._failing.set(0)
        self._tried: object = watched.seen

    async def run(self) -> None:
        """Check until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            with contextlib.suppress(RuntimeError):  # no thread can be started now
                await asyncio.to_thread(self.look)

    def look(self) -> None:
        """Reload if the content has changed since it was last tried."""
        fault: Exception | None = None
        try:
            found = self._watched.read()
        except Exception as error:  # catches any error, since otherwise the watch would end unnoticed
            fault, found = error, repr(error)
        if found == self._tried:
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
