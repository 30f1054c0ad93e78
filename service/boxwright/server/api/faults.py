"""Maps errors to ``google.rpc.Status`` with code, reason and machine-readable details."""

from functools import cache, lru_cache

import grpc
from google.protobuf import any_pb2, duration_pb2
from google.protobuf.message import Message
from google.rpc import code_pb2, error_details_pb2, status_pb2

from boxwright.contract.faults import MAX_LISTED, causes, incomplete_to_wire, violation_to_wire
from boxwright.contract.footprint import MISSING
from boxwright.contract.names import profile_name
from boxwright.domain.lack import MissingFactorError
from boxwright.domain.plan import IncompletePlanError
from boxwright.errors import (
    MOST_VIOLATIONS,
    BoxwrightError,
    CpuCeilingError,
    DeadlineError,
    EngineError,
    InvalidInputError,
    LimitExceededError,
    SearchEndedError,
    UnknownResourceError,
    UnsupportedError,
    printable,
)
from boxwright.server.access.auth import (
    CredentialMissingError,
    ScopeMissingError,
    SiteNotAllowedError,
    TokenNotValidError,
)
from boxwright.server.access.links import LinkError
from boxwright.server.workers.admission import OverloadedError
from boxwright.store import (
    OperationNotDoneError,
    StoreBusyError,
    StoreCorruptError,
    StoreError,
    StoreFullError,
    StoreOffError,
    StoreUnsuitableError,
)
from boxwright.v1 import errors_pb2


class RequestIdReusedError(BoxwrightError):
    """The ``request_id`` was used before with another payload."""


class StreamEndedError(BoxwrightError):
    """The server ended a stream because it stops. Every order that it had accepted was answered."""

    def __init__(self) -> None:
        super().__init__("the stream ends because the server is stopping; every order accepted before was answered")


class WaitedInVainError(DeadlineError):
    """The deadline of an order passed before a worker took it."""


class PlanningLostError(BoxwrightError):
    """The process that planned an order crashed, or was ended because it hung."""


class MemoryCeilingError(BoxwrightError):
    """An order took more memory than a worker may use."""


class NoPlanningError(BoxwrightError):
    """No worker can be started, or it cannot load its data."""


class WorkerFaultError(Exception):
    """An unexpected error in a worker, with the worker's traceback as text."""


class CatalogExistsError(BoxwrightError):
    """A catalog with this identifier exists."""


class CatalogReadOnlyError(BoxwrightError):
    """The catalog comes from a file and cannot be written."""


class CatalogInUseError(BoxwrightError):
    """A site or the setting ``default_catalog`` uses a catalog or box type that the call would remove."""


class EtagMismatchError(BoxwrightError):
    """The catalog was written again since the caller read it."""


DOMAIN = "boxwright"
"""Domain of every ``ErrorInfo``."""

TRAILER_BYTES = 5_000
"""Maximum bytes of a status in trailers. Clients refuse trailers past 8 KiB; base64 adds a third, and the message is
sent twice."""

TRAILER_TEXT_BYTES = 1_000
"""Maximum bytes of a message or rule in trailers; longer strings are cut."""


