"""Who is next: callers take turns, large orders leave a place for small ones, and nobody waits in vain.

Nothing is learned: an order is small or large by what it holds.
"""

from __future__ import annotations

import asyncio
import enum
import math
import time
from collections import OrderedDict
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from boxwright.server.overloaded import ShedError
from boxwright.v1 import policy_pb2

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Hashable, Iterator

    from boxwright.v1.packing_service_pb2 import CheckPlanRequest, PackRequest

MOST_WAITING, MOST_WAITING_PER_CALLER = 4_000, 2_000
"""Most that may wait at once in one queue."""

MOST_WAIT_S = 2.0
"""Longest time that a single order may wait, in seconds."""

LEAST_S, LEAST_SHARE = 0.1, 0.25
"""What has to be left before the deadline of an order that had to wait, in seconds and as a share of the time that its
caller waits: with less, there would be no plan by then."""

LARGE = 400
"""Units times lines from which on an order is large: planning it takes some 0.1 s."""

THOROUGH = 4
"""How many times as large an order counts in the mode ``thorough``."""

LARGE_BYTES = 64 * 1024
"""Length of a request from which on it is large, whatever it asks for."""


class CallKind(enum.StrEnum):
    """How an order came."""

    SINGLE = "single"
    BATCH = "batch"
    STREAM = "stream"


def is_large(request: PackRequest | CheckPlanRequest, alternatives: int = 0) -> bool:
    """Return whether an order is large, as it is asked for with some alternatives."""
    lines = request.order.lines
    units = sum(max(line.quantity, 1) for line in lines)
    modes = THOROUGH if request.policy.mode == policy_pb2.SOLVING_MODE_THOROUGH else 1
    return units * len(lines) * (1 + max(alternatives, 0)) * modes >= LARGE


Place = TypeVar("Place")


@dataclass(eq=False, slots=True)
class _Waiting(Generic[Place]):
    """One who waits for a place."""

    caller: Hashable
    large: bool
    came_s: float
    place: asyncio.Future[Place]


class _Lines(Generic[Place]):
    """Those of one size who wait, each caller's in a line of its own.

    A caller who has waited for nothing of late comes first, the others take turns: as flows do in RFC 8290, 4.2.
    """

    def __init__(self) -> None:
        self.count = 0
        self._new: OrderedDict[Hashable, OrderedDict[_Waiting[Place], None]] = OrderedDict()
        self._old: OrderedDict[Hashable, OrderedDict[_Waiting[Place], None]] = OrderedDict()

    def __iter__(self) -> Iterator[_Waiting[Place]]:
        return (one for lines in (self._new, self._old) for line in lines.values() for one in line)

    def line(self, caller: Hashable) -> OrderedDict[_Waiting[Place], None]:
        """Return the line of a caller, which has none of late where it is new."""
        found = self._old.get(caller)
        return self._new.setdefault(caller, OrderedDict()) if found is None else found

    def join(self, one: _Waiting[Place]) -> None:
        self.line(one.caller)[one] = None
        self.count += 1

    def leave(self, one: _Waiting[Place]) -> bool:
        """Let one wait no more; return whether it did."""
        line = self._old.get(one.caller) or self._new.get(one.caller)
        if not line or one not in line:
            return False
        del line[one]
        self.count -= 1
        return True

    def next(self) -> _Waiting[Place]:
        """Return who is next, of those who wait; the others of its caller have their turn after all others."""
        while True:
            lines = self._new or self._old
            caller, line = lines.popitem(last=False)
            if line:
                self._old[caller] = line  # until its next turn, though it be empty by then: it is no new one
                return next(iter(line))


