"""All metrics of one server."""

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from boxwright.server.metrics.calls import CallMetrics
from boxwright.server.metrics.loaded import LoadedMetrics
from boxwright.server.metrics.operations import OperationMetrics
from boxwright.server.metrics.plans import PlanMetrics
from boxwright.server.metrics.shipped import ShippedMetrics
from boxwright.server.metrics.stored import StoreMetrics
from boxwright.server.metrics.work import WorkMetrics


class _First(Collector):
    """Is collected before all others, and shows nothing: whoever counts late catches up."""

    def __init__(self, calls: Iterable[Callable[[], None]]) -> None:
        self._calls = calls

    def describe(self) -> Iterable[Metric]:
        """Return nothing."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Let them catch up."""
        for call in self._calls:
            call()
        return ()


class Metrics(LoadedMetrics, CallMetrics, WorkMetrics, PlanMetrics, StoreMetrics, ShippedMetrics, OperationMetrics):
    """Instruments of one server, in a registry of their own.

    Attributes
    ----------
    before_scrape : list of callable
        Called before metrics are scraped, from any thread.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.before_scrape: list[Callable[[], None]] = []
        self.registry.register(_First(self.before_scrape))
        self._shown = {}
        self._currencies = set()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        self.make(self.registry)
