"""The admin port answers in both metrics formats and survives faulty requests."""

import logging
import socket
from contextlib import contextmanager

import pytest
from prometheus_client import CollectorRegistry, Counter

from boxwright.server.access.auth import Access
from boxwright.server.http import admin
from boxwright.server.metrics import Metrics

from .live_calls import ask


@contextmanager
def served(registry=None):
    """Serve an admin application on a free port."""
    app = admin.admin_app(registry or CollectorRegistry(), Access(Metrics()), lambda: True, lambda: True)
    server = admin.AdminServer("127.0.0.1", 0, app)
    try:
        yield f"127.0.0.1:{server.port}"
    finally:
        server.close(10)


@pytest.fixture
def address():
    """The address of an admin server."""
    with served() as found:
        yield found


def test_a_failed_request_is_logged_with_its_traceback(caplog):
    """The log has one record with the traceback, the caller sees no detail, and probes are answered."""

    class Broken(CollectorRegistry):
        def collect(self):
            raise KeyError("secret")

    with served(Broken()) as address:
        status, _, text = ask(address, "/metrics")
        assert (status, b"secret" in text) == (500, False)
        assert ask(address, "/livez")[0] == 200
    assert "Traceback" in caplog.text
    assert "KeyError: 'secret'" in caplog.text


def test_metrics_come_in_the_format_that_is_asked_for():
    """Prometheus text, or compressed OpenMetrics on request; other pages are 404."""
    registry = CollectorRegistry()
    Counter("boxes", "Boxes." * 200, registry=registry).inc()
    with served(registry) as address:
        _, headers, text = ask(address, "/metrics")
        assert headers["Content-Type"].startswith("text/plain; version=")
        assert b"boxes_total 1.0" in text
        accepted = "application/openmetrics-text; version=1.0.0"
        _, headers, _ = ask(address, "/metrics", Accept=accepted, Accept_Encoding="gzip")
        assert headers["Content-Type"].startswith("application/openmetrics-text")
        assert headers["Content-Encoding"] == "gzip"
        assert ask(address, "/else")[0] == 404


@pytest.mark.parametrize(
    "head",
    [
        b"GET /metrics HTTP/1.1\r\nHost: a\r\nAccept: text/plain, \xff\r\nAccept-Encoding: gzip, \xff\r\n",
        b"HEAD /metrics?name[]=%ff&\xff HTTP/1.1\r\nHost: a\r\n",
    ],
)
def test_metrics_are_answered_whatever_bytes_a_request_holds(address, caplog, head):
    """Headers that are not UTF-8 get an answer and no 500."""
    with socket.create_connection(address.split(":"), timeout=30) as connection:
        connection.sendall(head + b"Connection: close\r\n\r\n")
        with connection.makefile("rb") as answer:
            assert answer.readline() in (b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 400 Bad Request\r\n")
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_a_path_that_lacks_a_slash_is_not_sent_elsewhere(address):
    """A trailing slash is 404, since a redirect would use the request's Host."""
    assert ask(address, "/metrics/")[0] == ask(address, "/livez/")[0] == 404
