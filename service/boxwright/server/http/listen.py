"""The HTTP ports: uvicorn in the event loop of its caller, who also sees to signals."""

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
"""Connections at once; a request over one more gets 503."""

KEPT_OPEN_S = 75
"""How long a connection stays open after an answer, in seconds."""


class _Connection(HttpToolsProtocol):
    """Says with each request which certificate its caller has shown, and takes no trailer for a header.

    uvicorn does neither; a proxy has not looked at what trails a body (RFC 9110, 6.5.1).
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
    """Return the call that a request makes, with its authorization and more headers.

    Parameters
    ----------
    request : Request
        At a port of ``HttpServer``.
    limit_s : float, optional
        How long its caller waits, in seconds. Default: as long as it takes.
    headers : sequence of str, optional
        Names of those that are part of the call besides. Default: none.
    """
    host, port = request.client or ("unknown", 0)
    metadata = [(name, value) for name in ("authorization", *headers) for value in request.headers.getlist(name)]
    certificate = str(request.scope.get("state", {}).get("certificate", ""))
    return Call(host, port, limit_s, metadata=metadata, certificate=certificate)


class HttpServer(uvicorn.Server):
    """Serves an application at a host and port, of which 0 takes a free one.

    Parameters
    ----------
    tls : callable, optional
        Returns the context of the next connection. Default: connections are not encrypted.
    most : int, optional
        Connections at once.
    proxies : str, optional
        Addresses or networks whose ``X-Forwarded-For`` is believed, separated by commas. Default: none.

    Raises
    ------
    OSError
        If the port cannot be taken.
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
                log_level="error",  # a line a call is the observer's; what is no HTTP has none
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
            dualstack_ipv6=wide and socket.has_dualstack_ipv6(),  # as gRPC: [::] is every address
        )
        # Connections inherit it. Without it an answer waits 40 ms for the caller to acknowledge its head; asyncio
        # sets it only where a socket names its protocol, and accepted ones do not.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port: int = self._socket.getsockname()[1]
        self._running: asyncio.Task[None] | None = None

    @property
    def open(self) -> int:
        """How many connections are open."""
        return len(self.server_state.connections)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield

    def start(self) -> None:
        """Take requests from now on."""
        self._running = asyncio.ensure_future(self.serve(sockets=[self._socket]))

    async def stop(self, grace_s: float) -> None:
        """Take no more requests, let those under way end within the grace, in seconds, and cancel the others."""
        if self._running is None:
            self._socket.close()
            return
        self.config.timeout_graceful_shutdown = max(1, ceil(grace_s))  # with 0 it would not even see that all is closed
        self.should_exit = True
        await self._running


def _renewed(tls: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
    """Return a context in whose place each handshake takes the newest one."""
    context = tls()

    def renew(connection: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
        connection.context = tls()

    context.sni_callback = renew
    return context
