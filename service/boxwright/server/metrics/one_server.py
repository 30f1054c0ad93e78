"""All metrics of one server."""

from typing import Any

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector

from boxwright.domain.own_container import OWN_CONTAINER
from boxwright.server.metrics.calls import CallMetrics
from boxwright.server.metrics.described import INLINE, OTHER_BOX
from boxwright.server.metrics.loaded import Loaded, LoadedMetrics
from boxwright.server.metrics.operations import OperationMetrics
from boxwright.server.metrics.plans import PlanMetrics
from boxwright.server.metrics.shipped import ShippedMetrics
from boxwright.server.metrics.stored import StoreMetrics
from boxwright.server.metrics.work import WorkMetrics

NO_BOX_TYPE = (OWN_CONTAINER, OTHER_BOX)
"""What parcels are counted under that are in no box of their catalog."""


class Metrics(LoadedMetrics, CallMetrics, WorkMetrics, PlanMetrics, StoreMetrics, ShippedMetrics, OperationMetrics):
    """Instruments of one server, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._shown = {}
        self._currencies = set()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        self.make(self.registry)

    def show_loaded(self, dataset: Loaded) -> None:
        """Say what is loaded by now, and take out the rows of box types that are in no catalog any more."""
        super().show_loaded(dataset)
        known = {name: {each.box_type_id for each in catalog.box_types} for name, catalog in dataset.catalogs.items()}
        counters: tuple[Any, ...] = self.boxes, self.shipped_boxes, self.shipped_planned_boxes
        for metric in counters:
            rows = {tuple(sample.labels.values()) for family in metric.collect() for sample in family.samples}
            for *others, catalog, box_type in rows:
                served = box_type in known.get(catalog, ()) or (catalog in known and box_type in NO_BOX_TYPE)
                if catalog != INLINE and not served:
                    metric.remove(*others, catalog, box_type)
            metric.labels.cache_clear()  # it holds what was removed
