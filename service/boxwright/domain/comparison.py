"""Comparison of two plans of an order by objective and by profile."""

import enum
from dataclasses import dataclass

from boxwright.domain.footprint import Allocation
from boxwright.domain.policy import Objective


class ComparisonOutcome(enum.StrEnum):
    """Result of the comparison of a first plan with a second."""

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
    """First minus second, in mg CO2e; None if one of them lacks a factor that the other has."""
    low_co2e_mg: int | None
    high_co2e_mg: int | None
    """Range of the difference by paired draws, in mg CO2e; None if it or the range of a factor is unknown."""
    confidence: float
    """Share of the draws within the range."""
    outcome: ComparisonOutcome
    """Result of the comparison. ``better``: the first is lower over the whole range; ``unknown``: not comparable."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Comparison of two plans."""

    outcome: ComparisonOutcome
    """Result by all objectives in their order."""
    objectives: tuple[ObjectiveDifference, ...]
    footprints: tuple[FootprintDifference, ...]
    baseline: str
    """Name of the second plan, for sentences."""
    message: str
    """The result as a sentence."""
