"""Exact partition of small orders: dynamic programming over every split of the units into parcels."""

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
"""A part of some units, as the number of its bundles of each kind."""
Searched = tuple[PackedBox | None, Price | None]
"""The parcel found for some units, and a lower bound on the price of any; None if there is none."""
Bound = Callable[[Ints], Price | None]
"""Returns a lower bound on the price of a single parcel of some units; None if there is none."""
Floors = Callable[[Sequence[Counts]], Sequence[Price | None]]
"""Returns weaker bounds of this kind for many parts in one call."""

MOST_SUBSETS, FEW_SUBSETS = 512, 128
"""Maximum number of parts for which all partitions are compared: without limits of stock and parcels, and within them,
which takes a search for every part."""
MOST_STATES = 400
"""Maximum number of states of used boxes and parcels kept for a part; with more there is no answer."""


@dataclass(frozen=True)
class Bundles:
    """Some units in inseparable bundles, mostly of one unit, by kind: bundles of a kind are interchangeable.

    ``by_kind`` has the units of each bundle, int64 (n,). A bundle of several units is a kind of its own.
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
        """The part that has all bundles."""
        return tuple(map(len, self.by_kind))

    @property
    def count(self) -> int:
        """The number of parts, the empty one included."""
        return math.prod(count + 1 for count in self.whole)

    def units(self, part: Counts, used: Counts | None = None) -> Ints:
        """Return the units of a part, int64 (k,), ascending: the first of each kind after those already used."""
        starts = used or (0,) * len(part)
        taken = zip(self.by_kind, starts, part, strict=True)
        return np.sort(np.concatenate([bundle for of, start, count in taken for bundle in of[start : start + count]]))

    def stand_in(self, split: Sequence[tuple[Counts, PackedBox]]) -> list[PackedBox]:
        """Return the parcels of a split with distinct units; each was packed with the first units of each kind."""
        parcels = []
        used = (0,) * len(self.by_kind)
        for part, packed in split:
            real = dict(zip(self.units(part).tolist(), self.units(part, used).tolist(), strict=True))
            chosen = np.array([real[member] for member in packed.members.tolist()], dtype=np.int64)
            parcels.append(replace(packed, members=chosen))
            used = tuple(map(operator.add, used, part))
        return parcels


def parts_of(whole: Counts) -> list[Counts]:
    """Return every part of some bundles by ascending number of bundles, the empty one first."""
    return sorted(itertools.product(*(range(count + 1) for count in whole)), key=lambda part: (sum(part), part))


@dataclass(frozen=True)
class Partition:
    """The cheapest split of some units over parcels that was found.

    ``bound`` is the least sum if every part has the price of its cheapest box type that is not refused. It equals the
    price of ``parcels`` if nothing cheaper is open.
    """

    parcels: list[PackedBox]
    bound: Price


NO_PRICE = 1 << 1_000
"""The price of an impossible parcel, far above every sum of prices."""


def _as_number(price: Price | None, empty: int = 0) -> int:
    """Return a price as one number, whose sums compare like sums of prices, and at ties like sums of ``empty``."""
    if price is None:
        return NO_PRICE
    number = 0
    for objective in price:
        number = (number << 128) + objective
    return (number << 32) + empty  # the sum over 512 units has 27 bits


@functools.lru_cache(maxsize=64)
class _Division:
    """The ways to split each part of some units in two; parts are indices into ``all``."""

    def __init__(self, whole: Counts) -> None:
        self.all = parts_of(whole)
        self.place = {part: number for number, part in enumerate(self.all)}
        self._counts = np.array(self.all)
        self._sizes = self._counts.sum(axis=1)
        # Counts are digits of a number that never carry, so the rest of a part is the difference of two numbers.
        self._digits = np.cumprod([1, *(count + 1 for count in whole[:-1])])
        self._place = np.empty(len(self.all), dtype=np.int64)
        self._place[self._counts @ self._digits] = np.arange(len(self.all))
        self._splits: dict[int, tuple[list[int], list[int]]] = {}

    def splits(self, part: int) -> tuple[list[int], list[int]]:
        """Return two lists: the parts of a part that hold a unit of its first kind, and the rest of the part for each.

        Even splits come first, because their halves go into a box more often.
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
        """Return the parts that contain a part, itself included."""
        holding: list[int] = np.flatnonzero((self._counts >= self._counts[part]).all(axis=1)).tolist()
        return holding


