"""The admin port: ``/metrics`` for Prometheus, ``/healthz`` and ``/livez`` for probes that speak HTTP."""

import contextlib
import io
import logging
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import ThreadingWSGIServer, make_wsgi_app

from boxwright.server.logs import log

Environment = dict[str, Any]
StartResponse = Callable[..., Any]
App = Callable[[Environment, StartResponse], Iterable[bytes]]


REQUEST_S = 5.0
"""Time for one request from its connection to its answer, in seconds."""

MAX_OPEN = 32
"""Requests at once; past it the oldest makes room, which a probe that says at once what it wants never is for long."""

MAX_THREADS = 2 * MAX_OPEN
"""Threads at once, those included that have yet to notice that their request was ended; past it none is taken up."""


class _Handler(WSGIRequestHandler):
    """Handles requests without a line on standard error for each scrape."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parameter's name is the base class's
        """Say nothing."""

    def get_stderr(self) -> io.StringIO:
        """Take what the base class writes there, which is tracebacks, and say no more than that."""
        return _Fault()


class _Fault(io.StringIO):
    """Makes one line of the log of a traceback."""

    def flush(self) -> None:
        """Log that there was one, by its last line, which names the error."""
        if text := self.getvalue().strip():
            log(logging.ERROR, "admin request failed", {"error": text.splitlines()[-1]})
            self.truncate(0)
            self.seek(0)


class AdminServer(ThreadingWSGIServer):
    """Serves each request in a thread of its own: so many at once, each for so long.

    Whoever holds connections open and says little keeps no probe from its answer.
    """

    request_queue_size = 128

    def __init__(self, *args: Any) -> None:
        self._open: dict[Any, float] = {}
        self._running = 0
        self._lock = threading.Lock()
        super().__init__(*args)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a new thread, and end the oldest request if there are too many."""
        with self._lock:
            full = self._running >= MAX_THREADS
            if not full:
                self._running += 1
                if len(self._open) >= MAX_OPEN:
                    self._end(next(iter(self._open)))
                self._open[request] = time.monotonic()
        if full:
            self.shutdown_request(request)
        else:
            super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer, and make room."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._lock:
                self._running -= 1

    def shutdown_request(self, request: Any) -> None:
        """Close the connection; nobody ends it any more, since its number may be another's soon."""
        with self._lock:
            self._open.pop(request, None)
        super().shutdown_request(request)

    def service_actions(self) -> None:
        """End requests that take too long; called now and then."""
        with self._lock:
            late_s = time.monotonic() - REQUEST_S
            for request in [each for each, begun_s in self._open.items() if begun_s < late_s]:
                self._end(request)

    def _end(self, request: Any) -> None:
        """Let a thread find its connection closed, whatever it waits for."""
        del self._open[request]
        with contextlib.suppress(OSError):  # the caller was faster
            request.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log one line, and no traceback: callers bring this about."""
        error = type(sys.exception()).__name__
        log(logging.WARNING, "admin request failed", {"error": error, "peer": str(client_address[0])})


def admin_app(
    registry: CollectorRegistry,
    serving: Callable[[], bool],
    alive: Callable[[], bool],
    detail: Callable[[], str] = str,
) -> App:
    """Return the WSGI application of the admin port.

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
    """
    metrics = make_wsgi_app(registry)

    def app(environment: Environment, start_response: StartResponse) -> Iterable[bytes]:
        path = environment.get("PATH_INFO", "")
        if path == "/metrics":
            answer: Iterable[bytes] = metrics(environment, start_response)
            return answer
        if path in ("/healthz", "/livez"):
            up = serving() if path == "/healthz" else alive()
            lines = ["SERVING" if up else "NOT_SERVING", detail() if path == "/healthz" else ""]
            return _text(start_response, "200 OK" if up else "503 Service Unavailable", "\n".join(filter(None, lines)))
        return _text(start_response, "404 Not Found", "there is /metrics, /healthz and /livez")

    return app


def _text(start_response: StartResponse, status: str, body: str) -> list[bytes]:
    start_response(status, [("Content-Type", "text/plain; charset=utf-8")])
    return [f"{body}\n".encode()]


def start_admin(host: str, port: int, app: App) -> AdminServer:
    """Serve the admin port from a thread of its own; ``server_port`` says which port it is.

    Raises
    ------
    OSError
        If the port cannot be taken.
    """
    server = make_server(host, port, app, server_class=AdminServer, handler_class=_Handler)
    threading.Thread(target=server.serve_forever, name="admin", daemon=True).start()
    return server
