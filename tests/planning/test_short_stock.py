"""Few units, and boxes that run short or parcels that are limited: the best split within that, not a good one."""

import random

import pytest

from boxwright import BoxType, Catalog, Item, Order, Policy, plan, verify_certificate
from brute_force import BruteForce

CUBES = Order("o", [Item("cube", 4, 100, 100, 100, 500)])
SINGLE = BoxType("single", 100, 100, 100, price_minor=10)
PAIR = BoxType("pair", 200, 100, 100, price_minor=26)
LARGE = BoxType("large", 200, 200, 100, price_minor=100)


@pytest.mark.parametrize(
    ("available", "most", "boxes", "cost"),
    [
        (None, None, ["single"] * 4, 40),
        (3, None, ["pair", "single", "single"], 46),  # 26 + 20: a third single would leave a cube for a second pair
        (1, None, ["pair", "pair"], 52),  # 26 + 26, against 10 + 26 + 26
        (3, 2, ["pair", "pair"], 52),
        (None, 3, ["pair", "single", "single"], 46),
        (0, None, ["pair", "pair"], 52),
        (3, 1, ["large"], 100),
    ],
)
def test_the_best_split_within_stock_and_parcels(available, most, boxes, cost) -> None:
    """Worked out by hand: singles at 10, pairs at 26, all four at 100."""
    singles = BoxType("single", 100, 100, 100, price_minor=10, available=available)
    catalog = Catalog("c", [singles, PAIR, LARGE], currency="EUR")
    policy = Policy("packaging_cost", max_parcels=most)
    answer = plan(CUBES, catalog, policy, profiles=())
    assert sorted(each.box_type_id for each in answer.parcels) == boxes
    assert answer.certificate.value == cost
    assert verify_certificate(answer, CUBES, catalog, policy, profiles=()) == []


@pytest.mark.parametrize(
    "seed", [5, 11, 29, 37, 46, 47, 53, 63, 64, 67, 75, 81]
)  # those in which the cheapest split of all needs more boxes than there are
def test_no_split_on_a_grid_is_better(seed: int) -> None:
    """Four kinds of units, some box types scarce: as good as the best of every partition, box and place on a grid."""
    draw = random.Random(seed)
    lines = [Item(f"line-{n}", 1, *(draw.choice([50, 100, 150]) for _ in range(3)), 100) for n in range(4)]
    boxes = [
        BoxType(
            f"box-{n}",
            *(draw.choice([100, 150, 200]) for _ in range(3)),
            price_minor=draw.randint(10, 60),
            available=few,
        )
        for n, few in enumerate([1, draw.choice([1, 2]), None])
    ]
    boxes.append(BoxType("box-x", 200, 200, 200, price_minor=70))
    order, catalog = Order("o", lines), Catalog("c", boxes, currency="EUR")
    policy = Policy("packaging_cost")
    best = BruteForce(order, catalog, policy).best(single=False)
    assert (plan(order, catalog, policy, profiles=()).certificate.value,) <= best
