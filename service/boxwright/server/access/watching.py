"""Certificates and tokens are read anew: when their files or rows change, and when the operator asks."""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from typing import Protocol

from boxwright.errors import BoxwrightError
from boxwright.server.logs import log
from boxwright.server.metrics import Metrics

LOOK_EVERY_S = 1.0
"""How often files and rows are looked at, in seconds: a token that is revoked lets nobody in for long."""


class Watched(Protocol):
    """What is read from files, or from the store."""

    def stamp(self) -> object:
        """Return what they look like, which is something else once they have changed.

        Raises
        ------
        BoxwrightError
            If they cannot be looked at.
        """

    def reload(self) -> bool:
        """Read them, and take them over; return whether anything changed.

        Raises
        ------
        BoxwrightError
            If they are at fault: all stays as it was.
        """


class Watching:
    """Looks at files or rows now and then.

    Parameters
    ----------
    watched : mapping of str to Watched
        By what it is, such as ``certificates``.
    metrics : Metrics
        Where it is shown how it went.
    often : bool, optional
        Whether they are looked at without being asked to. Default True.
    """

    def __init__(self, watched: Sequence[tuple[str, Watched]], metrics: Metrics, *, often: bool = True) -> None:
        self._watched = tuple(watched)
        self._metrics = metrics
        self._often = often
        self._asked = asyncio.Event()
        self._taken = {what: _stamp(each) for what, each in self._watched}
        self._seen = dict(self._taken)
        self._unseen: dict[str, str] = {}
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
        try:
            stamp = each.stamp()
        except BoxwrightError as error:
            self._failed(what, str(error), again=self._unseen.get(what) == str(error))
            self._unseen[what] = str(error)
            return
        if self._unseen.pop(what, ""):
            asked = True  # what was said of it holds no more
        # Two files are not written at once: they are read when they have looked the same twice.
        settled, self._seen[what] = stamp == self._seen[what], stamp
        if not asked and (not settled or stamp == self._taken[what]):
            return
        self._taken[what] = stamp
        try:
            changed = each.reload()
        except BoxwrightError as error:
            self._failed(what, str(error))
            return
        self._metrics.access_failing.labels(what).set(0)
        log(logging.INFO, f"{what} reloaded", {"changed": changed})

    def _failed(self, what: str, fault: str, *, again: bool = False) -> None:
        self._metrics.access_failing.labels(what).set(1)
        if not again:
            log(logging.ERROR, f"{what} not reloaded: those loaded before stay", {"faults": fault.splitlines()})


def _stamp(each: Watched) -> object:
    """Return what something looks like; None where it cannot be looked at, so that it is read once it can."""
    try:
        return each.stamp()
    except BoxwrightError:
        return None
