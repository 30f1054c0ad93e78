"""Certificates and tokens are read anew: when their files or rows change, and when the operator asks."""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from typing import Protocol

from boxwright.errors import BoxwrightError, InvalidInputError
from boxwright.server.logs import log
from boxwright.server.metrics import Metrics

LOOK_EVERY_S = 1.0
"""How often files and rows are looked at, in seconds: a token that is revoked lets nobody in for long."""


class Watched(Protocol):
    """What is read from files, or from the store.

    Attributes
    ----------
    faults : sequence of str
        What of it could not be taken over when it was last read, while the rest was; empty: nothing.
    """

    faults: Sequence[str]

    def stamp(self) -> object:
        """Return what they look like, which is something else once they have changed; or raise BoxwrightError."""

    def reload(self) -> bool:
        """Read them, and take them over; return whether anything changed.

        Raises
        ------
        InvalidInputError
            If they are at fault: all stays as it was.
        BoxwrightError
            If they cannot be read now: likewise.
        """


class Watch:
    """Looks at files or rows now and then, whatever befalls it; metrics and log call them ``what``."""

    def __init__(self, what: str, watched: Watched, metrics: Metrics) -> None:
        self._what = what
        self._watched = watched
        self._failing = metrics.access_failing.labels(what)
        self._failing.set(bool(watched.faults))
        self._asked = asyncio.Event()
        self._fault = ""
        self._taken: object = None
        if not watched.faults:  # what is at fault at the start is read once more: it may have changed meanwhile
            with contextlib.suppress(BoxwrightError):
                self._taken = watched.stamp()

    def ask(self) -> None:
        """Have them read anew, whether they changed or not."""
        self._asked.set()

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._asked.wait(), LOOK_EVERY_S)
            asked = self._asked.is_set()
            self._asked.clear()
            try:
                await asyncio.to_thread(self.look, asked)
            except RuntimeError as error:  # there is no thread for it
                self._failed(error)

    def look(self, asked: bool = False) -> None:
        """Read them if they have changed, could not be read at the last look, or it is ``asked``.

        Of two files that are written one after the other the first alone is at fault: the next look reads both.
        """
        try:
            stamp = self._watched.stamp()
            if not asked and not self._fault and stamp == self._taken:
                return
            self._taken = stamp
            changed = self._watched.reload()
        except Exception as error:  # whatever it is: nobody would see that the watch has ended
            self._failed(error)
        else:
            self._fault = ""
            self._failing.set(bool(self._watched.faults))
            log(logging.INFO, f"{self._what} reloaded", {"changed": changed})

    def _failed(self, error: Exception) -> None:
        """Show once why they were not read; the next look tries again, but for a fault, which waits for a change."""
        before, self._fault = self._fault, "" if isinstance(error, InvalidInputError) else repr(error)
        self._failing.set(1)
        if not before or before != self._fault:
            ours = not isinstance(error, BoxwrightError)
            fault = f"{type(error).__name__}: {error}" if ours else str(error)
            facts = {"faults": fault.splitlines()}
            log(logging.ERROR, f"{self._what} not reloaded: those loaded before stay", facts, exc_info=ours)
