"""What waits and what is done about it: lanes, planning threads or processes, and work that was in vain."""

from collections.abc import Callable
from functools import partial

from prometheus_client import Counter, Gauge, Histogram

from boxwright.server.fair_queue import LANE_ENDS_S
from boxwright.server.metrics.described import LATENCY_BUCKETS_S, Described, Instruments


class WorkMetrics(Instruments):
    """Queue and workers."""

    waiting = Described(Gauge, "boxwright_orders_waiting", "Orders that no planning worker has taken up yet.")
    lane_waiting = Described(
        Gauge,
        "boxwright_lane_orders_waiting",
        "Orders that wait, by lane: the end of what its orders are estimated to take, in seconds of CPU"
        " (0.02, 0.1, 0.5, 2.5, +Inf).",
        "lane",
    )
    lane_effort = Described(
        Gauge,
        "boxwright_lane_waiting_cpu_seconds",
        "What the orders that wait are estimated to take, in seconds of CPU, by lane.",
        "lane",
    )
    oldest = Described(
        Gauge, "boxwright_oldest_order_age_seconds", "How long the oldest order that waits has waited; 0 if none does."
    )
    planning = Described(
        Histogram,
        "boxwright_planning_duration_seconds",
        "Time that a worker spent on one order, from reading it to its answer, by purpose.",
        "purpose",
        LATENCY_BUCKETS_S,
    )
    threads_busy = Described(
        Gauge, "boxwright_planning_threads_busy", "Planning threads or processes that work on an order."
    )
    threads_stuck = Described(
        Gauge,
        "boxwright_planning_threads_stuck",
        "Planning threads or processes that go on although their order was given up, or use no processor time.",
    )
    restarts = Described(
        Counter,
        "boxwright_planning_restarts_total",
        "Planning processes that ended and were begun anew, by why: they crashed, took too much memory or CPU time, or"
        " did not get on (crash, memory, cpu, stuck); loading: the process ended that they are copies of.",
        "why",
    )
    worker_memory = Described(
        Gauge, "boxwright_planning_memory_bytes", "Memory that the planning processes hold, what they share included."
    )
    abandoned = Described(
        Counter,
        "boxwright_abandoned_orders_total",
        "Orders whose caller left or whose deadline passed, by how they came (single, batch, stream) and whether"
        " they still waited or were under way (waiting, under_way).",
        "kind state",
    )
    ceilings = Described(
        Counter,
        "boxwright_cpu_ceiling_total",
        "Orders whose search reached the CPU ceiling, by what they were answered with (plan, error).",
        "answer",
    )

    def watch_lanes(self, waiting: Callable[[int], int], effort_s: Callable[[int], float]) -> None:
        """Read what waits in each lane whenever metrics are scraped."""
        for lane, end in enumerate((*map(str, LANE_ENDS_S), "+Inf")):
            self.lane_waiting.labels(end).set_function(partial(waiting, lane))
            self.lane_effort.labels(end).set_function(partial(effort_s, lane))

    def watch_threads(self, waiting: Callable[[], int], busy: Callable[[], int], stuck: Callable[[], int]) -> None:
        """Read the queue's length and what the threads do whenever metrics are scraped."""
        self.waiting.set_function(waiting)
        self.threads_busy.set_function(busy)
        self.threads_stuck.set_function(stuck)
