"""An HTTP call with the interface of a gRPC context."""

import base64
import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

import grpc
import grpc.aio
from google.rpc import error_details_pb2, status_pb2
from starlette.responses import Response

from boxwright.contract.json import plain
from boxwright.server.access.auth import written_peer

STATUS = "grpc-status-details-bin"
"""Trailer that holds the serialized status."""

HTTP_CODES: Mapping[str, int] = {
    "canceled": 499,
    "unknown": 500,
    "invalid_argument": 400,
    "deadline_exceeded": 504,
    "not_found": 404,
    "already_exists": 409,
    "permission_denied": 403,
    "resource_exhausted": 429,
    "failed_precondition": 400,
    "aborted": 409,
    "out_of_range": 400,
    "unimplemented": 501,
    "internal": 500,
    "unavailable": 503,
    "data_loss": 500,
    "unauthenticated": 401,
}
"""HTTP status of each Connect code (connectrpc.com/docs/protocol, "Error codes")."""


HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline';"
    " frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}

ANSWER_HEADERS = HEADERS | {"Cache-Control": "no-store"}
"""Headers of answers and refusals of calls, which must not be cached."""


class CallRefusedError(grpc.aio.AbortError):
    """The call ended with a status."""

    def __init__(self, status: status_pb2.Status) -> None:
        super().__init__(status.message)
        self.status = status


class Call:
    """The context of one call from ``host`` and ``port``.

    Parameters
    ----------
    limit_s : float, optional
        Timeout of the caller from now, in seconds. Default: none.
    metadata : sequence of pairs, optional
        Headers that the server reads. Default: none.
    certificate : str, optional
        Name in the caller's certificate. Default: none.
    """

    system = "connectrpc"
    """Name of the protocol in OpenTelemetry."""

    def __init__(
        self,
        host: str,
        port: int,
        limit_s: float | None = None,
        *,
        metadata: Sequence[tuple[str, str]] = (),
        certificate: str = "",
    ) -> None:
        self._peer = written_peer(host, port)
        self._until_s = None if limit_s is None else time.monotonic() + limit_s
        self._metadata = metadata
        self._shown = {"x509_common_name": [certificate]} if certificate else {}
        self._at_end: list[Callable[[Any], None]] = []

    def peer(self) -> str:
        """Return the caller's address as gRPC writes it, so that limits count gRPC and HTTP together."""
        return self._peer

    def invocation_metadata(self) -> Sequence[tuple[str, str]]:
        """Return the headers that the server reads."""
        return self._metadata

    def auth_context(self) -> Mapping[str, Sequence[str]]:
        """Return the names in the caller's certificate, in gRPC's form."""
        return self._shown

    def time_remaining(self) -> float | None:
        """Return the seconds until the caller's deadline; None without one."""
        return None if self._until_s is None else self._until_s - time.monotonic()

    def add_done_callback(self, callback: Callable[[Any], None]) -> None:
        """Register a callback to run when the answer is sent or the caller has left."""
        self._at_end.append(callback)

    def end(self) -> None:
        """Run the callbacks."""
        while self._at_end:
            self._at_end.pop()(self)

    async def abort(self, code: grpc.StatusCode, message: str, trailers: Sequence[tuple[str, bytes]] = ()) -> NoReturn:
        """End the call with a status."""
        status = status_pb2.Status(code=code.value[0], message=message)
        for name, value in trailers:
            if name == STATUS:
                status = status_pb2.Status.FromString(value)
        raise CallRefusedError(status)


def connect_code(status: status_pb2.Status) -> str:
    """Return a code as Connect writes it, such as ``invalid_argument``."""
    name = next(code.name for code in grpc.StatusCode if code.value[0] == status.code)
    return "canceled" if name == "CANCELLED" else name.lower()


def refusal(
    status: status_pb2.Status, http_code: int | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """Return the response of a refused call: code, message and details, each as bytes and as readable JSON.

    ``http_code`` defaults to that of the status.
    """
    details = []
    for detail in status.details:
        readable = plain(detail)
        value = base64.b64encode(detail.value).decode().rstrip("=")
        details.append({"type": readable.pop("@type").rpartition("/")[2], "value": value, "debug": readable})
    content = {"code": connect_code(status), "message": status.message, **({"details": details} if details else {})}
    given = ANSWER_HEADERS | dict(headers or {})
    retry = error_details_pb2.RetryInfo()
    if any(detail.Unpack(retry) for detail in status.details):
        given["Retry-After"] = str(retry.retry_delay.seconds + bool(retry.retry_delay.nanos))
    if asked_for := challenge(status):
        given["WWW-Authenticate"] = asked_for
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(body, http_code or HTTP_CODES[connect_code(status)], given, "application/json")


CHALLENGES = {
    "CREDENTIAL_MISSING": "",
    "TOKEN_NOT_VALID": ', error="invalid_token"',
    "SCOPE_MISSING": ', error="insufficient_scope"',
    "SITE_NOT_ALLOWED": ', error="insufficient_scope"',
}
"""Error parameter of the challenge (RFC 6750, 3.1) by reason, for the reasons that another token may remove."""


def challenge(status: status_pb2.Status) -> str:
    """Return the WWW-Authenticate challenge of a refusal; empty if no token would help."""
    info = error_details_pb2.ErrorInfo()
    if any(detail.Unpack(info) for detail in status.details) and info.reason in CHALLENGES:
        return f'Bearer realm="boxwright"{CHALLENGES[info.reason]}'
    return ""
