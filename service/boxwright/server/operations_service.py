"""google.longrunning.Operations: reads, awaits, cancels and deletes operations; each caller has its own."""

import asyncio
import math
import time
from contextlib import suppress
from typing import Any

from google.longrunning import operations_pb2 as messages
from google.longrunning.operations_pb2_grpc import OperationsServicer
from google.protobuf import empty_pb2

from boxwright.contract.names import ids_in
from boxwright.errors import FieldViolation, UnknownResourceError
from boxwright.findings import Findings
from boxwright.server.access.auth import CALLING
from boxwright.server.audit import note
from boxwright.server.caller import SENDING_S, deadline_of, remembered_as
from boxwright.server.deflated import packed
from boxwright.server.keeping import Keeping
from boxwright.server.operations.message import operation_name, operation_to_wire
from boxwright.server.operations.runner import Runner, cancelled_outcome
from boxwright.server.paging import DEFAULT_SIZE, MAX_SIZE, list_digest
from boxwright.server.stored_plans import cursor_token, read_cursor
from boxwright.store import OperationNotDoneError, OperationRecord

LOOK_EVERY_S = 1.0
"""How often a call that waits looks whether another server has ended its operation, in seconds."""

LONGEST_WAIT_S = 60.0
"""Longest time that one call waits, in seconds; its caller calls again."""


class OperationsService(OperationsServicer):  # type: ignore[misc] # its package brings no types
    """Answers from the store.

    Parameters
    ----------
    keeping : Keeping
        The store, if there is one.
    runner : Runner
        Says when an operation ends here.
    """

    def __init__(self, keeping: Keeping, runner: Runner) -> None:
        self._keeping, self._runner = keeping, runner

    async def GetOperation(self, request: messages.GetOperationRequest, context: Any) -> messages.Operation:
        """Read one operation."""
        return operation_to_wire(await self._one(request.name))

    async def ListOperations(
        self, request: messages.ListOperationsRequest, context: Any
    ) -> messages.ListOperationsResponse:
        """List operations, newest first, without their results."""
        found, digest = Findings(), list_digest(request)
        if request.name not in ("", "operations"):
            found.add("name", f"must be operations, got {request.name!r:.120}")
        if request.filter:
            found.add("filter", "must be empty: all operations of the caller are listed")
        if request.page_size < 0:
            found.add("page_size", f"must be 0 or more, got {request.page_size}")
        after = read_cursor(request.page_token, digest, found, int)
        found.raise_any()
        begin = None if after is None else (int(after[0]), after[1])
        size = min(request.page_size or DEFAULT_SIZE, MAX_SIZE)
        read = await self._keeping.read(self._keeping.store.operations.page, _who(), begin, size + 1)
        shown = read[:size]
        more = len(read) > size
        token = cursor_token((shown[-1].create_us, shown[-1].operation_id), digest) if more else ""
        return messages.ListOperationsResponse(operations=map(operation_to_wire, shown), next_page_token=token)

    async def WaitOperation(self, request: messages.WaitOperationRequest, context: Any) -> messages.Operation:
        """Return an operation once it has ended, or as it is when the time is over."""
        wait_s = request.timeout.seconds + request.timeout.nanos / 1e9 if request.HasField("timeout") else math.inf
        until_s = min(time.monotonic() + min(wait_s, LONGEST_WAIT_S), deadline_of(context) - 10 * SENDING_S)
        while True:
            changed = self._runner.changed
            operation = await self._one(request.name)
            left_s = until_s - time.monotonic()
            if operation.state.ended or left_s <= 0 or self._runner.stopping:
                return operation_to_wire(operation)
            with suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), min(left_s, LOOK_EVERY_S))

    async def CancelOperation(self, request: messages.CancelOperationRequest, context: Any) -> empty_pb2.Empty:
        """End an operation; one that has ended stays as it is."""
        operation = await self._one(request.name)
        result = packed(cancelled_outcome().SerializeToString())
        await self._keeping.read(self._keeping.store.operations.cancel, operation.operation_id, result)
        return empty_pb2.Empty()

    async def DeleteOperation(self, request: messages.DeleteOperationRequest, context: Any) -> empty_pb2.Empty:
        """Delete an operation that has ended, with its result."""
        operation = await self._one(request.name)
        if not await self._keeping.read(self._keeping.store.operations.delete, operation.operation_id):
            raise OperationNotDoneError(f"{request.name} has not ended: cancel it first")
        return empty_pb2.Empty()

    async def _one(self, name: str) -> OperationRecord:
        """Return an operation of who calls.

        Raises
        ------
        StoreOffError, StoreError
            If there is no store, or it fails.
        InvalidInputError
            If the name is none; UnknownResourceError if the caller has no such operation.
        """
        book = self._keeping.store.operations
        operation = await self._keeping.read(book.one, *ids_in(name, "operations/{operation}"))
        if operation is None or _who() not in (None, operation.who):
            rule = f"names no operation of this caller, got {name!r:.120}"
            raise UnknownResourceError([FieldViolation("name", rule)])
        note(operation=operation_name(operation.operation_id))
        return operation


def _who() -> str | None:
    """Return whose operations who calls may see; None for all, where callers are not known.

    A token that is limited to other sites is another caller, whatever its name.
    """
    principal = CALLING.get()
    return None if principal is None else remembered_as(principal.who)
