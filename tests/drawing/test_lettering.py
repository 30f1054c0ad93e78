"""Text that fits its space, and the steps that a picture shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwright.drawing.lettering import ranges, shortened, text_width_px, wrapped
from boxwright.drawing.parcel import MAX_GROUPS, MAX_SINGLE_STEPS, runs


@given(st.integers(0, 3_000))
def test_every_step_is_in_exactly_one_picture(count: int) -> None:
    """The runs contain all steps exactly once; up to the limit, each run is one step."""
    pictures = runs(count)
    assert [step for run in pictures for step in run] == list(range(count))
    assert len(pictures) == (count if count <= MAX_SINGLE_STEPS else MAX_GROUPS)
    assert all(pictures)


@pytest.mark.parametrize(("numbers", "text"), [([], ""), ([3], "3"), ([5, 1, 2, 3], "1–3, 5"), ([1, 2], "1–2")])
def test_ranges(numbers: list[int], text: str) -> None:
    """Runs of whole numbers are written as ranges."""
    assert ranges(numbers) == text


@given(st.text(max_size=300), st.floats(20, 500))
def test_shortened_text_fits(text: str, width_px: float) -> None:
    """A shortened text fits its space, and a text that fits already is unchanged."""
    short = shortened(text, width_px, 11)
    assert text_width_px(short, 11) <= max(width_px, text_width_px("W…", 11) + 3)
    assert short == text or text_width_px(text, 11) > width_px


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=9), max_size=20))
def test_wrapping_loses_no_word(words: list[str]) -> None:
    """Wrapping keeps all words that are short enough for a line, in order."""
    assert " ".join(wrapped(" ".join(words), 90, 11)).split() == words
