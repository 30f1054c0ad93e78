"""Which envelopes share a stretch of an axis: the candidates that are then looked at in pairs."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from operator import attrgetter

from boxwright.checking.envelope import Envelope
from boxwright.stop import NEVER, Stop

_ENDS = {axis: (attrgetter(f"{axis}0"), attrgetter(f"{axis}1")) for axis in "xyz"}


def sweep(envelopes: Sequence[Envelope], axes: str, stop: Stop = NEVER) -> Iterator[tuple[Envelope, list[Envelope]]]:
    """Yield each envelope with those that begin after it, and before it ends, along one axis.

    The axis is the one of ``axes`` on which the envelopes are shortest beside the stretch that they take together, so
    that few meet: about ``n ** (2 / 3)`` of n in a full box.
    """
    if len(envelopes) < 2:
        return
    spans = []
    for axis in axes:
        stop.look()
        low, high = _ENDS[axis]
        lows, highs = list(map(low, envelopes)), list(map(high, envelopes))
        spans.append(((sum(highs) - sum(lows)) / (max(highs) - min(lows)), axis))
    low, high = _ENDS[min(spans)[1]]
    ordered = sorted(envelopes, key=low)
    lows = list(map(low, ordered))
    for position, each in enumerate(ordered, 1):
        stop.look()
        yield each, ordered[position : bisect_left(lows, high(each), position)]
