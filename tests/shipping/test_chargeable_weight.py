"""Chargeable weight: golden bills, and properties of every parcel and rule."""

import datetime as dt
import math
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boxwright.domain.carrier import WeightStep
from boxwright.errors import InvalidInputError
from boxwright.shipping import Biller, chargeable_weight

KG = 1_000_000
LB = Decimal("453592.37")
LAST_OLD_DAY, FIRST_NEW_DAY = dt.date(2026, 7, 11), dt.date(2026, 7, 12)


def pounds(number):
    """Return whole pounds in mg, half up."""
    return math.floor(number * Fraction(LB) + Fraction(1, 2))


def inches(*sides):
    """Return sides in inches as um."""
    return tuple(int(side * 25_400) for side in sides)


@pytest.mark.parametrize(
    ("day", "side_um", "billed_lb", "remark"),
    [
        (LAST_OLD_DAY, 305_000, 5, "12 x 12 x 12 = 1728 in3 is not above the trigger"),
        (FIRST_NEW_DAY, 305_000, 16, "13 x 13 x 13 = 2197 in3, over 139 is 15.81 lb"),
        (LAST_OLD_DAY, 304_800, 5, "exactly 12 in"),
        (FIRST_NEW_DAY, 304_800, 5, "exactly 12 in stays 12"),
        (FIRST_NEW_DAY, 304_801, 16, "one um more is 13 in"),
        (LAST_OLD_DAY, 317_499, 5, "just below 12.5 in is 12 to the nearest"),
        (LAST_OLD_DAY, 317_500, 14, "12.5 in is 13 to the nearest: 2197 over 166 is 13.23 lb"),
    ],
)
def test_golden_usps_cube_of_two_kg(materials, day, side_um, billed_lb, remark):
    """A cube of one foot, before and after the rule of 12 July 2026."""
    found = chargeable_weight((side_um,) * 3, 2 * KG, "usps", day, materials)
    assert found.chargeable_mg == pounds(billed_lb), remark


@pytest.mark.parametrize(
    ("outer_um", "gross_mg", "billed_mg", "remark"),
    [
        ((300_000, 200_000, 150_000), KG, 2 * KG, "9 L over 5000 is 1.8 kg, up to 2.0"),
        ((250_000, 200_000, 100_000), 900_000, KG, "exactly 1.0 kg stays"),
        ((250_000, 200_000, 100_001), 900_000, 1_500_000, "one um higher is the next half kg"),
        ((100_000, 100_000, 100_000), 2_100_000, 2_500_000, "actual weight decides: 2.1 kg up to 2.5"),
        ((100_000, 100_000, 100_000), 2_500_000, 2_500_000, "a step itself is not rounded up"),
        ((100_000, 100_000, 100_000), 2_500_001, 3_000_000, "one mg past it is"),
    ],
)
def test_golden_dhl_half_kilograms(rules, outer_um, gross_mg, billed_mg, remark):
    """DHL Express bills half kilograms of the greater of actual weight and volume over 5000."""
    assert Biller(rules["dhl"]).bill(outer_um, gross_mg).chargeable_mg == billed_mg, remark


@pytest.mark.parametrize(
    ("gross_mg", "billed_mg", "divisor"),
    [
        (29_999_999, 30 * KG, "12000 cm3/kg"),
        (30 * KG, 40 * KG, "6000 cm3/kg"),
    ],
)
def test_golden_sf_divisor_switch(rules, gross_mg, billed_mg, divisor):
    """A box of 240 L weighs 20 kg over 12000 and, from 30 kg actual on, 40 kg over 6000."""
    found = Biller(rules["sf"]).bill((600_000, 800_000, 500_000), gross_mg)
    assert (found.chargeable_mg, found.divisor) == (billed_mg, divisor)


@pytest.mark.parametrize(
    ("gross_mg", "billed_mg", "remark"),
    [
        (300_000, KG, "at least the first kilogram"),
        (1_010_000, 1_100_000, "then tenths"),
        (9_950_000, 10 * KG, "up to 10 kg"),
        (10_010_000, 10_500_000, "then halves"),
        (100_490_000, 100 * KG, "from 100 kg to the nearest kilogram, which may be below the mass"),
        (100_500_000, 101 * KG, "half a kilogram goes up"),
    ],
)
def test_golden_sf_steps(rules, gross_mg, billed_mg, remark):
    """SF's steps widen with weight."""
    assert Biller(rules["sf"]).bill((10_000,) * 3, gross_mg).chargeable_mg == billed_mg, remark


def test_heavier_step_holds_from_its_weight_on(rules):
    """At exactly its first weight, the heavier step applies: 3 kg in steps of 2 kg are 4 kg."""
    stepped = replace(rules["actual"], heavier_steps=(WeightStep(Decimal(3), Decimal(2)),))
    assert Biller(stepped).bill((1,) * 3, 3 * KG).chargeable_mg == 4 * KG
    assert Biller(stepped).bill((1,) * 3, 3 * KG - 1).chargeable_mg == 3 * KG


