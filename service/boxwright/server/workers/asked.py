"""What a planning process is asked: a method, the bytes of its request, and what the server knows of the call."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from boxwright.stop import Stop
from boxwright.store import Entry

SETTLE = "settle "
"""Before the kind of an operation: asks what is to be stored of its request. The kind alone does it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One piece of work whose answer is bytes."""

    method: str
    """One of those of ``Methods``, such as ``Pack``, or the kind of an operation."""
    request: bytes
    answer_by_s: float | None = None
    """When the answer has to be there, on the monotonic clock of the machine, in seconds; None: whenever."""
    keep: bool = False
    """Whether the answer comes with what the store is to keep of a plan."""
    stop: Stop = field(default_factory=Stop)
    """Ends the work; where only its search is ended, the best plan so far is the answer."""
    better: Callable[[bytes], None] | None = None
    """Gets the bytes of each plan that ``Improve`` finds, and how far an operation is."""


class Answered(NamedTuple):
    """The bytes of an answer, and what the store is to keep of it."""

    data: bytes
    entry: Entry | None = None
