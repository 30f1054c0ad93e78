"""The Bischoff-Ratcliff classes 8 to 15, containers with many kinds of units, drawn by the published procedure.

The procedure is that of Bischoff and Ratcliff (Issues in the development of approaches to container loading, Omega
23(4), 1995), which made classes 1 to 7; classes 8 to 15 have the numbers of kinds of Davies and Bischoff (Weight
distribution considerations in container loading, European Journal of Operational Research 114(3), 1999). The random
numbers differ from the published ones, so the instances do too.
"""

import random
from collections.abc import Iterator

Kind = tuple[tuple[int, int, int], tuple[bool, bool, bool], int]
"""Edges in cm, longest first; for each, whether it may be vertical; number of units."""

CONTAINER_CM = (587, 233, 220)
KINDS = {8: 30, 9: 40, 10: 50, 11: 60, 12: 70, 13: 80, 14: 90, 15: 100}
"""Number of kinds of units, by class."""
INSTANCES = 20
"""Number of instances of each class."""
_RANGES_CM = ((30, 120), (25, 100), (20, 80))
_STABLE = 2
"""An edge may be vertical if it is shorter than this multiple of the shortest."""


def drawn(number: int, count: int | None = None) -> Iterator[list[Kind]]:
    """Yield the kinds of the first ``count`` instances of a class, by default of all."""
    for instance in range(INSTANCES)[:count]:
        yield _kinds(random.Random(100 * number + instance), KINDS[number])


def _kinds(draw: random.Random, kinds: int) -> list[Kind]:
    """Draw edges, then units of random kinds until the next exceeds the volume of the container."""
    edges = [sorted((draw.randint(*limits) for limits in _RANGES_CM), reverse=True) for _ in range(kinds)]
    volumes = [length * width * height for length, width, height in edges]
    counts = [1] * kinds
    room = CONTAINER_CM[0] * CONTAINER_CM[1] * CONTAINER_CM[2] - sum(volumes)
    while True:
        kind = draw.randrange(kinds)
        if volumes[kind] > room:
            return [
                ((length, width, height), (length < _STABLE * height, width < _STABLE * height, True), count)
                for (length, width, height), count in zip(edges, counts, strict=True)
            ]
        counts[kind] += 1
        room -= volumes[kind]
