"""Long-running operations: what to ask for while one runs, and what came of it."""

import time
from typing import TypeVar

from google.longrunning import operations_pb2
from google.protobuf.message import Message

from boxwright_client.errors import error_of_status

Result = TypeVar("Result", bound=Message)

WAIT_S, CALL_S = 20.0, 30.0
"""How long one call of WaitOperation asks the server to wait, and how long it may take, in seconds."""


def until_of(timeout_s: float | None) -> float:
    """Return when waiting ends, by the clock ``time.monotonic``; infinity for no limit."""
    return float("inf") if timeout_s is None else time.monotonic() + timeout_s


def wait_request(operation: operations_pb2.Operation, until_s: float) -> operations_pb2.WaitOperationRequest:
    """Return the request that waits for an operation.

    Raises
    ------
    TimeoutError
        If the time is over.
    """
    left_s = until_s - time.monotonic()
    if left_s <= 0:
        raise TimeoutError(f"{operation.name} has not ended yet")
    request = operations_pb2.WaitOperationRequest(name=operation.name)
    request.timeout.FromMilliseconds(round(min(left_s, WAIT_S) * 1_000))
    return request


def result_of(operation: operations_pb2.Operation, kind: type[Result]) -> Result:
    """Return the result of an operation that has ended.

    Raises
    ------
    ServiceError
        If it ended with an error.
    TypeError
        If its result is of another kind.
    """
    if operation.WhichOneof("result") == "error":
        raise error_of_status(operation.error)
    result = kind()
    if not operation.response.Unpack(result):
        raise TypeError(f"{operation.name} is no {kind.DESCRIPTOR.name}: {operation.response.TypeName()}")
    return result
