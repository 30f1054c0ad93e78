"""Which calls are made again, and after what wait: the same over gRPC and over HTTP."""

import random
import time

import grpc

from boxwright_client.errors import ServiceError, StoreError

FIRST_WAIT_S, LONGEST_WAIT_S = 0.1, 1.0
"""Waits where the server names none: they double from the first to the longest, each cut by up to a half at random."""


def check_attempts(attempts: int | None) -> None:
    """Raise ValueError unless ``attempts`` is None, or 1 or more."""
    if attempts is not None and attempts < 1:
        raise ValueError(f"attempts must be 1 or more, got {attempts}")


class Attempts:
    """The attempts of one call, all within its deadline.

    Parameters
    ----------
    most : int or None
        Attempts in all; 1 never tries again, None tries for as long as the deadline has time.
    time_s : float
        The deadline of the call, in seconds from now on.
    """

    def __init__(self, most: int | None, time_s: float) -> None:
        self._most = most
        self._made = 0
        self._next_s = FIRST_WAIT_S
        self._until_s = time.monotonic() + time_s

    def left_s(self) -> float:
        """Return the time that is left for an attempt, in seconds, and count the attempt."""
        self._made += 1
        return max(self._until_s - time.monotonic(), 0.001)

    def wait_s(self, error: ServiceError) -> float | None:
        """Return how long to wait before the next attempt, in seconds; None where the error is the answer.

        A call is made again if the server was UNAVAILABLE, or says when to come back. A plan that a store did not take
        is not asked for again: a station takes it without being stored.
        """
        named = error.details.get("RetryInfo")
        unavailable = error.code is grpc.StatusCode.UNAVAILABLE and not isinstance(error, StoreError)
        if self._made == self._most or not (unavailable or named):
            return None
        if named:  # the server has spread it at random already
            wait_s: float = named.retry_delay.ToTimedelta().total_seconds()
        else:
            wait_s = self._next_s * random.uniform(0.5, 1)
            self._next_s = min(2 * self._next_s, LONGEST_WAIT_S)
        return wait_s if time.monotonic() + wait_s < self._until_s else None
