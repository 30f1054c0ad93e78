"""Lower bounds before any packing: on the price of a plan and of a parcel, and on the number of parcels.

They follow from the volume, mass and shares of edges that units need, and from units that may not share a parcel.
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
"""Counted effort of a bound by shares. It is the same in all modes, since a certificate is replayed without a mode."""
EVALUATIONS_PER_COMBINATION = 200_000
"""Counted effort for one combination of boxes."""
COMBINATIONS_TRIED = 30
"""Maximum number of combinations of each size that are tested."""
MOST_COMBINATIONS = 20_000
"""Maximum number of combinations of box types, times their boxes, that are listed."""
MOST_COMPARED, MOST_ORDERS = 1_000, 1_000
"""Limits to the assignment of kept-apart units to boxes: number of units that are compared with each other, and number
of sequences in which the boxes of a combination are tried."""
MOST_THRESHOLDS = 100
"""Maximum number of mass thresholds for the bound on the number of parcels; every threshold gives a valid bound."""
HALVINGS = 40
"""Number of steps of the search for the weight of volume against mass in a bound."""
ROUNDING = 1e-9
"""Relative tolerance of a bound in floats."""


@dataclass(frozen=True, slots=True)
class Floor:
    """Lower bounds that hold for every plan: on the number of parcels, and on each objective separately."""

    parcels: int
    price: Price


def floor_of(model: ParcelModel, members: Ints) -> Floor:
    """Return lower bounds that hold for every plan of these units."""
    needs = _Needs(model, members, model.box_types(), EVALUATIONS)
    by_company = max(model.admission.fewest_parcels(members), fewest_parcels(model, members, needs.boxes))
    parcels = max(by_company, needs.least([1] * len(needs.boxes)))
    costs = zip(*(model.lower_bound(box) for box in needs.boxes), strict=True)
    price = (max(parcels * min(cost), needs.least(cost) if len({*cost}) > 1 else 0) for cost in costs)
    return Floor(parcels, tuple(price))


def boxes_bound(
    model: ParcelModel, members: Ints, count: int, price: Price, *, fewest_first: bool, floor: Floor | None = None
) -> Price | None:
    """Return a lower bound on the price of plans of two or more parcels; None if there is none.

    It is at most ``price``, the price of a plan with ``count`` parcels. ``fewest_first`` is True if the first objective
    is the number of parcels; combinations of up to ``count`` boxes are then tested. ``floor`` is ``floor_of`` the
    members, if it is known.
    """
    if model.admission.own[members].any():
        return None  # a unit that ships without a box may be cheaper than any box
    floor = floor or floor_of(model, members)
    if not fewest_first or floor.price >= price:
        return min(floor.price, price)
    for size in range(max(2, floor.parcels), count + 1):
        combinations = Combinations(model, model.box_types(), size)
        if not combinations.listed:
            return min(price, (size, *floor.price[1:]))
        cheaper = combinations.cheaper(members, price, Conceivable(model, members))
        if (boxes := _first_possible(model, members, cheaper)) is not None:
            return min(price, max(add([model.lower_bound(box) for box in boxes]), (size, *floor.price[1:])))
    return price


def _first_possible(
    model: ParcelModel, members: Ints, combinations: Sequence[tuple[BoxType, ...]]
) -> tuple[BoxType, ...] | None:
    """Return the first combination of boxes that the bound by shares does not refuse, or that is not tested."""
    types = {box.box_type_id: box for boxes in combinations[:COMBINATIONS_TRIED] for box in boxes}
    if not types:
        return None
    needs = _Needs(model, members, list(types.values()), EVALUATIONS_PER_COMBINATION * len(types) // 2)
    rank = {box.box_type_id: number for number, box in enumerate(needs.boxes)}
    for boxes in combinations[:COMBINATIONS_TRIED]:
        # A box that margins fill completely adds nothing.
        ranks = [rank[box.box_type_id] for box in boxes if box.box_type_id in rank]
        if ranks and needs.least_number(ranks) <= len(boxes):
            return boxes
    return next(iter(combinations[COMBINATIONS_TRIED:]), None)


def _least_cost(amount: int, costs: Sequence[int], holds: Sequence[int | None]) -> int:
    """Return a lower bound on the cost of boxes for an amount; ``holds`` is None for a box without a limit."""
    both = zip(costs, holds, strict=True)
    return min((0 if most is None else -(-amount * cost // most) for cost, most in both if most != 0), default=0)


class _Needs:
    """Lower bounds on the boxes for some units, by the volume, mass and shares of edges that the units need."""

    def __init__(self, model: ParcelModel, members: Ints, boxes: Sequence[BoxType], evaluations: int) -> None:
        units = model.protect(members)
        self._volume, self._mass = units.volume_um3, units.total_mg
        spaces = [model.space(box, units, whole=False, several=False) for box in boxes]
        # The cuboid round a mailer depends on its units, so the flat size of a mailer is used.
        edges = [
            box.inner_um if space.encloses else within(units, space).edges_um
            for box, space in zip(boxes, spaces, strict=True)
        ]
        usable = [at for at, edges_um in enumerate(edges) if min(edges_um) > 0]
        self.boxes = [boxes[at] for at in usable]
        self._capacity = []
        for at in usable:
            inside, limit = math.prod(edges[at]), spaces[at].volume_limit_um3
            if spaces[at].cells:
                inside = sum(map(math.prod, spaces[at].cell_sizes))
            self._capacity.append(inside if math.isinf(limit) else min(inside, math.floor(limit)))
        loads = most_loads_mg(model, members, self.boxes)
        self._limit = [None if math.isinf(load) else max(math.floor(load), 0) for load in loads]
        self._shares: Shares | None = None
        if len(model.shapes(members, units).units) == 1:  # soft goods have no fixed extents
            _, firsts, counts = np.unique(units.kinds, return_index=True, return_counts=True)
            insides = np.array([edges[at] for at in usable], dtype=np.int64).reshape(-1, 3)
            self._shares = Shares(units.edges_um[firsts], units.masks[firsts], counts, insides, evaluations, model.stop)

    def least(self, costs: Sequence[int]) -> int:
        """Return an integer lower bound on the cost of boxes for all units; 0 without usable boxes."""
        if not self.boxes:
            return 0
        shares = 0.0 if self._shares is None else self._shares.least_cost(np.array(costs, dtype=np.float64))
        amounts = ((self._volume, self._capacity), (self._mass, self._limit))
        sums = (_least_cost(amount, costs, holds) for amount, holds in amounts)
        return max(*sums, math.ceil(max(shares, self._least_of_both(costs)) * (1 - ROUNDING) - ROUNDING))

    def _least_of_both(self, costs: Sequence[int]) -> float:
        """Return a lower bound on the cost of boxes for the volume and mass of all units, fractions of boxes allowed.

        It is the dual of a linear program with two rows. Volume and mass have weights that sum to 1, and a box holds a
        weighted share of all units. The bound is the reciprocal of the greatest share per cost, which is convex in the
        weight.
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
        """Return a lower bound on the number of boxes if only the types of these ranks are used."""
        if self._shares is None:
            return 0
        which = np.unique(np.array(ranks, dtype=np.int64))
        found = self._shares.least_cost(np.ones(len(which)), which, len(ranks) + 1e-6)
        return math.ceil(found * (1 - ROUNDING) - ROUNDING)