def test_below_the_trigger_no_dimensional_weight_counts(rules):
    """At or below the volume trigger there is no dimensional weight and no divisor, not a zero."""
    found = Biller(rules["usps-after"]).bill(inches(12, 12, 12), KG)
    assert (found.dimensional_mg, found.divisor) == (None, "")


def test_service_without_divisor_bills_mass(rules):
    """A service without a divisor bills actual weight however large the parcel."""
    found = Biller(rules["actual"]).bill((2_000_000,) * 3, 1_234_567)
    assert (found.chargeable_mg, found.dimensional_mg, found.divisor) == (1_235_000, None, "")


@pytest.mark.parametrize("number", [1, 5, 50, 70, 150])
def test_whole_pounds_are_not_pushed_up_by_the_snap_to_mg(rules, number):
    """A mass of whole pounds, snapped to the nearest mg, is billed as those pounds; one mg more is not."""
    assert Biller(rules["ups"]).bill(inches(1, 1, 1), round(number * LB)).chargeable_mg == pounds(number)
    assert Biller(rules["ups"]).bill(inches(1, 1, 1), pounds(number)).chargeable_mg == pounds(number)
    assert Biller(rules["ups"]).bill(inches(1, 1, 1), pounds(number) + 1).chargeable_mg == pounds(number + 1)


def test_rule_names_its_terms_and_days(rules):
    """The text of the rule has divisor, rounding, trigger, step and dates."""
    usps, sf = (Biller(rules[name]).bill(inches(1, 1, 1), 1).rule for name in ("usps-after", "sf"))
    for figure in ("1728 in3", "139 in3/lb", "1 lb", "2026-07-12"):
        assert figure in usps
    for figure in ("30 kg", "12000 cm3/kg", "6000 cm3/kg", "0.1 kg", "10 kg", "0.5 kg", "100 kg", "1 kg"):
        assert figure in sf


def test_unknown_service_is_refused(materials):
    """An unknown service is an error that names the known ones."""
    with pytest.raises(InvalidInputError, match=r"carrier_service"):
        chargeable_weight((1, 1, 1), 1, "pigeon", FIRST_NEW_DAY, materials)


def test_day_without_a_rule_is_refused(rules, materials):
    """A ship date on which no rule holds is an error that names service and date."""
    late_only = replace(materials, carrier_rules=(rules["usps-after"],))
    with pytest.raises(InvalidInputError, match=r"ship_date"):
        chargeable_weight((1, 1, 1), 1, "usps", LAST_OLD_DAY, late_only)


RULE_NAMES = ("ups", "usps-before", "usps-after", "dhl", "actual")
any_parcel = given(
    name=st.sampled_from(RULE_NAMES),
    outer_um=st.tuples(*[st.integers(1_000, 2_000_000)] * 3),
    gross_mg=st.integers(1, 100 * KG),
    more=st.integers(0, 10 * KG),
)
by_fixture = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)


@by_fixture
@any_parcel
def test_never_below_mass_or_dimensional_weight(rules, name, outer_um, gross_mg, more):
    """If weights are rounded up, the bill covers mass and dimensional weight, is on a step, and grows with mass."""
    found = Biller(rules[name]).bill(outer_um, gross_mg)
    assert found.chargeable_mg >= max(gross_mg, found.dimensional_mg or 0)
    step = Fraction(rules[name].weight_step) * (Fraction(LB) if rules[name].weight_unit == "lb" else KG)
    assert abs(round(found.chargeable_mg / step) * step - found.chargeable_mg) <= Fraction(1, 2)
    least = 90 * LB if any(each.surcharge_id == "oversize" for each in found.surcharges) else 0
    assert found.chargeable_mg - max(gross_mg, found.dimensional_mg or 0, round(least)) <= step + 1
    assert Biller(rules[name]).bill(outer_um, gross_mg + more).chargeable_mg >= found.chargeable_mg


@by_fixture
@any_parcel
def test_turning_the_box_changes_nothing(rules, name, outer_um, gross_mg, more):
    """Each side is rounded separately, so their order does not matter, and a larger box never costs less."""
    length, width, height = outer_um
    found = Biller(rules[name]).bill(outer_um, gross_mg)
    assert Biller(rules[name]).bill((height, length, width), gross_mg) == found
    assert Biller(rules[name]).bill((length + more, width, height), gross_mg).chargeable_mg >= found.chargeable_mg


@by_fixture
@given(outer_um=st.tuples(*[st.integers(1, 3_000_000)] * 3))
def test_dimensional_weight_is_exact(rules, outer_um):
    """Without rounding of sides, dimensional weight is the volume over the divisor to half a mg."""
    exact = Fraction(math.prod(outer_um), 10**12 * 5_000) * KG
    assert abs(Biller(rules["dhl"]).bill(outer_um, 1).dimensional_mg - exact) <= Fraction(1, 2)
