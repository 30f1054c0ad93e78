"""EvaluationService: in the contract, not in this version."""

from typing import Any, NoReturn

from boxwright.server.faults import NotInThisVersionError
from boxwright.v1.evaluation_service_pb2_grpc import EvaluationServiceServicer


class EvaluationService(EvaluationServiceServicer):
    """Answers UNIMPLEMENTED with a reason."""

    async def EvaluateCatalogs(self, request: Any, context: Any) -> NoReturn:
        """Refuse."""
        raise NotInThisVersionError(
            "EvaluationService.EvaluateCatalogs is not supported in this version; use `boxwright evaluate`"
        )

    async def DesignCatalog(self, request: Any, context: Any) -> NoReturn:
        """Refuse."""
        raise NotInThisVersionError(
            "EvaluationService.DesignCatalog is not supported in this version; use `boxwright design`"
        )
