"""Connections that say nothing, too little or too slowly, many at once."""

import contextlib
import random
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

from benchmarks.attacks.frozen import PREFACE
from benchmarks.hostile.case import Came, Family
from benchmarks.hostile.seeds import SEEDS
from benchmarks.hostile.target import Target
from boxwright.server.admin import MAX_OPEN
from boxwright.server.http.listen import HEAD_S, MAX_OF_AN_ADDRESS

STEP_S = 1.0
Doors = Callable[[Target], int]


def _open(stack: ExitStack, port: int, count: int) -> list[socket.socket]:
    opened = []
    for _ in range(count):
        with contextlib.suppress(OSError):  # one that is not taken is let go
            opened.append(stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5)))
    return opened


def _is_open(connection: socket.socket) -> bool:
    """Whether the server has not ended a connection, as far as that is known by now."""
    connection.setblocking(False)
    try:
        while connection.recv(65_536):
            pass
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _silent(port_of: Doors, most: int) -> Callable[[Target, random.Random, int], Iterator[Came]]:
    """Return what opens connections that say nothing, and sees how many the server keeps."""

    def run(target: Target, rng: random.Random, count: int) -> Iterator[Came]:
        with ExitStack() as stack:
            opened = _open(stack, port_of(target), count)
            time.sleep(STEP_S)
            kept = sum(map(_is_open, opened))
            if kept > most:
                yield Came("too many kept", f"{kept} of at most {most}")
            yield from [Came("kept open")] * min(kept, most, count) + [Came("let go")] * (count - kept)

    return run


POST = b"POST /%s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" % SEEDS.pack.path.encode()
SLOW: tuple[tuple[Doors, bytes, bytes], ...] = (
    (lambda target: target.http_port, POST, b"X"),
    (lambda target: target.http_port, POST + b"Content-Length: 5000\r\n\r\n", b" "),
    (lambda target: target.admin_port, b"GET /livez HTTP/1.1\r\nX: ", b"a"),
    (lambda target: target.port, PREFACE[:10], b""),
    (lambda target: target.port, b"", b""),
)
"""Door, beginning, and what is sent of it each second."""


def _slow(target: Target, rng: random.Random, count: int) -> Iterator[Came]:
    """Send a byte a second, for longer than a head may take where there are many; heads are cut off by then."""
    seconds = HEAD_S + 3 if count >= 100 else 2.0
    with ExitStack() as stack:
        kinds = [number % len(SLOW) for number in range(count)]
        held = [(at, each) for at in kinds for each in _open(stack, SLOW[at][0](target), 1)]
        for at, connection in held:
            with contextlib.suppress(OSError):
                connection.sendall(SLOW[at][1])
        until_s = time.monotonic() + seconds
        while time.monotonic() < until_s:
            time.sleep(STEP_S)
            for at, connection in held:
                with contextlib.suppress(OSError):  # it is cut off
                    connection.sendall(SLOW[at][2])
        for at, connection in held:
            kept = _is_open(connection)
            late = kept and at == 0 and seconds > HEAD_S
            yield Came("kept too long" if late else "kept open" if kept else "let go")


def _half_closed(target: Target, rng: random.Random, count: int) -> Iterator[Came]:
    """Say nothing or a little, and close one half; the other is closed by the server."""
    with ExitStack() as stack:
        opened = []
        for _ in range(count):
            port = rng.choice([target.port, target.http_port, target.admin_port])
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))
            with contextlib.suppress(OSError):
                connection.sendall(rng.choice([b"", b"G", PREFACE, PREFACE[:5]]))
                connection.shutdown(socket.SHUT_WR)
            opened.append(connection)
        for connection in opened:
            try:
                while connection.recv(65_536):
                    pass
            except TimeoutError:
                yield Came("kept open")
            except OSError:
                yield Came("closed")
            else:
                yield Came("closed")


KEPT = ("kept open", "let go")

CONNECTIONS = (
    Family("1,000 silent connections at once", "gRPC", 1_000, _silent(lambda target: target.port, 10**6), may=KEPT),
    Family(
        "1,000 silent connections at once",
        "HTTP",
        1_000,
        _silent(lambda target: target.http_port, MAX_OF_AN_ADDRESS),
        may=KEPT,
    ),
    Family(
        "1,000 silent connections at once",
        "admin",
        1_000,
        _silent(lambda target: target.admin_port, MAX_OPEN),
        may=KEPT,
    ),
    Family("a byte a second", "all", 250, _slow, may=KEPT),
    Family("connections that are half closed", "all", 250, _half_closed, may=("closed",)),
)
"""Cases for the server that anybody may call; each is done at once, in one of the rounds."""
