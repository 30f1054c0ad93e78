"""EvaluationService, which starts operations, and google.longrunning.Operations, which shows those of a caller."""

import asyncio
import math
import time
from typing import Any

from google.longrunning import operations_pb2
from google.longrunning.operations_pb2_grpc import OperationsServicer
from google.protobuf import empty_pb2

from boxwright.contract.names import ids_in
from boxwright.errors import FieldViolation, UnknownResourceError
from boxwright.findings import Findings
from boxwright.server.access.auth import CALLING, SENDING_S, answer_by, caller, deadline_of, remembered_as
from boxwright.server.api.paging import page_size, read_token, token_of
from boxwright.server.api.repeats import RepeatableCall
from boxwright.server.audit import note
from boxwright.server.operations.runner import Runner, cancelled_outcome, operation_name, operation_to_wire
from boxwright.server.stored.keeping import Keeping
from boxwright.server.stored.plan_record import new_plan_id, packed
from boxwright.server.workers.admission import OverloadedError
from boxwright.server.workers.pool import Workers
from boxwright.server.workers.work import SETTLE, Work
from boxwright.store import OperationKind, OperationNotDoneError, OperationRecord
from boxwright.v1 import evaluation_service_pb2 as messages
from boxwright.v1.evaluation_service_pb2_grpc import EvaluationServiceServicer

MOST_UNENDED, MOST_UNENDED_PER_CALLER = 100, 10
"""Maximum number of operations that wait or run, in all and per authenticated caller."""

RETRY_S = 30.0
"""Suggested time before another attempt if too many operations wait, in seconds."""

LOOK_EVERY_S = 0.5
"""Seconds between checks whether an awaited operation has ended."""

LONGEST_WAIT_S = 60.0
"""Maximum wait of one WaitOperation call, in seconds."""


class EvaluationService(EvaluationServiceServicer):
    """Passes requests to workers for validation, and stores them for the runner."""

    def __init__(self, keeping: Keeping, workers: Workers, runner: Runner) -> None:
        self._keeping, self._workers, self._runner = keeping, workers, runner

    async def EvaluateCatalogs(
        self, request: messages.EvaluateCatalogsRequest, context: Any
    ) -> operations_pb2.Operation:
        """Start an evaluation."""
        return await self._begin(OperationKind.EVALUATE, request, context)

    async def DesignCatalog(self, request: messages.DesignCatalogRequest, context: Any) -> operations_pb2.Operation:
        """Start a design."""
        return await self._begin(OperationKind.DESIGN, request, context)

    async def _begin(self, kind: OperationKind, request: Any, context: Any) -> operations_pb2.Operation:
        """Validate and store a request and return its operation. For a repeated request, return the first operation."""
        operations = self._keeping.store.operations
        who, deadline_s = caller(context), deadline_of(context)
        call = RepeatableCall.of(who, kind, request, self._keeping.secret)
        operation_id = new_plan_id() if call is None else call.key.hex()[:40]
        there = None if call is None else await self._keeping.read(operations.one, operation_id)
        if there is None:
            work = Work(SETTLE + kind, request.SerializeToString(), answer_by(deadline_s))
            settled = (await self._workers.ask(work, caller=who, deadline_s=deadline_s)).data
            operation = OperationRecord(
                operation_id=operation_id,
                kind=kind,
                who=_who() or "",
                digest=b"" if call is None else call.digest,
                create_us=time.time_ns() // 1_000,
                request=await asyncio.to_thread(packed, settled),  # compressing megabytes takes half a second
            )
            there = await self._keeping.read(operations.add, operation, MOST_UNENDED, MOST_UNENDED_PER_CALLER)
        if there is None:
            raise OverloadedError("too many operations wait: cancel some, or try again later", RETRY_S)
        if call is not None:
            call.check(there.digest)
        note(operation=operation_name(operation_id))
        self._runner.look()
        return operation_to_wire(there)


class OperationsService(OperationsServicer):  # type: ignore[misc] # its package brings no types
    """Reads and writes operations in the store."""

    def __init__(self, keeping: Keeping, runner: Runner) -> None:
        self._keeping, self._runner = keeping, runner

    async def GetOperation(self, request: operations_pb2.GetOperationRequest, context: Any) -> operations_pb2.Operation:
        """Read one operation."""
        return operation_to_wire(await self._one(request.name))

    async def ListOperations(
        self, request: operations_pb2.ListOperationsRequest, context: Any
    ) -> operations_pb2.ListOperationsResponse:
        """List operations, newest first, without their results."""
        found = Findings()
        if request.name not in ("", "operations"):
            found.add("name", f"must be 'operations', got {request.name!r:.120}")
        if request.filter:
            found.add("filter", "must be empty, since the list has all operations of the caller")
        size = page_size(request, found)
        after = read_token(request, found, int, str)
        found.raise_any()
        read = await self._keeping.read(self._keeping.store.operations.page, _who(), after, size + 1)
        shown, token = read[:size], ""
        if len(read) > size:
            token = token_of(shown[-1].create_us, shown[-1].operation_id)
        return operations_pb2.ListOperationsResponse(operations=map(operation_to_wire, shown), next_page_token=token)

    async def WaitOperation(
        self, request: operations_pb2.WaitOperationRequest, context: Any
    ) -> operations_pb2.Operation:
        """Return an operation once it has ended, or as it is after the timeout."""
        wait_s = request.timeout.seconds + request.timeout.nanos / 1e9 if request.HasField("timeout") else math.inf
        until_s = min(time.monotonic() + min(wait_s, LONGEST_WAIT_S), deadline_of(context) - 10 * SENDING_S)
        while True:
            operation = await self._one(request.name)
            left_s = until_s - time.monotonic()
            if operation.state.ended or left_s <= 0 or self._runner.stopping:
                return operation_to_wire(operation)
            await asyncio.sleep(min(left_s, LOOK_EVERY_S))

    async def CancelOperation(self, request: operations_pb2.CancelOperationRequest, context: Any) -> empty_pb2.Empty:
        """Cancel an operation, without effect if it has ended."""
        operation = await self._one(request.name)
        result = packed(cancelled_outcome().SerializeToString())
        await self._keeping.read(self._keeping.store.operations.cancel, operation.operation_id, result)
        return empty_pb2.Empty()

    async def DeleteOperation(self, request: operations_pb2.DeleteOperationRequest, context: Any) -> empty_pb2.Empty:
        """Delete an operation that has ended, and its result."""
        operation = await self._one(request.name)
        if not await self._keeping.read(self._keeping.store.operations.delete, operation.operation_id):
            raise OperationNotDoneError(f"{request.name} has not ended: cancel it first")
        return empty_pb2.Empty()

    async def _one(self, name: str) -> OperationRecord:
        """Return an operation of the caller; raises UnknownResourceError if it has none of this name."""
        operations = self._keeping.store.operations
        operation = await self._keeping.read(operations.one, *ids_in(name, "operations/{operation}"))
        if operation is None or _who() not in (None, operation.who):
            rule = f"must name an operation of this caller, got {name!r:.120}"
            raise UnknownResourceError([FieldViolation("name", rule)])
        note(operation=operation_name(operation.operation_id))
        return operation


def _who() -> str | None:
    """Return the owner whose operations the caller may see; None if callers are not authenticated and so see all.

    Tokens of one name that are limited to different sites are different owners.
    """
    principal = CALLING.get()
    return None if principal is None else remembered_as(principal.who)
