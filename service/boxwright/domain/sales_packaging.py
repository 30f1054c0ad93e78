"""The packaging that is part of a unit as declared: what it is made of, and the cushion that it already holds."""

from collections.abc import Iterator
from dataclasses import dataclass

from boxwright import units
from boxwright.domain.fields import Ruled, as_tuple, holds_whole, id_rules, label_rules
from boxwright.errors import FieldViolation

MAX_CUSHION_MM = 1_000.0


@holds_whole
@dataclass(frozen=True)
class MaterialMass(Ruled):
    """A mass of one material.

    Parameters
    ----------
    material_id : str
        Id of the material.
    mass_g : float
        In g, above 0; snapped to the nearest mg.

    Raises
    ------
    InvalidInputError
        With every broken rule.
    """

    material_id: str
    mass_g: float
    mass_mg = units.InWhole[int]()

    def _broken_rules(self) -> Iterator[FieldViolation]:
        yield from id_rules("material_id", self.material_id)
        if rule := units.mass_rule(self.mass_g, zero=False):
            yield FieldViolation("mass_g", rule)


@holds_whole
@dataclass(frozen=True)
class SalesPackaging(Ruled):
    """The sales packaging of one unit; size and mass of its line include it.

    Parameters
    ----------
    cushion_mm : float, optional
        Thickness of the cushion that it holds on each face, in mm, 0 to 1,000: it is taken off the cushion to add.
        Default 0.
    cushion_material_id : str, optional
        Material of that cushion. Default empty: unknown.
    materials : sequence of MaterialMass, optional
        What it is made of, each material once. Default empty: unknown.

    Raises
    ------
    InvalidInputError
        With every broken rule.
    """

    cushion_mm: float = 0.0
    cushion_material_id: str = ""
    materials: tuple[MaterialMass, ...] = ()
    cushion_um = units.InWhole[int]()

    def _broken_rules(self) -> Iterator[FieldViolation]:
        if rule := units.length_rule(self.cushion_mm, zero=True):
            yield FieldViolation("cushion_mm", rule)
        elif self.cushion_mm > MAX_CUSHION_MM:
            yield FieldViolation("cushion_mm", f"must be at most {MAX_CUSHION_MM:,.0f} mm, got {self.cushion_mm:g}")
        yield from label_rules("cushion_material_id", self.cushion_material_id)
        yield from as_tuple(self, "materials", MaterialMass, "a MaterialMass")
        seen: set[str] = set()
        for index, each in enumerate(self.materials):
            if each.material_id in seen:
                yield FieldViolation(f"materials[{index}].material_id", f"must not repeat, {each.material_id!r} does")
            seen.add(each.material_id)

    @property
    def mass_mg(self) -> int:
        """Mass of the stated materials, in mg."""
        return sum(each.mass_mg for each in self.materials)
