"""Boxwright's own engine: what it packs, how it ends, that it repeats itself."""

import itertools
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
    assert layout is not None
    assert sorted(layout.units.tolist()) == list(range(len(units)))


@given(cut_boxes())
@settings(max_examples=100, deadline=None)
def test_units_lie_inside_and_apart(case) -> None:
    """Whatever goes in lies inside, apart from all else, with the edges that its orientation gives it."""
    box, pieces = case
    units = units_of([tuple(sorted(piece)) for piece in pieces])
    layout = lay(Question(units, Space(box), Rules(), whole=False, effort=2_000))
    assert layout is not None
    corners = layout.corners_um
    assert corners[:, :3].min() >= 0
    assert (corners[:, 3:] <= np.array(box)).all()
    for slot, (unit, turn) in enumerate(zip(layout.units.tolist(), layout.orientations.tolist(), strict=True)):
        edges = ALL_ORIENTATIONS[turn].rotate(*units.edges_um[unit].tolist())
        assert (corners[slot, 3:] - corners[slot, :3]).tolist() == list(edges)
    for one, two in itertools.combinations(corners.tolist(), 2):
        assert any(one[axis + 3] <= two[axis] or two[axis + 3] <= one[axis] for axis in range(3))


@pytest.mark.parametrize("turn", range(6))
def test_each_orientation_is_tried(turn: int) -> None:
    """A unit that may lie in one way only, whichever it is, fills the box that is made for it."""
    units = replace(units_of([(30, 20, 10)]), masks=np.array([1 << turn]))
    box = ALL_ORIENTATIONS[turn].rotate(30, 20, 10)
    layout = lay(Question(units, Space(box), Rules(), whole=True, effort=100))
    assert layout is not None
    assert layout.orientations.tolist() == [turn]


def test_units_of_an_eighth_of_an_inch_fill_a_box_exactly() -> None:
    """Sixty-four cubes of 1/8 inch (3,175 um) fill a half-inch cube."""
    layout = lay(
        Question(
            units_of([(3_175, 3_175, 3_175)] * 64), Space((12_700,) * 3), Rules(1_000_000), whole=True, effort=10**6
        )
    )
    assert layout is not None
    assert len(layout) == 64
    assert layout.corners_um.max() == 12_700


def test_units_that_fit_nowhere_end_the_search() -> None:
    """A search in which nothing can ever be placed ends at its effort and returns nothing."""
    units = units_of([(100, 100, 100)] * 5)
    space = Space((50, 50, 50))
    assert lay(Question(units, space, Rules(), whole=False, effort=1_000)) is None


def test_a_mass_limit_of_nothing_ends_the_search() -> None:
    """Where no unit is light enough the search ends as well."""
    units = units_of([(10, 10, 10)] * 4)
    space = Space((50, 50, 50), mass_limit_mg=-1.0)
    assert lay(Question(units, space, Rules(), whole=False, effort=1_000)) is None


def test_as_much_as_possible_obeys_the_mass_limit() -> None:
    """With room for all, the mass limit decides how many units go in."""
    units = units_of([(10, 10, 10)] * 8, mass=[100.0] * 8)
    layout = lay(Question(units, Space((100, 100, 100), 350.0), Rules(), whole=False, effort=5_000))
    assert layout is not None
    assert len(layout) == 3


def test_nothing_is_set_on_a_unit_that_bears_nothing() -> None:
    """Two plates in a tall narrow box: the one that bears nothing lies on top."""
    units = units_of([(100, 100, 20), (100, 100, 30)], max_load=[0.0, np.inf])
    layout = lay(Question(units, Space((100, 100, 50)), Rules(), whole=True, effort=10_000))
    assert layout is not None
    assert layout.units.tolist() == [1, 0]


def test_two_units_that_bear_nothing_cannot_be_piled() -> None:
    """If neither bears the other there is no layout; without the rule there is."""
    units = units_of([(100, 100, 20), (100, 100, 30)], max_load=[0.0, 0.0])
    space = Space((100, 100, 50))
    assert lay(Question(units, space, Rules(), whole=True, effort=10_000)) is None
    assert lay(Question(units, space, Rules(bearing=False), whole=True, effort=10_000)) is not None


