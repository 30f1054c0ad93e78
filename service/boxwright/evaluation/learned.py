"""What a process learned last: so much of it as is remembered, and what of that others have not heard."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Learned(Generic[Key, Value]):
    """Values by key, of which those used or noted last are remembered.

    Parameters
    ----------
    most : int
        How many are remembered.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: OrderedDict[Key, Value] = OrderedDict()
        self._new: dict[Key, Value] | None = None

    def __contains__(self, key: Key) -> bool:
        return key in self._known

    def get(self, key: Key) -> Value | None:
        """Return the value of a key, if it is remembered."""
        if key not in self._known:
            return None
        self._known.move_to_end(key)
        return self._known[key]

    def note(self, key: Key, value: Value) -> None:
        """Remember what was learned here, which is news elsewhere."""
        self.hear(key, value)
        if self._new is not None:
            self._new[key] = value

    def hear(self, key: Key, value: Value) -> None:
        """Remember what was learned elsewhere, and forget what was used the longest ago."""
        self._known[key] = value
        self._known.move_to_end(key)
        if len(self._known) > self._most:
            self._known.popitem(last=False)

    def news(self) -> dict[Key, Value]:
        """Return what was noted since this was asked last: the first time, all. Who never asks keeps no news."""
        new, self._new = dict(self._known) if self._new is None else self._new, {}
        return new
