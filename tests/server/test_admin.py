"""The admin port: whoever holds its connections open keeps no probe from its answer, and takes no thread each."""

import logging
import socket
import threading
import urllib.error
import urllib.request
from contextlib import ExitStack, contextmanager

import pytest
from prometheus_client import CollectorRegistry, Counter

from boxwright.server import admin
from boxwright.server.http import listen
from boxwright.server.metrics import Metrics

from .held_connections import ended


@contextmanager
def served(registry=None):
    """Serve on a free port: an admin server on its own."""
    app = admin.admin_app(registry or CollectorRegistry(), lambda: True, lambda: True)
    server = admin.AdminServer("127.0.0.1", 0, app)
    try:
        yield server.port
    finally:
        server.close(10)


@pytest.fixture
def port():
    """The port of an admin server on its own."""
    with served() as found:
        yield found


def get(port, page, **headers):
    """Return the status of a page."""
    asking = urllib.request.Request(f"http://127.0.0.1:{port}{page}", headers=headers)
    try:
        with urllib.request.urlopen(asking, timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def begun(port):
    """Return a connection over which a request has begun, and goes no further."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=30)
    connection.sendall(b"GET /livez HTTP/1.1\r\nX: ")
    return connection


def test_requests_that_never_end_keep_no_probe_from_its_answer(port):
    """Of more than may be open the oldest ends; a thousand of them take no thread."""
    before = threading.active_count()
    with ExitStack() as stack:
        held = [stack.enter_context(begun(port)) for _ in range(1_000)]
        assert get(port, "/livez") == get(port, "/healthz") == get(port, "/metrics") == 200
        assert threading.active_count() <= before
        gone = ended(held)
        assert gone >= set(range(1_000 - admin.MAX_OPEN))
        assert 999 not in gone


def test_connections_that_are_ended_for_others_are_counted():
    """One for each past those that may be open; and how many are open can be read."""
    metrics = Metrics()
    server = admin.AdminServer("127.0.0.1", 0, admin.admin_app(metrics.registry, lambda: True, lambda: True))
    metrics.watch_connections("admin", server.connections)
    try:
        with ExitStack() as stack:
            for _ in range(admin.MAX_OPEN + 3):
                stack.enter_context(begun(server.port))
            assert get(server.port, "/livez") == 200
            read = metrics.registry.get_sample_value
            assert read("boxwright_http_connections_ended_total", {"door": "admin"}) >= 3
            assert 0 < read("boxwright_http_connections_open", {"door": "admin"}) <= admin.MAX_OPEN
    finally:
        server.close(10)


def test_a_request_has_a_deadline_however_often_something_of_it_comes(port, monkeypatch):
    """A byte now and then does not put it off."""
    monkeypatch.setattr(listen, "HEAD_S", 0.3)
    with begun(port) as connection:
        connection.settimeout(0.05)
        for _ in range(600):
            try:
                assert connection.recv(1) == b""
                break
            except TimeoutError:
                connection.sendall(b"a")
            except ConnectionError:
                break
        else:
            pytest.fail("the request goes on")


def test_a_failed_request_is_logged_with_its_traceback(caplog):
    """In one record, as every fault of the service; the caller hears nothing of it, and probes are answered."""

    class Broken(CollectorRegistry):
        def collect(self):
            raise KeyError("secret")

    with served(Broken()) as port:
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30)
        with caught.value as error:
            assert error.code == 500
            assert b"secret" not in error.read()
        assert get(port, "/livez") == 200
    assert [record.getMessage() for record in caplog.records] == ["admin request failed"]
    assert "Traceback" in caplog.text
    assert "KeyError: 'secret'" in caplog.text


def test_metrics_come_in_the_format_that_is_asked_for():
    """That of Prometheus, or that of OpenMetrics and compressed; other pages are not there."""
    registry = CollectorRegistry()
    Counter("boxes", "Boxes.", registry=registry).inc()
    with served(registry) as port:
        page = f"http://127.0.0.1:{port}/metrics"
        with urllib.request.urlopen(page, timeout=30) as answer:
            assert answer.headers["Content-Type"].startswith("text/plain; version=")
            assert b"boxes_total 1.0" in answer.read()
        asking = urllib.request.Request(
            page, headers={"Accept": "application/openmetrics-text; version=1.0.0", "Accept-Encoding": "gzip"}
        )
        with urllib.request.urlopen(asking, timeout=30) as answer:
            assert answer.headers["Content-Type"].startswith("application/openmetrics-text")
            assert answer.headers["Content-Encoding"] == "gzip"
        assert get(port, "/else") == 404


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        ("application/openmetrics-text; version=../../x", "text/plain"),
        ('application/openmetrics-text; version="1.0.0"', "text/plain"),
        ("application/openmetrics-text; version=1.x", "text/plain"),
        ("application/openmetrics-text; version =9.9.9", "text/plain"),
        ("application/openmetrics-text; version=1.0.0; version=x", "text/plain"),
        ("text/plain; version=x.y; escaping=z, ;=,", "text/plain"),
        ("application/openmetrics-text; version=x, application/openmetrics-text", "application/openmetrics-text"),
        ("application/openmetrics-text;version=1.0.0;escaping=none;q=0.5,text/plain", "application/openmetrics-text"),
    ],
)
def test_a_format_that_there_is_not_is_the_text_format(port, accept, given):
    """Or the next one that is accepted: a scrape never fails for what it asks for."""
    asking = urllib.request.Request(f"http://127.0.0.1:{port}/metrics", headers={"Accept": accept})
    with urllib.request.urlopen(asking, timeout=30) as answer:
        assert (answer.status, answer.headers.get_content_type()) == (200, given)
        assert "x" not in answer.headers["Content-Type"].partition("version=")[2].partition(";")[0]


@pytest.mark.parametrize(
    "head",
    [
        b"GET /metrics HTTP/1.1\r\nHost: a\r\nAccept: text/plain, \xff\r\nAccept-Encoding: gzip, \xff\r\n",
        b"HEAD /metrics?name[]=%ff&\xff HTTP/1.1\r\nHost: a\r\n",
    ],
)
def test_metrics_are_answered_whatever_bytes_a_request_holds(port, caplog, head):
    """Headers need not be UTF-8; found by the hostile run, which got 500."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(head + b"Connection: close\r\n\r\n")
        with connection.makefile("rb") as answer:
            assert answer.readline() in (b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 400 Bad Request\r\n")
    assert [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR] == []


def test_a_path_that_lacks_a_slash_is_not_sent_elsewhere(port):
    """Such as to the host that the request names."""
    assert get(port, "/metrics/") == get(port, "/livez/") == 404
