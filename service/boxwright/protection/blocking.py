"""Blocking of heavy contents, and of hard goods beside delicate ones, which fill alone does not hold."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from boxwright.catalog.materials import Materials
from boxwright.domain.dunnage import Dunnage
from boxwright.domain.order import FragilityClass, Item
from boxwright.protection.care import as_dense, care_of, is_rigid
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
    lines: Sequence[Item], boxed_in: Sequence[bool], materials: Materials
) -> tuple[list[int], list[int], int]:
    """Return the units of an open box that need blocking, those of them that need it above too, and the gap in um.

    Rigid units that are hard, or heavy by themselves, need it if they are heavy together. Otherwise it is needed by
    hard units that are much heavier than a delicate unit without a carton (fragile goods, liquids, aerosols), which may
    keep no gap. If there are none, it is needed by heavy dense units. Dense units that may keep a gap are also blocked
    above.

    ``lines`` are the lines of the units, (n,); ``boxed_in`` states whether each lies in an inner box, (n,).
    """
    limits, rules = blocking_limits(materials), materials.blocking_rules
    masses_mg = [line.mass_mg for line in lines]
    # Goods in an inner box lie in its fill.
    loose = [at for at, inside in enumerate(boxed_in) if not inside and is_rigid(lines[at], materials)]
    hard = [at for at in loose if as_dense(lines[at], "hard_density", materials)]
    dense = [at for at in hard if as_dense(lines[at], "unit_density", materials)]
    held = [at for at in loose if masses_mg[at] >= limits.dense_mg or as_dense(lines[at], "hard_density", materials)]
    if sum(masses_mg[at] for at in held) >= limits.least_mg:
        return held, dense, limits.gap_um
    cares = [care_of(line, materials) for line in lines]
    bare = [
        mass_mg
        for mass_mg, care, inside in zip(masses_mg, cares, boxed_in, strict=True)
        if care.heaviest_beside_mg is not None
        and care.fragility_class is not FragilityClass.BOXED
        and mass_mg
        and not inside
    ]
    if bare:
        times, least = (Fraction(rules[name].value) for name in ("beside_fragile", "beside_fragile_mass"))
        most_mg = max(times * min(bare), least * MG_PER_KG)
        if held := [at for at in hard if cares[at].fragility_class.sturdy and masses_mg[at] > most_mg]:
            return held, [], 0
    held = [at for at in dense if cares[at].fragility_class.sturdy and masses_mg[at] >= limits.dense_mg]
    return held, held, limits.gap_um


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
