"""Client of a Boxwright server, sync and async, over gRPC or HTTP.

It depends only on grpc and the contract (``boxwright_client.v1``), so that a warehouse system does not load numpy or
numba.
"""

from boxwright_client.aio import AsyncClient
from boxwright_client.client import Client
from boxwright_client.errors import (
    InvalidRequestError,
    MissingFactorError,
    NotAllowedError,
    NotSupportedError,
    OrderNotPackedError,
    OverloadedError,
    ServiceError,
    StoreError,
    TooCostlyError,
    UnavailableError,
    Violation,
    error_of_status,
)
from boxwright_client.lengths_and_masses import cm, inches, kg, ounces, pounds
from boxwright_client.outcomes import measured, outcome_request, shipped
from boxwright_client.requests import BENCH, UPRIGHT, leg, line, pack_request

__all__ = [
    "BENCH",
    "UPRIGHT",
    "AsyncClient",
    "Client",
    "InvalidRequestError",
    "MissingFactorError",
    "NotAllowedError",
    "NotSupportedError",
    "OrderNotPackedError",
    "OverloadedError",
    "ServiceError",
    "StoreError",
    "TooCostlyError",
    "UnavailableError",
    "Violation",
    "cm",
    "error_of_status",
    "inches",
    "kg",
    "leg",
    "line",
    "measured",
    "ounces",
    "outcome_request",
    "pack_request",
    "pounds",
    "shipped",
]
