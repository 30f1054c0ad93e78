"""Tape that closes a box."""

from fractions import Fraction

from boxwright.catalog.rows import TapeRule
from boxwright.domain.box import BoxStyle, BoxType, Opening
from boxwright.domain.dunnage import Dunnage
from boxwright.protection.dunnage import figure
from boxwright.units import UM_PER_MM

TAPED_STYLES = frozenset({BoxStyle.RSC_0201, BoxStyle.TELESCOPE_0300})
"""Styles closed with tape; all others lock or seal without it."""


def tape_mm(box: BoxType, tape: Dunnage, rule: TapeRule) -> Fraction:
    """Return the exact length of tape on a closed box, in mm; 0 for styles that need none.

    ``seams (side + 2 overlap) + edges (end + 2 edge overlap)``: strips along the longer outer side of the opening, at
    top and bottom, and strips across their ends.

    Raises
    ------
    InvalidInputError
        If the tape has no seam overlap.
    """
    if box.style not in TAPED_STYLES:
        return Fraction(0)
    length, width, height = box.outer_um
    edge_um, seam_um = sorted((width, height) if box.opening is Opening.END else (length, width))
    strips_mm = rule.seam_strips * (Fraction(seam_um, UM_PER_MM) + 2 * figure(tape, "seam_overlap_mm"))
    return strips_mm + rule.edge_strips * (Fraction(edge_um, UM_PER_MM) + 2 * Fraction(rule.edge_overlap_mm))


def tape_mg(box: BoxType, tape: Dunnage, rule: TapeRule) -> int:
    """Return the mass of tape on a closed box, in mg, half to even: ``length x width x grammage``.

    Arguments and errors are those of ``tape_mm``; the tape also needs a width and a grammage.
    """
    strips_mm = tape_mm(box, tape, rule)
    if not strips_mm:
        return 0
    # mm2 times g/m2 is 10^-6 g, that is 10^-3 mg.
    return round(strips_mm * figure(tape, "width_mm") * figure(tape, "grammage_g_per_m2") / 1_000)
