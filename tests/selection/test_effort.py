"""Effort grows with the units of an order from 19 on, up to a limit."""

import random

import pytest

from boxwright import BoxType, Catalog, Item, Order, Policy, plan
from boxwright.domain.policy import SolvingMode
from boxwright.selection.effort import EFFORT, GROWS_ABOVE, MOST_UNITS_COUNTED, up_to

MODES = list(SolvingMode)
FORTY_MM = [tuple(draw.randrange(40, 200, 5) for _ in range(3)) for draw in [random.Random(0)] for _ in range(40)]
"""Edges of forty different units that fill 80 % of a box of 510 x 410 x 330 mm."""


@pytest.mark.parametrize("mode", MODES)
def test_up_to_18_units_the_effort_is_that_of_the_mode(mode: SolvingMode) -> None:
    """The effort for a few units does not depend on their number."""
    for count in (1, 2, GROWS_ABOVE):
        assert EFFORT[mode].for_order(count, alike=False) == EFFORT[mode]


@pytest.mark.parametrize("mode", MODES)
def test_effort_grows_without_a_step_up_to_a_limit(mode: SolvingMode) -> None:
    """One unit more takes at most twice the effort, and from a hundred units on no more at all."""
    hundred, many = (EFFORT[mode].for_order(count, alike=False) for count in (MOST_UNITS_COUNTED, 10_000))
    assert hundred == many
    assert many.places_of_an_order <= 500_000_000
    for count in range(1, 2 * MOST_UNITS_COUNTED):
        fewer, more = (EFFORT[mode].for_order(units, alike=False) for units in (count, count + 1))
        for name in ("places_of_an_order", "places", "places_per_unit"):
            assert getattr(fewer, name) <= getattr(more, name) <= 2 * getattr(fewer, name)


@pytest.mark.parametrize("count", [12, 25, 40, 100, 10_000])
@pytest.mark.parametrize("alike", [False, True])
def test_a_higher_mode_never_has_less(count: int, alike: bool) -> None:
    """A higher mode has at least the effort of a lower one; for many mixed units `fast` has less."""
    efforts = up_to(SolvingMode.THOROUGH, count, alike=alike)
    for name in ("places_of_an_order", "places", "places_per_unit", "nodes", "sliding"):
        amounts = [getattr(each, name) for each in efforts]
        assert amounts == sorted(amounts)
    assert (efforts[0].places_of_an_order < efforts[1].places_of_an_order) is (count > GROWS_ABOVE and not alike)


@pytest.mark.parametrize("mode", MODES)
def test_units_in_blocks_have_the_effort_of_the_mode_for_a_whole_order(mode: SolvingMode) -> None:
    """Blocks of equal units get no more effort, since it would take time and find nothing."""
    assert EFFORT[mode].for_order(500, alike=True).places_of_an_order == EFFORT[mode].places_of_an_order


def test_forty_different_units_take_the_smaller_box() -> None:
    """`balanced` finds the box that they fill to 80 %; 180,000 places found one of twice its volume."""
    order = Order("forty", [Item(f"{number}", 1, *edges, 100) for number, edges in enumerate(FORTY_MM)])
    boxes = [BoxType("small", 510, 410, 330), BoxType("large", 650, 520, 420)]
    (parcel,) = plan(order, Catalog("two", boxes), Policy(mode="balanced"), profiles=()).parcels
    assert parcel.box_type_id == "small"