KINDS: tuple[tuple[type[BaseException], code_pb2.Code.ValueType, errors_pb2.ErrorReason.ValueType], ...] = (
    (UnsupportedError, code_pb2.UNIMPLEMENTED, errors_pb2.ERROR_REASON_NOT_IN_THIS_VERSION),
    (UnknownResourceError, code_pb2.NOT_FOUND, errors_pb2.ERROR_REASON_RESOURCE_NOT_FOUND),
    (LimitExceededError, code_pb2.INVALID_ARGUMENT, errors_pb2.ERROR_REASON_LIMIT_EXCEEDED),
    (InvalidInputError, code_pb2.INVALID_ARGUMENT, errors_pb2.ERROR_REASON_INVALID_FIELDS),
    (IncompletePlanError, code_pb2.FAILED_PRECONDITION, errors_pb2.ERROR_REASON_ORDER_NOT_PACKED_WHOLE),
    (MissingFactorError, code_pb2.FAILED_PRECONDITION, errors_pb2.ERROR_REASON_MISSING_FACTOR),
    (RequestIdReusedError, code_pb2.ALREADY_EXISTS, errors_pb2.ERROR_REASON_REQUEST_ID_REUSED),
    (OverloadedError, code_pb2.RESOURCE_EXHAUSTED, errors_pb2.ERROR_REASON_OVERLOADED),
    (EngineError, code_pb2.INTERNAL, errors_pb2.ERROR_REASON_ENGINE_FAULT),
    (CpuCeilingError, code_pb2.FAILED_PRECONDITION, errors_pb2.ERROR_REASON_CPU_CEILING),
    (DeadlineError, code_pb2.DEADLINE_EXCEEDED, errors_pb2.ERROR_REASON_DEADLINE_BEFORE_PLAN),
    (PlanningLostError, code_pb2.INTERNAL, errors_pb2.ERROR_REASON_PLANNING_LOST),
    (MemoryCeilingError, code_pb2.RESOURCE_EXHAUSTED, errors_pb2.ERROR_REASON_MEMORY_CEILING),
    (StreamEndedError, code_pb2.UNAVAILABLE, errors_pb2.ERROR_REASON_STREAM_ENDED),
    (CredentialMissingError, code_pb2.UNAUTHENTICATED, errors_pb2.ERROR_REASON_CREDENTIAL_MISSING),
    (TokenNotValidError, code_pb2.UNAUTHENTICATED, errors_pb2.ERROR_REASON_TOKEN_NOT_VALID),
    (ScopeMissingError, code_pb2.PERMISSION_DENIED, errors_pb2.ERROR_REASON_SCOPE_MISSING),
    (SiteNotAllowedError, code_pb2.PERMISSION_DENIED, errors_pb2.ERROR_REASON_SITE_NOT_ALLOWED),
    (LinkError, code_pb2.PERMISSION_DENIED, errors_pb2.ERROR_REASON_LINK_NOT_VALID),
    (StoreOffError, code_pb2.FAILED_PRECONDITION, errors_pb2.ERROR_REASON_STORE_OFF),
    (StoreBusyError, code_pb2.UNAVAILABLE, errors_pb2.ERROR_REASON_STORE_LOCKED),
    (StoreFullError, code_pb2.UNAVAILABLE, errors_pb2.ERROR_REASON_STORE_FULL),
    (StoreCorruptError, code_pb2.UNAVAILABLE, errors_pb2.ERROR_REASON_STORE_CORRUPT),
    (StoreUnsuitableError, code_pb2.UNAVAILABLE, errors_pb2.ERROR_REASON_STORE_UNSUITABLE),
    (StoreError, code_pb2.UNAVAILABLE, errors_pb2.ERROR_REASON_STORE_UNREACHABLE),
    (CatalogExistsError, code_pb2.ALREADY_EXISTS, errors_pb2.ERROR_REASON_CATALOG_EXISTS),
    (CatalogReadOnlyError, code_pb2.FAILED_PRECONDITION, errors_pb2.ERROR_REASON_CATALOG_READ_ONLY),
    (CatalogInUseError, code_pb2.FAILED_PRECONDITION, errors_pb2.ERROR_REASON_CATALOG_IN_USE),
    (EtagMismatchError, code_pb2.ABORTED, errors_pb2.ERROR_REASON_ETAG_MISMATCH),
    (OperationNotDoneError, code_pb2.FAILED_PRECONDITION, errors_pb2.ERROR_REASON_OPERATION_NOT_DONE),
    (SearchEndedError, code_pb2.CANCELLED, errors_pb2.ERROR_REASON_CANCELLED),
)
"""Code and reason of each error class, subclasses first. Other errors are INTERNAL."""


def status_of(error: BaseException, *, trailer: bool = False) -> status_pb2.Status:
    """Return the status of an error.

    Parameters
    ----------
    error : BaseException
        The error.
    trailer : bool, optional
        True if the status is sent in trailers, which are small. Violations past the limit are then counted in
        ``ErrorInfo`` and not listed. Default False.
    """
    found = _kind_of(error)
    code, reason = found or (code_pb2.INTERNAL, errors_pb2.ERROR_REASON_INTERNAL)
    message = "an internal error of the service; see its log" if found is None else _sentence(error)
    details, left_out = ([], 0) if found is None else _details(error)
    if trailer:
        message = _shortened(message)
        left_bytes = TRAILER_BYTES - len(message.encode())
        left_out += sum(_shorten(detail, left_bytes) for detail in details)
    return status_pb2.Status(code=code, message=message, details=[_info(reason, left_out), *map(detail_of, details)])


Kind = tuple[code_pb2.Code.ValueType, errors_pb2.ErrorReason.ValueType]


def _kind_of(error: BaseException) -> Kind | None:
    return next(((code, reason) for known, code, reason in KINDS if isinstance(error, known)), None)


@cache
def _name_of(reason: errors_pb2.ErrorReason.ValueType) -> str:
    return errors_pb2.ErrorReason.Name(reason).removeprefix("ERROR_REASON_")


_GRPC_CODES = {code.value[0]: code for code in grpc.StatusCode}


