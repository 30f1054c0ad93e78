"""Requests for the open server over HTTP and gRPC: changed, too large, or repeated."""

import gzip
import json
import random
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any
from urllib.parse import quote

import grpc

from benchmarks.hostile.asking import DEADLINE_S, Http, call, grpc_label, shown
from benchmarks.hostile.mutations import RAW, SEEDS, Seed, bytes_of, json_of
from benchmarks.hostile.results import Came, Family
from benchmarks.hostile.servers import Target
from boxwright.v1.packing_service_pb2 import PackRequest, StreamPackRequest

PROTO = "application/proto"
Body = Callable[[Seed, random.Random], bytes]


def _bodies(make: Body, sort: str = "application/json") -> Callable[[Target, random.Random, int], Iterator[Came]]:
    """Return a function that posts bodies made from the requests of the docs."""

    def run(target: Target, rng: random.Random, count: int) -> Iterator[Came]:
        with closing(Http(target)) as http:
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
    """Post bodies that unpack to too many bytes or are not gzip."""
    with closing(Http(target)) as http:
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
    """Read missing resources, pages of plans and files."""
    with closing(Http(target)) as http:
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


STREAM = "/boxwright.v1.PackingService/StreamPack"
MESSAGES = 10
"""Number of messages of a stream."""


def _messages(target: Target, rng: random.Random, count: int) -> Iterator[Came]:
    """Call with messages whose bytes were changed."""
    with target.channel() as opened:
        for _ in range(count):
            seed = SEEDS.draw(rng)
            body = bytes_of(seed.content, rng) if rng.random() < 0.95 else rng.randbytes(rng.choice([1, 50, 5_000]))
            yield Came(call(opened, seed.path, body), f"{seed.path} {shown(body)}")


def _cut(target: Target, rng: random.Random, count: int) -> Iterator[Came]:
    """Call with truncated messages."""
    with target.channel() as opened:
        for _ in range(count):
            seed = SEEDS.draw(rng)
            body = seed.content[: rng.randrange(len(seed.content) + 1)]
            yield Came(call(opened, seed.path, body), f"{seed.path} {shown(body)}")


def _methods(target: Target, rng: random.Random, count: int) -> Iterator[Came]:
    """Call unknown methods, with long or meaningless metadata."""
    names = (
        "",
        "a",
        "boxwright.v1.PackingService/Pick",
        "boxwright.v1.PackingService/",
        "grpc.health.v1.Health/Cheque",
        "boxwright.v2.PackingService/Pack",
        "boxwright.v1.PackingService/Pack/",
        "../Pack",
        "a" * 3_000,
    )
    with target.channel() as opened:
        for _ in range(count):
            path = rng.choice([*names, SEEDS.pack.path])
            metadata = [(f"x-{number}", "a" * rng.choice([1, 900])) for number in range(rng.choice([0, 1, 8, 40]))]
            yield Came(call(opened, path, b"", *metadata), f"{path!r:.80}, {len(metadata)} of metadata")


