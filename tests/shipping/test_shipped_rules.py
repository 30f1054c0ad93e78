"""The shipped carrier rules agree with published examples."""

import datetime as dt
from fractions import Fraction

import pytest

from boxwright.catalog import load_materials
from boxwright.errors import InvalidInputError
from boxwright.shipping import chargeable_weight

KG = 1_000_000
LB = Fraction(45_359_237, 100)
BEFORE, AFTER = dt.date(2026, 7, 11), dt.date(2026, 7, 12)
CUBE_305 = (305_000,) * 3
CUBE_FOOT = (304_800,) * 3


@pytest.fixture(scope="module")
def materials():
    """Return the shipped materials."""
    return load_materials()


def test_large_package_of_the_volume_rules(materials):
    """46 x 24 x 16 in are 17,664 in3: below 96 in and, with 126 in, below 130 in; oversize by volume from January 2026.

    1 January is before both changes; UPS follows on the 26th, FedEx on the 12th.
    """
    outer_um = tuple(side * 25_400 for side in (46, 24, 16))

    def flags(service_id, day):
        found = chargeable_weight(outer_um, 10 * KG, service_id, dt.date(2026, 1, day), materials)
        assert abs(found.chargeable_mg - 128 * LB) <= Fraction(1, 2)  # 17,664 / 139 = 127.08
        return {each.surcharge_id for each in found.surcharges}

    by_sides = {"additional_handling"}  # length plus girth 126 in is above 105 in
    by_volume = {"oversize"}  # it replaces additional handling
    assert [flags("fedex/us", day) for day in (11, 12)] == [by_sides, by_volume]
    assert [flags("ups/us-daily", day) for day in (25, 26)] == [by_sides, by_volume]


@pytest.mark.parametrize(
    ("service_id", "pounds", "sides_in", "flags"),
    [
        ("ups/us-daily", 51, (12, 12, 12), {"additional_handling_weight"}),
        ("ups/us-export", 51, (12, 12, 12), set()),
        ("ups/us-export", 55, (12, 12, 12), set()),
        ("ups/us-export", 56, (12, 12, 12), {"additional_handling_weight"}),
        ("ups/us-daily", 20, (23, 22, 21), {"additional_handling"}),  # 10,626 in3, and 109 in of length and girth
        ("ups/us-daily", 20, (22, 22, 21.5), {"additional_handling"}),  # 10,648 in3 as rounded
        ("ups/us-export", 20, (22, 22, 19), set()),  # 9,196 in3, 104 in
        ("ups/us-export", 20, (27, 26, 25), {"additional_handling"}),  # 17,550 in3, 129 in: not oversize by volume
    ],
)
def test_export_has_triggers_of_its_own(materials, service_id, pounds, sides_in, flags):
    """Additional handling of export begins above 55 lb, and volume causes no surcharge."""
    outer_um = tuple(round(side * 25_400) for side in sides_in)
    found = chargeable_weight(outer_um, int(pounds * LB), service_id, AFTER, materials)
    assert {each.surcharge_id for each in found.surcharges} == flags


@pytest.mark.parametrize(
    ("service_id", "day", "sides_mm", "billed_lb", "flag"),
    [
        ("ups/us-daily", dt.date(2025, 3, 1), (1240, 150, 150), 40, "additional_handling"),
        ("ups/us-daily", dt.date(2024, 12, 22), (1240, 150, 150), 13, "additional_handling"),
        ("ups/us-export", dt.date(2024, 6, 1), (1100, 600, 500), 149, "oversize"),
        ("ups/us-daily", dt.date(2016, 6, 1), (2400, 150, 150), 21, "additional_handling"),
        ("ups/us-daily", dt.date(2016, 6, 1), (1500, 460, 460), 116, "oversize"),
        ("ups/us-daily", dt.date(2016, 6, 1), (2400, 250, 250), 90, "oversize"),
        ("fedex/us", dt.date(2024, 6, 1), (1240, 150, 150), 13, "additional_handling"),
        ("fedex/us", dt.date(2016, 6, 1), (2400, 250, 250), 90, "oversize"),
    ],
)
def test_least_weights_of_earlier_periods_are_billed_or_marked(materials, service_id, day, sides_mm, billed_lb, flag):
    """If the minimum weight is unknown, the surcharge that may cause it is included as unverified."""
    found = chargeable_weight(tuple(1_000 * side for side in sides_mm), 3 * KG, service_id, day, materials)
    assert [(each.surcharge_id, each.read_in_source) for each in found.surcharges] == [(flag, False)]
    assert round(found.chargeable_mg / LB) == billed_lb


@pytest.mark.parametrize(
    ("service_id", "day"), [("fedex/us", dt.date(2015, 1, 4)), ("ups/us-daily", dt.date(2014, 12, 31))]
)
def test_days_before_volume_counted_for_all_parcels_have_no_rule(materials, service_id, day):
    """The rule of that time is unknown, so there is no bill."""
    with pytest.raises(InvalidInputError, match="ship_date"):
        chargeable_weight(CUBE_305, KG, service_id, day, materials)


def test_every_limit_and_surcharge_has_a_source_or_says_that_it_is_unverified(materials):
    """Figures that limit plans have a source that can be opened."""
    for rule in materials.carrier_rules:
        for each in (*rule.limits, *rule.surcharges):
            assert not each.read_in_source or each.source or (rule.source and rule.read_in_source)


def test_a_rule_with_unverified_roundings_is_unverified(materials):
    """A weight is rounded to the step: without a verified step the bill is uncertain, and plans must mark it."""
    guessed = [rule for rule in materials.carrier_rules if "a step of 1 g stands in" in rule.note]
    assert len(guessed) >= 10
    assert not any(rule.read_in_source for rule in guessed)
    wish = next(rule for rule in guessed if rule.service_id == "wish/cn-br")
    assert all(limit.read_in_source for limit in wish.limits)  # these limits are verified and refuse parcels


def test_every_rule_bills(materials):
    """On its first day, each rule bills a common parcel at no less than 90 % of its mass, and states the derivation."""
    for rule in materials.carrier_rules:
        day = rule.effective_from or rule.effective_to or AFTER
        found = chargeable_weight((300_000, 200_000, 150_000), 400_000, rule.service_id, day, materials)
        assert found.chargeable_mg >= 360_000
        assert found.rule
        assert found.read_in_source is rule.read_in_source
        assert found.exceeded_limits == ()


@pytest.mark.parametrize(
    ("longest_um", "billed_mg"), [(550_000, 1_000_000), (550_001, 1_926_000), (560_000, 1_960_000)]
)
def test_volume_counts_for_wish_above_55_cm(materials, longest_um, billed_mg):
    """At 55 cm 1 kg is billed; above, 20 x 14 cm x side / 8000, rounded up to a gram: just over 1.925, and 1.96."""
    bill = chargeable_weight((longest_um, 200_000, 140_000), 1_000_000, "wish/cn-br", AFTER, materials)
    assert bill.chargeable_mg == billed_mg
