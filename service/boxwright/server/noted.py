"""Metrics of a planning process: noted there, counted at the door, so that one scrape shows all."""

import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from prometheus_client import Counter

from boxwright.server.metrics import Metrics

Key = tuple[str, ...]
"""Name of a metric in ``Metrics``, then values of its labels."""

Noted = tuple[dict[Key, float], list[tuple[Key, float]]]
"""What was counted, as sums, and what was observed, one by one."""


class NotedMetrics(Metrics):
    """Metrics of which nothing is scraped: what is counted is noted instead, what is added up as one sum."""

    def __init__(self) -> None:
        self._sums: dict[Key, float] = {}
        self._observed: list[tuple[Key, float]] = []
        self._currencies = set()
        for name in self.described():
            setattr(self, name, _Noted((name,), self._sums, self._observed))

    def take(self) -> Noted:
        """Return what was noted since the last time."""
        taken = self._sums.copy(), self._observed.copy()
        self._sums.clear()
        self._observed.clear()
        return taken


class _Noted:
    """One metric with or without labels."""

    def __init__(self, key: Key, sums: dict[Key, float], observed: list[tuple[Key, float]]) -> None:
        self._key = key
        self._sums, self._observed = sums, observed
        self._children: dict[tuple[str, ...], _Noted] = {}

    def labels(self, *labels: str) -> "_Noted":
        child = self._children.get(labels)
        if child is None:  # bounded as labels are
            child = _Noted((*self._key, *map(str, labels)), self._sums, self._observed)
            self._children[labels] = child
        return child

    def inc(self, amount: float = 1.0) -> None:
        self._sums[self._key] = self._sums.get(self._key, 0.0) + amount

    def observe(self, amount: float) -> None:
        self._observed.append((self._key, float(amount)))


class Notes:
    """Counts what planning processes have noted: together, now and then and before each scrape.

    Counting each answer for itself takes several times as long, since a plan adds to many metrics.

    Parameters
    ----------
    metrics : Metrics
        Where it is counted.
    """

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._waiting: deque[Noted] = deque()
        self._lock = threading.Lock()  # a scrape waits for another thread that is in the middle of counting
        self._adders: dict[Key, Callable[[float], None]] = {}
        self._forgotten = metrics.forgotten
        metrics.before_scrape.append(self.count)

    def take(self, noted: Noted) -> None:
        """Take what a process has noted."""
        self._waiting.append(noted)

    def count(self) -> None:
        """Count all that was taken so far; may be called from any thread."""
        with self._lock:
            self._count()

    def _count(self) -> None:
        if self._forgotten != self._metrics.forgotten:
            self._forgotten = self._metrics.forgotten
            self._adders.clear()
        sums: dict[Key, float] = {}
        while self._waiting:
            counted, observed = self._waiting.popleft()
            for key, amount in counted.items():
                sums[key] = sums.get(key, 0.0) + amount
            for key, amount in observed:
                self._adder(key)(amount)
        for key, amount in sums.items():
            self._adder(key)(amount)

    def _adder(self, key: Key) -> Callable[[float], None]:
        add = self._adders.get(key)
        if add is None:
            name, *labels = key
            metric: Any = getattr(self._metrics, name)
            child = metric.labels(*labels) if labels else metric
            add = self._adders[key] = child.inc if isinstance(metric, Counter) else child.observe
        return add
