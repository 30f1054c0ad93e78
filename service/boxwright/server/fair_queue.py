"""Who is next: callers take turns, and the kinds of call of one caller do."""

from __future__ import annotations

import enum
from collections import Counter, OrderedDict, deque
from typing import Generic, TypeVar

Item = TypeVar("Item")


class CallKind(enum.StrEnum):
    """How an order came."""

    SINGLE = "single"
    BATCH = "batch"
    STREAM = "stream"


class FairQueue(Generic[Item]):
    """A queue in which nobody waits for all that another sent before.

    Callers take turns; of one caller the kinds take turns; what one caller sent of one kind goes in the order in which
    it came.
    """

    def __init__(self) -> None:
        self._lanes: OrderedDict[str, OrderedDict[CallKind, deque[Item]]] = OrderedDict()
        self._counts: Counter[CallKind] = Counter()

    def push(self, caller: str, kind: CallKind, item: Item) -> None:
        """Add what a caller sent."""
        lanes = self._lanes.setdefault(caller, OrderedDict())
        lanes.setdefault(kind, deque()).append(item)
        self._counts[kind] += 1

    def pop(self) -> Item:
        """Take what is next; raise IndexError where nothing waits."""
        if not self._lanes:
            raise IndexError("nothing waits")
        caller, lanes = next(iter(self._lanes.items()))
        kind, lane = next(iter(lanes.items()))
        item = lane.popleft()
        lanes.move_to_end(kind)
        self._lanes.move_to_end(caller)
        self._tidy(caller, kind)
        return item

    def remove(self, caller: str, kind: CallKind, item: Item) -> bool:
        """Take out what need not be done any more; return whether it still waited."""
        try:
            self._lanes[caller][kind].remove(item)
        except (KeyError, ValueError):
            return False
        self._tidy(caller, kind)
        return True

    def drop_newest(self, caller: str, kind: CallKind) -> Item:
        """Take out what a caller sent last of a kind."""
        item = self._lanes[caller][kind].pop()
        self._tidy(caller, kind)
        return item

    def _tidy(self, caller: str, kind: CallKind) -> None:
        self._counts[kind] -= 1
        lanes = self._lanes[caller]
        if not lanes[kind]:
            del lanes[kind]
        if not lanes:
            del self._lanes[caller]

    def count(self, kind: CallKind) -> int:
        """How many of a kind wait."""
        return self._counts[kind]

    def held(self, caller: str, kind: CallKind) -> int:
        """How many of a kind wait of one caller."""
        lanes = self._lanes.get(caller)
        return len(lanes[kind]) if lanes and kind in lanes else 0

    def heaviest(self, kind: CallKind) -> str:
        """Return the caller of whom most of a kind wait; at least one must wait."""
        return max((caller for caller in self._lanes if kind in self._lanes[caller]), key=lambda c: self.held(c, kind))

    def __len__(self) -> int:
        return self._counts.total()
