"""The socket of the door, and the server that takes it."""

import asyncio
import contextlib
import socket
from collections import Counter
from collections.abc import Iterator
from typing import Any, ClassVar

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_CONNECTIONS, MAX_OF_AN_ADDRESS = 1_000, 500
"""Connections at once, in all and from one address; one more is closed."""

KEPT_OPEN_S = 75
"""How long a connection stays open after an answer, in seconds."""

HEAD_S = 10.0
"""Time for the head of a request, from the connection or from its first byte, in seconds."""

UNREAD_S = 60.0
"""How long a caller may leave an answer unread before its connection is cut, in seconds."""


class _Connection(HttpToolsProtocol):
    """One connection: whoever says nothing, or reads nothing, holds it for a bounded time."""

    open: ClassVar[Counter[str]] = Counter()

    def connection_made(self, transport: Any) -> None:
        """Take the connection, or close it where there are too many."""
        super().connection_made(transport)
        self._address = self.client[0] if self.client else ""
        self._waiting: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None
        self.open[self._address] += 1
        if self.open[self._address] > MAX_OF_AN_ADDRESS or self.open.total() > MAX_CONNECTIONS:
            transport.abort()
        else:
            self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of what waits for the connection."""
        self._stop_waiting()
        self._read_on()
        self.open[self._address] -= 1
        if not self.open[self._address]:
            del self.open[self._address]
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Expect the rest of the head."""
        super().on_message_begin()
        if self._waiting is None:
            self._expect_head()

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
        self._waiting = self.loop.call_later(HEAD_S, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _read_on(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None


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
                access_log=False,
                server_header=False,
                http=_Connection,
                ws="none",
                proxy_headers=False,
                timeout_keep_alive=KEPT_OPEN_S,
                timeout_graceful_shutdown=1,
            )
        )
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, port), family=family, backlog=1_024)
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
