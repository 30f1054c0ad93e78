"""The admin port: ``/metrics`` for Prometheus, ``/healthz`` and ``/livez`` for probes that speak HTTP."""

import threading
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import ThreadingWSGIServer, make_wsgi_app

Environment = dict[str, Any]
StartResponse = Callable[..., Any]
App = Callable[[Environment, StartResponse], Iterable[bytes]]


class _Quiet(WSGIRequestHandler):
    """Handles requests without a line on standard error for each scrape, and none that is not sent in time."""

    timeout = 10.0

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parameter's name is the base class's
        """Say nothing."""


def admin_app(registry: CollectorRegistry, serving: Callable[[], bool], alive: Callable[[], bool]) -> App:
    """Return the WSGI application of the admin port.

    Parameters
    ----------
    registry : CollectorRegistry
        What ``/metrics`` shows.
    serving : callable
        Whether ``/healthz`` answers 200; else it answers 503.
    alive : callable
        Whether ``/livez`` answers 200; else it answers 503.
    """
    metrics = make_wsgi_app(registry)

    def app(environment: Environment, start_response: StartResponse) -> Iterable[bytes]:
        path = environment.get("PATH_INFO", "")
        if path == "/metrics":
            answer: Iterable[bytes] = metrics(environment, start_response)
            return answer
        if path in ("/healthz", "/livez"):
            up = serving() if path == "/healthz" else alive()
            return _text(
                start_response, "200 OK" if up else "503 Service Unavailable", "SERVING" if up else "NOT_SERVING"
            )
        return _text(start_response, "404 Not Found", "there is /metrics, /healthz and /livez")

    return app


def _text(start_response: StartResponse, status: str, body: str) -> list[bytes]:
    start_response(status, [("Content-Type", "text/plain; charset=utf-8")])
    return [f"{body}\n".encode()]


def start_admin(host: str, port: int, app: App) -> WSGIServer:
    """Serve the admin port from a thread of its own; ``server_port`` says which port it is.

    Raises
    ------
    OSError
        If the port cannot be taken.
    """
    server = make_server(host, port, app, server_class=ThreadingWSGIServer, handler_class=_Quiet)
    threading.Thread(target=server.serve_forever, name="admin", daemon=True).start()
    return server
