"""Callers without a credential, with wrong ones, and without TLS."""

import contextlib
import random
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import closing

from benchmarks.hostile.asking import PATIENCE_S, Http, call, shown
from benchmarks.hostile.mutations import SEEDS, bytes_of
from benchmarks.hostile.results import Came, Family
from benchmarks.hostile.servers import Target

Wrong = Callable[[Target, random.Random], str]
LETTERS = "abcdefghijklmnopqrstuvwxyz234567_-ABC"


def _changed(target: Target, rng: random.Random) -> str:
    """Return a valid token with a changed character."""
    token = _token(target, "pack")
    at = rng.randrange(len(token))
    return token[:at] + rng.choice(LETTERS.replace(token[at], "")) + token[at + 1 :]


def _joined(target: Target, rng: random.Random) -> str:
    """Return a token with the id of one token and the secret of another."""
    one, other = rng.sample(["pack", "read", "admin", "expired", "revoked"], 2)
    return "_".join([*_token(target, one).split("_", 2)[:2], _token(target, other).split("_", 2)[2]])


def _token(target: Target, name: str) -> str:
    return target.tokens[name]


def _bearer(name: str) -> Wrong:
    return lambda target, _: f"Bearer {_token(target, name)}"


WRONG: tuple[tuple[str, Wrong], ...] = (
    ("none", lambda target, _: ""),
    ("expired", _bearer("expired")),
    ("revoked", _bearer("revoked")),
    ("of another server", _bearer("of another server")),
    ("without its scope", _bearer("read")),
    ("changed", lambda target, rng: f"Bearer {_changed(target, rng)}"),
    ("joined", lambda target, rng: f"Bearer {_joined(target, rng)}"),
    ("cut", lambda target, rng: f"Bearer {_token(target, 'pack')[: rng.randrange(58)]}"),
    ("longer", lambda target, rng: f"Bearer {_token(target, 'pack')}{rng.choice(LETTERS)}"),
    ("twice", lambda target, _: f"Bearer {_token(target, 'pack')}, Bearer {_token(target, 'pack')}"),
    (
        "another scheme",
        lambda target, rng: f"{rng.choice(['Basic', 'Digest', 'bxw', 'Token', ''])} {_token(target, 'pack')}",
    ),
    ("its hash", lambda target, _: f"Bearer {_hash(target)}"),
    ("long", lambda target, rng: "Bearer " + "a" * rng.choice([100, 5_000, 12_000])),
    ("JSON", lambda target, _: 'Bearer {"alg":"none","scopes":["admin"]}'),
)


def _hash(target: Target) -> str:
    from boxwright.server.access.tokens import hash_of

    return hash_of(_token(target, "pack"))


METHODS = tuple(
    f"boxwright.v1.{each}"
    for each in (
        *(
            "PackingService/Pack",
            "PackingService/BatchPack",
            "PackingService/CheckPlan",
            "FootprintService/EstimateFootprint",
        ),
        *("CatalogService/CreateCatalog", "PackingService/RecordOutcome"),
    )
)
"""Methods that the scope ``read`` may not call."""


def _over_grpc(target: Target, rng: random.Random, count: int) -> Iterator[Came]:
    with target.channel() as opened:
        for _ in range(count):
            name, wrong = rng.choice(WRONG)
            sent = wrong(target, rng)
            metadata = [("authorization", sent)] if sent else []
            yield Came(call(opened, rng.choice(METHODS), SEEDS.pack.content, *metadata), name)


def _over_http(target: Target, rng: random.Random, count: int) -> Iterator[Came]:
    with closing(Http(target)) as http:
        for _ in range(count):
            name, wrong = rng.choice(WRONG)
            sent = wrong(target, rng)
            headers = {"Authorization": sent} if sent else {}
            yield Came(http.post(rng.choice(METHODS), b"{}", **headers), name)


def _of_metrics(target: Target, rng: random.Random, count: int) -> Iterator[Came]:
    """Request metrics; only the scope ``admin`` gives access."""
    with closing(Http(target, target.server.admin_address)) as http:
        for _ in range(count):
            name, wrong = rng.choice(WRONG)
            sent = wrong(target, rng)
            status, _ = http.ask("GET", "/metrics", **({"Authorization": sent} if sent else {}))
            yield Came(str(status), name)


