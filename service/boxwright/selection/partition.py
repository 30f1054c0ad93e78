"""Exact partition of small orders: every way to split the units over parcels, by dynamic programming."""

import functools
import itertools
import operator
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from boxwright.packing.problem import Ints
from boxwright.selection.model import PackedBox, Price, add
from boxwright.stop import NEVER, Stop

Counts = tuple[int, ...]
"""How many units of each kind."""
Searched = tuple[PackedBox | None, Price | None]
"""The one parcel that was found for some units, and a price that none undercuts; None where there is no parcel."""

MOST_SUBSETS, FEW_SUBSETS = 512, 128
"""Largest number of distinct sub-multisets of units for which all partitions are weighed; and up to which they are so
within limits of stock and parcels, which takes a search of each, and the best one that is found is the answer."""


def subset_count(kinds: Ints) -> int:
    """Return how many distinct sub-multisets units or bundles of the given kinds have, the empty one included."""
    subsets = 1
    for count in Counter(kinds.tolist()).values():
        subsets *= count + 1
    return subsets


@dataclass(frozen=True)
class Partition:
    """The best split of some units over parcels.

    Attributes
    ----------
    parcels : list of PackedBox
        The cheapest that was found.
    bound : Price
        No split is cheaper: the sum over the best split where each parcel counts at the cheapest box type that was
        not refused. It equals the price of ``parcels`` where nothing cheaper stayed open.
    """

    parcels: list[PackedBox]
    bound: Price


def best_partition(
    bundles: Sequence[Ints],
    kinds: Ints,
    single: Callable[[Ints], Searched],
    at_least: Callable[[Ints], Price | None],
    floors: Callable[[list[list[Ints]], Sequence[Counts]], Sequence[Price | None]],
    *,
    monotone: bool,
    stop: Stop = NEVER,
) -> Partition | None:
    """Return the cheapest partition of bundles over parcels, or None if some bundle found no parcel.

    Only parts that the cheapest partition may hold are searched: each counts at what it comes to at least until then,
    and once all parts of the cheapest partition were searched none of the others is cheaper.

    Parameters
    ----------
    bundles : sequence of int64 arrays
        Units that go together; most bundles are of one unit.
    kinds : int64, (n,)
        Kind of each bundle: same number, same units in all respects. Bundles of several units are of a kind of their
        own; units of one kind follow each other.
    single : callable
        The single-parcel search of some units.
    at_least : callable
        A price that no single parcel of some units undercuts, told without a search; None where there is no parcel.
    floors : callable
        The same, less closely, of many parts at once: of the bundles by kind, and how many of each kind a part has.
    monotone : bool
        Whether units that no box takes are not taken with more units either: then those are not tried.
    stop : Stop, optional
        Ends it with a SearchEndedError. Default: nothing does.
    """
    parts = _Parts(by_kinds(bundles, kinds), single, at_least, floors, stop, monotone=monotone)
    best = parts.cheapest(parts.price)
    while best is not None and sum(map(parts.ask, best)):
        best = parts.cheapest(parts.price)
    if best is None:
        return None
    least = parts.cheapest(parts.least)
    while least is not None and sum(map(parts.ask_fewer, least)):
        least = parts.cheapest(parts.least)
    assert least is not None  # what was found costs no less
    split = [(parts.all[part], found) for part in best if (found := parts.searched[part][0]) is not None]
    bound = [price for part in least if (price := parts.searched[part][1]) is not None]
    return Partition(stand_in(parts.by_kind, split), add(bound))


def partition_bound(
    bundles: Sequence[Ints],
    kinds: Ints,
    refused: Callable[[Ints], Price | None],
    at_least: Callable[[Ints], Price | None],
    floors: Callable[[list[list[Ints]], Sequence[Counts]], Sequence[Price | None]],
    enough: Price,
    *,
    monotone: bool,
    stop: Stop = NEVER,
) -> Price:
    """Return a price, at most ``enough``, that no partition of bundles over parcels undercuts.

    Parameters
    ----------
    bundles, kinds, at_least, floors, monotone, stop
        As for ``best_partition``. A whole that has no floor is left out: then there are two or more parcels.
    refused : callable
        The price of the cheapest parcel of some units that no proof refuses, None where all are refused.
    enough : Price
        Once no partition undercuts this, no more is asked.
    """
    by_kind, single = by_kinds(bundles, kinds), lambda some: (None, refused(some))
    parts = _Parts(by_kind, single, at_least, floors, stop, monotone=monotone)
    split: tuple[int, ...] = ()
    for ask in (parts.ask, parts.ask_fewer):
        new = 1
        while new:
            cheapest = parts.cheapest(parts.least)
            if cheapest is None or sum(parts.least.of_parts[part] for part in cheapest) >= as_number(enough):
                return enough
            split = cheapest
            new = sum(map(ask, split))
    return add([least for part in split if (least := parts.searched[part][1]) is not None])


