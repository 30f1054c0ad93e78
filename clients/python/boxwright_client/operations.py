"""Long-running operations: what to ask for while one runs, and what came of it."""

import time
from typing import TypeVar, cast

from google.longrunning import operations_pb2
from google.protobuf import descriptor_pool, message_factory
from google.protobuf.message import Message

from boxwright_client.errors import UnavailableError, error_of_status

Result = TypeVar("Result", bound=Message)

WAIT_S, CALL_S = 20.0, 30.0
"""How long one call of WaitOperation asks the server to wait, and how long it may take, in seconds."""

ANSWER_S = 1.0
"""How long an answer may take after the wait that was asked for last, in seconds."""

AWAY_S, PAUSE_S = 300.0, 2.0
"""How long a server or its store may be away while one waits, and after how long it is asked again, in seconds."""


class Away:
    """How long a server has been away: an operation outlives the server that runs it, so who waits asks again.

    Parameters
    ----------
    until_s : float
        When waiting ends, by the clock ``time.monotonic``.
    """

    def __init__(self, until_s: float) -> None:
        self._until_s = until_s
        self._since_s: float | None = None

    def back(self) -> None:
        """Hear that the server has answered."""
        self._since_s = None

    def pause_s(self, error: UnavailableError) -> float:
        """Return after how many seconds to ask again; raise the error once the server has been away for too long."""
        now_s = time.monotonic()
        self._since_s = now_s if self._since_s is None else self._since_s
        if now_s - self._since_s > AWAY_S:
            raise error
        return max(min(PAUSE_S, self._until_s - now_s), 0.0)


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


def call_s(until_s: float) -> float:
    """Return how long one call of WaitOperation may take, in seconds, so that waiting ends when it should."""
    return min(CALL_S, max(until_s - time.monotonic(), 0.0) + ANSWER_S)


def result_of(operation: operations_pb2.Operation, kind: type[Result] | None = None) -> Result:
    """Return the result of an operation that has ended, by default of the kind that it says.

    Raises
    ------
    ServiceError
        If it ended with an error.
    TypeError
        If its result is of another kind, or of one that this version does not know.
    """
    if operation.WhichOneof("result") == "error":
        raise error_of_status(operation.error)
    name = operation.response.TypeName()
    if kind is None:
        try:
            found = descriptor_pool.Default().FindMessageTypeByName(name)
        except KeyError:
            raise TypeError(f"{operation.name} is of no known kind: {name}") from None
        kind = cast("type[Result]", message_factory.GetMessageClass(found))
    result = kind()
    if not operation.response.Unpack(result):
        raise TypeError(f"{operation.name} is no {kind.DESCRIPTOR.name}: {name}")
    return result
