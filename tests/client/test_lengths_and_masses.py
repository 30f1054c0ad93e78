"""Centimetres, kilograms, inches, pounds and ounces, exactly."""

import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright import units
from boxwright_client import cm, inches, kg, ounces, pounds


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (cm(12.7), 127),
        (cm("8.3"), 83),
        (kg(0.35), 350),
        (kg(Fraction(1, 8)), 125),
        (inches(1), 25.4),
        (inches("1/8"), 3.175),
        (inches("12 1/2"), 317.5),
        (inches("0.1"), 2.54),
        (inches("12-1/2"), 317.5),
        (inches(np.float32(12.5)), 317.5),
        (inches(np.int64(2)), 50.8),
        (inches(Fraction(1, 2)), 12.7),
        (pounds(1), 453.59237),
        (pounds(3, 4), 1474.1752025),
        (ounces(16), 453.59237),
        (ounces(1), 28.349523125),
    ],
)
def test_definitions_hold_to_the_last_digit(got, expected):
    """Metric prefixes, inch and pound are exact by definition."""
    assert got == expected


@settings(max_examples=50)
@given(st.integers(1, 1_000), st.integers(1, 8))
def test_n_units_of_some_eighths_fit_a_box_of_n_times_that(eighths, count):
    """In micrometres, n units of x inches are exactly n times x inches."""
    assert count * units.to_um(inches(f"{eighths}/8")) == units.to_um(inches(f"{eighths * count}/8"))


@pytest.mark.parametrize(
    "value", ["", "five", "1/0", "1 2 x", '14"', "12 -1/2", "-1", "1 2", float("nan"), float("inf"), True, None]
)
def test_a_value_that_is_not_a_number_is_refused(value):
    """The error quotes the value."""
    with pytest.raises(ValueError, match=re.escape(repr(value))):
        inches(value)


def test_endless_numbers_are_refused_in_plain_words():
    """The error states the number of digits, not Python's own limit."""
    with pytest.raises(ValueError, match="5,000"):
        inches("9" * 5_000)
