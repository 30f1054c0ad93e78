"""Boxwright's own way of packing: quality, limits, end, and repeatability."""

import threading
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from boxwright.domain.order import ALL_ORIENTATIONS
from boxwright.errors import SearchEndedError
from boxwright.packing.own import lay
from boxwright.packing.problem import Rules, Space
from boxwright.packing.question import Question
from boxwright.stop import Stop
from strategies import cut_boxes, units_of


@given(cut_boxes())
@settings(max_examples=100, deadline=None)
def test_zero_slack_is_packed(case) -> None:
    """Up to three pieces of a cut box go back into it without slack, support at 0.75 included."""
    box, pieces = case
    units = units_of([tuple(sorted(piece)) for piece in pieces[:3]])
    layout = lay(Question(units, Space(box), Rules(), whole=True, effort=200_000))
    assert sorted(layout.units.tolist()) == list(range(len(units)))


@pytest.mark.parametrize("turn", range(6))
def test_each_orientation_is_tried(turn: int) -> None:
    """A unit with one orientation, whichever it is, fills a box of its size."""
    units = replace(units_of([(30, 20, 10)]), masks=np.array([1 << turn]))
    box = ALL_ORIENTATIONS[turn].rotate(30, 20, 10)
    layout = lay(Question(units, Space(box), Rules(), whole=True, effort=100))
    assert layout.orientations.tolist() == [turn]


def test_units_of_an_eighth_of_an_inch_fill_a_box_exactly() -> None:
    """Sixty-four cubes of 1/8 inch (3,175 um) fill a half-inch cube."""
    layout = lay(
        Question(
            units_of([(3_175, 3_175, 3_175)] * 64), Space((12_700,) * 3), Rules(1_000_000), whole=True, effort=10**6
        )
    )
    assert len(layout) == 64
    assert layout.corners_um.max() == 12_700


def test_four_units_make_a_pinwheel() -> None:
    """Four plates lie round a hole in a box one unit high: no other way works."""
    units, space = units_of([(160, 110, 100)] * 4), Space((270, 270, 139))
    assert lay(Question(units, space, Rules(), whole=True, effort=20_000)) is not None


def test_equal_units_may_lie_differently() -> None:
    """Three units of 170 x 120 x 90 mm fill 260 x 180 x 150 mm only if two lie one way and the third another."""
    units = units_of([(170, 120, 90)] * 3)
    layout = lay(Question(units, Space((260, 180, 150)), Rules(), whole=True, effort=20_000))
    assert len(set(layout.orientations.tolist())) == 2


def test_a_search_under_way_ends_where_it_is_stopped() -> None:
    """Another thread stops a kernel that has effort for hours."""
    stop = Stop()
    units = units_of([(97_000 - 1_000 * n, 61_000 + 1_000 * n, 43_000) for n in range(14)])
    side = round((units.volume_um3 / 0.99) ** (1 / 3))
    timer = threading.Timer(0.1, stop.end)
    timer.start()
    with pytest.raises(SearchEndedError):
        lay(Question(units, Space((side, side, side)), Rules(), whole=True, effort=10**12, stop=stop))
    timer.join()


@pytest.mark.parametrize(
    ("edge", "mass", "space", "packed"),
    [
        (100, 1.0, Space((50, 50, 50)), 0),
        (10, 100.0, Space((50, 50, 50), mass_limit_mg=-1.0), 0),
        (10, 100.0, Space((100, 100, 100), 350.0), 3),
        (2, 9.0, Space((4, 4, 2), mass_limit_mg=3.0, displaced_mg_per_um3=1.0), 3),
        (2, 7.0, Space((4, 4, 2), mass_limit_mg=-4.0, displaced_mg_per_um3=1.0), 4),
        (2, 7.0, Space((4, 4, 2), mass_limit_mg=-5.0, displaced_mg_per_um3=1.0), 0),
    ],
    ids=["too large", "no mass allowed", "350 mg", "void fill displaced", "lighter than void fill", "still too heavy"],
)
def test_as_many_of_four_units_as_the_limits_allow(edge: int, mass: float, space: Space, packed: int) -> None:
    """The search ends where nothing fits; a unit counts with its mass less that of the void fill it displaces."""
    units = units_of([(edge, edge, edge)] * 4, mass=[mass] * 4)
    layout = lay(Question(units, space, Rules(), whole=False, effort=5_000))
    assert (0 if layout is None else len(layout)) == packed


def test_a_unit_that_bears_nothing_lies_on_top() -> None:
    """Two plates in a tall narrow box: one must bear the other, unless load bearing is off."""
    edges, space = [(100, 100, 20), (100, 100, 30)], Space((100, 100, 50))
    question = Question(units_of(edges, max_load=[0.0, np.inf]), space, Rules(), whole=True, effort=10_000)
    assert lay(question).units.tolist() == [1, 0]
    neither = replace(question, units=units_of(edges, max_load=[0.0, 0.0]))
    assert lay(neither) is None
    assert lay(replace(neither, rules=Rules(bearing=False))) is not None


def test_a_unit_without_an_orientation_is_left_out() -> None:
    """The others are packed without it; all together never fit."""
    units = units_of([(30, 20, 10), (40, 20, 10), (50, 20, 10)])
    question = Question(units, Space((100, 100, 100)), Rules(), whole=True, effort=1_000)
    assert len(lay(question)) == 3
    question = replace(question, units=replace(units, masks=np.array([63, 0, 63])))
    assert lay(question) is None
    assert sorted(lay(replace(question, whole=False)).units.tolist()) == [0, 2]
