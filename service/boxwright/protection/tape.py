"""Tape that closes a box."""

from fractions import Fraction

from boxwright.domain.box import BoxStyle, BoxType, Opening
from boxwright.domain.dunnage import Dunnage
from boxwright.protection.figures import figure
from boxwright.units import UM_PER_MM

TAPED_STYLES = frozenset({BoxStyle.RSC_0201, BoxStyle.TELESCOPE_0300})
"""Styles closed with a strip along the opening and one opposite; all others lock or seal by themselves."""


def tape_mg(box: BoxType, tape: Dunnage) -> int:
    """Return the mass of tape on a closed box, in mg, half to even; 0 for styles that need none.

    Two strips, one along the longer outer side of the opening and one opposite it, each running past both
    ends: ``2 (side + 2 overlap) x width x grammage``.

    Parameters
    ----------
    box : BoxType
        Style, opening and outer size.
    tape : Dunnage
        Has a width, a grammage and a seam overlap.

    Raises
    ------
    InvalidInputError
        If the tape lacks one of them.
    """
    if box.style not in TAPED_STYLES:
        return 0
    length, width, height = box.outer_um
    seam_um = max(width, height) if box.opening is Opening.END else max(length, width)
    strip_mm = Fraction(seam_um, UM_PER_MM) + 2 * figure(tape, "seam_overlap_mm")
    # mm2 times g/m2 is 10^-6 g, that is 10^-3 mg.
    return round(2 * strip_mm * figure(tape, "width_mm") * figure(tape, "grammage_g_per_m2") / 1_000)
