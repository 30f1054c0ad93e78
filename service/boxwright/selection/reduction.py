"""Lowers the number of parcels: one parcel is dissolved, and its units are packed into the others.

The method is ruin and recreate (Schrimpf, Schneider, Stamm-Wilbrandt, Dueck: Record breaking optimization results using
the ruin and recreate principle, Journal of Computational Physics 159, 2000). A move empties up to three parcels and
fills them again from their units and the units left over. As in ejection searches for bin packing, a move is undone if
more is left over than before.
"""

import random
from collections.abc import Sequence

import numpy as np

from boxwright.domain.box import BoxType
from boxwright.packing.problem import Floats, Ints
from boxwright.selection.model import PackedBox, without
from boxwright.selection.packings import Packings
from boxwright.selection.stock import in_stock

SEED = 1
"""Seed of the random numbers, fixed so that an order gets the same plan on every machine."""
PLACES_PER_FILL = 300
"""Counted effort of one filling of a box: a few constructions with different starts."""
HOW_MANY = (1, 1, 2, 2, 2, 3)
"""The number of parcels that a move empties is drawn from these."""
WEIGHT_OF_SIZE = 1.5
"""Exponent of a unit's share of a box: one large unit is harder to place than two of half its size."""
NEW_BOX = 4
"""On average, one of this number of fillings uses the largest box type in stock instead of the parcel's own."""


class Reduction:
    """Lowers the number of parcels of all ``members``."""

    def __init__(self, packings: Packings, members: Ints) -> None:
        self._packings = packings
        self._draw = random.Random(SEED)
        self._seed = 1
        self._hardness = _hardness(packings, members)

    def run(self, parcels: list[PackedBox], fewest: int, places: int) -> list[PackedBox]:
        """Return the fewest parcels found for the same units within ``places`` of effort; end at ``fewest`` parcels."""
        until = self._packings.spent + places
        while len(parcels) > fewest and self._packings.spent < until:
            fewer = self._without_one(parcels, until)
            if fewer is None:
                break
            parcels = fewer
        return parcels

    def _without_one(self, parcels: list[PackedBox], until: int) -> list[PackedBox] | None:
        """Return the plan with one parcel fewer, or None if the effort ends first."""
        emptiest = min(
            range(len(parcels)),
            key=lambda index: (self._hardness[parcels[index].members].sum(), int(parcels[index].members.min())),
        )
        left = np.sort(parcels[emptiest].members)
        kept = [parcel for index, parcel in enumerate(parcels) if index != emptiest]
        until = min(until, self._packings.spent + self._packings.effort.fills_per_parcel * PLACES_PER_FILL * len(kept))
        while kept and self._packings.spent < until:
            self._packings.model.stop.look()
            emptied = self._draw.sample(range(len(kept)), min(self._draw.choice(HOW_MANY), len(kept)))
            rest = [parcel for index, parcel in enumerate(kept) if index not in emptied]
            refilled, still_left = self._refill([kept[index] for index in emptied], rest, left)
            if self._hardness[still_left].sum() <= self._hardness[left].sum():
                kept, left = rest + refilled, still_left
                if not len(left):
                    return kept
        return None

    def _refill(
        self, emptied: Sequence[PackedBox], rest: Sequence[PackedBox], left: Ints
    ) -> tuple[list[PackedBox], Ints]:
        """Fill emptied parcels from their units and the units left over; return the parcels and the units left."""
        left = np.sort(np.concatenate([left, *(parcel.members for parcel in emptied)]))
        refilled: list[PackedBox] = []
        for number, parcel in enumerate(emptied):
            if not len(left):
                break
            box = parcel.box
            if self._draw.randrange(NEW_BOX) == 0:
                box = self._largest(left, [*rest, *refilled, *emptied[number + 1 :]]) or box
            self._seed += 1
            packed = self._packings.fill(left, box, PLACES_PER_FILL, self._seed)
            if packed is not None:
                refilled.append(packed)
                left = without(left, packed.members)
        return refilled, left

    def _largest(self, left: Ints, used: Sequence[PackedBox]) -> BoxType | None:
        """Return the largest box type in stock that takes the unit that is hardest to place."""
        hardest = self._hardness[left].argmax()
        suitable, rank = self._packings.suitable(left[[hardest]])[0], self._packings.conceivable.rank
        stock = in_stock(self._packings.model.box_types(), used)
        stock = tuple(box for box in stock if suitable[rank[box.box_type_id]])
        return max(stock, key=lambda box: box.inner_volume_um3, default=None)


def _hardness(packings: Packings, members: Ints) -> Floats:
    """Return, by member, how hard the unit is to place: a power of its share of the largest or strongest box."""
    boxes = packings.model.box_types()
    room = max(box.inner_volume_um3 for box in boxes)
    limits = [packings.model.for_several(box).max_load_mg for box in boxes]
    strongest = None if None in limits else max((limit for limit in limits if limit), default=None)
    units = packings.model.protect(members)
    share = packings.volumes_um3(members) / room
    if strongest is not None:
        share = np.maximum(share, units.mass_mg / strongest)
    hardness = np.zeros(int(members.max()) + 1)
    hardness[members] = share**WEIGHT_OF_SIZE
    return hardness