def reason_of(error: BaseException) -> str:
    """Return the reason of an error in lower case, such as ``invalid_fields``."""
    found = _kind_of(error)
    return _name_of(errors_pb2.ERROR_REASON_INTERNAL if found is None else found[1]).lower()


def is_ours(error: BaseException) -> bool:
    """Return whether an error is the service's fault."""
    return isinstance(error, EngineError) or _kind_of(error) is None


def grpc_code(status: status_pb2.Status) -> grpc.StatusCode:
    """Return the gRPC status code of a status."""
    return _GRPC_CODES[status.code]


def _sentence(error: BaseException) -> str:
    if isinstance(error, InvalidInputError):
        count = len(error.violations)
        first = str(error.violations[0]) if error.violations else ""
        many = f"{count}" if count <= MOST_VIOLATIONS else f"more than {MOST_VIOLATIONS}"
        return first if count == 1 else f"{many} fields are not valid; the first: {first}"
    if isinstance(error, StoreBusyError):
        return error.public_message  # the log holds no other details
    if isinstance(error, StoreError):
        return f"{error.public_message}; see the log of the service"
    return printable(str(error) or type(error).__name__)


def _details(error: BaseException) -> tuple[list[Message], int]:
    """Return the details of an error, and how many entries they leave out."""
    detail: Message
    entries = 0
    if isinstance(error, InvalidInputError):
        violation = error_details_pb2.BadRequest.FieldViolation
        fields = [violation(field=broken.field, description=broken.rule) for broken in error.violations]
        detail = error_details_pb2.BadRequest(field_violations=fields)
    elif isinstance(error, IncompletePlanError):
        detail, entries = incomplete_to_wire(error.order_id, error.unpacked), len(causes(error.unpacked))
    elif isinstance(error, MissingFactorError):
        missing, entries = [MISSING(lack) for lack in error.missing[:MAX_LISTED]], len(error.missing)
        detail = errors_pb2.MissingFactorDetail(accounting_profile=profile_name(error.profile_id), missing=missing)
    elif isinstance(error, EngineError):
        from boxwright.checking import PlanViolation  # only code that has loaded the checker raises this error

        found = [violation for violation in error.violations if isinstance(violation, PlanViolation)]
        listed, entries = [violation_to_wire(violation) for violation in found[:MAX_LISTED]], len(found)
        for message in listed:
            message.message = printable(message.message)
        detail = errors_pb2.EngineFaultDetail(engine=error.engine, violations=listed)
    elif isinstance(error, OverloadedError):
        seconds, ms = divmod(round(error.retry_after_s * 1_000), 1_000)
        delay = duration_pb2.Duration(seconds=seconds, nanos=ms * 1_000_000)
        detail = error_details_pb2.RetryInfo(retry_delay=delay)
    else:
        return [], 0
    return [detail], max(0, entries - MAX_LISTED)


@lru_cache(256)
def _info(reason: errors_pb2.ErrorReason.ValueType, left_out: int) -> any_pb2.Any:
    """Return the ErrorInfo of a status. The message is cached, so do not change it."""
    info = error_details_pb2.ErrorInfo(reason=_name_of(reason), domain=DOMAIN)
    if left_out:
        info.metadata["left_out"] = str(left_out)
    return detail_of(info)


_LISTS = {
    "BadRequest": ("field_violations", "description"),
    "IncompletePlanDetail": ("lines", "message"),
    "MissingFactorDetail": ("missing", "subject"),
    "EngineFaultDetail": ("violations", "message"),
}
"""Name of the list field and of the text field of each kind of detail."""


def _shorten(detail: Message, most_bytes: int) -> int:
    """Cut long strings and drop the last entries until a detail fits ``most_bytes``; return how many were dropped."""
    if detail.DESCRIPTOR.name not in _LISTS:
        return 0
    name, text = _LISTS[detail.DESCRIPTOR.name]
    entries = getattr(detail, name)
    for entry in entries:
        setattr(entry, text, _shortened(getattr(entry, text)))
    total = len(entries)
    while len(entries) > 1 and detail.ByteSize() > most_bytes:
        del entries[-max(1, len(entries) // 10) :]
    if len(entries) < total and isinstance(detail, errors_pb2.IncompletePlanDetail):
        detail.truncated = True
    return total - len(entries)


def _shortened(text: str) -> str:
    data = text.encode()
    cut = data[: TRAILER_TEXT_BYTES - len("…".encode())].decode(errors="ignore")
    return text if len(data) <= TRAILER_TEXT_BYTES else f"{cut}…"


def detail_of(message: Message) -> any_pb2.Any:
    """Return a message packed as a detail."""
    detail = any_pb2.Any()
    detail.Pack(message)
    return detail
