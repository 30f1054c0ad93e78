"""Messages of nouns that many plans share, made once: whoever puts one into an answer copies it there."""

from collections.abc import Callable
from typing import Generic, TypeVar

Noun = TypeVar("Noun")
Made = TypeVar("Made")

MOST_KEPT = 4_096
"""Nouns whose messages are kept; past it all are forgotten, and made again as they come."""


class Shared(Generic[Noun, Made]):
    """Makes a message of each noun once. Used by many threads.

    A noun is known by what it is and not by its fields, whose hash would take longer than a small message. It is kept
    with its message, so that no other takes its identity.

    Parameters
    ----------
    make : callable
        Makes the message of a noun, which is immutable. Nobody may change the message.
    """

    def __init__(self, make: Callable[[Noun], Made]) -> None:
        self._make = make
        self._kept: dict[int, tuple[Noun, Made]] = {}

    def __call__(self, noun: Noun) -> Made:
        """Return the message of a noun, to be copied and not changed."""
        kept = self._kept.get(id(noun))
        if kept is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            kept = self._kept[id(noun)] = noun, self._make(noun)
        return kept[1]
