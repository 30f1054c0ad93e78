"""Proofs that a box is too small: never wrong, and as strong as hand-made cases ask."""

import itertools
import random

import pytest
from hypothesis import given, settings

from boxwright.packing import bounds, dual, exact
from boxwright.packing.problem import Space
from strategies import cut_boxes, units_of

NODES = 20_000


@given(cut_boxes())
@settings(max_examples=400, deadline=None)
def test_no_proof_refuses_a_feasible_box(case) -> None:
    """The pieces of a cut box are refused by no proof, whichever way their edges are declared."""
    box, pieces = case
    units = units_of([tuple(sorted(piece)) for piece in pieces])
    assert bounds.misfit(units, Space(box)) is None
    assert bounds.conflict(units, Space(box)) is None
    assert dual.overfull(units, Space(box)) is None
    assert exact.feasible(units, Space(box), NODES) is not False


def fits_on_a_grid(edges: list[tuple[int, int, int]], box: tuple[int, int, int]) -> bool:
    """Return whether units fit, by trying every integer corner and orientation: a slow, plain judge."""

    def place(index: int, taken: list[tuple[int, ...]]) -> bool:
        if index == len(edges):
            return True
        for extent in set(itertools.permutations(edges[index])):
            for corner in itertools.product(*(range(box[axis] - extent[axis] + 1) for axis in range(3))):
                high = tuple(corner[axis] + extent[axis] for axis in range(3))
                clear = all(
                    any(high[axis] <= other[axis] or other[axis + 3] <= corner[axis] for axis in range(3))
                    for other in taken
                )
                if clear and place(index + 1, [*taken, (*corner, *high)]):
                    return True
        return False

    return place(0, [])


@pytest.mark.parametrize("seed", range(60))
def test_exact_search_agrees_with_every_position_tried(seed: int) -> None:
    """Three or four units in a small box: feasible if and only if some integer placement exists."""
    draw = random.Random(seed)
    box = (draw.randint(3, 5), draw.randint(3, 5), draw.randint(2, 4))
    edges = [tuple(draw.randint(1, 3) for _ in range(3)) for _ in range(draw.randint(3, 4))]
    assert exact.feasible(units_of(edges), Space(box), 10**6) == fits_on_a_grid(edges, box)


def test_exact_search_refuses_what_cheaper_proofs_do_not() -> None:
    """Three units that pass every cheaper proof in a box of 8 x 9 x 8, and that no arrangement takes."""
    units, space = units_of([(4, 6, 6), (5, 6, 6), (3, 4, 7)]), Space((8, 9, 8))
    assert bounds.misfit(units, space) is None
    assert bounds.conflict(units, space) is None
    assert dual.overfull(units, space) is None
    assert exact.feasible(units, space, NODES) is False
    assert exact.feasible(units_of([(4, 6, 6), (5, 6, 6), (3, 4, 7)]), Space((9, 9, 9)), NODES) is True


def test_dual_feasible_functions_see_what_volume_does_not() -> None:
    """Nine cubes of 34 in a cube of 100: 35 % of its volume, but only two fit along each axis, eight in all.

    Under u(2) each edge of 34 counts 1/2, so each cube 1/8, and nine need 9/8 = 1.125.
    """
    space = Space((100, 100, 100))
    assert dual.overfull(units_of([(34, 34, 34)] * 9), space) == 1.125
    assert dual.overfull(units_of([(34, 34, 34)] * 8), space) is None


def test_a_budget_of_nothing_settles_nothing() -> None:
    """Without nodes to spend the exact search says that it does not know."""
    assert exact.feasible(units_of([(4, 6, 6), (5, 6, 6), (3, 4, 7)]), Space((8, 9, 8)), 1) is None


def test_many_units_are_not_searched() -> None:
    """Past the largest number of units the exact search says that it does not know."""
    units = units_of([(1, 1, 1)] * (exact.MOST_UNITS + 1))
    assert exact.feasible(units, Space((9, 9, 9)), NODES) is None
