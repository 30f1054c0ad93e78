"""A price that no plan of an order undercuts, by what its units need of all boxes together."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from boxwright.domain.box import BoxType
from boxwright.packing.problem import Floats, Ints, Space, within
from boxwright.packing.shares import Shares
from boxwright.selection.combinations import cheaper_combinations
from boxwright.selection.conceivable import Conceivable
from boxwright.selection.loads import fewest_parcels, most_loads_mg
from boxwright.selection.model import Cuboid, ParcelModel, Price, add

EVALUATIONS = 2_000_000
"""Counted effort of one bound by shares, the same in every mode: a certificate is replayed without its mode."""
EVALUATIONS_PER_COMBINATION = 200_000
"""The same for one combination of boxes."""
COMBINATIONS_TRIED = 30
"""How many combinations of each size are put to the test."""
ROUNDING = 1e-9
"""Taken off a bound in floats, past any rounding of its sums."""


@dataclass(frozen=True, slots=True)
class Floor:
    """What every plan comes to at least.

    Attributes
    ----------
    parcels : int
        Number of parcels.
    price : Price
        Each objective by itself.
    """

    parcels: int
    price: Price


def floor_of(model: ParcelModel, members: Ints) -> Floor:
    """Return what every plan of these units comes to at least, by volume, mass, shares and company."""
    needs = _Needs(model, members, model.box_types(), EVALUATIONS)
    costs = np.array([model.lower_bound(box) for box in needs.boxes], dtype=np.float64).T
    by_company = max(model.admission.fewest_parcels(members), fewest_parcels(model, members, needs.boxes))
    parcels = max(by_company, needs.least(np.ones(len(needs.boxes))))
    cheapest = [min(each) for each in zip(*(model.lower_bound(box) for box in needs.boxes), strict=True)]
    price = tuple(
        max(needs.least(cost), parcels * least) if len(np.unique(cost)) > 1 else parcels * least
        for cost, least in zip(costs, cheapest, strict=True)
    )
    return Floor(parcels, price)


def boxes_bound(
    model: ParcelModel, members: Ints, count: int, price: Price, *, fewest_first: bool, floor: Floor | None = None
) -> Price | None:
    """Return a price, at most ``price``, that no plan of two or more parcels undercuts; None if none can be told.

    Parameters
    ----------
    model : ParcelModel
        Rules and prices.
    members : int64, (n,)
        All units.
    count, price : int, Price
        Parcels and price of the plan.
    fewest_first : bool
        Whether the number of parcels is what counts first: then plans with more than ``count`` are no question, and
        combinations of fewer boxes are looked through.
    floor : Floor, optional
        ``floor_of(model, members)``, where it is known already.
    """
    if model.admission.own[members].any():
        return None  # a unit without a box undercuts any box
    floor = floor or floor_of(model, members)
    if not fewest_first:
        return min(floor.price, price)
    for size in range(max(2, floor.parcels), count + 1):
        cheaper = cheaper_combinations(model, members, model.box_types(), size, price)
        if cheaper is None:
            return min(price, (size, *floor.price[1:]))
        for boxes in _possible(model, members, cheaper):
            # More boxes than these cost more.
            return min(price, max(add([model.lower_bound(box) for box in boxes]), (size, *floor.price[1:])))
    return price


def _possible(
    model: ParcelModel, members: Ints, combinations: Sequence[tuple[BoxType, ...]]
) -> Sequence[tuple[BoxType, ...]]:
    """Leave out those of the first combinations that shares refuse."""
    types = {box.box_type_id: box for boxes in combinations[:COMBINATIONS_TRIED] for box in boxes}
    if not types:
        return []
    needs = _Needs(model, members, list(types.values()), EVALUATIONS_PER_COMBINATION * len(types) // 2)
    rank = {box.box_type_id: number for number, box in enumerate(needs.boxes)}

    def refused(boxes: tuple[BoxType, ...]) -> bool:
        # Clearance and margins may leave a box no inside: then it adds nothing.
        ranks = [rank[box.box_type_id] for box in boxes if box.box_type_id in rank]
        return not ranks or needs.least_number(ranks) > len(boxes)

    passed_over = sum(1 for _ in itertools.takewhile(refused, combinations[:COMBINATIONS_TRIED]))
    return combinations[passed_over:]


def _least_ratio(costs: Floats, holds: Floats) -> float:
    """Return the least cost of a unit of what boxes hold; a box that holds nothing gives none, even for nothing."""
    return float(np.divide(costs, holds, out=np.full(len(costs), np.inf), where=holds > 0).min(initial=np.inf))


def _most_um3(edges_um: Cuboid, space: Space) -> float:
    """Return the volume of what is inside, or of all compartments."""
    return float(sum(map(math.prod, space.cell_sizes)) if space.cells else math.prod(edges_um))


class _Needs:
    """What some units need of boxes of some types."""

    def __init__(self, model: ParcelModel, members: Ints, boxes: Sequence[BoxType], evaluations: int) -> None:
        facts = Conceivable(model, members)
        units = facts.units
        self._volume, self._mass = units.volume_um3, units.total_mg
        spaces = [model.space(box, units, whole=False, several=False) for box in boxes]
        # What encloses a mailer with some units in it need not with others, so that it counts as it lies flat.
        edges = [
            box.inner_um if space.encloses else within(units, space).edges_um
            for box, space in zip(boxes, spaces, strict=True)
        ]
        usable = [at for at, each in enumerate(edges) if min(each) > 0]
        self.boxes = [boxes[at] for at in usable]
        self._capacity = np.array([min(_most_um3(edges[at], spaces[at]), spaces[at].volume_limit_um3) for at in usable])
        loads = most_loads_mg(model, members, self.boxes)
        self._limit = np.array([max(load, 0.0) for load in loads])
        self._shares: Shares | None = None
        if len(model.shapes(members, units).units) == 1:  # soft goods have no extents of their own
            _, firsts, counts = np.unique(units.kinds, return_index=True, return_counts=True)
            inside = np.array([edges[at] for at in usable], dtype=np.int64).reshape(-1, 3)
            self._shares = Shares(units.edges_um[firsts], units.masks[firsts], counts, inside, evaluations, model.stop)

    def least(self, costs: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> int:
        """Return a whole number that the cost of no set of boxes for all units undercuts; 0 where there are none."""
        if not self.boxes:
            return 0
        most = float(self._volume) * _least_ratio(costs, self._capacity)
        if self._mass:
            most = max(most, float(self._mass) * _least_ratio(costs, self._limit))
        if self._shares is not None:
            most = max(most, self._shares.least_cost(costs))
        return math.ceil(most * (1 - ROUNDING) - ROUNDING)

    def least_number(self, ranks: Sequence[int]) -> int:
        """Return how many boxes there must be at least if all are of the types of these ranks."""
        if self._shares is None:
            return 0
        which = np.unique(np.array(ranks, dtype=np.int64))
        found = self._shares.least_cost(np.ones(len(which)), which, len(ranks) + 1e-6)
        return math.ceil(found * (1 - ROUNDING) - ROUNDING)
