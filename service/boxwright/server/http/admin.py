"""The admin port: ``/metrics`` for Prometheus, ``/healthz`` and ``/livez`` for HTTP probes."""

import asyncio
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

from boxwright.server.access.auth import METRICS, Access, DeniedError
from boxwright.server.api.faults import status_of
from boxwright.server.audit import audit, why_of
from boxwright.server.http.call import HTTP_CODES, challenge, connect_code
from boxwright.server.http.listen import HttpServer, call_of

MAX_OPEN = 64
"""Maximum number of open connections; requests over additional connections get 503."""


class _Admin:
    def __init__(
        self,
        registry: CollectorRegistry,
        access: Access,
        serving: Callable[[], bool],
        alive: Callable[[], bool],
        detail: Callable[[], str],
    ) -> None:
        self._registry, self._access = registry, access
        self._serving, self._alive, self._detail = serving, alive, detail

    async def healthz(self, request: Request) -> Response:
        # Other callers see only whether the server serves.
        detail = self._detail() if self._access.would_authorize(call_of(request), METRICS) else ""
        return _state(self._serving(), detail)

    async def livez(self, _: Request) -> Response:
        return _state(self._alive(), "")

    async def metrics(self, request: Request) -> Response:
        call = call_of(request)
        try:
            self._access.authorize(call, METRICS)
        except DeniedError as error:
            status = status_of(error)
            audit(METRICS, connect_code(status).upper(), {"peer": call.peer(), **why_of(error)})
            headers = {"WWW-Authenticate": challenge(status)}
            return PlainTextResponse(f"{error}\n", HTTP_CODES[connect_code(status)], headers)
        if "application/openmetrics-text" in request.headers.get("accept", ""):  # only this format has trace exemplars
            page = openmetrics.generate_latest(self._registry)  # type: ignore[no-untyped-call] # the library has no types here
            return Response(page, media_type=openmetrics.CONTENT_TYPE_LATEST)
        return Response(generate_latest(self._registry), media_type=CONTENT_TYPE_LATEST)


async def _missing(_: Request, __: Exception) -> Response:
    return PlainTextResponse("this port has /metrics, /healthz and /livez\n", 404)


def admin_app(
    registry: CollectorRegistry,
    access: Access,
    serving: Callable[[], bool],
    alive: Callable[[], bool],
    detail: Callable[[], str] = str,
) -> Starlette:
    """Return the application of the admin port.

    ``/metrics`` exports the registry to callers with the scope admin. ``/healthz`` answers 200 while the server is
    ``serving``, ``/livez`` while it is ``alive``, and otherwise 503; ``/healthz`` shows ``detail`` to callers who may
    read metrics.
    """
    admin = _Admin(registry, access, serving, alive, detail)
    app = Starlette(
        routes=[Route("/healthz", admin.healthz), Route("/livez", admin.livez), Route("/metrics", admin.metrics)],
        middleware=[Middleware(GZipMiddleware)],
        exception_handlers={404: _missing, 405: _missing},
    )
    app.router.redirect_slashes = False  # redirects would use the Host header of the request
    return app


def _state(up: bool, detail: str) -> Response:
    lines = ["SERVING" if up else "NOT_SERVING", detail]
    return PlainTextResponse("\n".join(filter(None, lines)) + "\n", 200 if up else 503)


class AdminServer:
    """Serves the admin port in a thread with its own event loop, so that it answers even if the main loop hangs.

    Parameters are those of ``HttpServer``; raises OSError if the port cannot be bound.
    """

    def __init__(self, host: str, port: int, app: Any, tls: Callable[[], ssl.SSLContext] | None = None) -> None:
        self._server = HttpServer(app, host, port, tls=tls, most=MAX_OPEN)
        self.port = self._server.port
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="admin", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self._server.start()
        await self._stop.wait()
        await self._server.stop(0)

    def close(self, timeout_s: float) -> None:
        """Close the port and its connections, and wait up to ``timeout_s`` seconds for the thread."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(timeout_s)
