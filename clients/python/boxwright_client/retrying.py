"""Retries of calls, the same over gRPC and HTTP."""

import random
import time

import grpc

from boxwright_client.errors import ServiceError, StoreError

FIRST_WAIT_S, LONGEST_WAIT_S = 0.1, 1.0
"""Waits in seconds if the server suggests none: they double from the first to the longest, minus up to half at
random."""


def check_attempts(attempts: int | None) -> None:
    """Raise ValueError unless ``attempts`` is None, or 1 or more."""
    if attempts is not None and attempts < 1:
        raise ValueError(f"attempts must be 1 or more, got {attempts}")


class Attempts:
    """The attempts of a call within its deadline.

    Parameters
    ----------
    most : int or None
        Most attempts; 1 never retries, None retries until the deadline.
    time_s : float
        Deadline in seconds from now.
    """

    def __init__(self, most: int | None, time_s: float) -> None:
        self._most = most
        self._made = 0
        self._next_s = FIRST_WAIT_S
        self._until_s = time.monotonic() + time_s

    def left_s(self) -> float:
        """Return the seconds left for an attempt, and count the attempt."""
        self._made += 1
        return max(self._until_s - time.monotonic(), 0.001)

    def wait_s(self, error: ServiceError) -> float | None:
        """Return the seconds to wait before the next attempt; None if the error is final.

        Calls are retried if the server is UNAVAILABLE or suggests a wait. A plan that could not be stored is not
        retried: the caller can repeat the call without storing it.
        """
        named = error.details.get("RetryInfo")
        unavailable = error.code is grpc.StatusCode.UNAVAILABLE and not isinstance(error, StoreError)
        if self._made == self._most or not (unavailable or named):
            return None
        if named:  # the server has added jitter
            wait_s: float = named.retry_delay.ToTimedelta().total_seconds()
        else:
            wait_s = self._next_s * random.uniform(0.5, 1)
            self._next_s = min(2 * self._next_s, LONGEST_WAIT_S)
        return wait_s if time.monotonic() + wait_s < self._until_s else None
