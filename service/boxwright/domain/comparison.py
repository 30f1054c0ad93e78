"""Comparison of two plans of an order by objective and by profile."""

import enum
from dataclasses import dataclass

from boxwright.domain.footprint import Allocation
from boxwright.domain.policy import Objective


class ComparisonOutcome(enum.StrEnum):
    """The first of two plans compared with the second."""

    UNKNOWN = "unknown"
    BETTER = "better"
    WORSE = "worse"
    NO_MEANINGFUL_DIFFERENCE = "no_meaningful_difference"


@dataclass(frozen=True, slots=True)
class ObjectiveDifference:
    """Figures of two plans by one objective, in its integer unit: parcels, um3, mg, minor units or mg CO2e."""

    objective: Objective
    first: int
    second: int

    @property
    def difference(self) -> int:
        """First minus second."""
        return self.first - self.second


@dataclass(frozen=True, slots=True)
class FootprintDifference:
    """Two footprints under one profile and allocation."""

    profile_id: str
    allocation: Allocation
    difference_co2e_mg: int | None
    """First minus second, in mg CO2e; None unless both lack the same factors."""
    low_co2e_mg: int | None
    high_co2e_mg: int | None
    """Range of the difference by paired draws, in mg CO2e; None as above."""
    confidence: float
    """Share of the draws within the range."""
    outcome: ComparisonOutcome
    """``better``: less over the whole range; ``unknown``: not comparable."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Comparison of two plans."""

    outcome: ComparisonOutcome
    """By all objectives in their order."""
    objectives: tuple[ObjectiveDifference, ...]
    footprints: tuple[FootprintDifference, ...]
    baseline: str
    """The second plan in words."""
    message: str
    """The result as a sentence."""
