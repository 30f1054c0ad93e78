"""Calls as OpenTelemetry traces, received by a collector."""

import contextlib
import itertools
import json
import sys
import uuid

import grpc
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from tests.interop.running_server import running_server

from boxwright.errors import InvalidInputError, UnsupportedError
from boxwright.server.settings import Settings
from boxwright.server.traced import traces_of
from boxwright.v1 import packing_service_pb2 as messages
from boxwright.v1.packing_service_pb2_grpc import PackingServiceStub

from .collector import over_grpc, over_http, said
from .here import server_here
from .live_calls import BOOK, SKI, ask, request

PACK = "boxwright.v1.PackingService/Pack"
LATENCY = "boxwright_rpc_duration_seconds"
CALLER = "00f067aa0ba902b7"
OPEN_METRICS = "application/openmetrics-text; version=1.0.0"


@contextlib.contextmanager
def traced(collector, running=server_here, delay_ms=100, **settings):
    """A server that sends traces to a collector, and its stub."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OTEL_BSP_SCHEDULE_DELAY", str(delay_ms))
        given = {"default_catalog": "china-post", "traces_endpoint": collector.endpoint, **settings}
        with running(**given) as server, grpc.insecure_channel(server.address) as channel:
            yield server, PackingServiceStub(channel)


@pytest.fixture(scope="module")
def collector():
    """A collector over gRPC."""
    with over_grpc() as found:
        yield found


@pytest.fixture(scope="module")
def server(collector, tmp_path_factory):
    """A server with workers, a store and traces, and its stub."""
    with traced(collector, running_server, store=f"sqlite:///{tmp_path_factory.mktemp('store')}/plans.db") as found:
        yield found


def traceparent(flags="01"):
    """Return a new trace id and the header that makes a call part of it."""
    trace_id = uuid.uuid4().hex
    return trace_id, f"00-{trace_id}-{CALLER}-{flags}"


def called(stub, message, flags="01"):
    """Call Pack within a new trace; return the trace id."""
    trace_id, header = traceparent(flags)
    stub.Pack(message, timeout=20, metadata=(("traceparent", header),))
    return trace_id


def tree(spans):
    """Return span names with those of their parents, sorted; a foreign parent has no name."""
    names = {span.span_id: span.name for span in spans}
    return sorted((names.get(span.parent_span_id, ""), span.name) for span in spans)


def test_a_plan_is_a_trace_from_the_call_to_the_store(server, collector):
    """Call, queue, worker with its phases, and store are spans of the caller's trace."""
    trace_id = called(server[1], request(BOOK, persist=True))
    spans = collector.spans(trace_id, PACK)
    assert tree(spans) == [
        ("", PACK),
        (PACK, "queue"),
        (PACK, "store"),
        (PACK, "worker"),
        ("worker", "answer"),
        ("worker", "check"),
        ("worker", "read"),
        ("worker", "search"),
    ]
    by_name = {span.name: span for span in spans}
    assert by_name[PACK].parent_span_id.hex() == CALLER
    assert by_name["queue"].end_time_unix_nano <= by_name["worker"].start_time_unix_nano
    order = [by_name[name] for name in ("queue", "read", "search", "check", "answer", "store")]
    for before, after in itertools.pairwise(order):
        assert before.start_time_unix_nano <= before.end_time_unix_nano <= after.start_time_unix_nano
    for span in order:
        assert by_name[PACK].start_time_unix_nano <= span.start_time_unix_nano
        assert span.end_time_unix_nano <= by_name[PACK].end_time_unix_nano
    facts = said(by_name[PACK])
    assert (facts["rpc.system.name"], facts["rpc.response.status_code"]) == ("grpc", "OK")
    assert facts["boxwright.plan"].startswith("plans/")
    assert {name for name, _ in collector.services} == {"boxwright"}


def test_a_line_of_the_log_names_the_trace(server, collector):
    """The log line of a call has its trace id."""
    trace_id = called(server[1], request(BOOK))
    collector.spans(trace_id, PACK)
    lines = [json.loads(line) for line in server[0].log if line.startswith("{")]
    (line,) = [line for line in lines if line.get("trace_id") == trace_id]
    assert (line["message"], line["order_id"]) == ("PackingService/Pack", "o")


def test_a_refused_call_is_a_trace_with_its_reason(server, collector):
    """A caller's error does not make the span fail, and the span has no sent text."""
    trace_id, header = traceparent()
    with pytest.raises(grpc.RpcError):
        server[1].Pack(request(SKI), timeout=20, metadata=(("traceparent", header),))
    (span,) = [span for span in collector.spans(trace_id, PACK) if span.name == PACK]
    facts = said(span)
    assert facts["rpc.response.status_code"] == "FAILED_PRECONDITION"
    assert facts["boxwright.reason"] == "order_not_packed_whole"
    assert span.status.code == 0
    assert not {"o", "ski"} & {str(value) for value in facts.values()}


