"""The socket of the door, and the server that takes it."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable, Collection, Iterator
from math import ceil
from time import monotonic
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from boxwright.server.access.principal import certificate_name
from boxwright.server.waiting import gives_way

MAX_CONNECTIONS, MAX_OF_AN_ADDRESS = 1_000, 500
"""Connections at once, in all and from one address. One more takes the place of one that waits for its caller, of the
address with the most; it is closed where all are being answered."""

KEPT_OPEN_S = 75
"""How long a connection stays open after an answer, in seconds."""

HEAD_S = 10.0
"""Time for the head of a request, from the connection or from its first byte, in seconds; and for a handshake of TLS
before it."""

AGE_S = 3_600.0
"""How old a connection gets, in seconds: it is closed after the answer that it gives then."""

MAX_HEAD_BYTES = 64 * 1024
"""Most bytes that may come before the body of a request, between two chunks of it, or after it. What the system hands
over with the first byte, 256 KiB at most, is not counted."""

NO_FILE_S = 0.1
"""How long to wait before the next connection is taken where no file is left for it, in seconds."""

LAST_S = 1
"""Time for calls that end with the grace to say so to their callers, in seconds."""

PIECE_BYTES = 2_048
"""Bytes of a connection that are looked at together. Calls among them wait for the one before; while any does, nothing
more is looked at, so that no more wait than go into these."""

MOST_HELD_BYTES = 64 * 1024
"""Most bytes of an answer that are sent together, in one turn of the event loop."""

UNREAD_S = 60.0
"""How long a caller may leave a part of an answer unread before its connection is cut, in seconds."""


class _Config(uvicorn.Config):
    """How connections are served, and what their door allows.

    Attributes
    ----------
    most, most_of_address : int
        Connections at once, in all and from one address.
    crowded : callable
        Called when a connection is ended because as many are open as may be.
    tls : callable or None
        Returns the context of the next connection; None: connections are not encrypted.
    """

    most = most_of_address = 0
    crowded: Callable[[], None] = staticmethod(lambda: None)
    tls: Callable[[], ssl.SSLContext] | None = None


class _Outgoing:
    """A transport that sends head and body of an answer together, which uvicorn writes one after the other.

    It takes nothing more once it closes; where a caller has gone, that of uvloop raises an error.
    """

    def __init__(self, transport: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held: list[bytes] = []
        self._held_bytes = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send soon, while there is somebody who reads."""
        if self._held_bytes + len(data) > MOST_HELD_BYTES:
            self._send()  # apart: joining long ones would copy them
        if not self._held:
            self._loop.call_soon(self._send)
        self._held.append(data)
        self._held_bytes += len(data)
        if self._held_bytes >= MOST_HELD_BYTES:
            self._send()

    def close(self) -> None:
        """Send what is held, and close."""
        self._send()
        self._transport.close()

    def _send(self) -> None:
        held, self._held, self._held_bytes = self._held, [], 0
        if held and not self._transport.is_closing():
            self._transport.write(b"".join(held))


class _Flow(FlowControl):
    """Reads nothing more while calls wait for the one before them: uvicorn would, whenever one of them is answered."""

    def __init__(self, transport: Any, queued: Collection[Any]) -> None:
        super().__init__(transport)
        self._queued = queued

    def resume_reading(self) -> None:
        """Read on, unless calls wait."""
        if not self._queued:
            super().resume_reading()


