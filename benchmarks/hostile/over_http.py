"""Cases over HTTP: bodies, heads, resources, and messages that stop half-way."""

import gzip
import random
import string
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from urllib.parse import quote

from benchmarks.hostile.asking import PATIENCE_S, Http, raw, shown, status_line
from benchmarks.hostile.case import Came, Family
from benchmarks.hostile.mutations import RAW, bytes_of, json_of
from benchmarks.hostile.seeds import SEEDS, Seed
from benchmarks.hostile.target import Target

PROTO = "application/proto"
Body = Callable[[Seed, random.Random], bytes]


def _bodies(make: Body, sort: str = "application/json") -> Callable[[Target, random.Random, int], Iterator[Came]]:
    """Return what posts bodies that are made of requests of the docs."""

    def run(target: Target, rng: random.Random, count: int) -> Iterator[Came]:
        with closing(Http(target, target.http_port)) as http:
            for _ in range(count):
                seed = SEEDS.draw(rng)
                body = make(seed, rng)
                yield Came(http.post(seed.path, body, sort), f"{seed.path} {shown(body)}")

    return run


def _fuzzed_json(seed: Seed, rng: random.Random) -> bytes:
    return bytes_of(json_of(seed.data, rng), rng)


def _random(_: Seed, rng: random.Random) -> bytes:
    return rng.randbytes(rng.choice([0, 1, 2, 20, 5_000]))


def _gzipped(target: Target, rng: random.Random, count: int) -> Iterator[Came]:
    """Post bodies that unpack to too much, or not at all."""
    with closing(Http(target, target.http_port)) as http:
        for _ in range(count):
            body, coding = _gzip_body(rng)
            label = http.post(SEEDS.pack.path, body, Content_Encoding=coding)
            yield Came(label, f"{coding} {shown(body)}")


_BOMBS = [gzip.compress(each * 17_000_000, 9) for each in (b" ", b"[", b"\x00")]


def _gzip_body(rng: random.Random) -> tuple[bytes, str]:
    small = gzip.compress(json_of(SEEDS.pack.data, rng))
    made = (
        lambda: rng.choice(_BOMBS),
        lambda: gzip.compress(rng.choice(_BOMBS)),
        lambda: bytes_of(small, rng),
        lambda: small[: rng.randrange(len(small))],
        lambda: small + small,
        lambda: zlib.compress(small),
        lambda: rng.randbytes(300),
        lambda: small,
    )
    coding = rng.choices(["gzip", "deflate", "br", "gzip, gzip", "GZIP", "identity", "\x7f"], [8, 1, 1, 1, 1, 1, 1])[0]
    return rng.choices(made, [1, 1, 4, 4, 2, 2, 2, 2])[0](), coding


def _resources(target: Target, rng: random.Random, count: int) -> Iterator[Came]:
    """Read resources, pages of plans and files that are not there."""
    with closing(Http(target, target.http_port)) as http:
        for _ in range(count):
            path = _resource(rng)
            status, body = http.ask("GET", path)
            yield Came(str(status) if status < 400 else _clear(status, body), f"GET {path!r:.200}")


def _clear(status: int, body: bytes) -> str:
    if status < 2:
        return "timeout" if status else "closed"
    return str(status) if body.strip() else "no clear error"


ROOTS = (
    "v1/catalogs",
    "v1/materials",
    "v1/plans",
    "v1/carriers",
    "v1/markets",
    "v1/sites",
    "v1/accountingProfiles",
    "plans",
    "openapi.json",
    "v1",
    "metrics",
    "try.js",
)
NAMES = (
    "china-post",
    "..",
    ".",
    "%2e%2e",
    "..%2f..%2fetc%2fpasswd",
    "%00",
    "%",
    "%zz",
    "%ff%fe",
    "%ed%a0%80",
    "a" * 2_000,
    "*",
    "boxTypes",
    "versions",
    "uk-desnz@2025",
    "\\..\\..",
    "~",
    "%0d%0aX:%20y",
    ";a=b",
    "plans",
    "%F0%9F%93%A6",
)
QUERIES = (
    "pageSize",
    "pageToken",
    "filter",
    "orderBy",
    "name",
    "sheet",
    "expires",
    "signature",
    "readMask",
    "a%00b",
    "",
)


