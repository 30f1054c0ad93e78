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


MOST_LOOKS = 3
"""After so many looks files are read that look different each time: a fault of one half read is mended by the next."""


class Watched(Protocol):
    """What is read from files, or from the store.

    Attributes
    ----------
    is_seen_whole : bool
        Whether a look sees it as it is at one time, as a transaction does; files are written one after another.
    faults : sequence of str
        What of it could not be taken over when it was last read, while the rest was; empty: nothing.
    """

    is_seen_whole: bool
    faults: Sequence[str]

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
        InvalidInputError
            If they are at fault: all stays as it was.
        BoxwrightError
            If they cannot be read now: likewise.
        """


class Watching:
    """Looks at files or rows now and then, whatever befalls it.

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
        self._seen = {what: _stamp(each) for what, each in self._watched}
        # What is at fault at the start is read once more: it may have changed before it was looked at.
        self._taken = {what: None if each.faults else self._seen[what] for what, each in self._watched}
        self._restless = dict.fromkeys(self._seen, 0)
        self._unseen: dict[str, str] = {}
        for what, each in self._watched:
            metrics.access_failing.labels(what).set(bool(each.faults))

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
                try:
                    await asyncio.to_thread(self._look, what, each, asked)
                except Exception as error:  # there is no thread for it
                    self._failed(what, error)

    def _look(self, what: str, each: Watched, asked: bool) -> None:
        try:
            stamp = each.stamp()
            if not (asked or what in self._unseen or self._is_to_be_read(what, each, stamp)):
                return
            self._taken[what], self._restless[what] = stamp, 0
            changed = each.reload()
        except Exception as error:  # whatever it is: nobody would see that the watcher has ended
            self._failed(what, error)
        else:
            self._unseen.pop(what, None)
            self._metrics.access_failing.labels(what).set(bool(each.faults))
            log(logging.INFO, f"{what} reloaded", {"changed": changed})

    def _is_to_be_read(self, what: str, each: Watched, stamp: object) -> bool:
        """Return whether it has changed, and looks the same as before: two files are not written at once."""
        settled, self._seen[what] = stamp == self._seen[what], stamp
        if stamp == self._taken[what]:
            self._restless[what] = 0
            return False
        self._restless[what] += 1
        return settled or each.is_seen_whole or self._restless[what] >= MOST_LOOKS

    def _failed(self, what: str, error: Exception) -> None:
        """Show once why something was not read; the next look tries again; a fault waits for a change."""
        again = self._unseen.pop(what, None) == str(error)
        if not isinstance(error, InvalidInputError):
            self._unseen[what] = str(error)
        self._metrics.access_failing.labels(what).set(1)
        if not again:
            ours = not isinstance(error, BoxwrightError)
            fault = f"{type(error).__name__}: {error}" if ours else str(error)
            facts = {"faults": fault.splitlines()}
            log(logging.ERROR, f"{what} not reloaded: those loaded before stay", facts, exc_info=ours)


def _stamp(each: Watched) -> object:
    """Return what something looks like; None where it cannot be looked at, so that it is read once it can."""
    try:
        return each.stamp()
    except BoxwrightError:
        return None
