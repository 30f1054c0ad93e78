"""Client of a Boxwright server, sync and async.

Uses grpc and the contract (``boxwright_client.v1``) only, so that a warehouse system loads neither numpy nor numba.
"""

from boxwright_client.aio import AsyncClient
from boxwright_client.client import Client
from boxwright_client.errors import (
    InvalidRequestError,
    MissingFactorError,
    NotSupportedError,
    OrderNotPackedError,
    OverloadedError,
    ServiceError,
    UnavailableError,
    Violation,
    error_of_status,
)
from boxwright_client.lengths_and_masses import inches, ounces, pounds
from boxwright_client.requests import UPRIGHT, leg, line, pack_request

__all__ = [
    "UPRIGHT",
    "AsyncClient",
    "Client",
    "InvalidRequestError",
    "MissingFactorError",
    "NotSupportedError",
    "OrderNotPackedError",
    "OverloadedError",
    "ServiceError",
    "UnavailableError",
    "Violation",
    "error_of_status",
    "inches",
    "leg",
    "line",
    "ounces",
    "pack_request",
    "pounds",
]
