"""Few units with limited stock or parcels: the plan is the best split within the limits."""

import random

import pytest

from boxwright import BoxType, Catalog, Fragility, Item, Order, Policy, load_catalog, plan
from brute_force import BruteForce
from verified import boxes_of, verified

CUBES = Order("o", [Item("cube", 4, 100, 100, 100, 500)])
SINGLE = BoxType("single", 100, 100, 100, price_minor=10)
PAIR = BoxType("pair", 200, 100, 100, price_minor=26)
LARGE = BoxType("large", 200, 200, 100, price_minor=100)


@pytest.mark.parametrize(
    ("available", "most", "boxes", "cost"),
    [
        (None, None, ["single"] * 4, 40),
        (3, None, ["pair", "single", "single"], 46),  # 26 + 20: a third single box would leave a cube for a second pair
        (1, None, ["pair", "pair"], 52),  # 26 + 26, against 10 + 26 + 26
        (3, 2, ["pair", "pair"], 52),
        (None, 3, ["pair", "single", "single"], 46),
        (0, None, ["pair", "pair"], 52),
        (3, 1, ["large"], 100),
    ],
)
def test_the_best_split_within_stock_and_parcels(available, most, boxes, cost) -> None:
    """Computed by hand: single boxes cost 10, boxes for pairs 26, the box for all four 100."""
    singles = BoxType("single", 100, 100, 100, price_minor=10, available=available)
    catalog = Catalog("c", [singles, PAIR, LARGE], currency="EUR")
    policy = Policy("packaging_cost", max_parcels=most)
    answer = verified(CUBES, catalog, policy, profiles=())
    assert boxes_of(answer) == boxes
    assert answer.certificate.value == cost


def test_short_stock_leaves_out_as_few_units_as_can_be() -> None:
    """The only box takes the largest unit alone, or the two others together: the two are packed."""
    order = Order("o", [Item("cube", 2, 90, 90, 90, 500), Item("bar", 1, 200, 100, 100, 500)])
    catalog = Catalog("c", [BoxType("pair", 200, 100, 100, available=1)])
    answer = plan(order, catalog, Policy(allow_partial=True), profiles=())
    assert [each.line_id for each in answer.unpacked] == ["bar"]


def test_two_parcels_leave_out_as_few_units_as_can_be() -> None:
    """Of five units that need three parcels, the two parcels with four units are kept, not the larger box with one."""
    catalog = Catalog("c", [PAIR, BoxType("long", 300, 100, 100)])
    order = Order("o", [Item("cube", 4, 100, 100, 100, 500), Item("bar", 1, 300, 100, 100, 500)])
    answer = plan(order, catalog, Policy(max_parcels=2, allow_partial=True), profiles=())
    assert [each.line_id for each in answer.unpacked] == ["bar"]


def test_one_parcel_of_few_units_holds_most_volume() -> None:
    """A weight of 5 kg may not share a parcel with mugs; three mugs have more volume, so they are packed."""
    mugs = Item("mug", 3, 80, 80, 80, 300, fragility=Fragility("fragile"))
    order = Order("o", [mugs, Item("weight", 1, 150, 150, 150, 5_000)])
    wrap = load_catalog("eu-webshop").dunnage
    catalog = Catalog("c", [BoxType("box", 450, 200, 200)], dunnage=wrap)
    answer = plan(order, catalog, Policy(max_parcels=1, allow_partial=True), profiles=())
    assert [each.line_id for each in answer.unpacked] == ["weight"]


@pytest.mark.parametrize(
    "seed", [5, 11, 29, 37, 46, 47, 53, 63, 64, 67, 75, 81]
)  # seeds in which the cheapest split needs more boxes than are in stock
def test_no_split_on_a_grid_is_better(seed: int) -> None:
    """Four kinds of units and scarce boxes: the plan equals the best of every partition, box and place on a grid."""
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
