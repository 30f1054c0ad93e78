"""Runs the operations of the store, one at a time: takes one, starts its process, and says that it is held.

An operation whose server is gone is begun anew by whoever sees its beat stand still.
"""

import asyncio
import json
import logging
import os
import pickle
import secrets
import socket
import sys
import time
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from pathlib import Path
from typing import Any

from google.longrunning import operations_pb2
from google.rpc import code_pb2

from boxwright.catalog.folder import FOLDER_VARIABLE, materials_folder
from boxwright.errors import SearchEndedError
from boxwright.server.current import Current
from boxwright.server.deflated import packed, unpacked
from boxwright.server.faults import status_of
from boxwright.server.keeping import Keeping
from boxwright.server.logs import log
from boxwright.server.metrics import Metrics
from boxwright.server.operations.message import operation_name
from boxwright.server.workers.failures import MemoryCeilingError, PlanningLostError
from boxwright.server.workers.forks import ONE_THREAD
from boxwright.server.workers.handed import packed_shelf
from boxwright.server.workers.worker import PAGE_BYTES
from boxwright.store import OperationRecord, OperationState, StoreError

LOOK_EVERY_S = 2.0
"""How often a server looks for operations to run, in seconds; it hears at once of those that it was asked itself."""

BEAT_EVERY_S = 0.5
"""How often the holder of an operation says so, and learns whether it is to be cancelled, in seconds."""

LEASE_S = 10.0
"""How long a beat may stand still before another server takes the operation over, in seconds."""

GIVE_UP_S = LEASE_S / 2
"""After so long without a beat that was written, a holder ends its process: another may begin soon."""

MOST_ATTEMPTS = 3
"""How often an operation is begun: one that ends every server that runs it is not begun for ever."""

ENDS_TRIED_S = 60.0
"""For how long it is tried to write a result, in seconds."""


