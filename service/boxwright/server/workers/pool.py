"""The workers of a server: keeps them running, gives each one order at a time, and replaces them on a reload."""

from __future__ import annotations

import asyncio
import ctypes
import logging
import math
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from boxwright.catalog.folder import shipped_folder
from boxwright.errors import CpuCeilingError, DeadlineError, SearchEndedError
from boxwright.server.api.faults import MemoryCeilingError, NoPlanningError, PlanningLostError, WaitedInVainError
from boxwright.server.logs import log
from boxwright.server.machine import resident_bytes
from boxwright.server.traced import TRACED
from boxwright.server.workers import child
from boxwright.server.workers.admission import LARGE_BYTES, MOST_WAIT_S, Admission, CallKind, OverloadedError
from boxwright.server.workers.forks import FORKS, preload
from boxwright.server.workers.worker import KILL_S, Worker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from boxwright.server.answers.dataset import Dataset
    from boxwright.server.metrics import Metrics
    from boxwright.server.workers.work import Work, WorkResult
    from boxwright.stop import Stop

Answer = TypeVar("Answer")

THREADS = 2
"""Number of threads of the server that parse long requests and write long answers."""

LOOK_EVERY_S = 0.1
"""Seconds between checks of busy workers."""

LATE_S = 0.002
"""Time in seconds that a worker may exceed a deadline before the server itself answers."""

AGAIN_S = 1.0
"""Time before another attempt to start a worker, in seconds."""

NOTHING_PLANS_S = 30.0
"""Seconds without any worker after which the server counts as broken."""

_WHYS = {MemoryCeilingError: "memory", CpuCeilingError: "cpu", PlanningLostError: "stuck"}
"""Metric label of each reason for killing a worker."""


