"""Requests that are too large, and requests that come again."""

import json
import random
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

from benchmarks.hostile.asking import Http, call, channel
from benchmarks.hostile.case import Came, Family
from benchmarks.hostile.seeds import SEEDS
from benchmarks.hostile.target import Target
from boxwright.v1.packing_service_pb2 import PackRequest

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
    ("10^6 units in a batch", BATCH, lambda: _text({"requests": [_order([LINE | {"quantity": 2_000}])] * 500})),
    ("1,001 orders", BATCH, lambda: _text({"requests": [_order([LINE])] * 1_001})),
    ("100,000 levels", SEEDS.pack.path, lambda: b'{"order":' * 100_000),
    ("100,000 lists in lists", SEEDS.pack.path, lambda: b"[" * 100_000 + b"]" * 100_000),
    ("10^6 numbers", SEEDS.pack.path, lambda: _text({"order": {"lines": [1] * 10**6}})),
    ("300,000 keys", SEEDS.pack.path, lambda: _text({f"k{at}": 1 for at in range(300_000)})),
    ("a text of 16 MB", SEEDS.pack.path, lambda: _text({"order": {"order_id": "a" * 16_000_000}})),
    ("17 MB", SEEDS.pack.path, lambda: b" " * (17 << 20)),
)


def _large(target: Target, rng: random.Random, count: int) -> Iterator[Came]:
    """Post what is too large; where the request can be written as protobuf at all, half of it over gRPC."""
    with closing(Http(target, target.http_port)) as http, channel(target) as opened:
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
    """Send a request again under its id, and another one under the same id: the first gets the same answer."""
    with closing(Http(target, target.http_port)) as http:
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


ORDERS = (
    Family(
        "10^6 units, deep and huge JSON",
        "HTTP, gRPC",
        100,
        _large,
        may=("400", "413", "504 DEADLINE_BEFORE_PLAN", "INVALID_ARGUMENT", "RESOURCE_EXHAUSTED", "closed"),
    ),
    Family(
        "requests again under their id, or others under it",
        "HTTP",
        1_000,
        _replays,
        may=("the same answer", "REQUEST_ID_REUSED"),
    ),
)
"""Cases for the server that anybody may call."""