def _resource(rng: random.Random) -> str:
    path = "/" + "/".join([rng.choice(ROOTS), *(rng.choice(NAMES) for _ in range(rng.randrange(4)))])
    asked = [f"{rng.choice(QUERIES)}={_value(rng)}" for _ in range(rng.randrange(3))]
    return path + ("?" + "&".join(asked) if asked else "")


def _value(rng: random.Random) -> str:
    text = rng.choice([*RAW[:40], "a" * 300, 'status="complete"', 'create_time>"2026"', "((((", '"', "NOT NOT a:b"])
    return quote(text, errors="replace") if rng.random() < 0.9 else rng.choice(NAMES)


METHODS = (
    b"GET",
    b"POST",
    b"HEAD",
    b"PUT",
    b"OPTIONS",
    b"TRACE",
    b"CONNECT",
    b"PRI",
    b"get",
    b"G\x00T",
    b"",
    b"A" * 500,
)
TARGETS = (
    b"/",
    b"/livez",
    b"/metrics",
    b"/healthz",
    b"*",
    b"http://x/livez",
    b"//",
    b"/\x00",
    b"/ x",
    b"",
    b"/%ff",
    b"/boxwright.v1.PackingService/Pack",
    b"/v1/catalogs",
    b"/" + b"a" * 70_000,
)
VERSIONS = (b"HTTP/1.1", b"HTTP/1.1", b"HTTP/1.1", b"HTTP/1.0", b"HTTP/2.0", b"HTTP/0.9", b"HTTP/9.9", b"", b"XTTP/1.1")
LINES = (
    b"Host: localhost",
    b"Host: evil.example",
    b"Host:",
    b"Host: a\r\nHost: b",
    b"Content-Length: 5",
    b"Content-Length: -1",
    b"Content-Length: 99999999999999999999",
    b"Content-Length: 5\r\nContent-Length: 6",
    b"Transfer-Encoding: chunked",
    b"Transfer-Encoding: chunked\r\nContent-Length: 3",
    b"Transfer-Encoding: x, chunked",
    b"Transfer-Encoding : chunked",
    b"X: \x00",
    b"X: a\nY: b",
    b": a",
    b"X",
    b" folded",
    b"Expect: 100-continue",
    b"Upgrade: websocket\r\nConnection: Upgrade",
    b"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk",
    b"Content-Type: application/json",
    b"Content-Type: application/json; charset=utf-16",
    b"Range: bytes=0-0,1-1,-1",
    b"Connect-Timeout-Ms: -1",
    b"Connect-Timeout-Ms: 99999999999",
    b"Authorization: Bearer \xff",
    b"Connection: close",
    b"Accept-Encoding: gzip, \xff",
    b"Origin: null",
    b"X-Forwarded-For: 1.2.3.4, \r",
)
BODIES = (
    b"",
    b"{}",
    b"hello",
    b"5\r\nhello\r\n0\r\n\r\n",
    b"ffffffffffffffff\r\n",
    b"-1\r\n",
    b"5;a=b\r\nhel",
    b"0\r\nX: y\r\n\r\n",
    b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n" * 20,
    b"z" * 3_000,
)


def _head(rng: random.Random) -> bytes:
    """Return a request of HTTP/1 that is no clean one."""
    if rng.random() < 0.1:
        return rng.randbytes(rng.choice([1, 10, 1_000, 100_000]))
    lines = [rng.choice(LINES) for _ in range(rng.randrange(6))]
    if rng.random() < 0.05:
        lines += [b"X-%d: %s" % (number, b"a" * 700) for number in range(rng.choice([10, 100, 1_000]))]
    if rng.random() < 0.5:
        lines.insert(0, LINES[0])
    first = b" ".join((rng.choice(METHODS), rng.choice(TARGETS), rng.choice(VERSIONS)))
    end = rng.choice([b"\r\n", b"\r\n", b"\r\n", b"\n", b"\r"])
    head = end.join([first, *lines, b"", b""]) + rng.choice(BODIES)
    return bytes_of(head, rng) if rng.random() < 0.3 else head


