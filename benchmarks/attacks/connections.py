"""Callers who take no answers, hold connections open, or send what takes long to read."""

import socket
import time
import urllib.error
import urllib.request
from contextlib import ExitStack

from benchmarks.attacks.attack import Attack, channel_to, code_of, packing, tally
from benchmarks.attacks.bodies import PACK
from benchmarks.attacks.frozen import frozen_calls, unsent_calls
from benchmarks.attacks.open_calls import HELD_S
from benchmarks.attacks.orders import mixed
from benchmarks.attacks.server import AttackedServer

GROUPS = b"\x0b\x0c" * 8_000_000
"""16 MB of empty groups of fields."""

FIELDS = b"\xf8\x07\x00" * 1_300_000
"""4 MB of fields that the contract does not have."""


def _frozen_reader(server: AttackedServer) -> str:
    """Ask 150 times for an answer of megabytes that is remembered, and read none."""
    request = mixed(200, everything=True)
    request.request_id = "frozen"
    with channel_to(server) as channel:
        size = packing(channel).Pack(request, timeout=120).ByteSize()
    with frozen_calls(server.port, PACK, request.SerializeToString(), 150):
        time.sleep(HELD_S)
    return f"150 answers of {size:,} bytes"


def _calls(server: AttackedServer, body: bytes, deadline_s: float, stop_after_s: float | None = None) -> str:
    """Send a body over 14 connections at once, and SIGTERM after a while if so asked."""
    with ExitStack() as stack:
        channels = [stack.enter_context(channel_to(server, number)) for number in range(14)]
        calls = [channel.unary_unary(PACK).future(body, timeout=deadline_s) for channel in channels]
        said = ""
        if stop_after_s is not None:
            time.sleep(stop_after_s)
            said = f"{server.stop(60)}; "
        return said + tally([code_of(call.result) for call in calls])


def _probed(server: AttackedServer) -> str:
    """Ask the admin port whether the server lives."""
    begun = time.perf_counter()
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.admin_port}/livez", timeout=20) as answer:
            said = str(answer.status)
    except (urllib.error.URLError, OSError) as error:
        said = type(error).__name__
    return f"/livez {said} after {(time.perf_counter() - begun) * 1_000:.0f} ms"


def _connect(stack: ExitStack, port: int, count: int) -> list[socket.socket]:
    return [stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5)) for _ in range(count)]


def _dripping(server: AttackedServer) -> str:
    """Begin 500 requests to the admin port and send a byte of each now and then."""
    with ExitStack() as stack:
        held = _connect(stack, server.admin_port, 500)
        for part in (b"GET /livez HTTP/1.1\r\nX: ", b"a", b"a"):
            for connection in held:
                try:
                    connection.sendall(part)
                except ConnectionError:
                    continue
            time.sleep(1)
        return _probed(server)


def _idle(server: AttackedServer) -> str:
    """Hold 1,100 connections open without a word."""
    with ExitStack() as stack:
        _connect(stack, server.port, 1_100)
        time.sleep(HELD_S)
        return _probed(server)


def _unsent(server: AttackedServer) -> str:
    """Begin 40,000 calls over 400 connections, and send no request."""
    with unsent_calls(server.port, PACK, 400, 100):
        time.sleep(4 * HELD_S)
    return "40,000 calls"


CONNECTIONS = (
    Attack("400 connections of 100 calls each without a request", _unsent),
    Attack("150 repeats of a long answer that nobody reads", _frozen_reader),
    Attack("14 bodies of 16 MB of groups", lambda server: _calls(server, GROUPS, 60)),
    Attack("14 bodies of 4 MB of unknown fields, 0.5 s", lambda server: _calls(server, FIELDS, 0.5)),
    Attack(
        "SIGTERM with 14 bodies of 4 MB of unknown fields, grace 1 s",
        lambda server: _calls(server, FIELDS, 60, stop_after_s=1),
        {"grace_s": 1},
    ),
    Attack("500 dripping connections to the admin port", _dripping),
    Attack("1,100 idle connections under a soft limit of 256 files", _idle, soft_files=256),
)
"""Attacks on memory and on connections."""
