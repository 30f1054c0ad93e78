"""Void fill: what stops movement."""

import functools
from fractions import Fraction

from boxwright.domain.dunnage import Dunnage
from boxwright.protection.figures import UM3_KG_PER_M3_PER_MG, figure


def void_fill_mg(empty_um3: int, share: float, void_fill: Dunnage) -> int:
    """Return the mass of void fill in a parcel, in mg, half to even: ``share x empty volume x density``.

    Parameters
    ----------
    empty_um3 : int
        Inner volume that neither goods nor cushioning take, in cubic um.
    share : float
        Share of it to fill, 0 to 1.
    void_fill : Dunnage
        Has a density, as filled.

    Raises
    ------
    InvalidInputError
        If the void fill has no density.
    """
    above, below = _mg_per_um3(share, void_fill)
    whole, rest = divmod(empty_um3 * above, below)
    return whole + (2 * rest > below or (2 * rest == below and whole % 2 == 1))


@functools.lru_cache(maxsize=256)
def _mg_per_um3(share: float, void_fill: Dunnage) -> tuple[int, int]:
    """Return mg of void fill per cubic um of empty volume as numerator and denominator; asked for every box."""
    ratio = Fraction(str(share)) * figure(void_fill, "density_kg_per_m3") / UM3_KG_PER_M3_PER_MG
    return ratio.numerator, ratio.denominator
