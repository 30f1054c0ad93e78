"""How orders inside a batch or stream end, which neither the code of their call nor its log line says."""

import logging
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from boxwright.domain.incomplete import IncompletePlanError
from boxwright.server.answers.purposes import purpose_of
from boxwright.server.api.faults import is_ours, reason_of
from boxwright.server.audit import CALLED, audited_order, ids_in, refusal_facts
from boxwright.server.logs import log
from boxwright.server.metrics import PLANNED, Metrics
from boxwright.server.workers.admission import CallKind
from boxwright.v1 import packing_service_pb2

METHODS = {CallKind.BATCH: "PackingService/BatchPack", CallKind.STREAM: "PackingService/StreamPack"}
"""By how orders come."""

LINES_A_MINUTE = 20
"""Most lines of refused orders that a call leaves in a minute; its own line has the number of all."""


class RefusedOrders:
    """Refused orders of one call: all are counted (``count``), and of so many a minute each has a line."""

    def __init__(self) -> None:
        self.count = self._lines = 0
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
    """Count and audit the order that the block answers by how it ends; log a refusal, unless its call has left many.

    ``paths_of`` is the message that paths of fields at fault begin in, by default PackRequest.
    """
    ids, reason = ids_in(request), ""
    try:
        with audited_order(METHODS[kind], ids), refused_order(metrics, request):
            yield
        reason = PLANNED
    except Exception as error:
        reason = reason_of(error)
        if is_ours(error):
            log(logging.ERROR, "a fault of the service", {"kind": kind.value}, exc_info=True)
        refused = REFUSED_ORDERS.get()
        if refused is not None and refused.take(time.monotonic()):
            called = CALLED.get() or {}
            whose = {name: called[name] for name in ("peer", "who", "credential", "request_id") if name in called}
            facts = refusal_facts(error, paths_of or packing_service_pb2.PackRequest.DESCRIPTOR)
            log(logging.INFO, f"refused order of {METHODS[kind]}", facts | whose | dict(ids))
        raise
    finally:
        if reason:  # else nobody waits for it any more
            metrics.order_ends.labels(kind.value, reason).inc()
