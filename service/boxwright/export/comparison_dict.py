"""A comparison of two plans as plain data."""

from typing import Any

from boxwright import units
from boxwright.domain.comparison import Comparison


def comparison_to_dict(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as plain data; differences are the first plan less the second, grams in g CO2e."""
    return {
        "baseline": comparison.baseline,
        "outcome": comparison.outcome.value,
        "message": comparison.message,
        "objectives": [
            {
                "objective": each.objective.value,
                # Volumes in cubic um pass what a double holds.
                "first": str(each.first),
                "second": str(each.second),
                "difference": str(each.difference),
            }
            for each in comparison.objectives
        ],
        "footprints": [
            {
                "profile_id": each.profile_id,
                "allocation": each.allocation.value,
                "difference_co2e_g": _g(each.difference_mg),
                "low_co2e_g": _g(each.low_mg),
                "high_co2e_g": _g(each.high_mg),
                "confidence": each.confidence,
                "outcome": each.outcome.value,
            }
            for each in comparison.footprints
        ],
    }


def _g(co2e_mg: int | None) -> float | None:
    return None if co2e_mg is None else units.to_g(co2e_mg)
