"""Multi-parcel search: all partitions of small orders are compared; plans of larger orders are built and improved."""

import itertools
import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from boxwright.domain.box import BoxType
from boxwright.lazy import cached_property
from boxwright.packing.problem import Ints
from boxwright.selection.bounds import Floor, floor_of, forced_alone, part_floors
from boxwright.selection.effort import Effort
from boxwright.selection.model import PackedBox, ParcelModel, Price, without
from boxwright.selection.outcome import Outcome, left_of, total
from boxwright.selection.packings import Packings
from boxwright.selection.partition import (
    FEW_SUBSETS,
    MOST_SUBSETS,
    Bundles,
    Partition,
    Partitions,
    best_within,
    parts_of,
)
from boxwright.selection.reduction import Reduction
from boxwright.selection.regrouping import Regrouping
from boxwright.selection.single import least_price, search_single
from boxwright.selection.stock import Stock, enough, in_stock
from boxwright.selection.table import Bools

EFFORT_SHARE = 8
"""Divisor of the effort per (units, box type) in plans of several parcels."""
BOXES_PER_PARCEL = 4
"""Number of the largest box types that are compared for a parcel."""
REGROUPING = 24
"""Minimum effort of regrouping, as a number of fillings of a box."""
EQUAL_UNITS_COUNTED, UNITS_COUNTED = 500, 200
"""Number of units up to which the effort to improve a plan grows: if all are equal, and if all are different."""


