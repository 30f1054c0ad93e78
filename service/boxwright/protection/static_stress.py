"""Static stress: what bears on a cushion at rest, by which a cushion factor holds or not.

``stress = m g / A``. The area is that of the face on which the goods lie, not of the envelope: the cushion beyond the
goods' edges carries nothing.
"""

from decimal import Decimal
from fractions import Fraction

from boxwright.domain.order import Item, Orientation

STANDARD_GRAVITY = Fraction(980_665, 100_000)
"""9.80665 m/s2, by definition."""
MG_UM2_PER_KPA = 1_000
"""1 mg m/s2 on a square um is 10^-6 N on 10^-12 m2, that is 10^6 Pa or 1,000 kPa."""


def bearing_um2(item: Item, orientation: Orientation) -> int:
    """Return the area of the face on which a unit's goods lie in an orientation, in square um."""
    length, width, _ = orientation.rotate(*item.edges_um)
    return length * width


def static_stress_kpa(mass_mg: int, area_um2: int) -> Fraction:
    """Return the static stress of a mass in mg on an area in square um, in kPa."""
    return STANDARD_GRAVITY * MG_UM2_PER_KPA * mass_mg / area_um2


def most_mass_mg(area_um2: int, stress_kpa: Decimal) -> int:
    """Return the most whole mg that bear on an area in square um with at most a stress in kPa."""
    return int(Fraction(stress_kpa) * area_um2 / (STANDARD_GRAVITY * MG_UM2_PER_KPA))


def bearing_area_mm2(mass_mg: int, stress_kpa: Decimal | Fraction) -> Fraction:
    """Return the area of cushion on which a mass in mg has a static stress in kPa, in mm2."""
    return STANDARD_GRAVITY * MG_UM2_PER_KPA * mass_mg / (Fraction(stress_kpa) * 10**6)
