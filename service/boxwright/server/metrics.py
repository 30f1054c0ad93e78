"""What a dashboard or an alert asks of a server; every metric is described in ``docs/metrics.md``.

Labels are bounded: identifiers of the server's own catalogs and data, and ``inline`` for catalogs that are sent along.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, TypeVar

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
from boxwright.contract.outcome import OVERRIDES
from boxwright.domain.factor import CARRIED
from boxwright.domain.own_container import OWN_CONTAINER
from boxwright.domain.plan import Plan, UnpackedUnit
from boxwright.domain.warning import WarningCode
from boxwright.server.workers.admission import CallKind
from boxwright.store import OperationRecord, OperationState
from boxwright.units import MG_PER_G

if TYPE_CHECKING:
    from boxwright.server.access.certificates import Certificates
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


class Metrics:
    """Instruments of one server, in a registry of their own.

    Attributes
    ----------
    registry : CollectorRegistry
        What is scraped.
    by_name : dict of str to instrument
        All of the instruments, without ``boxwright_``.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.by_name: dict[str, Any] = {}
        self._shown: dict[Any, set[tuple[str, ...]]] = {}
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)

        # What runs, and with what.
        self.build = self._made(
            Gauge,
            "build_info",
            "Always 1; the labels say what runs: software and data versions.",
            "version data_version",
        )
        self.loaded = self._made(
            Gauge,
            "loaded_info",
            "Always 1; one for the data and one for each catalog that plans are made with now: kind (data, catalog),"
            " id, version and content hash.",
            "kind id version content_hash",
        )
        self.ready = self._made(
            Gauge,
            "ready",
            "1 while ``/healthz`` answers SERVING: once kernels are warm, while planning gets on, and until the server"
            " drains; else 0.",
        )
        self.alive = self._made(
            Gauge,
            "planning_alive",
            "1 while ``/livez`` answers 200, 0 once nothing plans for longer than half a minute: only a new start"
            " helps then.",
        )
        self.reloads = self._made(
            Counter,
            "reload_attempts_total",
            "Times that catalogs and data were read anew, by outcome (changed, unchanged, failed). After a failure"
            " those loaded before go on.",
            "outcome",
            known=("changed", "unchanged", "failed"),
        )
        self.reload_failing = self._made(
            Gauge,
            "reload_failing",
            "1 while the files read last are not served because they are at fault, else 0.",
        )
        self.access_failing = self._made(
            Gauge,
            "access_reload_failing",
            "1 while certificates or tokens, or some of them, are not taken over because they are at fault or out of"
            " reach, else 0, by what they are (certificates, tokens, stored tokens).",
            "what",
        )
        self.certificate_end = self._made(
            AskedGauge,
            "certificate_expiry_timestamp_seconds",
            "When a certificate ends, in seconds since 1970, by the setting that names it (tls_certificate,"
            " client_ca): the one that the ports show, and of the authorities of callers that are valid now the one"
            " that ends first.",
            "setting",
        )
        self.token_end = self._made(
            AskedGauge,
            "token_expiry_timestamp_seconds",
            "When the last valid token of a caller ends, in seconds since 1970, by caller. A caller with a valid token"
            " without an end is not among them, nor one whose tokens have all ended.",
            "principal",
        )

        # Calls, and all that is refused.
        self.calls = self._made(
            Histogram,
            "rpc_duration_seconds",
            "Time from a call's arrival to its answer, by method and gRPC status code. A StreamPack counts once, when"
            " it ends.",
            "method code",
            buckets=LATENCY_BUCKETS_S,
        )
        self.under_way = self._made(Gauge, "rpcs_under_way", "Calls that are being answered, by method.", "method")
        self.call_errors = self._made(
            Counter,
            "rpc_errors_total",
            "Calls that ended with an error of this service, by method and reason of the error; of a batch or stream"
            " the call itself, not its orders. What gRPC refuses by itself has no reason and is not among them.",
            "method reason",
        )
        self.order_ends = self._made(
            Counter,
            "answered_orders_total",
            "Orders of batches and streams that were answered, by how they came (batch, stream) and reason of the"
            " error (planned: with a plan). Those that were given up are not among them, nor what is no order of a"
            " stream.",
            "kind reason",
            known=[f"{kind} {reason}" for kind in (CallKind.BATCH, CallKind.STREAM) for reason in (PLANNED, *FAULTS)],
        )
        self.refused = self._made(
            Counter,
            "overload_refusals_total",
            "Refusals with RESOURCE_EXHAUSTED, by what there was too much of (orders, batches, streams, calls, calls a"
            " second, lookups, watches, pages, unsent bytes) and by which limit: of all callers or of one (all,"
            " per_caller); for orders"
            " that as many waited as may, that they had waited as long as any may, or until their deadline was near"
            " (full, age, deadline).",
            "what limit",
        )
        self.denied = self._made(
            Counter,
            "denied_calls_total",
            "Calls that were not let in, by why (no_token, no_certificate, token_unknown, token_expired, token_revoked,"
            " scope, site); of a batch or stream each order for another site; on a stream whose token ends, once for"
            " its end.",
            "why",
            known=("no_token", "no_certificate", "token_unknown", "token_expired", "token_revoked", "scope", "site"),
        )
        self.http_refusals = self._made(
            Counter,
            "http_refusals_total",
            "Requests over HTTP that were refused before they were calls, by HTTP status: no such method (404), a body"
            " that is too long or unreadable (413, 400), another content type (415).",
            "status",
        )
        self.loop_delay = self._made(
            Histogram,
            "loop_delay_seconds",
            "How much later than it was to the event loop woke up that answers all calls, asked twice a second: what"
            " each call waits there for others.",
            buckets=WAIT_BUCKETS_S,
        )

        self.repeats = self._made(
            Counter,
            "repeated_calls_total",
            "Calls whose ``request_id`` came before, and which were answered without planning, by method and where the"
            " answer was: in memory, of a call that was still under way, or in the store (memory, under_way, store).",
            "method source",
        )

        # Queue and planning processes.
        self.waiting = self._made(
            Gauge, "orders_waiting", "Orders that no worker has taken up yet, by size (small, large).", "size"
        )
        self.oldest = self._made(
            Gauge, "oldest_order_age_seconds", "How long the oldest order that waits has waited; 0 if none does."
        )
        self.order_wait = self._made(
            Histogram,
            "order_wait_seconds",
            "Time that an order waited until a worker took it up, by size (small, large). Those that were refused or"
            " given up meanwhile are not among them.",
            "size",
            known=("small", "large"),
            buckets=WAIT_BUCKETS_S,
        )
        self.planning = self._made(
            Histogram,
            "planning_duration_seconds",
            "Time that a worker spent on one order, from reading it to its answer, by purpose.",
            "purpose",
            buckets=LATENCY_BUCKETS_S,
        )
        self.workers = self._made(Gauge, "workers", "Workers, the processes that plan, that there are to be.")
        self.workers_busy = self._made(Gauge, "workers_busy", "Workers that have an order.")
        self.workers_memory = self._made(
            Gauge, "workers_memory_bytes", "Memory that the workers hold, what they share counted for each."
        )
        self.replaced = self._made(
            Counter,
            "workers_replaced_total",
            "Workers that were replaced, by why: they ended by themselves, took too much memory or CPU time, did not"
            " end or did not get on (crash, memory, cpu, stuck), or earlier orders had left too little memory (full).",
            "why",
            known=("crash", "memory", "cpu", "stuck", "full"),
        )
        self.abandoned = self._made(
            Counter,
            "abandoned_orders_total",
            "Orders whose caller left or whose deadline passed, while they waited or were under way (waiting,"
            " under_way).",
            "state",
            known=("waiting", "under_way"),
        )
        self.oldest_operation = self._made(
            Gauge,
            "operation_oldest_waiting_seconds",
            "Time since the oldest operation that waits was asked for; 0 where none waits.",
        )

        # Plans.
        self.plans = self._made(
            Counter,
            "plans_total",
            "Plans made, by purpose and completeness (complete, partial, none).",
            "purpose status",
        )
        self.site_plans = self._made(
            Counter,
            "site_plans_total",
            "Plans made for requests that name a site, by site, purpose and completeness (complete, partial, none).",
            "site purpose status",
        )
        self.refusals = self._made(
            Counter,
            "refused_orders_total",
            'Orders that ended in an error, by purpose ("unread" where the message could not be read) and reason of'
            " the error, those refused for overload included. Those of a BatchPack that cannot be read are not among"
            " them.",
            "purpose reason",
        )
        self.boxes = self._made(
            Counter,
            "boxes_used_total",
            'Parcels in plans, by purpose, catalog and box type; both are "inline" for a catalog sent along.',
            "purpose catalog box_type",
        )
        self.fill = self._made(
            Histogram,
            "parcel_fill_ratio",
            "Share of each parcel's inner volume that goods take, by purpose; the rest is air and filling.",
            "purpose",
            buckets=SHARE_BUCKETS,
        )
        self.packaging = self._made(
            Counter,
            "packaging_grams_total",
            "Mass of packaging in plans, by purpose and component (box, inner_box, cushioning, void_fill, blocking,"
            " tape, label).",
            "purpose component",
        )
        self.co2e = self._made(
            Counter,
            "co2e_grams_total",
            "Grams of CO2e in plans, by purpose, accounting profile, kind (packaging, or transport with its hubs),"
            ' allocation of transport ("none" for packaging) and sign (emitted, or credited by the profile\'s rule).'
            " Never sum over profiles or allocations: they are views of the same parcels.",
            "purpose profile kind allocation sign",
        )
        self.incomplete = self._made(
            Counter,
            "incomplete_footprints_total",
            "Plans that warn FOOTPRINT_INCOMPLETE, by purpose and accounting profile: it lacks a factor of what the"
            " order needs, so grams are too low. Missing legs, and what a shipped profile never counts, make no plan"
            " incomplete.",
            "purpose profile",
        )
        self.certificates = self._made(
            Counter,
            "certificates_total",
            "Plans by purpose, certificate status (proved, open) and scope.",
            "purpose status scope",
        )
        self.verdicts = self._made(
            Counter,
            "verdicts_total",
            "Verdicts on plans by purpose, rule of a market, and outcome: the status, and figures beyond the limit.",
            "purpose rule outcome",
        )
        self.unpacked = self._made(
            Counter,
            "unpacked_units_total",
            "Units that stayed out, by purpose and reason, in partial plans and in orders refused for them.",
            "purpose reason",
        )

        # Outcomes, beside what was planned.
        self.shipped_orders = self._made(
            Counter,
            "shipped_orders_total",
            "Plans of which an outcome was recorded, by how they were packed (as_planned, overridden). One that is"
            " recorded again is not counted again, here and below.",
            "how",
            known=("as_planned", "overridden"),
        )
        self.shipped_boxes = self._made(
            Counter,
            "shipped_boxes_total",
            "Boxes of those outcomes and of their plans, by basis (shipped, planned), catalog and box type; (other) is"
            " none of the catalog.",
            "basis catalog box_type",
        )
        self.shipped_grams = self._made(
            Counter,
            "shipped_gross_grams_total",
            "Gross mass of the parcels that were weighed, as measured and as planned.",
            "basis",
            known=("measured", "planned"),
        )
        self.shipped_overrides = self._made(
            Counter,
            "shipped_overrides_total",
            "Parcels that were packed otherwise than planned, by reason (box_not_at_hand, did_not_fit, ...).",
            "reason",
            known=OVERRIDES,  # an alert on their increase does not see the first of a series that begins above zero
        )

        # Store.
        self.store_up = self._made(
            AskedGauge,
            "store_up",
            "1 while the store takes what is written, 0 after it failed; it is not there without a store.",
        )
        self.store_commits = self._made(
            Histogram,
            "store_commit_seconds",
            "Time of a transaction of the store, which holds all that waited for it.",
            buckets=WAIT_BUCKETS_S,
        )
        self.store_reads = self._made(
            Histogram,
            "store_read_seconds",
            "Time that a call waited for something that it read from the store: a plan, a page of plans, a catalog, an"
            " answer that was given before; those that failed or were given up are among them.",
            buckets=WAIT_BUCKETS_S,
        )
        self.store_errors = self._made(
            Counter,
            "store_errors_total",
            "What could not be read from the store, and transactions that failed or did not end within 2 s, by what"
            " was done (read, write) and reason of the error.",
            "what reason",
            known=[f"{what} {reason}" for what in ("read", "write") for reason in STORE_REASONS],
        )
        self.store_bytes = self._made(
            Gauge,
            "store_plan_bytes",
            "Bytes of the plans in the store, with the catalogs and texts that they need; indexes and free pages left"
            " out; looked up each minute.",
        )

    def _made(
        self, kind: type[Instrument], name: str, text: str, labels: str = "", known: Iterable[str] = (), **options: Any
    ) -> Instrument:
        """Make one; values of labels that are ``known`` are shown from the start: else the first is no increase."""
        made: Callable[..., Instrument] = partial(kind, f"boxwright_{name}", text, labels.split())
        instrument = made(registry=self.registry, **options)
        # Each plan asks for many children.
        instrument.labels = cache(instrument.labels)  # type: ignore[method-assign] # bounded as labels are
        for values in known:
            instrument.labels(*values.split())
        self.by_name[name] = instrument
        return instrument

    def watch_certificates(self, certificates: "Certificates") -> None:
        """Ask until when certificates are valid whenever metrics are scraped."""

        def ends() -> dict[tuple[str, ...], float]:
            authority = certificates.authority
            shown: dict[tuple[str, ...], float] = {("tls_certificate",): certificates.expires_s}
            return shown if authority is None else shown | {("client_ca",): authority.expires_s}

        self.certificate_end.rows = ends

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
        """Say what is loaded by now, in place of what was; rows of box types end that are in no catalog any more."""
        data, catalogs = dataset.materials, dataset.catalogs
        now: dict[Any, set[tuple[str, ...]]] = {
            self.build: {(version("boxwright"), data.version)},
            self.loaded: {
                ("data", "", data.version, data.content_hash),
                *(("catalog", name, catalog.version, catalog.content_hash) for name, catalog in catalogs.items()),
            },
        }
        gone = [(metric, row) for metric, rows in now.items() for row in self._shown.get(metric, set()) - rows]
        for metric, rows in now.items():
            for row in rows:
                metric.labels(*row).set(1)
        known = {
            name: {OWN_CONTAINER, OTHER_BOX, *(box.box_type_id for box in catalog.box_types)}
            for name, catalog in catalogs.items()
        } | {INLINE: {INLINE}}
        for metric in (self.boxes, self.shipped_boxes):
            shown = {tuple(sample.labels.values()) for family in metric.collect() for sample in family.samples}
            gone += [(metric, row) for row in shown if row[-1] not in known.get(row[-2], ())]
        for metric, row in gone:
            metric.remove(*row)
            metric.labels.cache_clear()  # it holds what was removed
        self._shown = now

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
