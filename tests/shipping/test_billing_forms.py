"""Golden bills of each billing form, computed by hand."""

import pytest

from boxwright.domain.carrier import BillingForm
from boxwright.errors import InvalidInputError
from boxwright.shipping import Biller

KG = 1_000_000


def cm(*sides):
    """Return sides in cm as um."""
    return tuple(round(side * 10_000) for side in sides)


@pytest.mark.parametrize(
    ("rule", "outer_um", "gross_mg", "billed_mg", "remark"),
    [
        # Half bubble (issue 1378 of itdida, worked example of cbr-express.com): 40 cm cube over 6000 is 10.667 kg.
        ("half", cm(40, 40, 40), 5 * KG, 8 * KG, "10.667 - (10.667 - 5) / 2 = 7.833, up to 8"),
        ("half", cm(30, 20, 10), 500_000, KG, "1.0 kg is 0.5 above 0.5, below the gap: the greater"),
        ("half", cm(30, 20, 20), KG, 2 * KG, "a gap of exactly 1 kg is split: 2 - 0.5 = 1.5, up to 2"),
        ("half", cm(30, 20, 10), 3 * KG, 3 * KG, "heavier than its volume: actual"),
        # Ratio threshold (YunExpress): 30 x 20 x 10 cm over 6000 is 1 kg.
        ("ratio", cm(30, 20, 10), 500_001, 500_001 + 999, "1 kg is below twice 0.500001 kg: actual, up to 1 g"),
        ("ratio", cm(30, 20, 10), 500_000, KG, "1 kg is twice 0.5 kg: dimensional"),
        # Two divisors: tested with 6000 (1 kg), billed with 8000 (0.75 kg), up to 2 kg.
        ("two-divisors", cm(30, 20, 10), 499_999, 750_000, "1 / 0.499999 is above 2"),
        ("two-divisors", cm(30, 20, 10), 500_000, 500_000, "1 / 0.5 is 2, not above"),
        ("two-divisors", cm(60, 50, 40), 2_000_000, 15 * KG, "at 2 kg: 120 L over 8000"),
        ("two-divisors", cm(60, 50, 40), 2_001_000, 2_001_000, "above 2 kg: actual"),
        # Condition on a side (EMS from June 2022): 40 x 30 x 20 cm over 6000 is 4 kg.
        ("side-gate", cm(40, 30, 20), KG, 4 * KG, "a side of 40 cm"),
        ("side-gate", cm(39.9999, 30, 20), KG, KG, "no side of 40 cm: 1 um less bills the actual weight"),
        # Size-sum bands (China to Japan): 50 x 50 x 40 cm sum to 140 cm and are 16.667 kg over 6000.
        ("size-bands", cm(50, 50, 40), 2 * KG, 2 * KG, "sum 140: actual"),
        ("size-bands", cm(50, 50, 40.0001), 2 * KG, 9_500_000, "above 140: (2 + 16.667) / 2 = 9.333, up to 9.5"),
        ("size-bands", cm(60, 50, 50), 2 * KG, 13_500_000, "sum 160: (2 + 25) / 2"),
        ("size-bands", cm(60.0001, 50, 50), 2 * KG, 25_500_000, "above 160: 25.00004, up to 25.5"),
        ("size-bands", cm(60, 50, 50), 30 * KG, 30 * KG, "heavier than its volume: actual"),
    ],
)
def test_golden_billing_forms(rules, rule, outer_um, gross_mg, billed_mg, remark):
    """Each form on both sides of its threshold, to the milligram."""
    assert Biller(rules[rule]).bill(outer_um, gross_mg).chargeable_mg == billed_mg, remark


@pytest.mark.parametrize(
    ("zone", "billed_mg"), [("same-city", 2_000_000), ("in-province", 3_000_000), ("economic", 4_000_000)]
)
def test_golden_zones(rules, zone, billed_mg):
    """24 L are 2 kg over 12000, 3 kg over 8000 and 4 kg over 6000."""
    assert Biller(rules["zones"], zone).bill(cm(40, 30, 20), KG).chargeable_mg == billed_mg


@pytest.mark.parametrize("zone", ["", "moon"])
def test_a_rule_by_zone_needs_one_of_its_zones(rules, zone):
    """Without a zone, or with an unknown one, there is no bill; the error names the zones."""
    with pytest.raises(InvalidInputError, match=r"zone"):
        Biller(rules["zones"], zone)


def test_surcharge_looks_at_the_billed_weight(rules):
    """SF's bulky surcharge applies above 50 kg billed, even if the parcel weighs 10 kg: 606 L over 12000 is 50.5 kg."""
    found = Biller(rules["sf"]).bill(cm(101, 100, 60), 10 * KG)
    assert (found.chargeable_mg, [each.because for each in found.surcharges]) == (50_500_000, ["billed > 50 kg"])
    assert Biller(rules["sf"]).bill(cm(100, 100, 60), 10 * KG).surcharges == ()


@pytest.mark.parametrize(
    ("inches", "gross_mg", "expected", "remark"),
    [
        ((24, 24, 18), KG, [], "10,368 in3 are not above"),
        ((24, 24, 19), KG, ["additional_handling"], "10,944 in3 are"),
        ((24, 24, 19), 22_679_618, ["additional_handling"], "50 lb are 22,679,618.5 mg"),
        ((24, 24, 19), 22_679_619, ["heavy"], "above 50 lb the weight's takes its place"),
        ((30, 24, 24), KG, ["additional_handling"], "17,280 in3 are not above; length plus girth is 126 in"),
        ((31, 24, 24), 30 * KG, ["oversize"], "17,856 in3 are: in place of both"),
    ],
)
def test_one_surcharge_takes_the_place_of_another(rules, inches, gross_mg, expected, remark):
    """A parcel has one surcharge: additional handling by size or weight, or oversize; both sides of each limit."""
    found = Biller(rules["ups"]).bill(tuple(side * 25_400 for side in inches), gross_mg)
    assert [each.surcharge_id for each in found.surcharges] == expected, remark


def test_oversize_bills_its_minimum(rules):
    """A light tube of 97 in is billed as 90 lb (40,823,313.3 mg); at 96 in as 14 lb (96 x 4 x 5 / 139 = 13.8)."""
    inch = 25_400
    assert Biller(rules["ups"]).bill((97 * inch, 4 * inch, 5 * inch), KG).chargeable_mg == 40_823_313
    assert Biller(rules["ups"]).bill((96 * inch, 4 * inch, 5 * inch), KG).chargeable_mg == 6_350_293


def test_the_bill_says_how_it_came_about(rules):
    """Form, sides, volume, divisor, rounding: each step with its figures."""
    found = Biller(rules["half"]).bill(cm(40, 40, 40), 5 * KG)
    assert found.form is BillingForm.SPLIT
    form, volume, rounded = found.derivation
    assert all(figure in form for figure in ("gap >= 1 kg", "6000", "0.5", "5 kg"))
    assert all(figure in volume for figure in ("40 x 40", "64000 cm3", "10.667 kg"))
    assert "8 kg" in rounded
