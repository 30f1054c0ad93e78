"""Processes that plan with one shelf: the one that loads, and its copies, each in a place."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import pickle
import socket
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from boxwright.server.logs import log
from boxwright.server.processes.place import Place, flag_at
from boxwright.server.processes.template import FLAG_BYTES
from boxwright.server.processes.template_link import NoPlanningError, TemplateLink, anonymous_file, shared_flags

if TYPE_CHECKING:
    from collections.abc import Callable

    from boxwright.server.shelf import Shelf

AGAIN_S = 1.0
"""After how long a process is begun anew that ended without an order, or could not be begun, in seconds."""

END_S = 10.0
"""How long a process that loads may take to end before it is killed, in seconds."""


class Team:
    """A process in each place, begun anew when it ends, until the team is to leave.

    Processes are handed what the shelf holds, not the names of its files: these may have changed since.

    Parameters
    ----------
    shelf : Shelf
        What they plan with.
    places : int
        How many there are.
    heard : callable
        Called with the place, the head and the body of each message about its job.
    lost : callable
        Called with a place whose process is gone; is to take its job.
    ended : callable
        Called with process id and exit code when a process has ended otherwise than asked to.
    ready : callable
        Called when a process can take a job.
    reloaded : callable
        Called when the process that loads has ended otherwise than asked to.
    """

    def __init__(
        self,
        shelf: Shelf,
        places: int,
        *,
        heard: Callable[[Place, Any, bytes], None],
        lost: Callable[[Place], None],
        ended: Callable[[int, int], None],
        ready: Callable[[], None],
        reloaded: Callable[[], None],
    ) -> None:
        self._shelf = shelf
        self._heard, self._lost, self._ended, self._ready, self._reloaded = heard, lost, ended, ready, reloaded
        self._flags_file, flags = shared_flags(places, FLAG_BYTES)
        self._shelf_file = -1
        self.places = [
            Place(number, flag_at(flags, number, FLAG_BYTES), self._hear, self._lose) for number in range(places)
        ]
        self._template: TemplateLink | None = None
        self._ended_loading = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._leaving = False
        self.gone = False

    async def start(self) -> None:
        """Fill all places.

        Raises
        ------
        NoPlanningError
            If kernels cannot be loaded there.
        """
        shelf = self._shelf
        content = shelf.settings, shelf.materials, dict(shelf.catalogs), dict(shelf.sites), shelf.lacks
        self._shelf_file = anonymous_file(await asyncio.to_thread(pickle.dumps, content))
        await asyncio.gather(*(self._fill(each) for each in self.places))

    @property
    def loading(self) -> bool:
        """Whether the process that loads is at it, and the one before did not end at it."""
        return self._template is not None and not self._template.loaded.done() and not self._ended_loading

    def look(self, stall_s: float) -> None:
        """End the process that loads where it does not get on: copies wait for it."""
        if self._template is not None and self._template.still_s(time.monotonic()) > stall_s:
            self._template.end()

    def kill(self, place: Place) -> None:
        """End the process of a place at once."""
        if self._template is not None:
            self._template.kill(place.pid)

    def leave(self) -> None:
        """Take no more jobs, and end once those under way are answered."""
        self._leaving = True
        for task in self._tasks:
            task.cancel()
        for place in self.places:
            if place.job is None:
                place.close()
        self._end_if_done()

    def close(self) -> None:
        """End at once."""
        self._leaving = True
        for task in self._tasks:
            task.cancel()
        for place in self.places:
            place.close()
        self._end()

    def join(self, timeout_s: float) -> bool:
        """Wait for the processes to end once closed; return whether they have."""
        return self._template is None or self._template.join(timeout_s)

    async def _fill(self, place: Place) -> None:
        """Have a copy take a place."""
        template = self._template
        if template is None:
            files = self._flags_file, self._shelf_file
            template = self._template = TemplateLink(*files, self._saw_end, self._do_without)
        await asyncio.shield(template.loaded)
        pairs = socket.socketpair(), socket.socketpair()
        ours, theirs = zip(*pairs, strict=True)
        try:
            pid = await template.copy(place.number, *theirs)
        except BaseException:
            for each in ours:
                each.close()
            raise
        finally:
            for each in theirs:
                each.close()
        await place.fill(pid, *ours)
        self._ended_loading = False
        self._ready()

    async def _fill_again(self, place: Place, wait_s: float) -> None:
        """Begin a process anew, again and again until it is there."""
        while not self._leaving:
            await asyncio.sleep(wait_s)
            try:
                await self._fill(place)
            except NoPlanningError as error:
                log(logging.ERROR, "a planning process cannot be begun", {"place": place.number, "why": str(error)})
                wait_s = AGAIN_S
            else:
                return

    def _hear(self, place: Place, head: Any, body: bytes) -> None:
        self._heard(place, head, body)
        if self._leaving and place.job is None:
            place.close()
            self._end_if_done()

    def _lose(self, place: Place) -> None:
        """Have another process take the place of one that is gone."""
        young = place.job is None and time.monotonic() - place.since_s < AGAIN_S
        self._lost(place)
        if self._leaving:
            self._end_if_done()
            return
        task = asyncio.ensure_future(self._fill_again(place, AGAIN_S if young else 0.0))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _saw_end(self, pid: int, code: int) -> None:
        if not (self._leaving and code == 0):
            self._ended(pid, code)

    def _do_without(self) -> None:
        """Do without the process that loads; the next copy starts another, since copies end with it."""
        self._ended_loading = self.loading or self._ended_loading
        self._template = None
        for place in self.places:  # they are this process's to see off where it is the first of its system
            with contextlib.suppress(ChildProcessError):
                if place.pid:
                    os.waitpid(place.pid, os.WNOHANG)
        if not self._leaving:
            log(logging.ERROR, "the process that planning processes are copies of ended and is begun anew")
            self._reloaded()

    def _end_if_done(self) -> None:
        if all(place.job is None for place in self.places):
            self._end()

    def _end(self) -> None:
        """End the process that loads, and with it all copies."""
        if self.gone:
            return
        self.gone = True
        if self._template is not None:
            self._template.close()
            asyncio.get_running_loop().run_in_executor(None, partial(self._template.join, END_S))
        for each in (self._flags_file, self._shelf_file):
            if each >= 0:
                os.close(each)
