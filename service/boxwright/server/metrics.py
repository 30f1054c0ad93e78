"""Metrics for dashboards and alerts. The site has a page of the docstrings below.

Label values are bounded: identifiers from the server's own catalogs and data, ``inline`` for inline catalogs.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)
from prometheus_client.core import Metric
from prometheus_client.metrics import MetricWrapperBase

from boxwright.compliance import Verdict
from boxwright.contract.outcome import OVERRIDES, ReadOutcome
from boxwright.domain.factor import CARRIED
from boxwright.domain.own_container import OWN_CONTAINER
from boxwright.domain.plan import Plan, UnpackedUnit
from boxwright.domain.warning import WarningCode
from boxwright.server.settings import field_texts
from boxwright.server.workers.admission import CallKind
from boxwright.store import OperationRecord, OperationState
from boxwright.units import MG_PER_G
from boxwright.v1 import packing_service_pb2, parcel_pb2

if TYPE_CHECKING:
    from boxwright.server.answers.dataset import Dataset
    from boxwright.server.workers.pool import Workers

INLINE = "inline"
"""Label of inline catalogs and their box types."""

OTHER_BOX = "(other)"
"""Label of a box outside the plan's catalog."""

PLANNED = "planned"
"""Label of an order that has a plan, in place of an error's reason."""

LATENCY_BUCKETS_S = (
    *(0.001, 0.002, 0.003, 0.004, 0.005, 0.0065, 0.008, 0.01, 0.0125, 0.015, 0.02, 0.025, 0.03, 0.04, 0.05, 0.065),
    *(0.08, 0.1, 0.125, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.65, 0.8, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0),
)
"""Upper bounds in seconds. From 3 ms to 1 s they are 20 to 33 % apart, which limits the error of percentiles."""

WAIT_BUCKETS_S = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)

SHARE_BUCKETS = tuple(step / 20 for step in range(1, 21))
"""Upper bounds of shares, in steps of 5 %."""

FAULTS = ("internal", "engine_fault", "planning_lost", "memory_ceiling")
"""Reasons of errors that are the service's fault."""

STORE_REASONS = ("store_unreachable", "store_locked", "store_full", "store_corrupt", "store_unsuitable")
"""Reasons of failed reads and writes."""

Instrument = TypeVar("Instrument", bound=MetricWrapperBase)


class ComputedGauge(Gauge):
    """A gauge whose samples are computed at each scrape."""

    rows: Callable[[], Mapping[tuple[str, ...], float]] = dict
    """Returns the values by label values. Default: none."""

    def collect(self) -> Iterable[Metric]:
        """Return the current samples."""
        for family in self.describe():
            for values, value in self.rows().items():
                family.add_sample(family.name, dict(zip(self._labelnames, values, strict=True)), value)
            yield family


class _Declared(NamedTuple):
    kind: type[MetricWrapperBase]
    name: str
    labels: str
    known: Iterable[str]
    options: Mapping[str, Any]


def _declared(
    kind: type[Instrument], name: str, labels: str = "", known: Iterable[str] = (), **options: Any
) -> Instrument:
    """Declare an instrument of ``Metrics``; the docstring below it is its help text.

    ``known`` label values are exported from the start, since Prometheus does not see a first sample as an increase.
    """
    return cast("Instrument", _Declared(kind, name, labels, known, options))


