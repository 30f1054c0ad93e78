"""The cheapest partition of a few units equals that of an exhaustive search, with few searches."""

import itertools
import random
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import random_orders
from boxwright import BoxType
from boxwright.domain.policy import SolvingMode
from boxwright.errors import InvalidInputError
from boxwright.packing.problem import Ints
from boxwright.planning.model import OrderModel
from boxwright.selection.bounds import part_floors
from boxwright.selection.effort import EFFORT
from boxwright.selection.model import PackedBox, Price, add
from boxwright.selection.partition import (
    MOST_SUBSETS,
    Bundles,
    Counts,
    Partitions,
    Searched,
    parts_of,
)
from boxwright.selection.single import least_price, search_single
from models import model_of

BOX = BoxType("box", 100, 100, 100)


def one_fewer(counts: Counts) -> list[Counts]:
    """Return all counts with one unit less."""
    return [(*counts[:kind], count - 1, *counts[kind + 1 :]) for kind, count in enumerate(counts) if count]


def splits_of(counts: Counts) -> list[tuple[Counts, Counts]]:
    """Return all splits of some units into a part and the rest."""
    parts = [part for part in parts_of(counts)[1:] if part != counts]
    return [(part, tuple(count - taken for count, taken in zip(counts, part, strict=True))) for part in parts]


class Shop:
    """Synthetic boxes and weights: a part is found, open or refused depending on its share of a box.

    Parameters
    ----------
    seed : int
        Seed of the boxes, the weights and the refusals that a proof finds.
    """

    def __init__(self, seed: int) -> None:
        draw = random.Random(seed)
        self.whole = tuple(draw.randint(1, 3) for _ in range(draw.randint(1, 4)))
        self.bundles = Bundles(
            [
                [np.array([sum(self.whole[:kind]) + unit]) for unit in range(count)]
                for kind, count in enumerate(self.whole)
            ]
        )
        self.kinds = np.repeat(np.arange(len(self.whole)), self.whole)
        self._weights = [draw.randint(1, 9) for _ in self.whole]
        self._boxes = sorted((draw.randint(1, 4), draw.randint(1, 30), draw.randint(5, 30)) for _ in range(3))
        if draw.random() < 0.3:
            self._boxes.append((9, 9, 100))
        self._blind = draw.random()
        self._seed = seed
        self.asked: list[Counts] = []

    def part(self, units: Ints) -> Counts:
        """Return the number of units of each kind."""
        return tuple(np.bincount(self.kinds[units], minlength=len(self.whole)).tolist())

    def _weight(self, part: Counts) -> int:
        return sum(count * weight for count, weight in zip(part, self._weights, strict=True))

    def _price(self, box: tuple[int, int, int]) -> Price:
        return box[:2]

    def outcome(self, part: Counts) -> tuple[Price | None, Price | None]:
        """Return the price found for a part, and a lower bound as far as proofs find refusals."""
        weight = self._weight(part)
        first_open = None
        for box in self._boxes:
            if weight <= 0.8 * box[2]:
                return self._price(box), first_open or self._price(box)
            seen = random.Random(f"{self._seed} {part} {box}").random() >= self._blind
            if first_open is None and not (weight > box[2] and seen):
                first_open = self._price(box)
        return None, first_open

    def single(self, units: Ints) -> Searched:
        """Search a part."""
        part = self.part(units)
        self.asked.append(part)
        found, least = self.outcome(part)
        nothing = np.zeros(0, dtype=np.int64)
        packed = None if found is None else PackedBox(BOX, units, nothing, nothing.reshape(0, 6), found)
        return packed, least

    def at_least(self, units: Ints) -> Price | None:
        """Return the bound of a search, or a weaker one for some parts."""
        part = self.part(units)
        lightest = self._price(self._boxes[0])
        return self.outcome(part)[1] if random.Random(f"{self._seed} {part}").random() < 0.5 else lightest

    def floors(self, parts: Sequence[Counts]) -> list[Price | None]:
        """Return the price of the lightest box for every part."""
        return [self._price(self._boxes[0]) for _ in parts]

    def reference(self, *, monotone: bool, several: bool = False) -> tuple[Price | None, Price | None]:
        """Return price and bound of the best partition (into ``several``), every part searched.

        With ``monotone``, parts that contain refused units are refused.
        """
        prices: dict[Counts, Price] = {}
        bounds: dict[Counts, Price] = {}
        best: dict[Counts, Price] = {}
        least: dict[Counts, Price] = {}
        for part in sorted(itertools.product(*(range(count + 1) for count in self.whole)), key=sum):
            if not any(part):
                continue
            left_out = several and part == self.whole
            if not left_out and (not monotone or all(not any(each) or each in bounds for each in one_fewer(part))):
                price, bound = self.outcome(part)
                if price is not None:
                    prices[part] = price
                if bound is not None:
                    bounds[part] = bound
            for of_one, of_all in ((prices, best), (bounds, least)):
                sums = [
                    add([of_one[one], of_all[rest]])
                    for one, rest in splits_of(part)
                    if one in of_one and rest in of_all
                ]
                if part in of_one:
                    sums.append(of_one[part])
                if sums:
                    of_all[part] = min(sums)
        return best.get(self.whole), least.get(self.whole)


