"""FootprintService: estimates of footprints."""

from typing import Any

from boxwright.server.access.auth import answer_by, caller, deadline_of
from boxwright.server.workers.pool import Workers
from boxwright.server.workers.work import Work
from boxwright.v1 import footprint_service_pb2 as messages
from boxwright.v1.footprint_service_pb2_grpc import FootprintServiceServicer


class FootprintService(FootprintServiceServicer):
    """Passes estimates to workers."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers

    async def EstimateFootprint(  # type: ignore[override] # bytes, not a message: they are sent as a worker made them
        self, request: messages.EstimateFootprintRequest, context: Any
    ) -> bytes:
        """Estimate one parcel under several profiles and allocations side by side."""
        deadline_s = deadline_of(context)
        work = Work("EstimateFootprint", request.SerializeToString(), answer_by(deadline_s))
        return (await self._workers.ask(work, caller=caller(context), deadline_s=deadline_s)).data
