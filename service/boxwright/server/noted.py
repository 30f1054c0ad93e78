"""Metrics of a planning process: noted there, counted at the door, so that one scrape shows all."""

from typing import Any

from prometheus_client import Counter

from boxwright.server.metrics import Metrics

Note = tuple[str, tuple[str, ...], float]
"""Name of the metric in ``Metrics``, values of its labels, amount."""


class NotedMetrics(Metrics):
    """Metrics of which nothing is scraped: what is counted is noted instead."""

    def __init__(self) -> None:
        self._notes: list[Note] = []
        self._currencies = set()
        for name in self.described():
            setattr(self, name, _Noted(name, self._notes))

    def take(self) -> list[Note]:
        """Return what was noted since the last time."""
        taken = self._notes.copy()
        self._notes.clear()
        return taken


class _Noted:
    """One metric with or without labels."""

    def __init__(self, name: str, notes: list[Note], labels: tuple[str, ...] = ()) -> None:
        self._name, self._notes, self._labels = name, notes, labels

    def labels(self, *labels: str) -> "_Noted":
        return _Noted(self._name, self._notes, tuple(map(str, labels)))

    def inc(self, amount: float = 1.0) -> None:
        self._notes.append((self._name, self._labels, float(amount)))

    observe = inc


def count(notes: list[Note], metrics: Metrics) -> None:
    """Count what a planning process has noted."""
    for name, labels, amount in notes:
        metric: Any = getattr(metrics, name)
        child = metric.labels(*labels) if labels else metric
        if isinstance(metric, Counter):
            child.inc(amount)
        else:
            child.observe(amount)
