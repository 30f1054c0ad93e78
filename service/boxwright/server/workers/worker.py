"""One planning process as the server sees it: hands it an order, hears its answer, ends it where it must."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pickle
import sys
import time
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from boxwright.errors import BoxwrightError, CpuCeilingError
from boxwright.server.api.faults import MemoryCeilingError, NoPlanningError, PlanningLostError
from boxwright.server.metrics import count
from boxwright.server.workers.child import LENGTH, packed

if TYPE_CHECKING:
    from collections.abc import Callable

    from boxwright.server.metrics import Metrics
    from boxwright.server.settings import Settings
    from boxwright.server.workers.asked import Answered, Asked
    from boxwright.stop import Flags

KILL_S = 2.0
"""How long an order may go on after it was cancelled, in seconds; then its process is killed."""

HANG_S = 10.0
"""How long a process may use no processor time for its order, in seconds; then it is killed."""

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class Worker(asyncio.Protocol):
    """One planning process.

    Parameters
    ----------
    process : Process
        It, once started.
    flags : int64, (2,)
        Shared with it: those of the stop of what is under way.
    settings : Settings
        Its limits.
    metrics : Metrics
        Where it is counted what the process notes.
    freed, lost : callable
        Called with the worker when it has answered, and when its process is gone.
    yields : bool
        Whether it yields to others, however long it takes: then only its memory is limited.
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
        self.retired = self.is_full = False  # takes no more orders; has too little memory left for another
        self.why: BoxwrightError | None = None  # of its being killed
        self._flags, self._settings, self._metrics, self._freed, self._lost = flags, settings, metrics, freed, lost
        self._yields, self._max_cpu_s = yields, None if yields else settings.max_cpu_s_per_order
        self._transport: Any = None
        self._received = bytearray()
        self._asked: Asked | None = None
        self._answer: asyncio.Future[Answered] = self._loop.create_future()
        self._killing: asyncio.TimerHandle | None = None
        self._begun_cpu_s = self._seen_cpu_s = 0.0
        self._seen_s = time.monotonic()

    @property
    def busy(self) -> bool:
        """Whether an order is under way."""
        return self._asked is not None

    def ask(self, asked: Asked) -> asyncio.Future[Answered]:
        """Hand over an order; return its answer, to be cancelled by whoever no longer waits."""
        self._flags[:] = 0
        asked.stop.share(self._flags)
        self._asked, self._answer = asked, self._loop.create_future()
        self._answer.add_done_callback(self._end_if_cancelled)
        self._begun_cpu_s = self._seen_cpu_s = process_cpu_s(self.pid)
        self._seen_s = time.monotonic()
        question = asked.method, asked.request, asked.answer_by_s, asked.keep, self._max_cpu_s
        self._transport.write(packed(question))
        return self._answer

    def close(self) -> None:
        """End the process, which has no order."""
        self.process.kill()
        if self._transport is not None:
            self._transport.abort()

    def kill(self, why: BoxwrightError) -> None:
        """End the process at once, and its order with an error."""
        self.why = why
        self._end(why, [])
        self.close()

    def look(self) -> None:
        """Kill the process where it does not get on, or its order has taken too much memory or time."""
        if self._asked is None and self.started.done():
            return
        most_bytes, now_s, cpu_s = self._settings.max_worker_bytes, time.monotonic(), process_cpu_s(self.pid)
        if cpu_s > self._seen_cpu_s:
            self._seen_cpu_s, self._seen_s = cpu_s, now_s
        if now_s - self._seen_s > HANG_S and not self._yields:
            self.kill(PlanningLostError("the process that planned this order did not get on"))
        elif self._asked is None:
            return  # it still loads
        elif self.resident_bytes() > most_bytes:
            self.kill(MemoryCeilingError(f"it took more memory than one may take, {most_bytes:,} bytes"))
        elif self._max_cpu_s is not None and cpu_s - self._begun_cpu_s > self._max_cpu_s + KILL_S:
            text = f"the order reached its ceiling of {self._max_cpu_s:g} s of CPU before there was a plan"
            self.kill(CpuCeilingError(text))

    def resident_bytes(self) -> int:
        """Memory that the process holds; 0 where the system does not say."""
        with contextlib.suppress(OSError, IndexError):
            return int(Path(f"/proc/{self.pid}/statm").read_bytes().split()[1]) * PAGE_BYTES
        return 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note over what the two talk."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Take messages as far as they are there whole."""
        self._received += data
        while len(self._received) >= LENGTH.size:
            end = LENGTH.size + LENGTH.unpack_from(self._received)[0]
            if len(self._received) < end:
                return
            message = pickle.loads(memoryview(self._received)[LENGTH.size : end])
            del self._received[:end]
            self._hear(*message)

    def _hear(self, what: str, notes: Any, *told: Any) -> None:
        if self.why is not None:
            return
        if what == "started":
            self.started.set_result(None)
        elif what == "better":
            assert self._asked is not None
            if self._asked.better is not None:
                self._asked.better(*told)
        else:
            outcome, phases, self.is_full = told
            self._end(outcome, phases)
            self._freed(self)
        count(self._metrics, notes)

    def connection_lost(self, error: Exception | None) -> None:
        """Answer the order of a process that is gone."""
        self.retired = True
        self._end(PlanningLostError("the process that planned this order ended before its answer"), [])
        if not self.started.done():
            self.started.set_exception(NoPlanningError(f"a planning process ended at its start ({self.pid})"))
        self._lost(self)

    def _end(self, outcome: Answered | Exception, phases: Any) -> None:
        """Answer the order under way, if there is one."""
        if self._asked is None:
            return
        stop, self._asked = self._asked.stop, None
        stop.share(np.zeros_like(self._flags))  # what ends it from now on does not end the next order
        stop.phases = phases
        if self._killing is not None:
            self._killing.cancel()
            self._killing = None
        if not self._answer.done():
            if isinstance(outcome, Exception):
                self._answer.set_exception(outcome)
            else:
                self._answer.set_result(outcome)

    def _end_if_cancelled(self, answer: asyncio.Future[Answered]) -> None:
        if answer.cancelled() and answer is self._answer and self._asked is not None:
            self._asked.stop.cancel()
            why = PlanningLostError("the process that planned this order did not end it")
            self._killing = self._loop.call_later(KILL_S, self.kill, why)


def process_cpu_s(pid: int) -> float:
    """CPU time of a process in seconds; where the system does not show it, the time that passes."""
    if sys.platform != "linux":
        return time.monotonic()
    with contextlib.suppress(OSError):
        return time.clock_gettime((~pid << 3) | 2)  # the clock of a process; see clock_getcpuclockid
    return 0.0