class Partitions:
    """The cheapest partition of bundles over parcels, with few searches.

    A part has the bounds of ``floors`` and ``at_least`` as its price until ``single`` has searched it, and only parts
    of the cheapest partition are searched. If boxes are ``monotone``, parts that contain a refused part are refused
    too. At equal prices, a split of equal units into full parcels and one small rest is preferred, and among several
    kinds one that splits fewer kinds.
    """

    def __init__(
        self,
        bundles: Bundles,
        single: Callable[[Ints], Searched],
        at_least: Bound,
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
        # Fuller parcels have larger sums of squares; a kind that is split counts once in each of its parcels.
        count = bundles.whole[0] if len(bundles.whole) == 1 else 0
        self._empty = [count**2 - part[0] ** 2 if count else len(part) - part.count(0) for part in self._all]
        self._least = [NO_PRICE, *map(_as_number, floors(self._all[1:]), self._empty[1:])]

    def best(self) -> Partition | None:
        """Return the cheapest partition, or None if no parcel was found for some bundle."""
        self._count(found=True)
        while (best := self._cheapest()) is not None and sum(map(self._ask, best)):
            pass
        if best is None:
            return None
        self._count(found=False)
        while (least := self._cheapest()) is not None and sum(map(self._ask_fewer, least)):
            pass
        assert least is not None  # there is a lower bound, since a partition was found
        split = [(self._all[part], found) for part in best if (found := self._searched[part][0]) is not None]
        return Partition(self._bundles.stand_in(split), self._sum(least))

    def bound(self, enough: Price) -> Price:
        """Return a lower bound on the price of every partition, at most ``enough``, by the refusals of ``single``.

        If the whole has no floor, only partitions of two or more parcels count.
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
        """Set the prices of the searched parts: the price found or, without ``found``, the bound."""
        self._by_found, self._prices = found, list(self._least)
        # The cheapest partition of each part and its price. This is only a lower bound until the part is examined, and
        # after a price in it has risen; prices never fall.
        self._chosen: list[tuple[int, ...] | None] = [(), *[None] * (len(self._prices) - 1)]
        two = 2 * min(self._prices[1:])
        self._floors = [0, *(min(price, two) for price in self._prices[1:])]

    def _cheapest(self) -> tuple[int, ...] | None:
        """Return the parts of the cheapest partition of all units, or None."""
        split = self._cheapest_of(len(self._all) - 1)
        return None if any(self._prices[part] == NO_PRICE for part in split) else split

    def _cheapest_of(self, part: int) -> tuple[int, ...]:
        """Return the parts of the cheapest partition of a part; at equal prices one parcel comes before several."""
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
        """Bound a part more closely, then search it; return whether there was anything left to do."""
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
        """Search a part; if it is then open without a parcel, search parts of it. Returns as ``_ask`` does."""
        # If some units are refused, every larger set is refused too, but the proof may not succeed on the larger set.
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
        """Return the lower bound on a split whose parts were all searched."""
        return add([least for part in split if (least := self._searched[part][1]) is not None])


Used = tuple[int, ...]
"""Numbers of parcels and of boxes of each scarce type."""
Entry = tuple[Price, list[tuple[Counts, PackedBox]]]
"""The price of a split, and its parcels."""


def best_within(
    bundles: Bundles,
    options: Callable[[Ints], Sequence[PackedBox]],
    stock: Mapping[str, int],
    max_parcels: float = math.inf,
    stop: Stop = NEVER,
) -> list[PackedBox] | None:
    """Return the cheapest split of as many bundles as possible over parcels within the limits, or None.

    ``options`` returns the possible parcels of some units: the cheapest in a box type that cannot run out, and a parcel
    in each scarce type that is cheaper. ``stock`` is the number of boxes of each scarce type, by id.
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
        # Every partition has a part with a unit of the first kind, so only that part is varied.
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
        # Drop states that cost no less than one that uses no more.
        kept: dict[Used, Entry] = {}
        for used, entry in sorted(found.items(), key=lambda state: (state[1][0], state[0])):
            if not any(all(map(operator.le, other, used)) for other in kept):
                kept[used] = entry
        best[counts] = kept
        if len(kept) > MOST_STATES:
            return None
    sizes = [len(alike[0]) for alike in bundles.by_kind]
    ranked = sorted((-sum(map(operator.mul, counts, sizes)), counts) for counts, found in best.items() if found)
    if not ranked:
        return None
    most_units = ranked[0][0]
    entries = [entry for units, counts in ranked if units == most_units for entry in best[counts].values()]
    return bundles.stand_in(min(entries, key=lambda entry: entry[0])[1])
