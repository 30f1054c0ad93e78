"""The packaging that is part of a unit as declared: what it is made of, and the cushion that it already holds."""

from dataclasses import dataclass
from typing import Annotated

from boxwright import units
from boxwright.domain.fields import Id, Label, LengthOrZero, Mass, Ruled, holds_whole, unique, within

MAX_CUSHION_MM = 1_000.0


@holds_whole
@dataclass(frozen=True)
class MaterialMass(Ruled):
    """A mass of one material."""

    material_id: Id
    mass_g: Annotated[Mass, within(0, above=True)]
    """In g, above 0; snapped to the nearest mg."""
    mass_mg = units.InWhole[int]()


@holds_whole
@dataclass(frozen=True)
class SalesPackaging(Ruled):
    """The sales packaging of one unit; size and mass of its line include it."""

    cushion_mm: Annotated[LengthOrZero, within(0, MAX_CUSHION_MM)] = 0.0
    """Thickness of the cushion that it holds on each face, in mm, 0 to 1,000: it is taken off the cushion to add."""
    cushion_material_id: Label = ""
    """Material of that cushion. Default empty: unknown."""
    materials: Annotated[tuple[MaterialMass, ...], unique("material_id")] = ()
    """What it is made of, each material once. Default empty: unknown."""
    cushion_um = units.InWhole[int]()

    @property
    def mass_mg(self) -> int:
        """Mass of the stated materials, in mg."""
        return sum(material.mass_mg for material in self.materials)