def _streams(target: Target, rng: random.Random, count: int) -> Iterator[Came]:
    """Send streams of ten messages, most of them broken; each message is a case."""
    setup = StreamPackRequest(correlation_id="setup")
    setup.setup.defaults.catalog = "catalogs/china-post"
    order = StreamPackRequest(correlation_id="1")
    order.pack.request.MergeFromString(SEEDS.pack.content)
    good = [setup.SerializeToString(), order.SerializeToString()]
    with target.channel() as opened:
        for _ in range(max(1, count // MESSAGES)):
            sent = [good[0], *(bytes_of(rng.choice(good), rng) for _ in range(MESSAGES - 1))]
            if rng.random() < 0.3:
                sent[0] = bytes_of(sent[0], rng)
            labels = ["answered"] * MESSAGES
            try:
                answered = sum(1 for _ in opened.stream_stream(STREAM)(iter(sent), timeout=DEADLINE_S))
            except grpc.RpcError as error:
                labels = [grpc_label(error)] * MESSAGES
            else:
                labels = ["answered"] * answered + ["not answered"] * (MESSAGES - answered)
            yield from (Came(label, str([each[:60] for each in sent])) for label in labels[:MESSAGES])


BATCH = SEEDS.pack.path.replace("/Pack", "/BatchPack")
LINE = {
    "line_id": "b",
    "quantity": 1,
    "mass_g": 340,
    "cuboid": {"dimensions": {"length_mm": 210, "width_mm": 148, "height_mm": 20}},
}


def _order(lines: list[Any]) -> dict[str, Any]:
    return {"order": {"order_id": "large", "lines": lines}, "catalog": "catalogs/china-post"}


def _text(content: Any) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode()


LARGE: tuple[tuple[str, str, Callable[[], bytes]], ...] = (
    ("10^6 units of one line", SEEDS.pack.path, lambda: _text(_order([LINE | {"quantity": 10**6}]))),
    ("10^6 units in 1,000 lines", SEEDS.pack.path, lambda: _text(_order([LINE | {"quantity": 1_000}] * 1_000))),
    ("100,000 lines", SEEDS.pack.path, lambda: _text(_order([LINE] * 100_000))),
    ("1,001 orders", BATCH, lambda: _text({"requests": [_order([LINE])] * 1_001})),
    ("100,000 levels", SEEDS.pack.path, lambda: b'{"order":' * 100_000),
    ("100,000 lists in lists", SEEDS.pack.path, lambda: b"[" * 100_000 + b"]" * 100_000),
    ("10^6 numbers", SEEDS.pack.path, lambda: _text({"order": {"lines": [1] * 10**6}})),
    ("300,000 keys", SEEDS.pack.path, lambda: _text({f"k{at}": 1 for at in range(300_000)})),
    ("a text of 16 MB", SEEDS.pack.path, lambda: _text({"order": {"order_id": "a" * 16_000_000}})),
    ("17 MB", SEEDS.pack.path, lambda: b" " * (17 << 20)),
)


def _large(target: Target, rng: random.Random, count: int) -> Iterator[Came]:
    """Post requests that are too large, half of them over gRPC if protobuf can represent them."""
    with closing(Http(target)) as http, target.channel() as opened:
        for _ in range(count):
            name, path, make = rng.choice(LARGE)
            if name == "17 MB" and rng.random() < 0.5:
                yield Came(call(opened, path, make()), name)
            elif name == "10^6 units of one line" and rng.random() < 0.5:
                request = PackRequest.FromString(SEEDS.pack.content)
                request.order.lines[0].quantity = 10**6
                request.request_id = ""
                yield Came(call(opened, path, request.SerializeToString()), name)
            else:
                yield Came(http.post(path, make()), name)


def _replays(target: Target, rng: random.Random, count: int) -> Iterator[Came]:
    """Repeat a request with its id, and send another request with the same id."""
    with closing(Http(target)) as http:
        answers: dict[str, bytes] = {}
        prefix = rng.getrandbits(32)  # else a run before this one has asked for it
        for _ in range(count):
            number = rng.randrange(20)
            request_id = f"{prefix:08x}-0000-4000-8000-{number:012d}"
            changed = request_id in answers and rng.random() < 0.5
            lines = [LINE | {"quantity": 1 + changed + number % 3}]
            body = _text(_order(lines) | {"request_id": request_id})
            status, answer = http.ask("POST", f"/{SEEDS.pack.path}", body, Content_Type="application/json")
            before = answers.setdefault(request_id, answer)
            if changed:
                reused = status == 409 and b"REQUEST_ID_REUSED" in answer
                yield Came("REQUEST_ID_REUSED" if reused else f"another answer, {status}", body.decode())
            else:
                yield Came(
                    "the same answer" if (status, answer) == (200, before) else f"another answer, {status}",
                    body.decode(),
                )


CLEAN = ("200", "4", "501", "503 OVERLOADED", "503 STORE", "504 DEADLINE_BEFORE_PLAN", "closed")
CODES = (
    *("OK", "INVALID_ARGUMENT", "NOT_FOUND", "UNIMPLEMENTED", "FAILED_PRECONDITION", "ALREADY_EXISTS", "ABORTED"),
    *("RESOURCE_EXHAUSTED", "OUT_OF_RANGE", "DEADLINE_EXCEEDED DEADLINE_BEFORE_PLAN"),
)
LARGE_MAY = ("400", "413", "504 DEADLINE_BEFORE_PLAN", "INVALID_ARGUMENT", "RESOURCE_EXHAUSTED", "closed")
REPLAYED = ("the same answer", "REQUEST_ID_REUSED")
_json = _bodies(lambda seed, rng: json_of(seed.data, rng))
_proto = _bodies(lambda seed, rng: bytes_of(seed.content, rng), PROTO)

FAMILIES = (
    Family("JSON with values, keys and lists changed", "HTTP", 26_000, _json, may=CLEAN),
    Family("JSON with bytes changed", "HTTP", 11_600, _bodies(_fuzzed_json), may=CLEAN),
    Family("protobuf with bytes changed", "HTTP", 10_000, _proto, may=CLEAN),
    Family("random bytes as JSON", "HTTP", 1_000, _bodies(_random), may=CLEAN),
    Family("gzip bombs and broken gzip", "HTTP", 1_000, _gzipped, may=CLEAN),
    Family("paths and queries of resources and pages", "HTTP", 5_000, _resources, may=CLEAN),
    Family("messages with bytes changed", "gRPC", 16_000, _messages, may=CODES),
    Family("messages cut short", "gRPC", 4_000, _cut, may=CODES),
    Family("unknown methods, long metadata", "gRPC", 1_000, _methods, may=CODES),
    Family("messages of streams with bytes changed", "gRPC", 3_000, _streams, may=("answered", "not answered", *CODES)),
    Family("10^6 units, deep and huge JSON", "HTTP, gRPC", 100, _large, may=LARGE_MAY),
    Family("requests again under their id, or others under it", "HTTP", 1_000, _replays, may=REPLAYED),
)
"""Cases for the open server."""
