"""The geometry of mailers against worked examples and against trying every height."""

import math

from hypothesis import given
from hypothesis import strategies as st

from boxwright import BoxType
from boxwright.domain.mailer import POUCH, WRAP, Pouch, Wrap, reach_um


def test_a_filled_mailer_is_the_shorter_by_its_height() -> None:
    """350 x 250 mm filled to 50 mm is 300 x 200 x 50 mm; above its maximum thickness, or flat, it has no inside."""
    flat = (350_000, 250_000, 60_000)
    assert POUCH.inside_at(flat, 50_000) == (300_000, 200_000, 50_000)
    assert POUCH.inside_at(flat, 60_000) == (290_000, 190_000, 60_000)
    assert POUCH.inside_at(flat, 60_001) == POUCH.inside_at(flat, 0) == (0, 0, 0)
    assert POUCH.inside_at((100, 60, 500), 60) == (0, 0, 0)


def test_seams_and_walls_come_on_top() -> None:
    """Seams of 5 mm on all sides and two walls of 0.2 mm add 10, 10 and 0.4 mm."""
    outer = POUCH.outside_um((350_000, 250_000, 60_000), (360_000, 260_000, 60_400), (310_000, 226_000, 24_000))
    assert outer == (342_000 + 10_000, 226_000 + 10_000, 24_400)


def test_a_book_wrap_keeps_its_length_and_width() -> None:
    """A wrap of 217 x 155 mm closes at any height up to 60 mm and at none above; only its outer height changes."""
    flat, outer = (217_000, 155_000, 60_000), (223_000, 161_000, 69_000)
    assert WRAP.inside_at(flat, 20_000) == (217_000, 155_000, 20_000)
    assert WRAP.inside_at(flat, 60_000) == flat
    assert WRAP.inside_at(flat, 60_001) == WRAP.inside_at(flat, 0) == (0, 0, 0)
    assert WRAP.outside_um(flat, outer, (100_000, 50_000, 20_000)) == (223_000, 161_000, 29_000)


@given(st.tuples(st.integers(2, 300), st.integers(2, 300), st.integers(1, 300)), st.sampled_from([POUCH, WRAP]))
def test_capacity_is_the_largest_of_all_heights(flat: tuple[int, int, int], shell: Pouch | Wrap) -> None:
    """No filled height has more volume than the capacity, and one has exactly that volume."""
    volumes = [math.prod(shell.inside_at(flat, height)) for height in range(1, flat[2] + 1)]
    assert shell.capacity_um3(flat) == max(volumes)


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(0, 10**6))
def test_reach_is_the_root_rounded_up(content: int, height: int, spare: int) -> None:
    """The reach squared is at least the surplus squared less the height squared, and one um less is too short."""
    flat = content + height + spare
    reach = reach_um(flat, content, height) - content
    target = (height + spare) ** 2 - height**2
    assert reach**2 >= target
    assert reach == 0 or (reach - 1) ** 2 < target
    assert flat - height <= content + reach <= flat


def test_a_mailers_inner_volume_is_its_capacity() -> None:
    """For a square of 60 mm the peak is at h = (120 - sqrt(3600)) / 3 = 20 mm, 40 x 40 x 20 mm."""
    assert BoxType("m", 60, 60, 40, style="bag").inner_volume_um3 == 40_000 * 40_000 * 20_000
    assert BoxType("m", 60, 60, 10, style="bag").inner_volume_um3 == 50_000 * 50_000 * 10_000
    assert BoxType("m", 60, 60, 10).inner_volume_um3 == 60_000 * 60_000 * 10_000
