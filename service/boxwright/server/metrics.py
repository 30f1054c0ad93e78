"""What a dashboard sees. Every metric is described in ``docs/metrics.md``.

Labels are bounded: identifiers of the server's own catalogs and data, and ``inline`` for catalogs that are sent along.
"""

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any, Generic, Protocol, TypeVar

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)
from prometheus_client.metrics import MetricWrapperBase

from boxwright.catalog import Materials
from boxwright.domain.box import Catalog
from boxwright.domain.factor import CARRIED
from boxwright.domain.own_container import OWN_CONTAINER
from boxwright.domain.plan import Parcel, Plan, UnpackedUnit
from boxwright.planning import version
from boxwright.server.fair_queue import LANE_ENDS_S
from boxwright.store import Sizes, StoreError
from boxwright.units import MG_PER_G

INLINE = "inline"
"""Label of catalogs, and of their box types, that are sent along in a request."""

LATENCY_BUCKETS_S = (
    *(0.001, 0.002, 0.003, 0.004, 0.005, 0.0065, 0.008, 0.01, 0.0125, 0.015, 0.02, 0.025, 0.03, 0.04, 0.05, 0.065),
    *(0.08, 0.1, 0.125, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.65, 0.8, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0),
)
"""Upper ends in seconds, 20 to 33 % apart from 3 ms to 1 s: a percentile that is read off is that exact."""

SHARE_BUCKETS = tuple(step / 20 for step in range(1, 21))
"""Upper ends of shares: every 5 %."""

STORE_BUCKETS_S = (0.0005, 0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)

DEVIATION_BUCKETS = (-0.5, -0.2, -0.1, -0.05, -0.02, 0.0, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)

SIZE_BUCKETS_MM = (-50.0, -20.0, -10.0, -5.0, -2.0, 0.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)

Instrument = TypeVar("Instrument", bound=MetricWrapperBase)


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


class Loaded(Protocol):
    """Catalogs and data, as far as metrics show them."""

    @property
    def materials(self) -> Materials:
        """Data."""

    @property
    def catalogs(self) -> Mapping[str, Catalog]:
        """Catalogs by id."""


class Described(Generic[Instrument]):
    """One metric as scraped: name, text, labels, and of a histogram the upper ends; each server makes its own."""

    def __init__(
        self, kind: type[Instrument], name: str, text: str, labels: str = "", buckets: tuple[float, ...] = ()
    ) -> None:
        self._make: Callable[..., Instrument] = partial(kind, name, text, labels.split())
        self._options = {"buckets": buckets} if buckets else {}

    def made(self, registry: CollectorRegistry) -> Instrument:
        """Return the metric of one registry."""
        made = self._make(registry=registry, **self._options)
        # Each plan asks for many children.
        made.labels = cache(made.labels)  # type: ignore[method-assign] # bounded as labels are
        return made

    def __get__(self, server: object, owner: type) -> Instrument:
        """Say of what type the attribute of a server is, which stands before this one."""
        raise AttributeError("a metric belongs to one server")


