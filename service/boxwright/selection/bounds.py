"""Lower bounds told before any packing: of a plan, of one parcel, and of how many boxes there must be.

A plan is bounded by what its units need of all boxes together: volume, mass, shares of edges, company.
"""

import itertools
import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from boxwright.domain.box import BoxType
from boxwright.packing.cells import fit_cells
from boxwright.packing.problem import Floats, Ints, within
from boxwright.packing.shares import Shares
from boxwright.selection.model import ParcelModel, Price, add
from boxwright.selection.partition import Bundles, Counts
from boxwright.selection.table import Bools, Conceivable, fit_inside, load_limit_mg

EVALUATIONS = 2_000_000
"""Counted effort of one bound by shares, the same in every mode: a certificate is replayed without its mode."""
EVALUATIONS_PER_COMBINATION = 200_000
"""The same for one combination of boxes."""
COMBINATIONS_TRIED = 30
"""How many combinations of each size are put to the test."""
MOST_COMBINATIONS = 20_000
"""Combinations of box types, times their boxes, that are listed; of more there is no list."""
MOST_COMPARED, MOST_ORDERS = 1_000, 1_000
"""Units that are compared with each other, and orders of the boxes of a combination that are looked through, to tell
which boxes take units that are kept apart."""
MOST_THRESHOLDS = 100
"""Most masses that the bound on the number of parcels is worked out for; any of them gives a bound."""
HALVINGS = 40
"""Of the range in which the part of a bound that counts by volume is looked for."""
ROUNDING = 1e-9
"""Taken off a bound in floats, past any rounding of its sums."""


@dataclass(frozen=True, slots=True)
class Floor:
    """What every plan comes to at least: its number of parcels, and each objective by itself."""

    parcels: int
    price: Price


def floor_of(model: ParcelModel, members: Ints) -> Floor:
    """Return what every plan of these units comes to at least, by volume, mass, shares and company."""
    needs = _Needs(model, members, model.box_types(), EVALUATIONS)
    by_company = max(model.admission.fewest_parcels(members), fewest_parcels(model, members, needs.boxes))
    parcels = max(by_company, needs.least([1] * len(needs.boxes)))
    costs = zip(*(model.lower_bound(box) for box in needs.boxes), strict=True)
    price = (max(parcels * min(cost), needs.least(cost) if len({*cost}) > 1 else 0) for cost in costs)
    return Floor(parcels, tuple(price))


def boxes_bound(
    model: ParcelModel, members: Ints, count: int, price: Price, *, fewest_first: bool, floor: Floor | None = None
) -> Price | None:
    """Return a price, at most ``price``, that no plan of two or more parcels undercuts; None if none can be told.

    ``count`` and ``price`` are those of the plan. Where the number of parcels counts first, plans with more than
    ``count`` are no question, and combinations of fewer boxes are looked through. ``floor`` is ``floor_of`` the
    members, if known.
    """
    if model.admission.own[members].any():
        return None  # a unit without a box undercuts any box
    floor = floor or floor_of(model, members)
    if not fewest_first or floor.price >= price:
        return min(floor.price, price)
    for size in range(max(2, floor.parcels), count + 1):
        combinations = Combinations(model, model.box_types(), size)
        if not combinations.listed:
            return min(price, (size, *floor.price[1:]))
        cheaper = combinations.cheaper(members, price, Conceivable(model, members))
        if (boxes := _first_possible(model, members, cheaper)) is not None:
            # More boxes than these cost more.
            return min(price, max(add([model.lower_bound(box) for box in boxes]), (size, *floor.price[1:])))
    return price


