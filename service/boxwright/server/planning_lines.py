"""Lines of level DEBUG on each piece of work of those who plan: when it begins, and what it took."""

import logging
import os
import time
from collections.abc import Callable

from boxwright.server.asked import Answered, Asked
from boxwright.server.call_ids import ids_in
from boxwright.server.faults import reason_of
from boxwright.server.logs import LOGGER, log
from boxwright.v1 import packing_service_pb2

_ORDERS = frozenset({"Pack", "Improve"})
"""Work whose request is a PackRequest."""


def with_lines(answer: Callable[[Asked], Answered], asked: Asked) -> Answered:
    """Return the answer to what is asked, with the lines round it where they are wanted."""
    if not LOGGER.isEnabledFor(logging.DEBUG):
        return answer(asked)
    facts: dict[str, object] = {"method": asked.method, "pid": os.getpid()}
    if asked.method in _ORDERS:
        request = packing_service_pb2.PackRequest.FromString(asked.request)
        facts |= ids_in(request)
        facts |= {"lines": len(request.order.lines), "units": sum(line.quantity for line in request.order.lines)}
    log(logging.DEBUG, "work begins", {**facts, "request_bytes": len(asked.request)})
    begun_s, begun_cpu_s = time.perf_counter(), time.thread_time()
    try:
        answered = answer(asked)
    except BaseException as error:
        facts |= {"reason": reason_of(error) or type(error).__name__}
        raise
    else:
        facts |= {"answer_bytes": len(answered.data)}
        if answered.entry is not None and answered.entry.plan is not None:
            facts |= {"plan": f"plans/{answered.entry.plan.plan_id}"}
        return answered
    finally:
        ms, cpu_ms = (time.perf_counter() - begun_s) * 1_000, (time.thread_time() - begun_cpu_s) * 1_000
        log(logging.DEBUG, "work ends", {**facts, "ms": round(ms, 2), "cpu_ms": round(cpu_ms, 2)})
