"""Exact partition of small orders: every way to split the units over parcels, by dynamic programming."""

import functools
import itertools
import math
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from boxwright.lazy import cached_property
from boxwright.packing.problem import Ints
from boxwright.selection.model import PackedBox, ParcelModel, Price, add
from boxwright.stop import NEVER, Stop

Counts = tuple[int, ...]
"""A part of some units: how many bundles of each kind."""
Searched = tuple[PackedBox | None, Price | None]
"""The one parcel that was found for some units, and a price that none undercuts; None where there is no parcel."""
Told = Callable[[Ints], Price | None]
"""Tells of some units a price that no single parcel of them undercuts; None where there is no parcel."""
Floors = Callable[[Sequence[Counts]], Sequence[Price | None]]
"""Tells the same, less closely, of many parts at once."""

MOST_SUBSETS, FEW_SUBSETS = 512, 128
"""Largest number of parts for which all partitions are weighed; and up to which they are so within limits of stock and
parcels, which takes a search of each, and the best one that is found is the answer."""
MOST_STATES = 400
"""Most ways to have used boxes and parcels that are kept side by side for some units; beyond it there is no answer."""


@dataclass(frozen=True)
class Bundles:
    """Some units in inseparable bundles, most of one unit, by kind: those of a kind stand in for each other.

    ``by_kind`` has the units of each bundle, int64 (n,). A bundle of several units is of a kind of its own.
    """

    by_kind: list[list[Ints]]

    @classmethod
    def of(cls, model: ParcelModel, members: Ints) -> "Bundles":
        """Return the bundles of members, int64 (n,), ascending."""
        kinds = model.protect(members).kinds
        by_kind: dict[int, list[Ints]] = {}
        for number, bundle in enumerate(model.admission.bundles(members)):
            kind = kinds[np.searchsorted(members, bundle[0])] if len(bundle) == 1 else len(members) + number
            by_kind.setdefault(int(kind), []).append(bundle)
        return cls([by_kind[kind] for kind in sorted(by_kind)])

    @cached_property
    def whole(self) -> Counts:
        """All of them."""
        return tuple(map(len, self.by_kind))

    @property
    def count(self) -> int:
        """How many parts there are, that of no units included."""
        return math.prod(count + 1 for count in self.whole)

    def units(self, part: Counts, used: Counts | None = None) -> Ints:
        """Return the units of a part, int64 (k,), ascending: the first ones, or those after others already used."""
        starts = used or (0,) * len(part)
        taken = zip(self.by_kind, starts, part, strict=True)
        return np.sort(np.concatenate([each for of, start, count in taken for each in of[start : start + count]]))

    def stand_in(self, split: Sequence[tuple[Counts, PackedBox]]) -> list[PackedBox]:
        """Return the parcels of a split with units of their own: each was packed with the first of every kind."""
        parcels = []
        used = (0,) * len(self.by_kind)
        for part, packed in split:
            real = dict(zip(self.units(part).tolist(), self.units(part, used).tolist(), strict=True))
            chosen = np.array([real[member] for member in packed.members.tolist()], dtype=np.int64)
            parcels.append(replace(packed, members=chosen))
            used = tuple(map(operator.add, used, part))
        return parcels


def parts_of(whole: Counts) -> list[Counts]:
    """Return every part of some bundles, few of them first, that of none included."""
    return sorted(itertools.product(*(range(count + 1) for count in whole)), key=lambda each: (sum(each), each))


@dataclass(frozen=True)
class Partition:
    """The cheapest split of some units over parcels that was found.

    No split is cheaper than ``bound``: the sum over the best split where each parcel counts at the cheapest box type
    that was not refused. It equals the price of ``parcels`` where nothing cheaper stayed open.
    """

    parcels: list[PackedBox]
    bound: Price


NO_PRICE = 1 << 1_000
"""Stands for the price of what cannot be had: no sum of prices comes near it."""


def _as_number(price: Price | None, empty: int = 0) -> int:
    """Return a price as one number: sums compare as sums of the prices do, equal ones by the sums of ``empty``."""
    if price is None:
        return NO_PRICE
    number = 0
    for each in price:
        number = (number << 128) + each
    return (number << 32) + empty  # of at most 512 units the sum has 27 bits


@functools.lru_cache(maxsize=64)
class _Division:
    """How each part of some units splits into two; parts are named by their place among ``all``."""

    def __init__(self, whole: Counts) -> None:
        self.all = parts_of(whole)
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


