"""Factors as choices count them."""

from boxwright.catalog import load_materials
from boxwright.footprint import cautious


def test_unverified_factors_stand_at_the_upper_end() -> None:
    """Under the cautious profile each unverified factor with a range has its high value, and no other moves."""
    profile = load_materials().profile("uk-desnz")
    raised = 0
    for plain, careful in zip(profile.factors, cautious(profile).factors, strict=True):
        expected = plain.value if plain.read_in_source or plain.high is None else plain.high
        assert careful.value == expected
        raised += careful.value > plain.value
    assert raised > 0
