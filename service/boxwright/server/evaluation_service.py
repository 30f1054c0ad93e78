"""EvaluationService: checks what is asked, stores it and answers with the operation that will do it."""

import asyncio
import os
import time
from typing import Any

from google.longrunning import operations_pb2

from boxwright.server.access.auth import CALLING
from boxwright.server.asked import Asked
from boxwright.server.audit import note
from boxwright.server.caller import answer_by, caller, deadline_of, remembered_as
from boxwright.server.deflated import packed
from boxwright.server.faults import NotInThisVersionError
from boxwright.server.keeping import Keeping
from boxwright.server.operations.message import operation_name, operation_to_wire
from boxwright.server.operations.runner import Runner
from boxwright.server.overloaded import OverloadedError
from boxwright.server.plan_ids import new_plan_id
from boxwright.server.repeats import RepeatableCall
from boxwright.server.workers.pool import Workers
from boxwright.store import OperationKind, OperationRecord
from boxwright.v1 import evaluation_service_pb2 as messages
from boxwright.v1.evaluation_service_pb2_grpc import EvaluationServiceServicer

MOST_UNENDED, MOST_UNENDED_PER_CALLER = 100, 10
"""Operations that may wait or run, in all and of one caller who is known."""

RETRY_S = 30.0
"""After how long to ask again where so many wait, in seconds."""


class EvaluationService(EvaluationServiceServicer):
    """Begins operations.

    Parameters
    ----------
    keeping : Keeping
        The store, if there is one.
    workers : Workers
        Check requests.
    runner : Runner
        Runs what is stored.
    """

    def __init__(self, keeping: Keeping, workers: Workers, runner: Runner) -> None:
        self._keeping, self._workers, self._runner = keeping, workers, runner

    async def EvaluateCatalogs(
        self, request: messages.EvaluateCatalogsRequest, context: Any
    ) -> operations_pb2.Operation:
        """Begin an evaluation."""
        return await self._begin(OperationKind.EVALUATE, "SettleEvaluation", request, context)

    async def DesignCatalog(self, request: messages.DesignCatalogRequest, context: Any) -> operations_pb2.Operation:
        """Begin a design."""
        return await self._begin(OperationKind.DESIGN, "SettleDesign", request, context)

    async def _begin(self, kind: OperationKind, method: str, request: Any, context: Any) -> operations_pb2.Operation:
        """Check a request, store it and return its operation; for a request that is repeated, the one that it began.

        Raises
        ------
        StoreOffError, StoreError
            If there is no store, or it fails.
        InvalidInputError
            Or one of its kinds, with every finding.
        RequestIdReusedError
            If the ``request_id`` came before with another request.
        OverloadedError
            If too many operations have not ended.
        """
        book = self._keeping.store.operations
        if os.name != "posix":
            raise NotInThisVersionError(f"operations run on Linux and macOS, and this server runs on {os.name}")
        call = RepeatableCall.of(caller(context), kind, request, self._keeping.secret)
        operation_id = new_plan_id() if call is None else call.key.hex()[:40]
        there = None if call is None else await self._keeping.read(book.one, operation_id)
        if there is None:
            principal = CALLING.get()
            settled = await self._settled(method, request, context)
            operation = OperationRecord(
                operation_id=operation_id,
                kind=kind,
                who="" if principal is None else remembered_as(principal.who),
                digest=b"" if call is None else call.digest,
                create_us=time.time_ns() // 1_000,
                request=await asyncio.to_thread(packed, settled),  # of megabytes half a second
            )
            there = await self._keeping.read(book.add, operation, MOST_UNENDED, MOST_UNENDED_PER_CALLER)
        if there is None:
            raise OverloadedError("too many operations wait: cancel some, or ask again later", RETRY_S)
        if call is not None:
            call.check(there.digest)
        note(operation=operation_name(operation_id))
        self._runner.look()
        return operation_to_wire(there)

    async def _settled(self, method: str, request: Any, context: Any) -> bytes:
        """Return what is stored of a request, which a worker has checked."""
        deadline_s = deadline_of(context)
        asked = Asked(method, request.SerializeToString(), answer_by(deadline_s))
        answered = await self._workers.ask(asked, caller=caller(context), deadline_s=deadline_s)
        return answered.data
