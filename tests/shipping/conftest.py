"""Hand-made carrier rules with published divisors and roundings, so that the golden bills stand by themselves."""

import datetime as dt
from decimal import Decimal

import pytest

from boxwright.catalog.materials import Materials
from boxwright.domain.carrier import CarrierRule, WeightStep


def rule(service_id, divisor, units, rounding, step, **fields):
    """Return a rule; numbers as text, ``units`` such as ``in/lb``."""
    length, weight = units.split("/")
    decimals = {name: Decimal(value) if isinstance(value, str) else value for name, value in fields.items()}
    return CarrierRule(
        service_id, "", "", "", divisor and Decimal(divisor), length, weight, rounding, Decimal(step), **decimals
    )


RULES = {
    "ups": rule("ups", "139", "in/lb", "up", "1", max_weight_kg="68.04"),
    "usps-before": rule(
        "usps", "166", "in/lb", "nearest", "1", volume_trigger="1728", effective_to=dt.date(2026, 7, 11)
    ),
    "usps-after": rule("usps", "139", "in/lb", "up", "1", volume_trigger="1728", effective_from=dt.date(2026, 7, 12)),
    "dhl": rule("dhl", "5000", "cm/kg", "none", "0.5", max_length_mm="1200", max_length_plus_girth_mm="3000"),
    "sf": rule(
        "sf",
        "12000",
        "cm/kg",
        "none",
        "0.1",
        minimum_weight="1",
        divisor_switch_weight="30",
        divisor_above_switch="6000",
        heavier_steps=(
            WeightStep(Decimal(10), Decimal("0.5")),
            WeightStep(Decimal(100), Decimal(1), "nearest"),
        ),
    ),
    "actual": rule("actual", None, "cm/kg", "none", "0.001"),
}


@pytest.fixture
def rules():
    """Return the rules by name."""
    return RULES


@pytest.fixture
def materials():
    """Return materials that hold these rules and nothing else."""
    return Materials(
        version="test",
        content_hash="",
        materials=(),
        boards=(),
        dunnage=(),
        profiles=(),
        carrier_rules=tuple(RULES.values()),
        distance_adjustments=(),
        fragility_classes={},
        drop_heights={},
        default_drop_profile="",
        default_dunnage=(),
        blank_allowances={},
    )
