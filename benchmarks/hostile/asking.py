"""How cases are sent, and what is read of the answers."""

import contextlib
import http.client
import json
import re
import socket
from typing import Any

import grpc
from google.rpc import error_details_pb2, status_pb2

from benchmarks.hostile.target import Target

PATIENCE_S = 30.0
DEADLINE_S = 10.0
SHOWN = 120
"""Most characters of what was sent that are shown."""


def shown(sent: bytes) -> str:
    """Return the beginning of what was sent, as Python writes it."""
    return repr(sent[:SHOWN]) + ("..." if len(sent) > SHOWN else "")


class Http:
    """Asks over HTTP, one request after the other over one connection while it stays open."""

    def __init__(self, target: Target, port: int) -> None:
        if target.authority:
            self._connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                "127.0.0.1", port, timeout=PATIENCE_S, context=target.context()
            )
        else:
            self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        """Return status and body of an answer; 0 where the server closed the connection, 1 where it said nothing."""
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
    """Return status and reason of an answer, or the code where it has no reason."""
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


def channel(target: Target) -> grpc.Channel:
    """Return a channel over a connection of its own."""
    options = [("grpc.use_local_subchannel_pool", 1), ("grpc.max_send_message_length", -1)]
    options += [("grpc.max_receive_message_length", -1), ("grpc.max_metadata_size", 1 << 20)]
    address = f"127.0.0.1:{target.port}"
    if target.authority:
        return grpc.secure_channel(address, grpc.ssl_channel_credentials(target.authority), options)
    return grpc.insecure_channel(address, options)


def call(opened: grpc.Channel, path: str, body: bytes, *metadata: tuple[str, str]) -> str:
    """Return the label of a call over gRPC."""
    try:
        opened.unary_unary(f"/{path}")(body, timeout=DEADLINE_S, metadata=metadata)
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


def raw(port: int, *parts: bytes, patience_s: float = PATIENCE_S, half_close: bool = True) -> bytes | None:
    """Send bytes over a connection, and say that no more come; return what comes, None for nothing in time."""
    found = b""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=patience_s) as connection:
            with contextlib.suppress(ConnectionError):  # the server has seen enough
                for part in parts:
                    connection.sendall(part)
                if half_close:
                    connection.shutdown(socket.SHUT_WR)
            while len(found) < 1 << 20 and (part := connection.recv(65_536)):
                found += part
    except TimeoutError:
        return found or None
    except OSError:
        pass
    return found


def status_line(found: bytes | None) -> str:
    """Return the label of what came over a connection of HTTP/1."""
    if found is None:
        return "timeout"
    if not found:
        return "closed"
    words = found.split(b"\r\n", 1)[0].split(b" ")
    if not words[0].startswith(b"HTTP/1.") or len(words) < 2:
        return "no HTTP"
    head, _, body = found.partition(b"\r\n\r\n")
    status = words[1].decode("latin-1")
    says = body.strip() or re.search(rb"(?i)\ncontent-length: *[1-9]", head)  # a HEAD is answered without the body
    return status if status < "400" or says else "no clear error"