class _Division:
    """Every part of some units, and how each splits into two; parts are named by their place.

    Parameters
    ----------
    whole : tuple of int
        How many there are of each kind.

    Attributes
    ----------
    all : list of Counts
        Every part, few units first, that of no units included.
    place : dict of Counts to int
        Where a part stands.
    """

    def __init__(self, whole: Counts) -> None:
        every = itertools.product(*(range(count + 1) for count in whole))
        self.all = sorted(every, key=lambda each: (sum(each), each))
        self.place = {part: number for number, part in enumerate(self.all)}
        self._counts = np.array(self.all)
        self._sizes = self._counts.sum(axis=1)
        # Counts as digits of a number whose digits never carry: what is left of a part is the difference.
        self._digits = np.cumprod([1, *(count + 1 for count in whole[:-1])])
        self._place = np.empty(len(self.all), dtype=np.int64)
        self._place[self._counts @ self._digits] = np.arange(len(self.all))
        self._splits: dict[int, tuple[list[int], list[int]]] = {}

    def splits(self, part: int) -> tuple[list[int], list[int]]:
        """Return every way to take a part out of a part that holds a unit of the first kind present, and what is left.

        The most even ones come first, since their halves go into a box more often.
        """
        known = self._splits.get(part)
        if known is None:
            counts = self.all[part]
            lead = next(kind for kind, count in enumerate(counts) if count)
            taken = [np.arange(kind == lead, count + 1) * self._digits[kind] for kind, count in enumerate(counts)]
            numbers = functools.reduce(np.add.outer, taken).ravel()[:-1]
            ones, rests = self._place[numbers], self._place[int(self._counts[part] @ self._digits) - numbers]
            even = np.argsort(np.abs(self._sizes[ones] - self._sizes[rests]), kind="stable")
            known = self._splits[part] = ones[even].tolist(), rests[even].tolist()
        return known

    def holding(self, part: int) -> list[int]:
        """Return the parts that hold a part, itself included."""
        holding: list[int] = np.flatnonzero((self._counts >= self._counts[part]).all(axis=1)).tolist()
        return holding


@functools.lru_cache(maxsize=64)
def _division(whole: Counts) -> _Division:
    return _Division(whole)


NO_PRICE = 1 << 1_000
"""Stands for the price of what cannot be had: no sum of prices comes near it."""


def as_number(price: Price | None) -> int:
    """Return a price as one number: sums of such numbers compare as the sums of the prices do."""
    if price is None:
        return NO_PRICE
    number = 0
    for each in price:
        number = (number << 128) + each
    return number


class _Prices:
    """A price of each part, which only rises, and the cheapest partitions at these prices.

    Parameters
    ----------
    division : _Division
        The parts.
    of_parts : sequence of int
        Their prices, as ``as_number``.
    stop : Stop
        Ends what is asked.

    Attributes
    ----------
    of_parts : list of int
        The prices as they are now.
    """

    def __init__(self, division: _Division, of_parts: Sequence[int], stop: Stop) -> None:
        self._splits, self._stop = division.splits, stop
        self.of_parts = list(of_parts)
        # Of each part the parts of its cheapest partition and their price, once it was asked for; a floor before that,
        # and again as soon as the price of one of them has risen.
        self._chosen: list[tuple[int, ...] | None] = [(), *[None] * (len(self.of_parts) - 1)]
        two = 2 * min(self.of_parts[1:])
        self._floors = [0, *(min(price, two) for price in self.of_parts[1:])]

    def cheapest(self, part: int) -> tuple[int, ...]:
        """Return the parts of the cheapest partition of a part, of equals one parcel before several."""
        self._stop.look()
        chosen = self._chosen[part]
        if chosen is not None and sum(map(self.of_parts.__getitem__, chosen)) == self._floors[part]:
            return chosen
        ones, rests = self._splits(part)
        at_least = list(map(operator.add, map(self.of_parts.__getitem__, ones), map(self._floors.__getitem__, rests)))
        price, chosen = self.of_parts[part], (part,)
        for split in sorted(range(len(ones)), key=at_least.__getitem__):
            if at_least[split] >= price:
                break
            several = (ones[split], *self.cheapest(rests[split]))
            both = sum(map(self.of_parts.__getitem__, several))
            if both < price:
                price, chosen = both, several
        self._floors[part], self._chosen[part] = price, chosen
        return chosen


