"""Carrier rules written for the tests, with published divisors and roundings; golden bills use only these."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from boxwright.catalog import load_materials
from boxwright.domain.carrier import AcceptanceLimit, Band, BillingForm, CarrierRule, SurchargeRule, WeightStep
from boxwright.domain.gate import parse_gates


def band(form, divisor=None, when="", **fields):
    """Return one way to bill from numbers and conditions as text."""
    decimals = {name: Decimal(value) if isinstance(value, str) else value for name, value in fields.items()}
    gates = parse_gates(when) if when else ()
    return Band(BillingForm(form), divisor and Decimal(divisor), gates, **decimals)


def rule(service_id, bands, units, rounding, step, limits=(), **fields):
    """Return a rule from numbers as text, ``units`` such as ``in/lb`` and conditions of refusal."""
    length, weight = units.split("/")
    decimals = {name: Decimal(value) if isinstance(value, str) else value for name, value in fields.items()}
    return CarrierRule(
        service_id,
        *("", "", ""),
        length,
        weight,
        rounding,
        Decimal(step),
        tuple(bands),
        limits=tuple(AcceptanceLimit(parse_gates(each), read_in_source=True) for each in limits),
        **decimals,
    )


def surcharge(surcharge_id, *any_of, minimum="0", unless=()):
    """Return a surcharge from conditions as text."""
    gates = tuple(parse_gates(each) for each in any_of)
    return SurchargeRule(surcharge_id, gates, Decimal(minimum), unless, read_in_source=True)


LARGE = (
    surcharge("heavy", "actual > 50 lb", unless=("oversize",)),
    surcharge("additional_handling", "longest > 48 in", "volume > 10368 in3", unless=("heavy", "oversize")),
    surcharge("oversize", "longest > 96 in", "length_plus_girth > 130 in", "volume > 17280 in3", minimum="90"),
)
FOOT = "volume > 1728 in3"
HALF = {"share": "0.5"}
RULES = {
    "ups": rule("ups", [band("greater", "139")], "in/lb", "up", "1", ["actual > 150 lb"], surcharges=LARGE),
    "usps-before": rule(
        *("usps", [band("greater", "166", FOOT), band("actual")], "in/lb", "nearest", "1"),
        effective_to=dt.date(2026, 7, 11),
    ),
    "usps-after": rule(
        *("usps", [band("greater", "139", FOOT), band("actual")], "in/lb", "up", "1"),
        effective_from=dt.date(2026, 7, 12),
    ),
    "dhl": rule(
        *("dhl", [band("greater", "5000")], "cm/kg", "none", "0.5"),
        ["longest > 120 cm", "length_plus_girth > 300 cm"],
    ),
    "sf": rule(
        *("sf", [band("greater", "12000", "actual < 30 kg"), band("greater", "6000")], "cm/kg", "none", "0.1"),
        minimum_weight="1",
        heavier_steps=(
            WeightStep(Decimal(10), Decimal("0.5")),
            WeightStep(Decimal(100), Decimal(1), "nearest"),
        ),
        surcharges=(surcharge("bulky", "longest > 160 cm", "billed > 50 kg"),),
    ),
    "actual": rule("actual", [band("actual")], "cm/kg", "none", "0.001"),
    "half": rule("half", [band("split", "6000", "gap >= 1 kg", **HALF), band("greater", "6000")], "cm/kg", "none", "1"),
    "ratio": rule("ratio", [band("dimensional", "6000", "ratio >= 2"), band("actual")], "cm/kg", "none", "0.001"),
    "two-divisors": rule(
        "two-divisors",
        [band("dimensional", "8000", "actual <= 2 kg and ratio > 2", test_divisor="6000"), band("actual")],
        *("cm/kg", "none", "0.001"),
    ),
    "side-gate": rule(
        "side-gate", [band("greater", "6000", "longest >= 40 cm"), band("actual")], "cm/kg", "none", "0.5"
    ),
    "size-bands": rule(
        "size-bands",
        [
            band("actual", when="side_sum <= 140 cm"),
            band("split", "6000", "side_sum <= 160 cm", **HALF),
            band("greater", "6000"),
        ],
        *("cm/kg", "none", "0.5"),
        ["longest < 14 cm"],
    ),
    "zones": rule(
        "zones",
        [
            band("greater", "12000", zones=("same-city", "inter-province")),
            band("greater", "8000", zones=("in-province",)),
            band("greater", "6000", zones=("economic",)),
        ],
        *("cm/kg", "none", "0.1"),
    ),
}


@pytest.fixture
def rules():
    """Return the rules by name."""
    return RULES


@pytest.fixture
def materials():
    """Return materials with these carrier rules alone."""
    return replace(load_materials(), carrier_rules=tuple(RULES.values()))