def test_a_call_that_its_caller_does_not_sample_has_no_trace(server, collector):
    """The caller's sampling flag decides."""
    left_out = called(server[1], request(BOOK), flags="00")
    collector.spans(called(server[1], request(BOOK)), PACK)
    assert collector.kept(left_out) == []


def test_orders_of_a_batch_are_spans_of_its_call(server, collector):
    """Each order has its own queue and worker spans."""
    trace_id, header = traceparent()
    batch = messages.BatchPackRequest(requests=[request(BOOK), request(BOOK)])
    server[1].BatchPack(batch, timeout=20, metadata=(("traceparent", header),))
    found = tree(collector.spans(trace_id, "boxwright.v1.PackingService/BatchPack"))
    assert found.count(("boxwright.v1.PackingService/BatchPack", "order")) == 2
    assert found.count(("order", "queue")) == found.count(("worker", "search")) == 2


def test_orders_of_a_stream_are_traces_of_their_own(server, collector):
    """Each order has its own trace, linked to that of the stream, which may stay open for hours."""
    before = len(collector.every("order", 0))
    trace_id, header = traceparent()
    sent = [messages.StreamPackRequest(correlation_id=str(n), pack={"request": request(BOOK)}) for n in range(2)]
    list(server[1].StreamPack(iter(sent), timeout=20, metadata=(("traceparent", header),)))
    orders = collector.every("order", before + 2)[before:]
    assert [order.links[0].trace_id.hex() for order in orders] == [trace_id] * 2
    assert len({order.trace_id for order in orders} | {bytes.fromhex(trace_id)}) == 3
    assert "search" in {span.name for span in collector.spans(orders[0].trace_id.hex(), "order")}


def test_latencies_have_exemplars_that_lead_to_traces(server):
    """OpenMetrics names a trace in the latency histogram."""
    trace_id = called(server[1], request(BOOK))
    _, headers, text = ask(server[0].admin_address, "/metrics", Accept=OPEN_METRICS)
    assert headers["Content-Type"].startswith("application/openmetrics-text")
    lines = [line for line in text.decode().splitlines(keepends=True) if LATENCY in line]
    (latency,) = text_string_to_metric_families("".join([*lines, "# EOF\n"]))
    exemplars = [sample.exemplar for sample in latency.samples if sample.exemplar]
    found = [exemplar for exemplar in exemplars if exemplar.labels["trace_id"] == trace_id]
    assert len(found) == 1
    assert 0 < found[0].value < 60
    assert trace_id not in ask(server[0].admin_address, "/metrics")[2].decode()  # the older format has no exemplars


def test_calls_over_http_are_traced_over_http(monkeypatch):
    """HTTP reads the same headers, and standard variables choose protocol, headers and name."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=hall")
    monkeypatch.setenv("OTEL_SERVICE_NAME", "hall-3")
    trace_id, header = traceparent()
    content = {"order": {"order_id": "o", "lines": [BOOK]}}
    with over_http() as collector, traced(collector) as (server, _):
        assert ask(server.http_address, f"/{PACK}", content, traceparent=header)[0] == 200
        spans = collector.spans(trace_id, PACK)
    assert {("", PACK), (PACK, "queue"), ("worker", "search"), ("worker", "check")} <= set(tree(spans))
    assert said(next(span for span in spans if span.name == PACK))["rpc.system.name"] == "connectrpc"
    assert {name for name, _ in collector.services} == {"hall-3"}
    assert collector.headers[0]["x-tenant"] == "hall"


def test_traces_are_sent_before_the_server_ends():
    """Spans waiting at a stop are exported."""
    with over_grpc() as collector:
        with traced(collector, delay_ms=60_000) as (_, stub):
            trace_id = called(stub, request(BOOK))
            assert collector.kept(trace_id) == []
        assert collector.kept(trace_id)


def test_without_its_extra_the_setting_is_refused(monkeypatch):
    """The error names the setting and the extra."""
    for name in [
        module for module in sys.modules if module.startswith("opentelemetry.") or module.endswith("server.traces")
    ]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    with pytest.raises(UnsupportedError, match=r"^traces_endpoint: .*\[tracing\]"):
        traces_of(Settings(traces_endpoint="http://127.0.0.1:4317"))


@pytest.mark.parametrize(
    "endpoint",
    [
        "collector:4317",
        "ftp://collector",
        "http://",
        "http://who:secret@collector",
        "http://collector/?key=secret",
        "http://collector/#secret",
        "http://collector/?key=secret@1",
    ],
)
def test_an_endpoint_that_is_not_a_url_is_refused(endpoint):
    """It must be a URL; a password in it is refused and not repeated."""
    with pytest.raises(InvalidInputError, match=r"^traces_endpoint: ") as caught:
        Settings(traces_endpoint=endpoint)
    assert "secret" not in str(caught.value)


def test_another_protocol_is_refused(monkeypatch):
    """The error names the variable."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/json")
    with pytest.raises(InvalidInputError, match=r"^OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "):
        traces_of(Settings(traces_endpoint="http://127.0.0.1:4317"))
