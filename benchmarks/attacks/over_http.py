"""Callers over HTTP who send what takes long to read, say nothing, read nothing, or claim to be others."""

import http.client
import socket
import time
from contextlib import ExitStack, closing

from google.protobuf import json_format
from google.protobuf.message import Message

from benchmarks.attacks.attack import Attack, tally
from benchmarks.attacks.bodies import PACK
from benchmarks.attacks.open_calls import HELD_S
from benchmarks.attacks.orders import mixed
from benchmarks.attacks.server import AttackedServer

UNENDED = b'{"order":{"orderId":"' + b'\\"' * 8_000_000
"""16 MB of JSON whose text does not end."""

KEYS = b"{" + b",".join(b'"k%d":1' % number for number in range(1_200_000)) + b"}"
"""14 MB of JSON of 1.2 million different keys."""

PATIENCE_S = 60


def _post(stack: ExitStack, server: AttackedServer, body: bytes, *heads: str) -> socket.socket:
    """Send a call over a connection of its own, and read no answer."""
    connection = stack.enter_context(socket.create_connection(("127.0.0.1", server.http_port), PATIENCE_S))
    head = "\r\n".join(
        (
            f"POST {PACK} HTTP/1.1",
            "Host: localhost",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            *heads,
        )
    )
    connection.sendall(f"{head}\r\n\r\n".encode() + body)
    return connection


def _status(connection: socket.socket) -> str:
    """Return the HTTP status of the answer, or how the connection ended."""
    try:
        with connection.makefile("rb") as answer:
            return answer.readline().decode().partition(" ")[2].strip() or "closed"
    except OSError as error:
        return type(error).__name__


def _json(message: Message) -> bytes:
    return json_format.MessageToJson(message, indent=None).encode()


def _asked(server: AttackedServer) -> str:
    """Ask for the catalogs from another address."""
    begun = time.perf_counter()
    other = http.client.HTTPConnection("127.0.0.1", server.http_port, timeout=20, source_address=("127.0.0.2", 0))
    with closing(other) as connection:
        try:
            connection.request("GET", "/v1/catalogs")
            said = str(connection.getresponse().status)
        except OSError as error:
            said = type(error).__name__
    return f"another caller: {said} after {(time.perf_counter() - begun) * 1_000:.0f} ms"


def _unended(server: AttackedServer) -> str:
    """Send bodies of 16 MB one after the other."""
    with ExitStack() as stack:
        return tally([_status(_post(stack, server, UNENDED)) for _ in range(14)])


def _keys(server: AttackedServer) -> str:
    """Send an object of more keys than the contract has."""
    with ExitStack() as stack:
        return tally([_status(_post(stack, server, KEYS))])


def _silent(server: AttackedServer) -> str:
    """Hold 1,100 connections open without a word."""
    with ExitStack() as stack:
        for _ in range(1_100):
            stack.enter_context(socket.create_connection(("127.0.0.1", server.http_port), PATIENCE_S))
        said = _asked(server)
        time.sleep(HELD_S)
        return said


def _half_bodies(server: AttackedServer) -> str:
    """Begin 1,000 bodies from two addresses, send a byte of each, and ask from a third."""
    head = (
        f"POST {PACK} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 16000\r\n\r\n{{"
    )
    with ExitStack() as stack:
        for number in range(1_000):
            source = (f"127.0.0.{3 + number % 2}", 0)
            connection = socket.create_connection(("127.0.0.1", server.http_port), PATIENCE_S, source)
            stack.enter_context(connection).sendall(head.encode())
        time.sleep(HELD_S)
        return _asked(server)


def _unread(server: AttackedServer) -> str:
    """Ask 150 times for an answer of megabytes that is remembered, and read none."""
    request = mixed(200, everything=True)
    request.request_id = "frozen"
    body = _json(request)
    with ExitStack() as stack:
        first = _status(_post(stack, server, body))
        for _ in range(150):
            _post(stack, server, body)
        time.sleep(HELD_S)
        return f"first {first}; {_asked(server)}"


def _forged(server: AttackedServer) -> str:
    """Send 400 orders at once, each as if for another caller."""
    body = _json(mixed(200))
    with ExitStack() as stack:
        calls = [
            _post(stack, server, body, f"X-Forwarded-For: 192.0.2.{number % 256}", "Connect-Timeout-Ms: 20000")
            for number in range(400)
        ]
        return tally([_status(call) for call in calls])


OVER_HTTP = (
    Attack("14 JSON bodies of 16 MB whose text does not end, over HTTP", _unended),
    Attack("1.2 million different keys in one JSON object, over HTTP", _keys),
    Attack("1,100 silent connections to HTTP", _silent),
    Attack("1,000 half bodies over HTTP from two addresses", _half_bodies),
    Attack("150 repeats of a long answer over HTTP that nobody reads", _unread),
    Attack("400 orders of 200 units over HTTP with a forged X-Forwarded-For", _forged),
)
"""Attacks on the door of HTTP."""
