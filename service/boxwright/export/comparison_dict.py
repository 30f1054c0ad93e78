"""A comparison of two plans as plain data."""

from typing import Any

from boxwright.domain.comparison import Comparison


def comparison_to_dict(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as plain data; differences are the first plan less the second, emissions in mg CO2e."""
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
                "difference_co2e_mg": each.difference_co2e_mg,
                "low_co2e_mg": each.low_co2e_mg,
                "high_co2e_mg": each.high_co2e_mg,
                "confidence": each.confidence,
                "outcome": each.outcome.value,
            }
            for each in comparison.footprints
        ],
    }
