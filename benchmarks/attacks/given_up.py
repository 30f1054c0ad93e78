"""Costly orders, most of them given up long before they are planned."""

import time
from collections.abc import Callable
from functools import partial

from benchmarks.attacks.attack import Attack, channel_to, code_of, packing, tally
from benchmarks.attacks.orders import (
    alone,
    grouped,
    many_boxes,
    many_boxes_for_many_units,
    many_parcels,
    mixed,
    soft_goods,
)
from benchmarks.attacks.server import AttackedServer
from boxwright.v1.packing_service_pb2 import BatchPackRequest, PackRequest, StreamPackRequest


def _together(
    make: Callable[[], PackRequest], times: int, deadline_s: float, server: AttackedServer, *, ids: bool = False
) -> str:
    """Send the same order several times at once; say how the calls ended."""
    with channel_to(server) as channel:
        calls = []
        for number in range(times):
            request = make()
            request.request_id = f"attack-{number}" if ids else ""
            calls.append(packing(channel).Pack.future(request, timeout=deadline_s))
        return tally([code_of(call.result) for call in calls])


def _batch(server: AttackedServer) -> str:
    with channel_to(server) as channel:
        request = BatchPackRequest(requests=[mixed(800)] * 20)
        return code_of(partial(packing(channel).BatchPack, request, timeout=0.5))


def _stream(server: AttackedServer) -> str:
    messages = [StreamPackRequest(correlation_id=str(number)) for number in range(16)]
    for message in messages:
        message.pack.request.CopyFrom(mixed(800))
    with channel_to(server) as channel:
        return code_of(lambda: list(packing(channel).StreamPack(iter(messages), timeout=0.5)))


def _stopped(server: AttackedServer) -> str:
    with channel_to(server) as channel:
        calls = [packing(channel).Pack.future(mixed(2_000, thorough=True), timeout=60) for _ in range(4)]
        time.sleep(0.5)
        ended = server.stop(30)
        return f"{ended}; {tally([code_of(call.result) for call in calls])}"


GIVEN_UP = (
    Attack(
        "2 orders of 520 units that need over 85 parcels, 1 s", partial(_together, partial(many_parcels, 520), 2, 1)
    ),
    Attack("1 order of 800 units, 50 ms", partial(_together, partial(mixed, 800), 1, 0.05)),
    Attack("6 orders of 2,000 units, 50 ms", partial(_together, partial(mixed, 2_000), 6, 0.05)),
    Attack("50 orders of 2,000 units with ids, 0.5 s", partial(_together, partial(mixed, 2_000), 50, 0.5, ids=True)),
    Attack("batch of 20 orders of 800 units, 0.5 s", _batch),
    Attack("stream of 16 orders of 800 units, 0.5 s", _stream),
    Attack("50 units, 100 inline boxes, every option, no deadline", partial(_together, many_boxes, 2, 300)),
    Attack("40 soft goods, every option, no deadline", partial(_together, soft_goods, 2, 300)),
    Attack(
        "2,000 mixed units, thorough, every option, no deadline",
        partial(_together, partial(mixed, 2_000, thorough=True, everything=True), 2, 300),
    ),
    Attack(
        "10,000 inline boxes for 2,000 units, no deadline",
        partial(_together, partial(many_boxes_for_many_units, 10_000, 2_000), 1, 300),
    ),
    Attack("2,000 units in a parcel each, no deadline", partial(_together, partial(alone, 2_000), 1, 300)),
    Attack(
        "1,000 units in pairs, no deadline",
        partial(_together, partial(grouped, 1_000, "keep_together_group", 2), 1, 300),
    ),
    Attack(
        "2,000 units kept apart, no deadline",
        partial(_together, partial(grouped, 2_000, "keep_apart_group", 1), 1, 300),
    ),
    Attack("SIGTERM with 4 orders of 2,000 units, grace 1 s", _stopped, {"grace_s": 1}),
)
"""Attacks on the planning threads."""