class Workers:
    """Worker processes, and threads for slow work of the server itself.

    ``at_once`` is the number of workers; the settings of ``dataset`` limit them. ``admission`` is the queue of orders.
    """

    def __init__(self, at_once: int, dataset: Dataset, metrics: Metrics) -> None:
        self.at_once = at_once
        self._dataset, self._metrics = dataset, metrics
        self._all: set[Worker] = set()
        self._long: set[Worker] = set()  # workers of operations, which use only idle processor time
        self._planning: set[Worker] = set()
        self.admission: Admission[Worker] = Admission(at_once)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="chores")
        self._lacking = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._starting = self._closed = False
        self._planned_at_s = time.monotonic()
        metrics.watch_workers(self)

    @property
    def ready(self) -> int:
        """Number of workers that run, busy or not."""
        return len(self._planning)

    @property
    def busy(self) -> int:
        """Number of orders under way."""
        return sum(worker.busy for worker in tuple(self._all))

    @property
    def alive(self) -> bool:
        """True if a worker runs, ran a moment ago, or is starting for the first time."""
        if self._planning or self._starting:
            self._planned_at_s = time.monotonic()
        return time.monotonic() - self._planned_at_s < NOTHING_PLANS_S

    def resident_bytes(self) -> int:
        """Return the resident memory of all workers in bytes."""
        return sum(resident_bytes(worker.pid) for worker in tuple(self._all))

    async def start(self) -> None:
        """Start the workers; return once all take orders. Raises NoPlanningError if one does not start."""
        self._starting = True
        try:
            self._take_up(await self._begun(self._dataset))
        finally:
            self._starting = False
        self._tasks = [asyncio.ensure_future(self._keep_full()), asyncio.ensure_future(self._look())]

    async def prepare(self, dataset: Dataset) -> Callable[[], None]:
        """Start workers with another dataset; return a function that replaces the present workers by them.

        Orders under way end with the old dataset. Raises NoPlanningError if a worker does not start.
        """
        return partial(self._change, dataset, await self._begun(dataset))

    async def ask(
        self,
        work: Work,
        *,
        caller: str = "",
        kind: CallKind = CallKind.SINGLE,
        large: bool = False,
        deadline_s: float = math.inf,
    ) -> WorkResult:
        """Return the answer of a worker to ``work``; orders wait their turn.

        If the caller gives up, a waiting order is dropped and an order under way is cancelled; a worker that does not
        end it within 2 s is killed.

        Parameters
        ----------
        work : Work
            Work to do.
        caller : str, optional
            Caller; callers take turns.
        kind : CallKind, optional
            Kind of call. Single orders are refused after a wait of 2 s; batches and streams limit themselves. Default:
            single.
        large : bool, optional
            Whether the order is large; long requests always are. Default False.
        deadline_s : float, optional
            Deadline of the caller by ``time.monotonic``. Default: none.

        Raises
        ------
        OverloadedError
            If too many orders wait.
        DeadlineError
            If there is no answer in time.
        BoxwrightError
            As the method; PlanningLostError or MemoryCeilingError if the worker crashed, hung or took too much memory.
        """
        large = large or len(work.request) >= LARGE_BYTES
        most_wait_s = MOST_WAIT_S if kind is CallKind.SINGLE else math.inf
        came_ns, begun_ns = time.monotonic_ns(), 0
        try:
            async with asyncio.timeout_at(None if work.answer_by_s is None else work.answer_by_s + LATE_S):
                turn = partial(self.admission.take, (caller, kind), large=large, deadline_s=deadline_s)
                worker = await turn(most_wait_s=most_wait_s)
                while worker.retired:  # it was retired while it was given out
                    self._freed(worker)
                    worker = await turn(most_wait_s=most_wait_s)
                begun_ns = time.monotonic_ns()
                self._metrics.order_wait.labels("large" if large else "small").observe((begun_ns - came_ns) / 1e9)
                return await worker.ask(work)
        except OverloadedError as error:
            self._metrics.refused.labels("orders", error.limit).inc()
            raise
        except (asyncio.CancelledError, TimeoutError) as error:
            self._metrics.abandoned.labels("under_way" if begun_ns else "waiting").inc()
            if isinstance(error, asyncio.CancelledError):
                raise
            late = DeadlineError if begun_ns else WaitedInVainError
            raise late("the deadline of the call passed before there was a plan") from None
        finally:
            if (trace := TRACED.get()) is not None:
                trace.add("queue", came_ns, begun_ns or time.monotonic_ns())
                if begun_ns:
                    trace.add("worker", begun_ns, time.monotonic_ns(), work.stop.phases)

    async def run(self, work: Callable[[], Answer], *, stop: Stop) -> Answer:
        """Run a function in a thread of this process; ``stop`` is cancelled if the caller gives up."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        except asyncio.CancelledError:
            stop.cancel()
            raise

    @asynccontextmanager
    async def long_worker(self, dataset: Dataset) -> AsyncIterator[Worker]:
        """Start a worker for long work: it has the lowest priority, and ends with the block."""
        (worker,) = await self._begun(dataset, 1, yields=True)
        try:
            yield worker
        finally:
            worker.close()
            await asyncio.to_thread(worker.process.join, KILL_S)  # slow on a busy machine

    def close(self) -> None:
        """End all workers, whatever is under way."""
        self._closed = True
        for task in self._tasks:
            task.cancel()
        for worker in self._all | self._long:
            worker.kill(SearchEndedError("the server is stopping"))
        self._threads.shutdown(wait=False, cancel_futures=True)

    def join(self, timeout_s: float) -> int:
        """Wait for closed workers to end; return how many have not."""
        until_s = time.monotonic() + timeout_s
        for worker in self._all:
            worker.process.join(max(0.0, until_s - time.monotonic()))
        return sum(worker.process.is_alive() for worker in self._all)

    async def _begun(self, dataset: Dataset, number: int | None = None, *, yields: bool = False) -> set[Worker]:
        """Return ``number`` new workers, by default ``at_once``. If one does not start, close all."""
        content = await asyncio.to_thread(
            child.packed_dataset, dataset, with_materials=dataset.materials.folder != shipped_folder()
        )
        count = number or self.at_once
        outcomes = await asyncio.gather(
            *(self._begin(dataset, content, yields=yields) for _ in range(count)), return_exceptions=True
        )
        workers = {outcome for outcome in outcomes if isinstance(outcome, Worker)}
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                for worker in workers:
                    worker.close()
                raise outcome
        return workers

    async def _begin(self, dataset: Dataset, content: bytes, *, yields: bool) -> Worker:
        our_end, its_end = socket.socketpair()
        shared = FORKS.RawArray(ctypes.c_int64, 2)
        process = FORKS.Process(target=child.main, args=(its_end, shared, content), kwargs={"yields": yields})
        try:
            await asyncio.to_thread(_start, process)
        except (OSError, EOFError) as error:  # out of processes or descriptors, or the fork server died
            our_end.close()
            raise NoPlanningError(f"a worker cannot be started: {error}") from None
        except asyncio.CancelledError:
            our_end.close()
            raise
        finally:
            its_end.close()
        flags = np.frombuffer(shared, np.int64)  # type: ignore[call-overload] # an array of ctypes is a buffer
        freed = (lambda _: None) if yields else self._freed
        worker = Worker(process, flags, dataset.settings, self._metrics, freed, self._lost, yields=yields)
        (self._long if yields else self._all).add(worker)
        if self._closed:
            worker.kill(SearchEndedError("the server is stopping"))
        await asyncio.get_running_loop().create_unix_connection(lambda: worker, sock=our_end)
        await worker.started
        return worker

    def _take_up(self, workers: set[Worker]) -> None:
        for worker in workers:
            if worker.retired:
                self._lacking.set()
            else:
                self._planning.add(worker)
                self.admission.give(worker)

    def _change(self, dataset: Dataset, workers: set[Worker]) -> None:
        self._dataset = dataset
        for worker in tuple(self._planning):
            self._put_away(worker)
        self._take_up(workers)

    def _put_away(self, worker: Worker) -> None:
        """Give a worker no more orders; it ends now, or once its order is answered."""
        self._planning.discard(worker)
        worker.retired = True
        if not self.admission.holds(worker):
            self.admission.remove(worker)
            worker.close()

    def _freed(self, worker: Worker) -> None:
        """Give a worker its next order, or end it if it is retired."""
        if worker.is_full and worker in self._planning:
            self._metrics.replaced.labels("full").inc()
            self._planning.discard(worker)
            self._lacking.set()
            worker.retired = True
        if worker.retired:
            self.admission.remove(worker)
            worker.close()
        else:
            self.admission.give(worker)

    def _lost(self, worker: Worker) -> None:
        """Forget a worker that has ended, and replace it unless it was retired."""
        self._all.discard(worker)
        self._long.discard(worker)
        self.admission.remove(worker)
        if worker in self._planning and not self._closed:
            self._planning.discard(worker)
            name = "crash" if worker.why is None else _WHYS[type(worker.why)]
            self._metrics.replaced.labels(name).inc()
            log(logging.ERROR, "a worker ended and is replaced", {"pid": worker.pid, "why": name})
            self._lacking.set()

    async def _keep_full(self) -> None:
        """Replace workers that have ended."""
        while True:
            await self._lacking.wait()
            self._lacking.clear()
            while (lacking := self.at_once - len(self._planning)) > 0:
                dataset = self._dataset
                try:
                    workers = await self._begun(dataset, lacking)
                except NoPlanningError as error:
                    log(logging.ERROR, "a worker cannot be started", {"why": str(error)})
                    await asyncio.sleep(AGAIN_S)
                    continue
                for worker in workers:
                    if dataset is self._dataset and len(self._planning) < self.at_once:
                        self._take_up({worker})
                    else:  # the dataset was replaced meanwhile
                        worker.close()

    async def _look(self) -> None:
        while True:
            for worker in self._all | self._long:
                worker.look()
            await asyncio.sleep(LOOK_EVERY_S)


def _start(process: Any) -> None:
    preload()
    process.start()
