"""The socket of the door, and the server that takes it."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from starlette.applications import Starlette

MAX_CONNECTIONS = 1_000
"""Connections at once; one more is answered with 503."""

KEPT_OPEN_S = 75
"""How long a connection without a request stays open, in seconds."""


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
                limit_concurrency=MAX_CONNECTIONS,
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
