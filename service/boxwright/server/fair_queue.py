"""Who is next: orders of all sizes, callers, and the kinds of call of one caller share the time, each in its turn."""

from __future__ import annotations

import bisect
import enum
from collections import deque
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterator

LANE_ENDS_S = (0.02, 0.1, 0.5, 2.5)
"""Estimated CPU time at which each lane ends and the next begins, in seconds: within a lane no order takes more than
some five times as long as another one."""

LANES = tuple(range(len(LANE_ENDS_S) + 1))
"""The lanes, by number; the first is that of the smallest orders."""

MOST_LEFT = 256
"""Turns of those who have left that are remembered before such are forgotten as no longer matter."""


class CallKind(enum.StrEnum):
    """How an order came."""

    SINGLE = "single"
    BATCH = "batch"
    STREAM = "stream"


class Waits(Protocol):
    """What a queue holds."""

    @property
    def caller(self) -> str:
        """Who sent it."""

    @property
    def kind(self) -> CallKind:
        """How it came."""

    @property
    def effort_s(self) -> float:
        """Estimated CPU time, in seconds."""


Item = TypeVar("Item", bound=Waits)


def lane_of(effort_s: float) -> int:
    """Return the lane of an order by its estimated CPU time, in seconds."""
    return bisect.bisect_right(LANE_ENDS_S, effort_s)


class Turns:
    """Whose turn it is among those who share time: whoever has had the least of it, of equals who waits longest.

    This is start-time fair queueing (Goyal, Vin, Cheng, SIGCOMM 1996): a newcomer starts where the others are, so that
    nobody saves time up; one who has just left and comes again still has had what it has had.
    """

    def __init__(self) -> None:
        self._had_s: dict[Hashable, float] = {}
        self._left_s: dict[Hashable, float] = {}
        self._now_s = 0.0

    def join(self, who: Hashable) -> None:
        """Let someone take turns; nothing where it does already."""
        if who not in self._had_s:
            self._had_s[who] = max(self._left_s.pop(who, 0.0), self._now_s)

    def leave(self, who: Hashable) -> None:
        """Take someone out who has nothing more to do."""
        self._left_s[who] = self._had_s.pop(who)
        if len(self._left_s) > MOST_LEFT:
            self._left_s = {each: had_s for each, had_s in self._left_s.items() if had_s > self._now_s}

    def next(self, among: Collection[Hashable] | None = None) -> Hashable:
        """Return whose turn it is, if asked for among some only."""
        return min(self._had_s if among is None else [each for each in self._had_s if each in among], key=self._place)

    def _place(self, who: Hashable) -> float:
        return self._had_s[who]

    def take(self, who: Hashable, effort_s: float) -> None:
        """Let someone have a turn of a length, in seconds."""
        had_s = self._had_s.pop(who)
        self._now_s = max(self._now_s, had_s)
        self._had_s[who] = had_s + effort_s  # behind those who have had as much

    def correct(self, who: Hashable, more_s: float) -> None:
        """Let someone have had more time, or less, than was thought."""
        for each in (self._had_s, self._left_s):
            if who in each:
                each[who] += more_s


class _Branch(Generic[Item]):
    """Some who take turns, each with its own below: lanes with callers, callers with kinds, kinds with items."""

    def __init__(self) -> None:
        self.turns = Turns()
        self.below: dict[Hashable, _Branch[Item] | _Line[Item]] = {}


class _Line(Generic[Item]):
    """What a caller sent of one kind and lane, the oldest first."""

    def __init__(self) -> None:
        self.items: deque[Item] = deque()
        self.effort_s = 0.0