class MultiSearch:
    """Packs units into several boxes.

    Plans of many units are built with each of the ascending ``efforts`` in turn, and the best plan is kept, so that
    more effort never gives a worse plan. ``offer`` receives every plan found, since the search may end early.

    Attributes
    ----------
    bound : Price or None
        After ``run``, a lower bound on the price of every plan; None unless all partitions were compared.
    floor : Floor or None
        Lower bounds on every plan; None unless they were computed.
    """

    def __init__(
        self,
        model: ParcelModel,
        efforts: Sequence[Effort],
        *,
        fewest_first: bool,
        max_parcels: int | None = None,
        offer: Callable[[list[PackedBox]], None] = lambda parcels: None,
    ) -> None:
        self._model = model
        self._whole_efforts = efforts
        self._fewest_first = fewest_first
        self._max_parcels = math.inf if max_parcels is None else max_parcels
        self._offer = offer
        self.bound: Price | None = None
        self.floor: Floor | None = None
        self._floors: dict[bytes, Floor] = {}
        self._building: tuple[Packings, list[PackedBox], list[PackedBox]] | None = None

    @cached_property
    def _efforts(self) -> list[Effort]:
        return [effort.scaled(parts=EFFORT_SHARE) for effort in self._whole_efforts]

    def run(self, members: Ints, whole: Outcome) -> list[PackedBox]:
        """Return parcels for as many units as possible; ``whole`` is the outcome of the single-parcel search."""
        bundles = Bundles.of(self._model, members)
        exact = self._partition(members, bundles, whole) if bundles.count <= MOST_SUBSETS else None
        plans = []
        if exact is not None:
            self.bound = exact.bound
            few = bundles.count <= FEW_SUBSETS
            within: list[PackedBox] | None = exact.parcels
            if not enough(exact.parcels) or len(exact.parcels) > self._max_parcels:
                within = self._within(members, bundles, whole) if few else None
            if within is not None:
                # Parts are searched with little effort, so a plan that is built may be better than an unproved plan.
                if few or total(within) == exact.bound:
                    return within
                plans.append(within)
        plans.append(self._beside(members, []))
        as_they_are = map(self._model.as_it_is, self._model.admission.bundles(members))
        if shipped := [parcel for parcel in as_they_are if parcel is not None]:
            plans.append(self._beside(members, shipped))
        return min(plans, key=self._rank)

    def finish_begun(self, members: Ints) -> list[PackedBox]:
        """Return the plan under construction, completed with little effort after the search was ended."""
        if self._building is None:
            packings = Packings(self._model.variants(members)[0], members, self._efforts[-1].without_solver)
            return filled_soon(packings, members)
        packings, beside, begun = self._building
        return filled_soon(packings, members, [*beside, *begun])

    def may_be_better(self, members: Ints, price: Price) -> bool:
        """Whether several parcels may cost less than one box at this price."""
        if len(members) < 2:
            return False
        if self._model.admission.own[members].any() or Bundles.of(self._model, members).count <= MOST_SUBSETS:
            return True
        return self._floor_of(members).price != price

    def run_for_one(self, members: Ints, places: int) -> list[PackedBox]:
        """Return the parcel with the most volume of goods, the cheapest on a tie; an empty list if nothing fits.

        ``places`` is the effort per box type. All parts of a few units are tried in descending volume.
        """
        variants, bundles = self._model.variants(members), Bundles.of(self._model, members)
        found = [parcel for variant in variants for parcel in self._fullest(variant, members, places)]
        volumes_um3 = Packings(variants[0], members, self._efforts[-1]).volumes_um3

        def size(some: Ints) -> float:
            # Volumes differ between cushionings, so the number of units is compared instead.
            return len(some) if len(variants) > 1 else float(volumes_um3(np.sort(some)).sum())

        above = max((size(parcel.members) for parcel in found), default=0.0)
        few = bundles.count <= FEW_SUBSETS
        parts = sorted(map(bundles.units, parts_of(bundles.whole)[1:]), key=size, reverse=True) if few else []
        for largest, equals in itertools.groupby(parts, size):
            if largest <= above:
                break
            tried = [
                search_single(self._model, some, self._model.box_types(), self._efforts[-1]).found for some in equals
            ]
            if any(tried):
                found += filter(None, tried)
                break
        return sorted(found, key=lambda parcel: (-size(parcel.members), parcel.price))[:1]

    def _fullest(self, model: ParcelModel, members: Ints, places: int) -> list[PackedBox]:
        """Return the parcel with the most volume of goods, the cheapest on a tie; empty if nothing fits."""
        packings, boxes = Packings(model, members, self._efforts[-1], places_per_unit=places), model.box_types()

        def rank(parcel: PackedBox) -> tuple[float, Price]:
            return -float(packings.volumes_um3(np.sort(parcel.members)).sum()), parcel.price

        found: list[PackedBox] = []
        for box in sorted(boxes, key=lambda box: (-box.inner_volume_um3, box.box_type_id)):
            if not found or box.has_room(-rank(found[0])[0]):
                parcel = packings.fill(members, box, places)
                found = sorted([*found, *([] if parcel is None else [parcel])], key=rank)[:1]
        alone = (packings.cheapest(bundle, boxes) for bundle in forced_alone(model, members, boxes))
        return sorted([*found, *(parcel for parcel in alone if parcel is not None)], key=rank)[:1]

    def _beside(self, members: Ints, shipped: list[PackedBox]) -> list[PackedBox]:
        """Return parcels of all members; ``shipped`` are those of units in their own container."""
        rest = left_of(members, shipped)
        parcels = self._build(rest, shipped) if len(rest) else []
        if not self._model.admission.own[rest].any():
            return [*shipped, *parcels]
        # A unit that is alone in its box or was not packed may ship in its own container.
        alone = map(self._model.as_it_is, self._model.admission.bundles(left_of(rest, parcels)))
        may = ((parcel, self._model.as_it_is(parcel.members)) for parcel in parcels)
        without_box = [parcel if own is None or own.price > parcel.price else own for parcel, own in may]
        return [*shipped, *without_box, *(parcel for parcel in alone if parcel is not None)]

    def _build(self, members: Ints, beside: list[PackedBox]) -> list[PackedBox]:
        """Return a plan for some members; ``beside`` are the parcels of all others."""
        floor = self._floor_of(members)
        variants = self._model.variants(members)
        if len(variants) == 1:
            return self._build_with(variants[0], members, floor, beside)
        # One plan is started with each cushioning. Units that it leaves out are packed with the other cushionings.
        plans = []
        built: dict[tuple[str, bytes], list[PackedBox]] = {}
        for first in variants:
            parcels: list[PackedBox] = []
            left = members
            for variant in (first, *(other for other in variants if other is not first)):
                if not len(left):
                    break
                key = variant.cushioning_id, left.tobytes()
                if key not in built:
                    built[key] = self._build_with(variant, left, floor_of(variant, left), [*beside, *parcels])
                more = built[key]
                if enough([*parcels, *more]):
                    parcels = [*parcels, *more]
                left = left_of(members, parcels)
            stock = Stock(self._model.box_types(), parcels)
            for index, parcel in enumerate(parcels):
                boxes, inside = stock.boxes(stock.left([parcel])), np.sort(parcel.members)
                one = search_single(self._model, inside, boxes, self._efforts[-1], parcel.price, certified=False)
                if one.found is not None:
                    stock.replace([parcel], [one.found])
                    parcels[index] = one.found
            plans.append(parcels)
            if self._rank(plans[-1]) == (-len(members), 0, floor.price):
                break  # no plan is cheaper
        return min(plans, key=self._rank)

    def _build_with(self, model: ParcelModel, members: Ints, floor: Floor, beside: list[PackedBox]) -> list[PackedBox]:
        """With each effort in turn, build a plan, lower its number of parcels if that matters, then lower its price."""
        packings = Packings(model, members, self._efforts[-1].without_solver)
        best: list[PackedBox] = []
        for effort in self._efforts:
            packings.effort = effort.without_solver
            self._building = packings, [*beside], []
            begun = construct(packings, members, self._building[2])
            for bundle in model.admission.bundles(left_of(members, begun)):
                if len(bundle) > 1:  # a keep-together group was left out: search for a box with the effort of an order
                    stock, whole = in_stock(model.box_types(), begun), self._whole_efforts[-1].of_an_order
                    begun = [*begun, *search_single(self._model, bundle, stock, whole).parcels]
            self._offer([*beside, *begun])
            begun = min(best, begun, key=self._rank) if best else begun
            if self._rank(begun) == (-len(members), 0, floor.price):
                return begun  # no plan is better
            improved = self._improved(packings, members, begun, floor, effort, beside)
            best = min(best, improved, key=self._rank) if best else improved
            if self._rank(best) == (-len(members), 0, floor.price):
                break
        return best

    def _improved(
        self,
        packings: Packings,
        members: Ints,
        parcels: list[PackedBox],
        floor: Floor,
        effort: Effort,
        beside: list[PackedBox],
    ) -> list[PackedBox]:
        most = max(UNITS_COUNTED, EQUAL_UNITS_COUNTED + 1 - len(packings.one_of_each(members)))
        places = effort.places_per_unit * min(len(members), most)
        fewer = self._fewest_first or len(parcels) > self._max_parcels
        if fewer and sum(len(parcel.members) for parcel in parcels) == len(members):
            fewest = 2 if self._fewest_first else max(2, int(self._max_parcels))
            parcels = Reduction(packings, members).run(parcels, max(fewest, floor.parcels), places)
            self._offer([*beside, *parcels])
        splits = not self._fewest_first and self._max_parcels == math.inf
        parcels = Regrouping(packings, splits=splits).run(parcels, floor.price, max(places, REGROUPING * effort.places))
        self._offer([*beside, *parcels])
        return parcels

    def _floor_of(self, members: Ints) -> Floor:
        key = members.tobytes()
        self.floor = self._floors.get(key) or floor_of(self._model, members)
        self._floors[key] = self.floor
        return self.floor

    def _rank(self, parcels: list[PackedBox]) -> tuple[int, float, Price]:
        """Return the sort key of a plan: number of units packed (descending), parcels above the limit, and price."""
        excess = max(0, len(parcels) - self._max_parcels)
        return -sum(len(parcel.members) for parcel in parcels), excess, total(parcels)

    def _partition(self, members: Ints, bundles: Bundles, whole: Outcome) -> Partition | None:
        stock = self._model.box_types()

        def single(some: Ints) -> tuple[PackedBox | None, Price | None]:
            one = whole
            if len(some) < len(members):
                one = search_single(self._model, some, stock, self._efforts[-1])
            return one.found, one.least

        return Partitions(
            bundles,
            single,
            lambda some: whole.least if len(some) == len(members) else least_price(self._model, some, stock),
            lambda parts: part_floors(self._model, members, stock, bundles, parts),
            self._model.stop,
            monotone=self._model.monotone,
        ).best()

    def _within(self, members: Ints, bundles: Bundles, whole: Outcome) -> list[PackedBox] | None:
        """Return the best plan of as many of a few units as possible within stock and ``max_parcels``, or None."""
        boxes = self._model.box_types()
        scarce = [box for box in boxes if box.available is not None and box.available < sum(bundles.whole)]
        plenty = [box for box in boxes if box not in scarce]

        def options(some: Ints) -> list[PackedBox]:
            if len(some) == len(members):
                return [] if whole.found is None else [whole.found]
            cheapest = search_single(self._model, some, plenty, self._efforts[-1]).found
            below = None if cheapest is None else cheapest.price
            others = [search_single(self._model, some, [box], self._efforts[-1], below).found for box in scarce]
            return [parcel for parcel in (cheapest, *others) if parcel is not None]

        stock = {box.box_type_id: box.available for box in scarce if box.available is not None}
        return best_within(bundles, options, stock, self._max_parcels, self._model.stop)


