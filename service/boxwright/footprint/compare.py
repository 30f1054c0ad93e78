"""Whether two footprints differ by more than their factors are uncertain."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from boxwright.domain.comparison import ComparisonOutcome, FootprintDifference
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.footprint.line import MG_PER_KG
from boxwright.footprint.paired_draws import CONFIDENCE, DRAWS, TAIL, draws_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from boxwright.domain.footprint import Footprint, FootprintLine


def difference(first: Footprint, second: Footprint) -> FootprintDifference:
    """Return how the first of two footprints stands to the second.

    Both use the same factors, so each factor is drawn once for both and multiplies the difference of their amounts:
    what they share cancels exactly. The range holds 95 % of the draws, and the difference itself.

    Parameters
    ----------
    first, second : Footprint
        Under the same profile and allocation.

    Raises
    ------
    InvalidInputError
        If they differ in profile or allocation: such figures are never compared.
    """
    broken = [
        FieldViolation(name, f"must be the same in both, got {getattr(first, name)!s} and {getattr(second, name)!s}")
        for name in ("profile_id", "allocation")
        if getattr(first, name) != getattr(second, name)
    ]
    if broken:
        raise InvalidInputError(broken)
    key = (first.profile_id, first.allocation)
    if set(first.missing) != set(second.missing) or _contradict(first.lines, second.lines):
        return FootprintDifference(*key, None, None, None, 0.0, ComparisonOutcome.UNKNOWN)
    grams = first.total_co2e_mg - second.total_co2e_mg
    ends = _interval(first.lines, second.lines)
    if ends is None:
        outcome = ComparisonOutcome.UNKNOWN if grams else ComparisonOutcome.NO_MEANINGFUL_DIFFERENCE
        return FootprintDifference(*key, grams, None, None, 0.0, outcome)
    low, high = min(ends[0], grams), max(ends[1], grams)
    outcome = ComparisonOutcome.NO_MEANINGFUL_DIFFERENCE
    if high < 0:
        outcome = ComparisonOutcome.BETTER
    elif low > 0:
        outcome = ComparisonOutcome.WORSE
    return FootprintDifference(*key, grams, low, high, CONFIDENCE, outcome)


def _contradict(first: Iterable[FootprintLine], second: Iterable[FootprintLine]) -> bool:
    """Whether a factor has two values: the footprints were made with different data."""
    values = {line.factor_id: line.factor_kg_per_unit for line in first}
    return any(values.get(line.factor_id, line.factor_kg_per_unit) != line.factor_kg_per_unit for line in second)


def _interval(first: Iterable[FootprintLine], second: Iterable[FootprintLine]) -> tuple[int, int] | None:
    """Return the ends of the difference in mg CO2e; None where a factor has no range."""
    amounts: dict[str, Fraction] = {}
    factors: dict[str, FootprintLine] = {}
    for sign, lines in ((1, first), (-1, second)):
        for line in lines:
            amounts[line.factor_id] = amounts.get(line.factor_id, Fraction(0)) + sign * Fraction(line.amount)
            factors[line.factor_id] = line
    drawn = np.zeros(DRAWS)
    # In the order of ids, so that swapping the two changes every sign and nothing else.
    for factor_id in sorted(amounts):
        line = factors[factor_id]
        if line.low_kg_per_unit is None or line.high_kg_per_unit is None:
            return None
        if amounts[factor_id]:
            draws = draws_of(factor_id, line.low_kg_per_unit, line.factor_kg_per_unit, line.high_kg_per_unit)
            drawn = drawn + float(amounts[factor_id] * MG_PER_KG) * draws
    drawn.sort()
    return round(float(drawn[TAIL])), round(float(drawn[DRAWS - 1 - TAIL]))
