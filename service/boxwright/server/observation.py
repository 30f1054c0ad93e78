"""One call of the contract from its begin to its end, which is counted and logged before the caller hears of it."""

from __future__ import annotations  # traces need an extra: they are imported for type checkers only

import logging
import time
from typing import TYPE_CHECKING, Any

from boxwright.server.audit import CALLED, audit, is_audited
from boxwright.server.logs import log, refused_at
from boxwright.server.order_end import REFUSED_ORDERS, RefusedOrders
from boxwright.server.traced import TRACED

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from boxwright.server.metrics import Metrics
    from boxwright.server.traces import Traces


class Observation:
    """What is known of a call while it is under way.

    Parameters
    ----------
    metrics : Metrics
        Where it is counted.
    name : str
        Service and method, as metrics and log name them.
    context : grpc.aio.ServicerContext
        Of the call; asked for its peer now, since a stream whose caller is gone is cleaned up after gRPC has dropped
        its call.
    start : float
        When it began, by the performance counter in seconds.
    under_way : mapping of str to int
        Number of calls by name; this one is among them until its end.
    traces : Traces, optional
        Shows it as a trace. Default: it is not shown.

    Attributes
    ----------
    outcome : dict
        Code, and what else its log line says; whoever answers the call adds to it.
    ended : bool
        Whether it is counted and logged.
    """

    def __init__(
        self,
        metrics: Metrics,
        name: str,
        context: Any,
        start: float,
        under_way: MutableMapping[str, int],
        traces: Traces | None = None,
    ) -> None:
        self.outcome: dict[str, object] = {"code": "OK", "peer": context.peer()}
        self.ended = False
        self._metrics = metrics
        self._name = name
        self._start = start
        self._under_way = under_way
        self._refused_orders = RefusedOrders()
        CALLED.set(self.outcome)
        REFUSED_ORDERS.set(self._refused_orders)
        self._trace = None
        if traces is not None:
            begun_ns = time.monotonic_ns() - round((time.perf_counter() - start) * 1e9)
            self._trace = traces.call(name, context, begun_ns)
            TRACED.set(self._trace)
        under_way[name] += 1

    def end(self) -> None:
        """Count and log the call as its outcome says; once, however often this is called."""
        if self.ended:
            return
        self.ended = True
        elapsed_s = time.perf_counter() - self._start
        name, outcome = self._name, self.outcome
        self._under_way[name] -= 1
        exemplar = None if self._trace is None else self._trace.end(str(outcome["code"]), outcome)
        self._metrics.calls.labels(name, str(outcome["code"])).observe(elapsed_s, exemplar)
        if "reason" in outcome:
            self._metrics.call_errors.labels(name, str(outcome["reason"])).inc()
        if self._refused_orders.count:
            outcome["refused_orders"] = self._refused_orders.count
        if "why" in outcome or ("who" in outcome and is_audited(name)):
            audit(name, outcome["code"], outcome)
        refused = refused_at(outcome) if "reason" in outcome else ""
        facts = {**outcome, **(exemplar or {}), "ms": round(elapsed_s * 1_000, 2)}
        log(logging.INFO, name, facts, refused=refused)