class Partitions:
    """The partitions of bundles over parcels, the cheapest first: what a parcel of each part costs.

    Of partitions of equal units at the same price, few and full parcels with one small rest come before even ones.

    Each part counts at what ``floors`` and ``at_least`` tell until ``single`` has searched it, and only parts that the
    cheapest partition may hold are searched. Where boxes are ``monotone``, units that no box takes are not taken with
    more units either: then those are not tried.
    """

    def __init__(
        self,
        bundles: Bundles,
        single: Callable[[Ints], Searched],
        at_least: Told,
        floors: Floors,
        stop: Stop = NEVER,
        *,
        monotone: bool,
    ) -> None:
        self._bundles, self._single, self._at_least = bundles, single, at_least
        self._stop, self._monotone = stop, monotone
        self._division = _Division(bundles.whole)
        self._all = self._division.all
        self._searched: dict[int, Searched] = {}
        self._glanced: set[int] = set()
        self._settled: set[int] = set()
        # Sums of squares are the larger the fuller parcels are.
        count = bundles.whole[0] if len(bundles.whole) == 1 else 0
        self._empty = [count and count**2 - part[0] ** 2 for part in self._all]
        self._least = [NO_PRICE, *map(_as_number, floors(self._all[1:]), self._empty[1:])]

    def best(self) -> Partition | None:
        """Return the cheapest partition, or None if some bundle found no parcel."""
        self._count(found=True)
        while (best := self._cheapest()) is not None and sum(map(self._ask, best)):
            pass
        if best is None:
            return None
        self._count(found=False)
        while (least := self._cheapest()) is not None and sum(map(self._ask_fewer, least)):
            pass
        assert least is not None  # what was found costs no less
        split = [(self._all[part], found) for part in best if (found := self._searched[part][0]) is not None]
        return Partition(self._bundles.stand_in(split), self._sum(least))

    def bound(self, enough: Price) -> Price:
        """Return a price, at most ``enough``, that no partition undercuts, as far as ``single`` refuses parcels.

        A whole that has no floor is left out: then there are two or more parcels.
        """
        self._count(found=False)
        split: tuple[int, ...] = ()
        for ask in (self._ask, self._ask_fewer):
            new = 1
            while new:
                cheapest = self._cheapest()
                if cheapest is None or sum(map(self._prices.__getitem__, cheapest)) >= _as_number(enough):
                    return enough
                split = cheapest
                new = sum(map(ask, split))
        return self._sum(split)

    def _count(self, *, found: bool) -> None:
        """Let parts that were searched count at what was found for them, else at what they cost at least."""
        self._by_found, self._prices = found, list(self._least)
        # Of each part the parts of its cheapest partition and their price, once it was asked for; a floor before that,
        # and again as soon as the price of one of them has risen. Prices only rise.
        self._chosen: list[tuple[int, ...] | None] = [(), *[None] * (len(self._prices) - 1)]
        two = 2 * min(self._prices[1:])
        self._floors = [0, *(min(price, two) for price in self._prices[1:])]

    def _cheapest(self) -> tuple[int, ...] | None:
        """Return the parts of the cheapest partition of all units; None where there is none."""
        split = self._cheapest_of(len(self._all) - 1)
        return None if any(self._prices[part] == NO_PRICE for part in split) else split

    def _cheapest_of(self, part: int) -> tuple[int, ...]:
        """Return the parts of the cheapest partition of a part, of equals one parcel before several."""
        self._stop.look()
        chosen, prices = self._chosen[part], self._prices
        if chosen is not None and sum(map(prices.__getitem__, chosen)) == self._floors[part]:
            return chosen
        ones, rests = self._division.splits(part)
        at_least = list(map(operator.add, map(prices.__getitem__, ones), map(self._floors.__getitem__, rests)))
        price, chosen = prices[part], (part,)
        for split in sorted(range(len(ones)), key=at_least.__getitem__):
            if at_least[split] >= price:
                break
            several = (ones[split], *self._cheapest_of(rests[split]))
            both = sum(map(prices.__getitem__, several))
            if both < price:
                price, chosen = both, several
        self._floors[part], self._chosen[part] = price, chosen
        return chosen

    def _ask(self, part: int) -> bool:
        """Tell more of a part: what it comes to at least, then what its search finds; return whether that was new."""
        if part in self._searched or self._least[part] == NO_PRICE:
            return False
        some = self._bundles.units(self._all[part])
        if part not in self._glanced:
            self._glanced.add(part)
            price = _as_number(self._at_least(some), self._empty[part])
            if price > self._least[part]:
                self._set(part, price, price)
                return True
        found, price_at_least = self._searched[part] = self._single(some)
        least = max(self._least[part], _as_number(price_at_least, self._empty[part]))
        self._set(part, least, _as_number(None if found is None else found.price, self._empty[part]))
        return True

    def _set(self, part: int, least: int, price: int) -> None:
        self._least[part], self._prices[part] = least, price if self._by_found else least
        if least == NO_PRICE and self._monotone:
            for more in self._division.holding(part):
                if more not in self._searched or self._searched[more][0] is None:
                    self._least[more] = self._prices[more] = NO_PRICE

    def _ask_fewer(self, part: int) -> bool:
        """Search a part; where it stays open and has no parcel, its parts, which may be refused; return as ``ask``.

        Units that are refused are so with others as well, but not every proof sees them among more.
        """
        if self._ask(part):
            return True
        found, _ = self._searched.get(part, (None, None))
        if not self._monotone or found is not None or self._least[part] == NO_PRICE or part in self._settled:
            return False
        self._settled.add(part)
        counts = self._all[part]
        for kind, count in enumerate(counts):
            fewer = (*counts[:kind], count - 1, *counts[kind + 1 :])
            while (
                count and any(fewer) and self._least[part] < NO_PRICE and self._ask_fewer(self._division.place[fewer])
            ):
                pass
        return True

    def _sum(self, split: Sequence[int]) -> Price:
        """Return what the parts of a split, which were all searched, come to at least."""
        return add([least for part in split if (least := self._searched[part][1]) is not None])


