"""Multi-parcel search: exact over partitions of small orders; else construct parcels and repack groups of them."""

import itertools
import math
from collections.abc import Callable, Sequence

import numpy as np

from boxwright.lazy import cached_property
from boxwright.packing.problem import Ints
from boxwright.selection.bounds import Floor, floor_of, forced_alone, part_floors
from boxwright.selection.construction import construct, filled_soon
from boxwright.selection.effort import Effort
from boxwright.selection.model import PackedBox, ParcelModel, Price
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

EFFORT_SHARE = 8
"""A parcel of several is searched with the effort per (units, box type) divided by this."""
REGROUPING = 24
"""Least effort of regrouping, in fillings of a box."""
MOST_UNITS_COUNTED = 500
"""The effort of improvement grows with the units up to this many."""


class MultiSearch:
    """Packs units that no single box takes.

    A parcel of several gets a share of the ``efforts``, which rise. Plans of many units are built with each, beginning
    from what came before, so that more effort is never worse. ``offer`` is handed each plan that it comes to, in case
    the search is ended before the last.

    Attributes
    ----------
    bound : Price or None
        After ``run``: no plan of these units is cheaper, as far as all partitions were weighed; else None.
    floor : Floor or None
        What every plan comes to at least, where it was worked out.
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
        """Return parcels for as many units as possible; ``whole`` is what the single-parcel search of all came to."""
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
                # Parts are searched with little effort: of many units, what is not proved may be built better.
                if few or total(within) == exact.bound:
                    return within
                plans.append(within)
        plans.append(self._beside(members, []))
        as_they_are = map(self._model.as_it_is, self._model.admission.bundles(members))
        if shipped := [each for each in as_they_are if each is not None]:
            plans.append(self._beside(members, shipped))
        return min(plans, key=self._rank)

    def finish_begun(self, members: Ints) -> list[PackedBox]:
        """Return the plan that was under way when the search was ended, with what was left over filled in soon."""
        if self._building is None:
            packings = Packings(self._model.variants(members)[0], members, self._efforts[-1].without_solver)
            return filled_soon(packings, members)
        packings, beside, begun = self._building
        return filled_soon(packings, members, [*beside, *begun])

    def may_be_better(self, members: Ints, price: Price) -> bool:
        """Whether to look for several parcels although one box serves at a price: not where no plan costs less."""
        if len(members) < 2:
            return False
        if self._model.admission.own[members].any() or Bundles.of(self._model, members).count <= MOST_SUBSETS:
            return True
        return self._floor_of(members).price != price

    def run_for_one(self, members: Ints, places: int) -> list[PackedBox]:
        """Return the one parcel that takes most volume, the cheapest of equals, within an effort for each box type.

        Of few units every part is tried, the largest first.
        """
        variants, bundles = self._model.variants(members), Bundles.of(self._model, members)
        found = [parcel for variant in variants for parcel in self._fullest(variant, members, places)]
        volumes_um3 = Packings(variants[0], members, self._efforts[-1]).volumes_um3

        def size(some: Ints) -> float:
            # Cushioning takes volume too, so that of several what counts is how many units go in.
            return len(some) if len(variants) > 1 else float(volumes_um3(np.sort(some)).sum())

        above = max((size(each.members) for each in found), default=0.0)
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
        return sorted(found, key=lambda each: (-size(each.members), each.price))[:1]

    def _fullest(self, model: ParcelModel, members: Ints, places: int) -> list[PackedBox]:
        """Return the parcel that takes most volume, the cheapest of equals, as it was found in any of the boxes."""
        packings, boxes = Packings(model, members, self._efforts[-1], places_per_unit=places), model.box_types()

        def rank(parcel: PackedBox) -> tuple[float, Price]:
            return -float(packings.volumes_um3(np.sort(parcel.members)).sum()), parcel.price

        found: list[PackedBox] = []
        for box in sorted(boxes, key=lambda box: (-box.inner_volume_um3, box.box_type_id)):
            # What rigid units take is no more than the box has inside.
            if not found or box.has_room(-rank(found[0])[0]):
                parcel = packings.fill(members, box, places)
                found = sorted([*found, *([] if parcel is None else [parcel])], key=rank)[:1]
        alone = (packings.cheapest(each, boxes) for each in forced_alone(model, members, boxes))
        return sorted([*found, *(each for each in alone if each is not None)], key=rank)[:1]

    def _beside(self, members: Ints, shipped: list[PackedBox]) -> list[PackedBox]:
        """Return parcels of all members of which some ship in their own container."""
        rest = left_of(members, shipped)
        parcels = self._build(rest, shipped) if len(rest) else []
        if not self._model.admission.own[rest].any():
            return [*shipped, *parcels]
        # A unit that has a box to itself, or found none, may do without.
        alone = map(self._model.as_it_is, self._model.admission.bundles(left_of(rest, parcels)))
        may = ((parcel, self._model.as_it_is(parcel.members)) for parcel in parcels)
        without_box = [parcel if own is None or own.price > parcel.price else own for parcel, own in may]
        return [*shipped, *without_box, *(parcel for parcel in alone if parcel is not None)]

    def _build(self, members: Ints, beside: list[PackedBox]) -> list[PackedBox]:
        """Return a plan, of several cushionings the best that begins with one of them and ends with the choice of each.

        Units that one cushioning found no parcel for are left to the others. ``beside`` are the parcels of all others.
        """
        floor = self._floor_of(members)
        variants = self._model.variants(members)
        if len(variants) == 1:
            return self._build_with(variants[0], members, floor, beside)
        plans = []
        built: dict[tuple[str, bytes], list[PackedBox]] = {}
        for first in variants:
            parcels: list[PackedBox] = []
            left = members
            for variant in (first, *(each for each in variants if each is not first)):
                if not len(left):
                    break
                # What one leaves over another has often begun with, or been left, before.
                asked = variant.cushioning_id, left.tobytes()
                if asked not in built:
                    built[asked] = self._build_with(variant, left, floor_of(variant, left), [*beside, *parcels])
                more = built[asked]
                if enough([*parcels, *more]):
                    parcels = [*parcels, *more]
                left = left_of(members, parcels)
            # Each in the cheapest box and cushioning that take its units.
            stock = Stock(self._model.box_types(), parcels)
            for index, parcel in enumerate(parcels):
                boxes, inside = stock.boxes(stock.left([parcel])), np.sort(parcel.members)
                one = search_single(self._model, inside, boxes, self._efforts[-1], parcel.price, certified=False)
                if one.found is not None:
                    stock.replace([parcel], [one.found])
                    parcels[index] = one.found
            plans.append(parcels)
            if self._rank(plans[-1]) == (-len(members), 0, floor.price):
                break  # no plan with any of them is cheaper
        return min(plans, key=self._rank)

    def _build_with(self, model: ParcelModel, members: Ints, floor: Floor, beside: list[PackedBox]) -> list[PackedBox]:
        """Construct a plan, lower its number of parcels where that counts, then its price; with each effort in turn."""
        packings = Packings(model, members, self._efforts[-1].without_solver)
        best: list[PackedBox] = []
        for effort in self._efforts:
            packings.effort = effort.without_solver
            self._building = packings, [*beside], []
            begun = construct(packings, members, self._building[2])
            for bundle in model.admission.bundles(left_of(members, begun)):
                if len(bundle) > 1:  # a group that found no place: a box for it, with the effort of a whole order
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
        places = effort.places_per_unit * min(len(members), MOST_UNITS_COUNTED)
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
        """Return what makes one plan better than another, smaller first: units, parcels too many, price."""
        excess = max(0, len(parcels) - self._max_parcels)
        return -sum(len(each.members) for each in parcels), excess, total(parcels)

    def _partition(self, members: Ints, bundles: Bundles, whole: Outcome) -> Partition | None:
        """Return the best partition of few units."""
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
        """Return the best split of few units, or of most of them, within stock and parcels; None if none was found."""
        boxes = self._model.box_types()
        scarce = [box for box in boxes if box.available is not None and box.available < sum(bundles.whole)]
        plenty = [box for box in boxes if box not in scarce]

        def options(some: Ints) -> list[PackedBox]:
            if len(some) == len(members):
                return [] if whole.found is None else [whole.found]
            cheapest = search_single(self._model, some, plenty, self._efforts[-1]).found
            below = None if cheapest is None else cheapest.price
            others = [search_single(self._model, some, [box], self._efforts[-1], below).found for box in scarce]
            return [each for each in (cheapest, *others) if each is not None]

        stock = {box.box_type_id: box.available for box in scarce if box.available is not None}
        return best_within(bundles, options, stock, self._max_parcels, self._model.stop)
