"""Which combinations of boxes could hold some units for less than a price: the question before any packing."""

import itertools
import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

import numpy as np

from boxwright.domain.box import BoxType
from boxwright.packing.problem import Ints
from boxwright.selection.conceivable import Conceivable
from boxwright.selection.loads import most_loads_mg
from boxwright.selection.model import ParcelModel, Price, add

MOST_COMBINATIONS = 20_000
"""Combinations of box types, times their boxes, that are listed; of more there is no list."""
ROUNDING = 1e-9
"""Taken off a sum of volumes that is compared in floats, past any rounding."""


def cheaper_combinations(
    model: ParcelModel, members: Ints, stock: Sequence[BoxType], size: int, price: Price
) -> list[tuple[BoxType, ...]] | None:
    """Return the combinations of ``size`` boxes that could hold the units for less than ``price``, cheapest first.

    Left out are only combinations that cannot: too small or too weak in sum, more of a box type than there are, or
    with a unit that fits none of their boxes. None where there are too many to list.
    """
    if not _listable(stock, size):
        return None
    needs = _Needed(model, Conceivable(model, members), members, stock)
    found: list[tuple[Price, tuple[BoxType, ...]]] = []
    useful = [box for box in needs.useful if model.lower_bound(box) < price]
    for boxes in itertools.combinations_with_replacement(useful, size):
        model.stop.look()
        if sum(box.inner_volume_um3 for box in boxes) < needs.volume_um3:
            continue
        least = add([model.lower_bound(box) for box in boxes])
        if least < price and needs.may_go_in(boxes):
            found.append((least, boxes))
    found.sort(key=lambda entry: (entry[0], [box.box_type_id for box in entry[1]]))
    return [boxes for _, boxes in found]


class Combinations:
    """All combinations of a size, cheapest first, of which is asked again and again; none where they are too many.

    Parameters
    ----------
    model, stock, size
        As for ``cheaper_combinations``.
    """

    def __init__(self, model: ParcelModel, stock: Sequence[BoxType], size: int) -> None:
        self._model, self._stock = model, stock
        known = [model.lower_bound(box) for box in stock]
        listed = itertools.combinations_with_replacement(range(len(stock)), size) if _listable(stock, size) else ()
        entries = [(add([known[at] for at in places]), places) for places in listed]
        entries.sort(key=lambda entry: (entry[0], [stock[at].box_type_id for at in entry[1]]))
        self._least = [least for least, _ in entries]
        self._places = np.array([places for _, places in entries], dtype=np.int64).reshape(-1, size)
        volumes = np.array([float(box.inner_volume_um3) for box in stock])
        self._volume = volumes[self._places].sum(axis=1)

    def cheaper(self, members: Ints, price: Price, conceivable: Conceivable) -> list[tuple[BoxType, ...]]:
        """Return what ``cheaper_combinations`` does, or nothing where they are too many."""
        if not self._least:
            return []
        needs = _Needed(self._model, conceivable, members, self._stock)
        count = bisect_left(self._least, price)
        limits = needs.limits_mg[self._places[:count]]
        large = self._volume[:count] >= needs.volume_um3 * (1 - ROUNDING)
        strong = (limits >= 0).all(axis=1) & (limits.sum(axis=1) >= needs.mass_mg)
        found = (tuple(self._stock[at] for at in places) for places in self._places[:count][large & strong].tolist())
        return [
            boxes
            for boxes in found
            if sum(box.inner_volume_um3 for box in boxes) >= needs.volume_um3 and needs.may_go_in(boxes)
        ]


class _Needed:
    """What some units need of boxes together, and what each of the boxes may hold of them."""

    def __init__(self, model: ParcelModel, facts: Conceivable, members: Ints, stock: Sequence[BoxType]) -> None:
        self.volume_um3, self.mass_mg = facts.volume_um3(members), facts.mass_mg(members)
        # Dunnage only adds to what a box must bear, so limits without it exclude nothing that is possible.
        loads = most_loads_mg(model, members, stock)
        self.limits_mg = np.array(loads, dtype=np.float64)
        self.useful = [box for box, load in zip(stock, loads, strict=True) if load >= 0]
        self._limit_mg = {box.box_type_id: load for box, load in zip(stock, loads, strict=True)}
        self._facts = facts
        self._takers = {facts.takers(member) for member in facts.one_of_each(members)}

    def may_go_in(self, boxes: tuple[BoxType, ...]) -> bool:
        """Whether boxes may bear the units, each fits in one of them, and there are as many of each type."""
        if sum(self._limit_mg[box.box_type_id] for box in boxes) < self.mass_mg:
            return False
        among = self._facts.among(boxes)
        if not all(among & each for each in self._takers):
            return False
        ids = Counter(box.box_type_id for box in boxes)
        return not any(box.available is not None and ids[box.box_type_id] > box.available for box in boxes)


def _listable(stock: Sequence[BoxType], size: int) -> bool:
    """Whether there are not too many combinations to list."""
    return math.comb(len(stock) + size - 1, size) * size <= MOST_COMBINATIONS
