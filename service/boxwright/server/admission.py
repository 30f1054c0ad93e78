"""Who is let in, who is next, and who is sent away: by what orders are estimated to take, never by their number.

Nothing here reads a clock or has a thread: whoever runs the orders says what time it is, and holds one lock.
"""

from __future__ import annotations

from typing import Generic, Protocol, TypeVar

from boxwright.server.fair_queue import LANE_ENDS_S, LANES, CallKind, FairQueue, Waits, lane_of
from boxwright.server.overloaded import ShedError

ALL, NONE = frozenset(LANES), frozenset[int]()
SMALL = frozenset((0, 1))
"""Lanes whose orders run in spare places when large ones have all others."""

SMALL_S = LANE_ENDS_S[max(SMALL)]
"""Time that small orders take, in seconds: one that takes longer is no small one, whatever was estimated."""

WAIT_SHARE = 0.5
"""Share of the time until its deadline that an order may be likely to wait: waiting times are estimates."""

LEAST_S, LEAST_SHARE = 0.1, 0.25
"""What has to be left before an order's deadline when its turn comes, in seconds and as a share of the time that its
caller waits; less where the order takes less. A larger one may have a plan by then for the deadline to cut."""

REMEMBERED = 20
"""Orders of a lane's greatest size after which what was learnt of how long they take counts half."""

LEAST_PACE, MOST_PACE = 0.05, 50.0
"""Time that an order takes, for each second that it is estimated to take: no less and no more is ever believed."""


class Admitted(Waits, Protocol):
    """An order that asks to be let in."""

    came_s: float
    """When it was let in; written here, as the next two."""

    wait_s: float
    """How long it was likely to wait then; what did not have to wait is begun, however short its deadline."""

    begun_s: float
    """When it was taken up."""

    @property
    def deadline_s(self) -> float:
        """When its caller waits no longer; infinity where that is not known."""


Item = TypeVar("Item", bound=Admitted)


class _Pace:
    """How long orders of a lane take to what they are estimated to take."""

    def __init__(self, lane: int) -> None:
        self._memory_s = REMEMBERED * LANE_ENDS_S[min(lane, len(LANE_ENDS_S) - 1)]
        self._taken_s = self._estimated_s = self._memory_s

    def learn(self, estimated_s: float, taken_s: float) -> None:
        taken_s = min(max(taken_s, estimated_s * LEAST_PACE), estimated_s * MOST_PACE)
        kept = 0.5 ** (estimated_s / self._memory_s)
        self._taken_s = self._taken_s * kept + taken_s
        self._estimated_s = self._estimated_s * kept + estimated_s

    @property
    def value(self) -> float:
        return min(max(self._taken_s / self._estimated_s, LEAST_PACE), MOST_PACE)


