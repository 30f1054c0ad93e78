"""The service: availability, speed, load and refusals."""

from panels import Board, graph, percentile, stat

RATE = "[$__rate_interval]"

_FAULTS = 'reason=~"internal|engine_fault|planning_lost|memory_ceiling|store_(unreachable|locked|full|corrupt)"'
"""Reasons caused by the service, not by the caller; `stream_ended` is not an error."""

HEALTH = [
    stat(
        "Replicas ready",
        "How many replicas answer calls?",
        "none",
        "sum(boxwright_ready{%i})",
        steps=((None, "red"), (1, "green")),
    ),
    stat(
        "Planning stands still",
        "How many replicas must be restarted?",
        "none",
        "sum(1 - boxwright_planning_alive{%i})",
        steps=((None, "green"), (1, "red")),
    ),
    stat(
        "Faults of the service",
        "What share of calls fails because of the service?",
        "percentunit",
        f"(sum(rate(boxwright_rpc_errors_total{{%i,{_FAULTS}}}{RATE})) or vector(0))"
        f" / sum(rate(boxwright_rpc_duration_seconds_count{{%i}}{RATE}))",
        steps=((None, "green"), (0.001, "orange"), (0.01, "red")),
    ),
    stat(
        "Oldest order waits",
        "How long has the oldest waiting order waited?",
        "s",
        "max(boxwright_oldest_order_age_seconds{%i})",
        steps=((None, "green"), (1, "orange"), (5, "red")),
    ),
]

CALLS = [
    graph(
        "Calls by method",
        "Which methods are called, and how often?",
        "reqps",
        (f"sum by (method) (rate(boxwright_rpc_duration_seconds_count{{%i}}{RATE}))", "{{method}}"),
    ),
    graph(
        "Time of a Pack",
        "How long do single orders take, from arrival to answer?",
        "s",
        *(
            (percentile(share, "boxwright_rpc_duration_seconds", where='%i,method="PackingService/Pack"'), name)
            for share, name in ((0.5, "half"), (0.95, "95 %"), (0.99, "99 %"))
        ),
    ),
    graph(
        "Time by method, 95th percentile",
        "Which method is slow?",
        "s",
        (percentile(0.95, "boxwright_rpc_duration_seconds", by="method"), "{{method}}"),
    ),
    graph(
        "Calls under way",
        "Which calls are open now?",
        "none",
        ("sum by (method) (boxwright_rpcs_under_way{%i})", "{{method}}"),
        stacked=True,
    ),
    graph(
        "Errors by reason",
        "Why do calls fail?",
        "reqps",
        (f"sum by (method, reason) (rate(boxwright_rpc_errors_total{{%i}}{RATE}))", "{{method}}: {{reason}}"),
    ),
    graph(
        "Orders of batches and streams that fail",
        "Why do orders fail although their call ends with OK?",
        "reqps",
        (
            f'sum by (kind, reason) (rate(boxwright_answered_orders_total{{%i,reason!="planned"}}{RATE}))',
            "{{kind}}: {{reason}}",
        ),
    ),
]

QUEUE = [
    graph(
        "Orders that wait",
        "Do orders wait, and are they small or large?",
        "none",
        ("sum by (size) (boxwright_orders_waiting{%i})", "{{size}}"),
        stacked=True,
    ),
    graph(
        "Time that orders wait",
        "How long do 95 of 100 orders wait for a worker, and how long has the oldest waited?",
        "s",
        (percentile(0.95, "boxwright_order_wait_seconds", by="size"), "{{size}}"),
        ("max(boxwright_oldest_order_age_seconds{%i})", "oldest"),
    ),
    graph(
        "Workers",
        "How many workers are planning, and do any end?",
        "none",
        ("sum(boxwright_workers{%i})", "configured"),
        ("sum(boxwright_workers_busy{%i})", "planning"),
        (f"sum by (why) (increase(boxwright_workers_replaced_total{{%i}}{RATE}))", "replaced: {{why}}"),
    ),
    graph(
        "Memory",
        "How much memory do the server and its workers use?",
        "bytes",
        ("sum(process_resident_memory_bytes{%i})", "server"),
        ("sum(boxwright_workers_memory_bytes{%i})", "workers, shared counted for each"),
    ),
    graph(
        "Event loop",
        "How late does the event loop wake up, and how much of a core does it use?",
        "none",
        (percentile(0.99, "boxwright_loop_delay_seconds", by="instance"), "99 % of delays in s {{instance}}"),
        (f"rate(process_cpu_seconds_total{{%i}}{RATE})", "cores {{instance}}"),
    ),
    graph(
        "Open files",
        "How near is the limit of open files and connections?",
        "percentunit",
        ("process_open_fds{%i} / process_max_fds{%i}", "{{instance}}"),
        most=1,
    ),
]

