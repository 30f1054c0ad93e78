"""Mass of dunnage. If dunnage lacks a figure, InvalidInputError names it."""

import functools
from fractions import Fraction

from boxwright.domain.dunnage import Dunnage
from boxwright.domain.order import Item
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.units import MG_PER_G, UM3_KG_PER_M3_PER_MG, half_even

UM2_G_PER_M2_PER_MG = 10**9
"""Area of 1 mg of wrap of 1 g/m2, in square um."""


def figure(dunnage: Dunnage, field: str) -> Fraction:
    """Return a figure of a piece of dunnage; raise InvalidInputError if it is missing."""
    value = getattr(dunnage, field)
    if value is None:
        rule = f"must be given to use it as dunnage, but {dunnage.dunnage_id!r} ({dunnage.kind.value}) has none"
        raise InvalidInputError([FieldViolation(f"dunnage.{field}", rule)])
    return Fraction(value)


def filled_mg(volume_um3: Fraction, dunnage: Dunnage) -> int:
    """Return the mass of dunnage in a volume in cubic um, in mg, half to even."""
    return round(volume_um3 * figure(dunnage, "density_kg_per_m3") / UM3_KG_PER_M3_PER_MG)


def label_mg(label: Dunnage) -> int:
    """Return the mass of the label that every parcel in a box has, in mg, half to even."""
    return round(figure(label, "piece_g") * MG_PER_G)


def void_fill_mg(empty_um3: int, share: float, void_fill: Dunnage) -> int:
    """Return the mass of void fill in a parcel, in mg, half to even: ``share x empty volume x density``.

    ``empty_um3`` is the inner volume without goods and cushioning; ``share`` of it, 0 to 1, is filled.
    """
    above, below = _mg_per_um3(share, void_fill)
    return half_even(empty_um3 * above, below)


@functools.lru_cache(maxsize=256)
def _mg_per_um3(share: float, void_fill: Dunnage) -> tuple[int, int]:
    """Return mg of void fill per cubic um of empty volume as numerator and denominator; cached for speed."""
    ratio = Fraction(str(share)) * figure(void_fill, "density_kg_per_m3") / UM3_KG_PER_M3_PER_MG
    return ratio.numerator, ratio.denominator


def wrap_mg(item: Item, layers: int, wrap: Dunnage) -> int:
    """Return the mass of wrap round one unit without overlap, in mg, half to even: ``surface x layers x grammage``."""
    length, width, height = item.edges_um
    surface_um2 = 2 * (length * width + length * height + width * height)
    return round(surface_um2 * layers * figure(wrap, "grammage_g_per_m2") / UM2_G_PER_M2_PER_MG)
