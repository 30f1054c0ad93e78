"""What requests say again and again: read once, and found by its bytes."""

from collections.abc import Callable
from typing import Any, TypeVar

from google.protobuf.message import Message

from boxwright.findings import Findings

Read = TypeVar("Read")

MOST_BYTES = 1024 * 1024
"""Bytes of all messages that are kept what was read of; past it all are forgotten, and read again as they come. What is
read of a catalog takes some twenty times as much."""

BYTES_OF_ONE = 1_024
"""Counted for each message in addition to its own."""


class Remembered:
    """What was read of messages without a finding. Used by many threads."""

    def __init__(self) -> None:
        self._kept: dict[tuple[object, ...], Any] = {}
        self._bytes = 0

    def read(
        self, message: Message, beside: tuple[object, ...], found: Findings, read: Callable[[], Read | None]
    ) -> Read | None:
        """Return what a message says, as it was read before with the same things beside it; else read it.

        What has findings is not kept; what is read must be immutable.
        """
        data = message.SerializeToString(deterministic=True)
        key = (type(message), data, *beside)
        known: Read | None = self._kept.get(key)
        if known is not None:
            return known
        before, made, size = len(found), read(), len(data) + BYTES_OF_ONE
        if made is not None and len(found) == before and size <= MOST_BYTES:
            if self._bytes + size > MOST_BYTES:
                self._kept.clear()
                self._bytes = 0
            self._bytes += size
            self._kept[key] = made
        return made
