"""Calls that stay open: streams, batches and watches, to take every place from everyone else."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

from grpc_health.v1 import health_pb2, health_pb2_grpc

from benchmarks.attacks.attack import Attack, channel_to, code_of, packing, tally
from benchmarks.attacks.orders import mixed
from benchmarks.attacks.server import AttackedServer
from boxwright.v1.packing_service_pb2 import BatchPackRequest, StreamPackRequest, StreamPackResponse

HELD_S = 5.0
"""How long calls are held open, in seconds."""


def _setup(released: threading.Event) -> Iterator[StreamPackRequest]:
    """Send a setup, then nothing until released."""
    setup = StreamPackRequest(correlation_id="0")
    setup.setup.SetInParent()
    yield setup
    released.wait()


def _idle_streams(server: AttackedServer, count: int, then: Callable[[], str]) -> str:
    """Hold streams open over ten connections while something is done; say how many were taken."""
    released = threading.Event()
    with ExitStack() as stack:
        channels = [stack.enter_context(channel_to(server, number)) for number in range(10)]
        streams = [packing(channels[number % 10]).StreamPack(_setup(released)) for number in range(count)]
        codes = [code_of(lambda stream=stream: next(stream)) for stream in streams]
        said = then()
        released.set()
        for stream in streams:
            stream.cancel()
    return f"{tally(codes)}{said}"


def _streams_of_orders(server: AttackedServer) -> str:
    """Send 17 streams of 16 orders of 200 units."""

    def sent() -> Iterator[StreamPackRequest]:
        for number in range(16):
            message = StreamPackRequest(correlation_id=str(number))
            message.pack.request.CopyFrom(mixed(200))
            yield message

    answers: list[StreamPackResponse] = []
    with ExitStack() as stack:
        channels = [stack.enter_context(channel_to(server, number)) for number in range(17)]
        streams = [packing(channel).StreamPack(sent(), timeout=60) for channel in channels]
        codes = [code_of(lambda stream=stream: answers.extend(stream)) for stream in streams]
    answered = sum(each.HasField("result") for each in answers)
    return f"{answered} of {17 * 16} answered; {tally(codes)}"


def _watches(server: AttackedServer) -> str:
    """Watch health 2,000 times."""
    with ExitStack() as stack:
        channels = [stack.enter_context(channel_to(server, number)) for number in range(10)]
        stubs: list[Any] = [health_pb2_grpc.HealthStub(channel) for channel in channels]
        watches = [stubs[number % 10].Watch(health_pb2.HealthCheckRequest()) for number in range(2_000)]
        codes = [code_of(lambda watch=watch: next(watch)) for watch in watches]
        time.sleep(HELD_S)
        for watch in watches:
            watch.cancel()
    return tally(codes)


def _batches(server: AttackedServer) -> str:
    """Send 40 batches of 100 small orders at once."""
    request = BatchPackRequest(requests=[mixed(20)] * 100)
    with channel_to(server) as channel:
        calls = [packing(channel).BatchPack.future(request, timeout=60) for _ in range(40)]
        return tally([code_of(call.result) for call in calls])


def _hold() -> str:
    time.sleep(HELD_S)
    return ""


OPEN_CALLS = (
    Attack("17 streams of 16 orders of 200 units", _streams_of_orders),
    Attack("2,000 idle streams", lambda server: _idle_streams(server, 2_000, _hold)),
    Attack("2,000 watches of health", _watches),
    Attack("40 batches of 100 orders of 20 units", _batches),
    Attack(
        "SIGTERM with 100 idle streams, grace 20 s",
        lambda server: _idle_streams(server, 100, lambda: f"; {server.stop(60)}"),
    ),
)
"""Attacks on the places for calls."""
