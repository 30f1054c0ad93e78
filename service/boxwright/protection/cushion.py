"""Cushioning round a fragile unit: thickness and mass."""

import math
from fractions import Fraction

from boxwright.catalog.materials import Materials
from boxwright.domain.dunnage import Dunnage
from boxwright.domain.order import Item
from boxwright.protection.drop_height import drop_height_mm, drops_per_face
from boxwright.protection.dunnage import figure, filled_mg
from boxwright.units import UM_PER_MM


def cushion_factor(cushioning: Dunnage, materials: Materials, profile: str | None = None) -> Fraction:
    """Return the cushion factor under a handling profile: of several drops on a face, times the multi-drop factor.

    Raises
    ------
    InvalidInputError
        If the cushioning has no cushion factor.
    """
    factor = figure(cushioning, "cushion_factor")
    if (drops_per_face(materials, profile) or 1) > 1 and cushioning.multi_drop_factor is not None:
        factor *= Fraction(cushioning.multi_drop_factor)
    return factor


def cushion_um(
    item: Item,
    goods_mg: int,
    cushioning: Dunnage,
    materials: Materials,
    profile: str | None = None,
) -> int:
    """Return the thickness of cushioning to add on each side of a unit in um, rounded up; 0 where none is needed.

    ``t = C h / G`` less the cushion that its sales packaging holds: C is the cushion factor at its best static
    stress, h the drop height, G the unit's G-level. The cushioning's least thickness holds where any is added; past
    its greatest, the thickness is still what the formula gives: ``cushion_refusal`` or ``cushion_warnings`` says so.

    Parameters
    ----------
    item : Item
        The unit.
    goods_mg : int
        Mass of the goods in the parcel, in mg; it picks the drop height.
    cushioning : Dunnage
        Has a cushion factor.
    materials : Materials
        Holds drop heights and handling profiles.
    profile : str, optional
        Name of a handling profile. Default: the materials' own.

    Raises
    ------
    InvalidInputError
        If the cushioning has no cushion factor or there is no such profile.
    """
    if item.fragility is None or item.fragility.g_level is None:
        return 0
    height_mm = Fraction(drop_height_mm(goods_mg, materials, profile))
    thickness_mm = cushion_factor(cushioning, materials, profile) * height_mm / Fraction(str(item.fragility.g_level))
    to_add_mm = thickness_mm - Fraction(item.inner_cushion_um, UM_PER_MM)
    if to_add_mm <= 0:
        return 0
    return math.ceil(max(to_add_mm, Fraction(cushioning.min_thickness_mm or 0)) * UM_PER_MM)


def cushion_mg(item: Item, cushion_um: int, cushioning: Dunnage) -> int:
    """Return the mass of cushioning of a thickness in um round one unit, in mg, half to even.

    It fills the shell between the unit and its envelope: ``((l+2t)(w+2t)(h+2t) - lwh) x density``. Without a density of
    the cushioning InvalidInputError is raised.
    """
    length, width, height = item.edges_um
    padding = 2 * cushion_um
    shell = (length + padding) * (width + padding) * (height + padding) - length * width * height
    return filled_mg(Fraction(shell), cushioning)