class _Parts:
    """What is known of each part of some units: what a parcel of it costs at least, until it is searched.

    Parameters
    ----------
    by_kind : list of list of int64 arrays
        The bundles of each kind.
    single, at_least, floors, stop, monotone
        As for ``best_partition``.

    Attributes
    ----------
    all : list of Counts
        Every part, few units first, that of no units included; parts are named by their place here.
    price, least : _Prices
        Of each part the price of its parcel, and a price that none undercuts; the same before it is searched.
    searched : dict of int to Searched
        Of the parts that were searched.
    """

    def __init__(
        self,
        by_kind: list[list[Ints]],
        single: Callable[[Ints], Searched],
        at_least: Callable[[Ints], Price | None],
        floors: Callable[[list[list[Ints]], Sequence[Counts]], Sequence[Price | None]],
        stop: Stop,
        *,
        monotone: bool,
    ) -> None:
        self.by_kind = by_kind
        self._single, self._at_least, self._monotone = single, at_least, monotone
        self._division = _division(tuple(len(each) for each in by_kind))
        self.all = self._division.all
        self.searched: dict[int, Searched] = {}
        self._glanced: set[int] = set()
        self._settled: set[int] = set()
        numbers = [NO_PRICE, *map(as_number, floors(by_kind, self.all[1:]))]
        self.price, self.least = (_Prices(self._division, numbers, stop) for _ in range(2))

    def cheapest(self, prices: _Prices) -> tuple[int, ...] | None:
        """Return the parts of the cheapest partition of all units at some prices; None where there is none."""
        split = prices.cheapest(len(self.all) - 1)
        return None if any(prices.of_parts[part] == NO_PRICE for part in split) else split

    def ask(self, part: int) -> bool:
        """Tell more of a part: what it comes to at least, then what its search finds; return whether that was new."""
        if part in self.searched or self.least.of_parts[part] == NO_PRICE:
            return False
        if part not in self._glanced:
            self._glanced.add(part)
            price = as_number(self._at_least(self._units(part)))
            if price > self.least.of_parts[part]:
                self._set(part, price, price)
                return True
        found, price_at_least = self.searched[part] = self._single(self._units(part))
        least = max(self.least.of_parts[part], as_number(price_at_least))
        self._set(part, least, as_number(None if found is None else found.price))
        return True

    def _set(self, part: int, least: int, price: int) -> None:
        self.least.of_parts[part], self.price.of_parts[part] = least, price
        if least == NO_PRICE and self._monotone:
            for more in self._division.holding(part):
                if more not in self.searched or self.searched[more][0] is None:
                    self.least.of_parts[more] = self.price.of_parts[more] = NO_PRICE

    def ask_fewer(self, part: int) -> bool:
        """Search a part; where it stays open and has no parcel, its parts, which may be refused; return as ``ask``.

        Units that are refused are so with others as well, but not every proof sees them among more.
        """
        if self.ask(part):
            return True
        least = self.least.of_parts
        open_still = least[part] < NO_PRICE and self.price.of_parts[part] == NO_PRICE
        if not self._monotone or not open_still or part in self._settled:
            return False
        self._settled.add(part)
        for fewer in self._fewer(part):
            while least[part] < NO_PRICE and self.ask_fewer(fewer):
                pass
        return True

    def _fewer(self, part: int) -> Iterator[int]:
        """Yield the parts with one unit less, but for that of none."""
        return (self._division.place[fewer] for fewer in one_fewer(self.all[part]) if any(fewer))

    def _units(self, part: int) -> Ints:
        return units_of(self.by_kind, (0,) * len(self.by_kind), self.all[part])


def by_kinds(bundles: Sequence[Ints], kinds: Ints) -> list[list[Ints]]:
    """Return the bundles of each kind."""
    return [
        [bundle for bundle, own in zip(bundles, kinds.tolist(), strict=True) if own == kind]
        for kind in np.unique(kinds).tolist()
    ]


def stand_in(by_kind: list[list[Ints]], split: Sequence[tuple[Counts, PackedBox]]) -> list[PackedBox]:
    """Return the parcels of a split with units of their own: each was packed with the first of every kind."""
    parcels = []
    used = (0,) * len(by_kind)
    for part, packed in split:
        firsts = units_of(by_kind, (0,) * len(by_kind), part)
        real = dict(zip(firsts.tolist(), units_of(by_kind, used, part).tolist(), strict=True))
        chosen = np.array([real[member] for member in packed.members.tolist()], dtype=np.int64)
        parcels.append(replace(packed, members=chosen))
        used = tuple(before + taken for before, taken in zip(used, part, strict=True))
    return parcels


def one_fewer(counts: Counts) -> Iterator[Counts]:
    """Yield the counts with one unit less."""
    for kind, count in enumerate(counts):
        if count:
            yield (*counts[:kind], count - 1, *counts[kind + 1 :])


def splits_of(counts: Counts) -> Iterator[tuple[Counts, Counts]]:
    """Yield every way to take a part that holds a unit of the first kind present, and what is left.

    Every partition has such a part, so that only it is varied.
    """
    lead = next(kind for kind, count in enumerate(counts) if count)
    for part in itertools.product(*(range(count + 1) for count in counts)):
        if part[lead] and part != counts:
            yield part, tuple(count - taken for count, taken in zip(counts, part, strict=True))


def units_of(by_kind: list[list[Ints]], used: Counts, counts: Counts) -> Ints:
    """Return the units of ``counts`` bundles of each kind, after those already used."""
    parts = [
        bundle
        for bundles, start, count in zip(by_kind, used, counts, strict=True)
        for bundle in bundles[start : start + count]
    ]
    return np.sort(np.concatenate(parts))