def _known(target: Target, rng: random.Random, count: int) -> Iterator[Came]:
    """Call with valid tokens, which must always give access."""
    with (
        closing(Http(target)) as http,
        closing(Http(target, target.server.admin_address)) as admin,
        target.channel() as opened,
    ):
        for at in range(count):
            bearer = f"Bearer {_token(target, 'read' if at % 3 else 'admin')}"
            if at % 3 == 1:
                yield Came(call(opened, "boxwright.v1.CatalogService/ListCatalogs", b"", ("authorization", bearer)))
            elif at % 3 == 2:
                yield Came(http.post("boxwright.v1.CatalogService/ListCatalogs", b"{}", Authorization=bearer))
            else:
                yield Came(str(admin.ask("GET", "/metrics", Authorization=bearer)[0]))


def _hello(version: ssl.TLSVersion | None = None) -> bytes:
    """Return the first bytes of a handshake."""
    context = ssl.create_default_context()
    if version is not None:
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.maximum_version = version
        context.set_ciphers("ALL:@SECLEVEL=0")
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    shaking = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
    with contextlib.suppress(ssl.SSLWantReadError):
        shaking.do_handshake()
    return outgoing.read()


def _no_tls(target: Target, rng: random.Random, count: int) -> Iterator[Came]:
    """Send no TLS, or a part of a handshake; only TLS records may be returned."""
    hello = _hello()
    for _ in range(count):
        address = rng.choice([target.server.address, target.server.http_address, target.server.admin_address])
        sent = rng.choice(_PLAIN)(hello, rng)
        yield Came(_ended(_raw(address, sent)), shown(sent))


def _raw(address: str, sent: bytes) -> bytes | None:
    """Send bytes and close the sending side; return the answer, or None after a timeout."""
    host, _, port = address.rpartition(":")
    found = b""
    try:
        with socket.create_connection((host, int(port)), timeout=PATIENCE_S) as connection:
            with contextlib.suppress(ConnectionError):  # the server has seen enough
                connection.sendall(sent)
                connection.shutdown(socket.SHUT_WR)
            while len(found) < 1 << 20 and (part := connection.recv(65_536)):
                found += part
    except TimeoutError:
        return found or None
    except OSError:
        pass
    return found


_PLAIN: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    lambda hello, rng: b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n",
    lambda hello, rng: (
        b"POST /%s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}" % SEEDS.pack.path.encode()
    ),
    lambda hello, rng: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\x00\x00\x00\x04\x00\x00\x00\x00\x00",
    lambda hello, rng: rng.randbytes(rng.choice([1, 5, 500, 50_000])),
    lambda hello, rng: bytes_of(hello, rng),
    lambda hello, rng: bytes_of(hello, rng),
    lambda hello, rng: hello[: rng.randrange(len(hello))],
    lambda hello, rng: hello + rng.randbytes(200),
    lambda hello, rng: hello * rng.choice([2, 50]),
    lambda hello, rng: b"\x80\x2e\x01\x00\x02" + rng.randbytes(40),
    lambda hello, rng: b"",
)


ALERT, HANDSHAKE, CHANGE, DATA = 21, 22, 20, 23


def _ended(found: bytes | None) -> str:
    """Return how a connection without a handshake ended, and whether plain data were sent."""
    if found is None:
        return "timeout"
    if found[:1] and found[0] not in (ALERT, HANDSHAKE, CHANGE):
        return "answered in the clear"
    return "alert of TLS" if found[:1] and found[0] == ALERT else "no handshake" if found else "closed"


NOBODY = ("401 ", "403 SCOPE_MISSING", "UNAUTHENTICATED", "PERMISSION_DENIED SCOPE_MISSING", "RESOURCE_EXHAUSTED")
ENDED = ("alert of TLS", "no handshake", "closed")

CREDENTIALS = (
    Family("no, wrong, expired, revoked tokens", "gRPC", 1_500, _over_grpc, secured=True, may=NOBODY),
    Family("no, wrong, expired, revoked tokens", "HTTP", 1_500, _over_http, secured=True, may=NOBODY),
    Family("no, wrong, expired, revoked tokens", "admin", 600, _of_metrics, secured=True, may=("401", "403")),
    Family("HTTP/1, HTTP/2 and garbage where TLS is due", "all", 900, _no_tls, secured=True, may=ENDED),
    Family("calls with tokens that let in", "all", 300, _known, secured=True, may=("OK", "200")),
)
"""Cases for the server with TLS and tokens."""
