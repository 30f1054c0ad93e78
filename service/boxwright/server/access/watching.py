"""Files of certificates and tokens are read anew: when they change, and when the operator asks."""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from boxwright.errors import BoxwrightError
from boxwright.server.data_files import look_at
from boxwright.server.logs import log
from boxwright.server.metrics import Metrics

LOOK_EVERY_S = 1.0
"""How often files are looked at, in seconds: a token that is revoked lets nobody in for long."""


class Watched(Protocol):
    """What is read from files."""

    @property
    def names(self) -> tuple[str, ...]:
        """The files."""

    def reload(self) -> bool:
        """Read them, and take them over; return whether anything changed.

        Raises
        ------
        BoxwrightError
            If they are at fault: all stays as it was.
        """


class Watching:
    """Looks at files now and then.

    Parameters
    ----------
    watched : mapping of str to Watched
        By what it is, such as ``certificates``.
    metrics : Metrics
        Where it is shown how it went.
    often : bool, optional
        Whether files are looked at without being asked to. Default True.
    """

    def __init__(self, watched: Sequence[tuple[str, Watched]], metrics: Metrics, *, often: bool = True) -> None:
        self._watched = tuple(watched)
        self._metrics = metrics
        self._often = often
        self._asked = asyncio.Event()
        self._taken = {what: _stamp(each) for what, each in self._watched}
        self._seen = dict(self._taken)
        for what, _ in self._watched:
            metrics.access_failing.labels(what).set(0)

    def ask(self) -> None:
        """Have all read anew, whether it changed or not."""
        self._asked.set()

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._asked.wait(), LOOK_EVERY_S if self._often else None)
            asked = self._asked.is_set()
            self._asked.clear()
            for what, each in self._watched:
                await asyncio.to_thread(self._look, what, each, asked)

    def _look(self, what: str, each: Watched, asked: bool) -> None:
        stamp = _stamp(each)
        # Two files are not written at once: they are read when they have looked the same twice.
        settled, self._seen[what] = stamp == self._seen[what], stamp
        if not asked and (not settled or stamp == self._taken[what]):
            return
        self._taken[what] = stamp
        try:
            changed = each.reload()
        except BoxwrightError as error:
            self._metrics.access_failing.labels(what).set(1)
            log(logging.ERROR, f"{what} not reloaded: those loaded before stay", {"faults": str(error).splitlines()})
            return
        self._metrics.access_failing.labels(what).set(0)
        log(logging.INFO, f"{what} reloaded", {"changed": changed})


def _stamp(each: Watched) -> object:
    return tuple(look_at(Path(name)) for name in each.names)
