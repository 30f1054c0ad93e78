"""Certificates and tokens are read anew: when their files or rows change, and when the operator asks."""

import asyncio
import contextlib
import logging
from typing import Any, Protocol

from boxwright.errors import BoxwrightError
from boxwright.server.logs import log
from boxwright.server.metrics import Metrics

LOOK_EVERY_S = 1.0
"""How often files and rows are looked at, in seconds: a token that is revoked lets nobody in for long."""


class Watched(Protocol):
    """What is kept in files, or in the store; ``seen`` is what was taken over last, None for nothing yet."""

    seen: Any

    def read(self) -> Any:
        """Return what they hold now; raises BoxwrightError."""

    def take(self, content: Any) -> None:
        """Take over what ``read`` returned; raises InvalidInputError, and all stays as it was."""


class Watch:
    """Looks at files or rows now and then, whatever befalls it; metrics and log call them ``what``."""

    def __init__(self, what: str, watched: Watched, metrics: Metrics) -> None:
        self._what, self._watched = what, watched
        self._failing = metrics.access_failing.labels(what)
        self._failing.set(watched.seen is None)
        self._asked = asyncio.Event()
        self._tried: object = watched.seen

    def ask(self) -> None:
        """Have them taken over anew, whether they changed or not."""
        self._asked.set()

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._asked.wait(), LOOK_EVERY_S)
            asked = self._asked.is_set()
            self._asked.clear()
            with contextlib.suppress(RuntimeError):  # there is no thread for it
                await asyncio.to_thread(self.look, asked)

    def look(self, asked: bool = False) -> None:
        """Take them over if they have changed or it is ``asked``; what is at fault waits for its next change."""
        fault: Exception | None = None
        try:
            found = self._watched.read()
        except Exception as error:  # whatever it is: nobody would see that the watch has ended
            fault, found = error, repr(error)
        if found == self._tried and not asked:
            return
        self._tried = found
        try:
            if fault is not None:
                raise fault
            self._watched.take(found)
        except Exception as error:
            ours = not isinstance(error, BoxwrightError)
            facts = {"faults": (repr(error) if ours else str(error)).splitlines()}
            log(logging.ERROR, f"{self._what} not reloaded: those loaded before stay", facts, exc_info=ours)
            self._failing.set(1)
        else:
            log(logging.INFO, f"{self._what} reloaded")
            self._failing.set(0)
