"""Runs the operations of the store, one at a time: takes one, starts its process, and says that it is held.

An operation whose server is gone is begun anew by whoever sees its beat stand still.
"""

import asyncio
import logging
import os
import secrets
import socket
import time
from contextlib import suppress
from typing import Any

from google.longrunning import operations_pb2
from google.rpc import code_pb2

from boxwright.catalog.folder import materials_folder
from boxwright.errors import SearchEndedError
from boxwright.server.current import Current
from boxwright.server.deflated import packed, unpacked
from boxwright.server.faults import status_of
from boxwright.server.keeping import Keeping
from boxwright.server.logs import log
from boxwright.server.metrics import Metrics
from boxwright.server.operations.frames import Frames
from boxwright.server.operations.message import operation_name
from boxwright.server.operations.spawned import Child, task
from boxwright.server.workers.failures import MemoryCeilingError, PlanningLostError
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
    """

    def __init__(self, keeping: Keeping, current: Current, metrics: Metrics) -> None:
        self._keeping, self._current, self._metrics = keeping, current, metrics
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._seen: dict[str, tuple[int, float]] = {}
        self._turns: dict[str, int] = {}
        """By caller: which turn of this server was theirs last."""
        self._asked = asyncio.Event()
        self._stopping = asyncio.Event()
        self._cancelling = ""
        self._task: asyncio.Task[None] | None = None
        self.changed = asyncio.Event()

    @property
    def stopping(self) -> bool:
        """Whether the server stops."""
        return self._stopping.is_set()

    def start(self) -> None:
        """Begin to look for operations, where there is a store."""
        if self._keeping.on:
            self._task = asyncio.ensure_future(self._run())

    def look(self) -> None:
        """Look for operations now."""
        self._asked.set()

    def cancel(self, operation_id: str) -> None:
        """End an operation now, if it runs here; the store says already that it is to be cancelled."""
        self._cancelling = operation_id
        self._asked.set()
        self._tell()

    async def stop(self, timeout_s: float) -> None:
        """End what runs here, and let another server begin it."""
        self._stopping.set()
        self._asked.set()
        self._tell()
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=timeout_s)
            self._task.cancel()

    def _tell(self) -> None:
        """Wake those who wait for a change."""
        self.changed.set()
        self.changed = asyncio.Event()

    async def _run(self) -> None:
        reported = ""
        while not self.stopping:
            self._asked.clear()
            try:
                ran = await self._turn()
                reported = ""
            except StoreError as error:
                ran = False
                if str(error) != reported:
                    log(logging.WARNING, "operations cannot be read", {"error": str(error)})
                reported = str(error)
            except Exception:  # the next is tried all the same
                ran = False
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
        self._metrics.count_operations(await self._do(book.counts), unended)
        for seen in self._free(unended):
            held = await self._do(book.take, seen, self._holder)
            if held is None:
                continue
            await self._hold(held)
            return True
        return False

    def _free(self, unended: list[OperationRecord]) -> list[OperationRecord]:
        """Return those that wait, and those whose holder gives no sign of life; callers take turns, oldest first."""
        now_s = time.monotonic()
        running = {each.operation_id: each for each in unended if each.state is OperationState.RUNNING}
        known = self._seen
        self._seen = {
            name: known[name] if name in known and known[name][0] == each.beat else (each.beat, now_s)
            for name, each in running.items()
        }
        gone = {name for name, (_, since_s) in self._seen.items() if now_s - since_s > LEASE_S}
        free = [each for each in unended if each.operation_id in gone or each.operation_id not in running]
        return sorted(free, key=lambda each: self._turns.get(each.who, 0))

    async def _hold(self, held: OperationRecord) -> None:
        """Run an operation that this server holds, and write what came of it."""
        self._turns[held.who] = max(self._turns.values(), default=0) + 1
        facts = {"operation": operation_name(held.operation_id), "kind": held.kind, "attempt": held.attempts}
        log(logging.INFO, "an operation begins", facts)
        self._cancelling = ""  # of what ran before, perhaps under the same name; the store knows whether this one is
        begun_s = time.monotonic()
        if held.attempts > MOST_ATTEMPTS:
            lost = f"it was begun {MOST_ATTEMPTS} times, and each time its server ended or lost the store"
            outcome: operations_pb2.Operation | None = _failed(PlanningLostError(lost))
        elif held.cancelled:
            outcome = cancelled_outcome()
        else:
            outcome = await self._outcome(held)
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
                if time.monotonic() > until_s or self.stopping:
                    raise
                await asyncio.sleep(BEAT_EVERY_S)

    async def _outcome(self, held: OperationRecord) -> operations_pb2.Operation | None:
        """Return what comes of an operation; None where it is for another server to run."""
        shelf = self._current.shelf
        sent = await asyncio.to_thread(lambda: task(held.kind, unpacked(held.request), shelf))
        child = Child.start(shelf.materials.folder or materials_folder())
        talk = _Talk(child)
        reading = asyncio.ensure_future(talk.outcome(sent))
        try:
            return await self._watch(held, talk, reading, shelf.settings.max_worker_bytes)
        finally:
            reading.cancel()
            await asyncio.to_thread(child.end)
            if self.stopping:
                with suppress(StoreError):
                    await self._do(self._keeping.store.operations.release, held)

    async def _watch(
        self, held: OperationRecord, talk: "_Talk", reading: "asyncio.Future[operations_pb2.Operation]", most_bytes: int
    ) -> operations_pb2.Operation | None:
        """Beat until there is an outcome, somebody wants none, or the process holds too much memory."""
        beat, beaten_s = self._keeping.store.operations.beat, time.monotonic()
        while True:
            if self.stopping:
                return None
            self._asked.clear()
            waking = asyncio.ensure_future(self._asked.wait())
            await asyncio.wait({reading, waking}, timeout=BEAT_EVERY_S, return_when=asyncio.FIRST_COMPLETED)
            waking.cancel()
            if reading.done():
                with suppress(StoreError, TimeoutError):  # how far it came since the last beat
                    await asyncio.wait_for(self._do(beat, held, *talk.far), GIVE_UP_S)
                return reading.result()
            if self._cancelling == held.operation_id:
                return cancelled_outcome()
            if self.stopping:
                return None
            if talk.child.resident_bytes() > most_bytes:
                return _failed(
                    MemoryCeilingError(f"the operation took more memory than one may take, {most_bytes:,} bytes")
                )
            try:
                there = await asyncio.wait_for(self._do(beat, held, *talk.far), GIVE_UP_S)
            except (StoreError, TimeoutError):
                if time.monotonic() - beaten_s > GIVE_UP_S:
                    return None
                continue
            if there is None:
                return None
            if there.cancelled:
                return cancelled_outcome()
            beaten_s = time.monotonic()


class _Talk:
    """Sends a process its task and hears how far it is.

    Attributes
    ----------
    child : Child
        The process.
    far : tuple of str, int and int
        Stage, orders done and orders in all.
    """

    def __init__(self, child: Child) -> None:
        self.child = child
        self.far: tuple[str, int, int] = ("starting", 0, 0)

    async def outcome(self, sent: bytes) -> operations_pb2.Operation:
        """Return what a process answers; an error where it ends without."""
        reader, writer = await asyncio.open_unix_connection(sock=self.child.socket)
        try:
            with suppress(ConnectionError):
                writer.write(sent)
                frames = Frames()
                while data := await reader.read(1 << 16):
                    for head, body in frames.messages(data):
                        if head[0] == "ended":
                            return operations_pb2.Operation.FromString(body)
                        self.far = head[1:]
            return _failed(PlanningLostError("the process that ran the operation ended before there was a result"))
        finally:
            writer.close()


def cancelled_outcome() -> operations_pb2.Operation:
    """Return the outcome of an operation that was cancelled."""
    return _failed(SearchEndedError("the operation was cancelled"))


def _failed(error: Exception) -> operations_pb2.Operation:
    return operations_pb2.Operation(done=True, error=status_of(error))


def _state_of(outcome: operations_pb2.Operation) -> OperationState:
    if outcome.WhichOneof("result") == "response":
        return OperationState.SUCCEEDED
    return OperationState.CANCELLED if outcome.error.code == code_pb2.CANCELLED else OperationState.FAILED