class Admission(Generic[Item]):
    """Lets orders in and hands them out.

    A single order is let in if it is likely to be taken up within a limit, and early enough for its deadline. How long
    it waits follows from what its caller has waiting in the same lane, from how many share the time, and from how long
    orders took of late to what they were estimated to take. So one caller's orders keep nobody else out. Batches and
    streams hand in a few orders at a time and are always let in.

    Parameters
    ----------
    places : int
        Orders that run at once.
    max_waiting_s : float
        Longest time that a single order may wait, in seconds.
    spare : int, optional
        Places more for small orders, for when large ones have all others. Default 1.
    """

    def __init__(self, places: int, max_waiting_s: float, *, spare: int = 1) -> None:
        self._places = places
        self._spare = spare
        self._max_waiting_s = max_waiting_s
        self._queue: FairQueue[Item] = FairQueue()
        self._running: dict[Item, None] = {}
        self._paces = [_Pace(lane) for lane in LANES]

    def admit(self, item: Item, now_s: float) -> None:
        """Let an order in.

        Raises
        ------
        ShedError
            If it is a single one that would wait too long, or in vain.
        """
        item.came_s = now_s
        if item.kind is CallKind.SINGLE:
            item.wait_s = wait_s = self.wait_s(item, now_s)
            if wait_s > self._max_waiting_s:
                raise ShedError(
                    f"the orders that are waiting take about {wait_s:.1f} s, and an order may wait for at most"
                    f" {self._max_waiting_s:g} s: try again later",
                    "waiting_time",
                    wait_s - self._max_waiting_s,
                )
            if wait_s > 0 and wait_s + self._least_s(item) > WAIT_SHARE * (item.deadline_s - now_s):
                raise _in_vain(wait_s)
        self._queue.push(item)

    def begin(self, item: Item, now_s: float) -> bool:
        """Let an order in and take it up at once, if nothing waits and there is a place for it; else do nothing."""
        if self._queue or lane_of(item.effort_s) not in self._open_lanes(now_s):
            return False
        self._queue.pass_by(item)
        item.came_s = item.begun_s = now_s
        self._running[item] = None
        return True

    def take(self, now_s: float) -> tuple[Item | None, list[tuple[Item, ShedError]]]:
        """Take up the next order, if there is a place for it: it runs until ``done``.

        Returns
        -------
        tuple of Item or None, list
            The order; and those that are sent away because they have waited too long, or in vain, each with what to
            tell its caller.
        """
        away: list[tuple[Item, ShedError]] = []
        while (lanes := self._open_lanes(now_s)) and (item := self._queue.pop(lanes)) is not None:
            error = self._too_late(item, now_s)
            if error is None:
                item.begun_s = now_s
                self._running[item] = None
                return item, away
            self._queue.settle(item, 0.0)
            away.append((item, error))
        return None, away

    def withdraw(self, item: Item) -> bool:
        """Take out an order that nobody waits for any more; return whether it still waited."""
        return self._queue.remove(item)

    def done(self, item: Item, now_s: float, *, ended: bool = False) -> None:
        """Free the place of an order; one that was ended early tells nothing of how long orders take."""
        del self._running[item]
        taken_s = now_s - item.begun_s
        self._queue.settle(item, taken_s)
        if not ended:
            self._paces[lane_of(item.effort_s)].learn(item.effort_s, taken_s)

    def shed(self, now_s: float) -> list[tuple[Item, ShedError]]:
        """Take out and return what has waited too long, or waits in vain, as ``take`` does; to be called at times."""
        late = [(item, error) for item in self._queue.items() if (error := self._too_late(item, now_s)) is not None]
        for item, _ in late:
            self._queue.remove(item)
        return late

    def wait_s(self, item: Item, now_s: float) -> float:
        """Return how long an order that is not let in yet is likely to wait, in seconds."""
        lane = lane_of(item.effort_s)
        if not self._queue:
            return self._until_free_s(lane, now_s)
        own_s = self._queue.before_s(item) * self._paces[lane].value
        all_s = sum(self._queue.effort_s(each) * self._paces[each].value for each in LANES)
        large = len(self._running) - self._small(now_s)
        places = max(self._places - large, self._spare) if lane in SMALL and self._spare else self._places
        return min(own_s, all_s) / places + self._until_free_s(lane, now_s)

    def waiting(self, lane: int) -> int:
        """How many orders of a lane wait."""
        return self._queue.count(lane)

    def waiting_effort_s(self, lane: int) -> float:
        """What the orders of a lane that wait are estimated to take, in seconds of CPU."""
        return self._queue.effort_s(lane)

    def oldest_s(self, now_s: float) -> float:
        """How long the oldest order that waits has waited, in seconds; 0 where none does."""
        return max((now_s - item.came_s for item in self._queue.items()), default=0.0)

    def can_take(self, now_s: float) -> bool:
        """Return whether ``take`` has something to take up; that may change as time passes."""
        return any(self._queue.count(lane) for lane in self._open_lanes(now_s))

    @property
    def running(self) -> tuple[Item, ...]:
        """Orders that are under way."""
        return tuple(self._running)

    def drain(self) -> list[Item]:
        """Take out all that waits."""
        waiting = list(self._queue.items())
        for item in waiting:
            self._queue.remove(item)
        return waiting

    def __len__(self) -> int:
        return len(self._queue)

    def _open_lanes(self, now_s: float) -> frozenset[int]:
        """Return the lanes whose orders may be taken up now: all, small ones only, or none."""
        if len(self._running) < self._places:
            return ALL
        # Spare places are for small orders while large ones have the others.
        full = len(self._running) >= self._places + self._spare
        return NONE if full or self._small(now_s) >= self._spare else SMALL

    def _small(self, now_s: float) -> int:
        """Return how many of the orders that run are small, as estimated and by what they have taken so far."""
        return sum(lane_of(each.effort_s) in SMALL and now_s - each.begun_s < SMALL_S for each in self._running)

    def _until_free_s(self, lane: int, now_s: float) -> float:
        """Return how long it takes until a running order is likely to end, if an order of a lane has to wait for it."""
        if lane in self._open_lanes(now_s):
            return 0.0
        return min(
            max(0.0, item.begun_s + item.effort_s * self._paces[lane_of(item.effort_s)].value - now_s)
            for item in self._running
        )

    def _too_late(self, item: Item, now_s: float) -> ShedError | None:
        """Return what to tell the caller of a single order that has waited too long, or waits in vain."""
        if item.kind is not CallKind.SINGLE:
            return None
        if item.wait_s > 0 and now_s + self._least_s(item) > item.deadline_s:
            return _in_vain(now_s - item.came_s)
        if now_s - item.came_s > self._max_waiting_s:
            text = f"the order has waited for {self._max_waiting_s:g} s, which is as long as any may: try again later"
            return ShedError(text, "age", self._max_waiting_s)
        return None

    def _least_s(self, item: Item) -> float:
        own_s, patience_s = item.effort_s * self._paces[lane_of(item.effort_s)].value, item.deadline_s - item.came_s
        return min(own_s, LEAST_SHARE * patience_s, LEAST_S)


def _in_vain(wait_s: float) -> ShedError:
    text = f"no plan can be made before the deadline: orders have to wait, this one some {wait_s:.1f} s"
    return ShedError(text, "deadline", wait_s)
