"""Which spaces beside heavy units are to be blocked, in words."""

import math
from collections.abc import Iterator, Mapping, Sequence

from boxwright import fuse
from boxwright.domain.plan import EmptySpace, Parcel
from boxwright.planning.answers.bench_phrases import Phrases, counted, listed
from boxwright.planning.parts.placed import corners_um

_MOST_NAMED = 4
"""Spaces that are named one by one; of more, the rest are counted."""


class ToBlock:
    """The spaces of a parcel that need blocking.

    Parameters
    ----------
    parcel : Parcel
        The parcel.
    spaces : sequence of EmptySpace
        All its empty spaces.
    heavy : mapping of str to bool
        Whether fill alone does not hold the units of a line.
    phrases : Phrases
        The language.
    """

    def __init__(
        self, parcel: Parcel, spaces: Sequence[EmptySpace], heavy: Mapping[str, bool], phrases: Phrases
    ) -> None:
        self._parcel, self._heavy, self._phrases = parcel, heavy, phrases
        self._spaces = [each for each in spaces if each.needs_blocking]

    def __bool__(self) -> bool:
        return bool(self._spaces)

    @property
    def litres(self) -> float:
        """Their volume together."""
        return sum(math.prod(each.extent_um) for each in self._spaces) / 1e15

    def where(self) -> str:
        """Return where they are, by the heavy units that can move into them."""
        sides = list(dict.fromkeys(side for each in self._spaces for side in self._sides(each)))
        named = sides[:_MOST_NAMED]
        said = counted(self._phrases.spaces, len(named), sides=listed(named, self._phrases.last))
        if more := len(sides) - len(named):
            return listed((said, self._phrases.more_spaces.format(count=more)), self._phrases.last)
        return said

    def _sides(self, space: EmptySpace) -> Iterator[str]:
        """Yield on which side of which heavy unit a space is."""
        fuse.look()
        low = space.corner_um
        high = tuple(start + edge for start, edge in zip(low, space.extent_um, strict=True))
        corners = corners_um(self._parcel.placements).tolist()
        for number, (placed, unit) in enumerate(zip(self._parcel.placements, corners, strict=True), start=1):
            if not self._heavy[placed.line_id]:
                continue
            for axis in (0, 1):
                others = [other for other in range(3) if other != axis]
                if all(low[other] < unit[other + 3] and unit[other] < high[other] for other in others):
                    for side, touches in ((1, low[axis] == unit[axis + 3]), (-1, high[axis] == unit[axis])):
                        if touches:
                            yield self._phrases.neighbours[axis, side].format(unit=number)
