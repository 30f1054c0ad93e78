"""What waits and what is done about it: lanes, planning threads or processes, and work that was in vain."""

from functools import partial
from typing import Protocol

from prometheus_client import Counter, Gauge, Histogram

from boxwright.server.fair_queue import LANE_ENDS_S, CallKind
from boxwright.server.metrics.described import LATENCY_BUCKETS_S, Described, Instruments

LANE_NAMES = (*map(str, LANE_ENDS_S), "+Inf")
"""Labels of the lanes: the end of what their orders are estimated to take, in seconds of CPU."""

WAIT_BUCKETS_S = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


class Lanes(Protocol):
    """What waits and what runs, as far as metrics ask."""

    def waiting_in(self, lane: int) -> int:
        """Return how many orders wait in a lane."""

    def waiting_effort_s(self, lane: int) -> float:
        """Return what they are estimated to take, in seconds of CPU."""

    def running_in(self, lane: int) -> int:
        """Return how many orders of a lane run."""

    def running_effort_s(self, lane: int) -> float:
        """Return what they are estimated to take, in seconds of CPU."""

    def oldest_s(self) -> float:
        """Return how long the oldest order that waits has waited, in seconds."""

    def longest_s(self) -> float:
        """Return for how long the order has run that has for longest, in seconds."""


class WorkingThreads(Protocol):
    """Threads or processes that plan, as far as metrics ask."""

    @property
    def at_once(self) -> int:
        """How many orders they work on at once."""

    @property
    def ready(self) -> int:
        """How many there are."""

    @property
    def waiting(self) -> int:
        """Orders that wait."""

    @property
    def busy(self) -> int:
        """How many are at work."""

    @property
    def stuck(self) -> int:
        """How many do not get on."""


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
        " did not get on (crash, memory, cpu, stuck); full: replaced while idle, since earlier orders left too little"
        " memory; loading: the process ended that they are copies of.",
        "why",
        known=("crash", "memory", "cpu", "stuck", "full", "loading"),
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
        known=tuple(f"{kind} {state}" for kind in CallKind for state in ("waiting", "under_way")),
    )
    ceilings = Described(
        Counter,
        "boxwright_cpu_ceiling_total",
        "Orders whose search reached the CPU ceiling, by what they were answered with (plan, error).",
        "answer",
        known=("plan", "error"),
    )
    lane_running = Described(
        Gauge, "boxwright_lane_orders_running", "Orders that are worked on, by lane as of those that wait.", "lane"
    )
    lane_running_effort = Described(
        Gauge,
        "boxwright_lane_running_cpu_seconds",
        "What the orders that are worked on are estimated to take in all, in seconds of CPU, by lane.",
        "lane",
    )
    longest = Described(
        Gauge,
        "boxwright_longest_running_order_seconds",
        "How long the order has been worked on that has been for longest; 0 if none is.",
    )
    order_wait = Described(
        Histogram,
        "boxwright_order_wait_seconds",
        "Time that an order, or other work such as reading a long request, waited until a worker took it up, by lane."
        " Those that were refused or given up meanwhile are not among them.",
        "lane",
        WAIT_BUCKETS_S,
        known=LANE_NAMES,
    )
    threads = Described(
        Gauge,
        "boxwright_planning_threads",
        "Planning threads or processes that take orders of any size; one more takes small ones while these have large"
        " ones.",
    )
    threads_ready = Described(
        Gauge,
        "boxwright_planning_threads_ready",
        "Planning threads or processes that are there, at work or not, with the one for small orders.",
    )
    worker_memory_largest = Described(
        Gauge, "boxwright_planning_largest_memory_bytes", "Memory of the planning process that holds most."
    )
    worker_memory_limit = Described(
        Gauge,
        "boxwright_planning_memory_limit_bytes",
        "Memory at which a planning process is ended (``max_worker_bytes``); 0 with threads, which have no such limit.",
    )
    abandoned_work = Described(
        Counter,
        "boxwright_abandoned_work_seconds_total",
        "Time that workers spent on orders that nobody waited for any more by their end, by how they came.",
        "kind",
        known=tuple(CallKind),
    )

    def watch_lanes(self, lanes: Lanes) -> None:
        """Read what waits and runs in each lane whenever metrics are scraped."""
        for lane, end in enumerate(LANE_NAMES):
            self.lane_waiting.labels(end).set_function(partial(lanes.waiting_in, lane))
            self.lane_effort.labels(end).set_function(partial(lanes.waiting_effort_s, lane))
            self.lane_running.labels(end).set_function(partial(lanes.running_in, lane))
            self.lane_running_effort.labels(end).set_function(partial(lanes.running_effort_s, lane))
        self.oldest.set_function(lanes.oldest_s)
        self.longest.set_function(lanes.longest_s)

    def watch_threads(self, threads: WorkingThreads) -> None:
        """Read the queue's length and what the threads do whenever metrics are scraped."""
        self.waiting.set_function(lambda: threads.waiting)
        self.threads.set(threads.at_once)
        self.threads_ready.set_function(lambda: threads.ready)
        self.threads_busy.set_function(lambda: threads.busy)
        self.threads_stuck.set_function(lambda: threads.stuck)
