"""Lowers the price of a plan: groups of up to three parcels are repacked into at most two boxes.

Then a large neighbourhood search follows (Shaw: Using constraint programming and local search methods to solve vehicle
routing problems, CP 1998): two or three random parcels are emptied and filled again from different starts.
"""

import operator
import random
from bisect import bisect_right, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from boxwright.domain.box import BoxType
from boxwright.packing.kernels import MANY_UNITS
from boxwright.packing.problem import Ints
from boxwright.selection.bounds import Combinations
from boxwright.selection.effort import MOST_UNITS_COUNTED
from boxwright.selection.model import PackedBox, Price, add, without
from boxwright.selection.packings import FIRST_SEED, Packings
from boxwright.selection.stock import Stock

MOST_TOGETHER = 3
"""Maximum number of parcels that are repacked together."""
EFFORT_SHARES = (12, 1)
"""Divisors of the effort for pairs of boxes, in turn: if little effort finds a pair, dearer pairs are skipped."""
PLACES_PER_GROUP = 200
"""Effort counted for examining a group, in places, besides the effort of packing it."""
PLACES_PER_GLANCE = 5
"""Effort counted, separately, for a group that is skipped because it is like an earlier group."""
NEIGHBOURHOOD_SHARE, FILL_SHARE = 4, 32
"""Divisors of the effort of a run, for all neighbourhoods together, and of the effort per box, for one filling in a
neighbourhood. Many small attempts find more than a few large attempts."""
HOW_MANY = (2, 2, 3)
"""The number of parcels in a neighbourhood is drawn from these."""
OTHER_BOX = 3
"""On average, one filling in this many uses a random box type."""


@dataclass(frozen=True, slots=True, order=True)
class _Place:
    """A parcel of the plan, sorted by fill; parcels with equal kinds of units, box type and price share ``alike``."""

    filled: float
    first: int
    parcel: PackedBox = field(compare=False)
    alike: int = field(compare=False)


