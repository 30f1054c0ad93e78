"""What comes to the doors: calls and what they hold, and all that is not let in."""

from prometheus_client import Counter, Gauge, Histogram

from boxwright.server.metrics.described import LATENCY_BUCKETS_S, Described, Instruments
from boxwright.server.workers.admission import CallKind

ORDERS_BUCKETS = (0.0, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1_000.0, 2_000.0, 5_000.0, 10_000.0)

DELAY_BUCKETS_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)

PLANNED = "planned"
"""In place of a reason: the order has a plan."""

FAULTS = ("internal", "engine_fault", "planning_lost", "memory_ceiling")
"""Reasons of orders that no caller is at fault for."""


class CallMetrics(Instruments):
    """Calls."""

    calls = Described(
        Histogram,
        "boxwright_rpc_duration_seconds",
        "Time from a call's arrival to its answer, by method and gRPC status code. A StreamPack counts once, when"
        " it ends.",
        "method code",
        LATENCY_BUCKETS_S,
    )
    under_way = Described(Gauge, "boxwright_rpcs_under_way", "Calls that are being answered, by method.", "method")
    streams = Described(Gauge, "boxwright_streams_open", "StreamPack calls that are open.")
    ended_streams = Described(
        Counter,
        "boxwright_ended_streams_total",
        "StreamPack calls that the server ended, by reason (idle, age, stop).",
        "why",
        known=("idle", "age", "stop"),
    )
    refused = Described(
        Counter,
        "boxwright_overload_refusals_total",
        "Refusals with RESOURCE_EXHAUSTED, by what there was too much of (orders, batches, streams, calls, lookups,"
        " watches, unsent bytes, waiting requests) and by which limit: of all callers or of one (all, per_caller); for"
        " orders that as many waited as may, that they had waited as long as any may, or until their deadline was near"
        " (full, age, deadline).",
        "what limit",
    )
    denied = Described(
        Counter,
        "boxwright_denied_calls_total",
        "Calls that were not let in, by why (no_token, no_certificate, token_unknown, token_expired, token_revoked,"
        " scope, site); of a batch or stream each order for another site; on a stream whose token ends, once for its"
        " end.",
        "why",
        known=("no_token", "no_certificate", "token_unknown", "token_expired", "token_revoked", "scope", "site"),
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
    call_errors = Described(
        Counter,
        "boxwright_rpc_errors_total",
        "Calls that ended with an error of this service, by method and reason of the error; of a batch or stream the"
        " call itself, not its orders. What gRPC refuses by itself has no reason and is not among them.",
        "method reason",
    )
    order_ends = Described(
        Counter,
        "boxwright_answered_orders_total",
        "Orders of batches and streams that were answered, by how they came (batch, stream) and reason of the error"
        " (planned: with a plan). Those that were given up are not among them, nor what is no order of a stream.",
        "kind reason",
        known=tuple(f"{kind} {reason}" for kind in (CallKind.BATCH, CallKind.STREAM) for reason in (PLANNED, *FAULTS)),
    )
    http_refusals = Described(
        Counter,
        "boxwright_http_refusals_total",
        "Requests over HTTP that were refused before they were calls, by HTTP status: no such method (404), a body that"
        " is too long or unreadable (413, 400), another content type (415).",
        "status",
    )
    connections = Described(
        Gauge, "boxwright_http_connections_open", "Connections over HTTP that are open, by door (http, admin).", "door"
    )
    repeats = Described(
        Counter,
        "boxwright_repeated_calls_total",
        "Calls whose ``request_id`` came before, and which were answered without planning, by method and where the"
        " answer was: in memory, of a call that was still under way, or in the store (memory, under_way, store).",
        "method source",
    )
    remembered = Described(Gauge, "boxwright_remembered_answers", "Answers in memory for calls that come again.")
    remembered_bytes = Described(Gauge, "boxwright_remembered_answer_bytes", "Bytes of those answers.")
    batch_orders = Described(
        Histogram, "boxwright_batch_orders", "Orders of each BatchPack that was let in.", buckets=ORDERS_BUCKETS
    )
    stream_orders = Described(
        Histogram, "boxwright_stream_orders", "Orders that a StreamPack brought by its end.", buckets=ORDERS_BUCKETS
    )
    door_delay = Described(
        Histogram,
        "boxwright_door_delay_seconds",
        "How much later than it was to the event loop of the doors woke up, asked twice a second: what each call waits"
        " there for others.",
        buckets=DELAY_BUCKETS_S,
    )

    def count_repeat(self, service: str, method: str, source: str) -> None:
        """Count a call that came before; ``source`` says where its answer was."""
        self.repeats.labels(f"{service}/{method}", source).inc()
