"""Holds the trace of the current call, if it is traced. Importing this does not load OpenTelemetry."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from boxwright.errors import missing_extra
from boxwright.server.logs import log
from boxwright.server.settings import Settings

if TYPE_CHECKING:
    from boxwright.server.traces import CallTrace, Traces

TRACE_HEADERS = ("traceparent", "tracestate")
"""Headers of the caller's own trace (W3C Trace Context)."""


TRACED: ContextVar["CallTrace | None"] = ContextVar("traced", default=None)
"""Trace of the current call or order; None if it is not traced."""


@contextmanager
def spanned(name: str) -> Iterator[None]:
    """Record the block as a span."""
    begun_ns = time.monotonic_ns()
    try:
        yield
    finally:
        if (trace := TRACED.get()) is not None:
            trace.add(name, begun_ns, time.monotonic_ns())


def traces_of(settings: Settings) -> "Traces | None":
    """Return the exporter of traces, or None if tracing is off.

    Raises UnsupportedError without the extra ``tracing``, and InvalidInputError if the environment names an unsupported
    protocol.
    """
    if not settings.traces_endpoint:
        return None
    try:
        from boxwright.server.traces import Traces
    except ImportError as error:
        if (error.name or "").partition(".")[0] != "opentelemetry":
            raise
        raise missing_extra("traces_endpoint", "traces need OpenTelemetry", "tracing") from None
    log(logging.INFO, "tracing calls", {"endpoint": settings.traces_endpoint})
    return Traces(settings.traces_endpoint)
