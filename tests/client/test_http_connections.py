"""Calls over HTTP: connections, proxies in between, addresses and certificates."""

import asyncio
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import grpc
import pytest

from boxwright.v1.packing_service_pb2 import PackRequest
from boxwright_client import AsyncClient, Client, ServiceError, UnavailableError


def test_a_connection_serves_many_calls(stand_in):
    """The connection stays open between calls."""
    with Client(stand_in.targets["http"]) as client:
        for _ in range(5):
            client.pack(PackRequest())
    assert (len(stand_in.remaining_s), stand_in.connections) == (5, 1)


def test_threads_share_a_client(stand_in):
    """Each concurrent call has its own connection."""
    met = threading.Barrier(4, timeout=20)

    def together(handler):
        met.wait()
        handler.answer(200, "application/proto", b"")

    stand_in.raw = together
    with Client(stand_in.targets["http"]) as client:
        for _ in range(2):
            threads = [threading.Thread(target=client.pack, args=(PackRequest(),)) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    assert (len(stand_in.remaining_s), stand_in.connections) == (8, 4)


def test_a_kept_connection_that_was_closed_is_opened_again(stand_in):
    """A connection closed between calls is reopened without costing an attempt."""

    def last(handler):
        handler.answer(200, "application/proto", b"")
        handler.close_connection = True

    stand_in.raw = last
    with Client(stand_in.targets["http"], attempts=1) as client:
        for _ in range(3):
            client.pack(PackRequest())
    assert (len(stand_in.remaining_s), stand_in.connections) == (3, 3)


def test_a_closed_client_calls_no_more(stand_in):
    """A closed client raises ValueError."""
    client = Client(stand_in.targets["http"])
    client.close()
    with pytest.raises(ValueError, match="closed"):
        client.pack(PackRequest())


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (200, grpc.StatusCode.UNKNOWN),
        (302, grpc.StatusCode.UNKNOWN),
        (401, grpc.StatusCode.UNAUTHENTICATED),
        (404, grpc.StatusCode.UNIMPLEMENTED),
        (502, grpc.StatusCode.UNAVAILABLE),
    ],
)
def test_a_page_of_another_server_is_an_error_that_shows_it(stand_in, status, code):
    """An HTML page of a proxy is an error that quotes the page, never an empty plan."""
    stand_in.raw = lambda handler: handler.answer(status, "text/html", b"<h1>Cannot\n do</h1>")
    with Client(stand_in.targets["http"], attempts=1) as client, pytest.raises(ServiceError) as caught:
        client.pack(PackRequest())
    assert caught.value.code is code
    assert f"HTTP {status} " in str(caught.value)
    assert "<h1>Cannot do</h1>" in str(caught.value)


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_an_answer_that_is_not_a_message_is_an_error(stand_in, kind):
    """Bytes that are not a response of the contract are an internal error."""
    stand_in.raw = lambda handler: handler.answer(200, "application/proto", b"\xff\xff")

    def call():
        with Client(stand_in.targets["http"]) as client:
            client.pack(PackRequest())

    async def scene():
        async with AsyncClient(stand_in.targets["http"]) as client:
            await client.pack(PackRequest())

    with pytest.raises(ServiceError) as caught:
        call() if kind == "sync" else asyncio.run(scene())
    assert caught.value.code is grpc.StatusCode.INTERNAL
    assert len(stand_in.remaining_s) == 1


@pytest.mark.parametrize(("header", "waits"), [("7", 7), ("Thu, 01 Jan 2099 00:00:00 GMT", None)])
def test_a_proxy_may_say_when_to_come_back(stand_in, header, waits):
    """Retry-After in seconds is read like RetryInfo."""
    stand_in.raw = lambda handler: handler.answer(503, "text/plain", b"busy", Retry_After=header)
    with Client(stand_in.targets["http"], attempts=1) as client, pytest.raises(UnavailableError) as caught:
        client.pack(PackRequest())
    named = caught.value.details.get("RetryInfo")
    assert (named and named.retry_delay.seconds) == waits


