"""How much of one kind may be held at once, such as calls: in all, and by one caller."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from boxwright.server.metrics import Metrics
from boxwright.server.workers.overloaded import OverloadedError


class Limit:
    """Limits calls, or what they hold; ``what`` is it as metrics and errors name it, in the plural."""

    def __init__(self, what: str, most: int, most_per_caller: int, metrics: Metrics) -> None:
        self._what, self._most, self._most_per_caller, self._metrics = what, most, most_per_caller, metrics
        self._taken: Counter[str] = Counter()

    @contextmanager
    def taken(self, caller: str, amount: int = 1) -> Iterator[None]:
        """Hold one, or so many, for a time; as ``take``."""
        self._take(caller, amount)
        try:
            yield
        finally:
            self._give_back(caller, amount)

    def take(self, context: Any, caller: str, amount: int = 1) -> None:
        """Hold one, or so many, until a call is done; OverloadedError if too few are left in all, or for one caller.

        Whoever holds none is not refused for asking for too many.
        """
        self._take(caller, amount)
        context.add_done_callback(lambda _: self._give_back(caller, amount))

    def _take(self, caller: str, amount: int) -> None:
        held, total = self._taken[caller], self._taken.total()
        if held and held + amount > self._most_per_caller:
            self._metrics.refused.labels(self._what, "per_caller").inc()
            raise OverloadedError(f"{self._most_per_caller} {self._what} of this caller are open, as many as may be")
        if total and total + amount > self._most:
            self._metrics.refused.labels(self._what, "all").inc()
            raise OverloadedError(f"{self._most} {self._what} are open, as many as may be")
        self._taken[caller] = held + amount

    def _give_back(self, caller: str, amount: int) -> None:
        self._taken[caller] -= amount
        if not self._taken[caller]:
            del self._taken[caller]

    @property
    def in_use(self) -> int:
        """How many are held."""
        return self._taken.total()
