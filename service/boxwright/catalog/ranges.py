"""Ranges of factors whose source states none: assumed by a rule about the quality of data, and flagged."""

from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Context, Decimal

from boxwright.catalog.rows import RangeRule
from boxwright.domain.factor import EmissionFactor

LOGARITHMS = Context(prec=28, rounding=ROUND_HALF_EVEN)
"""``ln`` and ``exp`` of Decimal are correctly rounded, so that a spread is the same on any machine."""

RATIOS = Decimal("0.000001")
"""To what the ends of a mass over its value are rounded."""


def spread_of(rule: RangeRule) -> Decimal:
    """Return the spread of a data-quality rule: ``exp(sqrt(sum of ln(u)^2))`` over its uncertainty factors ``u``.

    It is the square of the geometric standard deviation, so that ``value / spread`` to ``value x spread`` holds 95 % of
    a lognormal distribution round the value (Ciroth, Muller, Weidema and Lesage 2016,
    https://doi.org/10.1007/s11367-013-0670-5). Rounded to four decimals.
    """
    factors = rule.reliability, rule.completeness, rule.temporal, rule.geographical, rule.technological
    squares = [LOGARITHMS.power(LOGARITHMS.ln(factor), 2) for factor in factors]
    root = LOGARITHMS.sqrt(sum(squares, Decimal(0)))
    return LOGARITHMS.exp(root).quantize(Decimal("0.0001"))


def with_range(factor: EmissionFactor, spread: Decimal) -> EmissionFactor:
    """Return a factor; where it lacks an end of its range with the one that a spread gives, flagged as assumed."""
    if factor.low is not None and factor.high is not None:
        return factor
    ends = sorted((LOGARITHMS.divide(factor.value, spread), LOGARITHMS.multiply(factor.value, spread)))
    low, high = (end.quantize(Decimal("1e-9")).normalize() for end in ends)
    return replace(
        factor,
        low=min(low, factor.value) if factor.low is None else factor.low,
        high=max(high, factor.value) if factor.high is None else factor.high,
        range_assumed=True,
    )
