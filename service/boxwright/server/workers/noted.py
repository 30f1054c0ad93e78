"""Metrics of a planning process: noted there and counted by the server, so that one scrape shows all."""

from collections.abc import Iterable
from typing import Any

from boxwright.server.metrics import Metrics

Note = tuple[str, tuple[str, ...], str, float]
"""Name of a metric, values of its labels, ``inc`` or ``observe``, and by how much."""


class NotedMetrics(Metrics):
    """Metrics of which nothing is scraped: what is counted is noted."""

    def __init__(self) -> None:
        self._notes: list[Note] = []
        super().__init__()

    def _made(self, kind: Any, name: str, *_: object, **__: object) -> Any:
        return _Noted(name, (), self._notes)

    def take(self) -> list[Note]:
        """Return what was noted since the last time."""
        taken = self._notes.copy()
        self._notes.clear()
        return taken


class _Noted:
    """One metric, with values of its labels or none."""

    def __init__(self, name: str, labels: tuple[str, ...], notes: list[Note]) -> None:
        self._name, self._labels, self._notes = name, labels, notes

    def labels(self, *labels: str) -> "_Noted":
        return _Noted(self._name, tuple(map(str, labels)), self._notes)

    def inc(self, amount: float = 1.0) -> None:
        self._notes.append((self._name, self._labels, "inc", float(amount)))

    def observe(self, amount: float) -> None:
        self._notes.append((self._name, self._labels, "observe", float(amount)))


def count(metrics: Metrics, notes: Iterable[Note]) -> None:
    """Count what a planning process has noted."""
    for name, labels, what, amount in notes:
        metric = metrics.by_name[name]
        getattr(metric.labels(*labels) if labels else metric, what)(amount)