Used = tuple[int, ...]
"""Parcels, then boxes of each scarce type."""
Entry = tuple[Price, list[tuple[Counts, PackedBox]]]
"""A price, and the parcels that come to it."""


def best_within(
    bundles: Bundles,
    options: Callable[[Ints], Sequence[PackedBox]],
    stock: Mapping[str, int],
    max_parcels: float = math.inf,
    stop: Stop = NEVER,
) -> list[PackedBox] | None:
    """Return the cheapest split of bundles over parcels that keeps to the limits, or None if none was found.

    Where no split of all was found, it is that of most units. ``options`` are the parcels that some units may make up:
    the cheapest of a box type that never runs short, and one of each scarce type that is cheaper. ``stock`` is how many
    boxes there are of each scarce type, by id.
    """
    scarce = {box_type_id: place for place, box_type_id in enumerate(stock, 1)}
    most = (max_parcels, *stock.values())
    parts: dict[Counts, list[tuple[Used, PackedBox]]] = {}
    best: dict[Counts, dict[Used, Entry]] = {}
    for counts in parts_of(bundles.whole)[1:]:
        parts[counts] = [
            (tuple(int(at in (0, scarce.get(packed.box.box_type_id))) for at in range(len(most))), packed)
            for packed in options(bundles.units(counts))
        ]
        found: dict[Used, Entry] = {used: (packed.price, [(counts, packed)]) for used, packed in parts[counts]}
        # Every partition has a part that holds a unit of the first kind present: only that is varied.
        lead = next(kind for kind, count in enumerate(counts) if count)
        for part in itertools.product(*(range(count + 1) for count in counts)):
            if not part[lead] or part == counts:
                continue
            stop.look()
            rest = tuple(map(operator.sub, counts, part))
            for (one, packed), (others, (price, split)) in itertools.product(parts[part], best[rest].items()):
                used = tuple(map(operator.add, one, others))
                if all(count <= limit for count, limit in zip(used, most, strict=True)):
                    total = add([packed.price, price])
                    if used not in found or total < found[used][0]:
                        found[used] = total, [(part, packed), *split]
        # What costs no less than another that uses no more is left out.
        kept: dict[Used, Entry] = {}
        for used, entry in sorted(found.items(), key=lambda way: (way[1][0], way[0])):
            if not any(all(map(operator.le, other, used)) for other in kept):
                kept[used] = entry
        best[counts] = kept
        if len(kept) > MOST_STATES:
            return None
    sizes = [len(each[0]) for each in bundles.by_kind]
    ranked = sorted((-sum(map(operator.mul, counts, sizes)), counts) for counts, found in best.items() if found)
    if not ranked:
        return None
    most_units = ranked[0][0]
    ways = [each for units, counts in ranked if units == most_units for each in best[counts].values()]
    return bundles.stand_in(min(ways, key=lambda each: each[0])[1])
