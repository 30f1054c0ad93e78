"""How orders inside a batch or stream end, which neither the code of their call nor its log line says."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from boxwright.server.fair_queue import CallKind
from boxwright.server.faults import is_ours, reason_of
from boxwright.server.logs import log
from boxwright.server.metrics import Metrics
from boxwright.server.metrics.calls import PLANNED


@contextmanager
def counted_order(metrics: Metrics, kind: CallKind) -> Iterator[None]:
    """Count the order that the block answers by how it ends, and log a fault of the service with its traceback."""
    reason = ""
    try:
        yield
        reason = PLANNED
    except Exception as error:
        reason = reason_of(error)
        if is_ours(error):
            log(logging.ERROR, "a fault of the service", {"kind": kind.value}, exc_info=True)
        raise
    finally:
        if reason:  # else nobody waits for it any more
            metrics.order_ends.labels(kind.value, reason).inc()
