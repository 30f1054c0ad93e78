"""Distance adjustment of ISO 14083."""

from fractions import Fraction

import pytest

from boxwright.domain.lane import Leg
from boxwright.errors import InvalidInputError
from boxwright.footprint import adjusted_km


@pytest.mark.parametrize(
    ("leg", "km"),
    [
        (Leg("road", 500), Fraction(525)),
        (Leg("rail", 500), Fraction(500)),
        (Leg("sea", 20_000), Fraction(23_000)),
        (Leg("air", 9_000), Fraction(9_095)),
        (Leg("road", 0.1), Fraction(105, 1000)),
    ],
)
def test_planned_distance_becomes_distance_travelled(materials, leg, km):
    """Road x1.05, rail x1, sea x1.15, air +95 km, exactly for the number written."""
    assert adjusted_km(leg, materials) == km


@pytest.mark.parametrize("mode", ["road", "rail", "sea", "air"])
def test_actual_distance_stays(materials, mode):
    """A distance really travelled is not adjusted, whatever the mode."""
    assert adjusted_km(Leg(mode, 123.4, "actual"), materials) == Fraction("123.4")


def test_distance_without_adjustment_is_refused(materials):
    """A great circle by road has no published adjustment: an error, never a guess."""
    with pytest.raises(InvalidInputError, match=r"distance_kind"):
        adjusted_km(Leg("road", 100, "gcd"), materials)