def _heads(port_of: Callable[[Target], int]) -> Callable[[Target, random.Random, int], Iterator[Came]]:
    def run(target: Target, rng: random.Random, count: int) -> Iterator[Came]:
        for _ in range(count):
            head = _head(rng)
            yield Came(status_line(raw(port_of(target), head)), shown(head))

    return run


def _halves(target: Target, rng: random.Random, count: int) -> Iterator[Came]:
    """Say how long a body is, send a part of it, and close one half of the connection or all of it."""
    for _ in range(count):
        body = json_of(SEEDS.pack.data, rng)
        chunked = rng.random() < 0.3
        length = (
            b"Transfer-Encoding: chunked"
            if chunked
            else b"Content-Length: %d" % (len(body) + rng.choice([1, 10, 10**7]))
        )
        part = b"%x\r\n%s" % (len(body) + 5, body) if chunked else body[: rng.randrange(len(body) + 1)]
        head = b"POST /%s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n%s\r\n\r\n"
        sent = head % (SEEDS.pack.path.encode(), length) + part
        if rng.random() < 0.5:
            raw(target.http_port, sent, patience_s=0.001, half_close=False)
            yield Came("left")
        else:
            yield Came(status_line(raw(target.http_port, sent)), shown(sent))


def _huge_heads(target: Target, rng: random.Random, count: int) -> Iterator[Came]:
    """Send heads that never end, at each door of HTTP/1."""
    for _ in range(count):
        port = rng.choice([target.http_port, target.admin_port])
        name = "".join(rng.choices(string.ascii_letters, k=10)).encode()
        size = rng.choice([65_000, 300_000, 2_000_000])
        part = rng.choice(
            [name + b": " + b"a" * size, b"".join(b"%s-%d: b\r\n" % (name, at) for at in range(size // 17))]
        )
        found = raw(port, b"GET /livez HTTP/1.1\r\nHost: localhost\r\n" + part, patience_s=PATIENCE_S)
        yield Came(status_line(found), f"head of {len(part):,} bytes")


CLEAN = ("200", "4", "501", "503 OVERLOADED", "503 STORE", "504 DEADLINE_BEFORE_PLAN", "closed")
OF_HEADS = ("1", "2", "3", "4", "501", "505", "closed", "left")

OVER_HTTP = (
    Family(
        "JSON with values, keys and lists changed",
        "HTTP",
        26_000,
        _bodies(lambda seed, rng: json_of(seed.data, rng)),
        may=CLEAN,
    ),
    Family("JSON with bytes changed", "HTTP", 11_600, _bodies(_fuzzed_json), may=CLEAN),
    Family(
        "protobuf with bytes changed",
        "HTTP",
        10_000,
        _bodies(lambda seed, rng: bytes_of(seed.content, rng), PROTO),
        may=CLEAN,
    ),
    Family("random bytes as JSON", "HTTP", 1_000, _bodies(_random), may=CLEAN),
    Family("gzip bombs and broken gzip", "HTTP", 1_000, _gzipped, may=CLEAN),
    Family("paths and queries of resources and pages", "HTTP", 5_000, _resources, may=CLEAN),
    Family("heads that are no clean HTTP/1", "HTTP", 4_000, _heads(lambda target: target.http_port), may=OF_HEADS),
    Family("heads that are no clean HTTP/1", "admin", 2_000, _heads(lambda target: target.admin_port), may=OF_HEADS),
    Family("huge heads", "HTTP, admin", 200, _huge_heads, may=("400", "431", "closed")),
    Family("bodies that stop half-way", "HTTP", 2_000, _halves, may=OF_HEADS),
)
"""Cases over HTTP/1 for the server that anybody may call."""
