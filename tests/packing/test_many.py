"""Many units in one box: what is given up early, and that more effort never finds less."""

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
    """Return whether so many units that fill such a share of a box were all packed, and the effort spent."""
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
    """Units that fill 97 % of a box soon leave out far too much: a fifth of the effort is never spent."""
    found, spent = searched(seed, count, 0.97, 5_000_000)
    assert not found
    assert 200_000 <= spent < 1_000_000


def test_few_units_are_never_given_up() -> None:
    """Of 12 units the whole effort is spent, however little room is left."""
    found, spent = searched(1, 12, 0.97, 1_000_000)
    assert not found
    assert spent >= 1_000_000


@pytest.mark.parametrize("seed", range(8))
def test_more_effort_packs_whatever_less_packs(seed: int) -> None:
    """Though a search is given up, it is so no earlier with more effort: a box that was found stays found."""
    found = [searched(seed, 35, 0.8, budget)[0] for budget in BUDGETS]
    assert found == sorted(found)
