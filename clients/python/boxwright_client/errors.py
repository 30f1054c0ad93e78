"""Errors of calls, grouped by what the caller can do.

::

    ServiceError
    ├── InvalidRequestError    fields break rules or name unknown resources: correct the request
    │   └── TooCostlyError     the order needs more CPU time or memory than the server allows: send less
    ├── NotAllowedError        the caller is not authenticated, or not authorized
    ├── NotSupportedError      the server does not support the RPC or field
    ├── OrderNotPackedError    the order does not fit: allow a partial plan, or check its lines
    ├── MissingFactorError     the accounting profile lacks a factor
    ├── OverloadedError        the server is busy: retry after ``retry_after_s``
    └── UnavailableError       no answer: the server is unreachable, or the deadline passed
        └── StoreError         the plan was not stored: repeat the call without ``persist``
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import grpc
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status

from boxwright_client.connect_errors import CallFailedError
from boxwright_client.v1 import errors_pb2

DETAILS = (
    error_details_pb2.ErrorInfo,
    error_details_pb2.BadRequest,
    error_details_pb2.RetryInfo,
    errors_pb2.IncompletePlanDetail,
    errors_pb2.MissingFactorDetail,
    errors_pb2.EngineFaultDetail,
)
"""Message types of error details."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken rule of a request.

    Attributes
    ----------
    field : str
        Path in the request, such as ``order.lines[3].mass_g``.
    rule : str
        The rule and the offending value.
    """

    field: str
    rule: str

    def __str__(self) -> str:
        return f"{self.field}: {self.rule}" if self.field else self.rule


class ServiceError(Exception):
    """A call, or an order of a batch or stream, ended in an error.

    Attributes
    ----------
    code : grpc.StatusCode
        Status code, such as ``INVALID_ARGUMENT``.
    reason : str
        Reason, such as ``INVALID_FIELDS``; empty if the answer is not from the service itself.
    message : str
        One sentence.
    violations : tuple of Violation
        Every invalid field.
    details : mapping of str to message
        Details by the name of their type, such as ``IncompletePlanDetail``.
    left_out : int
        Number of violations, or of lines of an unpacked order, that did not fit into the error.
    """

    def __init__(self, code: grpc.StatusCode, message: str, details: Mapping[str, Any]) -> None:
        self.code = code
        self.message = message
        self.details = details
        info = details.get("ErrorInfo")
        self.reason: str = info.reason if info else ""
        self.left_out = int(info.metadata.get("left_out", "0")) if info else 0
        bad = details.get("BadRequest")
        self.violations = tuple(
            Violation(broken.field, broken.description) for broken in (bad.field_violations if bad else ())
        )
        lines = [f"{code.name}: {message}", *(f"  {violation}" for violation in self.violations)]
        if self.left_out and self.violations:
            lines.append(f"  and {self.left_out} more")
        super().__init__("\n".join(lines))


class InvalidRequestError(ServiceError):
    """Fields break rules, name unknown resources or exceed a limit; ``violations`` has all of them."""


class TooCostlyError(InvalidRequestError):
    """The order needs more CPU time or memory than the server allows; a retry will not help."""


class NotAllowedError(ServiceError):
    """The caller is not authenticated, by the server or a proxy, or not authorized."""


class NotSupportedError(ServiceError):
    """The server does not support the RPC or field."""


class OrderNotPackedError(ServiceError):
    """The order does not fit completely, and its policy does not allow a partial plan."""

    @property
    def lines(self) -> "tuple[errors_pb2.UnpackedLine, ...]":
        """Lines with unpacked units, most units first, with reason and rule; ``left_out`` counts further lines."""
        detail = self.details.get("IncompletePlanDetail")
        return tuple(detail.lines) if detail else ()


class MissingFactorError(ServiceError):
    """A footprint or objective needs a factor that the accounting profile lacks; see ``details``."""


class OverloadedError(ServiceError):
    """The server is busy."""

    @property
    def retry_after_s(self) -> float:
        """Suggested wait before a retry, in seconds."""
        retry = self.details.get("RetryInfo")
        return retry.retry_delay.ToTimedelta().total_seconds() if retry else 1.0


class UnavailableError(ServiceError):
    """No answer: the server is unreachable, or the deadline passed."""


class StoreError(UnavailableError):
    """The plan or outcome was not stored; ``reason`` says why. Without ``persist`` a plan is answered."""


BY_REASON: Mapping[str, type[ServiceError]] = {
    "ORDER_NOT_PACKED_WHOLE": OrderNotPackedError,
    "MISSING_FACTOR": MissingFactorError,
    "OVERLOADED": OverloadedError,
    "REQUEST_ID_REUSED": InvalidRequestError,
    "STORE_OFF": NotSupportedError,
    **dict.fromkeys(("CPU_CEILING", "MEMORY_CEILING"), TooCostlyError),
    **dict.fromkeys(("STORE_UNREACHABLE", "STORE_LOCKED", "STORE_FULL", "STORE_CORRUPT"), StoreError),
    "STORE_UNSUITABLE": StoreError,
}
BY_CODE: Mapping[grpc.StatusCode, type[ServiceError]] = {
    grpc.StatusCode.INVALID_ARGUMENT: InvalidRequestError,
    grpc.StatusCode.NOT_FOUND: InvalidRequestError,
    grpc.StatusCode.UNAUTHENTICATED: NotAllowedError,
    grpc.StatusCode.PERMISSION_DENIED: NotAllowedError,
    grpc.StatusCode.UNIMPLEMENTED: NotSupportedError,
    grpc.StatusCode.RESOURCE_EXHAUSTED: OverloadedError,
    grpc.StatusCode.UNAVAILABLE: UnavailableError,
    grpc.StatusCode.DEADLINE_EXCEEDED: UnavailableError,
}


def error_of_status(status: status_pb2.Status) -> ServiceError:
    """Return the error in a status, such as that of a batch result."""
    details = {}
    for packed in status.details:
        for kind in DETAILS:
            if packed.Is(kind.DESCRIPTOR):
                detail = kind()
                packed.Unpack(detail)
                details[kind.DESCRIPTOR.name] = detail
    name = code_pb2.Code.Name(status.code)
    return _error(grpc.StatusCode[name], status.message, details)


def error_of_call(error: grpc.RpcError) -> ServiceError:
    """Return the error of a failed call, sync or async, over gRPC or HTTP."""
    if isinstance(error, CallFailedError):
        return error_of_status(error.status)
    call: Any = error
    try:
        status = rpc_status.from_call(call)
    except ValueError:  # the trailers are of another status, as behind a proxy
        status = None
    if status is not None:
        return error_of_status(status)
    return _error(call.code(), call.details() or "", {})


def _error(code: grpc.StatusCode, message: str, details: Mapping[str, Any]) -> ServiceError:
    info = details.get("ErrorInfo")
    kind = BY_REASON.get(info.reason if info else "") or BY_CODE.get(code, ServiceError)
    return kind(code, message, details)
