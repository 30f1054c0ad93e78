"""Metrics of a planning process: noted there, counted at the door, so that one scrape shows all."""

import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from prometheus_client import Counter

from boxwright.server.metrics import Metrics

Labels = tuple[str, ...]

Note = tuple[str, Labels, float]
"""Name of the metric in ``Metrics``, values of its labels, amount."""


class NotedMetrics(Metrics):
    """Metrics of which nothing is scraped: what is counted is noted instead, what is added up as one sum."""

    def __init__(self) -> None:
        self._sums: dict[tuple[str, Labels], float] = {}
        self._observed: list[Note] = []
        self._currencies = set()
        for name in self.described():
            setattr(self, name, _Noted(name, self._sums, self._observed))

    def take(self) -> list[Note]:
        """Return what was noted since the last time."""
        taken = [(name, labels, amount) for (name, labels), amount in self._sums.items()]
        taken += self._observed
        self._sums.clear()
        self._observed.clear()
        return taken


class _Noted:
    """One metric with or without labels."""

    def __init__(
        self, name: str, sums: dict[tuple[str, Labels], float], observed: list[Note], labels: Labels = ()
    ) -> None:
        self._key = name, labels
        self._sums, self._observed = sums, observed
        self._children: dict[Labels, _Noted] = {}

    def labels(self, *labels: str) -> "_Noted":
        child = self._children.get(labels)
        if child is None:  # bounded as labels are
            child = _Noted(self._key[0], self._sums, self._observed, tuple(map(str, labels)))
            self._children[labels] = child
        return child

    def inc(self, amount: float = 1.0) -> None:
        self._sums[self._key] = self._sums.get(self._key, 0.0) + amount

    def observe(self, amount: float) -> None:
        self._observed.append((*self._key, float(amount)))


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
        self._summed = {name for name, each in metrics.described().items() if each.kind is Counter}
        self._waiting: deque[list[Note]] = deque()
        self._lock = threading.Lock()  # a scrape waits for another thread that is in the middle of counting
        self._adders: dict[tuple[str, Labels], Callable[[float], None]] = {}
        metrics.before_scrape.append(self.count)

    def take(self, notes: list[Note]) -> None:
        """Take what a process has noted."""
        self._waiting.append(notes)

    def count(self) -> None:
        """Count all that was taken so far; may be called from any thread."""
        with self._lock:
            self._count()

    def _count(self) -> None:
        sums: dict[tuple[str, Labels], float] = {}
        while self._waiting:
            for name, labels, amount in self._waiting.popleft():
                key = name, labels
                if name in self._summed:
                    sums[key] = sums.get(key, 0.0) + amount
                else:
                    self._adder(name, labels)(amount)
        for (name, labels), amount in sums.items():
            self._adder(name, labels)(amount)

    def _adder(self, name: str, labels: Labels) -> Callable[[float], None]:
        add = self._adders.get((name, labels))
        if add is None:
            metric: Any = getattr(self._metrics, name)
            child = metric.labels(*labels) if labels else metric
            add = self._adders[name, labels] = child.inc if name in self._summed else child.observe
        return add
