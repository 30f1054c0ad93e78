"""Cases over gRPC: messages, streams, and bytes that are no HTTP/2."""

import contextlib
import random
import struct
from collections.abc import Callable, Iterator

import grpc

from benchmarks.attacks.frozen import END_HEADERS, END_STREAM, HEADERS, PREFACE, SETTINGS, _frame, _head
from benchmarks.hostile.asking import DEADLINE_S, call, channel, grpc_label, raw, shown
from benchmarks.hostile.case import Came, Family
from benchmarks.hostile.mutations import bytes_of
from benchmarks.hostile.seeds import SEEDS
from benchmarks.hostile.target import Target
from boxwright.v1.packing_service_pb2 import StreamPackRequest

STREAM = "/boxwright.v1.PackingService/StreamPack"
MESSAGES = 10
"""Messages of a stream."""

DATA, RST_STREAM, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = 0, 3, 6, 7, 8, 9


def _messages(target: Target, rng: random.Random, count: int) -> Iterator[Came]:
    """Call with messages whose bytes were changed."""
    with channel(target) as opened:
        for _ in range(count):
            seed = SEEDS.draw(rng)
            body = bytes_of(seed.content, rng) if rng.random() < 0.95 else rng.randbytes(rng.choice([1, 50, 5_000]))
            yield Came(call(opened, seed.path, body), f"{seed.path} {shown(body)}")


def _cut(target: Target, rng: random.Random, count: int) -> Iterator[Came]:
    """Call with messages that end too soon."""
    with channel(target) as opened:
        for _ in range(count):
            seed = SEEDS.draw(rng)
            body = seed.content[: rng.randrange(len(seed.content) + 1)]
            yield Came(call(opened, seed.path, body), f"{seed.path} {shown(body)}")


def _methods(target: Target, rng: random.Random, count: int) -> Iterator[Came]:
    """Call methods that are not there, with metadata that is long or says nothing."""
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
    with channel(target) as opened:
        for _ in range(count):
            path = rng.choice([*names, SEEDS.pack.path])
            metadata = [(f"x-{number}", "a" * rng.choice([1, 900])) for number in range(rng.choice([0, 1, 8, 40]))]
            yield Came(call(opened, path, b"", *metadata), f"{path!r:.80}, {len(metadata)} of metadata")


def _streams(target: Target, rng: random.Random, count: int) -> Iterator[Came]:
    """Send ten messages a stream, most of them broken; each is a case."""
    setup = StreamPackRequest(correlation_id="setup")
    setup.setup.defaults.catalog = "catalogs/china-post"
    order = StreamPackRequest(correlation_id="1")
    order.pack.request.MergeFromString(SEEDS.pack.content)
    good = [setup.SerializeToString(), order.SerializeToString()]
    with channel(target) as opened:
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


def _opening(rng: random.Random) -> bytes:
    return PREFACE + _frame(SETTINGS, 0, 0, b"") if rng.random() < 0.9 else PREFACE


def _garbage(rng: random.Random) -> bytes:
    """Return what is no HTTP/2."""
    kinds: tuple[Callable[[], bytes], ...] = (
        lambda: rng.randbytes(rng.choice([1, 24, 1_000, 100_000])),
        lambda: b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        lambda: b"POST /%s HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}" % SEEDS.pack.path.encode(),
        lambda: b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + rng.randbytes(500),
        lambda: PREFACE[: rng.randrange(len(PREFACE))],
        lambda: bytes_of(PREFACE, rng),
        lambda: b"",
    )
    return rng.choice(kinds)()


def _frames(rng: random.Random) -> bytes:
    """Return frames of HTTP/2 that make no sense together."""
    count = rng.choice([1, 3, 30])
    return _opening(rng) + b"".join(
        _frame(
            rng.randrange(12),
            rng.randrange(256),
            rng.choice([0, 1, 2, 3, 2**31 - 1]),
            rng.randbytes(rng.choice([0, 1, 4, 8, 60])),
        )
        for _ in range(count)
    )


