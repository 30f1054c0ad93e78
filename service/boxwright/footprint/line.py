"""One line of a footprint: an amount of activity times a factor."""

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

from boxwright.domain.factor import Component, EmissionFactor, Stage
from boxwright.domain.footprint import FootprintLine
from boxwright.domain.mass_datum import MassPart

AMOUNTS = Context(prec=34, rounding=ROUND_HALF_EVEN)
"""Precision of amounts, which are for reading; grams are computed exactly, in no decimal context."""

MG_PER_KG = 1_000_000


class NotStated(str):
    """What a total lacks because nobody stated it, as ``component/stage: what``, not for want of a factor."""

    __slots__ = ()


def product(
    component: Component,
    factor: EmissionFactor,
    numerator: int,
    denominator: int,
    leg_index: int | None = None,
    rule: str = "",
    *,
    stage: Stage | None = None,
    biogenic_co2_mg: int | None = None,
    mass_parts: Iterable[tuple[tuple[str, ...], Fraction]] = (),
) -> FootprintLine:
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
    leg_index : int or None
        Which leg of the lane it belongs to.
    rule : str
        What makes the amount so, in words.
    stage : Stage or None
        At which stage it is counted. Default the factor's.
    biogenic_co2_mg : int or None
        Biogenic CO2 of the line, in mg; None where it is unknown.
    mass_parts : iterable of (tuple of str, Fraction)
        Parts of the amount that stand on data, by the ids of the data.
    """
    value, scale = factor.value.as_integer_ratio()
    return FootprintLine(
        component=component,
        stage=stage or factor.stage,
        subject=factor.subject,
        amount=AMOUNTS.divide(Decimal(numerator), Decimal(denominator)),
        unit=factor.unit,
        factor_id=factor.factor_id,
        factor_kg_per_unit=factor.value,
        co2e_mg=round(Fraction(numerator * value * MG_PER_KG, denominator * scale)),
        source=factor.source,
        read_in_source=factor.read_in_source,
        leg_index=leg_index,
        rule=rule,
        low_kg_per_unit=factor.low,
        high_kg_per_unit=factor.high,
        range_assumed=factor.range_assumed,
        biogenic_co2_mg=biogenic_co2_mg,
        mass_parts=tuple(
            MassPart(data, AMOUNTS.divide(Decimal(amount.numerator), Decimal(amount.denominator)))
            for data, amount in mass_parts
        ),
    )
