"""Two plans of one order side by side: objective by objective, profile by profile."""

import enum
from dataclasses import dataclass

from boxwright.domain.footprint import Allocation
from boxwright.domain.policy import Objective


class ComparisonOutcome(enum.StrEnum):
    """How the first of two plans stands to the second."""

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
    """First minus second, in mg CO2e; None where they do not lack the same factors."""
    low_co2e_mg: int | None
    high_co2e_mg: int | None
    """Range of the difference by paired draws, in mg CO2e; None as above."""
    confidence: float
    """Share of the draws that lies inside."""
    outcome: ComparisonOutcome
    """``better``: less than the second over the whole range; ``unknown`` where they cannot be compared."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two plans side by side."""

    outcome: ComparisonOutcome
    """By all objectives in their order."""
    objectives: tuple[ObjectiveDifference, ...]
    footprints: tuple[FootprintDifference, ...]
    baseline: str
    """What the second plan is, in words."""
    message: str
    """One sentence for a person."""
