"""Long-running operations: waiting for them, and their results."""

import time
from typing import TypeVar, cast

from google.longrunning import operations_pb2
from google.protobuf import descriptor_pool, message_factory
from google.protobuf.message import Message

from boxwright_client.errors import UnavailableError, error_of_status

Result = TypeVar("Result", bound=Message)

WAIT_S, CALL_S = 20.0, 30.0
"""Seconds that a WaitOperation call asks the server to wait, and its deadline in seconds."""

ANSWER_S = 1.0
"""Extra time for the answer to the last wait, in seconds."""

AWAY_S, PAUSE_S = 300.0, 2.0
"""Longest time to wait for an unavailable server or store, and pause between attempts, in seconds."""


class Away:
    """Tracks how long a server has been unavailable; operations survive that, so waiting continues.

    ``until_s`` is the end of the wait, by ``time.monotonic``.
    """

    def __init__(self, until_s: float) -> None:
        self._until_s = until_s
        self._since_s: float | None = None

    def back(self) -> None:
        """Note that the server has answered."""
        self._since_s = None

    def pause_s(self, error: UnavailableError) -> float:
        """Return the seconds until the next attempt; raise the error if it has been unavailable for too long."""
        now_s = time.monotonic()
        self._since_s = now_s if self._since_s is None else self._since_s
        if now_s - self._since_s > AWAY_S:
            raise error
        return max(min(PAUSE_S, self._until_s - now_s), 0.0)


def until_of(timeout_s: float | None) -> float:
    """Return the end of a wait by ``time.monotonic``; infinity without a timeout."""
    return float("inf") if timeout_s is None else time.monotonic() + timeout_s


def wait_request(operation: operations_pb2.Operation, until_s: float) -> operations_pb2.WaitOperationRequest:
    """Return the request that waits for an operation; raises TimeoutError if no time is left."""
    left_s = until_s - time.monotonic()
    if left_s <= 0:
        raise TimeoutError(f"{operation.name} has not ended yet")
    request = operations_pb2.WaitOperationRequest(name=operation.name)
    request.timeout.FromMilliseconds(round(min(left_s, WAIT_S) * 1_000))
    return request


def call_s(until_s: float) -> float:
    """Return the deadline of a WaitOperation call in seconds, so that the wait ends in time."""
    return min(CALL_S, max(until_s - time.monotonic(), 0.0) + ANSWER_S)


def result_of(operation: operations_pb2.Operation, kind: type[Result] | None = None) -> Result:
    """Return the result of an ended operation, as ``kind`` or by default as the type that it states.

    Raises
    ------
    ServiceError
        If it ended with an error.
    TypeError
        If its result has another type, or one unknown to this version.
    """
    if operation.WhichOneof("result") == "error":
        raise error_of_status(operation.error)
    name = operation.response.TypeName()
    if kind is None:
        try:
            found = descriptor_pool.Default().FindMessageTypeByName(name)
        except KeyError:
            raise TypeError(f"{operation.name} has a result of an unknown type: {name}") from None
        kind = cast("type[Result]", message_factory.GetMessageClass(found))
    result = kind()
    if not operation.response.Unpack(result):
        raise TypeError(f"{operation.name} has a {name}, not a {kind.DESCRIPTOR.name}")
    return result
