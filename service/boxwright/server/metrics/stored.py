"""How the store does: what is written and read, in what time, and what fails."""

from typing import Protocol

from prometheus_client import Counter, Gauge, Histogram

from boxwright.server.metrics.described import Described, Instruments
from boxwright.store import StoreError

STORE_BUCKETS_S = (0.0005, 0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)


STORE_REASONS = ("store_unreachable", "store_locked", "store_full", "store_corrupt", "store_unsuitable")
"""Why reading and writing may fail."""


class StoreState(Protocol):
    """A store, as far as metrics ask."""

    @property
    def waiting(self) -> int:
        """Records that are not written yet."""

    @property
    def error(self) -> StoreError | None:
        """What it failed with last; None where it works."""


class StoreMetrics(Instruments):
    """Store."""

    stored_plans = Described(Counter, "boxwright_stored_plans_total", "Plans that were stored.")
    removed_plans = Described(
        Counter,
        "boxwright_removed_plans_total",
        "Stored plans that this server deleted, by reason (age, size).",
        "why",
        known=("age", "size"),
    )
    store_commits = Described(
        Histogram,
        "boxwright_store_commit_seconds",
        "Time of a transaction of the store, which holds all that waited for it.",
        buckets=STORE_BUCKETS_S,
    )
    store_records = Described(
        Counter, "boxwright_store_records_total", "Records written: plans, answers for repeated calls and outcomes."
    )
    store_waiting = Described(Gauge, "boxwright_store_records_waiting", "Records that wait for their transaction.")
    store_errors = Described(
        Counter,
        "boxwright_store_errors_total",
        "Transactions of the store that failed or did not end within 2 s, by reason of the error.",
        "reason",
        known=STORE_REASONS,
    )
    store_up = Described(
        Gauge, "boxwright_store_up", "1 while the store takes what is written, 0 after it failed, or without a store."
    )
    store_configured = Described(Gauge, "boxwright_store_configured", "1 with a store, 0 without one.")
    store_plans = Described(Gauge, "boxwright_store_plans", "Plans in the store, looked up each minute.")
    store_bytes = Described(
        Gauge,
        "boxwright_store_plan_bytes",
        "Bytes of the plans in the store, with the catalogs and texts that they need; indexes and free pages left out;"
        " looked up each minute.",
    )
    store_reads = Described(
        Histogram,
        "boxwright_store_read_seconds",
        "Time that a call waited for something that it read from the store: a plan, a page of plans, a catalog, an"
        " answer that was given before; those that failed or were given up are among them.",
        buckets=STORE_BUCKETS_S,
    )
    store_read_errors = Described(
        Counter,
        "boxwright_store_read_errors_total",
        "What could not be read from the store, by reason of the error.",
        "reason",
        known=STORE_REASONS,
    )

    def watch_store(self, store: StoreState) -> None:
        """Ask the store how it does whenever metrics are scraped."""
        self.store_configured.set(1)
        self.store_waiting.set_function(lambda: store.waiting)
        self.store_up.set_function(lambda: store.error is None)
