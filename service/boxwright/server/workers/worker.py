"""The server's side of a worker: sends it an order, receives the answer, and kills it if necessary."""

from __future__ import annotations

import asyncio
import contextlib
import pickle
import sys
import time
from multiprocessing.context import ForkServerProcess
from typing import TYPE_CHECKING, Any

import numpy as np

from boxwright.errors import BoxwrightError, CpuCeilingError
from boxwright.server.api.faults import MemoryCeilingError, NoPlanningError, PlanningLostError
from boxwright.server.machine import resident_bytes
from boxwright.server.metrics import count
from boxwright.server.workers.child import LENGTH, packed

if TYPE_CHECKING:
    from collections.abc import Callable

    from boxwright.server.metrics import Metrics
    from boxwright.server.settings import Settings
    from boxwright.server.workers.work import Work, WorkResult
    from boxwright.stop import Flags

KILL_S = 2.0
"""Time that a cancelled order may go on before its worker is killed, in seconds."""

HANG_S = 10.0
"""Time that a busy worker may use no processor time before it is killed, in seconds."""


class Worker(asyncio.Protocol):
    """A worker process.

    Parameters
    ----------
    process : Process
        The started process.
    flags : int64, (2,)
        Flags of the stop of the work under way, shared with the process.
    settings : Settings
        Limits of the worker.
    metrics : Metrics
        Metrics that receive the worker's counts.
    freed, lost : callable
        Called with the worker after each answer, and after its process has ended.
    yields : bool
        True if it runs with low priority; then only its memory is limited, not its time.
    """

    def __init__(
        self,
        process: ForkServerProcess,
        flags: Flags,
        settings: Settings,
        metrics: Metrics,
        freed: Callable[[Worker], None],
        lost: Callable[[Worker], None],
        *,
        yields: bool = False,
    ) -> None:
        assert process.pid is not None
        self._loop = asyncio.get_running_loop()
        self.process, self.pid = process, process.pid
        self.started: asyncio.Future[None] = self._loop.create_future()  # done once it takes orders
        self.retired = self.is_full = False  # is_full: too little memory is left for another order
        self.why: BoxwrightError | None = None  # reason that it was killed for
        self._flags, self._settings, self._metrics, self._freed, self._lost = flags, settings, metrics, freed, lost
        self._yields, self._max_cpu_s = yields, None if yields else settings.max_cpu_s_per_order
        self._transport: Any = None
        self._received = bytearray()
        self._work: Work | None = None
        self._answer: asyncio.Future[WorkResult] = self._loop.create_future()
        self._killing: asyncio.TimerHandle | None = None
        self._begun_cpu_s = self._seen_cpu_s = 0.0
        self._seen_s = time.monotonic()

    @property
    def busy(self) -> bool:
        """True if an order is under way."""
        return self._work is not None

    def ask(self, work: Work) -> asyncio.Future[WorkResult]:
        """Send work; return the future answer, which the caller cancels if it gives up."""
        self._flags[:] = 0
        work.stop.share(self._flags)
        self._work, self._answer = work, self._loop.create_future()
        self._answer.add_done_callback(self._end_if_cancelled)
        self._begun_cpu_s = self._seen_cpu_s = process_cpu_s(self.pid)
        self._seen_s = time.monotonic()
        question = work.method, work.request, work.answer_by_s, work.keep, self._max_cpu_s
        self._transport.write(packed(question))
        return self._answer

    def close(self) -> None:
        """End an idle process."""
        self.process.kill()
        if self._transport is not None:
            self._transport.abort()

    def kill(self, why: BoxwrightError) -> None:
        """End the process immediately, and its order with an error."""
        self.why = why
        self._end(why, [])
        self.close()

    def look(self) -> None:
        """Kill the process if it hangs, or its order has taken too much memory or CPU time."""
        if self._work is None and self.started.done():
            return
        most_bytes, now_s, cpu_s = self._settings.max_worker_bytes, time.monotonic(), process_cpu_s(self.pid)
        if cpu_s > self._seen_cpu_s:
            self._seen_cpu_s, self._seen_s = cpu_s, now_s
        if now_s - self._seen_s > HANG_S and not self._yields:
            self.kill(PlanningLostError("the process that planned this order hung and was ended"))
        elif self._work is None:
            return  # it is still loading
        elif resident_bytes(self.pid) > most_bytes:
            self.kill(MemoryCeilingError(f"the order took more memory than the limit of {most_bytes:,} bytes"))
        elif self._max_cpu_s is not None and cpu_s - self._begun_cpu_s > self._max_cpu_s + KILL_S:
            text = f"the order reached the limit of {self._max_cpu_s:g} s of CPU time before there was a plan"
            self.kill(CpuCeilingError(text))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the connection to the process."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Handle complete messages."""
        self._received += data
        while len(self._received) >= LENGTH.size:
            end = LENGTH.size + LENGTH.unpack_from(self._received)[0]
            if len(self._received) < end:
                return
            message = pickle.loads(memoryview(self._received)[LENGTH.size : end])
            del self._received[:end]
            self._handle(*message)

    def _handle(self, what: str, notes: Any, *values: Any) -> None:
        if self.why is not None:
            return
        if what == "started":
            self.started.set_result(None)
        elif what == "progress":
            assert self._work is not None
            self._work.progress(*values)
        else:
            outcome, phases, self.is_full = values
            self._end(outcome, phases)
            self._freed(self)
        count(self._metrics, notes)

    def connection_lost(self, error: Exception | None) -> None:
        """After the process has ended, end its order with an error."""
        self.retired = True
        self._end(PlanningLostError("the process that planned this order crashed"), [])
        if not self.started.done():
            self.started.set_exception(NoPlanningError(f"a worker ended while starting ({self.pid})"))
        self._lost(self)

    def _end(self, outcome: WorkResult | Exception, phases: Any) -> None:
        if self._work is None:
            return
        stop, self._work = self._work.stop, None
        stop.share(np.zeros_like(self._flags))  # own flags: ending this stop must not end the next order
        stop.phases = phases
        if self._killing is not None:
            self._killing.cancel()
            self._killing = None
        if not self._answer.done():
            if isinstance(outcome, Exception):
                self._answer.set_exception(outcome)
            else:
                self._answer.set_result(outcome)

    def _end_if_cancelled(self, answer: asyncio.Future[WorkResult]) -> None:
        if answer.cancelled() and answer is self._answer and self._work is not None:
            self._work.stop.cancel()
            why = PlanningLostError("the process that planned this order did not react to its cancellation")
            self._killing = self._loop.call_later(KILL_S, self.kill, why)


def process_cpu_s(pid: int) -> float:
    """Return the CPU time of a process in seconds; elapsed time where the system does not report it."""
    if sys.platform != "linux":
        return time.monotonic()
    with contextlib.suppress(OSError):
        return time.clock_gettime((~pid << 3) | 2)  # CPU clock of a process: see clock_getcpuclockid(3)
    return 0.0