REFUSED = [
    graph(
        "Refused for overload",
        "Which calls or orders are refused, and by which limit?",
        "reqps",
        (f"sum by (what, limit) (rate(boxwright_overload_refusals_total{{%i}}{RATE}))", "{{what}}: {{limit}}"),
    ),
    graph(
        "Access denied",
        "Why are callers refused, and which HTTP requests are invalid?",
        "reqps",
        (f"sum by (why) (rate(boxwright_denied_calls_total{{%i}}{RATE}))", "{{why}}"),
        (f"sum by (status) (rate(boxwright_http_refusals_total{{%i}}{RATE}))", "HTTP {{status}}"),
    ),
    graph(
        "Abandoned orders and repeated calls",
        "How many orders do callers abandon, and how many calls are repeated?",
        "reqps",
        (f"sum by (state) (rate(boxwright_abandoned_orders_total{{%i}}{RATE}))", "abandoned: {{state}}"),
        (f"sum by (source) (rate(boxwright_repeated_calls_total{{%i}}{RATE}))", "repeated: {{source}}"),
    ),
]

STORE = [
    graph(
        "Time of the store",
        "How long do 95 of 100 transactions and reads take?",
        "s",
        *((percentile(0.95, f"boxwright_store_{kind}_seconds"), kind) for kind in ("commit", "read")),
    ),
    graph(
        "Faults of the store",
        "Does the store work, and which operations fail?",
        "none",
        ("min(boxwright_store_up{%i})", "works"),
        (f"sum by (what, reason) (increase(boxwright_store_errors_total{{%i}}{RATE}))", "{{what}}: {{reason}}"),
    ),
    graph(
        "Bytes of stored plans",
        "How much space do stored plans take?",
        "bytes",
        ("max(boxwright_store_plan_bytes{%i})", ""),
    ),
    graph(
        "Wait of operations",
        "How long has the oldest evaluation or design waited?",
        "s",
        ("max(boxwright_operation_oldest_waiting_seconds{%i})", ""),
    ),
    graph(
        "Reloads",
        "When were catalogs and data read again, and is any file faulty?",
        "none",
        (f"sum by (outcome) (increase(boxwright_reload_attempts_total{{%i}}{RATE}))", "{{outcome}}"),
        ("max(boxwright_reload_failing{%i})", "faulty files"),
        ("sum by (what) (boxwright_access_reload_failing{%i})", "faulty {{what}}"),
    ),
    graph(
        "Validity of TLS certificates and tokens",
        "How long are TLS certificates, and the last token of each caller, still valid?",
        "s",
        ("min by (setting) (boxwright_certificate_expiry_timestamp_seconds{%i}) - time()", "{{setting}}"),
        ("min by (principal) (boxwright_token_expiry_timestamp_seconds{%i}) - time()", "{{principal}}"),
    ),
]

BOARD = Board(
    "service",
    "service",
    "Is the service up, fast and not overloaded, and what does it refuse?",
    {
        "Health": HEALTH,
        "Calls": CALLS,
        "Queue and workers": QUEUE,
        "Refused and abandoned": REFUSED,
        "Store, files and access": STORE,
    },
)
