"""Whether two footprints differ by more than their factors are uncertain."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.comparison import ComparisonOutcome, FootprintDifference
from boxwright.domain.footprint import Footprint, FootprintLine, MassDatum
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.footprint.paired_draws import CONFIDENCE, DRAWS, TAIL, draws_of
from boxwright.units import MG_PER_KG

ONE = Decimal(1)


def difference(first: Footprint, second: Footprint) -> FootprintDifference:
    """Return how the first of two footprints stands to the second.

    Both use the same factors, so each factor is drawn once for both and multiplies the difference of their amounts:
    what they share cancels exactly. So is each datum that masses stand on, which scales the parts of the amounts. The
    range holds 95 % of the draws, and the difference itself.

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
    lacking = [{*each.missing, *each.missing_scope} for each in (first, second)]
    if lacking[0] != lacking[1] or _contradict(first, second):
        return FootprintDifference(*key, None, None, None, 0.0, ComparisonOutcome.UNKNOWN)
    grams = first.total_co2e_mg - second.total_co2e_mg
    ends = _interval(first, second)
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


def _contradict(first: Footprint, second: Footprint) -> bool:
    """Whether a factor has two values, or a datum two ranges: the footprints were made with different data."""
    values = {line.factor_id: line.factor_kg_per_unit for line in first.lines}
    data = {each.datum_id: each for each in first.mass_data}
    return any(
        values.get(line.factor_id, line.factor_kg_per_unit) != line.factor_kg_per_unit for line in second.lines
    ) or any(data.get(each.datum_id, each) != each for each in second.mass_data)


def _interval(first: Footprint, second: Footprint) -> tuple[int, int] | None:
    """Return the ends of the difference in mg CO2e; None where a factor has no range."""
    amounts: dict[str, dict[tuple[str, ...], Fraction]] = {}
    factors: dict[str, FootprintLine] = {}
    for sign, footprint in ((1, first), (-1, second)):
        for line in footprint.lines:
            found = amounts.setdefault(line.factor_id, {})
            factors[line.factor_id] = line
            held = {part.data: Fraction(part.amount) for part in line.mass_parts}
            for key, amount in {**held, (): Fraction(line.amount) - sum(held.values())}.items():
                found[key] = found.get(key, Fraction(0)) + sign * amount
    data = {each.datum_id: each for each in (*first.mass_data, *second.mass_data)}
    drawn = np.zeros(DRAWS)
    # In the order of ids, so that swapping the two changes every sign and nothing else.
    for factor_id in sorted(amounts):
        line = factors[factor_id]
        if line.low_kg_per_unit is None or line.high_kg_per_unit is None:
            return None
        # What of an amount is alike in both cancels before anything is drawn.
        differing = {key: amount for key, amount in amounts[factor_id].items() if amount}
        if differing:
            draws = draws_of(factor_id, line.low_kg_per_unit, line.factor_kg_per_unit, line.high_kg_per_unit)
            drawn = drawn + draws * _amounts(differing, data)
    drawn.sort()
    return round(float(drawn[TAIL])), round(float(drawn[DRAWS - 1 - TAIL]))


def _amounts(parts: Mapping[tuple[str, ...], Fraction], data: Mapping[str, MassDatum]) -> NDArray[np.float64]:
    """Return draws of an amount whose parts stand on data, in millionths of its unit."""
    drawn = np.zeros(DRAWS)
    for key in sorted(parts):
        scale = np.ones(DRAWS)
        for name in key:
            scale = scale * draws_of(name, data[name].low, ONE, data[name].high)
        drawn = drawn + float(parts[key] * MG_PER_KG) * scale
    return drawn
