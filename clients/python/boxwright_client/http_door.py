"""Connections to the HTTP door of a server: kept open between calls, one for each call under way."""

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
"""How requests and answers are written: as over gRPC, so that no figure is rounded on the way."""

KEPT_S = 60.0
"""How long a connection is kept after its last answer, in seconds; the server keeps it for 75."""

KEPT_CONNECTIONS = 32
"""Most connections that are kept while no call uses them."""

PART_BYTES = 256 * 1024
"""Most bytes of an answer that are read at once."""

_DROPPED = (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError)
"""How a kept connection fails that the other side has closed meanwhile."""


@dataclass(frozen=True, slots=True)
class _Kept:
    connection: http.client.HTTPConnection
    since_s: float


class HttpDoor:
    """The HTTP door of a server, for any number of threads.

    Parameters
    ----------
    url : str
        Such as ``http://boxwright:8080``; a path is put before the path of each call, for servers behind a proxy.
    context : ssl.SSLContext, optional
        For ``https://``. Default: certificates are verified as the system says.

    Raises
    ------
    ValueError
        If the URL has no host or has parts that a server's address does not have.
    """

    def __init__(self, url: str, context: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(url)
        if not parts.hostname or parts.query or parts.fragment:
            raise ValueError(f"target must be a URL such as http://boxwright:8080, got {url!r}")
        if parts.username is not None:
            raise ValueError("target must be a URL without a user's name: send a token by metadata")
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
        """Return the path of a method, such as ``/boxwright.v1.PackingService/Pack``."""
        return self._path + method

    def take(self) -> tuple[http.client.HTTPConnection, bool]:
        """Return a connection, and whether it was used before.

        Raises
        ------
        ValueError
            If the client is closed, as gRPC does.
        """
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
        """Return a new connection, which opens with its first call."""
        if self._context is None:
            return http.client.HTTPConnection(self._host, self._port)
        return http.client.HTTPSConnection(self._host, self._port, context=self._context)

    def keep(self, connection: http.client.HTTPConnection) -> None:
        """Keep a connection whose answer was read whole."""
        with self._lock:
            if not self._closed and len(self._kept) < KEPT_CONNECTIONS:
                self._kept.append(_Kept(connection, time.monotonic()))
                return
        connection.close()

    def close(self) -> None:
        """Close what is kept; calls under way close theirs when they end."""
        with self._lock:
            self._closed = True
            kept, self._kept = self._kept, []
        for each in kept:
            each.connection.close()


class HttpCall:
    """One call.

    Parameters
    ----------
    door : HttpDoor
        Where to.
    method : str
        Such as ``/boxwright.v1.PackingService/Pack``.
    body : bytes
        The request.
    metadata : iterable of (str, str)
        Further headers.
    time_s : float
        The deadline, in seconds from now on.
    """

    def __init__(
        self, door: HttpDoor, method: str, body: bytes, metadata: Iterable[tuple[str, str]], time_s: float
    ) -> None:
        self._door = door
        self._path = door.path(method)
        self._body = body
        self._metadata = dict(metadata)
        self._until_s = time.monotonic() + time_s
        self._connection: http.client.HTTPConnection | None = None
        self._abandoned = False

    def answer(self) -> bytes:
        """Make the call and return the answer's bytes.

        Raises
        ------
        CallFailedError
            If the server refuses, is not there, or does not answer within the deadline.
        """
        try:
            connection, used = self._door.take()
            try:
                return self._exchange(connection)
            except _DROPPED:
                if not used:
                    raise
            return self._exchange(self._door.connection())
        except TimeoutError:
            raise failed(code_pb2.DEADLINE_EXCEEDED, f"{self._door.url} did not answer within the deadline") from None
        except (OSError, http.client.HTTPException) as error:
            if isinstance(error, http.client.BadStatusLine) and not isinstance(error, _DROPPED):
                text = f"{self._door.url} does not speak HTTP/1.1; is it the port of gRPC?"
                raise failed(code_pb2.UNAVAILABLE, text) from error
            text = f"{self._door.url} cannot be reached: {error or type(error).__name__}"
            raise failed(code_pb2.UNAVAILABLE, text) from error

    def abandon(self) -> None:
        """End the call from another thread: the server sees that nobody waits, and stops planning."""
        self._abandoned = True
        held: Any = self._connection and self._connection.sock
        if held:
            try:
                held.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # it has ended meanwhile

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
            self._door.keep(connection)
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
                answer.close()  # or the connection takes no other call
                return answer, b"".join(parts)
            parts.append(part)

    def _left_s(self, connection: http.client.HTTPConnection) -> float:
        """Return the time that is left, in seconds, and let the next step take no longer."""
        left_s = self._until_s - time.monotonic()
        if left_s <= 0 or self._abandoned:
            raise TimeoutError
        connection.timeout = left_s
        if connection.sock is not None:
            connection.sock.settimeout(left_s)
        return left_s
