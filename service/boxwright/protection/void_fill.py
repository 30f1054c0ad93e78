"""Void fill: what stops movement."""

from fractions import Fraction

from boxwright.domain.dunnage import Dunnage
from boxwright.protection.figures import filled_mg


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
    return filled_mg(empty_um3 * Fraction(str(share)), void_fill)
