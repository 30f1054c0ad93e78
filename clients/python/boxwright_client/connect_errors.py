"""Converts HTTP errors to gRPC statuses (connectrpc.com/docs/protocol, "Error codes")."""

import base64
import json
import re

import grpc
from google.protobuf import any_pb2
from google.rpc import code_pb2, error_details_pb2, status_pb2

_CODES = {name.lower(): number for name, number in code_pb2.Code.items() if number} | {"canceled": code_pb2.CANCELLED}
"""Codes as Connect writes them, such as ``invalid_argument``."""

_OF_PROXIES = {
    400: code_pb2.INTERNAL,
    401: code_pb2.UNAUTHENTICATED,
    403: code_pb2.PERMISSION_DENIED,
    404: code_pb2.UNIMPLEMENTED,
    429: code_pb2.UNAVAILABLE,
    502: code_pb2.UNAVAILABLE,
    503: code_pb2.UNAVAILABLE,
    504: code_pb2.UNAVAILABLE,
}
"""Code for an HTTP status without a Connect error, as from a proxy."""


class CallFailedError(grpc.RpcError):
    """An HTTP call that ended with an error status."""

    def __init__(self, status: status_pb2.Status) -> None:
        super().__init__(status.message)
        self.status = status


def failed(code: int, message: str) -> CallFailedError:
    """Return the error of a call that got no answer."""
    return CallFailedError(status_pb2.Status(code=code, message=message))


def refused(http_status: int, sort: str, body: bytes, retry_after: str) -> status_pb2.Status:
    """Return the status of an unsuccessful answer: a Connect error in JSON, or the text of a proxy.

    ``sort`` is the media type of the answer, ``retry_after`` the header Retry-After in seconds; empty if absent.
    """
    try:
        content = json.loads(body)
        status = status_pb2.Status(code=_CODES[content["code"]], message=content.get("message", ""))
        for detail in content.get("details", ()):
            value = base64.b64decode(detail["value"] + "=" * (-len(detail["value"]) % 4))
            status.details.append(any_pb2.Any(type_url=f"type.googleapis.com/{detail['type']}", value=value))
    except (ValueError, LookupError, TypeError, AttributeError):  # not a Connect error
        code = code_pb2.UNKNOWN if http_status < 400 else _OF_PROXIES.get(http_status, code_pb2.UNKNOWN)
        excerpt = re.sub(r"\s+", " ", body[:1_000].decode(errors="replace")).strip()
        text = f"HTTP {http_status} with {sort}, which is not an answer of Boxwright: {excerpt[:200]}"
        status = status_pb2.Status(code=code, message=text)
        if re.fullmatch("[0-9]{1,6}", retry_after):
            info = error_details_pb2.RetryInfo()
            info.retry_delay.FromSeconds(int(retry_after))
            status.details.add().Pack(info)
    return status