def _first_possible(
    model: ParcelModel, members: Ints, combinations: Sequence[tuple[BoxType, ...]]
) -> tuple[BoxType, ...] | None:
    """Return the first combination that shares do not refuse; of many, not all are asked."""
    types = {box.box_type_id: box for boxes in combinations[:COMBINATIONS_TRIED] for box in boxes}
    if not types:
        return None
    needs = _Needs(model, members, list(types.values()), EVALUATIONS_PER_COMBINATION * len(types) // 2)
    rank = {box.box_type_id: number for number, box in enumerate(needs.boxes)}
    for boxes in combinations[:COMBINATIONS_TRIED]:
        # Margins may consume the whole box: then it adds nothing.
        ranks = [rank[box.box_type_id] for box in boxes if box.box_type_id in rank]
        if ranks and needs.least_number(ranks) <= len(boxes):
            return boxes
    return next(iter(combinations[COMBINATIONS_TRIED:]), None)


def _least_cost(amount: int, costs: Sequence[int], holds: Sequence[int | None]) -> int:
    """Return what no boxes for so much cost less than, by what each holds, exactly; None is unlimited."""
    both = zip(costs, holds, strict=True)
    return min((0 if most is None else -(-amount * cost // most) for cost, most in both if most != 0), default=0)


class _Needs:
    """What some units need of boxes of some types."""

    def __init__(self, model: ParcelModel, members: Ints, boxes: Sequence[BoxType], evaluations: int) -> None:
        units = model.protect(members)
        self._volume, self._mass = units.volume_um3, units.total_mg
        spaces = [model.space(box, units, whole=False, several=False) for box in boxes]
        # What encloses a mailer with some units in it need not with others, so that it counts as it lies flat.
        edges = [
            box.inner_um if space.encloses else within(units, space).edges_um
            for box, space in zip(boxes, spaces, strict=True)
        ]
        usable = [at for at, each in enumerate(edges) if min(each) > 0]
        self.boxes = [boxes[at] for at in usable]
        # The volume inside, or of all compartments, as far as envelopes may take it.
        self._capacity = []
        for at in usable:
            inside, limit = math.prod(edges[at]), spaces[at].volume_limit_um3
            if spaces[at].cells:
                inside = sum(map(math.prod, spaces[at].cell_sizes))
            self._capacity.append(inside if math.isinf(limit) else min(inside, math.floor(limit)))
        loads = most_loads_mg(model, members, self.boxes)
        self._limit = [None if math.isinf(load) else max(math.floor(load), 0) for load in loads]
        self._shares: Shares | None = None
        if len(model.shapes(members, units).units) == 1:  # soft goods have no extents of their own
            _, firsts, counts = np.unique(units.kinds, return_index=True, return_counts=True)
            insides = np.array([edges[at] for at in usable], dtype=np.int64).reshape(-1, 3)
            self._shares = Shares(units.edges_um[firsts], units.masks[firsts], counts, insides, evaluations, model.stop)

    def least(self, costs: Sequence[int]) -> int:
        """Return a whole number that the cost of no set of boxes for all units undercuts; 0 where there are none."""
        if not self.boxes:
            return 0
        shares = 0.0 if self._shares is None else self._shares.least_cost(np.array(costs, dtype=np.float64))
        amounts = ((self._volume, self._capacity), (self._mass, self._limit))
        sums = (_least_cost(amount, costs, holds) for amount, holds in amounts)
        return max(*sums, math.ceil(max(shares, self._least_of_both(costs)) * (1 - ROUNDING) - ROUNDING))

    def _least_of_both(self, costs: Sequence[int]) -> float:
        """Return what no boxes cost less than that hold the volume and the mass of all units, in any parts of a box.

        By duality, whatever part of a unit's share is counted by volume, and the rest by mass, gives a bound: the
        reciprocal of the most of the whole that a box holds for its cost. That is convex in the part.
        """
        if None in self._limit or not self._volume or not self._mass or min(costs) <= 0:
            return 0.0
        by_volume, by_mass = (
            np.array(holds, dtype=np.float64) / whole / np.array(costs, dtype=np.float64)
            for holds, whole in ((self._capacity, self._volume), (self._limit, self._mass))
        )
        low, high = 0.0, 1.0
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            held = middle * by_volume + (1 - middle) * by_mass
            most = held.argmax()
            low, high = (low, middle) if by_volume[most] > by_mass[most] else (middle, high)
        return float(1 / held[most]) if held[most] > 0 else 0.0

    def least_number(self, ranks: Sequence[int]) -> int:
        """Return how many boxes there must be at least if all are of the types of these ranks."""
        if self._shares is None:
            return 0
        which = np.unique(np.array(ranks, dtype=np.int64))
        found = self._shares.least_cost(np.ones(len(which)), which, len(ranks) + 1e-6)
        return math.ceil(found * (1 - ROUNDING) - ROUNDING)


class Combinations:
    """Which combinations of so many boxes could hold some units for less than a price; ``listed`` if they are few."""

    def __init__(self, model: ParcelModel, stock: Sequence[BoxType], size: int) -> None:
        self._model, self._stock = model, stock
        self.listed = math.comb(len(stock) + size - 1, size) * size <= MOST_COMBINATIONS
        known = [model.lower_bound(box) for box in stock]
        ids = [box.box_type_id for box in stock]
        places = itertools.combinations_with_replacement(range(len(stock)) if self.listed else (), size)
        entries = sorted((add([known[at] for at in each]), [ids[at] for at in each], each) for each in places)
        self._least = [least for least, *_ in entries]
        self._places = np.array([each for *_, each in entries], dtype=np.int64).reshape(-1, size)
        self._volume = np.array([float(box.inner_volume_um3) for box in stock])[self._places].sum(axis=1)
        self._at_hand = np.ones(len(entries), dtype=np.bool_)
        for rank, box in enumerate(stock):
            if box.available is not None and box.available < size:
                self._at_hand &= (self._places == rank).sum(axis=1) <= box.available

    def cheaper(self, members: Ints, price: Price, facts: Conceivable) -> list[tuple[BoxType, ...]]:
        """Return those that could hold the units for less than ``price``, cheapest first; none where none is listed.

        Left out are only combinations that cannot: too small or too weak in sum, more of a box type than there are, or
        with a unit that fits none of their boxes.
        """
        places = self._places[: bisect_left(self._least, price)]
        if not len(places):
            return []
        count, at = len(places), facts.at(members)
        # Dunnage only adds to what a box must bear, so limits without it exclude nothing that is possible.
        limits_mg = np.array(most_loads_mg(self._model, members, self._stock))
        limits = limits_mg[places]
        may = self._at_hand[:count] & (self._volume[:count] >= facts.volumes_um3[at].sum() * (1 - ROUNDING))
        may &= (limits >= 0).all(axis=1) & (limits.sum(axis=1) >= facts.units.mass_mg[at].sum())
        takers = facts.takers_of_each(members)[:, self._ranks(facts)]
        places = places[may]
        for each in takers:
            places = places[each[places].any(axis=1)]
        size, admission = places.shape[1], self._model.admission
        apart = [] if admission.free or len(at) > MOST_COMPARED else admission.kept_apart(members, size)
        if len(apart) > 1 and math.perm(size, len(apart)) <= MOST_ORDERS:
            fits = [self._fitting(facts, some, limits_mg) for some in apart]
            orders = itertools.permutations(range(size), len(apart))
            ways = [
                np.all([fit[places[:, at]] for fit, at in zip(fits, order, strict=True)], axis=0) for order in orders
            ]
            places = places[np.any(ways, axis=0)]
        return [tuple(map(self._stock.__getitem__, each)) for each in places.tolist()]

    def _ranks(self, facts: Conceivable) -> list[int]:
        return [facts.rank[box.box_type_id] for box in self._stock]

    def _fitting(self, facts: Conceivable, some: Ints, limits_mg: Floats) -> Bools:
        """Return which of the stock may take all of some units, bool (b,), beside others or not."""
        at, model, units = facts.at(some), self._model, self._model.protect(some)
        fits: Bools = np.logical_and.reduce(facts.takers_of_each(some)[:, self._ranks(facts)])
        fits &= np.array([box.inner_volume_um3 for box in self._stock]) >= facts.volumes_um3[at].sum() * (1 - ROUNDING)
        fits &= limits_mg >= facts.units.mass_mg[at].sum()
        if model.monotone and len(model.shapes(some, units).units) == 1:
            fits[[*model.refused(units, self._stock)]] = False
        return fits


def part_floors(
    model: ParcelModel, members: Ints, boxes: Sequence[BoxType], bundles: Bundles, parts: Sequence[Counts]
) -> list[Price | None]:
    """Return for each part of the bundles of all ``members`` a price that no single parcel of it undercuts.

    None where no box can take it. Units count with what protects them in each box; void fill and tape weigh nothing.
    """
    counts = np.array(parts, dtype=np.int64).reshape(len(parts), len(bundles.by_kind))
    bounds: list[Price] = []
    takes = [np.zeros((0, len(parts)), dtype=np.bool_)]
    # Open boxes with each cushioning, and once those with compartments, which need none.
    variants = model.variants(members)
    for variant, in_cells in (*((each, False) for each in variants), (variants[0], True)):
        model.stop.look()
        alike = [box for box in boxes if bool(box.compartments) is in_cells]
        if alike:
            bounds += [variant.lower_bound(box) for box in alike]
            takes.append(_taken(variant, members, bundles.by_kind, counts, alike))
    cheapest_first = sorted(range(len(bounds)), key=bounds.__getitem__)
    taken = np.concatenate(takes)[cheapest_first]
    firsts = taken.argmax(axis=0).tolist() if len(taken) else []
    floors = [bounds[cheapest_first[at]] if taken[at, part] else None for part, at in enumerate(firsts)]
    floors = floors or [None] * len(parts)
    for part, each in enumerate(parts):
        if sum(each) == 1:
            as_it_is = model.as_it_is(bundles.by_kind[each.index(1)][0])
            if as_it_is is not None:
                floors[part] = min(as_it_is.price, floors[part] or as_it_is.price)
    return floors


def _taken(
    model: ParcelModel, members: Ints, by_kind: list[list[Ints]], counts: Ints, boxes: Sequence[BoxType]
) -> Bools:
    """Return which parts each box may take, bool (b, parts); units measure the same in all of the boxes."""
    units = model.protect(members, boxes[0])
    bundles = [np.searchsorted(members, each[0]) for each in by_kind]
    volumes, masses, sizes = (
        counts @ np.array([figure[each].sum() for each in bundles])
        for figure in (
            np.array(units.volumes_um3, dtype=np.float64),
            units.mass_mg + units.cushioning_mg,
            np.ones(len(units), dtype=np.int64),
        )
    )
    alone, several = (
        np.array([[load_limit_mg(of(box))] for box in boxes]) for of in (lambda box: box, model.for_several)
    )
    takes: Bools = (masses <= alone) & ((masses <= several) | (counts.sum(axis=1) == 1))
    if boxes[0].compartments:
        takes &= sizes <= np.array([[len(box.cells_um)] for box in boxes])
    if len(model.shapes(members, units).units) > 1:
        return takes
    takes &= volumes * (1 - ROUNDING) <= np.array([[float(box.inner_volume_um3)] for box in boxes])
    if boxes[0].compartments:
        fits = np.array([fit_cells(units, box.compartments.sizes_um) for box in boxes if box.compartments])
    else:
        inside = np.array([box.inner_um for box in boxes], dtype=np.int64)
        fits = fit_inside(units, inside, np.zeros(len(boxes), dtype=np.int64)).T | np.array(
            [[box.flexible] for box in boxes]
        )
    homeless = ~np.stack([fits[:, each].all(axis=1) for each in bundles], axis=1)
    takes &= ~((homeless[:, np.newaxis] & (counts > 0)).any(axis=2))
    return takes


def most_loads_mg(model: ParcelModel, members: Ints, boxes: Sequence[BoxType]) -> list[float]:
    """Return what goods and dunnage of a parcel of these units can weigh at most in each box type; infinity: no limit.

    A bundle by itself is bound by the box type alone, several are bound more closely: a parcel then weighs no more than
    several may, or than the heaviest bundle does.
    """
    limits = [load_limit_mg(box) for box in boxes]
    closer = [load_limit_mg(model.for_several(box)) for box in boxes]
    if closer == limits:
        return limits
    # What is round the units of a bundle adds to what it weighs; limits here are compared with goods alone.
    heaviest = float(_bundle_masses_mg(model, members).max(initial=0))
    return [max(one, min(limit, heaviest)) for one, limit in zip(closer, limits, strict=True)]


def _bundle_masses_mg(model: ParcelModel, members: Ints) -> Floats:
    """Return the mass of the goods of each inseparable bundle of units, float64 (n,), whole mg."""
    masses, bundles = model.protect(members).mass_mg, model.admission.bundles(members)
    if len(bundles) == len(members):
        return masses
    return np.array([masses[np.searchsorted(members, bundle)].sum() for bundle in bundles], dtype=np.float64)


def _most_of_several_mg(model: ParcelModel, boxes: Sequence[BoxType]) -> float:
    return max((load_limit_mg(model.for_several(box)) for box in boxes), default=math.inf)


def forced_alone(model: ParcelModel, members: Ints, boxes: Sequence[BoxType]) -> list[Ints]:
    """Return the bundles that are too heavy to go with another into any of some boxes; none without a limit."""
    most = _most_of_several_mg(model, boxes)
    if math.isinf(most):
        return []
    bundles = model.admission.bundles(members)
    heavy = _bundle_masses_mg(model, members) > most
    return [bundles[at] for at in np.flatnonzero(heavy).tolist()]


def fewest_parcels(model: ParcelModel, members: Ints, boxes: Sequence[BoxType]) -> int:
    """Return a number of parcels that no plan of these units undercuts, by what several may weigh; 0 without a limit.

    The bound of Martello and Toth (Lower bounds and reduction procedures for the bin packing problem, Discrete Applied
    Mathematics 28, 1990): for each threshold, bundles that leave less than it have a parcel each, so have those above
    half, and what the latter leave is all that the middling ones can share with them. A bundle heavier than several may
    be is by itself.
    """
    most = _most_of_several_mg(model, boxes)
    if math.isinf(most):
        return 0
    masses = np.sort(_bundle_masses_mg(model, members))
    if most <= 0:
        return len(masses)
    small = np.unique(masses[masses <= most / 2])
    chosen = small[np.unique(np.linspace(0, len(small) - 1, min(len(small), MOST_THRESHOLDS)).astype(np.int64))]
    fewest = 0
    for threshold in (0.0, *chosen.tolist()):
        full = masses > most - threshold
        large = (masses > most / 2) & ~full
        middling = float(masses[(masses >= threshold) & ~large & ~full].sum())
        left = int(large.sum()) * most - float(masses[large].sum())
        fewest = max(fewest, int(full.sum()) + int(large.sum()) + max(0, math.ceil((middling - left) / most)))
    return fewest