class Metrics:
    """Instruments of one server in their own registry.

    Attributes
    ----------
    registry : CollectorRegistry
        Registry to scrape.
    by_name : dict of str to instrument
        All instruments, by name without ``boxwright_``.
    """

    # Versions and configuration.
    build = _declared(ComputedGauge, "build_info", "version data_version")
    """Always 1; labels: versions of the software and the data."""

    loaded = _declared(ComputedGauge, "loaded_info", "kind id version content_hash")
    """Always 1; one sample for the data and one per catalog in use, by kind (data, catalog), id, version and content
    hash."""

    ready = _declared(Gauge, "ready")
    """1 while ``/healthz`` answers SERVING: kernels are warm, planning makes progress, and the server is not draining;
    otherwise 0."""

    alive = _declared(Gauge, "planning_alive")
    """1 while ``/livez`` answers 200; 0 once no worker has been running for half a minute."""

    reloads = _declared(Counter, "reload_attempts_total", "outcome", known=("changed", "unchanged", "failed"))
    """Reloads of catalogs and data, by outcome (changed, unchanged, failed). After a failure the earlier ones stay in
    use."""

    reload_failing = _declared(Gauge, "reload_failing")
    """1 while the current files are not served because they are faulty, otherwise 0."""

    access_failing = _declared(Gauge, "access_reload_failing", "what")
    """1 while changed files of certificates or tokens are not loaded because they are faulty, otherwise 0, by kind
    (certificates, tokens)."""

    certificate_end = _declared(ComputedGauge, "certificate_expiry_timestamp_seconds", "setting")
    """Expiry in seconds since 1970, by setting: of the ports' certificate (tls_certificate), and of the valid authority
    of callers that expires first (client_ca)."""

    token_end = _declared(ComputedGauge, "token_expiry_timestamp_seconds", "principal")
    """Expiry of a caller's longest valid token in seconds since 1970, by caller. Callers with a token that never
    expires and callers without a valid token are left out."""

    # Calls and refusals.
    calls = _declared(Histogram, "rpc_duration_seconds", "method code", buckets=LATENCY_BUCKETS_S)
    """Time from a call's arrival to its answer, by method and gRPC status code. A StreamPack counts once, at its
    end."""

    under_way = _declared(Gauge, "rpcs_under_way", "method")
    """Calls in progress, by method."""

    call_errors = _declared(Counter, "rpc_errors_total", "method reason")
    """Calls that ended with an error of this service, by method and reason. Errors of single orders in a batch or
    stream, and calls that gRPC itself refuses, are not counted."""

    order_ends = _declared(
        Counter,
        "answered_orders_total",
        "kind reason",
        known=[f"{kind} {reason}" for kind in (CallKind.BATCH, CallKind.STREAM) for reason in (PLANNED, *FAULTS)],
    )
    """Answered orders of batches and streams, by kind (batch, stream) and reason of the error (planned: no error).
    Orders that were given up, and stream messages without an order, are not counted."""

    refused = _declared(Counter, "overload_refusals_total", "what limit")
    """Refusals with RESOURCE_EXHAUSTED, by resource (orders, batches, calls, unsent bytes) and limit. The limits
    of orders are a full queue, the longest wait and a near deadline (full, age, deadline); other limits hold for
    all callers or for one (all, per_caller)."""

    denied = _declared(
        Counter,
        "denied_calls_total",
        "why",
        known=("no_token", "no_certificate", "token_unknown", "token_expired", "token_revoked", "scope", "site"),
    )
    """Calls denied, by reason (no_token, no_certificate, token_unknown, token_expired, token_revoked, scope, site).
    Each order of a batch or stream for another site counts; a stream counts once when its token expires."""

    http_refusals = _declared(Counter, "http_refusals_total", "status")
    """HTTP requests refused before they became calls, by HTTP status: unknown method (404), body too long or unreadable
    (413, 400), wrong content type (415)."""

    loop_delay = _declared(Histogram, "loop_delay_seconds", buckets=WAIT_BUCKETS_S)
    """Delay of the event loop that answers all calls, measured twice a second: each call waits that long."""

    repeats = _declared(Counter, "repeated_calls_total", "method source")
    """Calls with a repeated ``request_id`` that were answered without planning, by method and source of the answer
    (memory, under_way, store)."""

    # Queue and workers.
    waiting = _declared(Gauge, "orders_waiting", "size")
    """Orders waiting for a worker, by size (small, large)."""

    oldest = _declared(Gauge, "oldest_order_age_seconds")
    """Age of the oldest waiting order; 0 if none waits."""

    order_wait = _declared(Histogram, "order_wait_seconds", "size", known=("small", "large"), buckets=WAIT_BUCKETS_S)
    """Time until a worker took an order, by size (small, large). Orders that were refused or given up are not
    counted."""

    planning = _declared(Histogram, "planning_duration_seconds", "purpose", buckets=LATENCY_BUCKETS_S)
    """Time that a worker spent on an order, from reading to answer, by purpose."""

    workers = _declared(Gauge, "workers")
    """Worker processes configured."""

    workers_busy = _declared(Gauge, "workers_busy")
    """Workers with an order."""

    workers_memory = _declared(Gauge, "workers_memory_bytes")
    """Resident memory of the workers; shared memory is counted once per worker."""

    replaced = _declared(Counter, "workers_replaced_total", "why", known=("crash", "memory", "cpu", "stuck", "full"))
    """Workers replaced, by reason: crashed, took too much memory or CPU time, did not respond (crash, memory, cpu,
    stuck), or had too little memory left after earlier orders (full)."""

    abandoned = _declared(Counter, "abandoned_orders_total", "state", known=("waiting", "under_way"))
    """Orders whose caller left or whose deadline passed, by state (waiting, under_way)."""

    oldest_operation = _declared(Gauge, "operation_oldest_waiting_seconds")
    """Age of the oldest waiting operation; 0 if none waits."""

    # Plans.
    plans = _declared(Counter, "plans_total", "purpose status")
    """Plans made, by purpose and completeness (complete, partial, none)."""

    site_plans = _declared(Counter, "site_plans_total", "site purpose status")
    """Plans made for requests with a site, by site, purpose and completeness (complete, partial, none)."""

    refusals = _declared(Counter, "refused_orders_total", "purpose reason")
    """Orders that ended in an error, by purpose (unread if the message could not be read) and reason, including
    overload. Orders of an unreadable BatchPack are not counted."""

    boxes = _declared(Counter, "boxes_used_total", "purpose catalog box_type")
    """Parcels in plans, by purpose, catalog and box type; both are "inline" for an inline catalog."""

    fill = _declared(Histogram, "parcel_fill_ratio", "purpose", buckets=SHARE_BUCKETS)
    """Share of each parcel's inner volume taken by goods, by purpose."""

    packaging = _declared(Counter, "packaging_grams_total", "purpose component")
    """Mass of packaging in plans, by purpose and component (box, inner_box, cushioning, void_fill, blocking, tape,
    label)."""

    co2e = _declared(Counter, "co2e_grams_total", "purpose profile kind allocation sign")
    """Grams of CO2e in plans, by purpose, accounting profile, kind (packaging, or transport with its hubs), allocation
    of transport ("none" for packaging) and sign (emitted, or credited by the profile's rule). Do not sum over profiles
    or allocations, which are views of the same parcels."""

    incomplete = _declared(Counter, "incomplete_footprints_total", "purpose profile")
    """Plans with the warning FOOTPRINT_INCOMPLETE, by purpose and accounting profile: the profile lacks a factor that
    the order needs, so the grams are too low. Missing legs, and parts that a shipped profile never covers, are not
    counted."""

    certificates = _declared(Counter, "certificates_total", "purpose status scope")
    """Plans, by purpose, certificate status (proved, open) and scope."""

    verdicts = _declared(Counter, "verdicts_total", "purpose rule outcome")
    """Verdicts on plans, by purpose, market rule, and outcome: the status, and figures beyond the limit."""

    unpacked = _declared(Counter, "unpacked_units_total", "purpose reason")
    """Units left unpacked, by purpose and reason, in partial plans and in refused orders."""

    # Outcomes.
    shipped_orders = _declared(Counter, "shipped_orders_total", "how", known=("as_planned", "overridden"))
    """Plans with a recorded outcome, by how they were packed (as_planned, overridden). Recording an outcome again does
    not count, here and below."""

    shipped_boxes = _declared(Counter, "shipped_boxes_total", "basis catalog box_type")
    """Boxes of recorded outcomes and of their plans, by basis (shipped, planned), catalog and box type; (other) is a
    box outside the catalog."""

    shipped_grams = _declared(Counter, "shipped_gross_grams_total", "basis", known=("measured", "planned"))
    """Gross mass of weighed parcels, by basis (measured, planned)."""

    shipped_overrides = _declared(Counter, "shipped_overrides_total", "reason", known=OVERRIDES)
    """Parcels not packed as planned, by reason (box_not_at_hand, did_not_fit, ...)."""

    # Store.
    store_up = _declared(ComputedGauge, "store_up")
    """1 while the store accepts writes, 0 after a failure; absent without a store."""

    store_commits = _declared(Histogram, "store_commit_seconds", buckets=WAIT_BUCKETS_S)
    """Time of a store transaction, which writes all waiting records."""

    store_reads = _declared(Histogram, "store_read_seconds", buckets=WAIT_BUCKETS_S)
    """Time that a call waited for the store to read a plan, a page of plans, a catalog or an earlier answer, including
    reads that failed or were given up."""

    store_errors = _declared(
        Counter,
        "store_errors_total",
        "what reason",
        known=[f"{what} {reason}" for what in ("read", "write") for reason in STORE_REASONS],
    )
    """Failed reads, and transactions that failed or took longer than 2 s, by operation (read, write) and reason."""

    store_bytes = _declared(Gauge, "store_plan_bytes")
    """Bytes of stored plans with their catalogs and text, without indexes and free pages; updated every minute."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.by_name: dict[str, Any] = {}
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)

        for attribute, text in field_texts(Metrics).items():
            setattr(self, attribute, self._made(vars(Metrics)[attribute], text))

    def _made(self, declared: "_Declared", text: str) -> Any:
        made: Callable[..., Any] = partial(declared.kind, f"boxwright_{declared.name}", text, declared.labels.split())
        instrument = made(registry=self.registry, **declared.options)
        # Cached, since every plan looks up many label values; their number is bounded.
        instrument.labels = cache(instrument.labels)
        for values in declared.known:
            instrument.labels(*values.split())
        self.by_name[declared.name] = instrument
        return instrument

    def watch_workers(self, workers: "Workers") -> None:
        """Read the state of queue and workers at each scrape."""
        for large, size in ((False, "small"), (True, "large")):
            self.waiting.labels(size).set_function(partial(workers.admission.waiting, large=large))
        self.oldest.set_function(workers.admission.oldest_s)
        self.workers.set(workers.at_once)
        self.workers_busy.set_function(lambda: workers.busy)
        self.workers_memory.set_function(workers.resident_bytes)

    def count_repeat(self, service: str, method: str, source: str) -> None:
        """Count a repeated call; ``source`` is where its answer came from."""
        self.repeats.labels(f"{service}/{method}", source).inc()

    def show_operations(self, unended: Sequence[OperationRecord]) -> None:
        """Set the age of the oldest waiting operation."""
        waiting = [record.create_us for record in unended if record.state is OperationState.WAITING]
        self.oldest_operation.set(max(0.0, time.time() - min(waiting) / 1e6) if waiting else 0.0)

    def show_loaded(self, dataset: "Dataset") -> None:
        """Replace the samples of loaded versions."""
        data = dataset.materials
        built: dict[tuple[str, ...], float] = {(version("boxwright"), data.version): 1.0}
        loaded: dict[tuple[str, ...], float] = {("data", "", data.version, data.content_hash): 1.0}
        for name, catalog in dataset.catalogs.items():
            loaded["catalog", name, catalog.version, catalog.content_hash] = 1.0
        self.build.rows, self.loaded.rows = (lambda: built), (lambda: loaded)

    def record_plan(
        self, plan: Plan, purpose: str, catalog: str, site: str = "", verdicts: Sequence[Verdict] = ()
    ) -> None:
        """Count a plan; ``catalog`` is the id of a loaded catalog or ``inline``, ``site`` the id of a site."""
        for verdict in verdicts:
            self.verdicts.labels(purpose, verdict.rule.rule_id, verdict.outcome).inc()
        self.plans.labels(purpose, plan.status.value).inc()
        if site:
            self.site_plans.labels(site, purpose, plan.status.value).inc()
        self.certificates.labels(purpose, plan.certificate.status.value, plan.certificate.scope.value).inc()
        for parcel in plan.parcels:
            box_type = INLINE if catalog == INLINE else parcel.box_type_id
            self.boxes.labels(purpose, catalog, OWN_CONTAINER if parcel.ships_in_own_container else box_type).inc()
            if parcel.inner_volume_um3:
                self.fill.labels(purpose).observe(1 - parcel.empty_space_ratio)
            for part in parcel.packaging:
                self.packaging.labels(purpose, part.component.value).inc(part.mass_mg / MG_PER_G)
        self.record_unpacked(plan.unpacked, purpose)
        # The field of the warning is the profile's index in the request.
        warned = {warning.field for warning in plan.warnings if warning.code is WarningCode.FOOTPRINT_INCOMPLETE}
        for index, profile in enumerate(dict.fromkeys(footprint.profile_id for footprint in plan.footprints)):
            if f"profiles[{index}]" in warned:
                self.incomplete.labels(purpose, profile).inc()
        counted: set[str] = set()  # packaging is counted once per profile, since it does not depend on the allocation
        for footprint in plan.footprints:
            profile = footprint.profile_id
            for line in footprint.lines:
                transport = line.component in CARRIED
                if not transport and profile in counted:
                    continue
                kind, allocation = ("transport", footprint.allocation.value) if transport else ("packaging", "none")
                sign = "emitted" if line.co2e_mg >= 0 else "credited"
                self.co2e.labels(purpose, profile, kind, allocation, sign).inc(abs(line.co2e_mg) / MG_PER_G)
            counted.add(profile)

    def record_unpacked(self, units: tuple[UnpackedUnit, ...], purpose: str) -> None:
        """Count unpacked units."""
        for unit in units:
            self.unpacked.labels(purpose, unit.reason.value).inc()


PURPOSES = {
    packing_service_pb2.PLAN_PURPOSE_UNSPECIFIED: "shipment",
    packing_service_pb2.PLAN_PURPOSE_SHIPMENT: "shipment",
    packing_service_pb2.PLAN_PURPOSE_WHAT_IF: "what_if",
    packing_service_pb2.PLAN_PURPOSE_REPLAY: "replay",
}
"""Metric label of each purpose."""


def purpose_of(message: packing_service_pb2.PackRequest) -> str:
    """Return the metric label of a request's purpose; unknown purposes are refused later and count as unspecified."""
    return PURPOSES.get(message.purpose, PURPOSES[packing_service_pb2.PLAN_PURPOSE_UNSPECIFIED])


