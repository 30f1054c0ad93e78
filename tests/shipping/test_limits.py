"""Acceptance limits."""

from boxwright.shipping import bill, exceeded_limits

LIMIT_UM = (1_200_000, 450_000, 450_000)


def test_limits_themselves_are_accepted(rules):
    """A parcel at its limits passes none: 1200 mm long, 3000 mm length plus girth."""
    assert exceeded_limits(LIMIT_UM, 1, rules["dhl"]) == ()


def test_each_limit_is_named_with_its_figures(rules):
    """A parcel past its limits passes each of them, whichever edge is declared the length."""
    assert exceeded_limits((450_000, 1_200_001, 450_000), 1, rules["dhl"]) == (
        "longest side 1200.001 mm is above 1200 mm",
        "length plus girth 3000.001 mm is above 3000 mm",
    )


def test_mass_counts_as_gross(rules):
    """The heaviest parcel is a matter of gross weight; the bill carries the finding."""
    found = bill((1_000,) * 3, 68_040_001, rules["ups"])
    assert found.exceeded_limits == ("gross weight 68.040001 kg is above 68.04 kg",)
    assert bill((1_000,) * 3, 68_040_000, rules["ups"]).exceeded_limits == ()


def test_unknown_limit_is_not_checked(rules):
    """A rule that states no limit has none to pass."""
    assert exceeded_limits((9_000_000,) * 3, 10**9, rules["actual"]) == ()
