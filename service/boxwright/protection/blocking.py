"""Blocking: what holds heavy contents where fill alone does not, and how much of it."""

import math
from dataclasses import dataclass
from fractions import Fraction

from boxwright.catalog.materials import Materials
from boxwright.domain.dunnage import Dunnage
from boxwright.protection.dunnage import figure, void_fill_mg
from boxwright.units import MG_PER_KG, UM3_KG_PER_M3_PER_MG, UM_PER_MM


@dataclass(frozen=True, slots=True)
class BlockingLimits:
    """From which mass on contents are not held by fill alone, and from which gap on a unit can move.

    Attributes
    ----------
    least_mg : int
        Goods of a parcel of this mass or more together, in mg.
    gap_um : int
        Empty spaces wider than this beside a unit of them, in um.
    """

    least_mg: int
    gap_um: int


def blocking_limits(materials: Materials) -> BlockingLimits:
    """Return the limits of the materials' rule on blocking."""
    rules = materials.blocking_rules
    return BlockingLimits(
        math.ceil(rules["least_mass"].value * MG_PER_KG), math.floor(rules["least_gap"].value * UM_PER_MM)
    )


def blocking_mg(blocked_um3: int, blocking: Dunnage, empty_um3: int, void_fill: Dunnage | None, share: float) -> int:
    """Return the mass of what blocks a volume, in mg, rounded up: ``volume x density``.

    It is never less than the fill that it stands in for, to the mg: blocking is at least as dense, and only roundings
    could make it so.

    Parameters
    ----------
    blocked_um3, empty_um3 : int
        Volume of the blocked spaces, and of all empty ones, in cubic um.
    blocking, void_fill : Dunnage, Dunnage or None
        What blocks, and what fills the rest.
    share : float
        Share of the rest to fill, 0 to 1.
    """
    mass = math.ceil(Fraction(blocked_um3) * figure(blocking, "density_kg_per_m3") / UM3_KG_PER_M3_PER_MG)
    if void_fill is None:
        return mass
    rest = void_fill_mg(empty_um3 - blocked_um3, share, void_fill)
    return max(mass, void_fill_mg(empty_um3, share, void_fill) - rest)