class Admission(Generic[Place]):
    """Gives places to those who wait for one.

    Large orders and small ones take turns, and in each size callers do. Of two or more places large orders leave one.

    Parameters
    ----------
    size : int
        How many places there are when all are there; they come by ``give``.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._idle: list[Place] = []
        self._held: dict[Place, bool] = {}
        self._lines: dict[bool, _Lines[Place]] = {False: _Lines(), True: _Lines()}
        self._large_next = False

    def waiting(self, *, large: bool) -> int:
        """Return how many large orders wait, or small ones."""
        return self._lines[large].count

    def holds(self, place: Place) -> bool:
        """Return whether a place is held."""
        return place in self._held

    def oldest_s(self) -> float:
        """How long the one has waited who has for longest, in seconds; 0 where nobody does."""
        came_s = [one.came_s for lines in self._lines.values() for one in lines]
        return time.monotonic() - min(came_s) if came_s else 0.0

    async def take(
        self, caller: Hashable, *, large: bool = False, most_wait_s: float = math.inf, deadline_s: float = math.inf
    ) -> Place:
        """Wait for a place and return it; it is held until it is given back.

        Parameters
        ----------
        caller : hashable
            Who takes turns with others.
        large : bool, optional
            Whether the order is a large one. Default False.
        most_wait_s : float, optional
            Longest time to wait, in seconds. Default: for ever.
        deadline_s : float, optional
            When the caller waits no longer, by ``time.monotonic``. Default: never.

        Raises
        ------
        ShedError
            If too many wait, or this one has waited too long, or until its deadline is so near that no plan would be
            made in time. Who need not wait has a place, however near the deadline.
        """
        lines = self._lines[large]
        waiting = sum(each.count for each in self._lines.values())
        if waiting >= MOST_WAITING or len(lines.line(caller)) >= MOST_WAITING_PER_CALLER:
            raise ShedError("as many orders wait as may: try again later", "full", MOST_WAIT_S)
        loop, now_s = asyncio.get_running_loop(), time.monotonic()
        one = _Waiting(caller, large, now_s, loop.create_future())
        lines.join(one)
        self._hand_out()
        timer = None
        patience_s = deadline_s - now_s
        left_s = patience_s - min(LEAST_S, LEAST_SHARE * patience_s)
        if not one.place.done() and min(left_s, most_wait_s) < math.inf:
            limit = "deadline" if left_s < most_wait_s else "age"
            timer = loop.call_later(min(left_s, most_wait_s), self._refuse, one, limit)
        try:
            place: Place = await one.place
            return place
        except asyncio.CancelledError:
            if one.place.done() and not one.place.cancelled() and one.place.exception() is None:
                self.give(one.place.result())  # it was handed out to who leaves
            raise
        finally:
            lines.leave(one)
            if timer is not None:
                timer.cancel()

    @asynccontextmanager
    async def turn(self, caller: Hashable) -> AsyncIterator[Place]:
        """Hold a place for the block."""
        place = await self.take(caller)
        try:
            yield place
        finally:
            self.give(place)

    def give(self, place: Place) -> None:
        """Add a place, or give it back."""
        self._held.pop(place, None)
        self._idle.append(place)
        self._hand_out()

    def remove(self, place: Place) -> None:
        """Take out a place, whether it is held or not."""
        self._held.pop(place, None)
        if place in self._idle:
            self._idle.remove(place)

    def _hand_out(self) -> None:
        """Hand out places as long as there are any, and some who may have them."""
        while self._idle:
            sizes = [large for large in (self._large_next, not self._large_next) if self._lines[large].count]
            if self._size > 1 and sum(self._held.values()) >= self._size - 1:
                sizes = [large for large in sizes if not large]
            if not sizes:
                return
            lines = self._lines[sizes[0]]
            one = lines.next()
            lines.leave(one)
            self._large_next = not one.large
            place = self._idle.pop()
            self._held[place] = one.large
            one.place.set_result(place)

    def _refuse(self, one: _Waiting[Place], limit: str) -> None:
        if self._lines[one.large].leave(one):
            waited = f"the order has waited for {time.monotonic() - one.came_s:.1f} s"
            why = "and there is no time left to plan it" if limit == "deadline" else "which is as long as any may"
            one.place.set_exception(ShedError(f"{waited}, {why}: try again later", limit, MOST_WAIT_S))
