"""The planning processes of a server: keeps them up, hands each an order at a time, and reloads them."""

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
from boxwright.server.traced import TRACED
from boxwright.server.workers import child
from boxwright.server.workers.admission import LARGE_BYTES, MOST_WAIT_S, Admission, CallKind, ShedError
from boxwright.server.workers.forks import FORKS, preload
from boxwright.server.workers.worker import KILL_S, Worker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from boxwright.server.answers.dataset import Dataset
    from boxwright.server.metrics import Metrics
    from boxwright.server.workers.asked import Answered, Asked
    from boxwright.stop import Stop

Answer = TypeVar("Answer")

THREADS = 2
"""Threads of the server that read long requests and write long answers."""

LOOK_EVERY_S = 0.1
"""How often processes under way are looked at, in seconds."""

LATE_S = 0.002
"""How long after its time an order may still be answered by who plans it; then the server answers, in seconds."""

AGAIN_S = 1.0
"""After how long it is tried again to start a process, in seconds."""

NOTHING_PLANS_S = 30.0
"""How long there may be no process that plans before the server counts as broken, in seconds."""

_WHYS = {MemoryCeilingError: "memory", CpuCeilingError: "cpu", PlanningLostError: "stuck"}
"""Why a process was killed, as the metrics name it."""


class Workers:
    """Planning processes, and threads for what the server itself has to do for long.

    ``at_once`` is how many processes there are; they plan with the dataset, whose settings limit them.
    """

    def __init__(self, at_once: int, dataset: Dataset, metrics: Metrics) -> None:
        self.at_once = at_once
        self._dataset, self._metrics = dataset, metrics
        self._all: set[Worker] = set()
        self._apart: set[Worker] = set()  # those that yield to others
        self._planning: set[Worker] = set()
        self._admission: Admission[Worker] = Admission(at_once)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="chores")
        self._lacking = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._starting = self._closed = False
        self._planned_at_s = time.monotonic()
        metrics.watch_workers(self)

    def waiting(self, *, large: bool) -> int:
        """Return how many large orders wait for a process, or small ones."""
        return self._admission.waiting(large=large)

    @property
    def ready(self) -> int:
        """How many processes are there, busy or not."""
        return len(self._planning)

    @property
    def busy(self) -> int:
        """How many orders are under way."""
        return sum(worker.busy for worker in tuple(self._all))

    @property
    def alive(self) -> bool:
        """Whether there is a process that plans, was one a moment ago, or is to be the first."""
        if self._planning or self._starting:
            self._planned_at_s = time.monotonic()
        return time.monotonic() - self._planned_at_s < NOTHING_PLANS_S

    def oldest_s(self) -> float:
        """How long the oldest order that waits has waited, in seconds; 0 where none does."""
        return self._admission.oldest_s()

    def resident_bytes(self) -> int:
        """Memory that the processes hold."""
        return sum(worker.resident_bytes() for worker in tuple(self._all))

    async def start(self) -> None:
        """Start the processes; return once all take orders. Raises NoPlanningError if one does not start."""
        self._starting = True
        try:
            self._take_up(await self._begun(self._dataset))
        finally:
            self._starting = False
        self._tasks = [asyncio.ensure_future(self._keep_full()), asyncio.ensure_future(self._look())]

    async def prepare(self, dataset: Dataset) -> Callable[[], None]:
        """Start processes with another dataset; return what has them take the place of those there are.

        Orders under way end with what they began with. Raises NoPlanningError if one does not start.
        """
        return partial(self._change, dataset, await self._begun(dataset))

    async def ask(
        self,
        asked: Asked,
        *,
        caller: str = "",
        kind: CallKind = CallKind.SINGLE,
        large: bool = False,
        deadline_s: float = math.inf,
    ) -> Answered:
        """Return the answer to what is asked, in the turn of who asks.

        If the caller gives up, the order is dropped where it waits, and cancelled where it is under way; a process that
        does not end it within 2 s is killed.

        Parameters
        ----------
        asked : Asked
            What to answer.
        caller : str, optional
            Who asks: callers take turns.
        kind : CallKind, optional
            How it came. Single orders are refused after 2 s; batches and streams limit themselves. Default: single.
        large : bool, optional
            Whether it is a large order; a long request is in any case. Default False.
        deadline_s : float, optional
            When the caller waits no longer, by the clock ``time.monotonic``. Default: never.

        Raises
        ------
        ShedError
            If there is too much to do.
        DeadlineError
            If the time to answer came before.
        BoxwrightError
            As the method does; PlanningLostError, MemoryCeilingError if the process ended, or took too much memory.
        """
        large = large or len(asked.request) >= LARGE_BYTES
        most_wait_s = MOST_WAIT_S if kind is CallKind.SINGLE else math.inf
        came_ns, begun_ns = time.monotonic_ns(), 0
        try:
            async with asyncio.timeout_at(None if asked.answer_by_s is None else asked.answer_by_s + LATE_S):
                turn = partial(self._admission.take, (caller, kind), large=large, deadline_s=deadline_s)
                worker = await turn(most_wait_s=most_wait_s)
                while worker.retired:  # it was to end just when it was handed out
                    self._freed(worker)
                    worker = await turn(most_wait_s=most_wait_s)
                begun_ns = time.monotonic_ns()
                self._metrics.order_wait.labels("large" if large else "small").observe((begun_ns - came_ns) / 1e9)
                return await worker.ask(asked)
        except ShedError as error:
            self._metrics.refused.labels("orders", error.limit).inc()
            raise
        except (asyncio.CancelledError, TimeoutError) as error:
            self._metrics.abandoned.labels("under_way" if begun_ns else "waiting").inc()
            if isinstance(error, asyncio.CancelledError):
                raise
            late = DeadlineError if begun_ns else WaitedInVainError
            raise late("the deadline of the call came before there was a plan") from None
        finally:
            if (trace := TRACED.get()) is not None:
                trace.add("queue", came_ns, begun_ns or time.monotonic_ns())
                if begun_ns:
                    trace.add("worker", begun_ns, time.monotonic_ns(), asked.stop.phases)

    async def run(self, work: Callable[[], Answer], *, stop: Stop) -> Answer:
        """Return what a thread of this process does; ``stop`` is cancelled if who asks gives up."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        except asyncio.CancelledError:
            stop.cancel()
            raise

    @asynccontextmanager
    async def apart(self, dataset: Dataset) -> AsyncIterator[Worker]:
        """Lend a process of its own for what takes long: it yields to all others, and ends with the block."""
        (worker,) = await self._begun(dataset, 1, yields=True)
        try:
            yield worker
        finally:
            worker.close()
            await asyncio.to_thread(worker.process.join, KILL_S)  # it goes late on a busy machine

    def close(self) -> None:
        """End the processes, whatever is under way."""
        self._closed = True
        for task in self._tasks:
            task.cancel()
        for worker in self._all | self._apart:
            worker.kill(SearchEndedError("the server stops"))
        self._threads.shutdown(wait=False, cancel_futures=True)

    def join(self, timeout_s: float) -> int:
        """Wait for the processes to end once closed; return how many have not."""
        until_s = time.monotonic() + timeout_s
        for worker in self._all:
            worker.process.join(max(0.0, until_s - time.monotonic()))
        return sum(worker.process.is_alive() for worker in self._all)

    async def _begun(self, dataset: Dataset, number: int | None = None, *, yields: bool = False) -> set[Worker]:
        """Return so many workers that plan with a dataset, all by default; all are killed where one does not start."""
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
        ours, theirs = socket.socketpair()
        shared = FORKS.RawArray(ctypes.c_int64, 2)
        process = FORKS.Process(target=child.main, args=(theirs, shared, content), kwargs={"yields": yields})
        try:
            await asyncio.to_thread(_start, process)
        except (OSError, EOFError) as error:  # no process or descriptor is left, or what it is a copy of ended
            ours.close()
            raise NoPlanningError(f"a planning process cannot be started: {error}") from None
        except asyncio.CancelledError:
            ours.close()
            raise
        finally:
            theirs.close()
        flags = np.frombuffer(shared, np.int64)  # type: ignore[call-overload] # an array of ctypes is a buffer
        freed = (lambda _: None) if yields else self._freed
        worker = Worker(process, flags, dataset.settings, self._metrics, freed, self._lost, yields=yields)
        (self._apart if yields else self._all).add(worker)
        if self._closed:
            worker.kill(SearchEndedError("the server stops"))
        await asyncio.get_running_loop().create_unix_connection(lambda: worker, sock=ours)
        await worker.started
        return worker

    def _take_up(self, workers: set[Worker]) -> None:
        """Have workers take orders."""
        for worker in workers:
            if worker.retired:
                self._lacking.set()
            else:
                self._planning.add(worker)
                self._admission.give(worker)

    def _change(self, dataset: Dataset, workers: set[Worker]) -> None:
        self._dataset = dataset
        for worker in tuple(self._planning):
            self._put_away(worker)
        self._take_up(workers)

    def _put_away(self, worker: Worker) -> None:
        """Give a worker no more orders, and have it end now or once its order is answered."""
        self._planning.discard(worker)
        worker.retired = True
        if not self._admission.holds(worker):
            self._admission.remove(worker)
            worker.close()

    def _freed(self, worker: Worker) -> None:
        """Have a worker take its next order, or end where it is to."""
        if worker.is_full and worker in self._planning:
            self._metrics.replaced.labels("full").inc()
            self._planning.discard(worker)
            self._lacking.set()
            worker.retired = True
        if worker.retired:
            self._admission.remove(worker)
            worker.close()
        else:
            self._admission.give(worker)

    def _lost(self, worker: Worker) -> None:
        """Note that a process is gone, and have another take its place where it was to go on."""
        self._all.discard(worker)
        self._apart.discard(worker)
        self._admission.remove(worker)
        if worker in self._planning and not self._closed:
            self._planning.discard(worker)
            name = "crash" if worker.why is None else _WHYS[type(worker.why)]
            self._metrics.replaced.labels(name).inc()
            log(logging.ERROR, "a planning process ended and is replaced", {"pid": worker.pid, "why": name})
            self._lacking.set()

    async def _keep_full(self) -> None:
        """Start a process for each that is gone."""
        while True:
            await self._lacking.wait()
            self._lacking.clear()
            while (lacking := self.at_once - len(self._planning)) > 0:
                dataset = self._dataset
                try:
                    workers = await self._begun(dataset, lacking)
                except NoPlanningError as error:
                    log(logging.ERROR, "a planning process cannot be started", {"why": str(error)})
                    await asyncio.sleep(AGAIN_S)
                    continue
                for worker in workers:
                    if dataset is self._dataset and len(self._planning) < self.at_once:
                        self._take_up({worker})
                    else:  # what is planned with has changed meanwhile
                        worker.close()

    async def _look(self) -> None:
        while True:
            for worker in self._all | self._apart:
                worker.look()
            await asyncio.sleep(LOOK_EVERY_S)


def _start(process: Any) -> None:
    preload()
    process.start()
