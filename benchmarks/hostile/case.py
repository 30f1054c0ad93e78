"""What a case comes to, and families of cases."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from benchmarks.hostile.target import Target

OURS = frozenset({"INTERNAL", "UNKNOWN", "DATA_LOSS", "500", "502", "timeout", "no clear error"})
"""First words that say that the service is at fault, whatever was sent."""


@dataclass(frozen=True)
class Came:
    """What came of a case.

    Attributes
    ----------
    label : str
        A code, and the reason where there is one: ``400 INVALID_FIELDS``, ``UNAUTHENTICATED TOKEN_NOT_VALID``, or how
        the connection ended.
    sent : str
        What was sent, in short: printed where the label is not one that may come.
    """

    label: str
    sent: str = ""


Run = Callable[[Target, random.Random, int], Iterator[Came]]
"""Sends so many cases to a server, drawn with a generator, and yields what comes of each."""


@dataclass(frozen=True)
class Family:
    """Cases of one kind.

    Attributes
    ----------
    name : str
        What is sent, as the table says it.
    door : str
        Where to.
    share : int
        How many of 100,000 cases are of this kind.
    run : callable
        Sends them.
    secured : bool
        Whether they go to the server with TLS and tokens; else to the one that anybody may call.
    may : tuple of str, optional
        Beginnings of the labels that may come. Default: all that say nothing of a fault of the service.
    """

    name: str
    door: str
    share: int
    run: Run
    secured: bool = False
    may: tuple[str, ...] = field(default=())

    def is_fault(self, label: str) -> bool:
        """Whether a label must not come."""
        if label.partition(" ")[0] in OURS or label in OURS:
            return True
        return bool(self.may) and not label.startswith(self.may)
