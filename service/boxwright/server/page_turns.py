"""Turns of pages that are made one at a time: those who wait for one share the time, whoever asked for more."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from boxwright.server.fair_queue import Turns

PAGE_S = 0.2
"""What a page is thought to take until it is made, in seconds."""


class PageTurns:
    """Lets one page be made at a time; next is the page of whoever has had the least of the time.

    So the page of who comes goes before the second page of another, however many that one has asked for.
    """

    def __init__(self) -> None:
        self._turns = Turns()
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}
        self._taken = False

    @asynccontextmanager
    async def turn(self, caller: str) -> AsyncIterator[None]:
        """Wait for the turn of a caller, and have it for the block; who leaves before has none."""
        self._turns.join(caller)
        if self._taken:
            await self._wait(caller)
        else:
            self._taken = True
            self._begin(caller)
        begun_s = time.monotonic()
        try:
            yield
        finally:
            self._turns.correct(caller, time.monotonic() - begun_s - PAGE_S)
            self._next()

    async def _wait(self, caller: str) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(caller, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # it had just become the turn of who leaves
                self._next()
            elif turn in self._waiting.get(caller, ()):
                self._waiting[caller].remove(turn)
                self._leave(caller)
            raise

    def _next(self) -> None:
        """Give the turn to who is next; nobody has it where nobody waits."""
        while self._waiting:
            caller = str(self._turns.next())
            turn = self._waiting[caller].popleft()
            if turn.cancelled():
                self._leave(caller)
                continue
            self._begin(caller)
            turn.set_result(None)
            return
        self._taken = False

    def _begin(self, caller: str) -> None:
        self._turns.take(caller, PAGE_S)
        self._leave(caller)

    def _leave(self, caller: str) -> None:
        """Take out a caller who waits for no more."""
        if not self._waiting.get(caller):
            self._waiting.pop(caller, None)
            self._turns.leave(caller)