class Regrouping:
    """Lowers the price of a plan; with ``splits``, a parcel may be split in two.

    Groups like a group that was examined without success are skipped, so equal parcels take no more time than one.
    """

    def __init__(self, packings: Packings, *, splits: bool) -> None:
        self._packings = packings
        self._model = packings.model
        self._splits = splits
        self._sizes = range(1 if splits else 2, MOST_TOGETHER + 1)
        self._pairs: dict[tuple[str, ...], Combinations] = {}
        self._numbers: dict[tuple[str, bytes, Price], int] = {}
        # Parcels known to be in their cheapest box, and groups examined without success, by ``alike`` and stock left.
        self._tight: set[tuple[int, tuple[str, ...]]] = set()
        self._nothing: set[tuple[tuple[int, ...], tuple[str, ...]]] = set()
        self._glances = 0

    def run(self, parcels: list[PackedBox], least: Price, places: int) -> list[PackedBox]:
        """Return the cheapest plan found for the same units within ``places`` of effort; stop at ``least``."""
        until = self._packings.spent + places
        self._glances = places // PLACES_PER_GLANCE
        if not parcels:
            return parcels
        plan = _Arranged(Stock(self._model.box_types(), parcels), add([parcel.price for parcel in parcels]))
        fresh = [self._place(parcel) for parcel in parcels]
        while fresh:
            plan.enter(self._shrunk(plan, fresh))
            if plan.price == least:
                break
            fresh = self._improved(plan, until)
        count = sum(len(parcel.members) for parcel in parcels)
        if count < MANY_UNITS or plan.price == least:
            return plan.parcels
        # A filling takes longer with more units, so the effort is divided to keep the time constant.
        share = NEIGHBOURHOOD_SHARE * max(count, MOST_UNITS_COUNTED) // MOST_UNITS_COUNTED
        return self._in_neighbourhoods(plan, least, self._packings.spent + places // share)

    def _in_neighbourhoods(self, plan: "_Arranged", least: Price, until: int) -> list[PackedBox]:
        """Repack random parcels at no higher price; return all parcels of the plan."""
        packings, draw, parcels, price = self._packings, random.Random(FIRST_SEED), plan.parcels, plan.price
        places, seed = packings.effort.places // FILL_SHARE, FIRST_SEED
        while packings.spent < until and price != least and len(parcels) > 1:
            self._model.stop.look()
            packings.spent += PLACES_PER_GROUP
            group = draw.sample(parcels, min(draw.choice(HOW_MANY), len(parcels)))
            boxes = plan.stock.boxes(plan.stock.left(group))
            before = add([parcel.price for parcel in group])
            left, found = np.sort(np.concatenate([parcel.members for parcel in group])), list[PackedBox]()
            for parcel in group[:-1]:
                seed += 1
                box = draw.choice(boxes) if draw.randrange(OTHER_BOX) == 0 else parcel.box
                filled = packings.fill(left, box, places, seed) if len(left) else None
                if filled is not None:
                    found.append(filled)
                    left = without(left, filled.members)
            if len(left):
                spent = add([filled.price for filled in found]) if found else (0,) * len(before)
                below = tuple(map(operator.sub, before, spent))
                last = packings.cheapest(left, boxes, (*below[:-1], below[-1] + 1), places)
                if last is None:
                    continue
                found.append(last)
            after = add([filled.price for filled in found])
            # An equal price is accepted, because another division of the units may be easier to improve.
            if after <= before and plan.stock.suffices([filled.box for filled in found], group):
                plan.stock.replace(group, found)
                price = tuple(map(operator.add, price, map(operator.sub, after, before)))
                parcels = [parcel for parcel in parcels if not any(parcel is taken for taken in group)] + found
        return parcels

    def _place(self, parcel: PackedBox) -> _Place:
        members = np.sort(parcel.members)
        what = parcel.box.box_type_id, self._packings.same(members), parcel.price
        extents = (parcel.corners_um[:, 3:] - parcel.corners_um[:, :3]).astype(np.float64)
        filled = float(extents.prod(axis=1).sum() / parcel.box.inner_volume_um3)
        return _Place(filled, int(members[0]), parcel, self._numbers.setdefault(what, len(self._numbers)))

    def _shrunk(self, plan: "_Arranged", fresh: list[_Place]) -> list[_Place]:
        """Move new parcels, or all parcels if boxes are scarce, into their cheapest boxes; return these parcels."""
        found = list(fresh)
        if plan.stock.scarce:
            found = [*sorted(place for lot in plan.alike.values() for place in lot), *fresh]
            plan.alike.clear()
        for index, place in enumerate(found):
            self._model.stop.look()
            parcel = place.parcel
            left = plan.stock.left((parcel,))
            if (place.alike, left) in self._tight:
                continue
            smaller = self._packings.cheapest(np.sort(parcel.members), plan.stock.boxes(left), below=parcel.price)
            if smaller is None:
                self._tight.add((place.alike, left))
                continue
            found[index] = self._place(smaller)
            plan.exchange([parcel], [smaller])
        return found

    def _improved(self, plan: "_Arranged", until: int) -> list[_Place]:
        """Replace one group of parcels by cheaper parcels and return these; empty if no group can be improved."""
        # If one parcel fewer is the best gain and groups are few, triples are repacked into two parcels first.
        few = not self._splits and len(plan) <= MOST_TOGETHER + 1
        for size in reversed(self._sizes) if few else self._sizes:
            for group in plan.groups(size):
                self._model.stop.look()
                if self._packings.spent >= until or self._glances < 0:
                    return []
                self._glances -= 1
                parcels = [place.parcel for place in group]
                left = plan.stock.left(parcels)
                like = tuple(sorted(place.alike for place in group)), left
                if like in self._nothing:
                    continue
                better = self._repacked(parcels, left, plan.stock, until)
                if better is not None:
                    plan.remove(group)
                    plan.exchange(parcels, better)
                    return [self._place(parcel) for parcel in better]
                self._nothing.add(like)
        return []

    def _repacked(
        self, group: list[PackedBox], left: tuple[str, ...], stock: Stock, until: int
    ) -> list[PackedBox] | None:
        """Return one or two parcels for the units of a group that cost less than the group, or None."""
        members = np.sort(np.concatenate([parcel.members for parcel in group]))
        price = add([parcel.price for parcel in group])
        self._packings.spent += PLACES_PER_GROUP
        boxes, best = stock.boxes(left), None
        if left not in self._pairs:
            self._pairs[left] = Combinations(self._model, boxes, 2)
        pairs = self._pairs[left].cheaper(members, price, self._packings.conceivable)
        pairs = [pair for pair in pairs if stock.suffices(pair, group)]
        for share in EFFORT_SHARES:
            places = self._packings.effort.places // share
            one = self._packings.cheapest(members, boxes, price, places) if len(group) > 1 else None
            found = self._in_two(members, pairs, price, places, until) if one is None else [one]
            if found is not None:
                best, price = found, add([parcel.price for parcel in found])
        return best

    def _in_two(
        self, members: Ints, pairs: Sequence[tuple[BoxType, ...]], price: Price, places: int, until: int
    ) -> list[PackedBox] | None:
        """Return parcels for less than ``price`` in the first of ``pairs`` that takes all members, or None.

        One box of a pair may be enough.
        """
        filled: dict[str, PackedBox | None] = {}
        for boxes in pairs:
            if add([self._model.lower_bound(box) for box in boxes]) >= price:
                break
            for first, second in dict.fromkeys([boxes, boxes[::-1]]):
                if self._packings.spent >= until:
                    return None
                if first.box_type_id not in filled:
                    filled[first.box_type_id] = self._packings.fill(members, first, places)
                packed = filled[first.box_type_id]
                if packed is None:
                    continue
                left = without(members, packed.members)
                if not len(left) and packed.price < price:
                    return [packed]
                below = tuple(map(operator.sub, price, packed.price))
                other = self._packings.cheapest(left, [second], below, places) if len(left) else None
                if other is not None:
                    return [packed, other]
        return None


class _Arranged:
    """The parcels of a plan by ``alike``, the emptiest first, because repacking them saves most."""

    def __init__(self, stock: Stock, price: Price) -> None:
        self.stock, self.price = stock, price
        self.alike: dict[int, list[_Place]] = {}

    def __len__(self) -> int:
        return sum(map(len, self.alike.values()))

    @property
    def parcels(self) -> list[PackedBox]:
        return [place.parcel for lot in self.alike.values() for place in lot]

    def enter(self, places: Sequence[_Place]) -> None:
        for place in places:
            insort(self.alike.setdefault(place.alike, []), place)

    def remove(self, places: Sequence[_Place]) -> None:
        for place in places:
            lot = self.alike[place.alike]
            del lot[bisect_right(lot, place) - 1]
            if not lot:
                del self.alike[place.alike]

    def exchange(self, taken: Sequence[PackedBox], added: Sequence[PackedBox]) -> None:
        """Update stock and price for parcels that replace others."""
        self.stock.replace(taken, added)
        less, more = add([parcel.price for parcel in taken]), add([parcel.price for parcel in added])
        self.price = tuple(map(operator.add, map(operator.sub, self.price, less), more))

    def groups(self, size: int, after: _Place | None = None) -> Iterator[tuple[_Place, ...]]:
        """Yield groups of parcels, one for each set of groups that are alike."""
        # Each lot contributes its emptiest parcel after the given parcel.
        starts = ((lot, 0 if after is None else bisect_right(lot, after)) for lot in self.alike.values())
        for place in sorted(lot[at] for lot, at in starts if at < len(lot)):
            if size == 1:
                yield (place,)
            else:
                for others in self.groups(size - 1, place):
                    yield place, *others
