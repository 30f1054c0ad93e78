"""How orders inside a batch or stream end, which neither the code of their call nor its log line says."""

import logging
import math
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from boxwright.domain.incomplete import IncompletePlanError
from boxwright.server.admission import CallKind
from boxwright.server.audit import CALLED, audited_order, ids_in, refusal_facts
from boxwright.server.faults import is_ours, reason_of
from boxwright.server.logs import log
from boxwright.server.metrics import PLANNED, Metrics
from boxwright.server.pack_request import purpose_of
from boxwright.v1 import packing_service_pb2

METHODS = {CallKind.BATCH: "PackingService/BatchPack", CallKind.STREAM: "PackingService/StreamPack"}
"""By how orders come."""

LINES_A_MINUTE = 20
"""Most lines of refused orders that a call leaves in a minute; its own line has the number of all."""


class RefusedOrders:
    """Refused orders of one call: all are counted, and of so many a minute each has a line.

    Attributes
    ----------
    count : int
        How many there are so far.
    """

    def __init__(self) -> None:
        self.count = 0
        self._lines = 0
        self._since_s = -math.inf

    def take(self, now_s: float) -> bool:
        """Count one at a time in seconds; return whether it has a line."""
        self.count += 1
        if now_s - self._since_s >= 60:
            self._since_s, self._lines = now_s, 0
        self._lines += 1
        return self._lines <= LINES_A_MINUTE


REFUSED_ORDERS: ContextVar[RefusedOrders | None] = ContextVar("refused_orders", default=None)
"""Those of the call that this task answers."""


@contextmanager
def refused_order(metrics: Metrics, request: packing_service_pb2.PackRequest) -> Iterator[None]:
    """Count an order among the refused, with what was not packed, where the block raises an error."""
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
    """Count, audit and log the order that the block answers by how it ends.

    Parameters
    ----------
    metrics : Metrics
        Where it is counted.
    kind : CallKind
        Whether it came in a batch or on a stream.
    request : PackRequest
        With what it shares with others.
    paths_of : Descriptor, optional
        Message that paths of fields at fault begin in. Default: PackRequest.
    """
    ids = ids_in(request)
    paths_of = paths_of or packing_service_pb2.PackRequest.DESCRIPTOR
    refused, counted = refused_order(metrics, request), _counted_order(metrics, kind, ids, paths_of)
    with counted, audited_order(METHODS[kind], ids), refused:
        yield


@contextmanager
def _counted_order(metrics: Metrics, kind: CallKind, ids: Mapping[str, object], paths_of: Any) -> Iterator[None]:
    """Count an order by how it ends; log a refusal, and a fault of the service with its traceback."""
    reason = ""
    try:
        yield
        reason = PLANNED
    except Exception as error:
        reason = reason_of(error)
        if is_ours(error):
            log(logging.ERROR, "a fault of the service", {"kind": kind.value}, exc_info=True)
        _log_refused(kind, ids, error, paths_of)
        raise
    finally:
        if reason:  # else nobody waits for it any more
            metrics.order_ends.labels(kind.value, reason).inc()


def _log_refused(kind: CallKind, ids: Mapping[str, object], error: Exception, paths_of: Any) -> None:
    """Write a line on a refused order, unless its call has left many."""
    refused = REFUSED_ORDERS.get()
    if refused is None or not refused.take(time.monotonic()):
        return
    called = CALLED.get() or {}
    whose = {name: called[name] for name in ("peer", "who", "credential", "request_id") if name in called}
    log(logging.INFO, f"refused order of {METHODS[kind]}", refusal_facts(error, paths_of) | whose | dict(ids))