def record_outcome(metrics: Metrics, outcome: ReadOutcome, catalog: str) -> None:
    """Count an outcome; ``catalog`` is the resource name of the plan's catalog, or any other text for an inline one."""
    prefix, _, catalog_id = catalog.partition("/")
    label = catalog_id if prefix == "catalogs" and catalog_id else INLINE
    metrics.shipped_orders.labels("overridden" if outcome.overridden else "as_planned").inc()
    for planned in outcome.planned:
        metrics.shipped_boxes.labels("planned", label, _box(label, planned.box_type_id, planned)).inc()
    for parcel in outcome.parcels:
        same = parcel.planned if parcel.planned and parcel.planned.box_type_id == parcel.box_type_id else None
        metrics.shipped_boxes.labels("shipped", label, _box(label, parcel.box_type_id, same)).inc()
        if parcel.overridden:
            metrics.shipped_overrides.labels(parcel.reason).inc()
        if parcel.planned is not None and parcel.measured_g is not None:
            metrics.shipped_grams.labels("measured").inc(parcel.measured_g)
            metrics.shipped_grams.labels("planned").inc(parcel.planned.gross_g)


def _box(catalog: str, box_type_id: str, planned: parcel_pb2.Parcel | None) -> str:
    if planned is not None and planned.ships_in_own_container:
        return OWN_CONTAINER
    return INLINE if catalog == INLINE else box_type_id or OTHER_BOX