def construct(packings: Packings, members: Ints, begun: list[PackedBox] | None = None) -> list[PackedBox]:
    """Return parcels for as many of the units as possible; ``begun`` collects them on the way.

    Units too heavy to share a parcel are packed alone first. Then the unit that fits the fewest boxes is found, these
    boxes are filled, and the fullest of them is kept; this is repeated. The last parcel is the cheapest for all units
    left.
    """
    model = packings.model
    parcels: list[PackedBox] = [] if begun is None else begun
    left = members
    for bundle in forced_alone(model, members, model.box_types()):
        model.stop.look()
        alone = packings.cheapest(bundle, in_stock(model.box_types(), parcels))
        if alone is not None:
            parcels.append(alone)
            left = without(left, bundle)
    while len(left):
        model.stop.look()
        stock = in_stock(model.box_types(), parcels)
        # These tests are cheap: all units left may share a parcel, and some box has enough volume.
        volume = packings.volumes_um3(left).sum() / 1.001
        if model.admission.refusal(left) is None and any(box.has_room(volume) for box in stock):
            finish = packings.cheapest(left, stock)
            if finish is not None:
                return [*parcels, finish]
        fullest = _fullest_parcel(packings, left, stock)
        if fullest is None:  # a box too weak for many units with their dunnage may still take one bundle
            bundles = sorted((alike[0] for alike in Bundles.of(model, left).by_kind), key=lambda bundle: int(bundle[0]))
            fullest = next(filter(None, (packings.cheapest(bundle, stock) for bundle in bundles)), None)
        if fullest is None:
            break
        parcels.append(fullest)
        left = without(left, fullest.members)
    return parcels


