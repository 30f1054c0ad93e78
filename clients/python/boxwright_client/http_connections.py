"""HTTP connections to a server, reused between calls; each running call has its own."""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from google.rpc import code_pb2

from boxwright_client.connect_errors import CallFailedError, failed, refused

PROTO = "application/proto"
"""Media type of requests and answers: protobuf, which does not round numbers."""

KEPT_S = 60.0
"""Seconds that an idle connection is kept; the server keeps it for 75."""

KEPT_CONNECTIONS = 32
"""Most idle connections kept."""

PART_BYTES = 256 * 1024
"""Most bytes of an answer per read."""

_DROPPED = (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError)
"""Errors of a kept connection that the server has closed."""


@dataclass(frozen=True, slots=True)
class _Kept:
    connection: http.client.HTTPConnection
    since_s: float


class HttpConnections:
    """Connections to the HTTP port of a server, for many threads.

    Parameters
    ----------
    url : str
        URL such as ``http://boxwright:8080``; its path is a prefix to the path of each call, as for a server behind a
        proxy.
    context : ssl.SSLContext, optional
        TLS context for ``https://``. Default: certificates are verified with the system's settings.

    Raises
    ------
    ValueError
        If the URL has no host, or parts that an address does not have.
    """

    def __init__(self, url: str, context: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(url)
        if not parts.hostname or parts.query or parts.fragment:
            raise ValueError(f"target must be a URL such as http://boxwright:8080, got {url!r}")
        if parts.username is not None:
            raise ValueError("target must be a URL without a user name: pass token or metadata instead")
        secure = parts.scheme == "https"
        if context is not None and not secure:
            raise ValueError(f"credentials need https://, got {url!r}")
        self.url = url
        self._host, self._port = parts.hostname, parts.port
        self._path = parts.path.rstrip("/")
        self._context = context or ssl.create_default_context() if secure else None
        self._kept: list[_Kept] = []
        self._lock = threading.Lock()
        self._closed = False

    def path(self, method: str) -> str:
        """Return the URL path of a method such as ``/boxwright.v1.PackingService/Pack``."""
        return self._path + method

    def take(self) -> tuple[http.client.HTTPConnection, bool]:
        """Return a connection, and whether it was used before; raises ValueError if the client is closed."""
        with self._lock:
            if self._closed:
                raise ValueError("the client is closed")
            while self._kept:
                kept = self._kept.pop()
                if time.monotonic() - kept.since_s < KEPT_S:
                    return kept.connection, True
                kept.connection.close()
        return self.connection(), False

    def connection(self) -> http.client.HTTPConnection:
        """Return a new connection, which opens with its first request."""
        if self._context is None:
            return http.client.HTTPConnection(self._host, self._port)
        return http.client.HTTPSConnection(self._host, self._port, context=self._context)

    def keep(self, connection: http.client.HTTPConnection) -> None:
        """Keep a connection whose answer was read completely."""
        with self._lock:
            if not self._closed and len(self._kept) < KEPT_CONNECTIONS:
                self._kept.append(_Kept(connection, time.monotonic()))
                return
        connection.close()

    def close(self) -> None:
        """Close idle connections; those of running calls are closed when the calls end."""
        with self._lock:
            self._closed = True
            kept, self._kept = self._kept, []
        for idle in kept:
            idle.connection.close()


class HttpCall:
    """A call over HTTP.

    Parameters
    ----------
    connections : HttpConnections
        Connections to the server.
    method : str
        Method such as ``/boxwright.v1.PackingService/Pack``.
    body : bytes
        Serialized request.
    metadata : iterable of (str, str)
        Additional headers.
    time_s : float
        Deadline in seconds from now.
    """

    def __init__(
        self, connections: HttpConnections, method: str, body: bytes, metadata: Iterable[tuple[str, str]], time_s: float
    ) -> None:
        self._connections = connections
        self._path = connections.path(method)
        self._body = body
        self._metadata = dict(metadata)
        self._until_s = time.monotonic() + time_s
        self._connection: http.client.HTTPConnection | None = None
        self._abandoned = False

    def answer(self) -> bytes:
        """Make the call and return the serialized answer.

        Raises
        ------
        CallFailedError
            If the server refuses, is unreachable, or does not answer within the deadline.
        """
        try:
            connection, used = self._connections.take()
            try:
                return self._exchange(connection)
            except _DROPPED:
                if not used:
                    raise
            return self._exchange(self._connections.connection())
        except TimeoutError:
            raise failed(
                code_pb2.DEADLINE_EXCEEDED, f"{self._connections.url} did not answer within the deadline"
            ) from None
        except (OSError, http.client.HTTPException) as error:
            if isinstance(error, http.client.BadStatusLine) and not isinstance(error, _DROPPED):
                text = f"{self._connections.url} does not answer in HTTP/1.1; is it the gRPC port?"
                raise failed(code_pb2.UNAVAILABLE, text) from error
            text = f"{self._connections.url} cannot be reached: {error or type(error).__name__}"
            raise failed(code_pb2.UNAVAILABLE, text) from error

    def abandon(self) -> None:
        """Cancel the call from another thread; the server notices and stops planning."""
        self._abandoned = True
        held: Any = self._connection and self._connection.sock
        if held:
            try:
                held.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # the call has just ended

    def _exchange(self, connection: http.client.HTTPConnection) -> bytes:
        self._connection = connection
        try:
            answer, body = self._ask(connection)
        except BaseException:
            connection.close()
            raise
        if answer.will_close:
            connection.close()
        else:
            self._connections.keep(connection)
        sort = answer.headers.get_content_type()
        if answer.status == 200 and sort == PROTO:
            return body
        raise CallFailedError(refused(answer.status, sort, body, answer.headers.get("Retry-After", "")))

    def _ask(self, connection: http.client.HTTPConnection) -> tuple[http.client.HTTPResponse, bytes]:
        left_s = self._left_s(connection)
        headers = {
            **self._metadata,
            "Content-Type": PROTO,
            "Connect-Protocol-Version": "1",
            "Connect-Timeout-Ms": str(min(max(round(left_s * 1_000), 1), 10**10 - 1)),
        }
        connection.request("POST", self._path, self._body, headers)
        self._left_s(connection)
        answer = connection.getresponse()
        parts: list[bytes] = []
        while True:
            self._left_s(connection)
            part = answer.read1(PART_BYTES)
            if not part:
                if answer.length:
                    raise http.client.IncompleteRead(b"".join(parts), answer.length)
                answer.close()  # frees the connection for another call
                return answer, b"".join(parts)
            parts.append(part)

    def _left_s(self, connection: http.client.HTTPConnection) -> float:
        """Return the seconds left, also set as timeout of the next step; raise TimeoutError if none are left."""
        left_s = self._until_s - time.monotonic()
        if left_s <= 0 or self._abandoned:
            raise TimeoutError
        connection.timeout = left_s
        if connection.sock is not None:
            connection.sock.settimeout(left_s)
        return left_s