class Metrics:
    """Instruments of one server, in a registry of their own."""

    build = Described(
        Gauge,
        "boxwright_build_info",
        "Always 1; the labels say what runs: software and data versions.",
        "version data_version",
    )
    loaded = Described(
        Gauge,
        "boxwright_loaded_info",
        "Always 1; one for the data and one for each catalog that plans are made with now: kind (data, catalog), id,"
        " version and content hash.",
        "kind id version content_hash",
    )
    reloads = Described(
        Counter,
        "boxwright_reload_attempts_total",
        "Times that catalogs and data were read anew, by outcome (changed, unchanged, failed). After a failure those"
        " loaded before go on.",
        "outcome",
    )
    reload_failing = Described(
        Gauge,
        "boxwright_reload_failing",
        "1 while the files read last are not served because they are at fault, else 0.",
    )
    reload_success = Described(
        Gauge,
        "boxwright_reload_last_success_timestamp_seconds",
        "When catalogs and data were last read without a fault, at the start or since, in seconds since 1970.",
    )
    denied = Described(
        Counter,
        "boxwright_denied_calls_total",
        "Calls that were not let in, by why (no_token, no_certificate, token_unknown, token_expired, token_revoked,"
        " scope, site); of a batch or stream each order for another site; on a stream whose token ends, once for its"
        " end.",
        "why",
    )
    access_failing = Described(
        Gauge,
        "boxwright_access_reload_failing",
        "1 while the files read last of certificates or tokens are not used because they are at fault, else 0, by what"
        " they are (certificates, tokens).",
        "what",
    )
    certificate_end = Described(
        Gauge,
        "boxwright_certificate_expiry_timestamp_seconds",
        "When the certificate that the doors show ends, in seconds since 1970; 0 without TLS.",
    )
    ready = Described(
        Gauge,
        "boxwright_ready",
        "1 while ``/healthz`` answers SERVING: once kernels are warm, while planning gets on, and until the server"
        " drains; else 0.",
    )
    alive = Described(
        Gauge,
        "boxwright_planning_alive",
        "1 while ``/livez`` answers 200, 0 once nothing plans and nothing is loaded for longer than ``stall_s``: only a"
        " new start helps then.",
    )
    calls = Described(
        Histogram,
        "boxwright_rpc_duration_seconds",
        "Time from a call's arrival to its answer, by method and gRPC status code. A StreamPack counts once, when"
        " it ends.",
        "method code",
        LATENCY_BUCKETS_S,
    )
    under_way = Described(Gauge, "boxwright_rpcs_under_way", "Calls that are being answered, by method.", "method")
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
    plans = Described(
        Counter,
        "boxwright_plans_total",
        "Plans made, by purpose and completeness (complete, partial, none).",
        "purpose status",
    )
    site_plans = Described(
        Counter,
        "boxwright_site_plans_total",
        "Plans made for requests that name a site, by site, purpose and completeness (complete, partial, none).",
        "site purpose status",
    )
    refusals = Described(
        Counter,
        "boxwright_refused_orders_total",
        'Orders that ended in an error, by purpose ("unread" where the message could not be read) and reason of the'
        " error, those refused for overload included. Those of a BatchPack that cannot be read are not among them.",
        "purpose reason",
    )
    planning = Described(
        Histogram,
        "boxwright_planning_duration_seconds",
        "Time that a worker spent on one order, from reading it to its answer, by purpose.",
        "purpose",
        LATENCY_BUCKETS_S,
    )
    parcels = Described(Counter, "boxwright_parcels_total", "Parcels in plans, by purpose.", "purpose")
    marked = Described(
        Counter,
        "boxwright_marked_parcels_total",
        "Parcels with a handling mark (heavy, team_lift), by purpose; one that two people lift has both.",
        "purpose mark",
    )
    warnings = Described(
        Counter,
        "boxwright_plan_warnings_total",
        "Plans with a warning, by purpose and code; a plan counts once a code.",
        "purpose code",
    )
    boxes = Described(
        Counter,
        "boxwright_boxes_used_total",
        'Boxes in plans, by purpose, catalog and box type; both are "inline" for a catalog sent along.',
        "purpose catalog box_type",
    )
    fill = Described(
        Histogram,
        "boxwright_parcel_fill_ratio",
        "Share of each parcel's inner volume that goods take, by purpose.",
        "purpose",
        SHARE_BUCKETS,
    )
    packaging = Described(
        Counter,
        "boxwright_packaging_grams_total",
        "Mass of packaging in plans, by purpose and component (box, cushioning, void_fill, tape).",
        "purpose component",
    )
    co2e = Described(
        Counter,
        "boxwright_co2e_grams_total",
        "Grams of CO2e in plans, by purpose, accounting profile, kind (packaging, or transport with its hubs),"
        ' allocation of transport ("none" for packaging) and sign (emitted, or credited by the profile\'s rule).'
        " Never sum over profiles or allocations: they are views of the same parcels.",
        "purpose profile kind allocation sign",
    )
    incomplete = Described(
        Counter,
        "boxwright_incomplete_footprints_total",
        "Plans whose footprint lacks a factor, by purpose and accounting profile: their grams are too low.",
        "purpose profile",
    )
    certificates = Described(
        Counter,
        "boxwright_certificates_total",
        "Plans by purpose, certificate status (proved, open) and scope.",
        "purpose status scope",
    )
    unpacked = Described(
        Counter,
        "boxwright_unpacked_units_total",
        "Units that stayed out, by purpose and reason, in partial plans and in orders refused for them.",
        "purpose reason",
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
    refused = Described(
        Counter,
        "boxwright_overload_refusals_total",
        "Refusals with RESOURCE_EXHAUSTED, by what there was too much of (orders, batches, streams, calls, lookups,"
        " watches, unsent bytes, waiting requests) and by which limit: of all callers or of one (all, per_caller); for"
        " orders that they would have waited too long or past their deadline, or had (waiting_time, deadline, age).",
        "what limit",
    )
    undecodable = Described(
        Counter,
        "boxwright_undecodable_messages_total",
        "Messages whose bytes are none of the contract, or hold more than a message may, by method.",
        "method",
    )
    unsent = Described(
        Gauge,
        "boxwright_unsent_answer_bytes",
        "Bytes of answers of 64 KiB and more that are ready and not sent yet, because their callers read slowly.",
    )
    streams = Described(Gauge, "boxwright_streams_open", "StreamPack calls that are open.")
    ended_streams = Described(
        Counter,
        "boxwright_ended_streams_total",
        "StreamPack calls that the server ended, by reason (idle, age, stop).",
        "why",
    )
    checks = Described(
        Counter, "boxwright_checked_plans_total", "Plans judged by CheckPlan, by verdict (valid, invalid).", "verdict"
    )

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
    shipped_orders = Described(
        Counter,
        "boxwright_shipped_orders_total",
        "Plans of which an outcome was recorded, by how they were packed (as_planned, overridden). One that is recorded"
        " again is not counted again, here and below.",
        "how",
    )
    shipped_boxes = Described(
        Counter,
        "boxwright_shipped_boxes_total",
        "Boxes of those outcomes, by catalog and box type.",
        "catalog box_type",
    )
    shipped_planned_boxes = Described(
        Counter,
        "boxwright_shipped_planned_boxes_total",
        "Boxes that the plans of those outcomes had, by catalog and box type.",
        "catalog box_type",
    )
    shipped_grams = Described(
        Counter,
        "boxwright_shipped_gross_grams_total",
        "Gross mass of the parcels that were weighed, as measured and as planned.",
        "basis",
    )
    shipped_mass_deviation = Described(
        Histogram,
        "boxwright_shipped_mass_deviation_ratio",
        "Measured less planned gross mass of a parcel, as a share of the planned one.",
        buckets=DEVIATION_BUCKETS,
    )
    shipped_size_deviation = Described(
        Histogram,
        "boxwright_shipped_size_deviation_mm",
        "Greatest difference of an outer edge of a parcel, measured less planned, in mm; edges are compared by length.",
        buckets=SIZE_BUCKETS_MM,
    )
    shipped_overrides = Described(
        Counter,
        "boxwright_shipped_overrides_total",
        "Parcels that were packed otherwise than planned, by reason (box_not_at_hand, did_not_fit, ...).",
        "reason",
    )

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._shown: dict[Any, set[tuple[str, ...]]] = {}
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        for name, each in vars(Metrics).items():
            if isinstance(each, Described):
                setattr(self, name, each.made(self.registry))

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

    def show_loaded(self, shelf: Loaded) -> None:
        """Say what is loaded by now, in place of what was."""
        data = shelf.materials
        now: dict[Any, set[tuple[str, ...]]] = {
            self.build: {(version(), data.version)},
            self.loaded: {
                ("data", "", data.version, data.content_hash),
                *(("catalog", each.catalog_id, each.version, each.content_hash) for each in shelf.catalogs.values()),
            },
        }
        for metric, rows in now.items():
            for row in rows:
                metric.labels(*row).set(1)
            for row in self._shown.get(metric, set()) - rows:
                metric.remove(*row)
            metric.labels.cache_clear()  # it holds what was removed
        self._shown = now

    def record_plan(self, plan: Plan, purpose: str, catalog: str, site: str = "") -> None:
        """Count a plan; ``catalog`` is the id of a loaded catalog, or ``inline``, ``site`` that of a site, if any."""
        self.plans.labels(purpose, plan.status.value).inc()
        if site:
            self.site_plans.labels(site, purpose, plan.status.value).inc()
        self.certificates.labels(purpose, plan.certificate.status.value, plan.certificate.scope.value).inc()
        self.parcels.labels(purpose).inc(len(plan.parcels))
        for parcel in plan.parcels:
            self._record_parcel(parcel, purpose, catalog)
        for code in {each.code for each in plan.warnings}:
            self.warnings.labels(purpose, code).inc()
        self.record_unpacked(plan.unpacked, purpose)
        self._record_footprints(plan, purpose)

    def _record_parcel(self, parcel: Parcel, purpose: str, catalog: str) -> None:
        box_type = INLINE if catalog == INLINE else parcel.box_type_id
        self.boxes.labels(purpose, catalog, OWN_CONTAINER if parcel.ships_in_own_container else box_type).inc()
        for mark in parcel.handling_marks:
            self.marked.labels(purpose, mark.value).inc()
        if parcel.inner_volume_um3:
            self.fill.labels(purpose).observe(1 - parcel.empty_space_ratio)
        for part in parcel.packaging:
            self.packaging.labels(purpose, part.component.value).inc(part.mass_mg / MG_PER_G)

    def record_unpacked(self, units: tuple[UnpackedUnit, ...], purpose: str) -> None:
        """Count units that stayed out."""
        for unit in units:
            self.unpacked.labels(purpose, unit.reason.value).inc()

    def _record_footprints(self, plan: Plan, purpose: str) -> None:
        """Count grams: packaging once a profile, since it does not depend on the allocation of transport."""
        counted: set[str] = set()
        for footprint in plan.footprints:
            profile = footprint.profile_id
            if profile not in counted and footprint.lacks:
                self.incomplete.labels(purpose, profile).inc()
            for line in footprint.lines:
                transport = line.component in CARRIED
                if not transport and profile in counted:
                    continue
                kind, allocation = ("transport", footprint.allocation.value) if transport else ("packaging", "none")
                sign = "emitted" if line.co2e_mg >= 0 else "credited"
                self.co2e.labels(purpose, profile, kind, allocation, sign).inc(abs(line.co2e_mg) / MG_PER_G)
            counted.add(profile)
