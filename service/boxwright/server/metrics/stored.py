"""How the store does: what is written and read, in what time, and what fails."""

import math
import threading
import time
from typing import Protocol

from prometheus_client import Counter, Gauge, Histogram

from boxwright.server.metrics.described import Described, Instruments
from boxwright.store import Sizes, StoreError

STORE_BUCKETS_S = (0.0005, 0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)


STORE_REASONS = ("store_unreachable", "store_locked", "store_full", "store_corrupt", "store_unsuitable")
"""Why reading and writing may fail."""

SIZES_WAIT_S = 0.25
"""How long a scrape waits for the sizes of the store, in seconds."""

SIZES_KEPT_S = 0.1
"""For how long they count as just read, in seconds: both of one scrape are of one reading."""


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


class LatestSizes:
    """Sizes of a store, read in a thread of its own: who asks waits for a moment, and else gets those read last.

    Parameters
    ----------
    store : StoreState
        Whose.
    wait_s : float, optional
        How long who asks waits, in seconds.
    """

    def __init__(self, store: StoreState, wait_s: float = SIZES_WAIT_S) -> None:
        self._store = store
        self._wait_s = wait_s
        self._lock = threading.Lock()
        self._reading: threading.Event | None = None
        self._read_at_s = -math.inf
        self._plans = self._plan_bytes = math.nan

    @property
    def plans(self) -> float:
        """Plans in the store; NaN where they could not be read the last time, or are being read for the first."""
        self._look()
        return self._plans

    @property
    def plan_bytes(self) -> float:
        """Bytes of the plans in the store, likewise."""
        self._look()
        return self._plan_bytes

    def _look(self) -> None:
        """Read the sizes, unless that is under way or was just done."""
        with self._lock:
            if self._reading is None and time.monotonic() - self._read_at_s < SIZES_KEPT_S:
                return
            if (reading := self._reading) is None:
                reading = self._reading = threading.Event()
                threading.Thread(target=self._read, args=(reading,), name="store-sizes", daemon=True).start()
                slow = False
            else:
                slow = True  # begun by an earlier look, which has waited already
        if not slow:
            reading.wait(self._wait_s)

    def _read(self, reading: threading.Event) -> None:
        try:
            sizes = self._store.read.sizes()
            self._plans, self._plan_bytes = float(sizes.plans), float(sizes.total_bytes)
        except StoreError:
            self._plans = self._plan_bytes = math.nan
        finally:
            with self._lock:
                self._read_at_s, self._reading = time.monotonic(), None
            reading.set()


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
        "Transactions of the store that failed or did not end within ``store_wait_s``, by reason of the error.",
        "reason",
        known=STORE_REASONS,
    )
    store_up = Described(
        Gauge, "boxwright_store_up", "1 while the store takes what is written, 0 after it failed, or without a store."
    )
    store_configured = Described(Gauge, "boxwright_store_configured", "1 with a store, 0 without one.")
    store_plans = Described(Gauge, "boxwright_store_plans", "Plans in the store.")
    store_bytes = Described(
        Gauge,
        "boxwright_store_plan_bytes",
        "Bytes of the plans in the store, with the catalogs and texts that they need; indexes and free pages left out.",
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
        """Ask the store how it does whenever metrics are scraped; its sizes are read then."""
        sizes = LatestSizes(store)
        self.store_configured.set(1)
        self.store_waiting.set_function(lambda: store.waiting)
        self.store_up.set_function(lambda: store.error is None)
        self.store_plans.set_function(lambda: sizes.plans)
        self.store_bytes.set_function(lambda: sizes.plan_bytes)
