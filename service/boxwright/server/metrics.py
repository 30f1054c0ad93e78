"""What a dashboard or an alert asks of a server; the site has a page of every metric.

Labels are bounded: identifiers of the server's own catalogs and data, and ``inline`` for catalogs that are sent along.
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
    from boxwright.server.stored.keeping import Keeping
    from boxwright.server.workers.pool import Workers

INLINE = "inline"
"""Label of catalogs, and of their box types, that are sent along in a request."""

OTHER_BOX = "(other)"
"""Label of a box that is none of its catalog."""

PLANNED = "planned"
"""In place of a reason: the order has a plan."""

LATENCY_BUCKETS_S = (
    *(0.001, 0.002, 0.003, 0.004, 0.005, 0.0065, 0.008, 0.01, 0.0125, 0.015, 0.02, 0.025, 0.03, 0.04, 0.05, 0.065),
    *(0.08, 0.1, 0.125, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.65, 0.8, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0),
)
"""Upper ends in seconds, 20 to 33 % apart from 3 ms to 1 s: a percentile that is read off is that exact."""

WAIT_BUCKETS_S = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)

SHARE_BUCKETS = tuple(step / 20 for step in range(1, 21))
"""Upper ends of shares: every 5 %."""

FAULTS = ("internal", "engine_fault", "planning_lost", "memory_ceiling")
"""Reasons of orders that no caller is at fault for."""

STORE_REASONS = ("store_unreachable", "store_locked", "store_full", "store_corrupt", "store_unsuitable")
"""Why reading and writing may fail."""

Instrument = TypeVar("Instrument", bound=MetricWrapperBase)


class AskedGauge(Gauge):
    """A gauge whose rows come and go by themselves: they are asked for at each scrape."""

    rows: Callable[[], Mapping[tuple[str, ...], float]] = dict
    """What is asked: the values by those of the labels. Default: there are none."""

    def collect(self) -> Iterable[Metric]:
        """Return the rows of now."""
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
    """Declare an instrument of ``Metrics``, which says what the text below it says.

    Values of labels that are ``known`` are shown from the start: else the first is no increase.
    """
    return cast("Instrument", _Declared(kind, name, labels, known, options))


class Metrics:
    """Instruments of one server, in a registry of their own.

    Attributes
    ----------
    registry : CollectorRegistry
        What is scraped.
    by_name : dict of str to instrument
        All of the instruments, without ``boxwright_``.
    """

    # What runs, and with what.
    build = _declared(AskedGauge, "build_info", "version data_version")
    """Always 1; the labels say what runs: software and data versions."""

    loaded = _declared(AskedGauge, "loaded_info", "kind id version content_hash")
    """Always 1; one for the data and one for each catalog that plans are made with now: kind (data, catalog), id,
    version and content hash."""

    ready = _declared(Gauge, "ready")
    """1 while ``/healthz`` answers SERVING: once kernels are warm, while planning gets on, and until the server drains;
    else 0."""

    alive = _declared(Gauge, "planning_alive")
    """1 while ``/livez`` answers 200, 0 once nothing plans for longer than half a minute: only a new start helps
    then."""

    reloads = _declared(Counter, "reload_attempts_total", "outcome", known=("changed", "unchanged", "failed"))
    """Times that catalogs and data were read anew, by outcome (changed, unchanged, failed). After a failure those
    loaded before go on."""

    reload_failing = _declared(Gauge, "reload_failing")
    """1 while the files read last are not served because they are at fault, else 0."""

    access_failing = _declared(Gauge, "access_reload_failing", "what")
    """1 while certificates or tokens, or some of them, are not taken over because they are at fault or out of reach,
    else 0, by what they are (certificates, tokens, stored tokens)."""

    certificate_end = _declared(AskedGauge, "certificate_expiry_timestamp_seconds", "setting")
    """When a certificate ends, in seconds since 1970, by the setting that names it (tls_certificate, client_ca): the
    one that the ports show, and of the authorities of callers that are valid now the one that ends first."""

    token_end = _declared(AskedGauge, "token_expiry_timestamp_seconds", "principal")
    """When the last valid token of a caller ends, in seconds since 1970, by caller. A caller with a valid token without
    an end is not among them, nor one whose tokens have all ended."""

    # Calls, and all that is refused.
    calls = _declared(Histogram, "rpc_duration_seconds", "method code", buckets=LATENCY_BUCKETS_S)
    """Time from a call's arrival to its answer, by method and gRPC status code. A StreamPack counts once, when it
    ends."""

    under_way = _declared(Gauge, "rpcs_under_way", "method")
    """Calls that are being answered, by method."""

    call_errors = _declared(Counter, "rpc_errors_total", "method reason")
    """Calls that ended with an error of this service, by method and reason of the error; of a batch or stream the call
    itself, not its orders. What gRPC refuses by itself has no reason and is not among them."""

    order_ends = _declared(
        Counter,
        "answered_orders_total",
        "kind reason",
        known=[f"{kind} {reason}" for kind in (CallKind.BATCH, CallKind.STREAM) for reason in (PLANNED, *FAULTS)],
    )
    """Orders of batches and streams that were answered, by how they came (batch, stream) and reason of the error
    (planned: with a plan). Those that were given up are not among them, nor what is no order of a stream."""

    refused = _declared(Counter, "overload_refusals_total", "what limit")
    """Refusals with RESOURCE_EXHAUSTED, by what there was too much of (orders, batches, streams, calls, lookups,
    watches, pages, unsent bytes) and by which limit: of all callers or of one (all, per_caller); for orders that as
    many waited as may, that they had waited as long as any may, or until their deadline was near (full, age,
    deadline)."""

    denied = _declared(
        Counter,
        "denied_calls_total",
        "why",
        known=("no_token", "no_certificate", "token_unknown", "token_expired", "token_revoked", "scope", "site"),
    )
    """Calls that were not let in, by why (no_token, no_certificate, token_unknown, token_expired, token_revoked, scope,
    site); of a batch or stream each order for another site; on a stream whose token ends, once for its end."""

    http_refusals = _declared(Counter, "http_refusals_total", "status")
    """Requests over HTTP that were refused before they were calls, by HTTP status: no such method (404), a body that is
    too long or unreadable (413, 400), another content type (415)."""

    loop_delay = _declared(Histogram, "loop_delay_seconds", buckets=WAIT_BUCKETS_S)
    """How much later than it was to the event loop woke up that answers all calls, asked twice a second: what each call
    waits there for others."""

    repeats = _declared(Counter, "repeated_calls_total", "method source")
    """Calls whose ``request_id`` came before, and which were answered without planning, by method and where the answer
    was: in memory, of a call that was still under way, or in the store (memory, under_way, store)."""

    # Queue and planning processes.
    waiting = _declared(Gauge, "orders_waiting", "size")
    """Orders that no worker has taken up yet, by size (small, large)."""

    oldest = _declared(Gauge, "oldest_order_age_seconds")
    """How long the oldest order that waits has waited; 0 if none does."""

    order_wait = _declared(Histogram, "order_wait_seconds", "size", known=("small", "large"), buckets=WAIT_BUCKETS_S)
    """Time that an order waited until a worker took it up, by size (small, large). Those that were refused or given up
    meanwhile are not among them."""

    planning = _declared(Histogram, "planning_duration_seconds", "purpose", buckets=LATENCY_BUCKETS_S)
    """Time that a worker spent on one order, from reading it to its answer, by purpose."""

    workers = _declared(Gauge, "workers")
    """Workers, the processes that plan, that there are to be."""

    workers_busy = _declared(Gauge, "workers_busy")
    """Workers that have an order."""

    workers_memory = _declared(Gauge, "workers_memory_bytes")
    """Memory that the workers hold, what they share counted for each."""

    replaced = _declared(Counter, "workers_replaced_total", "why", known=("crash", "memory", "cpu", "stuck", "full"))
    """Workers that were replaced, by why: they ended by themselves, took too much memory or CPU time, did not end or
    did not get on (crash, memory, cpu, stuck), or earlier orders had left too little memory (full)."""

    abandoned = _declared(Counter, "abandoned_orders_total", "state", known=("waiting", "under_way"))
    """Orders whose caller left or whose deadline passed, while they waited or were under way (waiting, under_way)."""

    oldest_operation = _declared(Gauge, "operation_oldest_waiting_seconds")
    """Time since the oldest operation that waits was asked for; 0 where none waits."""

    # Plans.
    plans = _declared(Counter, "plans_total", "purpose status")
    """Plans made, by purpose and completeness (complete, partial, none)."""

    site_plans = _declared(Counter, "site_plans_total", "site purpose status")
    """Plans made for requests that name a site, by site, purpose and completeness (complete, partial, none)."""

    refusals = _declared(Counter, "refused_orders_total", "purpose reason")
    """Orders that ended in an error, by purpose ("unread" where the message could not be read) and reason of the error,
    those refused for overload included. Those of a BatchPack that cannot be read are not among them."""

    boxes = _declared(Counter, "boxes_used_total", "purpose catalog box_type")
    """Parcels in plans, by purpose, catalog and box type; both are "inline" for a catalog sent along."""

    fill = _declared(Histogram, "parcel_fill_ratio", "purpose", buckets=SHARE_BUCKETS)
    """Share of each parcel's inner volume that goods take, by purpose; the rest is air and filling."""

    packaging = _declared(Counter, "packaging_grams_total", "purpose component")
    """Mass of packaging in plans, by purpose and component (box, inner_box, cushioning, void_fill, blocking, tape,
    label)."""

    co2e = _declared(Counter, "co2e_grams_total", "purpose profile kind allocation sign")
    """Grams of CO2e in plans, by purpose, accounting profile, kind (packaging, or transport with its hubs), allocation
    of transport ("none" for packaging) and sign (emitted, or credited by the profile's rule). Never sum over profiles
    or allocations: they are views of the same parcels."""

    incomplete = _declared(Counter, "incomplete_footprints_total", "purpose profile")
    """Plans that warn FOOTPRINT_INCOMPLETE, by purpose and accounting profile: it lacks a factor of what the order
    needs, so grams are too low. Missing legs, and what a shipped profile never counts, make no plan incomplete."""

    certificates = _declared(Counter, "certificates_total", "purpose status scope")
    """Plans by purpose, certificate status (proved, open) and scope."""

    verdicts = _declared(Counter, "verdicts_total", "purpose rule outcome")
    """Verdicts on plans by purpose, rule of a market, and outcome: the status, and figures beyond the limit."""

    unpacked = _declared(Counter, "unpacked_units_total", "purpose reason")
    """Units that stayed out, by purpose and reason, in partial plans and in orders refused for them."""

    # Outcomes, beside what was planned.
    shipped_orders = _declared(Counter, "shipped_orders_total", "how", known=("as_planned", "overridden"))
    """Plans of which an outcome was recorded, by how they were packed (as_planned, overridden). One that is recorded
    again is not counted again, here and below."""

    shipped_boxes = _declared(Counter, "shipped_boxes_total", "basis catalog box_type")
    """Boxes of those outcomes and of their plans, by basis (shipped, planned), catalog and box type; (other) is none of
    the catalog."""

    shipped_grams = _declared(Counter, "shipped_gross_grams_total", "basis", known=("measured", "planned"))
    """Gross mass of the parcels that were weighed, as measured and as planned."""

    shipped_overrides = _declared(Counter, "shipped_overrides_total", "reason", known=OVERRIDES)
    """Parcels that were packed otherwise than planned, by reason (box_not_at_hand, did_not_fit, ...)."""

    # Store.
    store_up = _declared(AskedGauge, "store_up")
    """1 while the store takes what is written, 0 after it failed; it is not there without a store."""

    store_commits = _declared(Histogram, "store_commit_seconds", buckets=WAIT_BUCKETS_S)
    """Time of a transaction of the store, which holds all that waited for it."""

    store_reads = _declared(Histogram, "store_read_seconds", buckets=WAIT_BUCKETS_S)
    """Time that a call waited for something that it read from the store: a plan, a page of plans, a catalog, an answer
    that was given before; those that failed or were given up are among them."""

    store_errors = _declared(
        Counter,
        "store_errors_total",
        "what reason",
        known=[f"{what} {reason}" for what in ("read", "write") for reason in STORE_REASONS],
    )
    """What could not be read from the store, and transactions that failed or did not end within 2 s, by what was done
    (read, write) and reason of the error."""

    store_bytes = _declared(Gauge, "store_plan_bytes")
    """Bytes of the plans in the store, with the catalogs and texts that they need; indexes and free pages left out;
    looked up each minute."""

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
        # Each plan asks for many children.
        instrument.labels = cache(instrument.labels)  # bounded as labels are
        for values in declared.known:
            instrument.labels(*values.split())
        self.by_name[declared.name] = instrument
        return instrument

    def watch_workers(self, workers: "Workers") -> None:
        """Read what waits and what is at work whenever metrics are scraped."""
        for large, size in ((False, "small"), (True, "large")):
            self.waiting.labels(size).set_function(partial(workers.waiting, large=large))
        self.oldest.set_function(workers.oldest_s)
        self.workers.set(workers.at_once)
        self.workers_busy.set_function(lambda: workers.busy)
        self.workers_memory.set_function(workers.resident_bytes)

    def watch_store(self, store: "Keeping") -> None:
        """Ask the store how it does whenever metrics are scraped."""
        self.store_up.rows = lambda: {(): float(store.error is None)}

    def count_repeat(self, service: str, method: str, source: str) -> None:
        """Count a call that came before; ``source`` says where its answer was."""
        self.repeats.labels(f"{service}/{method}", source).inc()

    def show_operations(self, unended: Sequence[OperationRecord]) -> None:
        """Show how long the oldest operation that waits has waited."""
        waiting = [record.create_us for record in unended if record.state is OperationState.WAITING]
        self.oldest_operation.set(max(0.0, time.time() - min(waiting) / 1e6) if waiting else 0.0)

    def show_loaded(self, dataset: "Dataset") -> None:
        """Say what is loaded by now, in place of what was."""
        data = dataset.materials
        built: dict[tuple[str, ...], float] = {(version("boxwright"), data.version): 1.0}
        loaded: dict[tuple[str, ...], float] = {("data", "", data.version, data.content_hash): 1.0}
        for name, catalog in dataset.catalogs.items():
            loaded["catalog", name, catalog.version, catalog.content_hash] = 1.0
        self.build.rows, self.loaded.rows = (lambda: built), (lambda: loaded)

    def record_plan(
        self, plan: Plan, purpose: str, catalog: str, site: str = "", verdicts: Sequence[Verdict] = ()
    ) -> None:
        """Count a plan.

        Parameters
        ----------
        plan : Plan
            As made.
        purpose : str
            Of its request.
        catalog : str
            Id of a loaded catalog, or ``inline``.
        site : str, optional
            Id of the site that the request names. Default: none.
        verdicts : sequence of Verdict, optional
            Under the rules of the markets that the request names. Default: none.
        """
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
        # A warning names the place of its profile among those asked for.
        warned = {warning.field for warning in plan.warnings if warning.code is WarningCode.FOOTPRINT_INCOMPLETE}
        for index, profile in enumerate(dict.fromkeys(footprint.profile_id for footprint in plan.footprints)):
            if f"profiles[{index}]" in warned:
                self.incomplete.labels(purpose, profile).inc()
        counted: set[str] = set()  # packaging once a profile: it does not depend on the allocation of transport
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
        """Count units that stayed out."""
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
    """Return the metric label of a request's purpose; one that is not known is refused as if none were stated."""
    return PURPOSES.get(message.purpose, PURPOSES[packing_service_pb2.PLAN_PURPOSE_UNSPECIFIED])


