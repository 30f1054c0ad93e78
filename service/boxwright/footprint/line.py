"""One line of a footprint: an amount of activity times a factor."""

from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

from boxwright.domain.factor import Component, EmissionFactor
from boxwright.domain.footprint import FootprintLine

AMOUNTS = Context(prec=34, rounding=ROUND_HALF_EVEN)
"""Precision of amounts, which are for reading; grams are computed exactly, in no decimal context."""

MG_PER_KG = 1_000_000


def product(component: Component, factor: EmissionFactor, numerator: int, denominator: int) -> FootprintLine:
    """Return the line of ``numerator / denominator`` units of activity.

    Its grams are the exact product, rounded once to a whole mg CO2e, half to even.

    Parameters
    ----------
    component : Component
        What is counted.
    factor : EmissionFactor
        kg CO2e per unit.
    numerator, denominator : int
        The amount, in the factor's unit, as a fraction.
    """
    value, scale = factor.value.as_integer_ratio()
    return FootprintLine(
        component=component,
        stage=factor.stage,
        subject=factor.subject,
        amount=AMOUNTS.divide(Decimal(numerator), Decimal(denominator)),
        unit=factor.unit,
        factor_id=factor.factor_id,
        factor_kg_per_unit=factor.value,
        co2e_mg=round(Fraction(numerator * value * MG_PER_KG, denominator * scale)),
        source=factor.source,
        verified=factor.verified,
    )
