"""The admin port: whoever holds its connections open keeps no probe from its answer."""

import contextlib
import logging
import socket
import threading
import urllib.request
from contextlib import ExitStack

import pytest
from prometheus_client import CollectorRegistry

from boxwright.server import admin


@pytest.fixture
def port():
    """The port of an admin server on its own."""
    server = admin.start_admin("127.0.0.1", 0, admin.admin_app(CollectorRegistry(), lambda: True, lambda: True))
    yield server.server_port
    server.shutdown()
    server.server_close()


def get(port, page):
    """Return the status of a page."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{page}", timeout=30) as answer:
        return answer.status


def begun(port):
    """Return a connection over which a request has begun, and goes no further."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=30)
    connection.sendall(b"GET /livez HTTP/1.1\r\nX: ")
    return connection


def test_requests_that_never_end_keep_no_probe_from_its_answer(port):
    """Of more than may be open the oldest end; there are never more threads than may be."""
    before = threading.active_count()
    with ExitStack() as stack:
        held = [stack.enter_context(begun(port)) for _ in range(5 * admin.MAX_OPEN)]
        assert get(port, "/livez") == get(port, "/healthz") == get(port, "/metrics") == 200
        assert threading.active_count() - before <= admin.MAX_THREADS
        assert held[0].recv(1) == b""


def test_a_request_has_a_deadline_however_often_something_of_it_comes(port, monkeypatch):
    """A byte now and then does not put it off."""
    monkeypatch.setattr(admin, "REQUEST_S", 0.3)
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


@pytest.mark.parametrize("broken", ["transport", "page"])
def test_a_failed_request_is_one_line_of_the_log(broken, caplog, monkeypatch, capsys):
    """Without a traceback, on standard error neither."""
    monkeypatch.setattr(logging.getLogger("boxwright.server"), "propagate", True)

    def app(environment, start_response):
        raise KeyError("secret")

    def handle(self):
        raise ConnectionResetError

    if broken == "transport":
        monkeypatch.setattr(admin._Handler, "handle", handle)
    server = admin.start_admin("127.0.0.1", 0, app)
    # The server may be done with the request before all of it is sent.
    with begun(server.server_port) as connection, contextlib.suppress(ConnectionError):
        connection.sendall(b"\r\n\r\n")
        while connection.recv(1_000):
            pass
    server.shutdown()
    server.server_close()
    assert [record.getMessage() for record in caplog.records] == ["admin request failed"]
    assert "Traceback" not in caplog.text + capsys.readouterr().err
