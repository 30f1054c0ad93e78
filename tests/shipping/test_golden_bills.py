"""A bill computed by hand for every period of every shipped service, in ``golden_bills.csv``.

Rows of unverified rules only test arithmetic. An inch is 2.54 cm, a pound 453.59237 g.
"""

import csv
import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from boxwright.catalog import load_materials
from boxwright.shipping import chargeable_weight

with (Path(__file__).parent / "golden_bills.csv").open(encoding="utf-8", newline="") as file:
    GOLDEN = list(csv.DictReader(file))


@pytest.fixture(scope="module")
def materials():
    """Return the shipped materials."""
    return load_materials()


@pytest.mark.parametrize("row", GOLDEN, ids=lambda row: f"{row['service_id']} {row['day']} {row['billed_g']} g")
def test_golden_bills(materials, row):
    """Sides, divisor, conditions, steps and minimum of the rule in force on the day give the bill, to the mg."""
    outer_um = tuple(int(Decimal(side) * 10_000) for side in row["sides_cm"].split(" x "))
    gross_mg = int(Decimal(row["gross_g"]) * 1_000)
    day = dt.date.fromisoformat(row["day"])
    found = chargeable_weight(outer_um, gross_mg, row["service_id"], day, materials)
    assert found.chargeable_mg == int(Decimal(row["billed_g"]) * 1_000), row["working"]


def test_every_period_of_every_service_has_a_worked_bill(materials):
    """Each rule has a bill, and consecutive rules have bills on the last and first day."""
    days = {(row["service_id"], dt.date.fromisoformat(row["day"])) for row in GOLDEN}
    ends = {
        (rule.service_id, day)
        for rule in materials.carrier_rules
        for day in (rule.effective_from, rule.effective_to)
        if day is not None
    }
    assert ends <= days
    assert {rule.service_id for rule in materials.carrier_rules} == {service_id for service_id, _ in days}
