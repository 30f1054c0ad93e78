"""How many calls of one kind may be open at once: in all, and of one caller."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from boxwright.server.metrics import Metrics
from boxwright.server.workers import OverloadedError


class Seats:
    """Places for calls that stay open.

    Parameters
    ----------
    what : str
        The kind of call as the metrics and errors name it, in the plural.
    most, most_per_caller : int
        Most calls at once in all, and of one caller.
    metrics : Metrics
        Where refusals are counted.
    """

    def __init__(self, what: str, most: int, most_per_caller: int, metrics: Metrics) -> None:
        self._what = what
        self._most = most
        self._most_per_caller = most_per_caller
        self._metrics = metrics
        self._taken: Counter[str] = Counter()

    @contextmanager
    def taken(self, caller: str) -> Iterator[None]:
        """Hold one seat for the time of a call.

        Raises
        ------
        OverloadedError
            If all seats are taken, or all that one caller may have.
        """
        if self._taken[caller] >= self._most_per_caller:
            self._metrics.refused.labels(self._what, "per_caller").inc()
            raise OverloadedError(f"{self._most_per_caller} {self._what} of this caller are open, as many as may be")
        if self._taken.total() >= self._most:
            self._metrics.refused.labels(self._what, "all").inc()
            raise OverloadedError(f"{self._most} {self._what} are open, as many as may be")
        self._taken[caller] += 1
        try:
            yield
        finally:
            self._taken[caller] -= 1
            if not self._taken[caller]:
                del self._taken[caller]
