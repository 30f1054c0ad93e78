"""What waits for a planning process, and what becomes of the processes."""

from functools import partial
from typing import Protocol

from prometheus_client import Counter, Gauge, Histogram

from boxwright.server.metrics.described import LATENCY_BUCKETS_S, Described, Instruments

WAIT_BUCKETS_S = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


class Watched(Protocol):
    """Planning processes, as far as metrics ask."""

    at_once: int

    def waiting(self, *, large: bool) -> int:
        """Return how many large orders wait, or small ones."""

    @property
    def ready(self) -> int:
        """Processes that are there."""

    @property
    def busy(self) -> int:
        """Processes that are at work."""

    def oldest_s(self) -> float:
        """How long the oldest order that waits has waited, in seconds."""

    def resident_bytes(self) -> int:
        """Memory that the processes hold."""


class WorkMetrics(Instruments):
    """Queue and planning processes."""

    waiting = Described(
        Gauge, "boxwright_orders_waiting", "Orders that no worker has taken up yet, by size (small, large).", "size"
    )
    oldest = Described(
        Gauge, "boxwright_oldest_order_age_seconds", "How long the oldest order that waits has waited; 0 if none does."
    )
    order_wait = Described(
        Histogram,
        "boxwright_order_wait_seconds",
        "Time that an order waited until a worker took it up, by size (small, large). Those that were refused or given"
        " up meanwhile are not among them.",
        "size",
        WAIT_BUCKETS_S,
        known=("small", "large"),
    )
    planning = Described(
        Histogram,
        "boxwright_planning_duration_seconds",
        "Time that a worker spent on one order, from reading it to its answer, by purpose.",
        "purpose",
        LATENCY_BUCKETS_S,
    )
    workers = Described(Gauge, "boxwright_workers", "Workers, the processes that plan, that there are to be.")
    workers_ready = Described(Gauge, "boxwright_workers_ready", "Workers that are there, at work or not.")
    workers_busy = Described(Gauge, "boxwright_workers_busy", "Workers that have an order.")
    workers_memory = Described(
        Gauge, "boxwright_workers_memory_bytes", "Memory that the workers hold, what they share counted for each."
    )
    replaced = Described(
        Counter,
        "boxwright_workers_replaced_total",
        "Workers that were replaced, by why: they ended by themselves, took too much memory or CPU time, did not end or"
        " did not get on (crash, memory, cpu, stuck), or earlier orders had left too little memory (full).",
        "why",
        known=("crash", "memory", "cpu", "stuck", "full"),
    )
    abandoned = Described(
        Counter,
        "boxwright_abandoned_orders_total",
        "Orders whose caller left or whose deadline passed, while they waited or were under way (waiting, under_way).",
        "state",
        known=("waiting", "under_way"),
    )

    def watch_workers(self, workers: Watched) -> None:
        """Read what waits and what is at work whenever metrics are scraped."""
        for large, size in ((False, "small"), (True, "large")):
            self.waiting.labels(size).set_function(partial(workers.waiting, large=large))
        self.oldest.set_function(workers.oldest_s)
        self.workers.set(workers.at_once)
        self.workers_ready.set_function(lambda: workers.ready)
        self.workers_busy.set_function(lambda: workers.busy)
        self.workers_memory.set_function(workers.resident_bytes)
