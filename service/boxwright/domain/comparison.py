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
    """Two footprints under one profile and allocation.

    Attributes
    ----------
    profile_id, allocation : str, Allocation
        Under which both are.
    difference_co2e_mg : int or None
        First minus second, in mg CO2e; None where they do not lack the same factors.
    low_co2e_mg, high_co2e_mg : int or None
        Range of the difference by paired draws, in mg CO2e; None as above.
    confidence : float
        Share of the draws that lies inside.
    outcome : ComparisonOutcome
        ``better``: less than the second over the whole range; ``unknown`` where they cannot be compared.
    """

    profile_id: str
    allocation: Allocation
    difference_co2e_mg: int | None
    low_co2e_mg: int | None
    high_co2e_mg: int | None
    confidence: float
    outcome: ComparisonOutcome


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two plans side by side.

    Attributes
    ----------
    outcome : ComparisonOutcome
        By all objectives in their order.
    objectives : tuple of ObjectiveDifference
        Objective by objective.
    footprints : tuple of FootprintDifference
        Profile by profile and allocation by allocation.
    baseline : str
        What the second plan is, in words.
    message : str
        One sentence for a person.
    """

    outcome: ComparisonOutcome
    objectives: tuple[ObjectiveDifference, ...]
    footprints: tuple[FootprintDifference, ...]
    baseline: str
    message: str
