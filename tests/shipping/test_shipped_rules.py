"""The carrier rules that are shipped, against published examples."""

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
    """Return the materials that are shipped."""
    return load_materials()


@pytest.mark.parametrize(
    ("service_id", "outer_um", "day", "billed_lb"),
    [
        ("usps/parcel", CUBE_305, BEFORE, 5),
        ("usps/parcel", CUBE_305, AFTER, 16),
        ("usps/parcel", CUBE_FOOT, BEFORE, 5),
        ("usps/parcel", CUBE_FOOT, AFTER, 5),
        ("usps/parcel", (405_000, 305_000, 305_000), BEFORE, 14),
        ("usps/parcel", (405_000, 305_000, 305_000), AFTER, 20),
        ("ups/us-daily", CUBE_305, BEFORE, 16),
        ("ups/us-daily", CUBE_305, AFTER, 16),
        ("ups/us-daily", CUBE_FOOT, AFTER, 13),
        ("fedex/us", CUBE_305, BEFORE, 16),
        ("fedex/us", CUBE_FOOT, AFTER, 13),
    ],
)
def test_two_kg_round_twelve_inches(materials, service_id, outer_um, day, billed_lb):
    """Round the 12-inch cliff: USPS changes on 12 July 2026, UPS and FedEx had changed before."""
    found = chargeable_weight(outer_um, 2 * KG, service_id, day, materials)
    assert abs(found.chargeable_mg - billed_lb * LB) <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("service_id", "outer_um", "gross_mg", "billed_mg"),
    [
        ("dhl-express/international", (300_000, 200_000, 150_000), KG, 2 * KG),
        ("sf/standard", (600_000, 800_000, 500_000), 29_000_000, 29 * KG),
        ("sf/standard", (600_000, 800_000, 500_000), 30_000_000, 40 * KG),
        ("sf/fast", (300_000, 200_000, 150_000), 200_000, 1_500_000),
        ("dhl-paket/de", (600_000, 600_000, 600_000), KG, KG),
    ],
)
def test_metric_services(materials, service_id, outer_um, gross_mg, billed_mg):
    """DHL's half kilograms, SF's switch of divisor at 30 kg, its tenths, and a service that bills mass only."""
    found = chargeable_weight(outer_um, gross_mg, service_id, AFTER, materials)
    assert found.chargeable_mg == billed_mg


def test_every_rule_bills(materials):
    """Each rule bills a common parcel on its first day with at least 9 in 10 of its mass, and says how."""
    for rule in materials.carrier_rules:
        day = rule.effective_from or rule.effective_to or AFTER
        found = chargeable_weight((300_000, 200_000, 150_000), KG, rule.service_id, day, materials)
        assert found.chargeable_mg >= KG * 9 // 10
        assert found.rule
        assert found.verified is rule.verified
        assert found.exceeded_limits == ()


def test_day_without_a_rule_is_refused(materials):
    """A day before the first rule of a dated service is an error that names service and day."""
    dated = [rule for rule in materials.carrier_rules if rule.service_id == "fedex/us" and rule.effective_from]
    day = min(rule.effective_from for rule in dated) - dt.timedelta(days=1)
    with pytest.raises(InvalidInputError, match=rf"ship_date: .*'fedex/us'.*{day}"):
        chargeable_weight(CUBE_305, KG, "fedex/us", day, materials)
