"""All metrics of one server."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.core import Metric
from prometheus_client.registry import RestrictedRegistry

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
    forgotten : int
        How often rows may have been taken out: whoever holds one has to ask for it anew.
    """

    def __init__(self) -> None:
        self.before_scrape: list[Callable[[], None]] = []
        self.forgotten = 0
        self.registry = _Registry(self.before_scrape)
        self._shown = {}
        self._currencies = set()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        self.make(self.registry)

    def show_loaded(self, shelf: Loaded) -> None:
        """Say what is loaded by now, and take out the rows of box types that are in no catalog any more."""
        super().show_loaded(shelf)
        known = {name: {each.box_type_id for each in catalog.box_types} for name, catalog in shelf.catalogs.items()}
        counters: tuple[Any, ...] = self.boxes, self.shipped_boxes, self.shipped_planned_boxes
        for metric in counters:
            rows = {tuple(sample.labels.values()) for family in metric.collect() for sample in family.samples}
            for *others, catalog, box_type in rows:
                served = box_type in known.get(catalog, ()) or (catalog in known and box_type in NO_BOX_TYPE)
                if catalog != INLINE and not served:
                    metric.remove(*others, catalog, box_type)
            metric.labels.cache_clear()  # it holds what was removed
        self.forgotten += 1
