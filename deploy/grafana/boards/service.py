"""The service: is it up, is it fast, is it full, and what does it refuse."""

from panels import Board, graph, percentile, stat

BAD_AT_ONE = ((None, "green"), (1, "red"))
GOOD_AT_ONE = ((None, "red"), (1, "green"))

_FAULTS = 'reason=~"internal|engine_fault|planning_lost|memory_ceiling|store_(unreachable|locked|full|corrupt)"'
"""Reasons that are no fault of callers; that a stream ends is none of anybody."""

HEALTH = [
    stat(
        "Replicas ready",
        "How many replicas answer calls?",
        "none",
        "sum(boxwright_ready{%i})",
        steps=GOOD_AT_ONE,
    ),
    stat(
        "Planning stands still",
        "On how many replicas does only a new start help?",
        "none",
        "sum(1 - boxwright_planning_alive{%i})",
        steps=BAD_AT_ONE,
    ),
    stat(
        "Calls a second",
        "How much is asked?",
        "reqps",
        "sum(rate(boxwright_rpc_duration_seconds_count{%i}[$__rate_interval]))",
    ),
    stat(
        "Faults of the service",
        "Which share of calls fails through no fault of their caller?",
        "percentunit",
        "(sum(rate(boxwright_rpc_errors_total{%i," + _FAULTS + "}[$__rate_interval])) or vector(0))"
        " / sum(rate(boxwright_rpc_duration_seconds_count{%i}[$__rate_interval]))",
        steps=((None, "green"), (0.001, "orange"), (0.01, "red")),
    ),
    stat(
        "Pack, 99th percentile",
        "How long do the slowest of a hundred single orders take?",
        "s",
        percentile(0.99, "boxwright_rpc_duration_seconds", where='%i,method="PackingService/Pack"'),
    ),
    stat(
        "Oldest order waits",
        "How long has the order waited that waits longest?",
        "s",
        "max(boxwright_oldest_order_age_seconds{%i})",
        steps=((None, "green"), (1, "orange"), (5, "red")),
    ),
]

CALLS = [
    graph(
        "Calls by method",
        "What is called, and how often?",
        "reqps",
        ("sum by (method) (rate(boxwright_rpc_duration_seconds_count{%i}[$__rate_interval]))", "{{method}}"),
    ),
    graph(
        "Calls that fail, by code",
        "Which calls end with an error, and with which gRPC status code?",
        "reqps",
        (
            'sum by (method, code) (rate(boxwright_rpc_duration_seconds_count{%i,code!="OK"}[$__rate_interval]))',
            "{{method}} {{code}}",
        ),
    ),
    graph(
        "Errors by reason",
        "Why do they fail?",
        "reqps",
        ("sum by (reason) (rate(boxwright_rpc_errors_total{%i}[$__rate_interval]))", "{{reason}}"),
    ),
    graph(
        "Orders of batches and streams that fail",
        "Why do they fail, where the call itself ends with OK?",
        "reqps",
        (
            'sum by (kind, reason) (rate(boxwright_answered_orders_total{%i,reason!="planned"}[$__rate_interval]))',
            "{{kind}}: {{reason}}",
        ),
    ),
    graph(
        "Time of a Pack",
        "How long do single orders take, from arrival to answer?",
        "s",
        *(
            (
                percentile(share, "boxwright_rpc_duration_seconds", where='%i,method="PackingService/Pack"'),
                name,
            )
            for share, name in ((0.5, "half"), (0.95, "95 %"), (0.99, "99 %"))
        ),
    ),
    graph(
        "Time by method, 95th percentile",
        "Which method is slow?",
        "s",
        (
            percentile(0.95, "boxwright_rpc_duration_seconds", by="method"),
            "{{method}}",
        ),
    ),
    graph(
        "Calls under way",
        "What is open now?",
        "none",
        ("sum by (method) (boxwright_rpcs_under_way{%i})", "{{method}}"),
        ("sum(boxwright_streams_open{%i})", "streams"),
        stacked=True,
    ),
    graph(
        "Orders of a batch or stream",
        "How large are they on average?",
        "none",
        *(
            (
                (
                    f"sum(rate(boxwright_{kind}_orders_sum{{%i}}[$__rate_interval]))"
                    f" / sum(rate(boxwright_{kind}_orders_count{{%i}}[$__rate_interval]))"
                ),
                kind,
            )
            for kind in ("batch", "stream")
        ),
    ),
    graph(
        "Calls that came again",
        "How many calls are answered without planning, and from where?",
        "reqps",
        (
            "sum by (method, source) (rate(boxwright_repeated_calls_total{%i}[$__rate_interval]))",
            "{{method}} from {{source}}",
        ),
    ),
    graph(
        "Streams that the server ended",
        "Why do streams end that their callers did not end?",
        "cps",
        ("sum by (why) (rate(boxwright_ended_streams_total{%i}[$__rate_interval]))", "{{why}}"),
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
        "How long do 95 of 100 orders wait until a worker takes them up?",
        "s",
        (percentile(0.95, "boxwright_order_wait_seconds", by="size"), "{{size}}"),
    ),
    graph(
        "Oldest order",
        "How long has the order waited that waits longest, by replica?",
        "s",
        ("boxwright_oldest_order_age_seconds{%i}", "{{instance}}"),
    ),
    graph(
        "Workers",
        "Are all workers there, and how many are at work?",
        "none",
        ("sum(boxwright_workers{%i})", "to be"),
        ("sum(boxwright_workers_ready{%i})", "there"),
        ("sum(boxwright_workers_busy{%i})", "at work"),
    ),
]

