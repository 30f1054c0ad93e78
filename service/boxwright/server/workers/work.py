"""Work for a worker: a method, a serialized request, and facts about the call."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from boxwright.stop import Stop
from boxwright.store import Entry

SETTLE = "settle "
"""Prefix of the method that makes the stored form of a request; the kind of its operation follows. The kind alone is
the method that runs the operation."""


@dataclass(frozen=True, slots=True)
class Work:
    """Work for a worker, which answers in bytes."""

    method: str
    """A method of ``Methods``, such as ``Pack``, or the kind of an operation."""
    request: bytes
    answer_by_s: float | None = None
    """Time at which the answer has to be ready, in seconds of the monotonic clock; None: no deadline."""
    keep: bool = False
    """True if the answer includes the entry to store."""
    stop: Stop = field(default_factory=Stop)
    """Stop that ends the work."""
    progress: Callable[[bytes], None] = lambda _: None
    """Receives the progress of an operation."""


class WorkResult(NamedTuple):
    """A serialized answer, and the entry to store."""

    data: bytes
    entry: Entry | None = None
