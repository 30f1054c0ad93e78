"""All metrics of one server."""

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector

from boxwright.server.metrics.calls import CallMetrics
from boxwright.server.metrics.loaded import LoadedMetrics
from boxwright.server.metrics.operations import OperationMetrics
from boxwright.server.metrics.plans import PlanMetrics
from boxwright.server.metrics.shipped import ShippedMetrics
from boxwright.server.metrics.stored import StoreMetrics
from boxwright.server.metrics.work import WorkMetrics


class Metrics(LoadedMetrics, CallMetrics, WorkMetrics, PlanMetrics, StoreMetrics, ShippedMetrics, OperationMetrics):
    """Instruments of one server, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._shown = {}
        self._currencies = set()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        self.make(self.registry)
