"""Many units in one box: hopeless searches end early, and more effort never leads to fewer packed units."""

import random

import numpy as np
import pytest

from boxwright.packing.kernels import search
from boxwright.packing.own import problem_of
from boxwright.packing.problem import Rules, Space
from boxwright.packing.state import Packing
from boxwright.stop import NEVER
from strategies import units_of

BUDGETS = (50_000, 180_000, 400_000, 1_000_000, 3_000_000)


def searched(seed: int, count: int, fill: float, budget: int) -> tuple[bool, int]:
    """Return whether all units were packed into a box that they fill to a share, and the effort spent."""
    draw = random.Random(seed)
    edges = [tuple(1_000 * draw.randrange(40, 200, 5) for _ in range(3)) for _ in range(count)]
    units = units_of(edges)
    side = (units.volume_um3 / fill) ** (1 / 3)
    space = Space((round(1.25 * side), round(side), round(0.8 * side)))
    out = Packing(np.empty((count, 6), np.int64), np.empty(count, np.int64), np.empty(count, np.int64))
    spent = np.zeros(1, dtype=np.int64)
    placed = search.search(problem_of(units, space, Rules(), None), True, budget, 1, out, spent, NEVER.flag)
    return placed == count, int(spent[0])


@pytest.mark.parametrize(("seed", "count"), [(1, 30), (2, 40), (3, 50)])
def test_a_hopeless_search_of_many_units_ends_early(seed: int, count: int) -> None:
    """Units that would fill 97 % of a box take less than a fifth of the effort."""
    found, spent = searched(seed, count, 0.97, 5_000_000)
    assert not found
    assert 200_000 <= spent < 1_000_000


def test_few_units_are_never_given_up() -> None:
    """A search for 12 units uses all its effort, however full the box would be."""
    found, spent = searched(1, 12, 0.97, 1_000_000)
    assert not found
    assert spent >= 1_000_000


@pytest.mark.parametrize("seed", range(8))
def test_more_effort_packs_all_that_less_effort_packs(seed: int) -> None:
    """A search with more effort ends no earlier, so a packing found with less is found again."""
    found = [searched(seed, 35, 0.8, budget)[0] for budget in BUDGETS]
    assert found == sorted(found)
