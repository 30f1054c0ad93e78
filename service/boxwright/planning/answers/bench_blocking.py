"""Which spaces are to be blocked, in words."""

from collections.abc import Iterator, Sequence

from boxwright.domain.plan import EmptySpace, Parcel
from boxwright.planning.answers.bench_phrases import Phrases, counted, listed
from boxwright.planning.parts.placed import corners_um

_MOST_NAMED = 4
"""Spaces that are named one by one; of more, the rest are counted."""


def blocked_where(parcel: Parcel, spaces: Sequence[EmptySpace], phrases: Phrases) -> str:
    """Return where the spaces of a parcel are that are to be blocked, by the units that can move into them."""
    sides = list(dict.fromkeys(side for space in spaces for side in _sides(parcel, space, phrases)))
    named = sides[:_MOST_NAMED]
    said = counted(phrases.spaces, len(named), sides=listed(named, phrases.last))
    if more := len(sides) - len(named):
        return listed((said, phrases.more_spaces.format(count=more)), phrases.last)
    return said


def _sides(parcel: Parcel, space: EmptySpace, phrases: Phrases) -> Iterator[str]:
    """Yield on which side of which unit a space is."""
    low = space.corner_um
    high = tuple(start + edge for start, edge in zip(low, space.extent_um, strict=True))
    for number, unit in enumerate(corners_um(parcel.placements).tolist(), start=1):
        for axis in (0, 1):
            others = [other for other in range(3) if other != axis]
            if all(low[other] < unit[other + 3] and unit[other] < high[other] for other in others):
                for side, touches in ((1, low[axis] == unit[axis + 3]), (-1, high[axis] == unit[axis])):
                    if touches:
                        yield phrases.neighbours[axis, side].format(unit=number)