class _Connection(HttpToolsProtocol):
    """One connection: whoever says nothing, or reads nothing, holds it for a bounded time."""

    config: _Config
    handshake: "_Handshake | None" = None
    """What has been counted in place of this connection so far."""

    def connection_made(self, transport: Any) -> None:
        """Take the connection, or close it where there are too many."""
        self.connections.discard(self.handshake)
        super().connection_made(_Outgoing(transport, self.loop))  # type: ignore[arg-type] # it has all that one has
        self.flow = _Flow(self.transport, self.pipeline)
        self._unseen = b""
        self.waits_since: float | None = monotonic()
        self._certificate = _certificate_of(transport)
        self._waiting: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None
        self._beyond_body_bytes = 0
        self._head_is_there = False
        self._old_s = self.loop.time() + AGE_S
        transport.set_write_buffer_limits(1, 0)  # so that all that is not sent counts as unread
        if _has_room(self, self.connections, self.config):
            self._expect_head()
        else:
            self.cut()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of what waits for the connection."""
        self._stop_waiting()
        self._read_on()
        self._unseen = b""
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; where all calls are answered, this must become the head of the next."""
        unseen, at = self._unseen + data, 0
        while at < len(unseen) and not self.pipeline and not self.transport.is_closing():
            piece = unseen[at : at + PIECE_BYTES]
            at += len(piece)
            self._beyond_body_bytes += len(piece)
            super().data_received(piece)
            if self._beyond_body_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
                self.send_400_response("The head of the request is too long.")
        self._unseen = unseen[at:]
        if not self.transport.is_closing() and (self.cycle is None or self.cycle.response_complete):
            self._expect_head()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header of the head; what trails a body is none (RFC 9110, 6.5.1): a proxy has not looked at it."""
        if not self._head_is_there:
            super().on_header(name, value)

    def on_message_begin(self) -> None:
        """Count what comes before the body."""
        self._head_is_there = False
        super().on_message_begin()
        self._beyond_body_bytes = 0
        if self._certificate:
            self.scope.setdefault("extensions", {})["tls"] = {"client_cert_name": self._certificate}

    def on_chunk_header(self) -> None:
        """Count what comes after this chunk of the body."""
        self._beyond_body_bytes = 0

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        self._beyond_body_bytes -= len(body)
        super().on_body(body)

    def on_headers_complete(self) -> None:
        """Begin the call."""
        self._head_is_there = True
        self._stop_waiting()
        super().on_headers_complete()
        if self.cycle is not None and self.loop.time() > self._old_s:
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        """Answer it: the call now waits for the server, not for its caller."""
        super().on_message_complete()
        if self.cycle.response_complete:
            self._stop_waiting()
        else:
            self.waits_since = None

    def on_response_complete(self) -> None:
        """Wait for the next call; where the body of this one is not there yet, for so long as for a head."""
        super().on_response_complete()
        if self.cycle.response_complete or self.cycle.more_body:
            self.waits_since = monotonic()
        if self.cycle.response_complete and self.cycle.more_body and not self.transport.is_closing():
            self._expect_head()
        if self._unseen and not self.pipeline:
            self.data_received(b"")

    def pause_writing(self) -> None:
        """Wait for the caller to read, for so long."""
        super().pause_writing()
        if self._unread is None:
            self._unread = self.loop.call_later(UNREAD_S, self.transport.abort)

    def resume_writing(self) -> None:
        """Write on."""
        self._read_on()
        super().resume_writing()

    def cut(self) -> None:
        """Close the connection at once."""
        self.connections.discard(self)  # or many that are cut at once would take the places of others
        self.transport.abort()

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


class _Handshake:
    """A connection whose handshake of TLS is under way: it counts as one that waits for its caller."""

    def __init__(self, connected: socket.socket, connection: _Connection) -> None:
        self._socket = connected
        self._connection = connection
        self.waits_since = monotonic()  # the loop's clock stands while it takes many at once
        self.client: tuple[str, int] | None = None
        with contextlib.suppress(OSError):  # gone already
            self.client = connected.getpeername()[:2]

    async def shake(self) -> None:
        """Encrypt the connection; where that fails, nobody is left to be answered."""
        connections: set[Any] = self._connection.connections
        config = self._connection.config
        assert config.tls is not None  # else there is no handshake
        self._connection.handshake = self
        connections.add(self)
        if not _has_room(self, connections, config):
            self.cut()
        try:
            await self._connection.loop.connect_accepted_socket(
                lambda: self._connection, self._socket, ssl=config.tls(), ssl_handshake_timeout=HEAD_S
            )
        except OSError:  # no TLS, no certificate that is trusted, too late, or gone
            self._socket.close()
        finally:
            connections.discard(self)

    def cut(self) -> None:
        """Close the connection at once."""
        self._connection.connections.discard(self)
        with contextlib.suppress(OSError):  # the caller was faster
            self._socket.shutdown(socket.SHUT_RDWR)

    shutdown = cut


def _certificate_of(transport: Any) -> str:
    """Return the name in the certificate of the caller of a connection; empty where it has shown none."""
    secured = transport.get_extra_info("ssl_object")
    shown = secured.getpeercert() if secured is not None else None
    if not shown:
        return ""
    common = [value for part in shown.get("subject", ()) for key, value in part if key == "commonName"]
    return certificate_name(common, [value for _, value in shown.get("subjectAltName", ())])


def certificate_shown(request: Request) -> str:
    """Return the name in the certificate that the caller of a request has shown; empty where it has shown none."""
    secured = request.scope.get("extensions", {}).get("tls", {})
    return str(secured.get("client_cert_name", ""))


def _has_room(connection: Any, connections: set[Any], config: _Config) -> bool:
    """Whether a connection may stay; another one may have to go for it."""
    others: list[Any] = [each for each in connections if each is not connection]
    of_address = [each for each in others if _address(each) == _address(connection)]
    if len(of_address) >= config.most_of_address:
        crowd = of_address
    elif len(others) >= config.most:
        crowd = others
    else:
        return True
    config.crowded()
    return _end_one(crowd)


def _end_one(connections: list[Any]) -> bool:
    """Cut the connection that waits longest for its caller, of the address where most do; return whether any does."""
    waiting = [each for each in connections if each.waits_since is not None]
    oldest = gives_way(sorted(waiting, key=lambda each: each.waits_since), _address)
    if oldest is not None:
        oldest.cut()
    return oldest is not None


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
    tls : callable, optional
        Returns the context of the next connection. Default: connections are not encrypted.
    most, most_of_address : int, optional
        Connections at once, in all and from one address. Default: those of a door that many call.

    Raises
    ------
    OSError
        If the port cannot be taken.
    """

    def __init__(
        self,
        app: Starlette,
        host: str,
        port: int,
        *,
        tls: Callable[[], ssl.SSLContext] | None = None,
        most: int | None = None,
        most_of_address: int | None = None,
    ) -> None:
        config = _Config(
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
        config.tls = tls
        config.most = MAX_CONNECTIONS if most is None else most
        config.most_of_address = MAX_OF_AN_ADDRESS if most_of_address is None else most_of_address
        super().__init__(config)
        self._bounds = config
        self._tls = tls
        self._app = app
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
        self._socket.setblocking(False)
        self._running: asyncio.Task[None] | None = None
        self._accepting: asyncio.Task[None] | None = None
        self._shaking: set[asyncio.Task[None]] = set()

    @property
    def open(self) -> int:
        """How many connections are open."""
        return len(self.server_state.connections)

    @property
    def crowded(self) -> Callable[[], None]:
        """Called when a connection is ended because as many are open as may be."""
        return self._bounds.crowded

    @crowded.setter
    def crowded(self, hear: Callable[[], None]) -> None:
        self._bounds.crowded = hear

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield

    def start(self) -> None:
        """Take requests from now on."""
        encrypted = self._tls is not None
        self._running = asyncio.ensure_future(self.serve(sockets=[] if encrypted else [self._socket]))
        if encrypted:
            self._accepting = asyncio.ensure_future(self._accept())

    async def _accept(self) -> None:
        """Take connections and begin their handshakes; the library would neither count nor cut those."""
        loop = asyncio.get_running_loop()
        while not self.started:
            await asyncio.sleep(0.01)
        while True:
            try:
                connected, _ = await loop.sock_accept(self._socket)
            except OSError:  # no file is left: some close
                await asyncio.sleep(NO_FILE_S)
                continue
            connection = _Connection(config=self.config, server_state=self.server_state, app_state={})
            shaking = loop.create_task(_Handshake(connected, connection).shake())
            self._shaking.add(shaking)
            shaking.add_done_callback(self._shaking.discard)

    async def stop(self, grace_s: float) -> None:
        """Take no more requests, and let those under way end within the grace, in seconds."""
        if self._accepting is not None:
            self._accepting.cancel()
            await asyncio.wait((self._accepting,))
        if self._running is None or self._accepting is not None:
            self._socket.close()
        if self._running is None:
            return
        self.config.timeout_graceful_shutdown = ceil(grace_s) + LAST_S
        self.should_exit = True
        ending = asyncio.get_running_loop().call_later(grace_s, self._app.state.end_calls)
        await self._running
        ending.cancel()