def _flood(rng: random.Random) -> bytes:
    """Return many frames of one kind, or a head that goes on."""
    call_head = _head(f"/{SEEDS.pack.path}")
    count = rng.choice([10, 100, 1_000])
    kinds: tuple[Callable[[], bytes], ...] = (
        lambda: _frame(SETTINGS, 0, 0, b"\x00\x04\x00\x00\x00\x00") * count,
        lambda: _frame(PING, 0, 0, b"12345678") * count,
        lambda: _frame(WINDOW_UPDATE, 0, 0, b"\x7f\xff\xff\xff") * count,
        lambda: _frame(HEADERS, 0, 1, call_head) + _frame(CONTINUATION, 0, 1, b"\x00\x01a\x01b" * 100) * count,
        lambda: b"".join(
            _frame(HEADERS, END_HEADERS, 2 * at + 1, call_head) + _frame(RST_STREAM, 0, 2 * at + 1, b"\x00\x00\x00\x08")
            for at in range(count)
        ),
        lambda: _frame(HEADERS, END_HEADERS, 1, call_head) + _frame(DATA, 0, 1, b"") * count,
        lambda: _frame(HEADERS, END_HEADERS, 1, b"\x82" * count),
    )
    return _opening(rng) + rng.choice(kinds)()


def _unfinished(rng: random.Random) -> bytes:
    """Return a call whose message is shorter or longer than it says, or is said to be compressed."""
    content = SEEDS.pack.content
    length = rng.choice([0, 1, len(content) - 1, len(content) + 1, 2**24, 2**32 - 1])
    message = (
        bytes([rng.choice([0, 0, 1, 255])]) + struct.pack(">I", length) + content[: rng.choice([0, 5, len(content)])]
    )
    flags = rng.choice([0, END_STREAM])
    return (
        _opening(rng) + _frame(HEADERS, END_HEADERS, 1, _head(f"/{SEEDS.pack.path}")) + _frame(DATA, flags, 1, message)
    )


def _raw(make: Callable[[random.Random], bytes]) -> Callable[[Target, random.Random, int], Iterator[Came]]:
    def run(target: Target, rng: random.Random, count: int) -> Iterator[Came]:
        for _ in range(count):
            sent = make(rng)
            found = raw(target.port, sent)
            yield Came("timeout" if found is None else _ending(found), shown(sent))

    return run


def _ending(found: bytes) -> str:
    """Return what the server said last over HTTP/2."""
    kinds = []
    with contextlib.suppress(IndexError):
        while found:
            kinds.append(found[3])
            found = found[9 + int.from_bytes(found[:3], "big") :]
    if GOAWAY in kinds:
        return "sent away"
    return "answered" if HEADERS in kinds or RST_STREAM in kinds else "closed"


CLEAN = (
    *("OK", "INVALID_ARGUMENT", "NOT_FOUND", "UNIMPLEMENTED", "FAILED_PRECONDITION", "ALREADY_EXISTS", "ABORTED"),
    *("RESOURCE_EXHAUSTED", "OUT_OF_RANGE", "DEADLINE_EXCEEDED DEADLINE_BEFORE_PLAN"),
)
ENDED = ("sent away", "answered", "closed")

OVER_GRPC = (
    Family("messages with bytes changed", "gRPC", 16_000, _messages, may=CLEAN),
    Family("messages cut short", "gRPC", 4_000, _cut, may=CLEAN),
    Family("unknown methods, long metadata", "gRPC", 1_000, _methods, may=CLEAN),
    Family("messages of streams with bytes changed", "gRPC", 3_000, _streams, may=("answered", "not answered", *CLEAN)),
    Family("bytes that are no HTTP/2", "gRPC", 1_000, _raw(_garbage), may=ENDED),
    Family("frames of HTTP/2 at random", "gRPC", 1_500, _raw(_frames), may=ENDED),
    Family("floods of frames", "gRPC", 400, _raw(_flood), may=ENDED),
    Family("messages that are not as long as they say", "gRPC", 800, _raw(_unfinished), may=ENDED),
)
"""Cases over gRPC for the server that anybody may call."""
