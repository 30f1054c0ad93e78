"""Errors of calls, by what a caller can do about them.

::

    ServiceError
    ├── InvalidRequestError    fields break rules or name nothing: correct the request
    │   └── TooCostlyError     the order takes more CPU time or memory than the server grants: send less
    ├── NotAllowedError        the caller is not known, or may not do this
    ├── NotSupportedError      the contract has it, this server has not
    ├── OrderNotPackedError    the order cannot be packed whole: allow a partial plan, or look at its lines
    ├── MissingFactorError     the accounting profile lacks a factor
    ├── OverloadedError        the server is busy: try again after ``retry_after_s``
    └── UnavailableError       no answer: the server is away, or the deadline passed
        └── StoreError         the plan was not stored: ask for it again without ``persist``
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
"""Messages that the details of an error may hold."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule of a request.

    Attributes
    ----------
    field : str
        Path in the request, such as ``order.lines[3].mass_g``.
    rule : str
        The rule and the value that breaks it.
    """

    field: str
    rule: str

    def __str__(self) -> str:
        return f"{self.field}: {self.rule}" if self.field else self.rule


class ServiceError(Exception):
    """A call, or one order of a batch or stream, ended in an error.

    Attributes
    ----------
    code : grpc.StatusCode
        Such as ``INVALID_ARGUMENT``.
    reason : str
        Such as ``INVALID_FIELDS``; empty where the answer is not the service's own.
    message : str
        One sentence.
    violations : tuple of Violation
        Every violated field.
    details : mapping of str to message
        The details by the name of their type, such as ``IncompletePlanDetail``.
    left_out : int
        Violations, or of an order that is not packed lines with their reasons, past what fits into an error: they are
        only counted.
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
            Violation(each.field, each.description) for each in (bad.field_violations if bad else ())
        )
        lines = [f"{code.name}: {message}", *(f"  {violation}" for violation in self.violations)]
        if self.left_out and self.violations:
            lines.append(f"  and {self.left_out} more")
        super().__init__("\n".join(lines))


class InvalidRequestError(ServiceError):
    """Fields break rules, name nothing or exceed a limit; ``violations`` holds every one."""


class TooCostlyError(InvalidRequestError):
    """The order takes more CPU time or memory than the server grants to one: the same order would again."""


class NotAllowedError(ServiceError):
    """The caller is not known to the server, or to what stands before it, or may not do this."""


class NotSupportedError(ServiceError):
    """The contract has the RPC or field, this server has not."""


class OrderNotPackedError(ServiceError):
    """The order cannot be packed whole, and its policy does not allow a partial plan."""

    @property
    def lines(self) -> "tuple[errors_pb2.UnpackedLine, ...]":
        """Lines with unpacked units, most units first, each with its reason and rule; ``left_out`` counts the rest."""
        detail = self.details.get("IncompletePlanDetail")
        return tuple(detail.lines) if detail else ()


class MissingFactorError(ServiceError):
    """A footprint or objective needs a factor that the accounting profile lacks; see ``details``."""


class OverloadedError(ServiceError):
    """The server is busy."""

    @property
    def retry_after_s(self) -> float:
        """When to try again, in seconds."""
        retry = self.details.get("RetryInfo")
        return retry.retry_delay.ToTimedelta().total_seconds() if retry else 1.0


class UnavailableError(ServiceError):
    """No answer: the server is away, or the deadline passed."""


class StoreError(UnavailableError):
    """The plan or outcome was not stored; ``reason`` says why. A plan is answered without ``persist``."""


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
    """Return the error that a status describes, such as that of one result of a batch."""
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
    """Return the error of a call that failed, sync or async, over gRPC or HTTP."""
    if isinstance(error, CallFailedError):
        return error_of_status(error.status)
    call: Any = error
    try:
        status = rpc_status.from_call(call)
    except ValueError:  # the trailers do not belong to this status, as when a proxy answers
        status = None
    if status is not None:
        return error_of_status(status)
    return _error(call.code(), call.details() or "", {})


def _error(code: grpc.StatusCode, message: str, details: Mapping[str, Any]) -> ServiceError:
    info = details.get("ErrorInfo")
    kind = BY_REASON.get(info.reason if info else "") or BY_CODE.get(code, ServiceError)
    return kind(code, message, details)
