"""Rigid units on soft ones are found, in layouts made by hand."""

import numpy as np
import pytest

from boxwright.packing.problem import Layout
from boxwright.packing.soft_piles import carries_rigid
from strategies import units_of

RIGID, LIMITED, PILING = 0, 1, 2


@pytest.mark.parametrize(
    ("soft", "masses", "found"),
    [
        ((PILING, PILING, PILING), (1, 1, 1), False),
        ((RIGID, PILING, PILING), (1, 1, 1), False),
        ((PILING, PILING, RIGID), (1, 1, 1), True),
        ((PILING, LIMITED, RIGID), (1, 1, 1), True),
        ((PILING, RIGID, PILING), (1, 1, 1), True),
        ((LIMITED, LIMITED, RIGID), (1, 1, 1), False),
        ((PILING, PILING, RIGID), (1, 1, 0), False),
    ],
    ids=["all soft", "on rigid", "rigid on top", "rigid two above", "rigid between", "with limits", "no mass"],
)
def test_what_rests_on_a_pile_is_followed_down(soft: tuple[int, ...], masses: tuple[float, ...], found: bool) -> None:
    """In a pile of three, listed from the floor up, a soft unit without a load limit carries rigid mass or not."""
    units = units_of([(10, 10, 1), (10, 10, 2), (10, 10, 3)], mass=list(masses))
    object.__setattr__(units, "soft", np.array(soft))
    corners = np.array([[0, 0, low, 10, 10, low + high] for low, high in ((0, 1), (1, 2), (3, 3))])
    layout = Layout(np.arange(3), np.zeros(3, dtype=np.int64), corners)
    assert carries_rigid(units, layout) == found
    beside = Layout(layout.units, layout.orientations, corners + np.arange(3)[:, None] * [[10, 0, 0, 10, 0, 0]])
    assert not carries_rigid(units, beside)