REFUSED = [
    graph(
        "Refused for overload",
        "Of which thing was there too much, and by which limit?",
        "reqps",
        (
            "sum by (what, limit) (rate(boxwright_overload_refusals_total{%i}[$__rate_interval]))",
            "{{what}}: {{limit}}",
        ),
    ),
    graph(
        "Orders that end in an error",
        "Why do orders get no plan?",
        "reqps",
        ("sum by (reason) (rate(boxwright_refused_orders_total{%i}[$__rate_interval]))", "{{reason}}"),
    ),
    graph(
        "Not let in",
        "Which callers are turned away at the door?",
        "reqps",
        ("sum by (why) (rate(boxwright_denied_calls_total{%i}[$__rate_interval]))", "{{why}}"),
    ),
    graph(
        "Messages that cannot be read",
        "Does a client speak another contract?",
        "reqps",
        ("sum by (method) (rate(boxwright_undecodable_messages_total{%i}[$__rate_interval]))", "{{method}}"),
        ("sum by (status) (rate(boxwright_http_refusals_total{%i}[$__rate_interval]))", "HTTP {{status}}"),
    ),
    graph(
        "Given up",
        "How many orders do callers no longer wait for, and did they wait or run by then?",
        "reqps",
        (
            "sum by (state) (rate(boxwright_abandoned_orders_total{%i}[$__rate_interval]))",
            "{{state}}",
        ),
    ),
]

RESOURCES = [
    graph(
        "Memory",
        "What do the server and its workers hold?",
        "bytes",
        ("sum(process_resident_memory_bytes{%i})", "server"),
        ("sum(boxwright_workers_memory_bytes{%i})", "workers, shared counted for each"),
    ),
    graph(
        "CPU of the doors",
        "How much of a core do the doors take? They are one thread: near 1 they are full.",
        "none",
        ("rate(process_cpu_seconds_total{%i}[$__rate_interval])", "{{instance}}"),
    ),
    graph(
        "Delay of the doors",
        "How late does the event loop wake up that reads and answers all calls?",
        "s",
        (
            percentile(0.99, "boxwright_door_delay_seconds", by="instance"),
            "99 % {{instance}}",
        ),
    ),
    graph(
        "Open files and connections",
        "How near is the limit of open files, and how many connections have the HTTP doors?",
        "none",
        ("sum(process_open_fds{%i})", "open files"),
        ("sum by (door) (boxwright_http_connections_open{%i})", "connections, {{door}}"),
    ),
    graph(
        "Answers that are held",
        "How much memory do answers take that callers have not read, or may ask for again?",
        "bytes",
        ("sum(boxwright_unsent_answer_bytes{%i})", "not read yet"),
        ("sum(boxwright_remembered_answer_bytes{%i})", "remembered"),
    ),
    graph(
        "Workers replaced",
        "Do workers end, and why?",
        "none",
        ("sum by (why) (increase(boxwright_workers_replaced_total{%i}[$__rate_interval]))", "{{why}}"),
    ),
]

