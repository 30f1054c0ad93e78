"""Orders of hundreds of parcels take work in proportion to their units, under any rules."""

import random

import numpy as np
import pytest

from boxwright import BoxType, Catalog, Item, Order, Policy, load_catalog, plan
from boxwright.domain.policy import SolvingMode
from boxwright.domain.property_cap import PropertyAmount, PropertyCap
from boxwright.selection.effort import EFFORT
from boxwright.selection.multi import construct, filled_soon
from boxwright.selection.packings import Packings
from counted import calls
from models import model_of

BOXES = Catalog(
    "c", [BoxType(f"box-{n}", 320 + 20 * n, 310 + 12 * n, 310 + 9 * n, max_gross_g=30_000) for n in range(0, 28, 3)]
)
SCARCE = Catalog(
    "c", [BoxType(f"box-{n}", 320 + 20 * n, 310 + 12 * n, 310 + 9 * n, available=60 + n) for n in range(0, 28, 3)]
)
CAPPED = Policy(property_caps=[PropertyCap("lithium_wh", 100)], allow_partial=True)
PARTIAL = Policy(allow_partial=True)


def equal(units: int) -> Order:
    """One SKU, few units of which fit a box."""
    return Order("o", [Item("a", units, 400, 300, 300, 5_000)])


def several(units: int) -> Order:
    """Ten SKUs of many units each."""
    draw = random.Random(3)
    edges = [[draw.randint(150, 390) for _ in range(3)] for _ in range(10)]
    return Order("o", [Item(f"line-{n}", units // 10, *each, 2_000 + 500 * n) for n, each in enumerate(edges)])


def apart(units: int) -> Order:
    """Lines of four units with a keep-apart group and a property."""
    draw = random.Random(5)
    return Order(
        "o",
        [
            Item(
                f"line-{n}",
                4,
                *(draw.randint(80, 300) for _ in range(3)),
                4_000,
                keep_apart_group=draw.choice(["", "food", "poison"]),
                property_amounts=(PropertyAmount("lithium_wh", draw.choice([1, 5, 20])),),
            )
            for n in range(units // 4)
        ],
    )


def test_equal_units_in_many_parcels_end() -> None:
    """520 units in 130 parcels took minutes, because all triples of parcels were tried repeatedly."""
    plan(equal(40), BOXES, PARTIAL, profiles=())  # fill the caches first
    assert calls(lambda: plan(equal(520), BOXES, PARTIAL, profiles=())) < 1_000_000


@pytest.mark.parametrize(
    ("order", "units", "boxes", "policy"),
    [
        pytest.param(equal, 600, BOXES, PARTIAL, id="equal"),
        pytest.param(
            *(equal, 600, BOXES, Policy(objectives=["outer_volume"], allow_partial=True)),
            id="equal by volume",
            marks=pytest.mark.long,
        ),
        pytest.param(several, 600, BOXES, PARTIAL, id="several", marks=pytest.mark.long),
        # with 300 units the first plan equals the bound, so there is no search
        pytest.param(
            *(several, 450, SCARCE, Policy(allow_partial=True, load_bearing=False)),
            id="scarce",
            marks=pytest.mark.long,
        ),
        pytest.param(apart, 80, BOXES, CAPPED, id="apart", marks=pytest.mark.long),
    ],
)
def test_twice_the_units_take_about_twice_the_work(order, units, boxes, policy) -> None:
    """Work is counted in function calls, with the independent check, and the plan is valid."""
    plan(order(40), boxes, policy, profiles=())  # fill the caches first
    less, more = (calls(lambda n=n: plan(order(n), boxes, policy, profiles=())) for n in (units, 2 * units))
    assert more < 2.7 * less


def test_thousands_of_equal_units_are_all_packed() -> None:
    """For 750 parcels of four units, equal parcels are made and examined once."""
    order = equal(3_000)
    answer = plan(order, BOXES, PARTIAL, profiles=())
    assert sum(len(parcel.placements) for parcel in answer.parcels) == 3_000
    assert len(answer.parcels) == 750


@pytest.mark.parametrize("build", [construct, filled_soon])
def test_dense_goods_are_not_spread_over_a_parcel_for_each(build) -> None:
    """A hundred dense books get few parcels, although the largest boxes stay mostly empty at their mass limit."""
    books = [Item(f"b{n}", 10, 180 + n, 120 + n, 10 + 2 * n, mass_g=300 + 60 * n) for n in range(10)]
    model, members = model_of(Order("o", books), load_catalog("eu-webshop"), Policy()), np.arange(100)
    packings = Packings(model.variants(members)[0], members, EFFORT[SolvingMode.FAST].without_solver)
    assert len(build(packings, members)) <= 6
