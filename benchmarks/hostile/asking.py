"""Sends requests and reads answers."""

import http.client
import json
from typing import Any

import grpc
from google.rpc import error_details_pb2, status_pb2

from benchmarks.hostile.servers import Target

PATIENCE_S = 30.0
DEADLINE_S = 10.0
SHOWN = 120
"""Maximum number of characters of a request that are shown."""


def shown(sent: bytes) -> str:
    """Return the start of a request as Python text."""
    return repr(sent[:SHOWN]) + ("..." if len(sent) > SHOWN else "")


class Http:
    """Sends requests over HTTP, over one connection while it stays open.

    Parameters
    ----------
    target : Target
        The server.
    address : str, optional
        Address. Default: that of JSON over HTTP.
    """

    def __init__(self, target: Target, address: str = "") -> None:
        address = address or target.server.http_address
        if target.authority:
            self._connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                address, timeout=PATIENCE_S, context=target.context()
            )
        else:
            self._connection = http.client.HTTPConnection(address, timeout=PATIENCE_S)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        """Return status and body of an answer; status 0 is a closed connection, 1 no answer."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        for last in (False, True):
            try:
                self._connection.request(method, path, body, given)
                answer = self._connection.getresponse()
                return answer.status, answer.read()
            except TimeoutError:
                self._connection.close()
                return 1, b""
            except (OSError, http.client.HTTPException):  # closed after the answer before, or because of this one
                self._connection.close()
                if last:
                    return 0, b""
        raise AssertionError  # the second try returns

    def post(self, path: str, body: bytes, sort: str = "application/json", **headers: str) -> str:
        """Return the label of a call."""
        given = {"Content_Type": sort, "Connect_Timeout_Ms": str(round(DEADLINE_S * 1_000)), **headers}
        return label_of(*self.ask("POST", f"/{path}", body, **given))

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def label_of(status: int, body: bytes) -> str:
    """Return status and reason of an answer, or the status alone."""
    if status < 2:
        return "timeout" if status else "closed"
    if status < 400:
        return str(status)
    try:
        said: Any = json.loads(body)
        if not said["message"]:
            return "no clear error"
        reasons = [each["debug"]["reason"] for each in said.get("details", ()) if "reason" in each.get("debug", {})]
        return f"{status} {reasons[0] if reasons else said['code']}"
    except (ValueError, KeyError, TypeError):
        return str(status) if body.strip() else "no clear error"


def call(channel: grpc.Channel, path: str, body: bytes, *metadata: tuple[str, str]) -> str:
    """Return the label of a call over gRPC."""
    try:
        channel.unary_unary(f"/{path}")(body, timeout=DEADLINE_S, metadata=metadata)
    except grpc.RpcError as error:
        return grpc_label(error)
    return "OK"


def grpc_label(error: Any) -> str:
    """Return code and reason of an error."""
    name = str(error.code().name)
    if not (error.details() or "").strip():
        return "no clear error"
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            info = error_details_pb2.ErrorInfo()
            for each in status_pb2.Status.FromString(value).details:
                if each.Unpack(info):
                    return f"{name} {info.reason}"
    return name