def test_a_truncated_answer_is_an_error(stand_in):
    """The call is repeated like one that a lost connection ended."""

    def cut(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "application/proto")
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.close_connection = True

    stand_in.raw = cut
    with Client(stand_in.targets["http"], attempts=2) as client, pytest.raises(UnavailableError):
        client.pack(PackRequest())
    assert len(stand_in.remaining_s) == 2


@pytest.mark.parametrize("drop_s", [20, 0.1], ids=["silent", "drop by drop"])
def test_the_deadline_holds_for_the_whole_answer(stand_in, drop_s):
    """The deadline ends a call even if bytes still arrive slowly."""
    stop = threading.Event()

    def slow(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "application/proto")
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        for _ in range(1_000):
            if stop.wait(drop_s):
                break
            handler.wfile.write(b"x")

    stand_in.raw = slow
    with Client(stand_in.targets["http"]) as client, pytest.raises(UnavailableError) as caught:
        client.pack(PackRequest(), timeout_s=0.5)
    stop.set()
    assert caught.value.code is grpc.StatusCode.DEADLINE_EXCEEDED


def test_a_cancelled_call_ends_at_the_server(stand_in):
    """The connection is closed, so that the server stops planning."""
    stand_in.raw = lambda handler: handler.wait_for_the_end()

    async def scene():
        async with AsyncClient(stand_in.targets["http"]) as client:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(client.pack(PackRequest(), timeout_s=60), 0.3)
            return await asyncio.to_thread(stand_in.left.wait, 20)

    assert asyncio.run(scene())
    assert len(stand_in.remaining_s) == 1


def test_a_path_of_a_proxy_is_kept(stand_in):
    """The path of the URL precedes the path of each call."""
    with Client(stand_in.targets["http"] + "/boxes/") as client:
        client.pack(PackRequest())
    assert stand_in.paths == ["/boxes/boxwright.v1.PackingService/Pack"]


@pytest.mark.parametrize(
    ("target", "credentials", "argument"),
    [
        ("http://", None, "target"),
        ("http:boxwright:8080", None, "target"),
        ("http://boxwright:8080/?a=1", None, "target"),
        ("http://me:secret@boxwright:8080", None, "target"),
        ("http://boxwright:8080", ssl.create_default_context(), "credentials"),
        ("https://boxwright", grpc.ssl_channel_credentials(), "credentials"),
        ("boxwright:50051", ssl.create_default_context(), "credentials"),
    ],
)
@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_an_address_that_leads_nowhere_is_refused_at_once(kind, target, credentials, argument):
    """The error names the argument and shows no secret."""
    with pytest.raises(ValueError, match=argument) as caught:
        kind(target, credentials=credentials)
    assert "secret" not in str(caught.value)


def test_a_url_of_the_port_of_grpc_says_so(stand_in):
    """The error says that the port is that of gRPC."""
    target = f"http://{stand_in.targets['grpc']}"
    with Client(target, attempts=1) as client, pytest.raises(UnavailableError, match="gRPC"):
        client.pack(PackRequest())


@pytest.fixture(scope="module")
def certificate(openssl, tmp_path_factory):
    """A self-signed certificate for 127.0.0.1, with its key."""
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test"]
    words += ["-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(["openssl", *words, "-keyout", path, "-out", f"{path}.crt"], check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + path.with_name("both.pem.crt").read_bytes())
    return path


def test_https_trusts_what_it_is_to_trust(certificate):
    """A self-signed server is refused unless the context trusts it."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    server = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    target = f"https://127.0.0.1:{server.server_port}"
    try:
        with Client(target, attempts=1) as client, pytest.raises(UnavailableError):
            client.pack(PackRequest())
        trusting = ssl.create_default_context(cafile=str(certificate))
        with Client(target, credentials=trusting) as client, pytest.raises(ServiceError, match="HTTP 501"):
            client.pack(PackRequest())
    finally:
        server.shutdown()
        server.server_close()