@pytest.mark.parametrize("monotone", [True, False])
@given(seed=st.integers(0, 10**9))
@example(seed=17)  # in this case parts of an open part are refused
@example(seed=90)
def test_the_best_partition_is_that_of_all_parts_searched(seed: int, *, monotone: bool) -> None:
    """Price and bound are right even if proofs miss some refusals; each unit is in one parcel."""
    shop = Shop(seed)

    found = Partitions(shop.bundles, shop.single, shop.at_least, shop.floors, monotone=monotone).best()

    price, bound = shop.reference(monotone=monotone)
    if price is None:
        assert found is None
        return
    assert found is not None
    assert add([each.price for each in found.parcels]) == price
    assert found.bound == bound
    assert sorted(np.concatenate([each.members for each in found.parcels]).tolist()) == list(range(len(shop.kinds)))
    assert len(shop.asked) == len(set(shop.asked))


@given(seed=st.integers(0, 10**9))
@example(seed=5)
@example(seed=112)
def test_a_bound_without_packings_is_that_of_all_parts_refused_as_far_as_can_be(seed: int) -> None:
    """The bound holds for two or more parcels and does not exceed the limit."""
    shop = Shop(seed)
    _, bound = shop.reference(monotone=True, several=True)
    enough = (1_000, 0)

    def floors(parts: Sequence[Counts]) -> list[Price | None]:
        return [*shop.floors(parts[:-1]), None]

    def refused(units: Ints) -> Searched:
        return None, shop.outcome(shop.part(units))[1]

    found, little = (
        Partitions(shop.bundles, refused, shop.at_least, floors, monotone=True).bound(most) for most in (enough, (1, 0))
    )

    assert found == (bound or enough)
    assert little == min(found, (1, 0))


def test_few_parts_are_searched_where_the_first_split_meets_the_bound() -> None:
    """Few of the 127 parts of seven different units are packed if two equal boxes take them."""
    shop = Shop(0)
    shop.whole, shop._weights = (1,) * 7, [4] * 7
    shop.bundles, shop.kinds = Bundles([[np.array([kind])] for kind in range(7)]), np.arange(7)
    shop._boxes = [(1, 1, 20)]

    def at_least(units: Ints) -> Price | None:
        return None if len(units) > 5 else (1, 1)

    found = Partitions(shop.bundles, shop.single, at_least, shop.floors, monotone=True).best()

    assert found is not None
    assert len(found.parcels) == 2
    assert len(shop.asked) < 30


def few_units() -> list[tuple[random_orders.Case, OrderModel]]:
    """Return random orders with few parts, and their models."""
    found = []
    for seed in range(150):
        case = random_orders.case(random.Random(seed))
        try:
            model = model_of(case.order, case.catalog, case.policy, lane=case.lane, profiles=case.profiles)
        except InvalidInputError:
            continue
        if model.expansion.units and model.box_types() and _bundles(model).count <= MOST_SUBSETS:
            found.append((case, model))
    return found


def _bundles(model: OrderModel) -> Bundles:
    return Bundles.of(model, np.arange(len(model.expansion.units)))


def test_bounds_of_parts_are_never_above_the_price_that_a_search_finds() -> None:
    """No parcel found by a search is cheaper than the bounds of its part."""
    cases = few_units()
    assert len(cases) > 100
    found = 0
    for _, model in cases:
        boxes = model.box_types()
        bundles = _bundles(model)
        parts = parts_of(bundles.whole)[1:]
        floors = part_floors(model, np.arange(len(model.expansion.units)), boxes, bundles, parts)
        for part, floor in list(zip(parts, floors, strict=True))[:: max(1, len(parts) // 20)]:
            some = bundles.units(part)
            packed = search_single(model, some, boxes, EFFORT[SolvingMode.FAST]).found
            if packed is not None:
                told = least_price(model, some, boxes)
                assert floor is not None
                assert told is not None
                assert max(floor, told) <= packed.price
                found += 1
    assert found > 500


@pytest.mark.parametrize(("count", "parts"), [(40, [12, 12, 12, 4]), (26, [12, 12, 2]), (24, [12, 12]), (8, [8])])
def test_equal_units_fill_parcels_before_the_rest(count, parts):
    """At equal prices, the partition with full parcels and one small rest is chosen."""
    boxes = [((1, 5), 6), ((1, 10), 12)]

    def single(units: Ints) -> Searched:
        price = next((price for price, room in boxes if len(units) <= room), None)
        nothing = np.zeros(0, dtype=np.int64)
        packed = None if price is None else PackedBox(BOX, units, nothing, nothing.reshape(0, 6), price)
        return packed, price

    bundles = Bundles([[np.array([unit]) for unit in range(count)]])
    found = Partitions(
        bundles, single, lambda _: boxes[0][0], lambda parts: [boxes[0][0]] * len(parts), monotone=True
    ).best()
    assert found is not None
    assert sorted((len(parcel.members) for parcel in found.parcels), reverse=True) == parts