def record_outcome(metrics: Metrics, outcome: ReadOutcome, catalog: str) -> None:
    """Count an outcome; ``catalog`` is the resource name of its plan's catalog, or another text of one sent along."""
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
"""Name of a metric, values of its labels, ``inc`` or ``observe``, and by how much."""


class NotedMetrics(Metrics):
    """Metrics of which nothing is scraped: what is counted is noted."""

    def __init__(self) -> None:
        self._notes: list[Note] = []
        super().__init__()

    def _made(self, declared: _Declared, text: str) -> Any:
        return _Noted(declared.name, (), self._notes)

    def take(self) -> list[Note]:
        """Return what was noted since the last time."""
        taken = self._notes.copy()
        self._notes.clear()
        return taken


class _Noted:
    """One metric, with values of its labels or none."""

    def __init__(self, name: str, labels: tuple[str, ...], notes: list[Note]) -> None:
        self._name, self._labels, self._notes = name, labels, notes

    def labels(self, *labels: str) -> "_Noted":
        return _Noted(self._name, tuple(map(str, labels)), self._notes)

    def inc(self, amount: float = 1.0) -> None:
        self._notes.append((self._name, self._labels, "inc", float(amount)))

    def observe(self, amount: float) -> None:
        self._notes.append((self._name, self._labels, "observe", float(amount)))


def count(metrics: Metrics, notes: Iterable[Note]) -> None:
    """Count what a planning process has noted."""
    for name, labels, what, amount in notes:
        metric = metrics.by_name[name]
        getattr(metric.labels(*labels) if labels else metric, what)(amount)
