"""Figures of dunnage as exact fractions."""

from fractions import Fraction

from boxwright.domain.dunnage import Dunnage
from boxwright.errors import FieldViolation, InvalidInputError

UM3_KG_PER_M3_PER_MG = 10**12
"""Cubic um times kg/m3 that make one mg: 1 kg/m3 is 1 mg per cm3, and a cm3 holds 10^12 cubic um."""


def figure(dunnage: Dunnage, field: str) -> Fraction:
    """Return a figure that the use of a piece of dunnage needs.

    Raises
    ------
    InvalidInputError
        If the piece does not have it, naming both.
    """
    value = getattr(dunnage, field)
    if value is None:
        rule = f"must be given to use it as dunnage, but {dunnage.dunnage_id!r} ({dunnage.kind.value}) has none"
        raise InvalidInputError([FieldViolation(f"dunnage.{field}", rule)])
    return Fraction(value)


def filled_mg(volume_um3: Fraction, dunnage: Dunnage) -> int:
    """Return the mass of dunnage in a volume in cubic um, in mg, half to even."""
    return round(volume_um3 * figure(dunnage, "density_kg_per_m3") / UM3_KG_PER_M3_PER_MG)