class Combinations:
    """Combinations of ``size`` boxes from a stock; ``listed`` is True if they are few enough to be listed."""

    def __init__(self, model: ParcelModel, stock: Sequence[BoxType], size: int) -> None:
        self._model, self._stock = model, stock
        self.listed = math.comb(len(stock) + size - 1, size) * size <= MOST_COMBINATIONS
        known = [model.lower_bound(box) for box in stock]
        ids = [box.box_type_id for box in stock]
        places = itertools.combinations_with_replacement(range(len(stock)) if self.listed else (), size)
        entries = sorted((add([known[at] for at in boxes]), [ids[at] for at in boxes], boxes) for boxes in places)
        self._least = [least for least, *_ in entries]
        self._places = np.array([boxes for *_, boxes in entries], dtype=np.int64).reshape(-1, size)
        self._volume = np.array([float(box.inner_volume_um3) for box in stock])[self._places].sum(axis=1)
        self._at_hand = np.ones(len(entries), dtype=np.bool_)
        for rank, box in enumerate(stock):
            if box.available is not None and box.available < size:
                self._at_hand &= (self._places == rank).sum(axis=1) <= box.available

    def cheaper(self, members: Ints, price: Price, facts: Conceivable) -> list[tuple[BoxType, ...]]:
        """Return the listed combinations that may hold the units for less than ``price``, cheapest first.

        Combinations are left out if their boxes together are too small or too weak or are not in stock, or if some unit
        fits none of their boxes.
        """
        places = self._places[: bisect_left(self._least, price)]
        if not len(places):
            return []
        count, at = len(places), facts.at(members)
        # Dunnage only adds mass, so a test without it excludes nothing possible.
        limits_mg = np.array(most_loads_mg(self._model, members, self._stock))
        limits = limits_mg[places]
        may = self._at_hand[:count] & (self._volume[:count] >= facts.volumes_um3[at].sum() * (1 - ROUNDING))
        may &= (limits >= 0).all(axis=1) & (limits.sum(axis=1) >= facts.units.mass_mg[at].sum())
        suitable = facts.suitable_for_each(members)[:, self._ranks(facts)]
        places = places[may]
        for takes in suitable:
            places = places[takes[places].any(axis=1)]
        size, admission = places.shape[1], self._model.admission
        apart = [] if admission.free or len(at) > MOST_COMPARED else admission.kept_apart(members, size)
        if len(apart) > 1 and math.perm(size, len(apart)) <= MOST_ORDERS:
            fits = [self._fitting(facts, some, limits_mg) for some in apart]
            orders = itertools.permutations(range(size), len(apart))
            possible = [
                np.all([fit[places[:, at]] for fit, at in zip(fits, order, strict=True)], axis=0) for order in orders
            ]
            places = places[np.any(possible, axis=0)]
        return [tuple(map(self._stock.__getitem__, boxes)) for boxes in places.tolist()]

    def _ranks(self, facts: Conceivable) -> list[int]:
        return [facts.rank[box.box_type_id] for box in self._stock]

    def _fitting(self, facts: Conceivable, some: Ints, limits_mg: Floats) -> Bools:
        """Return, for each box of the stock, whether it may take all of some units, bool (b,)."""
        at, model, units = facts.at(some), self._model, self._model.protect(some)
        fits: Bools = np.logical_and.reduce(facts.suitable_for_each(some)[:, self._ranks(facts)])
        fits &= np.array([box.inner_volume_um3 for box in self._stock]) >= facts.volumes_um3[at].sum() * (1 - ROUNDING)
        fits &= limits_mg >= facts.units.mass_mg[at].sum()
        if model.monotone and len(model.shapes(some, units).units) == 1:
            fits[[*model.refused(units, self._stock)]] = False
        return fits


