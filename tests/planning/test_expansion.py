"""Units of an order: distinct orientations and equal units."""

import itertools

import pytest

from boxwright import Item, Order
from boxwright.domain.order import ALL_ORIENTATIONS, UPRIGHT, Orientation
from boxwright.planning.parts.expansion import Expansion, mask_of


@pytest.mark.parametrize("edges", list(itertools.product((10, 20, 30), repeat=3)))
@pytest.mark.parametrize("allowed", [ALL_ORIENTATIONS, UPRIGHT, ALL_ORIENTATIONS[::-1], ALL_ORIENTATIONS[3:5]])
def test_of_orientations_with_equal_extents_the_first_is_kept(
    edges: tuple[int, int, int], allowed: tuple[Orientation, ...]
) -> None:
    """A cube has one distinct orientation, a unit with two equal edges three."""
    line = Item("a", 1, *edges, orientations=allowed)

    kept = [each for bit, each in enumerate(ALL_ORIENTATIONS) if mask_of(line, edges) >> bit & 1]

    firsts: dict[tuple[int, int, int], Orientation] = {}
    for each in ALL_ORIENTATIONS:
        if each in allowed:
            firsts.setdefault(each.rotate(*edges), each)
    assert kept == list(firsts.values())


def test_lines_of_equal_units_are_of_one_kind_and_the_largest_come_first() -> None:
    """Units are sorted by volume, then mass, then line id, in any order of lines."""
    order = Order(
        "o",
        [
            Item("small", 2, 10, 10, 10, mass_g=5),
            Item("b", 1, 30, 20, 10, mass_g=5),
            Item("heavy", 1, 30, 20, 10, mass_g=6),
            Item("a", 2, 30, 20, 10, mass_g=5),
        ],
    )

    expansion = Expansion.of(order)

    assert [(line.line_id, kind) for line, kind in expansion.lines] == [("heavy", 0), ("a", 1), ("b", 1), ("small", 2)]
    assert [line.line_id for line, _ in expansion.units] == ["heavy", "a", "a", "b", "small", "small"]
    assert expansion.arrays.kinds.tolist() == [0, 1, 1, 1, 2, 2]


def test_an_order_of_nothing_but_missing_dimensions_has_no_units() -> None:
    """Units without dimensions are separated from those that can be planned."""
    expansion = Expansion.of(Order("o", [Item("a", 3, dimension_status="missing")]))

    assert len(expansion.arrays) == 0
    assert [index for _, index in expansion.without_dimensions] == [0, 1, 2]
