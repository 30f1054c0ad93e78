"""Who calls, and how long for."""

import math
import time
from typing import Any


def caller(context: Any) -> str:
    """Return who calls: the address without its port, which changes from connection to connection."""
    peer: str = context.peer()
    return peer.rpartition(":")[0]


def deadline_of(context: Any) -> float:
    """Return when the caller waits no longer, by the clock ``time.monotonic``; infinity where it has not said."""
    left_s: float | None = context.time_remaining()
    return math.inf if left_s is None else time.monotonic() + left_s
