"""Traces of calls, exported by OTLP. Loads OpenTelemetry, so import it only if ``traces_endpoint`` is set."""

from __future__ import annotations

import os
import threading
import time
from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import INVALID_SPAN, Link, Span, SpanKind, Status, StatusCode, Tracer, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.server.traced import TRACE_HEADERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from boxwright.stop import Phase

PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
"""Variables that name the export protocol; the first one set counts."""

OUR_FAULTS = frozenset({"UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"})
"""Codes that mark a call's span as failed in OpenTelemetry; all other codes are faults of callers."""

TOLD = {"reason": "boxwright.reason", "plan": "boxwright.plan"}
"""Span attributes by field of the log line."""


def _exporter_to(endpoint: str) -> SpanExporter:
    variable = next((name for name in PROTOCOLS if os.environ.get(name)), PROTOCOLS[-1])
    protocol = os.environ.get(variable) or "grpc"
    if protocol == "grpc":
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

        return OTLPSpanExporter(endpoint)
    if protocol == "http/protobuf":
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpSpanExporter

        return HttpSpanExporter(endpoint if urlsplit(endpoint).path.strip("/") else endpoint.rstrip("/") + "/v1/traces")
    raise InvalidInputError([FieldViolation(variable, f"must be grpc or http/protobuf, got {protocol!r}")])


def _resource() -> Resource:
    """Return the resource of this service: its name and version, unless the environment names others."""
    named = Resource({"service.name": "boxwright", "service.version": version("boxwright")})
    found = Resource.create()
    unnamed = str(found.attributes.get("service.name", "")).startswith("unknown_service")
    return found.merge(named) if unnamed else named.merge(found)


class Traces:
    """Creates spans and exports them to ``endpoint``; all other options come from the variables of OpenTelemetry.

    Raises InvalidInputError if the environment names an unsupported protocol.
    """

    def __init__(self, endpoint: str) -> None:
        self._provider = TracerProvider(resource=_resource(), shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(_exporter_to(endpoint)))
        self._tracer: Tracer = self._provider.get_tracer("boxwright", version("boxwright"))

    def call(self, name: str, context: Any) -> CallTrace | None:
        """Return the trace of a new call, within its caller's trace if it sends one; None if it is not sampled."""
        carrier = {key: value for key, value in context.invocation_metadata() or () if key in TRACE_HEADERS}
        method = f"boxwright.v1.{name}"
        attributes = {"rpc.system.name": getattr(context, "system", "grpc"), "rpc.method": method}
        within = TraceContextTextMapPropagator().extract(carrier)
        span = self._tracer.start_span(method, within, SpanKind.SERVER, attributes)
        return CallTrace(self._tracer, span) if span.is_recording() else None

    def close(self, timeout_s: float) -> None:
        """Export waiting spans, for at most ``timeout_s`` seconds."""
        ending = threading.Thread(target=self._provider.shutdown, name="traces", daemon=True)
        ending.start()
        ending.join(timeout_s)


class CallTrace:
    """The trace of a call, or of an order of a batch or stream."""

    def __init__(self, tracer: Tracer, span: Span) -> None:
        self._tracer = tracer
        self._span = span
        self._offset_ns = time.time_ns() - time.monotonic_ns()

    def add(self, name: str, begun_ns: int, ended_ns: int, within: Sequence[Phase] = ()) -> None:
        """Add a finished span and its phases; times are of the monotonic clock."""
        span = self._begun(name, self._span, begun_ns)
        for phase, phase_begun_ns, phase_ended_ns in within:
            self._begun(phase, span, phase_begun_ns).end(self._offset_ns + phase_ended_ns)
        span.end(self._offset_ns + ended_ns)

    def of_order(self, own: bool) -> CallTrace | None:
        """Return the trace of an order; with ``own``, for open streams, it is a separate trace linked to the call."""
        if not own:
            return CallTrace(self._tracer, self._begun("order", self._span, time.monotonic_ns()))
        links = [Link(self._span.get_span_context())]
        span = self._tracer.start_span("order", set_span_in_context(INVALID_SPAN), SpanKind.SERVER, None, links)
        return CallTrace(self._tracer, span) if span.is_recording() else None

    def end(self, code: str, facts: Mapping[str, object]) -> dict[str, str]:
        """End the span with a status; return its ids."""
        self._span.set_attribute("rpc.response.status_code", code)
        for name, attribute in TOLD.items():
            if name in facts:
                self._span.set_attribute(attribute, str(facts[name]))
        if code in OUR_FAULTS:
            self._span.set_status(Status(StatusCode.ERROR))
        self._span.end(self._offset_ns + time.monotonic_ns())
        context = self._span.get_span_context()
        return {"trace_id": f"{context.trace_id:032x}", "span_id": f"{context.span_id:016x}"}

    def _begun(self, name: str, parent: Span, begun_ns: int) -> Span:
        return self._tracer.start_span(name, set_span_in_context(parent), start_time=self._offset_ns + begun_ns)
