"""Where a cushioning may be used at all: only where the figures that are known for sure hold.

Figures that are verified, or that a user supplied, refuse; what rests on an unverified one is warned of instead, in
``protection.cautions``.
"""

from dataclasses import dataclass
from fractions import Fraction

from boxwright.catalog.materials import Materials
from boxwright.domain.dunnage import Dunnage
from boxwright.domain.order import Item, Orientation
from boxwright.protection.cushion import cushion_um
from boxwright.protection.drop_height import drop_height_band
from boxwright.protection.static_stress import bearing_um2, most_mass_mg, static_stress_kpa
from boxwright.units import UM_PER_MM, to_mm


@dataclass(frozen=True, slots=True)
class BearingLimits:
    """What the range of static stress leaves of a cushioned unit.

    Attributes
    ----------
    orientations : tuple of Orientation
        Those in which its own mass has a static stress in the range.
    max_load_mg : int or None
        What it may carry in any of them, so that the stress with the load stays in range; None is unlimited.
    """

    orientations: tuple[Orientation, ...]
    max_load_mg: int | None


def has_stress_range(cushioning: Dunnage) -> bool:
    """Return whether a range of static stress is stated, at one end or both."""
    return cushioning.min_static_stress_kpa is not None or cushioning.max_static_stress_kpa is not None


def bearing_limits(item: Item, cushioning: Dunnage) -> BearingLimits:
    """Return the orientations and the load with which a cushioned unit stays in the cushioning's static stress range.

    The lower end holds for the unit by itself, since what lies on it does not bear on its cushion in every drop; the
    upper end for the unit with all that it carries.

    Parameters
    ----------
    item : Item
        The unit.
    cushioning : Dunnage
        May state a range.
    """
    least, most = cushioning.min_static_stress_kpa, cushioning.max_static_stress_kpa
    kept, loads = [], []
    for orientation in item.orientations:
        area = bearing_um2(item, orientation)
        if least is not None and static_stress_kpa(item.mass_mg, area) < Fraction(least):
            continue
        if most is not None:
            spare = most_mass_mg(area, most) - item.mass_mg
            if spare < 0:
                continue
            loads.append(spare)
        kept.append(orientation)
    return BearingLimits(tuple(kept), min(loads) if loads else None)


def cushion_refusal(
    item: Item, goods_mg: int, cushioning: Dunnage, materials: Materials, profile: str | None = None
) -> str | None:
    """Return why a cushioning may not protect a unit, with the figures; None where it may.

    Parameters
    ----------
    item, goods_mg, cushioning, materials, profile
        As for ``cushion_um``.
    """
    if item.fragility is None or not cushioning.read_in_source:
        return None
    needed_um = cushion_um(item, goods_mg, cushioning, materials, profile)
    if not needed_um:
        return None
    thickest = cushioning.max_thickness_mm
    if thickest is not None and needed_um > thickest * UM_PER_MM and _known(goods_mg, materials, profile):
        return thickness_words(item, needed_um, cushioning)
    if has_stress_range(cushioning) and not bearing_limits(item, cushioning).orientations:
        stresses = [static_stress_kpa(item.mass_mg, bearing_um2(item, each)) for each in item.orientations]
        return (
            f"line {item.line_id!r} has a static stress of {_span(float(min(stresses)), float(max(stresses)))} on "
            f"{cushioning.dunnage_id!r}, whose cushion factor holds {stress_range(cushioning)}"
        )
    return None


def thickness_words(item: Item, needed_um: int, cushioning: Dunnage) -> str:
    """Return in words that a unit needs more of a cushioning than its figures hold for."""
    needed = f"line {item.line_id!r} needs {to_mm(needed_um):g} mm of {cushioning.dunnage_id!r} on each side"
    return f"{needed}, past the {cushioning.max_thickness_mm} mm up to which its figures hold"


def stress_range(cushioning: Dunnage) -> str:
    """Return the range of static stress of a cushioning in words."""
    least, most = cushioning.min_static_stress_kpa, cushioning.max_static_stress_kpa
    if least is None:
        return f"up to {most} kPa"
    return f"from {least} kPa" if most is None else f"from {least} to {most} kPa"


def _known(goods_mg: int, materials: Materials, profile: str | None) -> bool:
    """Whether the drop height was read in its source; the G-level is always the caller's own."""
    return drop_height_band(goods_mg, materials, profile).read_in_source


def _span(least: float, most: float) -> str:
    one, other = f"{least:.3g}", f"{most:.3g}"
    return f"{one} kPa" if one == other else f"{one} to {other} kPa"
