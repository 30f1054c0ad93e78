"""Runs stored operations one at a time, each in a process, and renews the server's claim on it meanwhile.

If a server dies, its claim ends, and another server restarts the operation.
"""

import asyncio
import json
import logging
import os
import secrets
import socket
import time
from contextlib import suppress
from typing import Any

from google.longrunning import operations_pb2
from google.protobuf.timestamp_pb2 import Timestamp
from google.rpc import code_pb2

from boxwright.contract.enums import numbers_of
from boxwright.errors import SearchEndedError
from boxwright.server.api.faults import PlanningLostError, detail_of, is_ours, status_of
from boxwright.server.logs import log
from boxwright.server.metrics import Metrics
from boxwright.server.reloading import Current
from boxwright.server.stored.keeping import Keeping
from boxwright.server.stored.plan_record import packed, unpacked
from boxwright.server.workers.pool import Workers
from boxwright.server.workers.work import Work, WorkResult
from boxwright.store import OperationRecord, OperationState, StoreError
from boxwright.v1 import evaluation_service_pb2 as messages

LOOK_EVERY_S = 2.0
"""Seconds between checks for operations that other servers have stored."""

BEAT_EVERY_S = 0.5
"""Seconds between beats of a running operation; a beat also notices cancellation."""

LEASE_S = 10.0
"""Seconds without a beat after which another server takes over an operation."""

GIVE_UP_S = LEASE_S / 2
"""Seconds without a written beat after which the holder gives up, since another server may take over soon."""

MOST_ATTEMPTS = 3
"""Maximum number of attempts at an operation. Without it, an operation that crashes servers would never end."""

ENDS_TRIED_S = 60.0
"""Time for which writing a result is retried, in seconds."""


class Runner:
    """Runs operations.

    Attributes
    ----------
    stopping : bool
        Whether the server is stopping.
    """

    def __init__(self, keeping: Keeping, current: Current, workers: Workers, metrics: Metrics) -> None:
        self._keeping, self._current, self._workers, self._metrics = keeping, current, workers, metrics
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._seen: dict[str, tuple[int, float]] = {}  # last beat of each operation, and when it was first seen
        self._turns: dict[str, int] = {}  # number of the last turn of each caller
        self._asked = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.stopping = False

    def start(self) -> None:
        """Start looking for operations, if there is a store."""
        if self._keeping.on:
            self._task = asyncio.ensure_future(self._run())

    def look(self) -> None:
        """Look for operations now."""
        self._asked.set()

    async def stop(self, timeout_s: float) -> None:
        """Stop the running operation, and release it to other servers."""
        self.stopping = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=timeout_s)

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
            except Exception:  # catches any error, so that the next operation is still tried
                log(logging.ERROR, "running an operation failed", exc_info=True)
            if not ran:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._asked.wait(), LOOK_EVERY_S)

    async def _turn(self) -> bool:
        operations = self._keeping.store.operations
        unended = await self._keeping.read(operations.unended)
        self._metrics.show_operations(unended)
        for seen in self._free(unended):
            held = await self._keeping.read(operations.take, seen, self._holder)
            if held is not None:
                await self._hold(held)
                return True
        return False

    def _free(self, unended: list[OperationRecord]) -> list[OperationRecord]:
        """Return operations that wait or whose holder sends no beats: callers in turn, the oldest of each first."""
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
        self._turns[held.who] = max(self._turns.values(), default=0) + 1
        facts = {"operation": operation_name(held.operation_id), "kind": held.kind, "attempt": held.attempts}
        log(logging.INFO, "an operation begins", facts)
        begun_s = time.monotonic()
        outcome: operations_pb2.Operation | None
        if held.attempts > MOST_ATTEMPTS:
            lost = f"it was started {MOST_ATTEMPTS} times, but each time its server stopped or lost the store"
            outcome = _failed(PlanningLostError(lost))
        elif held.cancelled:
            outcome = cancelled_outcome()
        else:
            try:
                outcome = await self._outcome(held)
            except asyncio.CancelledError:  # the server is stopping
                with suppress(StoreError):
                    await self._keeping.read(self._keeping.store.operations.release, held)
                raise
        if outcome is None or not await self._write(held, state := _state_of(outcome), outcome):
            log(logging.INFO, "an operation is left to another server", facts)
            return
        ended = {**facts, "state": state.value, "s": round(time.monotonic() - begun_s, 2)}
        log(logging.INFO, "an operation ended", ended)

    async def _write(self, held: OperationRecord, state: OperationState, outcome: operations_pb2.Operation) -> bool:
        """Write a result, retrying while the store fails; return whether this server still held the operation.

        If it did not, another server runs the operation again.
        """
        until_s = time.monotonic() + ENDS_TRIED_S
        result = packed(outcome.SerializeToString())
        while True:
            try:
                return bool(await self._keeping.read(self._keeping.store.operations.end, held, state, result))
            except StoreError:
                if time.monotonic() > until_s:
                    raise
                await asyncio.sleep(BEAT_EVERY_S)

    async def _outcome(self, held: OperationRecord) -> operations_pb2.Operation | None:
        """Return the result of an operation run in its own process; None if another server has to run it."""
        far: list[Any] = ["starting", 0, 0]

        def note(progress: bytes) -> None:
            far[:] = json.loads(progress)

        async with self._workers.long_worker(self._current.dataset) as worker:
            answer = worker.ask(Work(held.kind, unpacked(held.request), progress=note))
            try:
                return await self._watch(held, answer, far)
            finally:
                answer.cancel()

    async def _watch(
        self, held: OperationRecord, answer: "asyncio.Future[WorkResult]", far: list[Any]
    ) -> operations_pb2.Operation | None:
        """Write beats until there is a result, or the operation is cancelled or lost."""
        beaten_s = time.monotonic()
        while True:
            await asyncio.wait({answer}, timeout=BEAT_EVERY_S)
            there = None
            beat = self._keeping.read(self._keeping.store.operations.beat, held, *far)
            try:
                there = await asyncio.wait_for(beat, GIVE_UP_S)
            except (StoreError, TimeoutError):
                if not answer.done() and time.monotonic() - beaten_s <= GIVE_UP_S:
                    continue
            if answer.done():
                error = answer.exception()
                return operations_pb2.Operation.FromString(answer.result().data) if error is None else _failed(error)
            if there is None:
                return None
            if there.cancelled:
                return cancelled_outcome()
            beaten_s = time.monotonic()


