"""All metrics of one server."""

from collections.abc import Callable, Iterable, Sequence

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.core import Metric
from prometheus_client.registry import RestrictedRegistry

from boxwright.server.metrics.calls import CallMetrics
from boxwright.server.metrics.loaded import LoadedMetrics
from boxwright.server.metrics.operations import OperationMetrics
from boxwright.server.metrics.plans import PlanMetrics
from boxwright.server.metrics.shipped import ShippedMetrics
from boxwright.server.metrics.stored import StoreMetrics
from boxwright.server.metrics.work import WorkMetrics


class _Registry(CollectorRegistry):
    """Lets whoever counts late catch up before anything is collected, all of it or what has a name."""

    def __init__(self, before: Sequence[Callable[[], None]]) -> None:
        super().__init__()
        self._before = before

    def collect(self) -> Iterable[Metric]:
        """Return all metrics."""
        self._catch_up()
        return super().collect()

    def restricted_registry(self, names: Iterable[str]) -> RestrictedRegistry:
        """Return the metrics of these names; to be collected at once."""
        self._catch_up()
        return super().restricted_registry(names)

    def _catch_up(self) -> None:
        for call in self._before:
            call()


class Metrics(LoadedMetrics, CallMetrics, WorkMetrics, PlanMetrics, StoreMetrics, ShippedMetrics, OperationMetrics):
    """Instruments of one server, in a registry of their own.

    Attributes
    ----------
    before_scrape : list of callable
        Called before metrics are scraped, from any thread.
    """

    def __init__(self) -> None:
        self.before_scrape: list[Callable[[], None]] = []
        self.registry = _Registry(self.before_scrape)
        self._shown = {}
        self._currencies = set()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        self.make(self.registry)
