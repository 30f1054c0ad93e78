"""Counts, audits, logs and traces orders inside a batch or stream, whose status does not show single orders."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from boxwright.domain.plan import IncompletePlanError
from boxwright.server.access.auth import CALLING
from boxwright.server.api.faults import grpc_code, is_ours, reason_of, status_of
from boxwright.server.audit import CALLED, audit, ids_in, refusal_facts, why_of
from boxwright.server.logs import log
from boxwright.server.metrics import PLANNED, Metrics, purpose_of
from boxwright.server.traced import TRACED
from boxwright.server.workers.admission import CallKind
from boxwright.v1 import packing_service_pb2

METHODS = {CallKind.BATCH: "PackingService/BatchPack", CallKind.STREAM: "PackingService/StreamPack"}
"""Name of the method by kind of call."""


@contextmanager
def refused_order(metrics: Metrics, request: packing_service_pb2.PackRequest) -> Iterator[None]:
    """Count an order as refused, and its unpacked units, if the block raises an error."""
    try:
        yield
    except Exception as error:
        if not request.validate_only:
            purpose = purpose_of(request)
            metrics.refusals.labels(purpose, reason_of(error)).inc()
            if isinstance(error, IncompletePlanError):
                metrics.record_unpacked(error.unpacked, purpose)
        raise


@contextmanager
def answered_order(
    metrics: Metrics, kind: CallKind, request: packing_service_pb2.PackRequest, *, paths_of: Any = None
) -> Iterator[None]:
    """Count, audit, log and trace the order that the block answers; ``request`` has shared defaults applied.

    ``paths_of`` is the type of message that paths of invalid fields start in, by default PackRequest.
    """
    ids, called = ids_in(request), CALLED.get()
    facts: dict[str, object] | None = None
    if called is not None and CALLING.get() is not None:
        facts = {name: called[name] for name in ("who", "credential", "peer") if name in called} | ids
    before = CALLED.set(called if facts is None else facts)
    call = TRACED.get()
    trace = None if call is None else call.of_order(own=kind is CallKind.STREAM)
    traced_before = TRACED.set(trace)
    outcome, reason = "OK", PLANNED
    try:
        with refused_order(metrics, request):
            yield
    except Exception as error:
        outcome, reason = grpc_code(status_of(error)).name, reason_of(error)
        if facts is not None:
            facts |= {"reason": reason, **why_of(error)}
        if is_ours(error):
            log(logging.ERROR, "an internal error of the service", {"kind": kind.value}, exc_info=True)
        if called is not None:
            called["refused_orders"] = int(str(called.get("refused_orders", 0))) + 1
            line = refusal_facts(error, paths_of or packing_service_pb2.PackRequest.DESCRIPTOR)
            line |= {name: called[name] for name in ("peer", "who", "credential", "request_id") if name in called}
            log(logging.INFO, f"refused order of {METHODS[kind]}", line | ids)
        raise
    except BaseException:
        outcome, reason = "CANCELLED", ""  # the caller has gone
        raise
    finally:
        CALLED.reset(before)
        TRACED.reset(traced_before)
        if trace is not None:
            trace.end(outcome, {})
        if facts is not None:
            audit(METHODS[kind], outcome, facts)
        if reason:
            metrics.order_ends.labels(kind.value, reason).inc()
