"""What requests say again and again: read once, and found by its bytes."""

from collections.abc import Callable
from typing import Any, TypeVar

from google.protobuf.message import Message

from boxwright.findings import Findings

Read = TypeVar("Read")

MOST_KEPT = 256
"""Parts of requests that are kept; past it all are forgotten, and read again as they come."""

MOST_BYTES = 4_096
"""Longest message that is kept what was read of."""


class Remembered:
    """What was read of messages without a finding. Used by many threads."""

    def __init__(self) -> None:
        self._kept: dict[tuple[object, ...], Any] = {}

    def read(
        self, message: Message, beside: tuple[object, ...], found: Findings, read: Callable[[], Read | None]
    ) -> Read | None:
        """Return what a message says, as it was read before; else read it.

        Parameters
        ----------
        message : Message
            Policy, lane and the like.
        beside : tuple
            All else that the reading depends on.
        found : Findings
            What has findings is not kept.
        read : callable
            Reads the message; its answer must be immutable.
        """
        data = message.SerializeToString(deterministic=True)
        key = (type(message), data, *beside)
        known: Read | None = self._kept.get(key)
        if known is not None:
            return known
        before = len(found)
        made = read()
        if made is not None and len(found) == before and len(data) <= MOST_BYTES:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[key] = made
        return made
