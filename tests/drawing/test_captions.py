"""Steps and the words under them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwright.domain.order import FragilityClass, Item, Order, Orientation
from boxwright.domain.plan import Parcel, Placement
from boxwright.domain.protection import LineProtection, ProtectionRule
from boxwright.drawing.captions import MAX_GROUPS, MAX_SINGLE_STEPS, group_caption, steps, unit_caption
from boxwright.drawing.lettering import ranges, shortened, text_width_px, wrapped


@given(st.integers(0, 3_000))
def test_every_step_is_in_exactly_one_picture(count: int) -> None:
    """The runs of steps, laid end to end, are all steps once; up to the limit, each is one step."""
    runs = steps(count)
    assert [number for run in runs for number in run] == list(range(1, count + 1))
    assert len(runs) == (count if count <= MAX_SINGLE_STEPS else MAX_GROUPS)
    assert all(run for run in runs)


def test_a_caption_says_a_step() -> None:
    """A caption names step, which unit of its line, wrap, pose, corner of the goods in mm, and what stays free."""
    order = Order("o", (Item("A", 3, 10, 20, 30, 1),))
    first = Placement("A", 2, 0, 0, 0, 35_000, 45_000, 55_000, Orientation.LWH)
    placement = Placement(
        "A", 0, 120_000, 0, 85_125, 35_000, 45_000, 55_000, Orientation.LWH, half_gap_um=12_500, wall_margin_um=25_000
    )
    wrapped_up = LineProtection("A", ProtectionRule.PRACTICE, FragilityClass.FRAGILE, wrap_layers=2)
    parcel = Parcel("b", (first, placement), cushioning_id="paper", protection=(wrapped_up,))
    said = unit_caption(placement, 2, order, parcel)
    for each in ("2. ", "A #2 of 2", "2 layers", "paper", "x 132.5 y 12.5", "z 97.625 mm", "12.5 mm", "37.5 mm"):
        assert each in said


def test_a_caption_names_the_compartment() -> None:
    """A unit in a box with compartments is said to go into which, and not to be wrapped."""
    order = Order("o", (Item("A", 1, 20, 20, 30, 1, description="Bottle"),))
    placement = Placement("A", 0, 7_500, 0, 9_500, 20_000, 20_000, 30_000, compartment=4)
    parcel = Parcel(
        "b",
        (placement,),
        protection=(LineProtection("A", ProtectionRule.TESTED_PACK, FragilityClass.FRAGILE, 0, 0, 2),),
    )
    said = unit_caption(placement, 1, order, parcel)
    for each in ("1. ", "Bottle", "x 7.5 y 0", "z 9.5 mm", "compartment 4"):
        assert each in said
    assert "layers" not in said


def test_a_caption_names_pads() -> None:
    """Under physics a unit lies on pads, and nothing is said to be kept free."""
    order = Order("o", (Item("A", 1, 20, 20, 30, 1),))
    placement = Placement("A", 0, 0, 0, 0, 70_000, 70_000, 80_000, half_gap_um=25_000)
    pads = LineProtection("A", ProtectionRule.PHYSICS, FragilityClass.FRAGILE, 25_000, pad_edge_um=40_000)
    said = unit_caption(placement, 1, order, Parcel("b", (placement,), cushioning_id="foam", protection=(pads,)))
    for each in ("pads", "foam", "25 mm", "x 25 y 25", "z 25 mm"):
        assert each in said
    assert "free" not in said


def test_a_caption_says_a_group() -> None:
    """A caption of several steps counts the units of each line and gives their numbers."""
    placed = [
        Placement(line, index, 0, 0, 0, 1_000, 1_000, 1_000) for line, index in (("A", 0), ("A", 1), ("B", 0), ("A", 2))
    ]
    assert group_caption(enumerate(placed, start=4)) == ("3 × A (4–5, 7)", "1 × B (6)")


@pytest.mark.parametrize(("numbers", "text"), [([], ""), ([3], "3"), ([5, 1, 2, 3], "1–3, 5"), ([1, 2], "1–2")])
def test_ranges(numbers: list[int], text: str) -> None:
    """Runs of whole numbers are written as ranges."""
    assert ranges(numbers) == text


@given(st.text(max_size=300), st.floats(20, 500))
def test_shortened_text_fits(text: str, width_px: float) -> None:
    """A shortened text is no wider than its space, and one that fits is left alone."""
    short = shortened(text, width_px, 11)
    assert text_width_px(short, 11) <= max(width_px, text_width_px("W…", 11) + 3)
    assert short == text or text_width_px(text, 11) > width_px


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=9), max_size=20))
def test_wrapping_loses_no_word(words: list[str]) -> None:
    """Words short enough for a line are all there, in order, after wrapping."""
    assert " ".join(wrapped(" ".join(words), 90, 11)).split() == words
