"""The cheapest way to split a few plain units over parcels, found as a plan finds it.

A plan takes the partition of the units whose parcels come to the least, each in the cheapest box that takes it
(``selection/partition.py``). Here too a part counts at the cheapest box that the comparing proofs leave it until the
engine was asked about it, and it is asked only about parts that the cheapest partition needs. Which of several
partitions of one price a plan takes depends on how its search went: then this settles nothing.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from boxwright.selection.partition import NO_PRICE, splits_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from boxwright.evaluation.plain import Counts, Lot, PlainOrder
    from boxwright.evaluation.shelf import Room
    from boxwright.packing.problem import Layout


class UnsettledError(Exception):
    """The short way does not settle an order."""


@dataclass(frozen=True, slots=True)
class Laid:
    """Some units in the cheapest box that takes them.

    Attributes
    ----------
    room, lot : Room, Lot
        The box, and what goes into it.
    layout : Layout or None
        How several units lie in it; None of a unit alone, and of two of which that is of no account.
    """

    room: Room
    lot: Lot
    layout: Layout | None


class Splits:
    """The splits of some units over two or more parcels, at what is known of the price of each part.

    Parameters
    ----------
    asked : PlainOrder
        The order.
    rooms : callable
        The boxes that bear a lot, by rising price.
    lay : callable
        Lay a lot of several units into a room as a plan lays it; None where it is refused.

    Attributes
    ----------
    least : int
        No split is cheaper, as ``Room.number``; ``NO_PRICE`` where there is none.

    Raises
    ------
    UnsettledError
        If ``rooms`` or ``lay`` raise it.
    """

    def __init__(
        self, asked: PlainOrder, rooms: Callable[[Lot], Sequence[Room]], lay: Callable[[Lot, Room], Layout | None]
    ) -> None:
        self._asked, self._lay = asked, lay
        self._division = _division(asked.whole.counts)
        self._lots = [asked.lots[part] for part in self._division.parts]
        self._bearing = [rooms(lot) for lot in self._lots[:-1]]
        self._rooms: list[Iterator[Room]] = []
        self._room: list[Room | None] = []
        self._layouts: dict[int, Layout] = {}
        self._own = [found[0].number if found else NO_PRICE for found in self._bearing] + [NO_PRICE]
        self._weigh()

    def compared(self) -> bool:
        """Ask the comparing proofs, too, unless that is done; return whether they were asked now.

        Until then a part counts at the cheapest box that bears it: mostly that is enough to know that one parcel is
        cheaper.
        """
        if self._rooms or not self._bearing:
            return False
        self._rooms = [
            self._asked.fitting(lot, rooms) for lot, rooms in zip(self._lots[:-1], self._bearing, strict=True)
        ]
        self._room = [next(each, None) for each in self._rooms]
        self._own = [NO_PRICE if room is None else room.number for room in self._room] + [NO_PRICE]
        self._weigh()
        return True

    def _weigh(self) -> None:
        """Work out what each part comes to at least, in one parcel or several."""
        own = self._own
        self._least = least = list[int]()
        for price, ways in zip(own, self._division.ways, strict=True):
            for one, rest in ways:
                both = own[one] + least[rest]
                if both < price:
                    price = both
            least.append(price)
        self.least = least[-1]

    def tell_more(self) -> bool:
        """Lay a part that a cheapest split rests on and that was not laid; return whether there was one."""
        for split in itertools.islice(self._cheapest(len(self._lots) - 1), 2):
            for part in split:
                if self._lots[part].load[1] and part not in self._layouts:
                    self._tell(part)
                    return True
        return False

    def _tell(self, part: int) -> None:
        room = self._room[part]
        assert room is not None  # it is in a split that has a price
        layout = self._lay(self._lots[part], room)
        if layout is not None:
            self._layouts[part] = layout
            return
        room = self._room[part] = next(self._rooms[part], None)
        self._own[part] = NO_PRICE if room is None else room.number
        self._weigh()

    def parcels(self) -> list[Laid]:
        """Return the parcels of the cheapest split in a plan's order, once there is no more to tell.

        Raises
        ------
        UnsettledError
            If several splits come to the same, or it is open which of two parcels comes first.
        """
        cheapest = list(itertools.islice(self._cheapest(len(self._lots) - 1), 2))
        if len(cheapest) != 1:
            raise UnsettledError
        found = [
            (-room.box.inner_volume_um3, self._division.leads[part], part, room)
            for part in cheapest[0]
            if (room := self._room[part]) is not None
        ]
        # A plan lists large boxes first, of equals that with the first of the units: so they stand already. Parts that
        # both have units of that kind get theirs as its search came to them.
        found.sort(key=lambda each: each[0])
        if any(one[:2] == two[:2] and one[2] != two[2] for one, two in itertools.pairwise(found)):
            raise UnsettledError
        return [Laid(room, self._lots[part], self._layouts.get(part)) for _, _, part, room in found]

    def _cheapest(self, whole: int, last: int | None = None) -> Iterator[tuple[int, ...]]:
        """Yield the partitions of a part that come to its least price, each once.

        Parts that begin with the same kind fall, so that of two no order is another partition; ``last`` is the part
        taken before.
        """
        own, least, leads = self._own, self._least, self._division.leads
        if least[whole] >= NO_PRICE:
            return
        most = len(own) if last is None or leads[last] != leads[whole] else last
        if own[whole] == least[whole] and whole <= most:
            yield (whole,)
        for one, rest in self._division.ways[whole]:
            if one <= most and own[one] + least[rest] == least[whole]:
                yield from ((one, *others) for others in self._cheapest(rest, one))


@dataclass(frozen=True, slots=True)
class _Division:
    """Every part of some units, few units first, the whole last; parts are named by their place.

    Attributes
    ----------
    parts : tuple of Counts
        The parts.
    leads : tuple of int
        Of each the first kind that it has units of.
    ways : tuple of tuple of (int, int)
        Of each the ways to take a part with units of that kind, and what is left.
    """

    parts: tuple[Counts, ...]
    leads: tuple[int, ...]
    ways: tuple[tuple[tuple[int, int], ...], ...]


@lru_cache(maxsize=1_024)
def _division(whole: Counts) -> _Division:
    every = [each for each in itertools.product(*(range(count + 1) for count in whole)) if any(each)]
    every.sort(key=lambda each: (sum(each), each))
    place = {part: number for number, part in enumerate(every)}
    return _Division(
        tuple(every),
        tuple(next(kind for kind, count in enumerate(part) if count) for part in every),
        tuple(tuple((place[one], place[rest]) for one, rest in splits_of(part)) for part in every),
    )
