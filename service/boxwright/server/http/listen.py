"""Serves the HTTP ports: uvicorn in the caller's event loop, without signal handlers."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from math import ceil
from typing import Any

import uvicorn
from starlette.requests import Request
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from boxwright.server.access.auth import certificate_name
from boxwright.server.http.call import Call

MAX_CONNECTIONS = 1_000
"""Maximum number of open connections; requests over additional connections get 503."""

KEPT_OPEN_S = 75
"""Seconds that an idle connection stays open."""


class _Connection(HttpToolsProtocol):
    """Adds the name in the caller's certificate to requests, and drops trailers.

    uvicorn merges trailers into headers, although no proxy has checked them (RFC 9110, 6.5.1).
    """

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        secured = transport.get_extra_info("ssl_object")
        if shown := secured.getpeercert() if secured is not None else None:
            common = [value for part in shown.get("subject", ()) for key, value in part if key == "commonName"]
            name = certificate_name(common, [value for _, value in shown.get("subjectAltName", ())])
            self.app_state = {**self.app_state, "certificate": name}

    def on_headers_complete(self) -> None:
        self.scope["headers"] = self.headers.copy()
        super().on_headers_complete()


def call_of(request: Request, limit_s: float | None = None, headers: Sequence[str] = ()) -> Call:
    """Return the call of a request, with its authorization and other ``headers``.

    ``limit_s`` is the timeout of the caller in seconds; default none.
    """
    host, port = request.client or ("unknown", 0)
    metadata = [(name, value) for name in ("authorization", *headers) for value in request.headers.getlist(name)]
    certificate = str(request.scope.get("state", {}).get("certificate", ""))
    return Call(host, port, limit_s, metadata=metadata, certificate=certificate)


class HttpServer(uvicorn.Server):
    """Serves an application at a host and port; port 0 takes a free port.

    Parameters
    ----------
    tls : callable, optional
        Returns the TLS context of the next connection. Default: no encryption.
    most : int, optional
        Maximum number of open connections.
    proxies : str, optional
        Addresses or networks whose ``X-Forwarded-For`` is trusted, separated by commas. Default: none.

    Raises
    ------
    OSError
        If the port cannot be bound.
    """

    def __init__(
        self,
        app: ASGIApp,
        host: str,
        port: int,
        *,
        tls: Callable[[], ssl.SSLContext] | None = None,
        most: int = MAX_CONNECTIONS,
        proxies: str = "",
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                lifespan="off",
                log_config=None,
                log_level="error",  # the observer logs calls; requests that are not HTTP are not logged
                access_log=False,
                server_header=False,
                http=_Connection,
                ws="none",
                proxy_headers=bool(proxies),
                forwarded_allow_ips=proxies,
                limit_concurrency=most,
                timeout_keep_alive=KEPT_OPEN_S,
                ssl_context_factory=None if tls is None else lambda *_: _renewed(tls),
            )
        )
        wide = ":" in host
        self._socket = socket.create_server(
            (host, port),
            family=socket.AF_INET6 if wide else socket.AF_INET,
            backlog=1_024,
            dualstack_ipv6=wide and socket.has_dualstack_ipv6(),  # [::] means all addresses, as in gRPC
        )
        # Connections inherit this. Without it an answer waits 40 ms for the acknowledgement of its headers; asyncio
        # sets it only on sockets that name their protocol, which accepted ones do not.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port: int = self._socket.getsockname()[1]
        self._running: asyncio.Task[None] | None = None

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Do not handle signals, which the caller does."""
        yield

    def start(self) -> None:
        """Start taking requests."""
        self._running = asyncio.ensure_future(self.serve(sockets=[self._socket]))

    async def stop(self, grace_s: float) -> None:
        """Stop taking requests, wait up to ``grace_s`` seconds for those under way, and cancel the rest."""
        if self._running is None:
            self._socket.close()
            return
        self.config.timeout_graceful_shutdown = max(1, ceil(grace_s))  # 0 would cancel calls that are about to end
        self.should_exit = True
        await self._running


def _renewed(tls: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
    """Return a TLS context that is replaced by the newest one at each handshake."""
    context = tls()

    def renew(connection: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
        connection.context = tls()

    context.sni_callback = renew
    return context
