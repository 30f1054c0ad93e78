"""Too much to do: callers are asked to come again, each at another time."""

import random

from boxwright.errors import BoxwrightError

LEAST_RETRY_S, MOST_RETRY_S = 0.1, 30.0
"""Shortest and longest time after which a caller that is sent away is asked to try again, before the jitter."""

JITTER = 0.5
"""The time is up to this share shorter or longer by chance, so that those sent away together do not return together."""


class OverloadedError(BoxwrightError):
    """There is too much to do, or too many calls are open, to take this: the caller is to try again, in seconds."""

    def __init__(self, message: str, retry_after_s: float = 1.0) -> None:
        super().__init__(message)
        wait_s = min(max(retry_after_s, LEAST_RETRY_S), MOST_RETRY_S)
        self.retry_after_s = wait_s * random.uniform(1 - JITTER, 1 + JITTER)


class ShedError(OverloadedError):
    """An order that is sent away; ``limit`` names the limit for the metrics."""

    def __init__(self, message: str, limit: str, retry_after_s: float) -> None:
        super().__init__(message, retry_after_s)
        self.limit = limit
