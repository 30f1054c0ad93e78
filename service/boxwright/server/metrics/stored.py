"""How the store does: what is written and read, in what time, and what fails."""

from typing import Protocol

from prometheus_client import Counter, Gauge, Histogram

from boxwright.server.metrics.described import Described, Instruments
from boxwright.store import Sizes, StoreError

STORE_BUCKETS_S = (0.0005, 0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)


class StoreReader(Protocol):
    """Reads a store."""

    def sizes(self) -> Sizes:
        """Return how much is kept."""


class StoreState(Protocol):
    """A store, as far as metrics ask."""

    @property
    def read(self) -> StoreReader:
        """What is kept."""

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
        "Transactions of the store that failed or did not end within ``store_wait_s``, by reason of the error.",
        "reason",
    )
    store_up = Described(
        Gauge, "boxwright_store_up", "1 while the store takes what is written, 0 after it failed, or without a store."
    )
    store_plans = Described(Gauge, "boxwright_store_plans", "Plans in the store.")
    store_bytes = Described(
        Gauge, "boxwright_store_plan_bytes", "Bytes of the plans in the store, indexes and free pages left out."
    )

    def watch_store(self, store: StoreState) -> None:
        """Ask the store how it does whenever metrics are scraped; its sizes are read then."""

        def size(name: str) -> float:
            try:
                return float(getattr(store.read.sizes(), name))
            except StoreError:
                return float("nan")

        self.store_waiting.set_function(lambda: store.waiting)
        self.store_up.set_function(lambda: store.error is None)
        self.store_plans.set_function(lambda: size("plans"))
        self.store_bytes.set_function(lambda: size("plan_bytes"))
