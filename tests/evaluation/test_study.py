"""The studies after all orders are planned: they do not depend on the processes that compute them."""

import random

from boxwright.catalog import load_catalog
from boxwright.domain.box import Catalog
from boxwright.domain.order import Item, Order
from boxwright.domain.policy import Policy
from boxwright.evaluation import Evaluation, evaluate

BARE = Catalog("bare", load_catalog("us-stock").box_types, currency="USD")


def orders_of(count: int, seed: int) -> list[Order]:
    """Return orders of one unit: flat, long, tiny, too large, heavy or too dense, with few different masses."""
    rng = random.Random(seed)
    masses = [rng.randrange(20, 9_000) for _ in range(12)] + [15_000, 40_000]
    made = []
    for number in range(count):
        edges = [round(rng.choice((12, 90, 300, 900)) * rng.uniform(0.2, 1.0), 2) for _ in range(3)]
        turns = {"orientations": ("LWH", "WLH")} if rng.random() < 0.2 else {}
        made.append(Order(f"o{number}", (Item("a", 1, *edges, rng.choice(masses), **turns),)))
    return made


def studied(workers: int) -> Evaluation:
    """Return an evaluation of some orders."""
    return evaluate(orders_of(30, 3), [BARE], Policy(), profiles=("uk-desnz",), workers=workers)


def test_boxes_are_worth_the_same_whatever_process_works_it_out() -> None:
    """Every box type has a value, the lowest first, the same for one and two processes."""
    alone, shared = studied(1), studied(2)
    assert alone.study is not None
    assert alone.study == shared.study
    worths = alone.study.worths[0]
    assert {each.box_type_id for each in worths} == {each.box_type_id for each in BARE.box_types}
    assert sum(each.sampled for each in worths) > 10
    assert any(each.worse for each in worths)
