"""Blocking of heavy contents, and of hard goods beside delicate ones, which fill alone does not hold."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from boxwright.catalog.materials import Materials
from boxwright.domain.dunnage import Dunnage
from boxwright.domain.order import FragilityClass, Item
from boxwright.protection.care import care_of
from boxwright.protection.dunnage import figure, void_fill_mg
from boxwright.units import MG_PER_KG, UM3_KG_PER_M3_PER_MG, UM_PER_MM


@dataclass(frozen=True, slots=True)
class BlockingLimits:
    """Limits above which void fill alone does not hold the goods.

    Attributes
    ----------
    least_mg : int
        Mass of all goods of a parcel, in mg.
    gap_um : int
        Width of an empty space beside a unit, in um.
    dense_mg : int
        Mass of a dense hard unit, in mg, whatever the rest of its parcel.
    """

    least_mg: int
    gap_um: int
    dense_mg: int


def blocking_limits(materials: Materials) -> BlockingLimits:
    """Return the limits of ``blocking_rules.csv``."""
    rules = materials.blocking_rules
    return BlockingLimits(
        math.ceil(rules["least_mass"].value * MG_PER_KG),
        math.floor(rules["least_gap"].value * UM_PER_MM),
        math.ceil(rules["dense_mass"].value * MG_PER_KG),
    )


def held_by_blocking(
    lines: Sequence[Item], boxed_in: Sequence[bool], goods_mg: int, materials: Materials
) -> tuple[list[int], int]:
    """Return the units of an open box that need blocking, and the gap in um that each may keep beside it.

    If the contents are heavy, all units need it. Otherwise it is needed by hard units that are much heavier than a
    delicate unit without a carton (fragile goods, liquids, aerosols), which may keep no gap. If there are none, it is
    needed by heavy dense units.

    ``lines`` are the lines of the units, (n,); ``boxed_in`` states whether each lies in an inner box, (n,).
    """
    limits = blocking_limits(materials)
    if goods_mg >= limits.least_mg:
        return list(range(len(lines))), limits.gap_um
    cares = [care_of(line, materials) for line in lines]
    bare = [
        line.mass_mg
        for line, care, inside in zip(lines, cares, boxed_in, strict=True)
        if care.heaviest_beside_mg is not None
        and care.fragility_class is not FragilityClass.BOXED
        and line.mass_mg
        and not inside
    ]
    names = "beside_fragile", "beside_fragile_mass", "hard_density", "unit_density"
    times, least, density, dense = (Fraction(materials.blocking_rules[name].value) for name in names)
    soft = {name for name, article in materials.articles.items() if article.soft}
    # 1 g/cm3 is 10^-9 mg/um3.
    hard = [
        (at, line.mass_mg, Fraction(line.mass_mg * 10**9, math.prod(line.edges_um)))
        for at, (line, care) in enumerate(zip(lines, cares, strict=True))
        if care.fragility_class.sturdy and line.soft_goods is None and line.article not in soft
    ]
    most_mg = max(times * min(bare), least * MG_PER_KG) if bare else goods_mg
    if held := [at for at, mass_mg, g_per_cm3 in hard if mass_mg > most_mg and g_per_cm3 >= density]:
        return held, 0
    return [at for at, mass, g_per_cm3 in hard if mass >= limits.dense_mg and g_per_cm3 >= dense], limits.gap_um


def blocking_mg(blocked_um3: int, blocking: Dunnage, empty_um3: int, void_fill: Dunnage | None, share: float) -> int:
    """Return the mass of blocking in a volume, in mg, rounded up: ``volume x density``.

    ``share`` of the other empty spaces, 0 to 1, is filled. The mass is at least that of the fill that blocking
    replaces, since blocking is at least as dense, and rounding could give less.
    """
    mass = math.ceil(Fraction(blocked_um3) * figure(blocking, "density_kg_per_m3") / UM3_KG_PER_M3_PER_MG)
    if void_fill is None:
        return mass
    rest = void_fill_mg(empty_um3 - blocked_um3, share, void_fill)
    return max(mass, void_fill_mg(empty_um3, share, void_fill) - rest)
