"""Exact figures as text."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwright.cli.plan_view import change_words
from boxwright.domain.plan import SmallestChange
from boxwright.units import exact


@given(st.integers(-(10**18), 10**18), st.sampled_from([10, 1_000, 10**6]))
def test_the_text_is_the_number(parts: int, of_one: int) -> None:
    """Read back as a decimal it is the same whole number of parts, without zeros at the end."""
    text = exact(parts, of_one)
    assert Decimal(text) * of_one == parts
    assert "." not in text or not text.endswith("0")


@pytest.mark.parametrize(
    ("change", "figures"),
    [
        (SmallestChange("a", lighten_mg=12_345_678), ["12345.678 g"]),
        (
            SmallestChange("a", shorten_um=(1_234_567, 0, 1)),
            ["1234.567 mm", "0.001 mm"],
        ),
    ],
)
def test_a_smallest_change_is_stated_to_the_last_digit(change: SmallestChange, figures: list[str]) -> None:
    """By one unit of measure less the box does not take the order, so the digit counts."""
    assert all(figure in change_words(change) for figure in figures)
