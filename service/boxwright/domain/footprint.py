"""A footprint: lines of grams CO2e under one accounting profile and allocation."""

import enum
from dataclasses import dataclass
from decimal import Decimal

from boxwright.domain.factor import Component, CoverageCell, Stage


class Allocation(enum.StrEnum):
    """How transport emissions are laid on a parcel."""

    MASS = "mass"
    DIMENSIONAL_WEIGHT = "dimensional_weight"


@dataclass(frozen=True, slots=True)
class PackagingComponent:
    """A mass of one material in a parcel's packaging.

    Attributes
    ----------
    component : Component
        Which part: box, cushioning, void fill or tape.
    material_id : str
        Material of ``materials/``; empty if unknown.
    mass_mg : int
        Mass in mg.
    trips : int
        Uses over which its production and end of life are spread. Default 1.
    dunnage_id : str
        Which dunnage it is; empty for the box. Default empty.
    """

    component: Component
    material_id: str
    mass_mg: int
    trips: int = 1
    dunnage_id: str = ""


@dataclass(frozen=True, slots=True)
class FootprintLine:
    """One line: amount times factor, rounded once to a whole mg CO2e.

    Attributes
    ----------
    component, stage : Component, Stage
        What is counted.
    subject : str
        Material id, or transport class.
    amount : Decimal
        In ``unit``.
    unit : str
        ``kg`` or ``tkm``.
    factor_id : str
        Row of ``materials/``.
    factor_kg_per_unit : Decimal
        Its value, kg CO2e per unit.
    co2e_mg : int
        The product in mg CO2e.
    source : str
        Citation of the factor.
    verified : bool
        Whether the factor was read in its source.
    """

    component: Component
    stage: Stage
    subject: str
    amount: Decimal
    unit: str
    factor_id: str
    factor_kg_per_unit: Decimal
    co2e_mg: int
    source: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Footprint:
    """Lines that sum, under one profile and one allocation.

    Attributes
    ----------
    profile_id : str
        The accounting profile.
    allocation : Allocation
        How transport was laid on the parcel.
    lines : tuple of FootprintLine
        Every line.
    missing : tuple of str
        What has no factor, as ``component/stage: subject``; empty means complete.
    coverage : tuple of CoverageCell
        The profile's coverage matrix.
    """

    profile_id: str
    allocation: Allocation
    lines: tuple[FootprintLine, ...]
    missing: tuple[str, ...] = ()
    coverage: tuple[CoverageCell, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every component and stage inside the boundary has a factor."""
        return not self.missing

    @property
    def total_co2e_mg(self) -> int:
        """Sum of the lines, in mg CO2e."""
        return sum(line.co2e_mg for line in self.lines)

    @property
    def total_co2e_g(self) -> float:
        """Sum of the lines, in g CO2e."""
        return self.total_co2e_mg / 1_000

    @property
    def unverified_share(self) -> float:
        """Share of the total (by absolute grams) that rests on unverified factors, 0 to 1."""
        whole = sum(abs(line.co2e_mg) for line in self.lines)
        return sum(abs(line.co2e_mg) for line in self.lines if not line.verified) / whole if whole else 0.0

    def subtotal_co2e_mg(self, *components: Component) -> int:
        """Sum of the lines of some components, in mg CO2e."""
        return sum(line.co2e_mg for line in self.lines if line.component in components)