@pytest.mark.parametrize("millionths", [750_000, 760_000])
def test_the_support_ratio_decides_an_overhang(millionths: int) -> None:
    """A plate of 100 that bears nothing, on a block of 75: supported at a ratio of 0.75, not at 0.76."""
    units = replace(units_of([(100, 50, 10), (75, 50, 40)], max_load=[0.0, np.inf]), masks=np.array([1, 1]))
    layout = lay(Question(units, Space((100, 50, 50)), Rules(millionths), whole=True, effort=10_000))
    assert (layout is not None) == (millionths == 750_000)


def test_the_same_question_has_the_same_answer() -> None:
    """Two searches of the same units in the same space are equal to the last coordinate."""
    units = units_of([(60, 40, 30), (50, 50, 20), (70, 20, 20), (30, 30, 30), (45, 35, 25), (20, 10, 80)])
    first = lay(Question(units, Space((110, 90, 60)), Rules(), whole=False, effort=20_000))
    second = lay(Question(units, Space((110, 90, 60)), Rules(), whole=False, effort=20_000))
    assert first is not None
    assert second is not None
    assert np.array_equal(first.corners_um, second.corners_um)
    assert np.array_equal(first.units, second.units)


def test_the_void_fill_that_a_unit_displaces_counts_against_its_weight() -> None:
    """Four units of 9 mg displace 8 mg of void fill each: a limit of 3 mg beside a full fill takes three of them."""
    units = units_of([(2, 2, 2)] * 4, mass=[9.0] * 4)
    space = Space((4, 4, 2), mass_limit_mg=3.0, displaced_mg_per_um3=1.0)
    layout = lay(Question(units, space, Rules(), whole=False, effort=1_000))
    assert layout is not None
    assert len(layout) == 3


def test_a_unit_lighter_than_the_void_fill_it_displaces_makes_a_parcel_lighter() -> None:
    """A box too weak for its void fill alone takes units that replace enough of it, and nothing where they do not."""
    units = units_of([(2, 2, 2)] * 4, mass=[7.0] * 4)
    space = Space((4, 4, 2), mass_limit_mg=-4.0, displaced_mg_per_um3=1.0)
    layout = lay(Question(units, space, Rules(), whole=False, effort=1_000))
    assert layout is not None
    assert len(layout) == 4
    assert lay(Question(units, replace(space, mass_limit_mg=-5.0), Rules(), whole=False, effort=1_000)) is None


def test_four_units_make_a_pinwheel() -> None:
    """Four plates lie round a hole in a box one unit high: no other way works."""
    units = units_of([(160, 110, 100)] * 4)
    layout = lay(Question(units, Space((270, 270, 139)), Rules(), whole=True, effort=20_000))
    assert layout is not None


def test_equal_units_may_lie_differently() -> None:
    """Three units of 170 x 120 x 90 mm fill 260 x 180 x 150 mm only if two lie one way and the third another."""
    units = units_of([(170, 120, 90)] * 3)
    layout = lay(Question(units, Space((260, 180, 150)), Rules(), whole=True, effort=20_000))
    assert layout is not None
    assert len(set(layout.orientations.tolist())) == 2


def test_a_unit_that_may_lie_in_no_orientation_goes_in_nowhere() -> None:
    """The others are packed as if it were not there; with it, all together never are."""
    units = units_of([(30_000, 20_000, 10_000), (40_000, 20_000, 10_000), (50_000, 20_000, 10_000)])
    homeless = replace(units, masks=np.array([63, 0, 63], dtype=np.int64))
    space = Space((100_000, 100_000, 100_000))
    layout = lay(Question(homeless, space, Rules(), whole=False, effort=1_000))
    assert sorted(layout.units.tolist()) == [0, 2]
    assert lay(Question(homeless, space, Rules(), whole=True, effort=1_000)) is None
    assert len(lay(Question(units, space, Rules(), whole=True, effort=1_000))) == 3


def test_a_search_under_way_ends_where_it_is_stopped() -> None:
    """Another thread tells it to, while a kernel searches with effort for hours."""
    stop = Stop()
    units = units_of([(97_000 - 1_000 * n, 61_000 + 1_000 * n, 43_000) for n in range(14)])
    side = round((units.volume_um3 / 0.99) ** (1 / 3))
    timer = threading.Timer(0.1, stop.end)
    timer.start()
    with pytest.raises(SearchEndedError):
        lay(Question(units, Space((side, side, side)), Rules(), whole=True, effort=10**12, stop=stop))
    timer.join()