Note = tuple[str, tuple[str, ...], str, float]
"""Metric name, label values, ``inc`` or ``observe``, and amount."""


class NotedMetrics(Metrics):
    """Metrics of a worker: changes are noted and sent to the server."""

    def __init__(self) -> None:
        self._notes: list[Note] = []
        super().__init__()

    def _made(self, declared: _Declared, text: str) -> Any:
        return _Noted(declared.name, (), self._notes)

    def take(self) -> list[Note]:
        """Return the changes since the last call."""
        taken = self._notes.copy()
        self._notes.clear()
        return taken


class _Noted:
    def __init__(self, name: str, labels: tuple[str, ...], notes: list[Note]) -> None:
        self._name, self._labels, self._notes = name, labels, notes

    def labels(self, *labels: str) -> "_Noted":
        return _Noted(self._name, tuple(map(str, labels)), self._notes)

    def inc(self, amount: float = 1.0) -> None:
        self._notes.append((self._name, self._labels, "inc", float(amount)))

    def observe(self, amount: float) -> None:
        self._notes.append((self._name, self._labels, "observe", float(amount)))


def count(metrics: Metrics, notes: Iterable[Note]) -> None:
    """Apply the changes that a worker noted."""
    for name, labels, what, amount in notes:
        metric = metrics.by_name[name]
        getattr(metric.labels(*labels) if labels else metric, what)(amount)
