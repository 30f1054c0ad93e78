"""The admin port: ``/metrics`` for Prometheus, ``/healthz`` and ``/livez`` for probes that speak HTTP."""

import asyncio
import logging
import ssl
import threading
from collections.abc import Callable
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.openmetrics import exposition as openmetrics
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from boxwright.server.access.auth import DeniedError, Gate
from boxwright.server.api.faults import status_of
from boxwright.server.audit import audit, why_of
from boxwright.server.descriptors import OutOfFiles
from boxwright.server.http.call import HTTP_CODES, challenge, connect_code
from boxwright.server.http.listen import HttpServer, certificate_shown
from boxwright.server.logs import log

MAX_OPEN = 64
"""Connections at once; a request over one more gets 503."""

Guard = Callable[[Request], Response | None]
"""Returns the refusal of a request; None lets it in."""


def admin_guard(gate: Gate, request: Request) -> Response | None:
    """Return the refusal of a request for metrics whose caller may not read them."""
    try:
        gate.let_read_metrics(request.headers.getlist("authorization"), certificate_shown(request))
    except DeniedError as error:
        status = status_of(error)
        peer = request.client.host if request.client else "unknown"
        audit("/metrics", connect_code(status).upper(), {"peer": peer, **why_of(error)})
        asked_for = challenge(status)
        return PlainTextResponse(f"{error}\n", HTTP_CODES[connect_code(status)], {"WWW-Authenticate": asked_for})
    return None


def may_read(gate: Gate, request: Request) -> bool:
    """Return whether the caller of a probe may know more than whether the server serves."""
    return gate.may_read_metrics(request.headers.getlist("authorization"), certificate_shown(request))


def admin_app(
    registry: CollectorRegistry,
    serving: Callable[[], bool],
    alive: Callable[[], bool],
    detail: Callable[[], str] = str,
    guard: Guard = lambda _: None,
    tells: Callable[[Request], bool] = lambda _: True,
) -> Starlette:
    """Return the application of the admin port.

    Parameters
    ----------
    registry : CollectorRegistry
        What ``/metrics`` shows.
    serving : callable
        Whether ``/healthz`` answers 200; else it answers 503.
    alive : callable
        Whether ``/livez`` answers 200; else it answers 503.
    detail : callable, optional
        Returns what ``/healthz`` says below its first line. Default: nothing.
    guard : callable, optional
        Refuses requests for ``/metrics``. Default: none.
    tells : callable, optional
        Whether who asks ``/healthz`` gets its detail. Default: everybody does.
    """

    async def healthz(request: Request) -> Response:
        told = detail() if tells(request) else ""
        return _state(serving(), told)

    async def livez(_: Request) -> Response:
        return _state(alive(), "")

    async def metrics(request: Request) -> Response:
        if (refused := guard(request)) is not None:
            return refused
        if "application/openmetrics-text" in request.headers.get("accept", ""):  # it names traces as exemplars
            page = openmetrics.generate_latest(registry)  # type: ignore[no-untyped-call] # the library says no types here
            return Response(page, media_type=openmetrics.CONTENT_TYPE_LATEST)
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    async def missing(_: Request, __: Exception) -> Response:
        return PlainTextResponse("there is /metrics, /healthz and /livez\n", 404)

    routes = [Route("/healthz", healthz), Route("/livez", livez), Route("/metrics", metrics)]
    app = Starlette(
        routes=routes,
        middleware=[Middleware(_Faults), Middleware(GZipMiddleware)],
        exception_handlers={404: missing, 405: missing},
    )
    app.router.redirect_slashes = False  # a redirect would go to whatever host the request names
    return app


class _Faults:
    """Logs whatever fails with its traceback, in one record; the caller hears nothing of it."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await self._app(scope, receive, send)
        except Exception as error:
            log(logging.ERROR, "admin request failed", {"error": type(error).__name__}, exc_info=True)
            await PlainTextResponse("a fault of the service; its log says more\n", 500)(scope, receive, send)


def _state(up: bool, told: str) -> Response:
    lines = ["SERVING" if up else "NOT_SERVING", told]
    return PlainTextResponse("\n".join(filter(None, lines)) + "\n", 200 if up else 503)


class AdminServer:
    """Serves the admin port in a thread with an event loop of its own, so that it answers whatever else stands still.

    Parameters
    ----------
    host, port : str, int
        Where it listens; port 0 takes a free one.
    app : Starlette
        The application.
    tls : callable, optional
        Returns the context of the next connection. Default: connections are not encrypted.

    Raises
    ------
    OSError
        If the port cannot be taken.
    """

    def __init__(self, host: str, port: int, app: Any, tls: Callable[[], ssl.SSLContext] | None = None) -> None:
        self._server = HttpServer(app, host, port, tls=tls, most=MAX_OPEN)
        self.port = self._server.port
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="admin", daemon=True)
        self._thread.start()

    @property
    def open(self) -> int:
        """How many connections are open."""
        return self._server.open

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self._loop.set_exception_handler(OutOfFiles())
        self._server.start()
        await self._stop.wait()
        await self._server.stop(0)

    def close(self, timeout_s: float) -> None:
        """Close the port and all connections, and wait for the thread, at most so long, in seconds."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(timeout_s)