def cancelled_outcome() -> operations_pb2.Operation:
    """Return the result of a cancelled operation."""
    return _failed(SearchEndedError("the operation was cancelled"))


def _failed(error: BaseException) -> operations_pb2.Operation:
    if is_ours(error):
        log(logging.ERROR, "an internal error in an operation", {"error": str(error)})
    return operations_pb2.Operation(done=True, error=status_of(error))


def _state_of(outcome: operations_pb2.Operation) -> OperationState:
    if outcome.WhichOneof("result") == "response":
        return OperationState.SUCCEEDED
    return OperationState.CANCELLED if outcome.error.code == code_pb2.CANCELLED else OperationState.FAILED


STATES = numbers_of(messages.OperationState.DESCRIPTOR)


def operation_name(operation_id: str) -> str:
    """Return the resource name of an operation."""
    return f"operations/{operation_id}"


def operation_to_wire(operation: OperationRecord) -> operations_pb2.Operation:
    """Return the message of an operation, with its result if it has ended and the record holds it."""
    made = operations_pb2.Operation()
    if operation.result:
        made.ParseFromString(unpacked(operation.result))
    made.name = operation_name(operation.operation_id)
    made.done = operation.state.ended
    succeeded = operation.state is OperationState.SUCCEEDED  # the last beat may have missed the last orders
    made.metadata.CopyFrom(
        detail_of(
            messages.EvaluationMetadata(
                create_time=_time(operation.create_us),
                start_time=_time(operation.start_us),
                end_time=_time(operation.end_us),
                state=STATES[operation.state],  # type: ignore[arg-type] # a number of the enum
                stage=operation.stage,
                done_order_count=operation.total if succeeded else operation.done,
                total_order_count=operation.total,
                attempt_count=operation.attempts,
                cancel_requested=operation.cancelled,
            )
        )
    )
    return made


def _time(us: int | None) -> Timestamp | None:
    if us is None:
        return None
    made = Timestamp()
    made.FromMicroseconds(us)
    return made
