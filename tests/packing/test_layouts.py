"""Layouts made by hand, as a packing to start from: each rule of the kernel accepts or refuses them.

All units are fixed, so the engine has no choice: it only decides whether each step obeys the rules. Lengths are a few
micrometres, since no rule depends on the scale.
"""

import numpy as np
import pytest

from boxwright.packing.own import lay
from boxwright.packing.problem import Layout, Rules, Space, Units
from boxwright.packing.question import Question
from strategies import units_of

Unit = tuple[tuple[int, int, int, int, int, int], float]
"""Lowest and highest corner, and mass in mg."""
SPACE = Space((100, 100, 100))


def stands(units: list[Unit], ratio: float, loads: list[float] | None = None, *, bearing: bool = True) -> bool:
    """Whether every unit of a layout, set down in the order given, is supported, stable and bears what it carries."""
    corners = np.array([each[0] for each in units], dtype=np.int64)
    count = len(units)
    packed = lay(
        Question(
            Units(
                corners[:, 3:] - corners[:, :3],
                np.ones(count, dtype=np.int64),
                np.arange(count, dtype=np.int64),
                np.array([each[1] for each in units], dtype=np.float64),
                np.array(loads or [np.inf] * count, dtype=np.float64),
                np.zeros(count),
            ),
            SPACE,
            Rules(round(ratio * 1_000_000), bearing),
            whole=True,
            effort=1_000,
            fixed=Layout(np.arange(count, dtype=np.int64), np.zeros(count, dtype=np.int64), corners),
        )
    )
    return packed is not None


BLOCK_AND_PLATE = [((1, 0, 0, 2, 1, 5), 1.0), ((0, 0, 5, 3, 1, 6), 1.0)]
HANGING = [((0, 0, 5, 10, 10, 6), 1.0)]


@pytest.mark.parametrize(
    ("layout", "ratio", "holds"),
    [
        pytest.param(BLOCK_AND_PLATE, 0.333333, True, id="needed contact of 0.999999 um2"),
        pytest.param(BLOCK_AND_PLATE, 0.333334, False, id="needed contact of 1.000002 um2, rounded up"),
        pytest.param(HANGING, 0.0, True, id="support is off"),
        pytest.param(HANGING, 0.000001, False, id="least support"),
    ],
)
def test_support_by_contact_area(layout: list[Unit], ratio: float, holds: bool) -> None:
    """A unit off the floor needs its ratio of contact, if any."""
    assert stands(layout, ratio) is holds


PILE = [((0, 0, 5 * at, 10, 10, 5 * at + 5), mass) for at, mass in enumerate([100.0, 10.0, 20.0])]
BRIDGE = [((0, 0, 0, 6, 4, 5), 1_000.0), ((6, 0, 0, 8, 4, 5), 1_000.0), ((0, 0, 5, 8, 4, 6), 100.0)]


@pytest.mark.parametrize(
    ("layout", "limit", "holds"), [(PILE, 30.0, True), (PILE, 29.0, False), (BRIDGE, 75.0, True), (BRIDGE, 74.0, False)]
)
def test_a_load_goes_down_in_proportion_to_contact_area(layout: list[Unit], limit: float, holds: bool) -> None:
    """The lowest unit bears the whole pile, or three quarters of a plate; with load bearing off it bears anything."""
    loads = [limit, np.inf, np.inf]
    assert stands(layout, 0.75, loads) is holds
    assert stands(layout, 0.75, loads, bearing=False)


@pytest.mark.parametrize(("mass", "holds"), [(1.0, True), (3.0, False)])
def test_a_load_beyond_the_hull_tips_the_unit_below(mass: float, holds: bool) -> None:
    """A plate overhangs its post by a quarter; a heavy weight on the overhang takes their centre past the post."""
    below = [((0, 0, 0, 6, 4, 5), 1.0), ((0, 0, 5, 8, 4, 6), 1.0)]
    assert stands([*below, ((6, 0, 6, 8, 4, 7), mass)], 0.75) is holds


def test_a_plate_on_two_posts_stands() -> None:
    """Two posts at its ends carry a plate of 10 whose centre is over neither: the hull of both contacts holds it."""
    posts = [((0, 0, 0, 2, 10, 5), 1_000.0), ((8, 0, 0, 10, 10, 5), 1_000.0)]
    assert stands([*posts, ((0, 0, 5, 10, 10, 6), 1.0)], 0.4)
    # With both posts on one side, 40 % of the plate is supported, but its centre lies outside the hull.
    assert not stands([posts[0], ((2, 0, 0, 4, 10, 5), 1_000.0), ((0, 0, 5, 10, 10, 6), 1.0)], 0.3)


def test_a_plate_on_an_angle_of_posts_falls() -> None:
    """Contacts along two sides of a square: the hull ends at x + y = 8, and the centre lies at 5 + 5."""
    posts = [((0, 0, 0, 6, 2, 5), 1_000.0), ((0, 2, 0, 2, 6, 5), 1_000.0)]
    plate = ((0, 0, 5, 10, 10, 6), 1.0)
    assert not stands([*posts, plate], 0.2)
    # A post that extends the hull beyond x + y = 12 holds the plate.
    assert stands([*posts, ((6, 6, 0, 8, 8, 5), 1_000.0), plate], 0.2)


def test_a_load_at_the_centre_of_its_contact_tips_what_one_at_its_own_centre_does_not() -> None:
    """A square of 8 stands on posts in two opposite corners: its hull is a band along the diagonal, x - y from 4 to 8.

    A beam along one side rests on it and on a block beside it, with its own centre at (7, 1), in the band, and the
    centre of its contact with the square at (10, 1): x - y = 9, outside. A light beam may lie there, a heavy may not.
    """
    below = [
        ((6, 0, 0, 8, 2, 5), 1_000.0),
        ((12, 6, 0, 14, 8, 5), 1_000.0),
        ((0, 0, 0, 6, 2, 6), 1_000.0),
        ((6, 0, 5, 14, 8, 6), 1.0),
    ]
    beam = (0, 0, 6, 14, 2, 7)
    assert stands([*below, (beam, 0.5)], 0.1)
    assert not stands([*below, (beam, 100.0)], 0.1)


@pytest.mark.parametrize(("limit", "packed"), [(3_000.0, 3), (2_999.0, 2), (8_000.0, 8)])
def test_the_volume_limit_is_met_and_not_passed(limit: float, packed: int) -> None:
    """Of eight cubes of 1,000 um3 as many go in as the volume limit takes, each counted once."""
    cubes = units_of([(10, 10, 10)] * 8)
    space = Space((100, 100, 100), volume_limit_um3=limit)
    layout = lay(Question(cubes, space, Rules(), whole=False, effort=5_000))
    assert len(layout) == packed
    assert (lay(Question(cubes, space, Rules(), whole=True, effort=5_000)) is not None) == (packed == 8)
