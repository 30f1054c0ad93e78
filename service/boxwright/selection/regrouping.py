"""Cheaper parcels for the same units: pairs and triples of parcels are packed again, into two boxes at most."""

import itertools
from collections.abc import Sequence

import numpy as np

from boxwright.domain.box import BoxType
from boxwright.packing.problem import Ints
from boxwright.selection.combinations import cheaper_combinations
from boxwright.selection.model import PackedBox, Price, add, without
from boxwright.selection.packings import Packings
from boxwright.selection.stock import enough_left, in_stock

MOST_TOGETHER = 3
"""How many parcels are packed again together."""
EFFORT_SHARES = (12, 1)
"""Pairs of boxes are tried with a part of the effort first: what is found then spares dearer ones."""
PLACES_PER_GROUP = 200
"""What looking at a group costs, in places, before anything is packed."""

_Filled = tuple[PackedBox, Ints]
"""A box that was filled, and the units that are left."""


class Regrouping:
    """Lowers the price of a plan.

    Parameters
    ----------
    packings : Packings
        Packs boxes.
    splits : bool
        Whether two parcels can be cheaper than one: not where the number of parcels counts first.
    """

    def __init__(self, packings: Packings, *, splits: bool) -> None:
        self._packings = packings
        self._model = packings.model
        self._splits = splits
        self._sizes = range(1 if splits else 2, MOST_TOGETHER + 1)
        self._nothing_below: dict[tuple[bytes, tuple[str, ...]], Price] = {}

    def run(self, parcels: list[PackedBox], least: Price, places: int) -> list[PackedBox]:
        """Return a plan of the same units that is as cheap as was found.

        Parameters
        ----------
        parcels : list of PackedBox
            The plan so far.
        least : Price
            No plan is cheaper: there the search ends.
        places : int
            Counted effort, in places.
        """
        until = self._packings.spent + places
        better: list[PackedBox] | None = parcels
        while better:
            parcels = self._shrunk(better)
            if add([parcel.price for parcel in parcels]) == least:
                break
            better = self._improved(parcels, until)
        return parcels

    def _shrunk(self, parcels: list[PackedBox]) -> list[PackedBox]:
        """Return each parcel in the cheapest box that takes its units."""
        parcels = list(parcels)
        for index, parcel in enumerate(parcels):
            others = parcels[:index] + parcels[index + 1 :]
            stock = in_stock(self._model.candidates(), others)
            smaller = self._packings.cheapest(np.sort(parcel.members), stock, below=parcel.price)
            parcels[index] = smaller or parcel
        return parcels

    def _improved(self, parcels: list[PackedBox], until: int) -> list[PackedBox] | None:
        # The emptiest boxes first: there is most to win, and the effort is limited.
        parcels = sorted(parcels, key=lambda parcel: (_filled(parcel), int(parcel.members.min())))
        # Where one parcel fewer is best of all, and the groups are few, three parcels into two come first.
        few = not self._splits and len(parcels) <= MOST_TOGETHER + 1
        for size in reversed(self._sizes) if few else self._sizes:
            for group in itertools.combinations(range(len(parcels)), size):
                if self._packings.spent >= until:
                    return None
                rest = [parcel for index, parcel in enumerate(parcels) if index not in group]
                better = self._repacked([parcels[index] for index in group], rest, until)
                if better is not None:
                    return rest + better
        return None

    def _repacked(self, group: list[PackedBox], rest: list[PackedBox], until: int) -> list[PackedBox] | None:
        """Return cheaper parcels, two at most, for the units of a group, or None."""
        members = np.sort(np.concatenate([parcel.members for parcel in group]))
        stock = in_stock(self._model.candidates(), rest)
        price = add([parcel.price for parcel in group])
        asked = self._packings.same(members), tuple(box.box_type_id for box in stock)
        if asked in self._nothing_below and price <= self._nothing_below[asked]:
            return None
        self._packings.spent += PLACES_PER_GROUP
        best: list[PackedBox] | None = None
        pairs = cheaper_combinations(self._model, members, stock, 2, price, self._packings.conceivable) or []
        combinations = [boxes for boxes in pairs if enough_left(boxes, rest)]
        for share in EFFORT_SHARES:
            places = self._packings.effort.places // share
            found = self._one_or_two(members, stock, combinations, price, places, until, alone=len(group) > 1)
            if found is not None:
                best, price = found, add([parcel.price for parcel in found])
        if best is None and self._packings.spent < until:
            self._nothing_below[asked] = price
        return best

    def _one_or_two(
        self,
        members: Ints,
        stock: Sequence[BoxType],
        combinations: Sequence[tuple[BoxType, ...]],
        price: Price,
        places: int,
        until: int,
        *,
        alone: bool,
    ) -> list[PackedBox] | None:
        """Return the first of one box and of the pairs of boxes, cheapest first, that took all for less."""
        one = self._packings.cheapest(members, stock, price, places) if alone else None
        if one is not None:
            return [one]
        filled: dict[str, _Filled | None] = {}
        for boxes in combinations:
            if add([self._model.lower_bound(box) for box in boxes]) >= price:
                break
            # Each of the two is filled first in turn; where both are of a type, that is once.
            for first, second in dict.fromkeys([boxes, boxes[::-1]]):
                if self._packings.spent >= until:
                    return None
                if first.box_type_id not in filled:
                    filled[first.box_type_id] = self._fill(members, first, places)
                begun = filled[first.box_type_id]
                found = None if begun is None else self._finished(begun, second, price, places)
                if found is not None:
                    return found
        return None

    def _fill(self, members: Ints, first: BoxType, places: int) -> _Filled | None:
        """Fill one box with as much as goes in; what is left is for another."""
        packed = self._packings.fill(members, first, places)
        return None if packed is None else (packed, without(members, packed.members))

    def _finished(self, begun: _Filled, second: BoxType, price: Price, places: int) -> list[PackedBox] | None:
        """Put what is left of a filled box into another; return both if they are cheaper than ``price``."""
        packed, left = begun
        if not len(left):
            return [packed] if packed.price < price else None
        below = tuple(whole - taken for whole, taken in zip(price, packed.price, strict=True))
        other = self._packings.cheapest(left, [second], below, places)
        return None if other is None else [packed, other]


def _filled(parcel: PackedBox) -> float:
    """Share of the box's volume that its envelopes take."""
    extents = parcel.corners_um[:, 3:] - parcel.corners_um[:, :3]
    return float(extents.astype(np.float64).prod(axis=1).sum() / parcel.box.inner_volume_um3)