def filled_soon(packings: Packings, members: Ints, parcels: Sequence[PackedBox] = ()) -> list[PackedBox]:
    """Return ``parcels`` and parcels of all other units, which are found quickly and may be poor.

    A single construction fills each of the largest open boxes in stock until nothing more goes in. Every other bundle
    gets its own parcel, in the first box that takes it: rigid boxes are tried first, and cheap boxes before dear ones.
    """
    model, found = packings.model, list(parcels)
    left = left_of(members, found)
    rigid = [box for box in model.box_types() if not box.flexible and not box.compartments]
    for box in itertools.islice(_largest_first(packings, left, rigid), BOXES_PER_PARCEL):
        while len(left) and in_stock([box], found):
            model.stop.look()
            filled = packings.fill_soon(left, box)
            if filled is None:
                break
            found.append(filled)
            left = without(left, filled.members)
    boxes = packings.conceivable.boxes
    order = sorted(range(len(boxes)), key=lambda rank: (boxes[rank].flexible, model.lower_bound(boxes[rank]), rank))
    for bundle in model.admission.bundles(left_of(members, found)):
        model.stop.look()
        suitable: Bools = np.logical_and.reduce(packings.suitable(bundle))
        at_hand = {box.box_type_id for box in in_stock(boxes, found)}
        some = (boxes[rank] for rank in order if suitable[rank] and boxes[rank].box_type_id in at_hand)
        alone = next(filter(None, (packings.cheapest(bundle, [box]) for box in some)), None) or model.as_it_is(bundle)
        found += [] if alone is None else [alone]
    return found


def _fullest_parcel(packings: Packings, left: Ints, stock: Sequence[BoxType]) -> PackedBox | None:
    """Return the fullest parcel, by volume of goods, in a box that takes the unit that fits the fewest boxes."""
    ranks = [packings.conceivable.rank[box.box_type_id] for box in stock]
    takes = packings.suitable(packings.one_of_each(left))[:, ranks]
    takes = takes[takes.any(axis=1)]
    fewest = takes[takes.sum(axis=1).argmin()] if len(takes) else np.zeros(len(stock), dtype=np.bool_)
    suitable = [stock[at] for at in np.flatnonzero(fewest).tolist()]
    filled: list[PackedBox] = []
    for tried, box in enumerate(_largest_first(packings, left, suitable)):
        if tried >= BOXES_PER_PARCEL and filled:
            break
        parcel = packings.fill(left, box)
        filled += [] if parcel is None else [parcel]
    return max(filled, key=lambda parcel: packings.volumes_um3(parcel.members).sum(), default=None)


def _largest_first(packings: Packings, left: Ints, boxes: Sequence[BoxType]) -> Iterator[BoxType]:
    """Yield boxes, the largest first, except those that dense goods leave too empty when they reach the mass limit."""
    model, facts = packings.model, packings.conceivable
    masses_mg, volumes_um3 = facts.units.mass_mg[facts.at(left)], packings.volumes_um3(left)
    lightest = np.argsort(masses_mg / volumes_um3, kind="stable")
    sums_mg, sums_um3 = masses_mg[lightest].cumsum(), volumes_um3[lightest].cumsum()
    for box in sorted(boxes, key=lambda box: -box.inner_volume_um3):
        limit_mg = model.for_several(box).max_load_mg
        within = sums_um3 <= box.inner_volume_um3
        if limit_mg is not None:
            within &= sums_mg <= limit_mg
        if not within.any() or not model.too_loose(box, np.sort(left[lightest[within]])):
            yield box
