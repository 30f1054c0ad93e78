"""Foam pads on the faces of a fragile unit, by its G-level and a cushion curve: the rule ``physics``.

``t = C h / G`` and ``A = m g / stress``. A pad is at least as thick as the curve requires, keeps the static stress
within the range of the curve, and is wide enough not to buckle.
"""

import math
from dataclasses import dataclass
from fractions import Fraction

from boxwright.catalog.materials import Materials
from boxwright.domain.dunnage import Dunnage
from boxwright.domain.order import Item
from boxwright.protection.drop_height import drop_height_mm, drops_per_face
from boxwright.protection.dunnage import figure
from boxwright.units import UM3_KG_PER_M3_PER_MG, UM_PER_MM, exact

STANDARD_GRAVITY = Fraction(980_665, 100_000)
"""9.80665 m/s2, by definition."""
MG_UM2_PER_KPA = 1_000
"""1 mg m/s2 on a square um is 10^-6 N on 10^-12 m2, that is 10^6 Pa or 1,000 kPa."""
FACES = 6


@dataclass(frozen=True, slots=True)
class Pads:
    """The six pads of one unit.

    Attributes
    ----------
    thickness_um : int
        Thickness of each pad, in um.
    edge_um : int
        Edge of each square pad, in um.
    mass_mg : int
        Mass of all six, in mg.
    source : str
        Source of the curve.
    """

    thickness_um: int
    edge_um: int
    mass_mg: int
    source: str


def pads_of(item: Item, cushioning: Dunnage, materials: Materials, profile: str | None = None) -> Pads | str:
    """Return the pads of a unit, or the reason why it has none.

    The drop height is that of the unit alone, since every parcel with it is at least as heavy and falls from at most
    that height. The upper end of the stress range gives the least foam. Pads that would buckle are made wider, within
    that range. The unit must state a G-level, and ``cushioning`` have a curve. The default ``profile`` is that of the
    materials.
    """
    level = None if item.fragility is None else item.fragility.g_level
    if level is None:
        return f"line {item.line_id!r} states no G-level"
    thickness_um = pad_um(item, Fraction(str(level)), cushioning, materials, profile)
    most = cushioning.max_thickness_mm
    if most is not None and thickness_um > most * UM_PER_MM:
        needed = f"line {item.line_id!r} needs pads of {exact(thickness_um)} mm"
        return f"{needed}, more than the {most} mm up to which the figures of {cushioning.dunnage_id!r} hold"
    least = math.ceil((materials.protection_rules["buckling_factor"].value * thickness_um) ** 2)
    at_most_stress = math.ceil(_area_um2(item.mass_mg, figure(cushioning, "max_static_stress_kpa")))
    edge = math.isqrt(max(least, at_most_stress) - 1) + 1
    area = edge * edge
    if area > _area_um2(item.mass_mg, figure(cushioning, "min_static_stress_kpa")):
        stress = float(STANDARD_GRAVITY * MG_UM2_PER_KPA * item.mass_mg / area)
        return (
            f"line {item.line_id!r} is too light for pads: on {area / 1e8:.3g} cm2, the least that does not buckle,"
            f" {stress:.3g} kPa bear on {cushioning.dunnage_id!r}, whose curve begins at"
            f" {cushioning.min_static_stress_kpa} kPa"
        )
    if edge > min(item.edges_um):
        needed = f"line {item.line_id!r} needs square pads of {exact(edge)} mm"
        return f"{needed}, more than its shortest edge, {exact(min(item.edges_um))} mm"
    volume = Fraction(FACES * area * thickness_um)
    mass_mg = round(volume * figure(cushioning, "density_kg_per_m3") / UM3_KG_PER_M3_PER_MG)
    return Pads(thickness_um, edge, mass_mg, cushioning.source or f"the figures given for {cushioning.dunnage_id!r}")


def pad_um(item: Item, level: Fraction, cushioning: Dunnage, materials: Materials, profile: str | None = None) -> int:
    """Return the thickness of the pads of a unit in um, rounded up: ``C h / G``, or the minimum of the curve.

    The multi-drop factor multiplies C if a face takes several drops. A cushion inside the sales packaging is deducted.
    """
    factor = figure(cushioning, "cushion_factor")
    if (drops_per_face(materials, profile) or 1) > 1 and cushioning.multi_drop_factor is not None:
        factor *= Fraction(cushioning.multi_drop_factor)
    height_mm = Fraction(drop_height_mm(item.mass_mg, materials, profile))
    needed_mm = factor * height_mm / level - Fraction(item.inner_cushion_um, UM_PER_MM)
    least = max(materials.protection_rules["least_pad_mm"].value, cushioning.min_thickness_mm or 0)
    return math.ceil(max(needed_mm, Fraction(least)) * UM_PER_MM)


def _area_um2(mass_mg: int, stress_kpa: Fraction) -> Fraction:
    """Return the area in square um on which a mass in mg causes a static stress in kPa."""
    return STANDARD_GRAVITY * MG_UM2_PER_KPA * mass_mg / stress_kpa