class Runner:
    """Runs operations.

    Parameters
    ----------
    keeping : Keeping
        The store, if there is one.
    current : Current
        Catalogs and data.
    metrics : Metrics
        Where operations are counted.

    Attributes
    ----------
    changed : asyncio.Event
        Set, and another put in its place, whenever an operation has ended here or the server stops.
    stopping : bool
        Whether the server stops.
    """

    def __init__(self, keeping: Keeping, current: Current, metrics: Metrics) -> None:
        self._keeping, self._current, self._metrics = keeping, current, metrics
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._seen: dict[str, tuple[int, float]] = {}  # beats of what others hold, and since when they stand still
        self._turns: dict[str, int] = {}  # by caller: which turn of this server was theirs last
        self._asked = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.stopping = False
        self.changed = asyncio.Event()

    def start(self) -> None:
        """Begin to look for operations, where there is a store."""
        if self._keeping.on:
            self._task = asyncio.ensure_future(self._run())

    def look(self) -> None:
        """Look for operations now."""
        self._asked.set()

    async def stop(self, timeout_s: float) -> None:
        """End what runs here, and let another server begin it."""
        self.stopping = True
        self._tell()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=timeout_s)

    def _tell(self) -> None:
        """Wake those who wait for a change."""
        self.changed.set()
        self.changed = asyncio.Event()

    async def _run(self) -> None:
        reported = ""
        while True:
            self._asked.clear()
            ran = False
            try:
                ran = await self._turn()
                reported = ""
            except StoreError as error:
                if str(error) != reported:
                    log(logging.WARNING, "operations cannot be read", {"error": str(error)})
                reported = str(error)
            except Exception:  # the next is tried all the same
                log(logging.ERROR, "running an operation failed", exc_info=True)
            if not ran:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._asked.wait(), LOOK_EVERY_S)

    async def _do(self, what: Any, *given: Any) -> Any:
        return await self._keeping.read(what, *given)

    async def _turn(self) -> bool:
        """Run an operation that nobody holds, if there is one; return whether there was."""
        book = self._keeping.store.operations
        unended = await self._do(book.unended)
        self._metrics.show_operations(unended)
        for seen in self._free(unended):
            held = await self._do(book.take, seen, self._holder)
            if held is not None:
                await self._hold(held)
                return True
        return False

    def _free(self, unended: list[OperationRecord]) -> list[OperationRecord]:
        """Return those that wait, and those whose holder gives no sign of life; callers take turns, oldest first."""
        now_s = time.monotonic()
        free = []
        seen: dict[str, tuple[int, float]] = {}
        for found in unended:
            if found.state is OperationState.RUNNING:
                beat, since_s = self._seen.get(found.operation_id, (None, now_s))
                seen[found.operation_id] = found.beat, (since_s if beat == found.beat else now_s)
                if now_s - seen[found.operation_id][1] <= LEASE_S:
                    continue
            free.append(found)
        self._seen = seen
        return sorted(free, key=lambda found: self._turns.get(found.who, 0))

    async def _hold(self, held: OperationRecord) -> None:
        """Run an operation that this server holds, and write what came of it."""
        self._turns[held.who] = max(self._turns.values(), default=0) + 1
        facts = {"operation": operation_name(held.operation_id), "kind": held.kind, "attempt": held.attempts}
        log(logging.INFO, "an operation begins", facts)
        begun_s = time.monotonic()
        outcome: operations_pb2.Operation | None
        if held.attempts > MOST_ATTEMPTS:
            lost = f"it was begun {MOST_ATTEMPTS} times, and each time its server ended or lost the store"
            outcome = _failed(PlanningLostError(lost))
        elif held.cancelled:
            outcome = cancelled_outcome()
        else:
            try:
                outcome = await self._outcome(held)
            except asyncio.CancelledError:  # the server stops
                with suppress(StoreError):
                    await self._do(self._keeping.store.operations.release, held)
                raise
        if outcome is None or not await self._write(held, state := _state_of(outcome), outcome):
            log(logging.INFO, "an operation is left to another server", facts)
            return
        self._tell()
        log(
            logging.INFO,
            "an operation ended",
            {**facts, "state": state.value, "s": round(time.monotonic() - begun_s, 2)},
        )

    async def _write(self, held: OperationRecord, state: OperationState, outcome: operations_pb2.Operation) -> bool:
        """Write a result, again and again where the store fails; return whether this server still held the operation.

        Where it is not taken, the operation is begun anew.
        """
        until_s = time.monotonic() + ENDS_TRIED_S
        book, result = self._keeping.store.operations, packed(outcome.SerializeToString())
        while True:
            try:
                return bool(await self._do(book.end, held, state, result))
            except StoreError:
                if time.monotonic() > until_s:
                    raise
                await asyncio.sleep(BEAT_EVERY_S)

    async def _outcome(self, held: OperationRecord) -> operations_pb2.Operation | None:
        """Return what comes of an operation in a process of its own; None where it is for another server to run."""
        dataset = self._current.dataset
        settings = dataset.settings
        content = await asyncio.to_thread(packed_shelf, dataset, with_materials=False)
        task = held.kind, unpacked(held.request), content, settings.log_format, settings.log_level
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "boxwright.server.operations.child"),
            stdin=PIPE,
            stdout=PIPE,
            env={**os.environ, **ONE_THREAD, FOLDER_VARIABLE: str(dataset.materials.folder or materials_folder())},
        )
        far: list[Any] = ["starting", 0, 0]
        hearing = asyncio.ensure_future(_heard(process, pickle.dumps(task), far))
        try:
            return await self._watch(held, process.pid, hearing, far, settings.max_worker_bytes)
        finally:
            hearing.cancel()
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _watch(
        self,
        held: OperationRecord,
        pid: int,
        hearing: "asyncio.Future[operations_pb2.Operation]",
        far: list[Any],
        most_bytes: int,
    ) -> operations_pb2.Operation | None:
        """Beat until there is an outcome, somebody wants none, or the process holds too much memory."""
        beaten_s = time.monotonic()
        while True:
            await asyncio.wait({hearing}, timeout=BEAT_EVERY_S)
            if not hearing.done() and _resident_bytes(pid) > most_bytes:
                return _failed(
                    MemoryCeilingError(f"the operation took more memory than one may take, {most_bytes:,} bytes")
                )
            there = None
            try:
                there = await asyncio.wait_for(self._do(self._keeping.store.operations.beat, held, *far), GIVE_UP_S)
            except (StoreError, TimeoutError):
                if not hearing.done() and time.monotonic() - beaten_s <= GIVE_UP_S:
                    continue
            if hearing.done():
                return hearing.result()
            if there is None:
                return None
            if there.cancelled:
                return cancelled_outcome()
            beaten_s = time.monotonic()


async def _heard(process: Process, task: bytes, far: list[Any]) -> operations_pb2.Operation:
    """Hand a task to a process, note how far it is, and return what it answers; an error where it ends without."""
    assert process.stdin is not None  # both are pipes
    assert process.stdout is not None
    with suppress(ConnectionError, asyncio.IncompleteReadError):
        process.stdin.write(task)
        await process.stdin.drain()
        while line := await process.stdout.readline():
            said = json.loads(line)
            if len(said) == 1:
                return operations_pb2.Operation.FromString(await process.stdout.readexactly(*said))
            far[:] = said
    return _failed(PlanningLostError("the process that ran the operation ended before there was a result"))


def _resident_bytes(pid: int) -> int:
    """Return the memory that a process holds; 0 where the system does not say, or it has ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * PAGE_BYTES
    except (OSError, IndexError):
        return 0


def cancelled_outcome() -> operations_pb2.Operation:
    """Return the outcome of an operation that was cancelled."""
    return _failed(SearchEndedError("the operation was cancelled"))


def _failed(error: Exception) -> operations_pb2.Operation:
    return operations_pb2.Operation(done=True, error=status_of(error))


def _state_of(outcome: operations_pb2.Operation) -> OperationState:
    if outcome.WhichOneof("result") == "response":
        return OperationState.SUCCEEDED
    return OperationState.CANCELLED if outcome.error.code == code_pb2.CANCELLED else OperationState.FAILED
