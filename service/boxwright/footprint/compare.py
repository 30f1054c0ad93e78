"""Decides whether two footprints differ by more than the uncertainty of their factors.

A draw of a factor is triangular between ``low`` and ``high`` with its mode at the value, by the inverse of its
distribution: ``low + sqrt(u (high - low)(mode - low))`` below the mode, ``high - sqrt((1 - u)(high - low)(high -
mode))`` above it (Johnson, The triangular distribution as a proxy for the beta distribution in risk analysis, The
Statistician 46, 1997). Square roots and the four operations are exact in IEEE 754, so every machine draws the same.
"""

import functools
import hashlib
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.comparison import ComparisonOutcome, FootprintDifference
from boxwright.domain.footprint import Footprint, FootprintLine, MassDatum
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.units import MG_PER_KG

ONE = Decimal(1)

DRAWS = 2_000
"""Number of draws of each factor."""

SEED = b"boxwright paired draws 1"
"""Seed of every draw, together with the factor's id."""

TAIL = 50
"""Number of draws below the central 95 %, and above."""

CONFIDENCE = 1 - 2 * TAIL / DRAWS


def difference(first: Footprint, second: Footprint) -> FootprintDifference:
    """Return the first footprint minus the second.

    A factor is drawn once for both footprints and multiplies the difference of their amounts, so common amounts cancel
    exactly. A datum behind masses is also drawn once, and scales the parts of the amounts that depend on it. The
    interval holds 95 % of the draws, and the difference itself.

    InvalidInputError if the footprints have different profiles or allocations.
    """
    broken = [
        FieldViolation(name, f"must be the same in both, got {getattr(first, name)!s} and {getattr(second, name)!s}")
        for name in ("profile_id", "allocation")
        if getattr(first, name) != getattr(second, name)
    ]
    if broken:
        raise InvalidInputError(broken)
    key = (first.profile_id, first.allocation)
    lacking = [{*footprint.missing, *footprint.missing_scope} for footprint in (first, second)]
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
    """Return whether the footprints contradict each other: a factor has two values, or a datum two ranges."""
    values = {line.factor_id: line.factor_kg_per_unit for line in first.lines}
    data = {datum.datum_id: datum for datum in first.mass_data}
    return any(
        values.get(line.factor_id, line.factor_kg_per_unit) != line.factor_kg_per_unit for line in second.lines
    ) or any(data.get(datum.datum_id, datum) != datum for datum in second.mass_data)


def _interval(first: Footprint, second: Footprint) -> tuple[int, int] | None:
    """Return the ends of the difference in mg CO2e; None if a factor has no range."""
    amounts: dict[str, dict[tuple[str, ...], Fraction]] = {}
    factors: dict[str, FootprintLine] = {}
    for sign, footprint in ((1, first), (-1, second)):
        for line in footprint.lines:
            found = amounts.setdefault(line.factor_id, {})
            factors[line.factor_id] = line
            held = {part.data: Fraction(part.amount) for part in line.mass_parts}
            for key, amount in {**held, (): Fraction(line.amount) - sum(held.values())}.items():
                found[key] = found.get(key, Fraction(0)) + sign * amount
    data = {datum.datum_id: datum for datum in (*first.mass_data, *second.mass_data)}
    drawn = np.zeros(DRAWS)
    # In order of ids, so that swapping the two footprints changes only signs.
    for factor_id in sorted(amounts):
        line = factors[factor_id]
        if line.low_kg_per_unit is None or line.high_kg_per_unit is None:
            return None
        # Equal amounts cancel before anything is drawn.
        differing = {key: amount for key, amount in amounts[factor_id].items() if amount}
        if differing:
            draws = draws_of(factor_id, line.low_kg_per_unit, line.factor_kg_per_unit, line.high_kg_per_unit)
            drawn = drawn + draws * _amounts(differing, data)
    drawn.sort()
    return round(float(drawn[TAIL])), round(float(drawn[DRAWS - 1 - TAIL]))


def _amounts(parts: Mapping[tuple[str, ...], Fraction], data: Mapping[str, MassDatum]) -> NDArray[np.float64]:
    """Return draws of an amount from its parts, in millionths of its unit: float64, (DRAWS,)."""
    drawn = np.zeros(DRAWS)
    for key in sorted(parts):
        scale = np.ones(DRAWS)
        for name in key:
            scale = scale * draws_of(name, data[name].low, ONE, data[name].high)
        drawn = drawn + float(parts[key] * MG_PER_KG) * scale
    return drawn


@functools.lru_cache(maxsize=4_096)
def draws_of(factor_id: str, low: Decimal, value: Decimal, high: Decimal) -> NDArray[np.float64]:
    """Return draws between ``low`` and ``high`` around ``value``, seeded by the id: float64, (DRAWS,)."""
    seed = int.from_bytes(hashlib.sha256(SEED + factor_id.encode()).digest()[:16])
    uniform = np.random.Generator(np.random.PCG64(seed)).random(DRAWS)
    left, mode, right = float(low), float(value), float(high)
    if left == right:
        drawn = np.full(DRAWS, mode)
    else:
        width = right - left
        rising = left + np.sqrt(uniform * width * (mode - left))
        falling = right - np.sqrt((1 - uniform) * width * (right - mode))
        drawn = np.where(uniform * width < mode - left, rising, falling)
    drawn.setflags(write=False)
    return drawn