class FairQueue(Generic[Item]):
    """A queue in which nobody waits for all that another sent before, and nothing small for all that is large.

    Lanes by size share the time evenly, as long as they have orders: so small orders, which need little of it, pass
    large ones, and these get on whatever else comes. In each lane callers share it evenly, and of one caller the kinds
    of call do. What one caller sent of one kind and lane goes in the order in which it came. Time is what the orders
    are estimated to take.
    """

    def __init__(self) -> None:
        self._root: _Branch[Item] = _Branch()
        self._count = 0
        self._lane_efforts_s = [0.0 for _ in LANES]
        self._lane_counts = [0 for _ in LANES]

    def push(self, item: Item) -> None:
        """Add what a caller sent."""
        branch = self._root
        *upper, last = path = _path(item)
        for each in upper:
            branch.turns.join(each)
            below = branch.below.setdefault(each, _Branch())
            assert isinstance(below, _Branch)  # all paths are of one length
            branch = below
        branch.turns.join(last)
        line = branch.below.setdefault(last, _Line())
        assert isinstance(line, _Line)
        line.items.append(item)
        line.effort_s += item.effort_s
        self._count_in(path[0], 1, item.effort_s)

    def pass_by(self, item: Item) -> None:
        """Let an order through while nothing waits: that is its turn, as if it were pushed and popped."""
        lane, turns = lane_of(item.effort_s), self._root.turns
        turns.join(lane)
        turns.take(lane, item.effort_s)
        turns.leave(lane)

    def pop(self, lanes: Collection[int] = LANES) -> Item | None:
        """Take what is next in some lanes; None where nothing waits there."""
        if not self._count:
            return None
        waiting = [lane for lane in lanes if self._lane_counts[lane]]
        if not waiting:
            return None
        path: list[Hashable] = [self._root.turns.next(waiting)]
        below = self._root.below[path[0]]
        while isinstance(below, _Branch):
            path.append(below.turns.next())
            below = below.below[path[-1]]
        item = below.items[0]
        for turns, who in self._turns_of(item):
            turns.take(who, item.effort_s)
        self._take_out(item)
        return item

    def remove(self, item: Item) -> bool:
        """Take out what need not be done any more; return whether it still waited."""
        line = self._line(item)
        if line is None or item not in line.items:
            return False
        self._take_out(item)
        return True

    def settle(self, item: Item, taken_s: float) -> None:
        """Say what an order took, in seconds: who is estimated too low, or too high, has had that time all the same."""
        for turns, who in self._turns_of(item):
            turns.correct(who, taken_s - item.effort_s)

    def items(self) -> Iterator[Item]:
        """Return all that waits."""
        for branch in self._root.below.values():
            yield from _items(branch)

    def effort_s(self, lane: int) -> float:
        """Estimated CPU time of what waits in a lane, in seconds."""
        return self._lane_efforts_s[lane]

    def count(self, lane: int) -> int:
        """How many wait in a lane."""
        return self._lane_counts[lane]

    def before_s(self, item: Item) -> float:
        """Return after what time of work, in seconds, an order that is not here yet would have its turn."""
        line = self._line(item)
        if line is None:
            return 0.0
        sharers = 1
        branch: _Branch[Item] | _Line[Item] = self._root
        for each in _path(item):
            assert isinstance(branch, _Branch)
            sharers *= len(branch.below)
            branch = branch.below[each]
        return line.effort_s * sharers

    def __len__(self) -> int:
        return self._count

    def _line(self, item: Item) -> _Line[Item] | None:
        branch: _Branch[Item] | _Line[Item] | None = self._root
        for each in _path(item):
            if not isinstance(branch, _Branch):
                return None
            branch = branch.below.get(each)
        return branch if isinstance(branch, _Line) else None

    def _turns_of(self, item: Item) -> Iterator[tuple[Turns, Hashable]]:
        """Yield each level's turns that an order takes, as far down as there are any."""
        branch: _Branch[Item] | _Line[Item] | None = self._root
        for each in _path(item):
            if not isinstance(branch, _Branch):
                return
            yield branch.turns, each
            branch = branch.below.get(each)

    def _take_out(self, item: Item) -> None:
        """Take an item out of its line, and leave no empty line or branch behind."""
        path = _path(item)
        branches: list[_Branch[Item]] = [self._root]
        for each in path[:-1]:
            below = branches[-1].below[each]
            assert isinstance(below, _Branch)
            branches.append(below)
        line = branches[-1].below[path[-1]]
        assert isinstance(line, _Line)
        line.items.remove(item)
        line.effort_s = line.effort_s - item.effort_s if line.items else 0.0
        self._count_in(path[0], -1, -item.effort_s)
        empty = not line.items
        for branch, each in zip(reversed(branches), reversed(path), strict=True):
            if not empty:
                return
            del branch.below[each]
            branch.turns.leave(each)
            empty = not branch.below

    def _count_in(self, lane: int, count: int, effort_s: float) -> None:
        self._count += count
        self._lane_counts[lane] += count
        self._lane_efforts_s[lane] = self._lane_efforts_s[lane] + effort_s if self._lane_counts[lane] else 0.0


def _path(item: Waits) -> tuple[int, str, CallKind]:
    return lane_of(item.effort_s), item.caller, item.kind


def _items(branch: _Branch[Item] | _Line[Item]) -> Iterator[Item]:
    if isinstance(branch, _Line):
        yield from branch.items
        return
    for below in branch.below.values():
        yield from _items(below)