STORE = [
    graph(
        "Reads and writes",
        "How much is stored and read?",
        "cps",
        ("sum(rate(boxwright_store_records_total{%i}[$__rate_interval]))", "records written"),
        ("sum(rate(boxwright_store_read_seconds_count{%i}[$__rate_interval]))", "reads"),
    ),
    graph(
        "Time of the store",
        "How long do 95 of 100 transactions and reads take?",
        "s",
        *(
            (
                percentile(0.95, f"boxwright_store_{kind}_seconds"),
                kind,
            )
            for kind in ("commit", "read")
        ),
    ),
    graph(
        "Faults of the store",
        "Does it work, what fails, and what waits?",
        "none",
        ("min(boxwright_store_up{%i} or boxwright_store_configured{%i} == 0)", "works"),
        ("sum by (reason) (increase(boxwright_store_errors_total{%i}[$__rate_interval]))", "writes: {{reason}}"),
        ("sum by (reason) (increase(boxwright_store_read_errors_total{%i}[$__rate_interval]))", "reads: {{reason}}"),
        ("sum(boxwright_store_records_waiting{%i})", "records that wait"),
    ),
    graph(
        "Stored plans",
        "How many plans are kept, and how many go by age or size?",
        "none",
        ("max(boxwright_store_plans{%i})", "plans"),
        ("sum by (why) (rate(boxwright_removed_plans_total{%i}[$__rate_interval]))", "deleted a second: {{why}}"),
    ),
    graph(
        "Bytes of stored plans", "How large does the store grow?", "bytes", ("max(boxwright_store_plan_bytes{%i})", "")
    ),
    graph(
        "Calls for stored plans",
        "How long do reads of plans and records of outcomes take?",
        "s",
        (
            percentile(
                0.95,
                "boxwright_rpc_duration_seconds",
                by="method",
                where='%i,method=~"PackingService/(GetPlan|ListPlans|RecordOutcome)"',
            ),
            "{{method}}",
        ),
    ),
    graph(
        "Operations",
        "How many evaluations and designs are there, by state?",
        "none",
        ("max by (state) (sum by (state, instance) (boxwright_operations{%i}))", "{{state}}"),
    ),
    graph(
        "Wait of operations",
        "For how long has the oldest evaluation or design waited?",
        "s",
        ("max(boxwright_operation_oldest_waiting_seconds{%i})", ""),
    ),
]

LOADED = [
    graph(
        "Reloads",
        "When were catalogs and data read anew, and did that go well?",
        "none",
        ("sum by (outcome) (increase(boxwright_reload_attempts_total{%i}[$__rate_interval]))", "{{outcome}}"),
        ("max(boxwright_reload_failing{%i})", "files at fault"),
        ("sum by (what) (boxwright_access_reload_failing{%i})", "{{what}} at fault"),
    ),
    graph(
        "Time of a reload",
        "How long does it take until changed files are served?",
        "s",
        (
            (
                "sum by (cause) (rate(boxwright_reload_duration_seconds_sum{%i}[$__rate_interval]))"
                " / sum by (cause) (rate(boxwright_reload_duration_seconds_count{%i}[$__rate_interval]))"
            ),
            "{{cause}}",
        ),
    ),
    graph(
        "Age of data, end of certificates",
        "When was all last read well, and for how long are certificate and authority of callers valid?",
        "s",
        ("time() - max(boxwright_reload_last_success_timestamp_seconds{%i})", "since the last good read"),
        (
            "min by (setting) (boxwright_certificate_expiry_timestamp_seconds{%i} > 0) - time()",
            "until {{setting}} ends",
        ),
    ),
]

BOARD = Board(
    "service",
    "service",
    "Is the service up, fast and not too full, and what does it refuse?",
    {
        "Health": HEALTH,
        "Calls": CALLS,
        "Queue and workers": QUEUE,
        "Refused and in vain": REFUSED,
        "Memory, CPU and connections": RESOURCES,
        "Store": STORE,
        "Catalogs, data and certificates": LOADED,
    },
)