def part_floors(
    model: ParcelModel, members: Ints, boxes: Sequence[BoxType], bundles: Bundles, parts: Sequence[Counts]
) -> list[Price | None]:
    """Return, for each part, a lower bound on the price of one parcel with its units, or None if no box takes them.

    ``parts`` are counts by kind of the ``bundles`` of ``members``. Units have the protection that they need in each
    box; void fill and tape are taken as weightless.
    """
    counts = np.array(parts, dtype=np.int64).reshape(len(parts), len(bundles.by_kind))
    bounds: list[Price] = []
    takes = [np.zeros((0, len(parts)), dtype=np.bool_)]
    # Open boxes are tested with every cushioning. Boxes with compartments need none and are tested once.
    variants = model.variants(members)
    for variant, in_cells in (*((variant, False) for variant in variants), (variants[0], True)):
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
    for part, part_counts in enumerate(parts):
        if sum(part_counts) == 1:
            as_it_is = model.as_it_is(bundles.by_kind[part_counts.index(1)][0])
            if as_it_is is not None:
                floors[part] = min(as_it_is.price, floors[part] or as_it_is.price)
    return floors


def _taken(
    model: ParcelModel, members: Ints, by_kind: list[list[Ints]], counts: Ints, boxes: Sequence[BoxType]
) -> Bools:
    """Return, by box and part, whether the box may take the part, bool (b, parts).

    Either all ``boxes`` are open or all have compartments.
    """
    units = model.protect(members, boxes[0])
    bundles = [np.searchsorted(members, alike[0]) for alike in by_kind]
    volumes, masses, sizes = (
        counts @ np.array([figure[bundle].sum() for bundle in bundles])
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
        fits = np.array([fit_cells(units, box.cell_sizes_um) for box in boxes])
    else:
        inside = np.array([box.inner_um for box in boxes], dtype=np.int64)
        no_slack = np.zeros(len(boxes), dtype=np.int64)
        fits = fit_inside(units, inside, no_slack).T | np.array([[box.flexible] for box in boxes])
    misfits = ~np.stack([fits[:, bundle].all(axis=1) for bundle in bundles], axis=1)
    takes &= ~((misfits[:, np.newaxis] & (counts > 0)).any(axis=2))
    return takes


def most_loads_mg(model: ParcelModel, members: Ints, boxes: Sequence[BoxType]) -> list[float]:
    """Return, by box type, the greatest mass of goods and dunnage in a parcel of these units, in mg or infinity.

    A parcel of several bundles has stricter limits than a parcel of a single bundle. So a parcel weighs no more than
    the limit for several bundles, or no more than the heaviest bundle.
    """
    limits = [load_limit_mg(box) for box in boxes]
    closer = [load_limit_mg(model.for_several(box)) for box in boxes]
    if closer == limits:
        return limits
    # Protection is left out, because the result is compared with masses of goods without protection.
    heaviest = float(_bundle_masses_mg(model, members).max(initial=0))
    return [max(one, min(limit, heaviest)) for one, limit in zip(closer, limits, strict=True)]


def _bundle_masses_mg(model: ParcelModel, members: Ints) -> Floats:
    """Return the mass of goods, in mg, by bundle, float64 (n,)."""
    masses, bundles = model.protect(members).mass_mg, model.admission.bundles(members)
    if len(bundles) == len(members):
        return masses
    return np.array([masses[np.searchsorted(members, bundle)].sum() for bundle in bundles], dtype=np.float64)


def _most_of_several_mg(model: ParcelModel, boxes: Sequence[BoxType]) -> float:
    return max((load_limit_mg(model.for_several(box)) for box in boxes), default=math.inf)


def forced_alone(model: ParcelModel, members: Ints, boxes: Sequence[BoxType]) -> list[Ints]:
    """Return the bundles too heavy to share any of the boxes."""
    most = _most_of_several_mg(model, boxes)
    if math.isinf(most):
        return []
    bundles = model.admission.bundles(members)
    heavy = _bundle_masses_mg(model, members) > most
    return [bundles[at] for at in np.flatnonzero(heavy).tolist()]


def fewest_parcels(model: ParcelModel, members: Ints, boxes: Sequence[BoxType]) -> int:
    """Return a lower bound on the number of parcels by the mass limit for several units; 0 without a limit.

    The bound is that of Martello and Toth (Lower bounds and reduction procedures for the bin packing problem, Discrete
    Applied Mathematics 28, 1990). Large bundles, above half of the limit, are in different parcels. For each threshold,
    bundles that leave less than it are in further parcels, and the bundles from the threshold up to half of the limit
    fill what the large bundles leave before they need more parcels.
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
