"""Processes that plan with one shelf, each in a place: copies of the process that loads."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import os
import socket
import time
from typing import TYPE_CHECKING, Any

from boxwright.server.logs import log
from boxwright.server.processes.place import Place
from boxwright.server.processes.template import FLAG_BYTES, flags_at
from boxwright.server.processes.template_link import NoPlanningError, shared_flags

if TYPE_CHECKING:
    from collections.abc import Callable

    from boxwright.server.processes.loader import Loader
    from boxwright.server.shelf import Shelf

AGAIN_S = 1.0
"""After how long a process is begun anew that ended without an order, or could not be begun, in seconds."""

_numbers = itertools.count()


class Team:
    """A process in each place, begun anew when it ends, until the team is to leave.

    Processes are handed what the shelf holds, not the names of its files: these may have changed since.

    Parameters
    ----------
    shelf : Shelf
        What they plan with.
    loader : Loader
        Has the process that loads.
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
    """

    def __init__(
        self,
        shelf: Shelf,
        loader: Loader,
        places: int,
        *,
        heard: Callable[[Place, Any, bytes], None],
        lost: Callable[[Place], None],
        ended: Callable[[int, int], None],
        ready: Callable[[], None],
    ) -> None:
        self._number = next(_numbers)
        self._shelf, self._loader = shelf, loader
        self._heard, self._lost, self._ended, self._ready = heard, lost, ended, ready
        self._flags_file, flags = shared_flags(places, FLAG_BYTES)
        self.places = [Place(number, flags_at(flags, number), self._hear, self._lose) for number in range(places)]
        self._let_go: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._leaving = False
        self.gone = False

    async def start(self) -> None:
        """Fill all places, unless the team is to leave meanwhile.

        Raises
        ------
        NoPlanningError
            If kernels or the shelf cannot be loaded there.
        """
        await asyncio.gather(*(self._fill(each) for each in self.places))

    def kill(self, place: Place) -> None:
        """End the process of a place at once."""
        if not place.kill():
            self._loader.kill(place.pid)

    def leave(self) -> None:
        """Take no more jobs, and end once those under way are answered."""
        self._leaving = True
        for task in self._tasks:
            task.cancel()
        for place in self.places:
            if place.job is None:
                self._let_go_of(place)
        self._end_if_done()

    def close(self) -> None:
        """End at once."""
        self._leaving = True
        for task in self._tasks:
            task.cancel()
        for place in self.places:
            self._let_go_of(place)
        self._end()

    def see_off(self) -> None:
        """See off processes that ended with the one that loads: the first process of a system inherits them."""
        for place in self.places:
            with contextlib.suppress(ChildProcessError):
                if place.pid:
                    os.waitpid(place.pid, os.WNOHANG)

    async def _fill(self, place: Place) -> None:
        """Have a copy take a place."""
        link = self._loader.link()
        await asyncio.shield(link.warm)
        if not self._leaving:
            await link.load(self._number, self._shelf, self._flags_file)
        if self._leaving:
            return
        pairs = socket.socketpair(), socket.socketpair()
        ours, theirs = zip(*pairs, strict=True)
        try:
            pid = await link.copy(self._number, place.number, self._saw_end, *theirs)
        except BaseException:
            for each in ours:
                each.close()
            raise
        finally:
            for each in theirs:
                each.close()
        try:
            await place.fill(pid, *ours)
        except OSError:
            for each in ours:
                each.close()  # which ends the copy
            raise
        self._loader.succeeded()
        if self._leaving:
            self._let_go_of(place)
        else:
            self._ready()

    async def _fill_again(self, place: Place, wait_s: float) -> None:
        """Begin a process anew, again and again until it is there."""
        while not self._leaving:
            await asyncio.sleep(wait_s)
            try:
                await self._fill(place)
            except (NoPlanningError, OSError) as error:  # OSError: no descriptor or process is left for it
                log(logging.ERROR, "a planning process cannot be begun", {"place": place.number, "why": str(error)})
                wait_s = AGAIN_S
            else:
                return

    def _hear(self, place: Place, head: Any, body: bytes) -> None:
        self._heard(place, head, body)
        if self._leaving and place.job is None:
            self._let_go_of(place)
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

    def _let_go_of(self, place: Place) -> None:
        """Have the process of a place end, which has nothing to do or is to end whatever it does."""
        if place.taken:
            self._let_go.add(place.pid)
            self.kill(place)
        place.close()

    def _saw_end(self, pid: int, code: int) -> None:
        if pid not in self._let_go:
            self._ended(pid, code)

    def _end_if_done(self) -> None:
        if all(place.job is None for place in self.places):
            self._end()

    def _end(self) -> None:
        """Have the shelf forgotten."""
        if not self.gone:
            self.gone = True
            self._loader.drop(self._number)
            os.close(self._flags_file)
