"""Whoever loads shelves and copies itself for them: one process after another, since it may end at any time."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from boxwright.server.logs import log
from boxwright.server.processes.spawned import Spawned
from boxwright.server.processes.template_link import TemplateLink

if TYPE_CHECKING:
    from collections.abc import Callable

    from boxwright.server.settings import Settings


class Loader:
    """Starts the process that loads, and another when it has ended.

    Parameters
    ----------
    settings : Settings
        How it logs.
    spawned : Spawned or None
        One that was started before.
    gone : callable
        Called when one has ended otherwise than asked to, and all its copies with it.
    """

    def __init__(self, settings: Settings, spawned: Spawned | None, gone: Callable[[], None]) -> None:
        self._settings = settings
        self._spawned = spawned
        self._gone = gone
        self._link: TemplateLink | None = None
        self._ended_loading = False

    @property
    def loading(self) -> bool:
        """Whether the process is at it, and the one before did not end at it."""
        return self._link is not None and self._link.loading and not self._ended_loading

    def link(self) -> TemplateLink:
        """Return the link to the process that loads; start one where there is none."""
        if self._link is None:
            spawned, self._spawned = self._spawned, None
            settings = self._settings
            self._link = TemplateLink(spawned or Spawned.start(settings.log_format, settings.log_level), self._lose)
        return self._link

    def succeeded(self) -> None:
        """Note that a copy is there."""
        self._ended_loading = False

    def look(self, stall_s: float) -> None:
        """End the process where it does not get on: copies wait for it."""
        if self._link is not None and self._link.still_s(time.monotonic()) > stall_s:
            self._link.end()

    def kill(self, pid: int) -> None:
        """End a copy at once."""
        if self._link is not None:
            self._link.kill(pid)

    def drop(self, number: int) -> None:
        """Have the process forget a shelf."""
        if self._link is not None:
            self._link.drop(number)

    def close(self) -> None:
        """End the process with all its copies."""
        for each in (self._link, self._spawned):
            if each is not None:
                each.close()

    def join(self, timeout_s: float) -> bool:
        """Wait for the process to end once closed; return whether it has."""
        return all(each.join(timeout_s) for each in (self._link, self._spawned) if each is not None)

    def _lose(self) -> None:
        """Do without the process; the next copy starts another."""
        self._ended_loading = self.loading or self._ended_loading
        facts = {} if self._link is None else {"pid": self._link.pid, "ended": self._link.ended}
        self._link = None
        log(logging.ERROR, "the process that planning processes are copies of ended and is begun anew", facts)
        self._gone()
