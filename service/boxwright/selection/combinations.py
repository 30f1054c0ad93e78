"""Which combinations of boxes could hold some units for less than a price: the question before any packing."""

import itertools
import math
from collections import Counter
from collections.abc import Sequence

from boxwright.domain.box import BoxType
from boxwright.packing.problem import Ints
from boxwright.selection.conceivable import Conceivable
from boxwright.selection.loads import most_loads_mg
from boxwright.selection.model import ParcelModel, Price, add

MOST_COMBINATIONS = 20_000
"""Combinations of box types, times their boxes, that are listed; of more there is no list."""


def cheaper_combinations(
    model: ParcelModel,
    members: Ints,
    stock: Sequence[BoxType],
    size: int,
    price: Price,
    conceivable: Conceivable | None = None,
) -> list[tuple[BoxType, ...]] | None:
    """Return the combinations of ``size`` boxes that could hold the units for less than ``price``, cheapest first.

    Left out are only combinations that cannot: too small or too weak in sum, more of a box type than there are, or
    with a unit that fits none of their boxes. None where there are too many to list. ``conceivable`` is what is known
    already of these units, or of more than these.
    """
    if math.comb(len(stock) + size - 1, size) * size > MOST_COMBINATIONS:
        return None
    facts = conceivable or Conceivable(model, members)
    volume, mass = facts.volume_um3(members), facts.mass_mg(members)
    # Dunnage only adds to what a box must bear, so limits without it exclude nothing that is possible.
    loads = most_loads_mg(model, members, stock)
    limit = {box.box_type_id: load for box, load in zip(stock, loads, strict=True)}
    bound = {box.box_type_id: model.lower_bound(box) for box in stock}
    useful = [box for box in stock if limit[box.box_type_id] >= 0 and bound[box.box_type_id] < price]
    takers = {facts.takers(member) for member in members.tolist()}
    found: list[tuple[Price, tuple[BoxType, ...]]] = []
    for boxes in itertools.combinations_with_replacement(useful, size):
        if sum(box.inner_volume_um3 for box in boxes) < volume:
            continue
        least = add([bound[box.box_type_id] for box in boxes])
        if least >= price or sum(limit[box.box_type_id] for box in boxes) < mass:
            continue
        ids = Counter(box.box_type_id for box in boxes)
        if any(ids.keys().isdisjoint(each) for each in takers):
            continue
        if any(box.available is not None and ids[box.box_type_id] > box.available for box in boxes):
            continue
        found.append((least, boxes))
    found.sort(key=lambda entry: (entry[0], [box.box_type_id for box in entry[1]]))
    return [boxes for _, boxes in found]
