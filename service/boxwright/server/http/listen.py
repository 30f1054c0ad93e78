"""The socket of the door, and the server that takes it."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from typing import Any

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_CONNECTIONS, MAX_OF_AN_ADDRESS = 1_000, 500
"""Connections at once, in all and from one address; one more is closed."""

KEPT_OPEN_S = 75
"""How long a connection stays open after an answer, in seconds."""

HEAD_S = 10.0
"""Time for the head of a request, from the connection or from its first byte, in seconds."""

MAX_HEAD_BYTES = 64 * 1024
"""Most bytes that may come before the body of a request, between two chunks of it, or after it. What the system hands
over with the first byte, 256 KiB at most, is not counted."""

UNREAD_S = 60.0
"""How long a caller may leave a part of an answer unread before its connection is cut, in seconds."""


class _Connection(HttpToolsProtocol):
    """One connection: whoever says nothing, or reads nothing, holds it for a bounded time."""

    def connection_made(self, transport: Any) -> None:
        """Take the connection, or close it where there are too many."""
        super().connection_made(transport)
        self._waiting: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None
        self._beyond_body_bytes = 0
        transport.set_write_buffer_limits(0)  # so that all that is not sent counts as unread
        of_address = sum(_address(each) == _address(self) for each in self.connections)
        if of_address > MAX_OF_AN_ADDRESS or len(self.connections) > MAX_CONNECTIONS:
            self.connections.discard(self)  # or many that are refused at once would take the places of others
            transport.abort()
        else:
            self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of what waits for the connection."""
        self._stop_waiting()
        self._read_on()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; where all calls are answered, this must become the head of the next."""
        self._beyond_body_bytes += len(data)
        super().data_received(data)
        if self._beyond_body_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response("The head of the request is too long.")
        elif self.cycle is None or self.cycle.response_complete:
            self._expect_head()

    def on_message_begin(self) -> None:
        """Count what comes before the body."""
        super().on_message_begin()
        self._beyond_body_bytes = 0

    def on_chunk_header(self) -> None:
        """Count what comes after this chunk of the body."""
        self._beyond_body_bytes = 0

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        self._beyond_body_bytes -= len(body)
        super().on_body(body)

    def on_headers_complete(self) -> None:
        """Begin the call."""
        self._stop_waiting()
        super().on_headers_complete()

    def pause_writing(self) -> None:
        """Wait for the caller to read, for so long."""
        super().pause_writing()
        if self._unread is None:
            self._unread = self.loop.call_later(UNREAD_S, self.transport.abort)

    def resume_writing(self) -> None:
        """Write on."""
        self._read_on()
        super().resume_writing()

    def _expect_head(self) -> None:
        if self._waiting is None:
            self._waiting = self.loop.call_later(HEAD_S, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _read_on(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None


def _address(connection: Any) -> str:
    return connection.client[0] if connection.client else ""


class HttpServer(uvicorn.Server):
    """Serves in the event loop of the caller, who also sees to signals.

    Parameters
    ----------
    app : Starlette
        The application.
    host, port : str, int
        Where it listens; port 0 takes a free one.

    Raises
    ------
    OSError
        If the port cannot be taken.
    """

    def __init__(self, app: Starlette, host: str, port: int) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                lifespan="off",
                log_config=None,
                log_level="error",  # a line a call is the observer's; what is no HTTP has none
                access_log=False,
                server_header=False,
                http=_Connection,
                ws="none",
                proxy_headers=False,
                timeout_keep_alive=KEPT_OPEN_S,
            )
        )
        wide = ":" in host
        self._socket = socket.create_server(
            (host, port),
            family=socket.AF_INET6 if wide else socket.AF_INET,
            backlog=1_024,
            dualstack_ipv6=wide and socket.has_dualstack_ipv6(),  # as gRPC: [::] is every address
        )
        self.port: int = self._socket.getsockname()[1]
        self._running: asyncio.Task[None] | None = None

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield

    def start(self) -> None:
        """Take requests from now on."""
        self._running = asyncio.ensure_future(self.serve(sockets=[self._socket]))

    async def stop(self, grace_s: float) -> None:
        """Take no more requests, and let those under way end within the grace, in seconds."""
        if self._running is None:
            self._socket.close()
            return
        self.config.timeout_graceful_shutdown = max(1, round(grace_s))
        self.should_exit = True
        await self._running
