"""What comes to the doors: calls and what they hold, and all that is not let in."""

from prometheus_client import Counter, Gauge, Histogram

from boxwright.server.metrics.described import LATENCY_BUCKETS_S, Described, Instruments


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
    )
    refused = Described(
        Counter,
        "boxwright_overload_refusals_total",
        "Refusals with RESOURCE_EXHAUSTED, by what there was too much of (orders, batches, streams, calls, lookups,"
        " watches, unsent bytes, waiting requests) and by which limit: of all callers or of one (all, per_caller); for"
        " orders that they would have waited too long or past their deadline, or had (waiting_time, deadline, age).",
        "what limit",
    )
    denied = Described(
        Counter,
        "boxwright_denied_calls_total",
        "Calls that were not let in, by why (no_token, no_certificate, token_unknown, token_expired, token_revoked,"
        " scope, site); of a batch or stream each order for another site; on a stream whose token ends, once for its"
        " end.",
        "why",
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
