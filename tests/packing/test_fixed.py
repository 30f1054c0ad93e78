"""Packing that starts with units already in the box."""

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from boxwright.packing.own import lay
from boxwright.packing.problem import Layout, Rules, Space
from boxwright.packing.question import Question
from layout_rules import wrong
from strategies import cut_boxes, units_of


def fixed_at(*slots: tuple[int, tuple[int, int, int, int, int, int]]) -> Layout:
    """Return unturned units at given corners."""
    units, corners = zip(*slots, strict=True)
    count = len(units)
    return Layout(np.array(units), np.zeros(count, dtype=np.int64), np.array(corners, dtype=np.int64).reshape(count, 6))


@given(cut_boxes(), st.integers(1, 4))
@settings(max_examples=20, deadline=None)
def test_fixed_units_stay_first_and_nothing_goes_below_them(case, count) -> None:
    """Fixed units keep their places and sequence; the others obey all rules and never lie under them."""
    box, pieces = case
    units = units_of([tuple(sorted(piece)) for piece in pieces])
    first = lay(Question(units, Space(box), Rules(), whole=False, effort=2_000))
    assume(first is not None)
    count = min(count, len(first))
    fixed = Layout(first.units[:count], first.orientations[:count], first.corners_um[:count].copy())
    found = lay(Question(units, Space(box), Rules(), whole=False, effort=2_000, fixed=fixed))
    assert found.units[:count].tolist() == fixed.units.tolist()
    assert found.orientations[:count].tolist() == fixed.orientations.tolist()
    assert found.corners_um[:count].tolist() == fixed.corners_um.tolist()
    assert len(set(found.units.tolist())) == len(found)
    assert wrong(units, Space(box), Rules(), found) == []
    corners = found.corners_um
    for early in range(count):
        for late in range(count, len(found)):
            a, b = corners[early], corners[late]
            over_one_another = a[0] < b[3] and b[0] < a[3] and a[1] < b[4] and b[1] < a[4]
            assert not over_one_another or b[2] >= a[5]


def test_a_new_unit_rests_on_a_fixed_one() -> None:
    """A unit goes on top of a fixed one that covers the floor."""
    units = units_of([(100, 100, 40), (100, 100, 60)])
    fixed = fixed_at((0, (0, 0, 0, 100, 100, 40)))
    found = lay(Question(units, Space((100, 100, 100)), Rules(), whole=True, effort=1_000, fixed=fixed))
    assert found.corners_um.tolist() == [[0, 0, 0, 100, 100, 40], [0, 0, 40, 100, 100, 100]]


def test_fixed_units_count_to_the_mass_limit() -> None:
    """Fixed units count towards the mass limit."""
    units = units_of([(10, 10, 10)] * 3, mass=[100.0] * 3)
    fixed = fixed_at((0, (0, 0, 0, 10, 10, 10)))
    space = Space((100, 100, 100), 250.0)
    assert len(lay(Question(units, space, Rules(), whole=False, effort=1_000, fixed=fixed))) == 2


def test_fixed_units_carry_only_what_they_may() -> None:
    """No unit is placed on a fixed unit that carries nothing."""
    units = units_of([(100, 100, 40), (100, 100, 60)], max_load=[0.0, np.inf])
    fixed = fixed_at((0, (0, 0, 0, 100, 100, 40)))
    assert lay(Question(units, Space((100, 100, 100)), Rules(), whole=True, effort=1_000, fixed=fixed)) is None


def test_nothing_slips_under_a_fixed_bridge() -> None:
    """The space under a fixed plate on two pillars cannot be reached from above."""
    units = units_of([(125, 100, 50), (125, 100, 50), (300, 100, 50), (50, 50, 50)])
    fixed = fixed_at((0, (0, 0, 0, 125, 100, 50)), (1, (175, 0, 0, 300, 100, 50)), (2, (0, 0, 50, 300, 100, 100)))
    found = lay(Question(units, Space((300, 100, 100)), Rules(), whole=False, effort=5_000, fixed=fixed))
    assert len(found) == 3
